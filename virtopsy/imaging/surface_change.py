"""Smoothing and thinning of a surface, and how far that took it from where it was measured.

Loaded only where a surface is changed.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from vtkmodules.util.numpy_support import numpy_to_vtk, numpy_to_vtkIdTypeArray, vtk_to_numpy
from vtkmodules.vtkCommonCore import vtkPoints
from vtkmodules.vtkCommonDataModel import vtkCellArray, vtkPolyData
from vtkmodules.vtkFiltersCore import vtkDecimatePro, vtkWindowedSincPolyDataFilter
from vtkmodules.vtkFiltersModeling import vtkHausdorffDistancePointSetFilter

from virtopsy.imaging.surface import arrays_of
from virtopsy.imaging.topology import (
    Topology,
    Triangles,
    Vertices,
    edges_of,
    ends_of,
    parts_of,
    topology_of,
)

_PASS_BAND = 0.1  # of the windowed sinc filter; what is coarser than about ten edges stays
_PARTS_OF_SHARE = (1.0, 0.75, 0.5, 0.25)
_SMALL_PART = 500  # triangles


def smoothed(vertices: Vertices, triangles: Triangles, passes: int) -> tuple[Vertices, Triangles]:
    """Move the vertices by the windowed sinc filter; those on a rim stay where they are."""
    sinc = vtkWindowedSincPolyDataFilter()
    sinc.SetInputData(_poly(vertices, triangles))
    sinc.SetNumberOfIterations(passes)
    sinc.SetPassBand(_PASS_BAND)
    sinc.BoundarySmoothingOff()
    sinc.FeatureEdgeSmoothingOff()
    sinc.NonManifoldSmoothingOn()
    sinc.NormalizeCoordinatesOn()
    sinc.Update()
    moved, _ = arrays_of(sinc.GetOutput())
    edges, times = edges_of(triangles, len(vertices))
    rim = np.unique(ends_of(edges[times == 1], len(vertices)))
    moved[rim] = vertices[rim]  # VTK slides them along the rim
    return moved, triangles


def thinned(
    vertices: Vertices, triangles: Triangles, share: float, topology: Topology
) -> tuple[Vertices, Triangles]:
    """Take triangles away from the large parts; small ones would collapse.

    Fewer than asked where VTK's own test lets a thin place be pinched.
    """
    part = parts_of(triangles, len(vertices))
    large = np.bincount(part[triangles[:, 0]])[part[triangles[:, 0]]] > _SMALL_PART
    small = _without_unused(vertices, triangles[~large])
    if not large.any():
        return vertices, triangles
    for kept in _PARTS_OF_SHARE:
        points, corners = _decimated(vertices, triangles[large], share * kept)
        fewer = (
            np.concatenate([points, small[0]]),
            np.concatenate([corners, small[1] + np.int32(len(points))]),
        )
        if topology_of(*fewer) == topology:
            return fewer
    return vertices, triangles


def _without_unused(vertices: Vertices, triangles: Triangles) -> tuple[Vertices, Triangles]:
    used, corners = np.unique(triangles, return_inverse=True)
    return vertices[used], corners.reshape(-1, 3).astype(np.int32)


def _decimated(
    vertices: Vertices, triangles: Triangles, share: float
) -> tuple[Vertices, Triangles]:
    fewer = vtkDecimatePro()
    fewer.SetInputData(_poly(vertices, triangles))
    fewer.SetTargetReduction(share)
    fewer.PreserveTopologyOn()
    fewer.SplittingOff()
    fewer.BoundaryVertexDeletionOff()
    fewer.Update()
    return arrays_of(fewer.GetOutput())


def deviation_mm(
    plain: Vertices, plain_triangles: Triangles, vertices: Vertices, triangles: Triangles
) -> float:
    """Return the largest distance of two surfaces, from either to the other, mm.

    Seen from every vertex of both and the middle of every triangle of the second. Triangles
    without an area are no surface: what was smoothed into a point is far from what is left.
    """
    middles = vertices[triangles].mean(axis=1, dtype=np.float32)
    changed = np.concatenate([vertices, middles])  # points without a triangle are only measured
    there, back = distances_mm(plain, plain_triangles, changed, triangles)
    return max(float(there.max()), float(back.max()))


def distances_mm(
    one: Vertices, one_triangles: Triangles, other: Vertices, other_triangles: Triangles
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return the distance of each point of either surface to the nearest place of the other, mm."""
    far = vtkHausdorffDistancePointSetFilter()
    far.SetInputData(0, _poly(one, one_triangles))
    far.SetInputData(1, _poly(other, other_triangles))
    far.SetTargetDistanceMethodToPointToCell()
    far.Update()
    found = [far.GetOutput(port).GetPointData().GetArray("Distance") for port in (0, 1)]
    # vtkmodules.util carries no annotations
    there, back = (vtk_to_numpy(array) for array in found)  # type: ignore[no-untyped-call]
    return there.astype(np.float64), back.astype(np.float64)


def _points(vertices: Vertices) -> vtkPoints:
    points = vtkPoints()
    points.SetData(numpy_to_vtk(vertices, deep=True))  # type: ignore[no-untyped-call]
    return points


def _poly(vertices: Vertices, triangles: Triangles) -> vtkPolyData:
    cells = vtkCellArray()
    corners = numpy_to_vtkIdTypeArray(triangles.ravel().astype(np.int64), deep=True)  # type: ignore[no-untyped-call]
    starts = np.arange(0, 3 * len(triangles) + 1, 3, dtype=np.int64)
    cells.SetData(numpy_to_vtkIdTypeArray(starts, deep=True), corners)  # type: ignore[no-untyped-call]
    poly = vtkPolyData()
    poly.SetPoints(_points(vertices))
    poly.SetPolys(cells)
    return poly
