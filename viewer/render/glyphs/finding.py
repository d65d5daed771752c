"""A finding in 3D that is no track: its lines as thin tubes, its place as a small ball."""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import lru_cache

from vtkmodules.vtkCommonCore import vtkPoints
from vtkmodules.vtkCommonDataModel import vtkPolyData
from vtkmodules.vtkFiltersCore import vtkAppendPolyData, vtkPolyDataNormals, vtkTubeFilter
from vtkmodules.vtkFiltersSources import vtkLineSource, vtkSphereSource

Point = tuple[float, float, float]
_SIDES, _ROUND = 10, 12
_TUBE_MM, _SELECTED_TUBE_MM = 0.6, 0.9
_BALL_MM, _SELECTED_BALL_MM = 2.2, 2.8
_END_SHARE = 1.6  # of a tube's radius: what its points stand out by
_SAME_MM = 1e-3


@dataclass(frozen=True)
class FindingGlyph:
    """What is drawn of one finding.

    Attributes:
        points: that mark it, LPS mm.
        lines: through some of them, LPS mm.
        selected: drawn thicker.
        colour: "#rrggbb".
    """

    points: tuple[Point, ...]
    lines: tuple[tuple[Point, ...], ...] = ()
    selected: bool = False
    colour: str = "#cfcfcf"

    def surface(self) -> vtkPolyData:
        """Return the glyph's triangles in LPS mm; made once, for every picture shows them."""
        return _surface(self.points, self.lines, self.selected)


@lru_cache(maxsize=256)
def _surface(
    points: tuple[Point, ...], lines: tuple[tuple[Point, ...], ...], selected: bool
) -> vtkPolyData:
    joined = vtkAppendPolyData()
    tube = _SELECTED_TUBE_MM if selected else _TUBE_MM
    ball = _END_SHARE * tube if lines else (_SELECTED_BALL_MM if selected else _BALL_MM)
    for one in points:
        joined.AddInputData(_ball(one, ball))
    for line in lines:
        apart = _apart(line)
        if len(apart) > 1:
            joined.AddInputData(_tube(apart, tube))
    normals = vtkPolyDataNormals()
    normals.SetInputConnection(joined.GetOutputPort())
    normals.Update()
    made: vtkPolyData = normals.GetOutput()
    return made


def _apart(line: tuple[Point, ...]) -> list[Point]:
    """Return the points of a line without those that lie on the one before."""
    kept: list[Point] = []
    for one in line:
        if not kept or math.dist(kept[-1], one) > _SAME_MM:
            kept.append(one)
    return kept


def _tube(line: list[Point], radius: float) -> vtkPolyData:
    places = vtkPoints()
    for one in line:
        places.InsertNextPoint(*one)
    source = vtkLineSource()
    source.SetPoints(places)
    tube = vtkTubeFilter()
    tube.SetInputConnection(source.GetOutputPort())
    tube.SetRadius(radius)
    tube.SetNumberOfSides(_SIDES)
    tube.CappingOn()
    tube.Update()
    made: vtkPolyData = tube.GetOutput()
    return made


def _ball(centre: Point, radius: float) -> vtkPolyData:
    ball = vtkSphereSource()
    ball.SetCenter(*centre)
    ball.SetRadius(radius)
    ball.SetThetaResolution(_ROUND)
    ball.SetPhiResolution(_ROUND)
    ball.Update()
    made: vtkPolyData = ball.GetOutput()
    return made
