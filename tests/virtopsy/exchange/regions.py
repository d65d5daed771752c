"""Regions on any grid, and where a segmentation puts their voxels by another library."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import highdicom
import numpy as np

from virtopsy.exchange.source import Source
from virtopsy.findings.quantity import Quantity
from virtopsy.findings.region import Region, Substance, packed
from virtopsy.geometry.camera import as_point
from virtopsy.geometry.frame import Frame
from virtopsy.imaging.voxel_region import Mask, VoxelRegion


def random_mask(shape: tuple[int, int, int], seed: int = 1) -> Mask:
    """Return a mask without any symmetry that reaches some borders of the grid."""
    generator = np.random.default_rng(seed)
    mask = np.zeros(shape, np.bool_)
    depth, rows, columns = (min(size, most) for size, most in zip(shape, (20, 60, 50), strict=True))
    part = mask[-depth:, :rows, -columns:]
    part[:] = generator.random(part.shape) < 0.3
    mask[: shape[0] // 3] = False
    mask[-1, 0, -1] = True
    return np.asarray(mask, dtype=np.bool_)


def region_on(source: Source, mask: Mask, **other: Any) -> Region:
    """Return a region with these voxels of a series."""
    frame = _frame(source)
    k, j, i = np.argwhere(mask)[0]
    told = {
        "finding_id": "r1",
        "name": "Газ №1",
        "series_uid": source.key,
        "frame_of_reference_uid": source.frame_of_reference_uid,
        **other,
    }
    volume = Quantity("volume", 5.0, "mm3", low=4.0, high=6.0, source="threshold")
    return Region(
        as_point(frame.to_lps((i, j, k))),
        **packed(VoxelRegion(frame.shape, (0, 0, 0), mask.copy()).trimmed()),
        substance=Substance.GAS,
        low_hu=-1024.0,
        high_hu=-300.0,
        measured=(volume,),
        **told,
    )


def mask_by_highdicom(path: Path, source: Source) -> Mask:
    """Return the mask on the grid of a series as highdicom's own reader places its voxels."""
    volume = highdicom.seg.segread(path).get_volume(combine_segments=True)
    frame = _frame(source)
    index = frame.to_index(volume.map_indices_to_reference(np.argwhere(volume.array == 1)))
    nearest = np.rint(index).astype(np.int64)
    assert np.abs(index - nearest).max() < 0.02
    mask = np.zeros(frame.shape, np.bool_)
    mask[tuple(nearest.T[::-1])] = True
    return mask


def _frame(source: Source) -> Frame:
    assert source.frame is not None
    return source.frame
