"""3D pictures show the body the right way round, agree with `project`, and can be stopped."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from dataclasses import replace

import numpy as np
import pytest

from viewer.render import cpu_scene
from viewer.render.engine import Mapper
from viewer.render.glyphs.trajectory import TrajectoryGlyph
from viewer.render.reduced import factors_for, reduce
from viewer.render.scene import Quality
from viewer.render.volume_view import VolumeView
from virtopsy.errors import Bug
from virtopsy.geometry.camera import STANDARD_VIEWS, orbit, project, standard_view
from virtopsy.geometry.frame import Frame
from virtopsy.imaging.preset import preset_named, presets
from virtopsy.imaging.volume import Quantity, Volume

_SIZE = (240, 180)
_BLACK = "#000000"
_CENTRE = np.array([12.0, -30.0, 250.0])
_STACKS = {
    "axial": np.eye(3),
    "feet first": np.diag([-1.0, -1.0, 1.0]),
    "sagittal": np.array([[0.0, 0.0, 1.0], [1.0, 0.0, 0.0], [0.0, 1.0, 0.0]]),
    "oblique": np.array([[0.8, -0.6, 0.0], [0.6, 0.8, 0.0], [0.0, 0.0, 1.0]]),
}


# without shading, so that the whole disc of the ball is equally bright
_UNLIT = replace(presets()["bone"], ambient=1.0, diffuse=0.0, specular=0.0)


def with_ball(stack: str, offset: tuple[float, float, float], radius: float = 6.0) -> Volume:
    shape, spacing = (50, 54, 58), np.array([1.2, 1.0, 1.4])
    axes = _STACKS[stack]
    middle = (np.array(shape[::-1]) - 1) / 2 * spacing
    frame = Frame.of(shape, origin_mm=_CENTRE - axes @ middle, spacing_mm=spacing, directions=axes)
    k, j, i = np.indices(shape)
    points = frame.to_lps(np.stack([i, j, k], axis=-1))
    distance = np.linalg.norm(points - (_CENTRE + offset), axis=-1)
    return Volume((-1000 + 2500 * np.clip(radius - distance + 0.5, 0, 1)).astype("i2"), frame)


def centroid(picture: np.ndarray) -> tuple[float, float]:
    rows, columns = np.nonzero(picture.max(axis=2) > 40)
    assert rows.size > 20, "the ball is seen"
    return float(columns.mean()), float(rows.mean())


@pytest.mark.parametrize(
    ("stack", "mapper"), [*((stack, Mapper.CPU) for stack in _STACKS), ("oblique", Mapper.GPU)]
)
def test_a_ball_is_seen_where_it_is_projected_in_every_view(stack: str, mapper: Mapper) -> None:
    offset = (14.0, -9.0, 11.0)
    volume = with_ball(stack, offset)
    view = VolumeView(volume, _SIZE, background=_BLACK, mapper=mapper)
    view.set_preset(_UNLIT)
    views: list[str | tuple[float, float]] = [*STANDARD_VIEWS, (33.0, -21.0)]
    for name in views:
        camera = standard_view(volume.frame, name, aspect=4 / 3)
        picture = view.picture(camera)
        assert picture is not None
        assert picture.shape == (180, 240, 3)
        x, y, _ = project(camera, _SIZE, _CENTRE + offset)
        assert centroid(picture) == pytest.approx((x, y), abs=0.7)
    view.close()


@pytest.fixture
def view() -> Iterator[VolumeView]:
    made = VolumeView(with_ball("axial", (0, 0, 0), 18.0), _SIZE, background=_BLACK)
    yield made
    made.close()


def test_left_is_on_the_right_of_the_picture_from_the_front() -> None:
    volume = with_ball("feet first", (20.0, 0.0, 12.0))
    view = VolumeView(volume, _SIZE, background=_BLACK)
    picture = view.picture(standard_view(volume.frame, "anterior"))
    assert picture is not None
    x, y = centroid(picture)
    assert x > 140
    assert y < 70


def test_a_picture_while_moving_resembles_the_full_one(view: VolumeView) -> None:
    camera = standard_view(view.volume.frame, (20, 20), aspect=4 / 3)
    full, moving = view.picture(camera), view.picture(camera, "moving")
    assert full is not None
    assert moving is not None
    assert moving.shape == full.shape
    assert np.abs(full.astype(int) - moving.astype(int)).mean() < 4
    assert centroid(moving) == pytest.approx(centroid(full), abs=1)


@pytest.mark.parametrize("name", [n for n, p in presets().items() if p.fits(Quantity.HU)])
def test_every_preset_for_hounsfield_units_shows_something(view: VolumeView, name: str) -> None:
    gas = view.volume.voxels.copy()
    gas[22:28, 24:30, 26:32] = -700  # a bubble in the ball
    other = VolumeView(Volume(gas, view.volume.frame), _SIZE, background=_BLACK)
    other.set_preset(presets()[name])
    picture = other.picture(standard_view(view.volume.frame, "anterior"))
    other.close()
    assert picture is not None
    assert picture.max() > 25


def test_signal_is_shown_by_its_own_preset_and_refuses_others() -> None:
    hu = with_ball("axial", (0, 0, 0), 18.0)
    signal = Volume((hu.voxels.astype(int) + 1000).astype(np.int16), hu.frame, Quantity.SIGNAL)
    view = VolumeView(signal, _SIZE, background=_BLACK)
    assert view.preset.name == "mr"
    picture = view.picture(standard_view(signal.frame, "left"))
    assert picture is not None
    assert picture.max() > 60
    with pytest.raises(Bug):
        view.set_preset(presets()["bone"])


def test_a_trajectory_inside_the_ball_is_still_seen(view: VolumeView) -> None:
    camera = standard_view(view.volume.frame, "anterior", aspect=4 / 3)
    before = view.picture(camera)
    ends = (tuple(_CENTRE - (10, 0, 0)), tuple(_CENTRE - (-10, 0, 0)))
    view.show((TrajectoryGlyph(ends, entry=1, name="1"),))
    shown = view.picture(camera)
    assert before is not None
    assert shown is not None
    x, y, _ = project(camera, _SIZE, _CENTRE)
    difference = np.abs(shown.astype(int) - before.astype(int)).max(axis=2)
    assert difference[round(y), round(x)] > 15
    view.show(())
    again = view.picture(camera)
    assert again is not None
    assert np.abs(again.astype(int) - before.astype(int)).max() <= 2


def test_the_direction_is_drawn_only_where_a_person_stated_it() -> None:
    ends = ((0.0, 0.0, 0.0), (0.0, 0.0, 100.0))

    def reach(entry: int | None) -> tuple[float, float]:
        """How far from the axis the glyph reaches 10 mm inside either end."""
        points = TrajectoryGlyph(ends, entry).surface()
        places = np.array([points.GetPoint(n) for n in range(points.GetNumberOfPoints())])
        radius = np.hypot(places[:, 0], places[:, 1])
        low = (places[:, 2] > 5) & (places[:, 2] < 20)
        high = (places[:, 2] > 80) & (places[:, 2] < 95)
        return float(radius[low].max(initial=0)), float(radius[high].max(initial=0))

    nothing, to_the_head, to_the_feet = reach(None), reach(0), reach(1)
    assert max(nothing) < 1.5
    assert to_the_head[1] > 3 > to_the_head[0]
    assert to_the_feet[0] > 3 > to_the_feet[1]
    with pytest.raises(Bug):
        TrajectoryGlyph(ends, 2)


def test_a_full_picture_stops_long_before_it_would_be_finished(view: VolumeView) -> None:
    view.resize((1600, 1000))
    camera = standard_view(view.volume.frame, "anterior")
    view.set_preset(presets()["metal"])  # translucent: every ray goes all the way
    begun = time.perf_counter()
    assert view.picture(camera) is not None
    whole = time.perf_counter() - begun
    stop, asked = threading.Event(), []

    def ask() -> None:
        asked.append(time.perf_counter())
        stop.set()

    timer = threading.Timer(whole / 5, ask)
    timer.start()
    picture = view.picture(orbit(camera, 0.1, 0), stop=stop)
    ended = time.perf_counter()
    timer.join()
    assert picture is None
    assert ended - asked[0] < max(whole / 2, 0.1)


def test_a_picture_stopped_before_it_began_is_not_made(view: VolumeView) -> None:
    stop = threading.Event()
    stop.set()
    camera = standard_view(view.volume.frame, "anterior")
    assert view.picture(camera, stop=stop) is None
    assert view.picture(camera) is not None


def test_a_view_works_in_a_thread_of_its_own() -> None:
    volume = with_ball("axial", (0, 0, 0))
    pictures: list[np.ndarray | None] = []

    def work() -> None:
        own = VolumeView(volume, _SIZE)
        pictures.append(own.picture(standard_view(volume.frame, "left")))
        own.close()

    thread = threading.Thread(target=work)
    thread.start()
    thread.join(20)
    assert pictures[0] is not None
    assert pictures[0].std() > 5


def test_a_large_volume_is_turned_at_once_from_a_reduced_copy(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A limit below the volume's size makes the view treat it as a large one."""
    monkeypatch.setattr(cpu_scene, "_MOVING_VOXELS", 20_000)
    volume = with_ball("oblique", (6.0, -4.0, 9.0), 14.0)
    view = VolumeView(volume, _SIZE, background=_BLACK, mapper=Mapper.CPU)
    camera = standard_view(volume.frame, (15, 25), aspect=4 / 3)
    first, full = view.picture(camera, "moving"), view.picture(camera)
    assert first is not None
    assert full is not None
    assert centroid(first) == pytest.approx(centroid(full), abs=1.5)
    assert not np.array_equal(full, first), "the full picture shows more than the reduced one"
    monkeypatch.undo()
    small = VolumeView(volume, _SIZE, background=_BLACK, mapper=Mapper.CPU)
    alone = small.picture(camera)
    assert alone is not None
    assert np.array_equal(alone, full), "at rest every voxel is shown, however large the volume"
    for one in (view, small):
        one.close()


