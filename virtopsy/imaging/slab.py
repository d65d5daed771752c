"""A thick slab: what of the values across a slice is shown."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from math import isfinite

from virtopsy.errors import Bug


class Projection(StrEnum):
    """Which value stands for all that lie behind one another."""

    MIP = "mip"  # the largest
    MINIP = "minip"  # the smallest
    MEAN = "mean"


@dataclass(frozen=True)
class Slab:
    """A slice of some thickness about the shown plane.

    Attributes:
        projection: which value is shown.
        thickness_mm: across the plane, half of it on each side.

    Raises:
        Bug: the thickness is not above zero.
    """

    projection: Projection
    thickness_mm: float

    def __post_init__(self) -> None:
        if not (isfinite(self.thickness_mm) and self.thickness_mm > 0):
            raise Bug(f"a slab needs a thickness, got {self}")
