"""Metal and other dense foreign bodies in a CT: a list in which nothing is left out for its place.

No calibre and no metal is named: HU are unreliable for that even on an extended scale (Paulis
2019), and a size from CT is too large by an unknown amount unless a ball of known size was
scanned along with it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import chain
from typing import TypeAlias

import numpy as np
from scipy.spatial import cKDTree

from virtopsy.errors import InputError
from virtopsy.geometry.frame import Floats
from virtopsy.imaging import coarse as blocks
from virtopsy.imaging.coarse import Mask
from virtopsy.imaging.dental import may_be_dental
from virtopsy.imaging.metal_extent import Extent, extent_of
from virtopsy.imaging.metal_parting import parted
from virtopsy.imaging.metal_seeds import FoundBy, Points, Seed, dense_points, seeds_of
from virtopsy.imaging.segment import GAS_HU, Outside, outside_body
from virtopsy.imaging.volume import Quantity, Volume
from virtopsy.jobs import Progress

Point: TypeAlias = tuple[float, float, float]
Range: TypeAlias = tuple[float, float]

_SKIN_MM = 3.0
_ROUNDED_HU = 0.5
_NEAR_MM = 12.0  # of a piece, where another one's edge may meet its own
_STEPS = 100
_FOUND, _PLACED = 20, 60  # of the steps, when all is found and when the body is known


class Site(StrEnum):
    """Where a piece lies. `surface`: in or on the skin, within about 3 mm of the body's outline."""

    INSIDE = "inside"
    SURFACE = "surface"
    OUTSIDE = "outside"


@dataclass(frozen=True)
class MetalPiece:
    """A dense piece, as large as it looks.

    Attributes:
        centre_lps_mm: weighted by what each place exceeds the surroundings by.
        volume_mm3: of what is above `threshold_hu`.
        volume_range_mm3: at the threshold +-50 HU, the edge half a voxel further in or out;
            blooming is not in it.
        size_mm: sides of the box along its own axes, longest first.
        size_range_mm: of each side, as that of the volume.
        axes: unit vectors of the sides, LPS.
        max_hu: its largest value.
        saturated: it stands at the largest value that this series can hold; the true one is
            higher, and the edge less certain.
        site: inside, on the surface of, or outside the body.
        may_be_dental: it lies as teeth, fillings and crowns do; a fragment may lie there as well.
        found_by: what told it from its surroundings.
        threshold_hu: where its edge was taken.
        background_hu: the middle value of its surroundings.
        cut: it reaches an end of the scan or a missing slice, so it is larger than it seems.
    """

    centre_lps_mm: Point
    volume_mm3: float
    volume_range_mm3: Range
    size_mm: Point
    size_range_mm: tuple[Range, Range, Range]
    axes: tuple[Point, Point, Point]
    max_hu: float
    saturated: bool
    site: Site
    may_be_dental: bool
    found_by: FoundBy
    threshold_hu: float
    background_hu: float
    cut: bool


