"""From rough clicks to a track through the narrow rims of the holes in bone.

The narrow, un-bevelled rim is where the bullet went: at the outer table of the entry, at the inner
table of the exit, whose outer rim is an often eccentric crater. Which hole is the entry is the
expert's statement; without it each hole is taken at its narrowest, and there are two ends and no
words. Nothing here ever says which hole is the entry.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from typing import TypeVar

import numpy as np
from threadpoolctl import threadpool_limits

from virtopsy.errors import Bug, InputError
from virtopsy.geometry.camera import Point, as_point
from virtopsy.geometry.frame import Floats
from virtopsy.imaging.bevel import bevel
from virtopsy.imaging.hole import Hole, fitted, refitted, seen_near
from virtopsy.imaging.refined import (
    INNER,
    OUTER,
    RIM_AND_LODGED,
    RIMS,
    Measured,
    RefinedHole,
    RefinedTrack,
)
from virtopsy.imaging.rim_scatter import clicked_covariance, diameter, honest, table_variance
from virtopsy.imaging.volume import Quantity, Volume

THICKEST_MM = 6.0
"""Of slices: beyond it a rim of a bullet's size lies between two of them."""
_WORKERS = 2
_ROUNDS = 1
_LEAST_SEEN = 0.6
_LEAST_LENGTH_MM = 15.0
_LARGEST_SD_MM = 3.0
T = TypeVar("T")
S = TypeVar("S")


def refine(volume: Volume, clicks: tuple[Point, Point], entry: int | None = None) -> RefinedTrack:
    """Refine both ends of a track through two holes in bone.

    Args:
        volume: HU, on the grid of the scanner.
        clicks: roughly where the holes are, LPS mm, up to about 7 mm off.
        entry: which click (0 or 1) the expert stated to be the entry; None: neither is.

    Raises:
        InputError: it cannot be done, and why: "refine.no_hu", "refine.resampled",
            "refine.thick_slices", "refine.short", "refine.no_bone",
            "refine.no_hole", "refine.grazing", "refine.gaps", "refine.metal", "refine.open_rim",
            "refine.unsure".
    """
    require_scanner_grid(volume)
    places = [np.asarray(click, np.float64) for click in clicks]
    if math.dist(*clicks) < _LEAST_LENGTH_MM:
        raise InputError("refine.short", mm=_LEAST_LENGTH_MM)
    inner = _inner_rims(entry)
    with threadpool_limits(1, user_api="blas"), ThreadPoolExecutor(_WORKERS) as pool:
        seen = _both(
            pool, lambda n: seen_near(volume, places[n], places[1 - n] - places[n]), (0, 1)
        )
        way = _unit(seen[1].centre - seen[0].centre)
        holes = _both(pool, lambda one: fitted(volume, one, way), seen)
        for _ in range(_ROUNDS):
            way = _unit(_centre(holes[1], inner[1]) - _centre(holes[0], inner[0]))
            holes = _both(pool, partial(refitted, direction=way), holes)
    return _through(volume, clicks, holes, inner, entry)


def refine_lodged(volume: Volume, entry: Point, lodged: Point) -> RefinedTrack:
    """Refine the entry of a track that ends in the body; the lodged end stays where it is.

    A bullet often turns or ricochets inside, so the line to it is a chord, not the track.

    Raises:
        InputError: as `refine`.
    """
    require_scanner_grid(volume)
    if math.dist(entry, lodged) < _LEAST_LENGTH_MM:
        raise InputError("refine.short", mm=_LEAST_LENGTH_MM)
    end = np.asarray(lodged, np.float64)
    with threadpool_limits(1, user_api="blas"):
        seen = seen_near(volume, np.asarray(entry, np.float64), end - np.asarray(entry))
        hole = fitted(volume, seen, _unit(end - seen.centre))
        hole = refitted(hole, _unit(end - _centre(hole, False)))
    return _to_lodged(volume, (entry, lodged), hole)


def require_scanner_grid(volume: Volume) -> None:
    """Refuse what no rim can be measured on.

    Raises:
        InputError: "refine.no_hu", "refine.resampled" or "refine.thick_slices".
    """
    if volume.quantity is not Quantity.HU:
        raise InputError("refine.no_hu", modality=volume.identity.modality or "?")
    if volume.acquired is not None or volume.widest_gap_mm is not None:
        raise InputError("refine.resampled")
    if max(volume.frame.spacing_mm) > THICKEST_MM:
        raise InputError("refine.thick_slices", mm=max(volume.frame.spacing_mm), most=THICKEST_MM)


def _inner_rims(entry: int | None) -> tuple[bool | None, bool | None]:
    """Tell which table's rim each end is fitted to; None: the narrower one."""
    return {None: (None, None), 0: (False, True), 1: (True, False)}[entry]


def _both(pool: ThreadPoolExecutor, act: Callable[[S], T], over: Iterable[S]) -> tuple[T, T]:
    first, second = pool.map(act, over)
    return first, second


