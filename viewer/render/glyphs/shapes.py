"""Solid shapes that glyphs are put together from; LPS mm."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import pairwise

import numpy as np
from numpy.typing import ArrayLike
from vtkmodules.vtkCommonCore import vtkDoubleArray
from vtkmodules.vtkCommonDataModel import vtkPolyData
from vtkmodules.vtkFiltersCore import vtkAppendPolyData, vtkPolyDataNormals, vtkTubeFilter
from vtkmodules.vtkFiltersSources import (
    vtkConeSource,
    vtkLineSource,
    vtkRegularPolygonSource,
    vtkSphereSource,
)

from virtopsy.geometry.frame import Floats

_SIDES, _FEW_SIDES = 24, 10
_DASH_MM, _GAP_MM = 5.0, 4.0
_SMALL_MM = 0.8  # a thinner tube looks as round with few sides


def joined(parts: Iterable[vtkPolyData]) -> vtkPolyData:
    """Return all parts as one surface with normals."""
    together = vtkAppendPolyData()
    for part in parts:
        together.AddInputData(part)
    normals = vtkPolyDataNormals()
    normals.SetInputConnection(together.GetOutputPort())
    normals.Update()
    made: vtkPolyData = normals.GetOutput()
    return made


def tube(first: Floats, second: Floats, radius: float) -> vtkPolyData:
    """Return a closed tube between two points."""
    line = vtkLineSource()
    line.SetPoint1(*first)
    line.SetPoint2(*second)
    return _thick(line, radius)


def tubes(points: ArrayLike, radius: float) -> Iterable[vtkPolyData]:
    """Yield tubes along a line through points."""
    for first, second in pairwise(np.asarray(points, dtype=np.float64)):
        yield tube(first, second, radius)


def dashes(first: Floats, second: Floats, radius: float) -> Iterable[vtkPolyData]:
    """Yield short tubes from one point to another, for what is not itself there."""
    length = float(np.linalg.norm(second - first))
    along = (second - first) / max(length, 1e-9)
    for begin in np.arange(0.0, length, _DASH_MM + _GAP_MM):
        end = min(begin + _DASH_MM, length)
        yield tube(first + along * begin, first + along * end, radius)


def widening(first: Floats, second: Floats, radii_mm: Sequence[float]) -> vtkPolyData:
    """Return an open tube whose radius changes evenly spaced from the first point to the second."""
    line = vtkLineSource()
    line.SetPoint1(*first)
    line.SetPoint2(*second)
    line.SetResolution(len(radii_mm) - 1)
    line.Update()
    along: vtkPolyData = line.GetOutput()
    radii = vtkDoubleArray()
    radii.SetName("radius")
    for one in radii_mm:
        radii.InsertNextValue(one)
    along.GetPointData().SetScalars(radii)
    made = vtkTubeFilter()
    made.SetInputData(along)
    made.SetVaryRadiusToVaryRadiusByAbsoluteScalar()
    made.SetNumberOfSides(2 * _SIDES)
    made.CappingOff()
    made.Update()
    surface: vtkPolyData = made.GetOutput()
    return surface


def ring(centre: Floats, normal: Floats, radius: float, rim: float) -> vtkPolyData:
    """Return a ring round a point."""
    circle = vtkRegularPolygonSource()
    circle.GeneratePolygonOff()
    circle.SetNumberOfSides(2 * _SIDES)
    circle.SetRadius(radius)
    circle.SetCenter(*centre)
    circle.SetNormal(*normal)
    return _thick(circle, rim)


def ball(centre: Floats, radius: float) -> vtkPolyData:
    """Return a ball."""
    round_one = vtkSphereSource()
    round_one.SetCenter(*centre)
    round_one.SetRadius(radius)
    round_one.SetThetaResolution(_SIDES)
    round_one.SetPhiResolution(_SIDES)
    round_one.Update()
    made: vtkPolyData = round_one.GetOutput()
    return made


def cone(tip: Floats, direction: Floats, length: float, radius: float) -> vtkPolyData:
    """Return the head of an arrow that ends at its tip and points along a unit direction."""
    head = vtkConeSource()
    head.SetHeight(length)
    head.SetRadius(radius)
    head.SetResolution(_SIDES)
    head.SetCenter(*(tip - direction * length / 2))
    head.SetDirection(*direction)
    head.Update()
    made: vtkPolyData = head.GetOutput()
    return made


def _thick(line: vtkLineSource | vtkRegularPolygonSource, radius: float) -> vtkPolyData:
    made = vtkTubeFilter()
    made.SetInputConnection(line.GetOutputPort())
    made.SetRadius(radius)
    made.SetNumberOfSides(_FEW_SIDES if radius < _SMALL_MM else _SIDES)
    made.CappingOn()
    made.Update()
    surface: vtkPolyData = made.GetOutput()
    return surface


def box(centre: Floats, half: float, rim: float) -> Iterable[vtkPolyData]:
    """Yield the edges of a cube round a point: what lies in it stays to be seen."""
    for axis in range(3):
        for signs in ((-1, -1), (-1, 1), (1, -1), (1, 1)):
            ends = np.empty((2, 3))
            ends[:, [one for one in range(3) if one != axis]] = signs
            ends[:, axis] = -1, 1
            yield tube(centre + half * ends[0], centre + half * ends[1], rim)


def rings(centre: Floats, radius: float, rim: float) -> Iterable[vtkPolyData]:
    """Yield three rings at right angles round a point: it looks the same from every side."""
    for normal in np.eye(3):
        yield ring(centre, normal, radius, rim)


def cross(centre: Floats, half: float, rim: float) -> Iterable[vtkPolyData]:
    """Yield three bars at right angles through a point."""
    for axis in np.eye(3):
        yield tube(centre - half * axis, centre + half * axis, rim)


def diamond(centre: Floats, half: float, rim: float) -> Iterable[vtkPolyData]:
    """Yield the edges of an octahedron round a point."""
    corners = [(axis, sign * half * np.eye(3)[axis]) for axis in range(3) for sign in (-1, 1)]
    for n, (axis, one) in enumerate(corners):
        for other_axis, other in corners[n + 1 :]:
            if axis != other_axis:
                yield tube(centre + one, centre + other, rim)
