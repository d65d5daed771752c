"""The crosshair stays in the scan; what was under the mouse stays there while zooming."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from viewer.presenters.examine.views import PLANES, Views
from virtopsy.errors import Bug
from virtopsy.geometry.frame import Frame
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
