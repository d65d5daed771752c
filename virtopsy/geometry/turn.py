"""How the three reading planes are turned against the patient: oblique slices.

A turn is a rotation of the LPS axes. The axial plane of a turned set is the turned axial plane,
and so for the others: the three stay at right angles to one another.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import cos, sin

import numpy as np
from numpy.typing import ArrayLike

from virtopsy.errors import Bug
from virtopsy.geometry.frame import Floats

Row = tuple[float, float, float]
_SQUARE = 1e-6
_STRAIGHT = 1e-9


@dataclass(frozen=True)
class Turn:
    """A rotation of the patient's axes.

    Attributes:
        rows: (3, 3) rotation matrix, row by row; maps an LPS direction to the turned one.

    Raises:
        Bug: the matrix is no rotation.
    """

    rows: tuple[Row, Row, Row] = ((1.0, 0.0, 0.0), (0.0, 1.0, 0.0), (0.0, 0.0, 1.0))

    def __post_init__(self) -> None:
        matrix = self.matrix
        off = np.abs(matrix @ matrix.T - np.eye(3)).max()
        if not off < _SQUARE or np.linalg.det(matrix) < 0:
            raise Bug(f"not a rotation: {self.rows}")

    @classmethod
    def of(cls, matrix: ArrayLike) -> Turn:
        """Return the rotation nearest to a (3, 3) matrix, so that small errors never add up."""
        left, _, right = np.linalg.svd(np.asarray(matrix, dtype=np.float64))
        square = left @ np.diag([1.0, 1.0, np.linalg.det(left @ right)]) @ right
        first, second, third = ((float(x), float(y), float(z)) for x, y, z in square)
        return cls((first, second, third))

    @property
    def matrix(self) -> Floats:
        """(3, 3) rotation."""
        return np.array(self.rows)

    @property
    def is_straight(self) -> bool:
        """Tell whether the planes are the patient's own."""
        return bool(np.abs(self.matrix - np.eye(3)).max() < _STRAIGHT)

    def apply(self, direction: ArrayLike) -> Floats:
        """Return an LPS direction, (3,), turned."""
        turned: Floats = self.matrix @ np.asarray(direction, dtype=np.float64)
        return turned

    def about(self, axis: ArrayLike, angle: float) -> Turn:
        """Turn further about an LPS unit vector by `angle` radians, right-handed (Rodrigues)."""
        x, y, z = np.asarray(axis, dtype=np.float64)
        cross = np.array([[0, -z, y], [z, 0, -x], [-y, x, 0]])
        step = np.eye(3) + sin(angle) * cross + (1 - cos(angle)) * cross @ cross
        return Turn.of(step @ self.matrix)


STRAIGHT = Turn()
