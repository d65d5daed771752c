"""A slice through a volume as a grey picture of exactly the asked pixels.

Values are interpolated first and windowed afterwards: scaling a windowed picture would
interpolate greys. Pictures follow the radiological convention: the patient's left is on the
right of axial and coronal pictures, anterior is on the left of sagittal ones, the head is up.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from itertools import pairwise
from typing import Self

import numpy as np
from numpy.typing import ArrayLike, NDArray
from vtkmodules.vtkImagingCore import vtkImageReslice

from viewer.render.vtk_image import image_of, matrix_of, values_of
from virtopsy.errors import Bug
from virtopsy.geometry.frame import Floats, Frame
from virtopsy.geometry.turn import STRAIGHT, Turn
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
        turn: of the reading planes against the patient's.
    """

    plane: Plane
    centre_mm: Point
    mm_per_pixel: float
    width: int
    height: int
    turn: Turn = STRAIGHT

    def __post_init__(self) -> None:
        if not (self.mm_per_pixel > 0 and self.width > 0 and self.height > 0):
            raise Bug(f"a slice camera needs a positive scale and size, got {self}")

    @classmethod
    def fit(  # noqa: PLR0913, PLR0917 -- a grid, a plane of it, and a picture
        cls,
        frame: Frame,
        plane: Plane,
        centre_mm: ArrayLike,
        width: int,
        height: int,
        turn: Turn = STRAIGHT,
    ) -> Self:
        """Return the camera that shows the whole volume on the plane through `centre_mm`."""
        right, down = (turn.apply(axis) for axis in _AXES[plane])
        normal = np.cross(right, down)
        offsets = frame.corners_mm - frame.centre_mm
        voxel = max(frame.spacing_mm)
        needed = max(
            (np.ptp(offsets @ right) + voxel) / width, (np.ptp(offsets @ down) + voxel) / height
        )
        depth = (np.asarray(centre_mm, dtype=np.float64) - frame.centre_mm) @ normal
        x, y, z = (float(value) for value in frame.centre_mm + depth * normal)
        return cls(plane, (x, y, z), float(needed) * _MARGIN, width, height, turn)

    @property
    def right_mm(self) -> Floats:
        """LPS unit vector towards the right of the picture."""
        return self.turn.apply(_AXES[self.plane][0])

    @property
    def down_mm(self) -> Floats:
        """LPS unit vector towards the bottom of the picture."""
        return self.turn.apply(_AXES[self.plane][1])

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

    def index_from_pixel(self, frame: Frame) -> Floats:
        """(4, 4), maps (x, y, 0, 1) of a pixel to (i, j, k, 1) of a frame; z is mm behind it."""
        matrix = np.eye(4)
        matrix[:3, 0] = self.right_mm * self.mm_per_pixel
        matrix[:3, 1] = self.down_mm * self.mm_per_pixel
        matrix[:3, 2] = self.normal_mm
        matrix[:3, 3] = self.to_lps(0, 0)
        index: Floats = frame.index_from_lps @ matrix
        return index

    def letters(self) -> dict[str, str]:
        """Return the orientation letters for the four edges: left, right, top, bottom."""
        return {
            "left": direction_letters(-self.right_mm),
            "right": direction_letters(self.right_mm),
            "top": direction_letters(-self.down_mm),
            "bottom": direction_letters(self.down_mm),
        }


def step_mm(frame: Frame, plane: Plane, turn: Turn = STRAIGHT) -> float:
    """Return the scroll step: the spacing of the grid axis nearest to the view's normal, mm."""
    normal = turn.apply(np.cross(*_AXES[plane]))
    axis = int(np.argmax(np.abs(normal @ frame.directions)))
    return frame.spacing_mm[axis]


