"""Volumes of chosen voxels: grown from a seed between two thresholds, or painted.

Only acquired voxels count. A border is known to half a voxel and, where a threshold drew it, to
what +-50 HU change, so the volume is told as a range.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from virtopsy.errors import Bug, InputError
from virtopsy.geometry.camera import Point, as_point
from virtopsy.geometry.frame import Floats
from virtopsy.imaging.segment import Inside
from virtopsy.imaging.volume import Quantity, Volume
from virtopsy.imaging.voxels import Voxels

Mask: TypeAlias = NDArray[np.bool_]
Index: TypeAlias = tuple[int, int, int]
THRESHOLD_HU = 50.0
"""A threshold's tolerance on post-mortem CT (Stock 2020)."""
GAS_HU = -300.0
"""Below it lies air or gas."""
_SOFT_VOXELS = 1.0
_HALF = 0.5


@dataclass(frozen=True, eq=False)
class VoxelRegion:
    """Voxels of a grid.

    Attributes:
        grid: shape of the whole grid, (k, j, i).
        start: first voxel of the box.
        mask: (k, j, i) the voxels within the box, read-only.
        cut_off: whether it was grown up to the reach and would go on beyond it.
    """

    grid: Index
    start: Index
    mask: Mask
    cut_off: bool = False

    def __post_init__(self) -> None:
        stop = np.add(self.start, self.mask.shape)
        if np.min(self.start) < 0 or (stop > self.grid).any():
            raise Bug(f"box {self.start} to {stop} is not within {self.grid}")
        self.mask.setflags(write=False)

    @property
    def count(self) -> int:
        """How many voxels it has."""
        return int(np.count_nonzero(self.mask))

    @property
    def box(self) -> tuple[slice, slice, slice]:
        """Where the box lies in the grid."""
        k, j, i = (
            slice(at, at + size) for at, size in zip(self.start, self.mask.shape, strict=True)
        )
        return k, j, i

    def united(self, other: VoxelRegion) -> VoxelRegion:
        """Return the voxels of either."""
        low = np.minimum(self.start, other.start)
        high = np.maximum(self.stop, other.stop)
        both = np.zeros(high - low, np.bool_)
        for one in (self, other):
            both[one.within(low)] |= one.mask
        return replace(
            self, start=_index(low), mask=both, cut_off=self.cut_off or other.cut_off
        ).trimmed()

    def without(self, other: VoxelRegion) -> VoxelRegion | None:
        """Return the voxels that the other has not; None where none is left."""
        low = np.maximum(self.start, other.start)
        high = np.minimum(self.stop, other.stop)
        if (high <= low).any():
            return self
        left = self.mask.copy()
        inside = tuple(
            slice(a, b) for a, b in zip(low - self.start, high - self.start, strict=True)
        )
        theirs = tuple(
            slice(a, b) for a, b in zip(low - other.start, high - other.start, strict=True)
        )
        left[inside] &= ~other.mask[theirs]
        return replace(self, mask=left).trimmed() if left.any() else None

    def trimmed(self) -> VoxelRegion:
        """Return the same voxels in the smallest box."""
        filled = [np.flatnonzero(self.mask.any(axis=rest)) for rest in ((1, 2), (0, 2), (0, 1))]
        first = [int(one[0]) for one in filled]
        box = tuple(slice(int(one[0]), int(one[-1]) + 1) for one in filled)
        return replace(self, start=_index(np.add(self.start, first)), mask=self.mask[box].copy())

    def middle(self, volume: Volume) -> Point:
        """Return the voxel that is nearest to its middle, LPS mm."""
        places = np.argwhere(self.mask) + self.start
        nearest = places[np.argmin(np.square(places - places.mean(axis=0)).sum(axis=1))]
        return as_point(volume.frame.to_lps(nearest[::-1]))

    @property
    def stop(self) -> NDArray[np.intp]:
        """First voxel beyond the box, (3,) k, j, i."""
        return np.add(self.start, self.mask.shape)

    def within(self, low: NDArray[np.intp]) -> tuple[slice, ...]:
        """Return where its box lies in an array whose first voxel is `low`."""
        at = np.subtract(self.start, low)
        return tuple(slice(a, a + n) for a, n in zip(at, self.mask.shape, strict=True))


