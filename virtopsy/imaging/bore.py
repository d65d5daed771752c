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
from scipy.special import ndtr

from virtopsy.geometry.frame import Floats
from virtopsy.imaging.sheet import Place, monomials

NODES = np.array([-1.0, 0.0, 0.5, 1.0, 2.0])
"""Depths of the circles: 0 at the outer table, 1 at the inner one; beyond them only where the
bone that is met askew reaches further along the track."""
AT_OUTER, AT_MIDDLE, AT_INNER = 1, 2, 3
_COUNT = len(NODES)
OUTER, INNER = slice(0, 6), slice(6, 12)
A_CENTRES, B_CENTRES = slice(12, 22, 2), slice(13, 22, 2)
"""a and b of the centres, mm."""
RADII = slice(22, 27)
BLUR = 27
"""Logarithm of the blur, mm."""
SIZE = 28
_THINNEST_MM = 0.8
_SQRT_2PI = float(np.sqrt(2 * np.pi))


def centre_of(p: Floats, node: int) -> Floats:
    """Return (2,) a, b of a circle, mm."""
    return p[12 + 2 * node : 14 + 2 * node]


@dataclass(frozen=True, eq=False)
class Points:
    """The places a voxel is the mean of, in the sheet's coordinates and across the track.

    Attributes:
        local: (voxels, fine, 3) u, v, w.
        at: (voxels, fine, 6) monomials of u, v.
        a, b, s: (voxels, fine) across, beside and along the track, mm, s inward.
        turned: (3, 3) rows are those directions in u, v, w.
    """

    local: Floats
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
        return cls(local, monomials(local[..., 0], local[..., 1]), a, b, s, turned)


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
        point = start + s * way
        slope = _slope(surface, point)
        fall = way[2] - slope @ way[:2]
        fall = max(0.15, fall)
        s -= (point[2] - float(monomials(point[0], point[1]) @ surface)) / fall
    point = start + s * way
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
    top, bottom = points.at @ p[OUTER], points.at @ p[INNER]
    thick = np.maximum(bottom - top, _THINNEST_MM)
    w = points.local[..., 2]
    share = np.clip((w - top) / thick, 0.0, 1.0)
    reach = _reach(points, p) if cone else None
    depth = share if reach is None else reach.depth
    weights, slopes = _hats(depth)
    ca, cb, r = weights @ p[A_CENTRES], weights @ p[B_CENTRES], weights @ p[RADII]
    da, db = points.a - ca, points.b - cb
    rho = np.maximum(np.hypot(da, db), 1e-3)
    ta, tb = da / rho, db / rho
    # How fast the distance to the wall grows with the depth: bevel and eccentricity.
    lean = -(slopes @ p[RADII] + ta * (slopes @ p[A_CENTRES]) + tb * (slopes @ p[B_CENTRES]))
    within = (depth > 0) & (depth < 1) if reach is None else np.abs(depth - 0.5) < 1.5
    lean = np.where(within, lean / (thick if reach is None else reach.span), 0.0)
    askew = 0.0 if reach is not None else ta * points.turned[0, 2] + tb * points.turned[1, 2]
    steep = np.sqrt(np.maximum(1 + lean * lean + 2 * lean * askew, 0.15))
    blur = float(np.exp(p[BLUR]))
    x_out, x_in = (w - top) / blur, (top + thick - w) / blur
    x_hole = (rho - r) / (blur * steep)
    s_out, s_in, s_hole = ndtr(x_out), ndtr(x_in), ndtr(x_hole)
    by_out = _bell(x_out) * s_in * s_hole / blur
    by_in = s_out * _bell(x_in) * s_hole / blur
    by_hole = s_out * s_in * _bell(x_hole) / (blur * steep)
    slope = np.empty((len(w), SIZE))
    by_share = by_hole * lean if reach is None else np.zeros_like(by_hole)
    slope[:, OUTER] = _sum(-by_out - by_share * (1 - share), points.at)
    slope[:, INNER] = _sum(by_in - by_share * share, points.at)
    slope[:, A_CENTRES] = _sum(-by_hole * ta, weights)
    slope[:, B_CENTRES] = _sum(-by_hole * tb, weights)
    slope[:, RADII] = _sum(-by_hole, weights)
    if reach is not None:
        by_upper = (-by_hole * lean * (1 - depth)).sum(axis=1)[:, None]
        by_lower = (-by_hole * lean * depth).sum(axis=1)[:, None]
        slope[:, OUTER] += by_upper * reach.upper.by_surface
        slope[:, INNER] += by_lower * reach.lower.by_surface
        slope[:, 14:16] += by_upper * reach.upper.by_centre
        slope[:, 18:20] += by_lower * reach.lower.by_centre
    slope[:, BLUR] = -((by_out * x_out + by_in * x_in + by_hole * steep * x_hole) * blur).sum(
        axis=1
    )
    bone = s_out * s_in * s_hole
    return bone.mean(axis=1), slope / w.shape[1], share.mean(axis=1)


@dataclass(frozen=True, eq=False)
class _Reach:
    """Depth along the track: 0 where it meets the outer table, 1 where it meets the inner one."""

    depth: Floats
    span: float
    upper: Meeting
    lower: Meeting


def _reach(points: Points, p: Floats) -> _Reach:
    upper = meeting(points.turned, centre_of(p, AT_OUTER), p[OUTER])
    lower = meeting(points.turned, centre_of(p, AT_INNER), p[INNER])
    span = max(lower.s - upper.s, _THINNEST_MM)
    return _Reach((points.s - upper.s) / span, span, upper, lower)


def _sum(by: Floats, what: Floats) -> Floats:
    """Sum over the fine points: (voxels, fine) times (voxels, fine, n)."""
    return np.asarray((by[:, None, :] @ what)[:, 0, :])


def _hats(depth: Floats) -> tuple[Floats, Floats]:
    """Return (..., nodes) weights of the circles at a depth, and their slopes."""
    depth = np.clip(depth, NODES[0], NODES[-1])
    left = np.clip(np.searchsorted(NODES, depth, side="right") - 1, 0, _COUNT - 2)
    width = np.diff(NODES)[left]
    share = (depth - NODES[left]) / width
    eye = np.eye(_COUNT)
    first, second = eye[left], eye[left + 1]
    weights = first + (second - first) * share[..., None]
    return weights, (second - first) / width[..., None]


def _bell(x: Floats) -> Floats:
    bell: Floats = np.exp(-0.5 * x * x) / _SQRT_2PI
    return bell