class SliceRenderer:
    """Slices of one volume; its voxels are shared with VTK, never copied.

    Where slices are missing nothing is interpolated into the gap nor out of it: the planes on
    each side are cut out of their own run of slices, up to half a slice beyond the last.

    Not for two threads at once.
    """

    def __init__(self, volume: Volume) -> None:
        self.volume = volume
        self.outside = _outside(volume.voxels)
        self._runs = [
            (first, last, _cutter(volume.voxels[first : last + 1], self.outside))
            for first, last in _acquired_runs(volume)
        ]

    def values(self, camera: SliceCamera) -> Voxels:
        """Return (height, width) interpolated values in the dtype of the voxels.

        Outside the volume and in its gaps they are `outside`, the smallest value of that dtype.
        """
        index = camera.index_from_pixel(self.volume.frame)
        if len(self._runs) == 1:
            first, _, cutter = self._runs[0]
            everything = (0, camera.width, 0, camera.height)
            # A copy, because the next slice is written into the same memory.
            return _cut(cutter, index, first, everything).copy()
        values: Voxels = np.full(
            (camera.height, camera.width), self.outside, dtype=self.volume.voxels.dtype
        )
        for first, last, cutter in self._runs:
            box = _box(camera, index[2], first - 0.5, last + 0.5)
            if box is not None:
                left, right, top, bottom = box
                part = values[top:bottom, left:right]
                np.maximum(part, _cut(cutter, index, first, box), out=part)
        return values

    def pixels(self, camera: SliceCamera, window: Window) -> NDArray[np.uint8]:
        """Return the (height, width) grey picture; outside the volume it is black."""
        values = self.values(camera)
        grey = window.apply(values)
        if window.low < self.outside:
            grey[values == self.outside] = 0
        return grey


def _acquired_runs(volume: Volume) -> list[tuple[int, int]]:
    """Return the (first, last) of the runs of slices between the gaps."""
    depth = volume.frame.shape[0]
    missing = [-1, *volume.gaps, depth]
    return [(one + 1, other - 1) for one, other in pairwise(missing) if other - one > 1]


def _cutter(voxels: Voxels, outside: float) -> vtkImageReslice:
    cutter = vtkImageReslice()
    cutter.SetInputData(image_of(voxels, (1.0, 1.0, 1.0)))
    cutter.SetInterpolationModeToLinear()
    cutter.BorderOn()  # half a voxel of rim belongs to the outermost voxels
    cutter.SetOutputDimensionality(2)
    cutter.SetOutputOrigin(0.0, 0.0, 0.0)
    cutter.SetOutputSpacing(1.0, 1.0, 1.0)
    cutter.SetBackgroundLevel(outside)
    return cutter


def _cut(
    cutter: vtkImageReslice, index: Floats, first: int, box: tuple[int, int, int, int]
) -> Voxels:
    """Return the part `box` of a picture, in memory the next cut is written into.

    Args:
        cutter: of a run of slices.
        index: (4, 4), pixel to index of the whole volume.
        first: the slice the run begins with.
        box: (left, right, top, bottom) pixels, without the last.
    """
    begun = index.copy()
    begun[2, 3] -= first
    left, right, top, bottom = box
    cutter.SetResliceAxes(matrix_of(begun))
    cutter.SetOutputExtent(left, right - 1, top, bottom - 1, 0, 0)
    cutter.Update()
    cut: Voxels = values_of(cutter.GetOutput())[0]
    return cut


def _box(
    camera: SliceCamera, slices: Floats, low: float, high: float
) -> tuple[int, int, int, int] | None:
    """Return the pixels that hold every place whose slice index is between two values.

    The index is affine in the pixel; None where no pixel has such a place.
    """
    along_x, along_y, start = float(slices[0]), float(slices[1]), float(slices[3])
    columns = _touched(start, along_x, camera.width, along_y * (camera.height - 1), (low, high))
    rows = _touched(start, along_y, camera.height, along_x * (camera.width - 1), (low, high))
    if columns is None or rows is None:
        return None
    return (*columns, *rows)


def _touched(
    start: float, along: float, count: int, across: float, wanted: tuple[float, float]
) -> tuple[int, int] | None:
    """Return which of `count` lines of pixels, without the last, reach the wanted values.

    A line n holds the values from start + n along to that plus `across`.
    """
    lines = start + along * np.arange(count)
    reached = np.flatnonzero(
        (lines + max(across, 0.0) >= wanted[0]) & (lines + min(across, 0.0) <= wanted[1])
    )
    return (int(reached[0]), int(reached[-1]) + 1) if len(reached) else None


def _outside(voxels: Voxels) -> float:
    if np.issubdtype(voxels.dtype, np.integer):
        return float(np.iinfo(voxels.dtype).min)
    return float(np.finfo(voxels.dtype).min)