def test_a_reduced_volume_lies_where_the_whole_one_lies() -> None:
    volume = with_ball("oblique", (5.0, 6.0, -7.0))
    factors = factors_for(volume.frame, 20_000)
    small = reduce(volume, factors)
    assert small.voxels.size <= 20_000
    for one in (volume, small):
        k, j, i = np.indices(one.frame.shape)
        points = one.frame.to_lps(np.stack([i, j, k], axis=-1))
        weights = np.clip(one.voxels.astype(float) + 1000, 0, None)[..., None]
        middle = (points * weights).sum(axis=(0, 1, 2)) / weights.sum()
        assert middle == pytest.approx(_CENTRE - (-5, -6, 7), abs=0.15)
    assert np.array_equal(reduce(volume, (1, 1, 1)).voxels, volume.voxels)


@pytest.mark.parametrize("quality", ["full", "moving"])
def test_no_line_is_drawn_where_two_threads_meet(quality: Quality) -> None:
    """A smooth body must stay smooth: a false line reads as a fracture."""
    n = 221
    k, j, i = np.ogrid[0:n, 0:n, 0:n]
    radius = np.sqrt((i - 110.0) ** 2 + (j - 110.0) ** 2 + (0.8 * (k - 140.0)) ** 2)
    voxels = np.clip(1500 - (radius - 80) * 400, -1000, 1500).astype(np.int16)
    frame = Frame.of((n, n, n), origin_mm=(-110, -110, -110), spacing_mm=(1, 1, 1))
    body = Volume(voxels, frame)
    view = VolumeView(body, (500, 500), preset=preset_named("bone", body), mapper=Mapper.CPU)
    view.picture(standard_view(frame, "anterior"), quality)
    picture = view.picture(standard_view(frame, "anterior"), quality)
    view.close()

    assert picture is not None
    column = picture[:, 230:270].mean(axis=(1, 2))
    body_rows = np.flatnonzero(column > 80)
    inside = column[body_rows[0] + 40 : body_rows[-1] - 40]
    smooth = np.convolve(inside, np.ones(15) / 15, "same")
    assert np.abs(inside - smooth)[10:-10].max() < 4
