"""Straight and bent tracks through points, each with its own scatter.

Total least squares: the line that lies nearest to all points, each distance counted by the point's
own covariance across the line. Errors of the line are propagated to two ends of it, which hang
together: ``S = (sum_i W_i^T P_i W_i)^-1``, P_i being the inverse covariance of point i across the
line. For N equally spaced, equally good points of isotropic SD s on a length L the SD of the
direction is (s/L) sqrt(12 (N - 1) / (N (N + 1))).
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from virtopsy.errors import InputError
from virtopsy.geometry.camera import Point, as_point
from virtopsy.geometry.frame import Floats

_STEPS = 25
_STILL = 1e-10
LEAST_LENGTH_MM = 1.0


@dataclass(frozen=True, eq=False)
class LineFit:
    """A straight line fitted to points.

    Attributes:
        ends: its outermost places, feet of the outermost points, LPS mm, from the side of the
            first point to that of the last.
        covariance_mm2: (6, 6) of both, LPS. Along the line an end is as good as the point it
            belongs to.
        residual_mm: (points,) distance of each point from the line.
        chi2: sum of the squared distances, each in its own SD.
        freedom: degrees of freedom, 2 N - 4.
    """

    ends: tuple[Point, Point]
    covariance_mm2: Floats
    residual_mm: Floats
    chi2: float
    freedom: int

    @property
    def direction(self) -> Point:
        """Unit vector from the first end to the second."""
        chord = np.subtract(self.ends[1], self.ends[0])
        return as_point(chord / np.linalg.norm(chord))

    @property
    def direction_sd(self) -> float:
        """SD of the direction, radians, in the way it is worst known."""
        chord = np.subtract(self.ends[1], self.ends[0])
        length = float(np.linalg.norm(chord))
        d = chord / length
        across = np.eye(3) - np.outer(d, d)
        weights = np.hstack([-across, across]) / length
        spread = weights @ self.covariance_mm2 @ weights.T
        return math.sqrt(max(float(np.linalg.eigvalsh(spread)[-1]), 0.0))


def sd_of_equal_points(sd_mm: float, length_mm: float, count: int) -> float:
    """Return the SD of the direction, radians, of N equally spaced and equally good points."""
    return sd_mm / length_mm * math.sqrt(12 * (count - 1) / (count * (count + 1)))


def fit_line(points: ArrayLike, covariances: ArrayLike, *, scaled: bool = False) -> LineFit:
    """Fit a straight line to points.

    Args:
        points: (N, 3) LPS mm, N at least 2, in any order; the line runs from the side of the first
            to that of the last.
        covariances: (3, 3) of every point, or (N, 3, 3) of each, mm^2.
        scaled: raise the covariance where the points scatter more than they were said to (chi2
            above its degrees of freedom): the track is then rougher than the points.

    Raises:
        InputError: "refine.fit_few" below two points, "refine.fit_one_place" where all lie in one
            place.
    """
    at: Floats = np.asarray(points, np.float64)
    if at.ndim != 2 or len(at) < 2:
        raise InputError("refine.fit_few", least=2)
    spreads: Floats = np.broadcast_to(np.asarray(covariances, np.float64), (len(at), 3, 3))
    axis = _first_axis(at)
    basis = _basis(axis)
    along = (at - at.mean(axis=0)) @ axis
    low, high = float(along.min()), float(along.max())
    if high - low < LEAST_LENGTH_MM:
        raise InputError("refine.fit_one_place", mm=LEAST_LENGTH_MM)
    start = np.array([at.mean(axis=0) + low * axis, at.mean(axis=0) + high * axis])
    moved, normal = _step(start, at, spreads, basis)
    for _ in range(_STEPS):
        start = start + moved
        if np.abs(moved).max() < _STILL:
            break
        moved, normal = _step(start, at, spreads, basis)
    return _told(start, _Scattered(at, spreads, basis), normal, scaled=scaled)


def _first_axis(at: Floats) -> Floats:
    """Return the axis the points lie along, from the first point to the last."""
    _, _, ways = np.linalg.svd(at - at.mean(axis=0))
    axis: Floats = ways[0]
    return axis if (at[-1] - at[0]) @ axis >= 0 else -axis


def _basis(axis: Floats) -> Floats:
    """(2, 3) two directions across an axis; the ends move along these only."""
    helper = np.eye(3)[int(np.argmin(np.abs(axis)))]
    first = np.cross(axis, helper)
    first /= np.linalg.norm(first)
    return np.stack([first, np.cross(axis, first)])


def _shares(ends: Floats, at: Floats) -> Floats:
    chord = ends[1] - ends[0]
    shares: Floats = (at - ends[0]) @ chord / float(chord @ chord)
    return shares


def _step(ends: Floats, at: Floats, spreads: Floats, basis: Floats) -> tuple[Floats, Floats]:
    """Return how both ends move, (2, 3), and the inverse covariance (4, 4) of that."""
    shares = _shares(ends, at)
    off = at - (ends[0] + shares[:, None] * (ends[1] - ends[0]))
    inverse = np.linalg.inv(basis @ spreads @ basis.T)
    weights = np.stack([1 - shares, shares], axis=1)
    normal = np.einsum("na,nb,nij->aibj", weights, weights, inverse).reshape(4, 4)
    gradient = np.einsum("na,nij,nj->ai", weights, inverse, off @ basis.T).reshape(4)
    return np.linalg.solve(normal, gradient).reshape(2, 2) @ basis, normal


@dataclass(frozen=True, eq=False)
class _Scattered:
    """Points, the covariance of each, and the two directions across the line."""

    at: Floats
    spreads: Floats
    basis: Floats


def _told(ends: Floats, points: _Scattered, normal: Floats, *, scaled: bool) -> LineFit:
    at, spreads, basis = points.at, points.spreads, points.basis
    shares = _shares(ends, at)
    off = at - (ends[0] + shares[:, None] * (ends[1] - ends[0]))
    inverse = np.linalg.inv(basis @ spreads @ basis.T)
    across = off @ basis.T
    chi2 = float(np.einsum("ni,nij,nj->", across, inverse, across))
    freedom = 2 * len(at) - 4
    carry = np.kron(np.eye(2), basis.T)
    covariance = carry @ np.linalg.inv(normal) @ carry.T
    if scaled and freedom > 0:
        covariance = covariance * max(1.0, chi2 / freedom)
    way = ends[1] - ends[0]
    way = way / np.linalg.norm(way)
    for n, point in enumerate((int(shares.argmin()), int(shares.argmax()))):
        variance = float(way @ spreads[point] @ way)
        block = slice(3 * n, 3 * n + 3)
        covariance[block, block] += variance * np.outer(way, way)
    return LineFit(
        (as_point(ends[0]), as_point(ends[1])),
        (covariance + covariance.T) / 2,
        np.linalg.norm(off, axis=1),
        chi2,
        freedom,
    )


def fit_segments(
    points: Sequence[ArrayLike], covariances: ArrayLike, *, scaled: bool = False
) -> tuple[LineFit, ...]:
    """Fit a bent track: each straight part through its own points, each with its own covariance.

    Args:
        points: (N, 3) of each part, LPS mm, from the first part to the last; the place of a
            deflection may end one part and begin the next.
        covariances: (3, 3) of every point, mm^2.
        scaled: as `fit_line`.

    Raises:
        InputError: as `fit_line`.
    """
    spread: Floats = np.asarray(covariances, np.float64)
    return tuple(fit_line(part, spread, scaled=scaled) for part in points)


def deflection(first: LineFit, second: LineFit) -> tuple[float, float]:
    """Return the angle between two straight parts and its SD, radians.

    The SD is that of the two directions together, as for independent parts; near no angle at all
    it bounds it.
    """
    a, b = np.array(first.direction), np.array(second.direction)
    angle = math.atan2(float(np.linalg.norm(np.cross(a, b))), float(a @ b))
    return angle, math.hypot(first.direction_sd, second.direction_sd)
