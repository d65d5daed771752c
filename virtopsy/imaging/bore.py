"""A hole through a sheet of bone as a model: what the scanner would show of it, and its slopes.

The bone lies between two curved surfaces. The hole is a tube round a given direction whose
cross-section is a circle at several depths, each with a radius and a centre of its own: so a bevel
of either side and an eccentric crater are one shape, and nothing says beforehand which rim is the
narrow one. Depth is counted between the tables (a bevel that follows the bone) or along the track
(a cone about it); on bone that is met askew these differ. A voxel holds the share of bone in it:
edges are blurred as the scanner blurs them, and a thick slice is the mean over its thickness.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from virtopsy.geometry.frame import Floats
from virtopsy.imaging.bore_loop import fill
from virtopsy.imaging.sheet import Place, monomials

NODES = np.array([-1.0, 0.0, 0.5, 1.0, 2.0])
"""Depths of the circles: 0 at the outer table, 1 at the inner one; beyond them only where the
bone that is met askew reaches further along the track."""
AT_OUTER, AT_MIDDLE, AT_INNER = 1, 2, 3
OUTER, INNER = slice(0, 6), slice(6, 12)
A_CENTRES, B_CENTRES = slice(12, 22, 2), slice(13, 22, 2)
"""a and b of the centres, mm."""
RADII = slice(22, 27)
BLUR = 27
"""Logarithm of the blur, mm."""
SIZE = 28
_THINNEST_MM = 0.8
_FARTHEST_MM = 150.0  # of a meeting from the sheet's middle: beyond it there is no sheet


def centre_of(p: Floats, node: int) -> Floats:
    """Return (2,) a, b of a circle, mm."""
    return p[12 + 2 * node : 14 + 2 * node]


@dataclass(frozen=True, eq=False)
class Points:
    """The places a voxel is the mean of, in the sheet's coordinates and across the track.

    Attributes:
        w: (voxels, fine) from the middle surface inward, mm.
        at: (voxels, fine, 6) monomials of u, v.
        a, b, s: (voxels, fine) across, beside and along the track, mm, s inward.
        turned: (3, 3) rows are those directions in u, v, w.
    """

    w: Floats
    at: Floats
    a: Floats
    b: Floats
    s: Floats
    turned: Floats

    @classmethod
    def of(cls, lps_mm: Floats, place: Place, across_lps: Floats) -> Points:
        """Return the points of (voxels, fine, 3) LPS mm.

        Args:
            lps_mm: their places.
            place: the sheet's coordinates.
            across_lps: (2, 3) unit vectors across the track, LPS.
        """
        local = place.to_local(lps_mm)
        turned = axes_of(place, across_lps)
        a, b, s = (local @ axis for axis in turned)
        w = np.ascontiguousarray(local[..., 2])
        return cls(w, monomials(local[..., 0], local[..., 1]), a, b, s, turned)


def axes_of(place: Place, across_lps: Floats) -> Floats:
    """Return (3, 3): rows are across, beside and along the track (inward) in u, v, w."""
    a, b = across_lps @ place.axes
    way = np.cross(a, b)
    return np.stack([a, b, way * (np.sign(way[2]) or 1.0)])


@dataclass(frozen=True, eq=False)
class Meeting:
    """Where a line along the track meets a surface.

    Attributes:
        local: (3,) u, v, w.
        s: along the track, mm.
        by_centre: (2,) how s changes with a and b of the line.
        by_surface: (6,) how it changes with the surface's coefficients.
    """

    local: Floats
    s: float
    by_centre: Floats
    by_surface: Floats


def meeting(turned: Floats, centre: Floats, surface: Floats) -> Meeting:
    """Solve where the line through (a, b) meets a surface, by Newton's steps."""
    way = turned[2]
    start = centre @ turned[:2]
    s = (surface[0] - start[2]) / max(way[2], 0.2)
    point, fall = start, way[2]
    for _ in range(8):
        point = np.clip(start + s * way, -_FARTHEST_MM, _FARTHEST_MM)
        slope = _slope(surface, point)
        fall = way[2] - slope @ way[:2]
        fall = max(0.15, fall)
        s -= (point[2] - float(monomials(point[0], point[1]) @ surface)) / fall
    point = np.clip(start + s * way, -_FARTHEST_MM, _FARTHEST_MM)
    slope = _slope(surface, point)
    rise = turned[:2, 2] - turned[:2, :2] @ slope
    return Meeting(point, float(s), -rise / fall, monomials(point[0], point[1]) / fall)


def _slope(surface: Floats, point: Floats) -> Floats:
    u, v = point[0], point[1]
    return np.array(
        [
            surface[1] + 2 * surface[3] * u + surface[4] * v,
            surface[2] + surface[4] * u + 2 * surface[5] * v,
        ]
    )


def occupied(points: Points, p: Floats, cone: bool) -> tuple[Floats, Floats, Floats]:
    """Return the share of bone in each voxel, its slopes, and how deep the voxel lies.

    Args:
        points: where.
        p: (SIZE,) parameters.
        cone: the bevel is a cone about the track, else it follows the tables.

    Returns:
        (voxels,) share of bone; (voxels, SIZE) its derivative by each parameter; (voxels,) share
        of the bone's thickness above the middle of the voxel.
    """
    reach = _reach(points, p) if cone else _NOWHERE
    voxels = len(points.a)
    bone, slope, above = np.empty(voxels), np.empty((voxels, SIZE)), np.empty(voxels)
    fill(
        points.at,
        points.w,
        points.a,
        points.b,
        points.s,
        np.ascontiguousarray(p, np.float64),
        NODES,
        float(points.turned[0, 2]),
        float(points.turned[1, 2]),
        reach.upper.s,
        reach.span,
        cone,
        reach.upper.by_surface,
        reach.lower.by_surface,
        reach.upper.by_centre,
        reach.lower.by_centre,
        bone,
        slope,
        above,
    )
    return bone, slope, above


@dataclass(frozen=True, eq=False)
class _Reach:
    """Where the axis meets the outer and the inner table, and how far these lie apart along it."""

    span: float
    upper: Meeting
    lower: Meeting


def _reach(points: Points, p: Floats) -> _Reach:
    upper = meeting(points.turned, centre_of(p, AT_OUTER), p[OUTER])
    lower = meeting(points.turned, centre_of(p, AT_INNER), p[INNER])
    span = max(lower.s - upper.s, _THINNEST_MM)
    return _Reach(span, upper, lower)


_UNMET = Meeting(np.zeros(3), 0.0, np.zeros(2), np.zeros(6))
_NOWHERE = _Reach(1.0, _UNMET, _UNMET)
"""Of a bevel that follows the tables: depth is counted between them."""
