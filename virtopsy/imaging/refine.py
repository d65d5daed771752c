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
from typing import TypeVar

import numpy as np
from threadpoolctl import threadpool_limits

from virtopsy.errors import Bug, InputError
from virtopsy.geometry.camera import Point, as_point
from virtopsy.geometry.frame import Floats
from virtopsy.imaging.bevel import Bevel, bevel
from virtopsy.imaging.hole import Centre, Hole, fitted, refitted, seen_near
from virtopsy.imaging.volume import Quantity, Volume

RIMS, RIM_AND_LODGED, CHORD = "rims", "rim_and_lodged", "chord"
"""How the ends came about: two rims; the entry's rim and a lodged end; nothing but the ends."""
OUTER, INNER = "outer", "inner"
THICKEST_MM = 6.0
"""Of slices: beyond it a rim of a bullet's size lies between two of them."""
_WORKERS = 2
_ROUNDS = 1
# Calibrated on constructed holes, so that the stated 95% holds the truth in 90 to 99%.
_FIT_FACTOR = 2.0  # of the fit's own variance: voxels next to each other err together
_SHARE_PIXEL, _SHARE_SLICE = 0.15, 0.1  # SD, of the spacing
_SHAPE_MM, _SHAPE_BY_ROUGH = 0.15, 0.8  # no hole is a circle, least in rough bone
_TABLE_MM, _TABLE_BY_ROUGH = 0.3, 1.0  # no table is quite smooth
_ROUGHEST_MM = 1.0  # beyond it columns met something else than the table
_RADIUS_MM = 0.35
_LEAST_SEEN = 0.6
_LEAST_LENGTH_MM = 15.0
_LARGEST_SD_MM = 3.0
T = TypeVar("T")
S = TypeVar("S")


@dataclass(frozen=True)
class Measured:
    """A length and its SD (1 SD), mm."""

    mm: float
    sd_mm: float


@dataclass(frozen=True, eq=False)
class RefinedHole:
    """One hole in bone and what was measured of it. All places LPS mm.

    Attributes:
        clicked: where it was clicked.
        rim: `OUTER` or `INNER`: the rim whose centre the track goes through.
        rim_by: "expert" where the statement of the entry chose it, else "narrowest".
        centre: of that rim.
        centre_covariance_mm2: (3, 3).
        outer, inner: where the axis of the track meets the tables.
        outer_diameter, inner_diameter: of the rims, across the track.
        thickness: of the bone along the track, and its SD.
        rim_points: (n, 3) places of the wall next to that rim.
        bevel: the hole's radius against depth, round the axis.
        residual_hu: SD of the voxels about the fitted hole.
        voxels: how many the fit rests on.
        moved_mm: from the click to where the axis meets the outer table.
    """

    clicked: Point
    rim: str
    rim_by: str
    centre: Point
    centre_covariance_mm2: Floats
    outer: Point
    inner: Point
    outer_diameter: Measured
    inner_diameter: Measured
    thickness: Measured
    rim_points: Floats
    bevel: Bevel
    residual_hu: float
    voxels: int

    @property
    def moved_mm(self) -> float:
        """From the click to where the axis meets the outer table."""
        return math.dist(self.clicked, self.outer)


@dataclass(frozen=True, eq=False)
class RefinedTrack:
    """A straight track through refined ends, in the order they were clicked.

    Attributes:
        method: `RIMS`, `RIM_AND_LODGED` or `CHORD`.
        clicked: the ends as they were clicked, LPS mm.
        ends: where the axis meets the outer tables, LPS mm; a lodged end is where it was given.
        covariance_mm2: (6, 6) of both ends, LPS mm^2, 1 SD squared: x, y, z of the first, then of
            the second. The ends hang together, for both lie on one axis.
        entry: which end (0 or 1) the expert stated to be the entry; None: not stated.
        holes: what was measured of each; None of a lodged end.
        sd_source: "rim_fit": residuals of the fits, voxel spacing, count of voxels, and a part
            that was calibrated on constructed holes.
    """

    method: str
    clicked: tuple[Point, Point]
    ends: tuple[Point, Point]
    covariance_mm2: Floats
    entry: int | None
    holes: tuple[RefinedHole | None, RefinedHole | None]
    sd_source: str = "rim_fit"

    @property
    def axis(self) -> Point:
        """Unit vector from the first end to the second; no statement about travel."""
        return as_point(_unit(np.subtract(self.ends[1], self.ends[0])))

    @property
    def direction(self) -> Point | None:
        """Unit direction of travel; None until the expert states the entry."""
        if self.entry is None:
            return None
        x, y, z = self.axis
        return (x, y, z) if self.entry == 0 else (-x, -y, -z)


