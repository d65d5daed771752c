"""Slab, window keys, layouts and the ends of a plane, without a display."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from viewer.presenters.examine.reading import Reading
from viewer.presenters.examine.views import PLANES, Views
from virtopsy.geometry.frame import Frame
from virtopsy.imaging.slab import Projection, Slab
from virtopsy.imaging.volume import Quantity, Volume
from virtopsy.imaging.window import HU_PRESETS, Window, default_window

_FRAME = Frame.of((4, 5, 6), origin_mm=(-10, -20, 30), spacing_mm=(1.0, 2.0, 3.0))


def _volume(quantity: Quantity = Quantity.HU) -> Volume:
    voxels = np.arange(4 * 5 * 6, dtype=np.int16).reshape(4, 5, 6)
    return Volume(voxels, _FRAME, quantity=quantity)


def _open(quantity: Quantity = Quantity.HU) -> tuple[Views, Reading]:
    views = Views()
    reading = Reading(views)
    views.show(_volume(quantity))
    return views, reading


def _moves(reading: Reading) -> bool:
    return reading.cine.playing.now is not None


@pytest.mark.parametrize("number", range(1, 10))
def test_each_key_from_1_to_9_chooses_a_window_of_its_own(number: int) -> None:
    views, reading = _open()
    views.window.set(Window(-1.0, 7.0))
    reading.choose_window(number)
    assert views.window.now == tuple(HU_PRESETS.values())[number - 1].window
    assert len({preset.window for preset in HU_PRESETS.values()}) == 9


@given(st.integers(1, 9))
def test_signal_has_one_window_that_key_1_brings_back(number: int) -> None:
    views, reading = _open(Quantity.SIGNAL)
    own = Window(-1.0, 7.0)
    views.window.set(own)
    reading.choose_window(number)
    assert views.window.now == (default_window(_volume(Quantity.SIGNAL)) if number == 1 else own)


def test_without_a_scan_the_keys_change_nothing() -> None:
    views = Views()
    before = views.window.now
    reading = Reading(views)
    reading.choose_window(1)
    reading.go_to_end("axial", last=True)
    assert (views.window.now, views.position.now) == (before, (0.0, 0.0, 0.0))


@given(st.sampled_from(PLANES), st.sampled_from(PLANES), st.floats(-3, 3), st.booleans())
def test_home_and_end_show_the_rim_of_the_scan_and_no_scrolling_goes_beyond(
    plane: str, about: str, angle: float, last: bool
) -> None:
    views, reading = _open()
    views.turn_about(about, angle)
    others = {one: views.along_mm(one) for one in PLANES if one != plane}
    reading.go_to_end(plane, last=last)
    end = views.position.now
    assert _FRAME.contains(end)
    assert {one: views.along_mm(one) for one in others} == pytest.approx(others, abs=1e-6)
    views.scroll(plane, 1 if last else -1)
    assert views.position.now == pytest.approx(end, abs=1e-6)


def test_home_and_end_of_straight_planes_are_the_first_and_the_last_slice() -> None:
    views, reading = _open()
    for axis, plane, first, last in ((2, "axial", 30, 39), (1, "coronal", -20, -12)):
        reading.go_to_end(plane, last=False)
        assert views.position.now[axis] == pytest.approx(first)
        reading.go_to_end(plane, last=True)
        assert views.position.now[axis] == pytest.approx(last)


def test_a_slab_keeps_its_thickness_when_something_else_of_it_is_shown() -> None:
    views, reading = _open()
    reading.thickness(20.0)
    reading.project(Projection.MINIP)
    assert views.slab.now == Slab(Projection.MINIP, 20.0)
    reading.thickness(5.0)
    assert views.slab.now == Slab(Projection.MINIP, 5.0)


def test_a_slab_begins_10_mm_thick_and_thin_slices_end_it() -> None:
    views, reading = _open()
    reading.project(Projection.MEAN)
    assert views.slab.now == Slab(Projection.MEAN, 10.0)
    reading.project(None)
    assert views.slab.now is None


def test_after_thin_slices_the_wheel_brings_back_what_was_shown_of_a_slab() -> None:
    views, reading = _open()
    reading.project(Projection.MEAN)
    reading.project(None)
    reading.thicken(3)
    assert views.slab.now == Slab(Projection.MEAN, 3.0)
    reading.thicken(-3)
    assert views.slab.now is None


def test_the_view_used_last_is_the_large_one_beside_three() -> None:
    views, reading = _open()
    reading.use("coronal")
    reading.arrange("one_three")
    assert (views.layout.now, reading.large.now) == ("one_three", "coronal")
    reading.use("sagittal")
    assert reading.large.now == "coronal", "views do not change places under the hand"


def test_what_moves_stops_when_a_view_is_used_turned_or_shows_another_scan() -> None:
    views, reading = _open()
    stops: tuple[Callable[[], object], ...] = (
        lambda: reading.use("axial"),
        lambda: views.turn_about("axial", 0.2),
        views.straighten,
        lambda: views.show(_volume()),
    )
    for stop in stops:
        reading.cine.toggle(views, "axial")
        assert _moves(reading)
        stop()
        assert not _moves(reading)
