"""The transfer function is changed point by point; the shipped preset comes back whole."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from itertools import pairwise
from queue import SimpleQueue

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from viewer.presenters.examine.transfer import Transfer, histogram, points_of, scale_span
from viewer.presenters.examine.views import Views
from viewer.presenters.work import Work
from virtopsy.geometry.frame import Frame
from virtopsy.imaging.preset import preset_named, presets
from virtopsy.imaging.volume import Volume
from virtopsy.jobs import Lanes, Progress


def _volume() -> Volume:
    voxels = np.full((4, 10, 10), -1000, np.int16)
    voxels[1:3, 2:6, 2:6] = 900
    return Volume(voxels, Frame.of((4, 10, 10), origin_mm=(0, 0, 0), spacing_mm=(1, 1, 1)))


def _draws_nothing(_volume: Volume, _progress: Progress) -> Mapping[str, NDArray[np.uint8]]:
    return {}


@pytest.fixture
def views() -> Views:
    return Views()


@pytest.fixture
def transfer(views: Views) -> Iterator[Transfer]:
    lanes, posted = Lanes(), SimpleQueue[Callable[[], None]]()
    made = Transfer(views, Work(lanes, posted.put), _draws_nothing)
    views.show(_volume())
    yield made
    lanes.close()


@pytest.mark.parametrize("name", presets())
def test_points_that_know_opacity_and_colour_show_the_same_picture(name: str) -> None:
    preset = presets()[name]
    points = points_of(preset)
    values = [one.value for one in points]
    assert values == sorted(set(values))
    every = np.linspace(values[0], values[-1], 400)
    shown = np.interp(every, values, [one.opacity for one in points])
    assert shown == pytest.approx(preset.opacity_per_mm(every), abs=1e-9)


def test_an_edit_makes_another_preset_and_reset_gives_the_shipped_one(
    views: Views, transfer: Transfer
) -> None:
    shipped = preset_named("bone", _volume())
    first = transfer.points[1]
    transfer.move(1, first.value + 5, 0.01)
    edited = views.edited.now
    assert edited is not None
    assert edited != shipped
    assert edited.opacity_per_mm(np.array([first.value + 5]))[0] == pytest.approx(0.01)
    assert transfer.is_edited
    transfer.reset()
    assert views.edited.now is None
    assert transfer.preset == shipped


@given(st.integers(0, 6), st.floats(-5000, 5000), st.floats(-1, 2))
def test_a_point_stays_between_its_neighbours(index: int, value: float, opacity: float) -> None:
    lanes = Lanes()
    views = Views()
    transfer = Transfer(views, Work(lanes, SimpleQueue[Callable[[], None]]().put), _draws_nothing)
    views.show(_volume())
    transfer.move(index % len(transfer.points), value, opacity)
    points = transfer.points
    assert all(one.value < other.value for one, other in pairwise(points))
    assert all(0 <= one.opacity <= 1 for one in points)
    lanes.close()


def test_a_point_is_added_in_the_colour_it_has_recoloured_and_taken_away(
    transfer: Transfer,
) -> None:
    before = transfer.points
    middle = (before[0].value + before[1].value) / 2
    index = transfer.add(middle, 0.5)
    assert transfer.selected.now == index
    added = transfer.points[index]
    between = np.mean([before[0].colour, before[1].colour], axis=0)
    assert added.colour == pytest.approx(between)
    transfer.recolour(index, (1.0, 0.0, 0.0))
    assert transfer.points[index].colour == (1.0, 0.0, 0.0)
    transfer.remove(index)
    assert [one.value for one in transfer.points] == [one.value for one in before]
    assert transfer.selected.now is None


def test_the_last_two_points_stay(transfer: Transfer) -> None:
    for _ in range(20):
        transfer.remove(0)
    assert len(transfer.points) == 2


def test_another_preset_is_shown_as_it_is_shipped(views: Views, transfer: Transfer) -> None:
    transfer.move(1, transfer.points[1].value, 0.01)
    views.preset.set("skin")
    assert views.edited.now is None


def test_the_histogram_counts_every_acquired_voxel_on_a_logarithmic_scale() -> None:
    volume = _volume()
    counted = histogram(volume, Progress())
    low, high = scale_span(volume)
    wide = (high - low) / len(counted.heights)
    filled = np.flatnonzero(counted.heights)
    assert [low + (one + 0.5) * wide for one in filled] == pytest.approx([-1000, 900], abs=wide)
    air, bone = counted.heights[filled]
    assert air == 1.0
    assert bone == pytest.approx(np.log1p(32) / np.log1p(368))


def test_the_picture_has_the_whole_room_while_it_is_edited(
    views: Views, transfer: Transfer
) -> None:
    views.layout.set("row")
    transfer.shown.set(True)
    assert views.layout.now == "volume"
    transfer.shown.set(False)
    assert views.layout.now == "row"
    transfer.shown.set(True)
    views.layout.set("axial")
    transfer.shown.set(False)
    assert views.layout.now == "axial", "what a person chose meanwhile stays"