def _is_inner(hole: Hole, inner: bool | None) -> bool:
    if inner is not None:
        return inner
    return hole.radius(True)[0] < hole.radius(False)[0]


def _centre(hole: Hole, inner: bool | None) -> Floats:
    return hole.centre(_is_inner(hole, inner)).point


def _through(
    volume: Volume,
    clicks: tuple[Point, Point],
    holes: tuple[Hole, Hole],
    inner: tuple[bool | None, bool | None],
    entry: int | None,
) -> RefinedTrack:
    """Lay the axis through both rims and carry their covariance to the outer tables."""
    ways = [_is_inner(hole, one) for hole, one in zip(holes, inner, strict=True)]
    centres = [hole.centre(way) for hole, way in zip(holes, ways, strict=True)]
    middles = [one.point for one in centres]
    spreads = [honest(volume, hole, one) for hole, one in zip(holes, centres, strict=True)]
    way = _unit(middles[1] - middles[0])
    tables = [hole.table(one, way, inner=False) for hole, one in zip(holes, middles, strict=True)]
    length = float(np.linalg.norm(middles[1] - middles[0]))
    across = (np.eye(3) - np.outer(way, way)) / length
    joint = np.zeros((6, 6))
    joint[:3, :3], joint[3:, 3:] = spreads
    carry = np.eye(6)
    for n, (end, _, _) in enumerate(tables):
        # Sideways an end moves with both rims, the more the further out it lies.
        out = float((end - middles[n]) @ way)
        carry[3 * n : 3 * n + 3] += out * np.hstack([-across, across])
    joint = carry @ joint @ carry.T
    for n, (_, sd, lift) in enumerate(tables):
        if ways[n]:
            spread = table_variance(holes[n], sd, lift)
            joint[3 * n : 3 * n + 3, 3 * n : 3 * n + 3] += spread * np.outer(way, way)
    by = "narrowest" if entry is None else "expert"
    told = [
        _told(volume, clicks[n], holes[n], _Axis(middles[n], spreads[n], way, ways[n], by))
        for n in (0, 1)
    ]
    places = (as_point(tables[0][0]), as_point(tables[1][0]))
    return RefinedTrack(RIMS, clicks, places, _symmetric(joint), entry, (told[0], told[1]))


@dataclass(frozen=True, eq=False)
class _Axis:
    """The axis of the track at a hole."""

    middle: Floats
    spread: Floats
    way: Floats
    inner: bool
    by: str


def _to_lodged(volume: Volume, clicks: tuple[Point, Point], hole: Hole) -> RefinedTrack:
    centre = hole.centre(False)
    spread = honest(volume, hole, centre)
    way = _unit(np.asarray(clicks[1]) - centre.point)
    told = _told(volume, clicks[0], hole, _Axis(centre.point, spread, way, False, "expert"))
    joint = np.zeros((6, 6))
    joint[:3, :3], joint[3:, 3:] = spread, clicked_covariance(volume)
    places = (as_point(centre.point), clicks[1])
    return RefinedTrack(RIM_AND_LODGED, clicks, places, _symmetric(joint), 0, (told, None))


def _told(volume: Volume, clicked: Point, hole: Hole, axis: _Axis) -> RefinedHole:
    """Put together what is told of a hole, or refuse it."""
    rims = hole.likely
    if math.sqrt(float(np.linalg.eigvalsh(axis.spread)[-1])) > _LARGEST_SD_MM:
        raise InputError("refine.unsure")
    wall = bevel(volume, rims, axis.middle)
    if wall.seen < _LEAST_SEEN:
        raise InputError("refine.open_rim")
    outer, outer_sd, lift = hole.table(axis.middle, axis.way, inner=False)
    within, inner_sd, _ = hole.table(axis.middle, axis.way, inner=True)
    nearest = wall.wall_lps_mm[:, -1 if axis.inner else 0]
    variances = (table_variance(hole, one, lift) for one in (outer_sd, inner_sd))
    return RefinedHole(
        clicked=clicked,
        rim=INNER if axis.inner else OUTER,
        rim_by=axis.by,
        centre=as_point(axis.middle),
        centre_covariance_mm2=axis.spread,
        outer=as_point(outer),
        inner=as_point(within),
        outer_diameter=diameter(hole.radius(False)),
        inner_diameter=diameter(hole.radius(True)),
        thickness=Measured(math.dist(outer, within), math.sqrt(sum(variances))),
        rim_points=nearest[np.isfinite(nearest).all(axis=1)],
        bevel=wall,
        residual_hu=rims.noise_hu,
        voxels=rims.voxels,
    )


def _unit(vector: Floats) -> Floats:
    length = float(np.linalg.norm(vector))
    if length == 0.0:
        raise Bug("a track needs two ends that differ")
    unit: Floats = vector / length
    return unit


def _symmetric(matrix: Floats) -> Floats:
    both: Floats = (matrix + matrix.T) / 2
    return both