@dataclass(frozen=True)
class Measured:
    """The size of a region and the values in it.

    Attributes:
        voxels: how many.
        volume_mm3, low_mm3, high_mm3: volume and its range.
        by_threshold: whether the range tells of the thresholds too, not of the border alone.
        mean, sd, least, most: of the values in it, HU or the series' own.
    """

    voxels: int
    volume_mm3: float
    low_mm3: float
    high_mm3: float
    by_threshold: bool
    mean: float
    sd: float
    least: float
    most: float


def grow(  # noqa: PLR0913 -- what bounds it; by name
    volume: Volume,
    seed_mm: Point,
    *,
    low: float,
    high: float,
    reach_mm: float,
    inside: Inside | None = None,
) -> VoxelRegion:
    """Return the voxels between two thresholds that touch each other and the seed.

    Args:
        volume: the scan; gaps hold nothing.
        seed_mm: LPS mm.
        low: least value of a voxel, HU or the series' own.
        high: greatest value of a voxel.
        reach_mm: how far from the seed along each axis of the grid.
        inside: what may be grown into; None: everything.

    Raises:
        InputError: the seed lies outside the grid or of what may be grown into, or its value is
            beyond the thresholds.
    """
    centre = _voxel_at(volume, seed_mm)
    start, box = _box_round(volume, centre, reach_mm)
    chosen = _between(volume, box, low, high)
    seed = tuple(np.subtract(centre, start))
    if inside is not None:
        allowed = inside.of(box)
        if not allowed[seed]:
            raise InputError("paint.not_inside")
        chosen &= allowed
    if not chosen[seed]:
        raise InputError("paint.seed_beyond", value=float(volume.voxels[centre]))
    mask = _connected(chosen, seed)
    return VoxelRegion(
        volume.frame.shape, start, mask, cut_off=_is_cut(mask, start, volume.frame.shape)
    ).trimmed()


def brush(  # noqa: PLR0913 -- where, how thick, and of which values; by name
    volume: Volume,
    at_mm: Point,
    normal: Floats,
    *,
    radius_mm: float,
    thick_mm: float,
    between: tuple[float, float] | None = None,
) -> VoxelRegion | None:
    """Return the voxels of a disc on a plane; None where it holds none.

    Args:
        volume: the scan.
        at_mm: middle of the disc, LPS mm.
        normal: (3,) unit vector of the plane, LPS.
        radius_mm: of the disc.
        thick_mm: thickness of the disc; at least one voxel of it is painted.
        between: thresholds of the voxels that are painted; None: all.
    """
    if not volume.frame.contains(at_mm):
        return None
    centre = _voxel_at(volume, at_mm)
    start, box = _box_round(volume, centre, radius_mm + thick_mm)
    k, j, i = (np.arange(one.start, one.stop) for one in box)
    axes = volume.frame.affine[:3, :3]
    offset = volume.frame.origin_mm - np.array(at_mm)
    places = (
        k[:, None, None, None] * axes[:, 2]
        + j[None, :, None, None] * axes[:, 1]
        + i[None, None, :, None] * axes[:, 0]
        + offset
    )
    away = places @ normal
    across = np.square(places).sum(axis=-1) - np.square(away)
    mask = (np.abs(away) <= thick_mm * _HALF) & (across <= radius_mm**2)
    if between is not None:
        mask &= _between(volume, box, *between)
    mask &= _acquired(volume, box)
    if not mask.any():
        return None
    return VoxelRegion(volume.frame.shape, start, mask).trimmed()


def measured(
    volume: Volume,
    region: VoxelRegion,
    between: tuple[float, float] | None = None,
    seed_mm: Point | None = None,
) -> Measured:
    """Return how large a region is, and what its voxels hold.

    Args:
        volume: the scan it belongs to.
        region: at least one voxel.
        between: the thresholds it was grown between; None: it was painted.
        seed_mm: where it was grown from; without it the range is of the border alone.
    """
    held = volume.voxels[region.box][region.mask].astype(np.float64)
    low, high, by_threshold = _range(volume, region, between, seed_mm)
    voxel_mm3 = float(np.prod(volume.frame.spacing_mm))
    return Measured(
        voxels=region.count,
        volume_mm3=region.count * voxel_mm3,
        low_mm3=low * voxel_mm3,
        high_mm3=high * voxel_mm3,
        by_threshold=by_threshold,
        mean=float(held.mean()),
        sd=float(held.std(ddof=1)) if len(held) > 1 else 0.0,
        least=float(held.min()),
        most=float(held.max()),
    )


