"""How sure a length, an angle or an area is, from how sure its points are.

First-order propagation ``J S J^T`` (GUM, JCGM 100:2008, 5.2) of the covariance S of each point,
points being independent. For an isotropic point SD s: a length has sqrt(2) s; an angle t between
arms a and b has s sqrt(2/a^2 + 2/b^2 - 2 cos(t)/(a b)). An area is told as its range with the
border half a voxel further in and out.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence

import numpy as np

from virtopsy.errors import Bug
from virtopsy.findings.quantity import Quantity
from virtopsy.geometry.camera import Point
from virtopsy.geometry.frame import Floats

_STEP_MM = 1e-4
_IN_LINE = 0.02  # sine of an angle below which two arms fall together
ENOUGH_REPEATS = 3
"""Markings from which a spread of the observer can be told."""
BIASED_BELOW = 3.0
"""SDs of a point below which a length reads too long (a true 2 mm reads 2.9 at an SD of 1)."""


def propagated_sd(of: Callable[[Floats], float], points: Sequence[Point], sd_mm: Point) -> float:
    """Return the SD of a number that is reckoned from points.

    Args:
        of: the number from (n, 3) points, LPS mm.
        points: n points.
        sd_mm: 1 SD of each along x, y and z, mm.
    """
    at = np.array(points, dtype=np.float64)
    variance = 0.0
    for place in np.ndindex(at.shape):
        further, nearer = at.copy(), at.copy()
        further[place] += _STEP_MM
        nearer[place] -= _STEP_MM
        slope = (of(further) - of(nearer)) / (2 * _STEP_MM)
        variance += (slope * sd_mm[place[1]]) ** 2
    return math.sqrt(variance)


def path_length(points: Floats) -> float:
    """Return the length of a line through (n, 3) points."""
    return float(np.linalg.norm(np.diff(points, axis=0), axis=1).sum())


def angle_at(points: Floats) -> float:
    """Return the angle, degrees, that the second of three points sees between the others."""
    return _between(points[0] - points[1], points[2] - points[1])


def cobb_angle(points: Floats) -> float:
    """Return the angle, degrees, 0 to 90, between the lines of two pairs of points (Cobb 1948)."""
    angle = _between(points[1] - points[0], points[3] - points[2])
    return min(angle, 180.0 - angle)


def angle_sd(points: Sequence[Point], sd_mm: Point) -> float:
    """Return the SD, degrees, of the angle that the second of three points sees."""
    first, vertex, second = (np.array(one, dtype=np.float64) for one in points)
    scatter = np.diag(np.square(sd_mm))

    def variance(normal: Floats) -> float:
        one, other = _slopes(first - vertex, second - vertex, normal)
        return float(
            one @ scatter @ one + other @ scatter @ other + (one + other) @ scatter @ (one + other)
        )

    return math.degrees(math.sqrt(_worst(first - vertex, second - vertex, variance)))


def cobb_sd(points: Sequence[Point], sd_mm: Point) -> float:
    """Return the SD, degrees, of the angle between the lines of two pairs of points."""
    a, b, c, d = (np.array(one, dtype=np.float64) for one in points)
    scatter = np.diag(np.square(sd_mm))

    def variance(normal: Floats) -> float:
        one, other = _slopes(b - a, d - c, normal)
        return float(2 * (one @ scatter @ one) + 2 * (other @ scatter @ other))

    return math.degrees(math.sqrt(_worst(b - a, d - c, variance)))


def _slopes(one: Floats, other: Floats, normal: Floats) -> tuple[Floats, Floats]:
    """Return by how much the angle between two arms grows as the end of each moves, rad per mm.

    Args:
        one: an arm.
        other: the other arm.
        normal: unit vector of their plane, one x other.
    """
    return (
        -np.cross(normal, one) / float(one @ one),
        np.cross(normal, other) / float(other @ other),
    )


def _worst(one: Floats, other: Floats, variance: Callable[[Floats], float]) -> float:
    """Return the variance in the plane of two arms; where they fall together, in the worst one.

    There the angle has a corner (it can only grow from 0, or shrink from 180), its slope vanishes
    or has any side, and the arms lie in no plane of their own.
    """
    normal = np.cross(one, other)
    length = float(np.linalg.norm(normal))
    if length > _IN_LINE * float(np.linalg.norm(one) * np.linalg.norm(other)):
        return variance(normal / length)
    axis = one / np.linalg.norm(one)
    first = np.cross(axis, np.eye(3)[int(np.argmin(np.abs(axis)))])
    first /= np.linalg.norm(first)
    return max(variance(first), variance(np.cross(axis, first)))


def polygon_area(points: Floats) -> float:
    """Return the area, mm^2, of a closed outline of (n, 3) points that lie in one plane."""
    from_first = points[1:] - points[0]
    crosses = np.cross(from_first[:-1], from_first[1:])
    return float(np.linalg.norm(crosses.sum(axis=0)) / 2)


def polygon_perimeter(points: Floats) -> float:
    """Return the length of a closed outline, mm."""
    return path_length(np.vstack([points, points[:1]]))


def length_quantity(code: str, ends: tuple[Point, Point], sd_mm: Point, source: str) -> Quantity:
    """Return the distance of two points with its SD."""
    return path_quantity(code, ends, sd_mm, source)


def path_quantity(code: str, points: Sequence[Point], sd_mm: Point, source: str) -> Quantity:
    """Return the length of a line through points with its SD."""
    value = path_length(np.array(points, dtype=np.float64))
    return Quantity(code, value, "mm", propagated_sd(path_length, points, sd_mm), source=source)


def area_quantity(code: str, outline: Sequence[Point], voxel_mm: float) -> Quantity:
    """Return the area of an outline with its range.

    Args:
        code: of the quantity.
        outline: its corners, LPS mm, in one plane.
        voxel_mm: edge of a voxel in that plane; the border may be half of it further in or out.
    """
    corners = np.array(outline, dtype=np.float64)
    value, rim = polygon_area(corners), polygon_perimeter(corners) * voxel_mm / 2
    # Half a voxel further in cannot take more than there is.
    low, high = max(value - rim, 0.0), value + rim
    return Quantity(code, value, "mm2", low=low, high=high, source="spacing")


def of_repeats(quantities: Sequence[Quantity]) -> Quantity:
    """Return the mean of one quantity measured again, with the SD of the observer.

    Raises:
        Bug: too few of them.
    """
    if len(quantities) < ENOUGH_REPEATS:
        raise Bug(f"{len(quantities)} measurements tell no spread")
    values = [one.value for one in quantities]
    first = quantities[0]
    spread = float(np.std(values, ddof=1))
    return Quantity(first.code, float(np.mean(values)), first.unit, spread, source="repeats")


def spread_of_repeats(markings: Sequence[Point], sd_mm: Point) -> Floats:
    """Return the covariance of the mean of repeated markings, (3, 3) mm^2.

    Below three markings it is that of the stated SD over their number. From three on each axis has
    the larger of the observed and the voxel's own, since equal clicks do not make a voxel smaller.
    """
    stated = np.square(sd_mm)
    if len(markings) < ENOUGH_REPEATS:
        return np.diag(stated / len(markings))
    seen = np.var(np.array(markings, dtype=np.float64), axis=0, ddof=1)
    return np.diag(np.maximum(seen, stated / 4) / len(markings))


def _between(one: Floats, other: Floats) -> float:
    cross = float(np.linalg.norm(np.cross(one, other)))
    return math.degrees(math.atan2(cross, float(one @ other)))
