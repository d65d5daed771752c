"""A slice through a volume as a grey picture of exactly the asked pixels.

Values are interpolated first and windowed afterwards: scaling a windowed picture would
interpolate greys. Pictures follow the radiological convention: the patient's left is on the
right of axial and coronal pictures, anterior is on the left of sagittal ones, the head is up.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Self

import numpy as np
from numpy.typing import ArrayLike, NDArray
from vtkmodules.vtkImagingCore import vtkImageReslice

from viewer.render.vtk_image import image_of, matrix_of, values_of
from virtopsy.errors import Bug
from virtopsy.geometry.frame import Floats, Frame
from virtopsy.imaging.volume import Volume, Voxels
from virtopsy.imaging.window import Window

Point = tuple[float, float, float]
_MARGIN = 1.02


class Plane(StrEnum):
    """The three anatomical planes."""

    AXIAL = "axial"
    CORONAL = "coronal"
    SAGITTAL = "sagittal"


# Right and down of the picture, LPS unit vectors; right x down points away from the reader.
_AXES: dict[Plane, tuple[Point, Point]] = {
    Plane.AXIAL: ((1.0, 0.0, 0.0), (0.0, 1.0, 0.0)),  # seen from the feet
    Plane.CORONAL: ((1.0, 0.0, 0.0), (0.0, 0.0, -1.0)),  # seen from the front
    Plane.SAGITTAL: ((0.0, 1.0, 0.0), (0.0, 0.0, -1.0)),  # seen from the patient's left
}
_LETTERS = (("L", "R"), ("P", "A"), ("H", "F"))  # + and - end of x, y, z
_OBLIQUE_SHARE = 0.35  # a second letter where a direction leans by more than about 20 degrees


def direction_letters(direction: ArrayLike) -> str:
    """Return the orientation letters of an LPS direction, the largest component first."""
    vector = np.asarray(direction, dtype=np.float64)
    order = np.argsort(-np.abs(vector), kind="stable")
    shown = [axis for axis in order if abs(vector[axis]) > _OBLIQUE_SHARE]
    return "".join(_LETTERS[axis][0 if vector[axis] > 0 else 1] for axis in shown)


@dataclass(frozen=True)
class SliceCamera:
    """Which pixels of which plane.

    A pixel coordinate (x, y) is a centre: (0, 0) is the middle of the top left pixel,
    (width - 1, height - 1) that of the bottom right one. A painter whose pixels begin at their
    corners adds 0.5.

    Attributes:
        plane: the anatomical plane.
        centre_mm: LPS point shown in the middle of the picture, at ((w - 1) / 2, (h - 1) / 2).
        mm_per_pixel: scale, the same along both sides.
        width: columns of the picture.
        height: rows of the picture.
    """

    plane: Plane
    centre_mm: Point
    mm_per_pixel: float
    width: int
    height: int

    def __post_init__(self) -> None:
        if not (self.mm_per_pixel > 0 and self.width > 0 and self.height > 0):
            raise Bug(f"a slice camera needs a positive scale and size, got {self}")

    @classmethod
    def fit(cls, frame: Frame, plane: Plane, centre_mm: ArrayLike, width: int, height: int) -> Self:
        """Return the camera that shows the whole volume on the plane through `centre_mm`."""
        right, down = (np.array(axis) for axis in _AXES[plane])
        normal = np.cross(right, down)
        offsets = frame.corners_mm - frame.centre_mm
        voxel = max(frame.spacing_mm)
        needed = max(
            (np.ptp(offsets @ right) + voxel) / width, (np.ptp(offsets @ down) + voxel) / height
        )
        depth = (np.asarray(centre_mm, dtype=np.float64) - frame.centre_mm) @ normal
        x, y, z = (float(value) for value in frame.centre_mm + depth * normal)
        return cls(plane, (x, y, z), float(needed) * _MARGIN, width, height)

    @property
    def right_mm(self) -> Floats:
        """LPS unit vector towards the right of the picture."""
        return np.array(_AXES[self.plane][0])

    @property
    def down_mm(self) -> Floats:
        """LPS unit vector towards the bottom of the picture."""
        return np.array(_AXES[self.plane][1])

    @property
    def normal_mm(self) -> Floats:
        """LPS unit vector away from the reader."""
        normal: Floats = np.cross(self.right_mm, self.down_mm)
        return normal

    def to_lps(self, x: float, y: float) -> Point:
        """Return the LPS point at a pixel coordinate."""
        across = (x - (self.width - 1) / 2) * self.mm_per_pixel
        along = (y - (self.height - 1) / 2) * self.mm_per_pixel
        point = np.asarray(self.centre_mm) + across * self.right_mm + along * self.down_mm
        return float(point[0]), float(point[1]), float(point[2])

    def to_pixel(self, lps_mm: ArrayLike) -> tuple[float, float]:
        """Return the pixel coordinate of an LPS point, projected along the normal."""
        offset = (np.asarray(lps_mm, dtype=np.float64) - self.centre_mm) / self.mm_per_pixel
        return (
            float(offset @ self.right_mm) + (self.width - 1) / 2,
            float(offset @ self.down_mm) + (self.height - 1) / 2,
        )

    def distance_mm(self, lps_mm: ArrayLike) -> float:
        """Return how far an LPS point lies behind (+) or before (-) the plane."""
        return float((np.asarray(lps_mm, dtype=np.float64) - self.centre_mm) @ self.normal_mm)

    def letters(self) -> dict[str, str]:
        """Return the orientation letters for the four edges: left, right, top, bottom."""
        return {
            "left": direction_letters(-self.right_mm),
            "right": direction_letters(self.right_mm),
            "top": direction_letters(-self.down_mm),
            "bottom": direction_letters(self.down_mm),
        }


def step_mm(frame: Frame, plane: Plane) -> float:
    """Return the scroll step: the spacing of the grid axis nearest to the view's normal, mm."""
    normal = np.cross(*_AXES[plane])
    axis = int(np.argmax(np.abs(normal @ frame.directions)))
    return frame.spacing_mm[axis]


