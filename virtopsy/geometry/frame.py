"""The one place where voxel indices and patient millimetres meet.

Indices are (i, j, k) = (column, row, slice), voxels are stored ``[k, j, i]``. World is DICOM
LPS in millimetres: +x to the patient's left, +y posterior, +z cranial (PS3.3 C.7.6.2.1.1).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
from numpy.typing import ArrayLike, NDArray

from virtopsy.errors import Bug

Floats: TypeAlias = NDArray[np.float64]
_SMALLEST_SPACING_MM = 1e-6


@dataclass(frozen=True, eq=False)
class Frame:
    """A regular voxel grid placed in the patient.

    Attributes:
        affine: (4, 4) float64; maps (i, j, k, 1) to LPS mm. Right-handed (determinant > 0).
        shape: (slices, rows, columns), as the voxels are stored.

    Raises:
        Bug: the affine is not finite, not invertible, left-handed, or not affine.
    """

    affine: Floats
    shape: tuple[int, int, int]

    def __post_init__(self) -> None:
        affine = np.array(self.affine, dtype=np.float64)
        if affine.shape != (4, 4) or not np.isfinite(affine).all():
            raise Bug(f"Frame needs a finite (4, 4) affine, got {self.affine!r}")
        if not np.array_equal(affine[3], (0.0, 0.0, 0.0, 1.0)):
            raise Bug(f"Frame needs (0, 0, 0, 1) as last row, got {affine[3]}")
        if np.linalg.norm(affine[:3, :3], axis=0).min() < _SMALLEST_SPACING_MM:
            raise Bug("Frame needs spacings above zero")
        if np.linalg.det(affine[:3, :3]) <= 0:
            raise Bug("Frame needs a right-handed affine: order the slices along the normal")
        if min(self.shape) < 1:
            raise Bug(f"Frame needs a shape of three positive sizes, got {self.shape}")
        affine.setflags(write=False)
        object.__setattr__(self, "affine", affine)
        object.__setattr__(self, "shape", tuple(int(n) for n in self.shape))

    @classmethod
    def of(
        cls,
        shape: tuple[int, int, int],
        *,
        origin_mm: ArrayLike,
        spacing_mm: ArrayLike,
        directions: ArrayLike | None = None,
    ) -> Frame:
        """Build a frame from origin, spacing (i, j, k) and directions.

        Args:
            shape: (slices, rows, columns).
            origin_mm: (3,) LPS mm, centre of voxel (0, 0, 0).
            spacing_mm: (3,) distance between neighbours along i, j, k.
            directions: (3, 3), columns are the unit vectors of i, j, k in LPS; identity if None.
        """
        axes = np.eye(3) if directions is None else np.asarray(directions, dtype=np.float64)
        affine = np.eye(4)
        affine[:3, :3] = axes * np.asarray(spacing_mm, dtype=np.float64)
        affine[:3, 3] = np.asarray(origin_mm, dtype=np.float64)
        return cls(affine, shape)

    @property
    def spacing_mm(self) -> tuple[float, float, float]:
        """Distance between neighbouring voxel centres along (i, j, k), mm."""
        i, j, k = np.linalg.norm(self.affine[:3, :3], axis=0)
        return float(i), float(j), float(k)

    @property
    def origin_mm(self) -> Floats:
        """Centre of voxel (0, 0, 0), (3,) LPS mm."""
        return self.affine[:3, 3]

    @property
    def directions(self) -> Floats:
        """(3, 3), columns are the unit vectors of i, j, k in LPS."""
        matrix = self.affine[:3, :3] / np.asarray(self.spacing_mm)
        return np.asarray(matrix, dtype=np.float64)

    @property
    def index_from_lps(self) -> Floats:
        """(4, 4), maps (x, y, z, 1) in LPS mm to (i, j, k, 1)."""
        return np.asarray(np.linalg.inv(self.affine), dtype=np.float64)

    @property
    def centre_mm(self) -> Floats:
        """Middle of the grid, (3,) LPS mm."""
        k, j, i = self.shape
        return self.to_lps(((i - 1) / 2, (j - 1) / 2, (k - 1) / 2))

    @property
    def corners_mm(self) -> Floats:
        """The eight outermost voxel centres, (8, 3) LPS mm."""
        k, j, i = self.shape
        grid = np.array([(x, y, z) for z in (0, k - 1) for y in (0, j - 1) for x in (0, i - 1)])
        return self.to_lps(grid)

    def same_as(self, other: Frame) -> bool:
        """Tell whether another frame has the same voxels at the same places."""
        return self.shape == other.shape and bool(np.array_equal(self.affine, other.affine))

    def to_lps(self, index: ArrayLike) -> Floats:
        """Map (..., 3) indices (i, j, k), fractions allowed, to (..., 3) LPS mm."""
        points = np.asarray(index, dtype=np.float64)
        world: Floats = points @ self.affine[:3, :3].T + self.affine[:3, 3]
        return world

    def to_index(self, lps_mm: ArrayLike) -> Floats:
        """Map (..., 3) LPS mm to (..., 3) fractional indices (i, j, k)."""
        inverse = self.index_from_lps
        points = np.asarray(lps_mm, dtype=np.float64)
        index: Floats = points @ inverse[:3, :3].T + inverse[:3, 3]
        return index

    def contains(self, lps_mm: ArrayLike) -> bool:
        """Tell whether one LPS point lies within the outermost voxels (half a voxel of rim)."""
        i, j, k = self.to_index(lps_mm)
        depth, rows, columns = self.shape
        return bool(
            -0.5 <= i <= columns - 0.5 and -0.5 <= j <= rows - 0.5 and -0.5 <= k <= depth - 0.5
        )
