"""A trajectory in 3D: an axis with two ends, an arrow only where a person stated the entry."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from vtkmodules.vtkCommonDataModel import vtkPolyData
from vtkmodules.vtkFiltersCore import vtkAppendPolyData, vtkPolyDataNormals, vtkTubeFilter
from vtkmodules.vtkFiltersSources import (
    vtkConeSource,
    vtkLineSource,
    vtkRegularPolygonSource,
    vtkSphereSource,
)

from virtopsy.errors import Bug
from virtopsy.geometry.frame import Floats

Point = tuple[float, float, float]
_SIDES = 24
_TUBE_MM, _SELECTED_TUBE_MM = 0.9, 1.3
_RING_MM = 6.0
_ENTRY_RIM_MM, _EXIT_RIM_MM = 1.3, 0.7  # the entry ring is the heavy one, without any colour
_ARROW_MM = (14.0, 4.0)  # length, radius


@dataclass(frozen=True)
class TrajectoryGlyph:
    """What is drawn of one trajectory.

    Attributes:
        ends_lps_mm: the two ends.
        entry: 0 or 1, the end a person stated to be the entry; None draws no direction.
        selected: drawn thicker.
        name: shown by the widget beside it.
        colour: "#rrggbb".
    """

    ends_lps_mm: tuple[Point, Point]
    entry: int | None = None
    selected: bool = False
    name: str = ""
    colour: str = "#f2c14e"

    def __post_init__(self) -> None:
        if self.entry not in {None, 0, 1}:
            raise Bug(f"the entry is end 0 or 1 or not stated, got {self.entry}")

    def surface(self) -> vtkPolyData:
        """Return the glyph's triangles in LPS mm."""
        joined = vtkAppendPolyData()
        for part in self._parts():
            joined.AddInputData(part)
        normals = vtkPolyDataNormals()
        normals.SetInputConnection(joined.GetOutputPort())
        normals.Update()
        made: vtkPolyData = normals.GetOutput()
        return made

    def _parts(self) -> Iterator[vtkPolyData]:
        radius = _SELECTED_TUBE_MM if self.selected else _TUBE_MM
        first, second = (np.array(end) for end in self.ends_lps_mm)
        length = float(np.linalg.norm(second - first))
        yield _tube(first, second, radius)
        if self.entry is None or length == 0:
            yield from (_ball(end, 2.2 * radius) for end in (first, second))
            return
        start, stop = (first, second) if self.entry == 0 else (second, first)
        direction = (stop - start) / length
        yield _ring(start, direction, _ENTRY_RIM_MM)
        yield _ring(stop, direction, _EXIT_RIM_MM)
        yield _arrow(stop, direction)


def _tube(first: Floats, second: Floats, radius: float) -> vtkPolyData:
    line = vtkLineSource()
    line.SetPoint1(*first)
    line.SetPoint2(*second)
    return _thick(line, radius)


def _thick(line: vtkLineSource | vtkRegularPolygonSource, radius: float) -> vtkPolyData:
    tube = vtkTubeFilter()
    tube.SetInputConnection(line.GetOutputPort())
    tube.SetRadius(radius)
    tube.SetNumberOfSides(_SIDES)
    tube.CappingOn()
    tube.Update()
    made: vtkPolyData = tube.GetOutput()
    return made


def _ring(centre: Floats, normal: Floats, rim: float) -> vtkPolyData:
    circle = vtkRegularPolygonSource()
    circle.GeneratePolygonOff()
    circle.SetNumberOfSides(48)
    circle.SetRadius(_RING_MM)
    circle.SetCenter(*centre)
    circle.SetNormal(*normal)
    return _thick(circle, rim)


def _ball(centre: Floats, radius: float) -> vtkPolyData:
    ball = vtkSphereSource()
    ball.SetCenter(*centre)
    ball.SetRadius(radius)
    ball.SetThetaResolution(_SIDES)
    ball.SetPhiResolution(_SIDES)
    ball.Update()
    made: vtkPolyData = ball.GetOutput()
    return made


def _arrow(tip: Floats, direction: Floats) -> vtkPolyData:
    """The head of the arrow ends at the exit end and points along the stated travel."""
    length, radius = _ARROW_MM
    cone = vtkConeSource()
    cone.SetHeight(length)
    cone.SetRadius(radius)
    cone.SetResolution(_SIDES)
    cone.SetCenter(*(tip - direction * length / 2))
    cone.SetDirection(*direction)
    cone.Update()
    made: vtkPolyData = cone.GetOutput()
    return made