class SliceRenderer:
    """Slices of one volume; its voxels are shared with VTK, never copied.

    Not for two threads at once.
    """

    def __init__(self, volume: Volume) -> None:
        self.volume = volume
        self.outside = _outside(volume.voxels)
        self._reslice = vtkImageReslice()
        self._reslice.SetInputData(image_of(volume.voxels, (1.0, 1.0, 1.0)))
        self._reslice.SetInterpolationModeToLinear()
        self._reslice.BorderOn()  # half a voxel of rim belongs to the outermost voxels
        self._reslice.SetOutputDimensionality(2)
        self._reslice.SetOutputOrigin(0.0, 0.0, 0.0)
        self._reslice.SetOutputSpacing(1.0, 1.0, 1.0)
        self._reslice.SetBackgroundLevel(self.outside)

    def values(self, camera: SliceCamera) -> Voxels:
        """Return (height, width) interpolated values in the dtype of the voxels.

        Outside the volume they are `outside`, the smallest value of that dtype.
        """
        index_from_pixel = self.volume.frame.index_from_lps @ _lps_from_pixel(camera)
        self._reslice.SetResliceAxes(matrix_of(index_from_pixel))
        self._reslice.SetOutputExtent(0, camera.width - 1, 0, camera.height - 1, 0, 0)
        self._reslice.Update()
        # A copy, because the next slice is written into the same memory.
        plane: Voxels = values_of(self._reslice.GetOutput())[0]
        return plane.copy()

    def pixels(self, camera: SliceCamera, window: Window) -> NDArray[np.uint8]:
        """Return the (height, width) grey picture; outside the volume it is black."""
        values = self.values(camera)
        grey = window.apply(values)
        if window.low < self.outside:
            grey[values == self.outside] = 0
        return grey


def _lps_from_pixel(camera: SliceCamera) -> Floats:
    matrix = np.eye(4)
    matrix[:3, 0] = camera.right_mm * camera.mm_per_pixel
    matrix[:3, 1] = camera.down_mm * camera.mm_per_pixel
    matrix[:3, 2] = camera.normal_mm
    matrix[:3, 3] = camera.to_lps(0, 0)
    return matrix


def _outside(voxels: Voxels) -> float:
    if np.issubdtype(voxels.dtype, np.integer):
        return float(np.iinfo(voxels.dtype).min)
    return float(np.finfo(voxels.dtype).min)
