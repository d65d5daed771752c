"""Which pixels of which plane: where the patient lies on a flat picture."""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Protocol, Self

import numpy as np
from numpy.typing import ArrayLike
from typing_extensions import override

from virtopsy.errors import Bug
from virtopsy.geometry.frame import Floats, Frame
from virtopsy.geometry.plane import Facing, Plane, facing
from virtopsy.geometry.turn import STRAIGHT, Turn

Point = tuple[float, float, float]
_MARGIN = 1.02
_LETTERS = (("L", "R"), ("P", "A"), ("H", "F"))  # + and - end of x, y, z
_OBLIQUE_SHARE = 0.35  # a second letter where a direction leans by more than about 20 degrees
_SQUARE = 1e-9


def direction_letters(direction: ArrayLike) -> str:
    """Return the orientation letters of an LPS direction, the largest component first."""
    vector = np.asarray(direction, dtype=np.float64)
    order = np.argsort(-np.abs(vector), kind="stable")
    shown = [axis for axis in order if abs(vector[axis]) > _OBLIQUE_SHARE]
    return "".join(_LETTERS[axis][0 if vector[axis] > 0 else 1] for axis in shown)


class FlatCamera(ABC):
    """A flat picture of some plane of the patient.

    A pixel coordinate (x, y) is a centre: (0, 0) is the middle of the top left pixel,
    (width - 1, height - 1) that of the bottom right one. A painter whose pixels begin at their
    corners adds 0.5.

    Attributes:
        centre_mm: LPS point shown in the middle of the picture, at ((w - 1) / 2, (h - 1) / 2).
        mm_per_pixel: scale, the same along both sides.
        width: columns of the picture.
        height: rows of the picture.
    """

    centre_mm: Point
    mm_per_pixel: float
    width: int
    height: int

    @property
    @abstractmethod
    def right_mm(self) -> Floats:
        """LPS unit vector towards the right of the picture."""

    @property
    @abstractmethod
    def down_mm(self) -> Floats:
        """LPS unit vector towards the bottom of the picture."""

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
        """(4, 4), maps (x, y, z, 1) of a pixel to (i, j, k, 1) of a frame; z is mm behind it."""
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


@dataclass(frozen=True)
class SliceCamera(FlatCamera):
    """Which pixels of one of the three reading planes.

    Attributes:
        plane: the anatomical plane.
        centre_mm, mm_per_pixel, width, height: as of every flat picture.
        turn: of the reading planes against the patient's.
    """

    plane: Plane
    centre_mm: Point
    mm_per_pixel: float
    width: int
    height: int
    turn: Turn = STRAIGHT

    def __post_init__(self) -> None:
        _check(self)

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
        right, down, normal, _ = facing(plane, turn)
        offsets = frame.corners_mm - frame.centre_mm
        voxel = max(frame.spacing_mm)
        needed = max(
            (np.ptp(offsets @ right) + voxel) / width, (np.ptp(offsets @ down) + voxel) / height
        )
        depth = (np.asarray(centre_mm, dtype=np.float64) - frame.centre_mm) @ normal
        x, y, z = (float(value) for value in frame.centre_mm + depth * normal)
        return cls(plane, (x, y, z), float(needed) * _MARGIN, width, height, turn)

    @property
    def facing(self) -> Facing:
        """How the plane lies in the patient."""
        return facing(self.plane, self.turn)

    @property
    @override
    def right_mm(self) -> Floats:
        """LPS unit vector towards the right of the picture."""
        return self.facing.right

    @property
    @override
    def down_mm(self) -> Floats:
        """LPS unit vector towards the bottom of the picture."""
        return self.facing.down

    @property
    @override
    def normal_mm(self) -> Floats:
        """LPS unit vector away from the reader."""
        return self.facing.normal

    def line_of(self, other: Plane) -> tuple[float, float]:
        """Return the direction (right, down), of length 1, in which another plane is seen edge on.

        Level or upright on straight pictures. Every such line goes through the crosshair.
        """
        return _line_of(self.plane, other, self.turn)

    def reduced(self, factor: int) -> SliceCamera:
        """Return the camera of the same view with `factor` times fewer pixels along each side."""
        width, height, scale = fewer_pixels(self, factor)
        return replace(self, mm_per_pixel=scale, width=width, height=height)


@lru_cache(maxsize=64)  # a turned crosshair asks again and again while it is drawn
def _line_of(plane: Plane, other: Plane, turn: Turn) -> tuple[float, float]:
    right, down, normal, _ = facing(plane, turn)
    line = np.cross(normal, facing(other, turn).normal)
    if not np.linalg.norm(line) > _SQUARE:
        raise Bug(f"{other} is the shown plane itself")
    return float(line @ right), float(line @ down)


@dataclass(frozen=True)
class SectionCamera(FlatCamera):
    """Pixels of any plane, given by its own directions.

    Attributes:
        right, down: LPS unit vectors at right angles.
        centre_mm, mm_per_pixel, width, height: as of every flat picture.

    Raises:
        Bug: the directions are no unit vectors at right angles.
    """

    right: Point
    down: Point
    centre_mm: Point
    mm_per_pixel: float
    width: int
    height: int

    def __post_init__(self) -> None:
        _check(self)
        axes = np.array((self.right, self.down))
        if not np.abs(axes @ axes.T - np.eye(2)).max() < 1e-6:
            raise Bug(f"a section needs unit vectors at right angles, got {self}")

    @property
    @override
    def right_mm(self) -> Floats:
        """LPS unit vector towards the right of the picture."""
        return np.array(self.right)

    @property
    @override
    def down_mm(self) -> Floats:
        """LPS unit vector towards the bottom of the picture."""
        return np.array(self.down)

    def reduced(self, factor: int) -> SectionCamera:
        """Return the camera of the same view with `factor` times fewer pixels along each side."""
        width, height, scale = fewer_pixels(self, factor)
        return replace(self, mm_per_pixel=scale, width=width, height=height)


class _Sized(Protocol):
    """A picture of some pixels at some scale."""

    @property
    def mm_per_pixel(self) -> float: ...

    @property
    def width(self) -> int: ...

    @property
    def height(self) -> int: ...


def fewer_pixels(camera: _Sized, factor: int) -> tuple[int, int, float]:
    """Return width, height and mm per pixel of a picture with `factor` times fewer each way."""
    width, height = max(camera.width // factor, 1), max(camera.height // factor, 1)
    scale = camera.mm_per_pixel * max(camera.width / width, camera.height / height)
    return width, height, scale


def _check(camera: FlatCamera) -> None:
    if not (camera.mm_per_pixel > 0 and camera.width > 0 and camera.height > 0):
        raise Bug(f"a slice camera needs a positive scale and size, got {camera}")