def refine(
    volume: Volume, clicks: tuple[Point, Point], entry: int | None = None
) -> RefinedTrack:
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
        seen = _both(pool, lambda n: seen_near(volume, places[n], places[1 - n] - places[n]), (0, 1))
        way = _unit(seen[1].centre - seen[0].centre)
        holes = _both(pool, lambda one: fitted(volume, one, way), seen)
        for _ in range(_ROUNDS):
            way = _unit(_centre(holes[1], inner[1]) - _centre(holes[0], inner[0]))
            turned = way
            holes = _both(pool, lambda one, way=turned: refitted(one, way), holes)
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
        raise InputError(
            "refine.thick_slices", mm=max(volume.frame.spacing_mm), most=THICKEST_MM
        )


def _inner_rims(entry: int | None) -> tuple[bool | None, bool | None]:
    """Tell which table's rim each end is fitted to; None: the narrower one."""
    return {None: (None, None), 0: (False, True), 1: (True, False)}[entry]


def _both(
    pool: ThreadPoolExecutor, act: Callable[[S], T], over: Iterable[S]
) -> tuple[T, T]:
    first, second = pool.map(act, over)
    return first, second


def _is_inner(hole: Hole, inner: bool | None) -> bool:
    if inner is not None:
        return inner
    return hole.radius(True)[0] < hole.radius(False)[0]


def _centre(hole: Hole, inner: bool | None) -> Floats:
    return hole.centre(_is_inner(hole, inner)).point


def _through(
    volume: Volume, clicks: tuple[Point, Point], holes: tuple[Hole, Hole],
    inner: tuple[bool | None, bool | None], entry: int | None,
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
            spread = _FIT_FACTOR * sd**2 + (_table_sd(holes[n]) * lift) ** 2
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


def clicked_covariance(volume: Volume, click_mm: float = 1.0) -> Floats:
    """(3, 3) LPS mm^2 of a place that was clicked: its voxel, and an assumed hand of 1 mm."""
    i, j, k = volume.measured_mm
    axes = volume.frame.directions
    spread: Floats = axes @ np.diag(np.square((i, j, k)) / 12) @ axes.T + click_mm**2 * np.eye(3)
    return spread


def honest(volume: Volume, hole: Hole, centre: Centre) -> Floats:
    """Return the covariance (3, 3) of a rim's centre with what the fit cannot know of itself.

    Voxels next to each other err together, bone is no even stuff, no hole a circle and no table
    quite smooth: how much that comes to was calibrated on constructed holes (see the bench),
    against the spacing and against how rough the outer table is seen to be.
    """
    i, j, k = volume.frame.spacing_mm
    axes = volume.frame.directions
    grid = np.diag(np.square((_SHARE_PIXEL * i, _SHARE_PIXEL * j, _SHARE_SLICE * k)))
    shape = math.hypot(_SHAPE_MM, _SHAPE_BY_ROUGH * _rough_mm(hole))
    total: Floats = (
        _FIT_FACTOR * centre.fit
        + axes @ grid @ axes.T
        + shape**2 * centre.by_aside @ centre.by_aside.T
        + _table_sd(hole) ** 2 * np.outer(centre.by_height, centre.by_height)
    )
    return total


def _rough_mm(hole: Hole) -> float:
    return min(hole.sheet.rough_mm, _ROUGHEST_MM)


def _table_sd(hole: Hole) -> float:
    """SD of a table's place along its normal beyond the fit's own, mm."""
    return math.hypot(_TABLE_MM, _TABLE_BY_ROUGH * _rough_mm(hole))


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
    height = math.sqrt(2) * _table_sd(hole) * lift
    sd = math.sqrt(_FIT_FACTOR * (outer_sd**2 + inner_sd**2) + height**2)
    return RefinedHole(
        clicked=clicked,
        rim=INNER if axis.inner else OUTER,
        rim_by=axis.by,
        centre=as_point(axis.middle),
        centre_covariance_mm2=axis.spread,
        outer=as_point(outer),
        inner=as_point(within),
        outer_diameter=_diameter(hole.radius(False)),
        inner_diameter=_diameter(hole.radius(True)),
        thickness=Measured(math.dist(outer, within), sd),
        rim_points=nearest[np.isfinite(nearest).all(axis=1)],
        bevel=wall,
        residual_hu=rims.noise_hu,
        voxels=rims.voxels,
    )


def _diameter(radius: tuple[float, float]) -> Measured:
    value, sd = radius
    return Measured(2 * value, 2 * math.sqrt(_FIT_FACTOR * sd**2 + _RADIUS_MM**2))


def _unit(vector: Floats) -> Floats:
    length = float(np.linalg.norm(vector))
    if length == 0.0:
        raise Bug("a track needs two ends that differ")
    unit: Floats = vector / length
    return unit


def _symmetric(matrix: Floats) -> Floats:
    both: Floats = (matrix + matrix.T) / 2
    return both
