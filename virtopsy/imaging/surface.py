"""The surface of a volume at one HU, as triangles in the patient, and how far it was changed.

This file and `surface_change` are the only ones below the viewer that know VTK, and of VTK filters
alone: nothing is rendered.

Where the surface ends it is open, never capped: at the rim of the scan, and at missing slices. A
missing slice holds no measured value, so the cells between it and its neighbours have no surface;
it is neither bridged nor taken for air. `Surface.closed` and `Surface.cut_at_gaps` say so.
"""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from typing import Final

import numpy as np
from vtkmodules.vtkCommonCore import (
    VTK_FLOAT,
    VTK_INT,
    VTK_SHORT,
    VTK_UNSIGNED_SHORT,
    vtkDataArray,
    vtkSMPTools,
)
from vtkmodules.vtkCommonDataModel import vtkImageData, vtkPolyData
from vtkmodules.vtkFiltersCore import vtkFlyingEdges3D

from virtopsy.errors import Bug, InputError
from virtopsy.geometry.camera import Point
from virtopsy.imaging.topology import Topology, Triangles, Vertices, topology_of
from virtopsy.imaging.volume import Quantity, Volume
from virtopsy.imaging.voxels import Voxels
from virtopsy.jobs import Progress
from virtopsy.late import Late

_smoothed: Final = Late("virtopsy.imaging.surface_change", "smoothed")
_thinned: Final = Late("virtopsy.imaging.surface_change", "thinned")
_deviation_mm: Final = Late("virtopsy.imaging.surface_change", "deviation_mm")

MOST_PASSES, MOST_DECIMATION = 200, 0.99
_STEPS = 4
# Of the voxels a volume may have. `vtkmodules.util` would load what nothing here needs.
_VTK_KINDS = {
    "int16": VTK_SHORT,
    "uint16": VTK_UNSIGNED_SHORT,
    "int32": VTK_INT,
    "float32": VTK_FLOAT,
}


@dataclass(frozen=True, eq=False)
class Surface:
    """Triangles where a volume passes through one HU.

    Attributes:
        vertices: (n, 3) float32 LPS mm, read-only.
        triangles: (m, 3) int32 indices of vertices, read-only; counter-clockwise seen from where
            the values are lower.
        hu: the threshold.
        smoothing: passes of the windowed sinc filter, 0 for none.
        decimation: share of the triangles that was taken away, 0 for none.
        deviation_mm: largest distance to the surface before smoothing and decimation, from
            either to the other, seen from every vertex of both and the middle of every triangle
            of this one.
        counted: the topology, the same before and after; it may still be being counted.
        cut_at_gaps: the volume lacks slices, and the surface is open there.
    """

    vertices: Vertices
    triangles: Triangles
    hu: float
    smoothing: int
    decimation: float
    deviation_mm: float
    counted: Future[Topology]
    cut_at_gaps: bool

    def __post_init__(self) -> None:
        self.vertices.setflags(write=False)
        self.triangles.setflags(write=False)

    @property
    def topology(self) -> Topology:
        """How it hangs together; waits until that is counted."""
        return self.counted.result()

    @property
    def box_mm(self) -> tuple[Point, Point]:
        """The lowest and the highest LPS coordinates of its vertices, mm."""
        axes = self.vertices.T  # an axis at a time is twenty times faster than rows of three
        low, high = ([float(reach(one)) for one in axes] for reach in (np.min, np.max))
        return (low[0], low[1], low[2]), (high[0], high[1], high[2])

    @property
    def closed(self) -> bool:
        """Tell whether it encloses a volume: it ends nowhere."""
        return self.topology.rims == 0


