"""A thick slab: what of the values across a slice is shown."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from math import ceil, isfinite

import numpy as np

from virtopsy.errors import Bug
from virtopsy.geometry.frame import Floats


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

    def depths_mm(self, spacing_mm: tuple[float, float, float]) -> Floats:
        """(n,) mm behind the plane where the slab is sampled, ascending; n is odd.

        From face to face in equal steps of at most the smallest spacing of the grid. The plane
        itself is always one of them.
        """
        half = self.thickness_mm / 2
        steps = ceil(half / min(spacing_mm) - 1e-9)
        depths: Floats = np.linspace(-half, half, 2 * max(steps, 1) + 1)
        return depths
