"""The acquired voxels round a hole in bone that a fit of its rims rests on: no metal, no gap.

They are taken as the scanner made them, not resampled: each is the mean over its own place.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from virtopsy.errors import InputError
from virtopsy.geometry.frame import Floats
from virtopsy.imaging.defect import Opening
from virtopsy.imaging.sheet import METAL_HU, Sheet, monomials
from virtopsy.imaging.volume import Volume

_BESIDE_MM = 6.0  # how far beyond the hole bone is looked at
_OVER_MM = 3.5  # above and below the tables
_MOST_POINTS, _LEAST_VOXELS, _MOST_VOXELS = 12000, 2500, 4500
_FINE_MM = 1.1  # a voxel longer than this is the mean over points this far apart
_AIR_HU, _SOFT_HIGHEST_HU = -1000.0, 120.0
_NOT_BONE_HU = 160.0
_LEAST_LEFT = 0.7


@dataclass(frozen=True, eq=False)
class Patch:
    """The voxels round a hole.

    Attributes:
        lps_mm: (voxels, fine, 3) the places each is the mean of.
        values: (voxels,) HU.
        ground: (voxels,) HU of what is not bone next to each.
        spacing_mm: (i, j, k).
    """

    lps_mm: Floats
    values: Floats
    ground: Floats
    spacing_mm: tuple[float, float, float]


def patch_round(volume: Volume, sheet: Sheet, opening: Opening, direction: Floats) -> Patch:
    """Return the acquired voxels near a hole, without metal.

    Raises:
        InputError: a slice is missing there, or metal covers the rim.
    """
    thick = float(np.clip(sheet.inner[0] - sheet.outer[0], 1.0, 14.0))
    u, v = opening.centre
    middle = sheet.place.to_lps(np.array([u, v, height(sheet.outer, u, v) + thick / 2]))
    reach = opening.radius_mm * 1.6 + _BESIDE_MM + thick
    index = volume.frame.to_index(middle)
    half = reach / np.array(volume.frame.spacing_mm)
    sizes = np.array(volume.frame.shape[::-1])
    low = np.clip(np.floor(index - half).astype(int) - 2, 0, sizes - 1)
    high = np.clip(np.ceil(index + half).astype(int) + 3, low + 1, sizes)
    if any(low[2] <= k < high[2] for k in volume.gaps):
        raise InputError("refine.gaps")
    box = tuple(slice(a, b) for a, b in zip(low[::-1], high[::-1], strict=True))
    values = volume.voxels[box].astype(np.float64)
    metal = ndimage.binary_dilation(values > METAL_HU, iterations=2)
    ground = _ground(values, volume.frame.spacing_mm)
    k, j, i = np.indices(values.shape)
    places = volume.frame.to_lps(np.stack([i + low[0], j + low[1], k + low[2]], axis=-1))
    kept = _near(places, sheet, opening, direction, thick)
    wanted = int(np.count_nonzero(kept))
    kept &= ~metal
    if np.count_nonzero(kept) < _LEAST_LEFT * wanted:
        raise InputError("refine.metal")
    where = np.flatnonzero(kept)
    fine = _fine(volume)
    most = min(max(_MOST_POINTS // len(fine), _LEAST_VOXELS), _MOST_VOXELS)
    if len(where) > most:
        # Every n-th would go along with the grid; the same draw each time, so it can be redone.
        where = np.sort(np.random.default_rng(0).permutation(where)[:most])
    return Patch(
        places.reshape(-1, 3)[where][:, None, :] + fine,
        values.ravel()[where],
        ground.ravel()[where],
        volume.frame.spacing_mm,
    )


def height(surface: Floats, u: float, v: float) -> float:
    """Return w of a surface of a sheet, given by its coefficients, mm."""
    return float(monomials(np.asarray(u), np.asarray(v)) @ surface)


def _near(
    places: Floats, sheet: Sheet, opening: Opening, direction: Floats, thick: float
) -> NDArray[np.bool_]:
    """Tell which voxels lie in the sheet and about the hole."""
    local = sheet.place.to_local(places)
    at = monomials(local[..., 0], local[..., 1])
    top, bottom = at @ sheet.outer, at @ sheet.inner
    bottom = np.clip(bottom, top + 0.5 * thick, top + 2.0 * thick)
    w = local[..., 2]
    way = sheet.place.axes.T @ direction
    start = np.array([*opening.centre, height(sheet.outer, *opening.centre)])
    offset = local - start
    along = offset @ way
    rho = np.sqrt(np.maximum((offset**2).sum(axis=-1) - along**2, 0.0))
    inside = (w > top - _OVER_MM) & (w < bottom + _OVER_MM)
    return np.asarray(inside & (rho < opening.radius_mm * 1.6 + _BESIDE_MM))


def _ground(values: Floats, spacing_mm: tuple[float, float, float]) -> Floats:
    """Return what lies next to bone for each voxel: the value of the nearest that is no bone.

    A voxel right beside bone shares in it, so it does not count; one as far off as a blurred edge
    reaches does.
    """
    i, j, k = spacing_mm
    sampling = (k, j, i)
    pure = ~ndimage.binary_dilation(values > _NOT_BONE_HU, _ball(max(1.0, 1.2 * i), sampling))
    if not pure.any():
        return np.full(values.shape, 40.0)
    nearest = ndimage.distance_transform_edt(
        ~pure, sampling=sampling, return_distances=False, return_indices=True
    )
    smooth = np.clip(values, _AIR_HU, _SOFT_HIGHEST_HU)
    ground: Floats = smooth[tuple(nearest)]
    return ground


def _ball(radius_mm: float, sampling: tuple[float, float, float]) -> NDArray[np.bool_]:
    half = [int(radius_mm / step) for step in sampling]
    grid = np.meshgrid(*(np.arange(-n, n + 1) for n in half), indexing="ij")
    off = sum((axis * step) ** 2 for axis, step in zip(grid, sampling, strict=True))
    return np.asarray(off <= radius_mm**2)


def _fine(volume: Volume) -> Floats:
    """Return (fine, 3) offsets, LPS mm, of the points a voxel is the mean of: along the slice."""
    step = volume.measured_mm[2]
    count = max(1, int(np.ceil(step / _FINE_MM)))
    shares = (np.arange(count) + 0.5) / count - 0.5
    offsets: Floats = shares[:, None] * step * volume.frame.directions[:, 2]
    return offsets