def surface(
    volume: Volume,
    hu: float,
    *,
    smoothing: int = 0,
    decimation: float = 0.0,
    progress: Progress | None = None,
) -> Surface:
    """Return the surface of a volume at a threshold.

    Args:
        volume: of HU.
        hu: the threshold; between voxels the surface lies where their straight line meets it.
        smoothing: passes, 0 to 200. Moves vertices only; those on a rim stay where they are.
        decimation: share of the triangles to take away, 0 to 0.99. Less is taken where more
            would change the topology.
        progress: told of the four steps.

    Raises:
        InputError: the values are no HU, or none lies at the threshold.
        Bug: smoothing or decimation is out of range.
        Cancelled: asked for through `progress`.
    """
    if not (0 <= smoothing <= MOST_PASSES and 0 <= decimation <= MOST_DECIMATION):
        raise Bug(f"smoothing {smoothing}, decimation {decimation}")
    if volume.quantity is not Quantity.HU:
        raise InputError("surface.no_hu", modality=volume.identity.modality or "?")
    progress = progress or Progress()
    vtkSMPTools.SetBackend("STDThread")  # the wheels start with one thread
    plain = _contour(volume, hu)
    progress.tick(1, _STEPS)
    counted = _counted(*plain)
    vertices, triangles = _smoothed(*plain, smoothing) if smoothing else plain
    progress.tick(2, _STEPS)
    if decimation:
        vertices, triangles = _thinned(vertices, triangles, decimation, counted.result())
    progress.tick(3, _STEPS)
    same = vertices is plain[0]
    deviation = 0.0 if same else _deviation_mm(*plain, vertices, triangles)
    progress.tick(4, _STEPS)
    return Surface(
        vertices=vertices,
        triangles=triangles,
        hu=hu,
        smoothing=smoothing,
        decimation=1 - len(triangles) / len(plain[1]),
        deviation_mm=deviation,
        counted=counted,
        cut_at_gaps=bool(volume.gaps),
    )


def _counted(vertices: Vertices, triangles: Triangles) -> Future[Topology]:
    """Count the topology while the surface is written."""
    aside = ThreadPoolExecutor(1)
    counted = aside.submit(topology_of, vertices, triangles)
    aside.shutdown(wait=False)
    return counted


def _contour(volume: Volume, hu: float) -> tuple[Vertices, Triangles]:
    points, corners, known = [], [], 0
    for start, stop in _runs(volume):
        found, triangles = _flying_edges(volume, start, stop, hu)
        points.append(found)
        corners.append(triangles + np.int32(known) if known else triangles)
        known += len(found)
    if not sum(map(len, corners)):
        acquired = np.delete(volume.voxels, volume.gaps, axis=0)
        lowest, highest = (
            (float(acquired.min()), float(acquired.max())) if acquired.size else (0, 0)
        )
        if lowest < hu <= highest:
            raise InputError("surface.too_thin", hu=float(hu))
        raise InputError("surface.nothing", hu=float(hu), lowest=lowest, highest=highest)
    if len(points) == 1:
        return points[0], corners[0]
    return np.concatenate(points), np.concatenate(corners)


def _runs(volume: Volume) -> Iterator[tuple[int, int]]:
    """Yield the first slice, and the one behind the last, of each run of two or more acquired."""
    ends = [*volume.gaps, volume.frame.shape[0]]
    for before, end in zip([-1, *volume.gaps], ends, strict=True):
        if end - before > 2:
            yield before + 1, end


def _flying_edges(volume: Volume, start: int, stop: int, hu: float) -> tuple[Vertices, Triangles]:
    """Contour slices in index space and place the vertices in the patient."""
    values = np.ascontiguousarray(volume.voxels[start:stop])
    if min(values.shape) < 2:
        return np.empty((0, 3), np.float32), np.empty((0, 3), np.int32)
    image = vtkImageData()
    image.SetDimensions(*values.shape[::-1])
    scalars = vtkDataArray.CreateDataArray(_VTK_KINDS[values.dtype.name])
    scalars.SetVoidArray(values, values.size, 1)  # VTK reads the memory of `values`
    image.GetPointData().SetScalars(scalars)
    contour = vtkFlyingEdges3D()
    contour.SetInputData(image)
    contour.SetValue(0, _level(hu, values))
    contour.ComputeNormalsOff()
    contour.ComputeGradientsOff()
    contour.ComputeScalarsOff()
    contour.Update()
    index, triangles = arrays_of(contour.GetOutput())
    places = index.astype(np.float64) + np.array((0.0, 0.0, start))
    return volume.frame.to_lps(places).astype(np.float32), triangles


def _level(hu: float, values: Voxels) -> float:
    """Return where to cut: among whole numbers half of one below, which holds the same voxels.

    A voxel that is exactly `hu` stands for all values that were rounded to it. Cut through it,
    the surface would have triangles without an area there.
    """
    whole = np.issubdtype(values.dtype, np.integer) and float(hu).is_integer()
    return hu - 0.5 if whole else hu


def arrays_of(poly: vtkPolyData) -> tuple[Vertices, Triangles]:
    """Return vertices and triangles of a VTK surface, as arrays of their own."""
    if not poly.GetNumberOfPolys():
        return np.empty((0, 3), np.float32), np.empty((0, 3), np.int32)
    points = np.asarray(memoryview(poly.GetPoints().GetData()))
    corners = np.asarray(memoryview(poly.GetPolys().GetConnectivityArray()))
    return points.astype(np.float32), corners.reshape(-1, 3).astype(np.int32)
