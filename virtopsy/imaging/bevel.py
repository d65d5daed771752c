"""How wide a hole in bone is at each depth: its bevel, measured on the voxels all round.

It stands beside the grounds for entry or exit and says neither: an entry usually widens inward, an
exit outward, with known exceptions (keyhole, an outward bevel of an entry: Peterson 1991; thin
bone without any). The expert states which is which.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from virtopsy.geometry.camera import Point
from virtopsy.geometry.frame import Floats
from virtopsy.imaging.bore import INNER, OUTER, axes_of
from virtopsy.imaging.rim import Rims
from virtopsy.imaging.sheet import SOFT_HU, monomials, sampled
from virtopsy.imaging.volume import Volume

DIRECTIONS = 16
SHARES = np.linspace(0.1, 0.9, 9)
"""Depths that are measured: at the tables themselves a voxel holds half bone everywhere."""
_STEP_MM = 0.15
_BEYOND_MM = 6.0
_LEAST_LEVEL_HU = 180.0
_MOST = 0.6


@dataclass(frozen=True, eq=False)
class Bevel:
    """A hole's radius against depth.

    Attributes:
        shares: (depths,) 0 the outer table, 1 the inner one.
        turns: (directions,) radians round the track, from `zero` towards `quarter`.
        zero, quarter: LPS unit vectors across the track where the turn is 0 and a right angle.
        radius_mm: (directions, depths) from the track's axis to the wall, across the axis; NaN
            where no wall was seen.
        wall_lps_mm: (directions, depths, 3) those places of the wall.
    """

    shares: Floats
    turns: Floats
    zero: Point
    quarter: Point
    radius_mm: Floats
    wall_lps_mm: Floats

    @property
    def mean_mm(self) -> Floats:
        """(depths,) mean radius over the directions that show a wall; NaN where none does."""
        seen = np.isfinite(self.radius_mm)
        count = seen.sum(axis=0)
        total = np.where(seen, self.radius_mm, 0.0).sum(axis=0)
        return np.asarray(np.where(count > 0, total / np.maximum(count, 1), np.nan))

    @property
    def seen(self) -> float:
        """Share of the directions that show a wall at most depths."""
        return float((np.isfinite(self.radius_mm).mean(axis=1) >= _MOST).mean())


def bevel(volume: Volume, rims: Rims, centre: Floats) -> Bevel:
    """Measure the bevel round an axis.

    Args:
        volume: HU.
        rims: the fitted hole: its tables and the directions across the track.
        centre: (3,) LPS mm, a point of the axis.
    """
    turned = axes_of(rims.place, rims.across)
    turns = np.arange(DIRECTIONS) * 2 * np.pi / DIRECTIONS
    farthest = float(max(rims.radius_mm(False), rims.radius_mm(True))) + _BEYOND_MM
    rho = np.arange(0.3, farthest, _STEP_MM)
    away = np.cos(turns)[:, None] * turned[0] + np.sin(turns)[:, None] * turned[1]
    start = rims.place.to_local(centre) + rho[None, None, :, None] * away[:, None, None, :]
    start = np.broadcast_to(start, (DIRECTIONS, len(SHARES), len(rho), 3))
    local = _on(start, turned[2], rims.parameters, SHARES[None, :, None])
    values = np.maximum(sampled(volume, rims.place.to_lps(local)), SOFT_HU)
    radius = _walls(values, rho, _levels(values, rho, farthest - _BEYOND_MM))
    nearest = np.clip(np.searchsorted(rho, np.nan_to_num(radius)), 0, len(rho) - 1)
    wall = np.take_along_axis(local, nearest[..., None, None], axis=2)[:, :, 0]
    wall = np.where(np.isfinite(radius)[..., None], wall, np.nan)
    zero, quarter = (tuple((rims.place.axes @ axis).tolist()) for axis in turned[:2])
    return Bevel(SHARES, turns, zero, quarter, radius, rims.place.to_lps(wall))


def _on(start: Floats, way: Floats, p: Floats, share: Floats) -> Floats:
    """Move (..., 3) points along the track onto the surface at a share of the thickness."""
    point = start
    for _ in range(4):
        at = monomials(point[..., 0], point[..., 1])
        height = (1 - share) * (at @ p[OUTER]) + share * (at @ p[INNER])
        point = point + ((height - point[..., 2]) / max(float(way[2]), 0.2))[..., None] * way
    return point


def _levels(values: Floats, rho: Floats, wide_mm: float) -> Floats:
    """Return (depths, 1): half way from soft tissue to the bone of that depth beside the hole.

    Diploe has less than the tables; one level for all would see no wall there.
    """
    beside = values[..., (rho > wide_mm + 1.0) & (rho < wide_mm + 5.0)]
    bone = np.median(beside, axis=(0, 2))
    return np.asarray(np.maximum((bone + SOFT_HU) / 2, _LEAST_LEVEL_HU))[:, None]


def _walls(values: Floats, rho: Floats, level: Floats) -> Floats:
    """Return the radius where the innermost lasting rise of (..., radii) crosses the level."""
    above = values >= level
    # A speck of bone in the hole is no wall: it must go on for a millimetre.
    lasting = max(int(1.0 / _STEP_MM), 1)
    running = np.cumsum(above, axis=-1)
    ahead = np.concatenate([running[..., lasting:], np.repeat(running[..., -1:], lasting, -1)], -1)
    whole = above & (ahead - running >= lasting - 1)
    first = whole.argmax(axis=-1)
    found = whole.any(axis=-1) & (first > 0)
    before = np.maximum(first - 1, 0)
    low = np.take_along_axis(values, before[..., None], -1)[..., 0]
    high = np.take_along_axis(values, first[..., None], -1)[..., 0]
    share = np.clip((level[:, 0] - low) / np.where(high == low, 1.0, high - low), 0, 1)
    radius = rho[before] + share * (rho[first] - rho[before])
    return np.asarray(np.where(found, radius, np.nan))
