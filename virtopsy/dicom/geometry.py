"""Numbers of a header to vectors of the patient."""

from __future__ import annotations

from math import hypot
from typing import Final

from virtopsy.dicom.series import Vector

# Cosines are written with six digits or so; beyond a thousandth they are no directions.
_TOLERANCE: Final = 1e-3
# Beyond these no header means what it says: a slice a mile away, a pixel smaller than an atom.
_FARTHEST_MM: Final = 1e6
_FINEST_MM: Final = 1e-6
_COARSEST_MM: Final = 1e4


def place(position: tuple[float, ...]) -> Vector | None:
    """Turn Image Position (Patient) into a point, None where it is none."""
    if len(position) != 3 or not all(abs(part) <= _FARTHEST_MM for part in position):
        return None
    return position[0], position[1], position[2]


def distance(number: float | None) -> float | None:
    """Return a distance in mm, None where it can be none."""
    return number if number is not None and _FINEST_MM <= number <= _COARSEST_MM else None


def step(number: float | None) -> float | None:
    """Return a spacing of slices in mm; some scanners state it below zero, against the normal."""
    return None if number is None else distance(abs(number))


def pixel_distance(spacing: tuple[float, ...]) -> tuple[float, float] | None:
    """Turn Pixel Spacing (between rows, between columns) into (i, j), None where unusable."""
    if len(spacing) != 2 or None in map(distance, spacing):
        return None
    return spacing[1], spacing[0]


def directions(cosines: tuple[float, ...]) -> tuple[Vector | None, Vector | None]:
    """Turn Image Orientation (Patient) into two unit vectors, None where they are none."""
    if len(cosines) != 6:
        return None, None
    row, column = _unit(cosines[:3]), _unit(cosines[3:])
    if row is None or column is None or abs(dot(row, column)) > _TOLERANCE:
        return None, None
    return row, column


def dot(one: Vector, other: Vector) -> float:
    """Return the scalar product."""
    return one[0] * other[0] + one[1] * other[1] + one[2] * other[2]


def cross(one: Vector, other: Vector) -> Vector:
    """Return the vector product: the normal of row and column."""
    return (
        one[1] * other[2] - one[2] * other[1],
        one[2] * other[0] - one[0] * other[2],
        one[0] * other[1] - one[1] * other[0],
    )


def _unit(cosines: tuple[float, ...]) -> Vector | None:
    x, y, z = cosines
    length = hypot(x, y, z)
    if not abs(length - 1) <= _TOLERANCE:  # nor is what is no number
        return None
    return x / length, y / length, z / length
