"""Where a volume of voxels lies on a slice: which pixels of the picture it covers."""

from __future__ import annotations

from itertools import product
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from viewer.render.slice_camera import FlatCamera
from virtopsy.geometry.frame import Floats, Frame
from virtopsy.imaging.voxel_region import VoxelRegion

Covered: TypeAlias = NDArray[np.uint8]
INSIDE, EDGE = 1, 2


def covered(
    region: VoxelRegion, frame: Frame, camera: FlatCamera
) -> tuple[tuple[int, int], Covered] | None:
    """Return the pixels of a picture that lie in a region's voxels; None where there are none.

    Each pixel asks the voxel it lies in, so that what is drawn is what is counted.

    Args:
        region: voxels of the frame's grid.
        frame: of the scan.
        camera: of the slice.

    Returns:
        (left, top) of the part, and (height, width) of 0, `INSIDE` or `EDGE` for it.
    """
    part = _part(region, frame, camera)
    if part is None:
        return None
    left, top, right, bottom = part
    columns, rows = np.arange(left, right), np.arange(top, bottom)
    to_index = camera.index_from_pixel(frame)
    first = to_index[:3, 3] - np.array(region.start[::-1])
    i, j, k = (
        np.rint(
            first[axis] + to_index[axis, 1] * rows[:, None] + to_index[axis, 0] * columns
        ).astype(np.intp)
        for axis in range(3)
    )
    depth, high, wide = region.mask.shape
    within = (k >= 0) & (k < depth) & (j >= 0) & (j < high) & (i >= 0) & (i < wide)
    held = np.zeros(within.shape, np.bool_)
    held[within] = region.mask[k[within], j[within], i[within]]
    if not held.any():
        return None
    shown = held.astype(np.uint8) * INSIDE
    shown[held & ~_inner(held)] = EDGE
    return (left, top), shown


def _part(
    region: VoxelRegion, frame: Frame, camera: FlatCamera
) -> tuple[int, int, int, int] | None:
    """Return left, top, right, bottom of the pixels that the box may cover."""
    low = np.array(region.start[::-1]) - 0.5
    high = low + region.mask.shape[::-1]
    corners = frame.to_lps(np.array(list(product(*zip(low, high, strict=True)))))
    places: Floats = np.array([camera.to_pixel(one) for one in corners])
    left, top = np.floor(places.min(axis=0)).astype(int)
    right, bottom = np.ceil(places.max(axis=0)).astype(int) + 1
    left, top = max(int(left), 0), max(int(top), 0)
    right, bottom = min(int(right), camera.width), min(int(bottom), camera.height)
    return (left, top, right, bottom) if left < right and top < bottom else None


def _inner(held: NDArray[np.bool_]) -> NDArray[np.bool_]:
    padded = np.pad(held, 1, constant_values=True)
    inner: NDArray[np.bool_] = (
        padded[:-2, 1:-1] & padded[2:, 1:-1] & padded[1:-1, :-2] & padded[1:-1, 2:]
    )
    return inner