def border_voxels(mask: Mask) -> float:
    """Return how much, in voxels, the border takes when it moves out by half a voxel.

    The area of the border is the total variation of the softened mask, which no orientation of
    the border to the grid changes; per voxel, so that thick slices count as thick.
    """
    soft = ndimage.gaussian_filter(np.pad(mask, 4).astype(np.float64), _SOFT_VOXELS)
    slopes = np.gradient(soft)
    return float(_HALF * np.sqrt(sum(np.square(one) for one in slopes)).sum())


def _range(
    volume: Volume,
    region: VoxelRegion,
    between: tuple[float, float] | None,
    seed_mm: Point | None,
) -> tuple[float, float, bool]:
    """Return the least and most voxels, and whether the thresholds are in that."""
    rim = border_voxels(region.mask)
    least, most = region.count - rim, region.count + rim
    if between is None or seed_mm is None or volume.quantity is not Quantity.HU:
        return max(least, 0.0), most, False
    # How the thresholds move the border is looked at where the region lies, not beyond it.
    k, j, i = (
        slice(max(one.start - 2, 0), min(one.stop + 2, size))
        for one, size in zip(region.box, region.grid, strict=True)
    )
    around = (k, j, i)
    start = tuple(one.start for one in around)
    seed = tuple(np.subtract(_voxel_at(volume, seed_mm), start))
    inside = all(0 <= at < one.stop - one.start for at, one in zip(seed, around, strict=True))
    low, high = between
    counts = []
    for shift in (-THRESHOLD_HU, THRESHOLD_HU):
        chosen = _between(volume, around, low - shift, high + shift)
        if inside and chosen[seed]:
            counts.append(float(_connected(chosen, seed).sum()))
    counts = counts or [float(region.count)]
    least, most = min(*counts, region.count) - rim, max(*counts, region.count) + rim
    return max(least, 0.0), most, True


def _voxel_at(volume: Volume, lps_mm: Point) -> Index:
    if not volume.frame.contains(lps_mm):
        raise InputError("paint.outside")
    i, j, k = np.rint(volume.frame.to_index(lps_mm)).astype(int)
    return _index(np.clip((k, j, i), 0, np.subtract(volume.frame.shape, 1)))


def _box_round(
    volume: Volume, centre: Index, reach_mm: float
) -> tuple[Index, tuple[slice, slice, slice]]:
    i, j, k = volume.frame.spacing_mm
    reach = np.ceil(reach_mm / np.array((k, j, i))).astype(int)
    low = np.maximum(np.subtract(centre, reach), 0)
    high = np.minimum(np.add(centre, reach) + 1, volume.frame.shape)
    a, b, c = (slice(int(x), int(y)) for x, y in zip(low, high, strict=True))
    return _index(low), (a, b, c)


def _between(volume: Volume, box: tuple[slice, slice, slice], low: float, high: float) -> Mask:
    held: Voxels = volume.voxels[box]
    return (held >= low) & (held <= high) & _acquired(volume, box)


def _acquired(volume: Volume, box: tuple[slice, slice, slice]) -> Mask:
    """Return which planes of a box were acquired, (k, 1, 1)."""
    there = np.ones(volume.frame.shape[0], np.bool_)
    there[list(volume.gaps)] = False
    return there[box[0], None, None]


def _connected(chosen: Mask, seed: tuple[int, ...]) -> Mask:
    labels, _ = ndimage.label(chosen)
    found: Mask = labels == labels[seed]
    return found


def _is_cut(mask: Mask, start: Index, grid: Index) -> bool:
    """Tell whether a region touches a side of its box that is no side of the grid."""
    stop = np.add(start, mask.shape)
    for axis in range(3):
        sides = np.moveaxis(mask, axis, 0)
        if (start[axis] > 0 and sides[0].any()) or (stop[axis] < grid[axis] and sides[-1].any()):
            return True
    return False


def _index(values: NDArray[np.intp] | tuple[int, ...]) -> Index:
    k, j, i = (int(one) for one in values)
    return k, j, i
