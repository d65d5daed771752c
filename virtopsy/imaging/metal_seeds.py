"""Where in a scan metal may lie: what is above 2500 HU, and what stands out from its surroundings.

A ball of lead of 0.3 mm radius fills so little of a voxel of 1 mm that its peak stays below 2500
HU. Such a peak is told from bone by its surroundings: it falls to half within 3 mm on all sides,
where the edge of a bone goes on to one side at least. The limits below were set on whole scans
without metal (chest, head) so that they add a handful of places there, not hundreds.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from itertools import product
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from virtopsy.errors import InputError
from virtopsy.geometry.frame import Floats
from virtopsy.imaging import coarse as blocks
from virtopsy.imaging.segment import METAL_HU
from virtopsy.imaging.volume import Volume
from virtopsy.jobs import Progress

Points: TypeAlias = NDArray[np.int32]

LOWEST_HU = 1200
_MOST_VOXELS = 16_000_000  # denser than 1200 HU: a whole body has a quarter of it
_SPECK = 3  # voxels; less is noise of dense bone unless it stands out
_SOFT_HU = 300
_AROUND = [np.array(step, np.int32) for step in product((-1, 0, 1), repeat=3) if any(step)]
_ON = [step for step in _AROUND if tuple(step) > (0, 0, 0)]  # half of them: the others mirror it
_SIDES = 60


class FoundBy(StrEnum):
    """What told a piece from its surroundings."""

    THRESHOLD = "threshold"  # above 2500 HU
    CONTRAST = "contrast"  # below that, but a peak that falls off on all sides


@dataclass(frozen=True, eq=False)
class Seed:
    """The voxels by which a piece was found.

    Attributes:
        points: (n, 3) [k, j, i].
        found_by: how.
    """

    points: Points
    found_by: FoundBy

    @property
    def box(self) -> tuple[slice, slice, slice]:
        """Its smallest box, along k, j and i."""
        low, high = self.points.min(axis=0).tolist(), self.points.max(axis=0).tolist()
        k, j, i = (slice(a, b + 1) for a, b in zip(low, high, strict=True))
        return k, j, i


@dataclass(frozen=True)
class _Rule:
    """What a peak below 2500 HU must be like to stand out.

    Attributes:
        radius_mm: of the shell round it that is looked at (two voxels where they are larger).
        least_hu: of the peak.
        falls: share of the shell that lies below half of the peak.
        soft: share of the shell below 300 HU.
        background_hu: the middle value of the shell is no higher.
    """

    radius_mm: float
    least_hu: int
    falls: float
    soft: float
    background_hu: float


_RULES = (
    _Rule(3.0, LOWEST_HU, falls=0.95, soft=0.97, background_hu=200),
    _Rule(3.0, 1700, falls=0.95, soft=0.0, background_hu=300),
    _Rule(3.0, 2100, falls=0.85, soft=0.0, background_hu=np.inf),
    _Rule(6.0, 1300, falls=0.95, soft=0.97, background_hu=200),
    _Rule(6.0, 1900, falls=0.95, soft=0.0, background_hu=300),
)


def seeds_of(volume: Volume, dense: Points, progress: Progress) -> Iterator[Seed]:
    """Yield the voxels of every place where metal may lie; none overlap.

    Args:
        volume: of HU.
        dense: (n, 3) from `dense_points`.
        progress: asked whether to go on.

    Raises:
        Cancelled: asked for through `progress`.
    """
    values = volume.voxels[tuple(dense.T)]
    metal = dense[values >= METAL_HU]
    parts = list(_joined(metal, volume.frame.shape))
    progress.check()
    specks = [part for part in parts if len(part) < _SPECK]
    kept = [part for part in parts if len(part) >= _SPECK]
    kept += [
        part for part, stands in zip(specks, _stand_out(volume, specks), strict=True) if stands
    ]
    yield from (Seed(part, FoundBy.THRESHOLD) for part in kept)
    progress.check()
    tops = _tops(volume, dense[values < METAL_HU], progress)
    yield from _by_contrast(volume, tops, kept)


def dense_points(volume: Volume, progress: Progress) -> Points:
    """Return the voxels above 1200 HU, (n, 3) [k, j, i] in the order of the grid.

    Raises:
        InputError: there are more than any body has: the values are no HU.
        Cancelled: asked for through `progress`.
    """
    found, total = [], 0
    for k, plane in enumerate(volume.voxels):
        progress.check()
        j, i = np.nonzero(plane >= LOWEST_HU)
        total += len(j)
        if total > _MOST_VOXELS:
            raise InputError("fragments.too_bright", hu=LOWEST_HU)
        found.append(np.stack([np.full(len(j), k), j, i], axis=1).astype(np.int32))
    return np.concatenate(found)


def _joined(points: Points, shape: tuple[int, int, int]) -> Iterator[Points]:
    """Yield the parts that touch over faces, edges or corners."""
    if len(points) == 0:
        return
    places = _numbers(points, shape)
    ends: list[tuple[NDArray[np.intp], NDArray[np.intp]]] = []
    for step in _ON:
        wanted = _numbers(points + step, shape)
        at = np.searchsorted(places, wanted).clip(max=len(places) - 1)
        one = np.flatnonzero(places[at] == wanted)
        ends.append((one, at[one]))
    a, b = (np.concatenate(side) for side in zip(*ends, strict=True))
    graph = coo_array((np.ones(len(a), np.bool_), (a, b)), shape=(len(points), len(points)))
    n, labels = connected_components(graph, directed=False)
    order = np.argsort(labels, kind="stable")
    yield from np.split(points[order], np.cumsum(np.bincount(labels, minlength=n))[:-1])


def _numbers(points: Points, shape: tuple[int, int, int]) -> NDArray[np.int64]:
    """Number voxels in the order of the grid, with room round it so that no row meets the next."""
    k, j, i = points.T.astype(np.int64) + 1
    _, rows, columns = shape
    numbers: NDArray[np.int64] = (k * (rows + 2) + j) * (columns + 2) + i
    return numbers


def _tops(volume: Volume, points: Points, progress: Progress) -> Points:
    """Return the points that none of their 26 neighbours exceeds; the last of equal ones."""
    last = np.array(volume.frame.shape) - 1
    for step in sorted(_AROUND, key=lambda one: int(np.abs(one).sum())):
        progress.check()
        own = volume.voxels[tuple(points.T)]
        beside = np.clip(points + step, 0, last)
        other = volume.voxels[tuple(beside.T)]
        if tuple(step) > (0, 0, 0):
            higher = (own > other) | (beside == points).all(axis=1)
        else:
            higher = own >= other
        points = points[higher]
    return points


def _shell(volume: Volume, points: Points, radius_mm: float) -> Floats:
    """Return the values on an ellipsoid round each point, (n, 60)."""
    spacing = np.array(volume.frame.spacing_mm[::-1])
    reach = np.maximum(radius_mm / spacing, 2)
    reach = np.minimum(reach, volume.frame.shape)  # a hostile header can claim any spacing
    turn = np.arange(_SIDES) + 0.5
    down, round_ = np.arccos(1 - 2 * turn / _SIDES), np.pi * (1 + 5**0.5) * turn  # golden spiral
    ball = [np.cos(down), np.sin(down) * np.sin(round_), np.sin(down) * np.cos(round_)]
    steps = np.rint(np.stack(ball, axis=1) * reach).astype(np.int32)
    last = np.array(volume.frame.shape) - 1
    at = [tuple(np.clip(points + step, 0, last).T) for step in steps]
    return np.stack([volume.voxels[one] for one in at], axis=1).astype(np.float64)


def _falls(peaks: Floats, shell: Floats) -> tuple[Floats, Floats]:
    """Return the share of each shell below half of the peak, and its middle value."""
    background = np.median(shell, axis=1)
    half = (peaks + background.clip(min=-100)) / 2
    return (shell <= half[:, None]).mean(axis=1), background


def _stand_out(volume: Volume, specks: list[Points]) -> NDArray[np.bool_]:
    if not specks:
        return np.zeros(0, np.bool_)
    middles = np.array([one[np.argmax(volume.voxels[tuple(one.T)])] for one in specks])
    peaks = volume.voxels[tuple(middles.T)].astype(np.float64)
    share, _ = _falls(peaks, _shell(volume, middles, 3.0))
    stands: NDArray[np.bool_] = share >= 0.85
    return stands


def _by_contrast(volume: Volume, tops: Points, metal: Iterable[Points]) -> Iterator[Seed]:
    shape = volume.frame.shape
    taken = {int(n) for part in metal for n in _numbers(part, shape)}
    values = volume.voxels[tuple(tops.T)].astype(np.float64)
    order = np.argsort(-values, kind="stable")
    reaches = _reaches(volume, tops, values)
    for n in order[reaches[order] > 0]:
        core = _core(volume, tops[n], float(reaches[n]))
        near = {int(one) for step in _AROUND for one in _numbers(core + step, shape)}
        if near.isdisjoint(taken):
            taken |= {int(one) for one in _numbers(core, shape)}
            yield Seed(core, FoundBy.CONTRAST)


def _reaches(volume: Volume, tops: Points, values: Floats) -> Floats:
    """Return the radius of the first rule that each peak meets, mm; 0 where it meets none."""
    found = np.zeros(len(tops))
    for radius in sorted({rule.radius_mm for rule in _RULES}):
        open_ = np.flatnonzero(found == 0)
        shell = _shell(volume, tops[open_], radius)
        share, background = _falls(values[open_], shell)
        soft = (shell < _SOFT_HU).mean(axis=1)
        for rule in _RULES:
            if rule.radius_mm == radius:
                meets = (values[open_] >= rule.least_hu) & (share >= rule.falls)
                meets &= (soft >= rule.soft) & (background <= rule.background_hu)
                found[open_[meets]] = radius
    return found


def _core(volume: Volume, top: Points, radius_mm: float) -> Points:
    """Return what is joined to a peak within a radius, above half of its height."""
    reach = np.maximum(radius_mm / np.array(volume.frame.spacing_mm[::-1]), 2)
    reach = np.minimum(reach, volume.frame.shape).astype(np.int32)
    low = np.maximum(top - reach, 0)
    box = tuple(slice(a, b) for a, b in zip(low, top + reach + 1, strict=True))
    values = volume.voxels[box].astype(np.float64)
    peak = float(volume.voxels[tuple(top)])
    labels, _ = blocks.labelled(values >= (peak + np.median(values)) / 2, over_corners=True)
    own = labels == labels[tuple(top - low)]
    return (np.argwhere(own) + low).astype(np.int32)
