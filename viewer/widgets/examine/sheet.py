"""How the patient lies on a view: its picture's device pixels on the widget's logical ones."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from PySide6.QtCore import QPointF

from viewer.render.path_camera import PathCamera
from viewer.render.slice_camera import FlatCamera
from virtopsy.geometry.camera import Point


class Scaled(Protocol):
    """What letters, hatching and the scale need to know of a view; logical pixels."""

    @property
    def ratio(self) -> float:
        """Device pixels per logical pixel."""
        ...

    @property
    def width(self) -> float:
        """Logical pixels."""
        ...

    @property
    def height(self) -> float:
        """Logical pixels."""
        ...

    @property
    def mm_per_px(self) -> float:
        """Scale, mm per logical pixel."""
        ...


@dataclass(frozen=True)
class FlatSheet:
    """A view of a plane.

    Attributes:
        camera: of the picture, in device pixels.
        ratio: device pixels per logical pixel.
        near_mm: how far from the plane an end still counts as on it.
    """

    camera: FlatCamera
    ratio: float
    near_mm: float

    @property
    def width(self) -> float:
        """Logical pixels."""
        return self.camera.width / self.ratio

    @property
    def height(self) -> float:
        """Logical pixels."""
        return self.camera.height / self.ratio

    @property
    def mm_per_px(self) -> float:
        """Scale, mm per logical pixel."""
        return self.camera.mm_per_pixel * self.ratio

    def place(self, lps_mm: Sequence[float]) -> QPointF:
        """Return where an LPS point is painted."""
        x, y = self.camera.to_pixel(lps_mm)
        return QPointF((x + 0.5) / self.ratio, (y + 0.5) / self.ratio)

    def lps(self, place: QPointF) -> Point:
        """Return the LPS point of the shown plane under a place of the widget."""
        return self.camera.to_lps(place.x() * self.ratio - 0.5, place.y() * self.ratio - 0.5)

    def is_near(self, lps_mm: Sequence[float]) -> bool:
        """Tell whether a point lies on the shown plane."""
        return abs(self.camera.distance_mm(lps_mm)) <= self.near_mm


@dataclass(frozen=True)
class PathSheet:
    """A view along a path.

    Attributes:
        camera: of the picture, in device pixels.
        ratio: device pixels per logical pixel.
    """

    camera: PathCamera
    ratio: float

    @property
    def width(self) -> float:
        """Logical pixels."""
        return self.camera.width / self.ratio

    @property
    def height(self) -> float:
        """Logical pixels."""
        return self.camera.height / self.ratio

    @property
    def mm_per_px(self) -> float:
        """Scale, mm per logical pixel."""
        return self.camera.mm_per_pixel * self.ratio

    def arc_mm(self, x: float) -> float:
        """Return the arc length shown at a column of the widget."""
        return self.camera.start_mm + (x * self.ratio - 0.5) * self.camera.mm_per_pixel

    def on_path(self, arc_mm: float) -> QPointF:
        """Return where a place of the path is painted: in the middle row."""
        x = (arc_mm - self.camera.start_mm) / self.camera.mm_per_pixel
        return QPointF((x + 0.5) / self.ratio, self.height / 2)

    def lps(self, place: QPointF) -> Point:
        """Return the LPS point shown under a place of the widget."""
        return self.camera.to_lps(place.x() * self.ratio - 0.5, place.y() * self.ratio - 0.5)
