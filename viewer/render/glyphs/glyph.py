"""What every glyph has, so that 3D views and flat pictures draw all kinds alike."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import Protocol

from typing_extensions import override
from vtkmodules.vtkCommonDataModel import vtkPolyData

from virtopsy.geometry.camera import Point


class Form(Enum):
    """How a place is drawn; told apart without any colour."""

    RINGS = "rings"  # a wound: one sees the body through it
    BOX = "box"  # a fragment: it may not be taken for the metal itself
    CROSS = "cross"  # a landmark
    DIAMOND = "diamond"  # a region
    DOT = "dot"  # an end


@dataclass(frozen=True)
class Spot:
    """A place.

    Attributes:
        at: LPS mm.
        form: how it is drawn.
        radius_mm: half its size.
        heavy: with a heavier rim, as the stated entry.
    """

    at: Point
    form: Form
    radius_mm: float
    heavy: bool = False


@dataclass(frozen=True)
class Strand:
    """A line through points.

    Attributes:
        points: LPS mm, two or more.
        solid: False for what is not itself there, as a chord.
        projected: a flat picture shows where it runs before and behind the slice as well.
    """

    points: tuple[Point, ...]
    solid: bool = True
    projected: bool = False


class Glyph(Protocol):
    """What is drawn of a finding."""

    @property
    def name(self) -> str:
        """Its number and name, written on the margin; empty: it has no label."""

    @property
    def brief(self) -> str:
        """Its number alone, where there is no room for names."""

    @property
    def colour(self) -> str:
        """As #rrggbb."""

    @property
    def selected(self) -> bool:
        """Whether it is drawn thicker."""

    @property
    def opacity(self) -> float:
        """From 0 to 1."""

    @property
    def anchor(self) -> Point:
        """Where its label points, LPS mm."""

    @property
    def strands(self) -> tuple[Strand, ...]:
        """Its lines on a flat picture."""

    @property
    def spots(self) -> tuple[Spot, ...]:
        """Its places on a flat picture."""

    def surface(self) -> vtkPolyData:
        """Return its triangles in LPS mm with normals."""

    @override
    def __hash__(self) -> int:
        """Glyphs are values: equal ones are drawn from the same triangles."""
