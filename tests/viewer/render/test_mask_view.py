"""What a slice shows of a volume of voxels is what is counted."""

from __future__ import annotations

import math

import numpy as np
import pytest

from viewer.render.mask_view import EDGE, INSIDE, covered
from viewer.render.slice_camera import SliceCamera
from virtopsy.geometry.frame import Frame
from virtopsy.geometry.plane import Plane
from virtopsy.geometry.turn import STRAIGHT
from virtopsy.imaging.voxel_region import VoxelRegion

_FRAME = Frame.of((20, 30, 40), origin_mm=(-20, -15, -20), spacing_mm=(1, 1, 2))


def _region() -> VoxelRegion:
    mask = np.zeros((6, 8, 10), np.bool_)
    mask[1:5, 2:7, 3:9] = True
    return VoxelRegion(_FRAME.shape, (5, 10, 12), mask)


@pytest.mark.parametrize("plane", Plane)
def test_every_pixel_asks_the_voxel_it_lies_in(plane: Plane) -> None:
    region = _region()
    centre = _FRAME.to_lps((17.2, 14.1, 8.3))
    camera = SliceCamera.fit(_FRAME, plane, centre, 160, 120)

    found = covered(region, _FRAME, camera)

    assert found is not None
    (left, top), part = found
    whole = np.zeros((camera.height, camera.width), np.uint8)
    whole[top : top + part.shape[0], left : left + part.shape[1]] = part
    for y in range(0, camera.height, 3):
        for x in range(0, camera.width, 3):
            i, j, k = np.rint(_FRAME.to_index(camera.to_lps(x, y))).astype(int)
            a, b, c = np.subtract((k, j, i), region.start)
            inside = all(0 <= n < m for n, m in zip((a, b, c), region.mask.shape, strict=True))
            assert bool(whole[y, x]) == bool(inside and region.mask[a, b, c]), (x, y)


def test_an_oblique_slice_shows_it_too_and_its_edge_is_closed() -> None:
    turn = STRAIGHT.about((0.0, 0.0, 1.0), math.radians(30))
    camera = SliceCamera.fit(_FRAME, Plane.CORONAL, _FRAME.to_lps((17, 14, 8)), 160, 120, turn)

    found = covered(_region(), _FRAME, camera)

    assert found is not None
    shown = found[1]
    assert (shown == EDGE).sum() > 0
    assert (shown == INSIDE).sum() > (shown == EDGE).sum()


def test_a_slice_beside_it_shows_nothing() -> None:
    camera = SliceCamera.fit(_FRAME, Plane.AXIAL, _FRAME.to_lps((17, 14, 18)), 160, 120)

    assert covered(_region(), _FRAME, camera) is None
