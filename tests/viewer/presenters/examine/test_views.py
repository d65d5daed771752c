"""The crosshair stays in the scan; what was under the mouse stays there while zooming."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from viewer.presenters.examine.views import PLANES, Views
from viewer.render.slice_camera import SliceCamera
from virtopsy.errors import Bug
from virtopsy.geometry.frame import Frame
from virtopsy.geometry.plane import Plane, facing, step_mm
from virtopsy.imaging.slab import Projection, Slab
from virtopsy.imaging.volume import Volume

_COORDINATE = st.floats(-500, 500)
_POINT = st.tuples(_COORDINATE, _COORDINATE, _COORDINATE)


def _views() -> Views:
    voxels = np.arange(4 * 5 * 6, dtype=np.int16).reshape(4, 5, 6)
    frame = Frame.of((4, 5, 6), origin_mm=(-10, -20, 30), spacing_mm=(1.0, 2.0, 3.0))
    views = Views()
    views.show(Volume(voxels, frame))
    return views


@given(_POINT)
def test_the_crosshair_never_leaves_the_scan(lps_mm: tuple[float, float, float]) -> None:
    views = _views()
    views.go(lps_mm)
    volume = views.volume.now

    assert volume is not None
    assert volume.frame.contains(views.position.now)


@given(st.sampled_from(PLANES), st.floats(0.2, 5), _POINT)
def test_zooming_keeps_the_point_under_the_mouse_in_its_place(
    plane: str, factor: float, fixed: tuple[float, float, float]
) -> None:
    views = _views()
    before = np.subtract(fixed, views.look[plane].now.centre_mm) / 0.8
    views.zoom(plane, factor, 0.8, fixed)
    look = views.look[plane].now

    assert look.mm_per_pixel is not None
    after = np.subtract(fixed, look.centre_mm) / look.mm_per_pixel
    assert after == pytest.approx(before, abs=1e-6)


def test_one_step_scrolls_one_slice() -> None:
    views = _views()
    x, y, z = views.position.now

    views.scroll("axial", 1)
    assert views.position.now == pytest.approx((x, y, z + 3))
    views.scroll("sagittal", -1)
    assert views.position.now == pytest.approx((x - 1, y, z + 3))


_ACT = st.one_of(
    st.tuples(st.just("turn"), st.sampled_from(PLANES), st.floats(-3, 3)),
    st.tuples(st.just("scroll"), st.sampled_from(PLANES), st.integers(-3, 3)),
    st.tuples(st.just("go"), st.sampled_from(PLANES), _POINT),
    st.tuples(st.just("pan"), st.sampled_from(PLANES), _POINT),
)


def _do(views: Views, act: tuple[str, str, object]) -> None:
    kind, plane, much = act
    if kind == "turn":
        assert isinstance(much, float)
        views.turn_about(plane, much)
    elif kind == "scroll":
        assert isinstance(much, int)
        views.scroll(plane, much)
    else:
        x, y, z = np.asarray(much).tolist()
        if kind == "go":
            views.go((x, y, z), plane)
        else:
            views.pan(plane, (x, y, z))


@given(st.lists(_ACT, max_size=12))
def test_the_three_planes_stay_square_and_meet_in_the_crosshair(
    acts: list[tuple[str, str, object]],
) -> None:
    views = _views()
    for act in acts:
        _do(views, act)
    normals = np.array([facing(Plane(one), views.turn.now).normal for one in PLANES])
    assert np.abs(normals @ normals.T - np.eye(3)).max() < 1e-9
    volume = views.volume.now
    assert volume is not None
    assert volume.frame.contains(views.position.now)
    for plane, normal in zip(PLANES, normals, strict=True):
        off = np.subtract(views.centre_of(plane), views.position.now) @ normal
        assert off == pytest.approx(0, abs=1e-6)


@given(st.sampled_from(PLANES), st.floats(-0.7, 0.7))
def test_turning_about_a_plane_leaves_its_own_picture_as_it_is(plane: str, angle: float) -> None:
    views = _views()
    before = SliceCamera(Plane(plane), views.centre_of(plane), 1.0, 9, 9, views.turn.now)
    views.turn_about(plane, angle)
    after = SliceCamera(Plane(plane), views.centre_of(plane), 1.0, 9, 9, views.turn.now)
    for one, other in ((before.right_mm, after.right_mm), (before.down_mm, after.down_mm)):
        assert one == pytest.approx(other, abs=1e-9)
    assert views.lean(plane) == pytest.approx(0, abs=1e-6)
    others = [one for one in PLANES if one != plane]
    assert [views.lean(one) for one in others] == pytest.approx([abs(angle)] * 2, abs=1e-6)


@given(st.sampled_from(PLANES), st.floats(-3, 3))
def test_scrolling_back_returns_while_the_scan_does_not_end(plane: str, angle: float) -> None:
    views = _views()
    views.turn_about("coronal", angle)
    start = views.position.now
    views.scroll(plane, 1)
    if views.position.now == start:
        return  # a single slice
    moved = np.linalg.norm(np.subtract(views.position.now, start))
    volume = views.volume.now
    assert volume is not None
    views.scroll(plane, -1)
    if moved == pytest.approx(step_mm(volume.frame, Plane(plane), views.turn.now)):
        assert views.position.now == pytest.approx(start, abs=1e-6)


def test_reset_shows_the_patients_own_planes_whole_and_thin() -> None:
    views = _views()
    views.turn_about("axial", 0.4)
    views.slab.set(Slab(Projection.MIP, 5.0))
    views.zoom("axial", 2.0, 1.0, (0, 0, 0))
    views.reset()
    assert views.turn.now.is_straight
    assert views.slab.now is None
    assert views.look["axial"].now.mm_per_pixel is None


def test_dragging_the_window_narrower_stops_at_one() -> None:
    views = _views()
    for _ in range(100):
        views.drag_window(-300, 0)

    assert views.window.now.width == 1


def test_what_lies_under_the_mouse_is_the_acquired_voxel() -> None:
    views = _views()

    views.point_at((-8.2, -18.0, 33.0))

    assert views.pointed.now is not None
    assert views.pointed.now.value == 1 * 30 + 1 * 6 + 2
    views.point_at((100.0, 0.0, 0.0))
    assert views.pointed.now is not None
    assert views.pointed.now.value is None


def test_moving_without_a_volume_is_our_own_mistake() -> None:
    with pytest.raises(Bug):
        Views().go((0, 0, 0))