def fragments(
    volume: Volume, progress: Progress | None = None, outside: Outside | None = None
) -> tuple[MetalPiece, ...]:
    """Return every dense piece of a scan, largest first.

    Args:
        volume: of HU.
        progress: told how far it is.
        outside: of this volume, where it is known already; finding it is half of the time.

    Raises:
        InputError: the values are no HU.
        Cancelled: asked for through `progress`.
    """
    if volume.quantity is not Quantity.HU:
        raise InputError("fragments.no_hu", modality=volume.identity.modality or "?")
    progress = progress or Progress()
    dense = dense_points(volume, progress)
    progress.tick(_FOUND // 2, _STEPS)
    found = seeds_of(volume, dense, progress)
    seeds = list(chain.from_iterable(parted(volume, seed) for seed in found))
    progress.tick(_FOUND, _STEPS)
    if not seeds:
        progress.tick(_STEPS, _STEPS)
        return ()
    peaks = np.array([_peak(volume, seed) for seed in seeds])
    outside = outside or outside_body(volume, _between(progress, _FOUND, _PLACED))
    sites = _sites(volume, seeds, outside)
    dental = may_be_dental(volume, dense, seeds, peaks)
    dental &= np.array([site is not Site.OUTSIDE for site in sites])
    measuring = _between(progress, _PLACED, _STEPS)
    made = []
    end = _end_of_scale(volume)
    for n, (seed, near) in enumerate(zip(seeds, _neighbours(volume, seeds), strict=True)):
        measuring.tick(n, len(seeds))
        peak = float(peaks[n])
        saturated = end is not None and peak >= end - _ROUNDED_HU
        extent = extent_of(volume, seed, near, saturated=saturated)
        made.append(_piece(volume, seed, extent, peak, saturated, sites[n], bool(dental[n])))
    progress.tick(_STEPS, _STEPS)
    return tuple(sorted(made, key=lambda one: -one.volume_mm3))


def _between(progress: Progress, begin: int, end: int) -> Progress:
    """Return a progress whose whole is a part of another's."""

    def report(done: int, total: int) -> None:
        progress.tick(begin + (end - begin) * done // total, _STEPS)

    return Progress(report)


def _piece(  # noqa: PLR0913, PLR0917 -- what is known of one
    volume: Volume,
    seed: Seed,
    extent: Extent,
    peak: float,
    saturated: bool,
    site: Site,
    dental: bool,
) -> MetalPiece:
    a, b, c = (_point(axis) for axis in extent.axes)
    one, two, three = ((float(low), float(high)) for low, high in extent.size_range_mm)
    return MetalPiece(
        centre_lps_mm=_point(extent.centre_mm),
        volume_mm3=extent.volume_mm3,
        volume_range_mm3=extent.volume_range_mm3,
        size_mm=_point(extent.size_mm),
        size_range_mm=(one, two, three),
        axes=(a, b, c),
        max_hu=peak,
        saturated=saturated,
        site=site,
        may_be_dental=dental,
        found_by=seed.found_by,
        threshold_hu=extent.level_hu,
        background_hu=extent.background_hu,
        cut=_cut(volume, seed),
    )


def _point(of: Floats) -> Point:
    x, y, z = of.tolist()
    return x, y, z


def _end_of_scale(volume: Volume) -> float | None:
    """Return the value that the scale ends at; of a volume made here, its largest if it says so."""
    if volume.ceiling_hu is None and "hu_saturated" in volume.problems:
        return float(volume.voxels.max())
    return volume.ceiling_hu


def _peak(volume: Volume, seed: Seed) -> float:
    """Return the largest value of a piece, on the planes as acquired where the grid is computed."""
    highest = float(volume.voxels[tuple(seed.points.T)].max())
    acquired = volume.acquired
    if acquired is None:
        return highest
    places = volume.frame.to_lps(seed.points[:, ::-1])
    depths = acquired.depths_mm
    planes = np.searchsorted((depths[1:] + depths[:-1]) / 2, places @ acquired.directions[:, 2])
    offsets = (places - acquired.origins_mm[planes]) @ acquired.directions[:, :2]
    i, j = np.rint(offsets / acquired.pixel_mm).astype(int).T
    _, rows, columns = acquired.voxels.shape
    there = (i >= 0) & (i < columns) & (j >= 0) & (j < rows)
    values = acquired.voxels[planes[there], j[there], i[there]]
    return max(highest, float(values.max(initial=highest)))


def _sites(volume: Volume, seeds: Sequence[Seed], outside: Outside) -> list[Site]:
    """Tell for each piece whether most of it lies outside, or any of it at the skin."""
    frame = blocks.frame_of(volume.frame)
    factors = np.array(blocks.factors_of(volume.frame)[::-1])
    k, j, i = (slice(None, None, int(factor)) for factor in factors)
    hidden = outside.mask[k, j, i]
    # The rim that stays round the body is as wide as a block; what lies in it is not hidden.
    near = blocks.dilated(hidden, max(frame.spacing_mm) + _SKIN_MM, frame)

    def site(seed: Seed) -> Site:
        at = tuple((seed.points // factors).T)
        if hidden[at].mean() > 0.5:
            return Site.OUTSIDE
        reaches = near[at].any() and _by_air(volume, seed, hidden, near, factors)
        return Site.SURFACE if reaches else Site.INSIDE

    return [site(seed) for seed in seeds]


def _by_air(volume: Volume, seed: Seed, hidden: Mask, near: Mask, factors: Points) -> bool:
    """Tell whether a piece comes near to what is hidden or to the air before it."""
    spacing = np.array(volume.frame.spacing_mm[::-1])
    reach = np.minimum(np.ceil(_SKIN_MM / spacing), volume.frame.shape).astype(int)
    low = np.maximum(seed.points.min(axis=0) - reach, 0)
    high = np.minimum(seed.points.max(axis=0) + reach + 1, volume.frame.shape)
    box = tuple(slice(a, b) for a, b in zip(low.tolist(), high.tolist(), strict=True))
    cells = np.ix_(*(np.arange(a, b) // f for a, b, f in zip(low, high, factors, strict=True)))
    out = hidden[cells] | (near[cells] & (volume.voxels[box] < GAS_HU))
    away = cKDTree(seed.points * spacing).query((np.argwhere(out) + low) * spacing)[0]
    return bool(np.min(away, initial=np.inf) <= _SKIN_MM)


def _neighbours(volume: Volume, seeds: Sequence[Seed]) -> Iterator[list[Seed]]:
    """Yield for each piece the others whose boxes come near its own."""
    boxes = np.array([[(side.start, side.stop) for side in seed.box] for seed in seeds])
    low, high = boxes[..., 0], boxes[..., 1]
    reach = np.ceil(_NEAR_MM / np.array(volume.frame.spacing_mm[::-1]))
    for n in range(len(seeds)):
        meets = ((low < high[n] + reach) & (high > low[n] - reach)).all(axis=1)
        meets[n] = False
        yield [seeds[other] for other in np.flatnonzero(meets).tolist()]


def _cut(volume: Volume, seed: Seed) -> bool:
    """Tell whether a piece goes on where nothing was scanned."""
    low, high = seed.points.min(axis=0), seed.points.max(axis=0)
    ends = bool((low == 0).any() or (high == np.array(volume.frame.shape) - 1).any())
    return ends or not {int(low[0]) - 1, int(high[0]) + 1}.isdisjoint(volume.gaps)
