"""Slices of 1024 x 1024 pixels through 512 x 512 x 432 voxels, beside VTK's own slice mappers.

Run as `python -m tests.bench.slices`. Ours: reslice and window, a grey picture in memory. Theirs:
one Render of the same slice offscreen, in the same turns; every turn shows another slice.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import count

import numpy as np
import vtkmodules.vtkRenderingOpenGL2  # noqa: F401 -- the factory of its windows
from vtkmodules.vtkCommonDataModel import vtkImageData, vtkPlane
from vtkmodules.vtkRenderingCore import (
    vtkImageSlice,
    vtkImageSliceMapper,
    vtkRenderer,
    vtkRenderWindow,
)
from vtkmodules.vtkRenderingImage import vtkImageResliceMapper

from tests.bench.chest import repeated_chest
from tests.bench.timing import medians_s, tell
from viewer.render.path_camera import PathCamera, section_across
from viewer.render.path_view import PathRenderer
from viewer.render.slice_camera import SliceCamera
from viewer.render.slice_view import SliceRenderer
from viewer.render.vtk_image import image_of
from virtopsy.geometry.path import Path
from virtopsy.geometry.plane import Plane, facing
from virtopsy.geometry.turn import STRAIGHT, Turn
from virtopsy.imaging.slab import Projection, Slab
from virtopsy.imaging.volume import Volume
from virtopsy.imaging.window import HU_PRESETS

_SIDE = 1024
_RUNS = 15
_SCROLL_MS, _OBLIQUE_MS = 16.0, 30.0
_WINDOW = HU_PRESETS["soft_tissue"].window
_OBLIQUE = STRAIGHT.about((0, 0, 1), 0.5).about((1, 0, 0), 0.35)
_FAR_MM = 2000.0
Act = Callable[[], object]


def cameras(volume: Volume, plane: Plane, turn: Turn) -> Iterator[SliceCamera]:
    """Give one slice after the other, to and fro about the middle."""
    whole = SliceCamera.fit(volume.frame, plane, volume.frame.centre_mm, _SIDE, _SIDE, turn)
    normal = facing(plane, turn).normal
    for n in count():
        x, y, z = (whole.centre_mm + (n % 23 - 11) * 0.93 * normal).tolist()
        yield SliceCamera(plane, (x, y, z), whole.mm_per_pixel, _SIDE, _SIDE, turn)


def ours(volume: Volume, plane: Plane, turn: Turn, slab: Slab | None = None) -> Act:
    """Return what makes the next slice."""
    renderer, next_one = SliceRenderer(volume), cameras(volume, plane, turn)
    return lambda: renderer.pixels(next(next_one), _WINDOW, slab)


class Rival:
    """A slice mapper of VTK in an offscreen window of the same size."""

    def __init__(self, volume: Volume, plane: Plane, turn: Turn) -> None:
        self._window, self._renderer = vtkRenderWindow(), vtkRenderer()
        self._window.SetOffScreenRendering(1)
        self._window.SetMultiSamples(0)
        self._window.SetSize(_SIDE, _SIDE)
        self._window.AddRenderer(self._renderer)
        self._cameras = cameras(volume, plane, turn)
        self._image: vtkImageData = image_of(volume.voxels, volume.frame.spacing_mm)
        self._image.SetOrigin(*volume.frame.origin_mm.tolist())
        self._slice = vtkImageSlice()
        self._slice.GetProperty().SetColorWindow(_WINDOW.width)
        self._slice.GetProperty().SetColorLevel(_WINDOW.centre)
        self._renderer.AddViewProp(self._slice)

    def look(self) -> SliceCamera:
        """Bring VTK's camera before the next slice."""
        shown = next(self._cameras)
        middle = np.array(shown.centre_mm)
        camera = self._renderer.GetActiveCamera()
        camera.ParallelProjectionOn()
        camera.SetParallelScale(shown.mm_per_pixel * _SIDE / 2)
        camera.SetFocalPoint(*middle.tolist())
        camera.SetPosition(*(middle - 500 * shown.normal_mm).tolist())
        camera.SetViewUp(*(-shown.down_mm).tolist())
        camera.SetClippingRange(1, _FAR_MM)
        return shown

    def reslice(self) -> Act:
        """Return what renders the next slice by vtkImageResliceMapper."""
        mapper, plane = vtkImageResliceMapper(), vtkPlane()
        mapper.SetInputData(self._image)
        mapper.SetSlicePlane(plane)
        self._slice.SetMapper(mapper)

        def act() -> None:
            shown = self.look()
            plane.SetOrigin(*shown.centre_mm)
            plane.SetNormal(*shown.normal_mm.tolist())
            self._finish()

        return act

    def _finish(self) -> None:
        """Render and wait: software OpenGL goes on drawing while the next picture is timed."""
        self._window.Render()
        self._window.WaitForCompletion()

    def straight(self) -> Act:
        """Return what renders the next slice by vtkImageSliceMapper."""
        mapper = vtkImageSliceMapper()
        mapper.SetInputData(self._image)
        mapper.SliceAtFocalPointOn()
        mapper.SliceFacesCameraOn()
        self._slice.SetMapper(mapper)

        def act() -> None:
            self.look()
            self._finish()

        return act


def scrolling(volume: Volume) -> None:
    """Measure straight and oblique slices of the three planes."""
    for name, turn, asked in (
        ("slice scroll", STRAIGHT, _SCROLL_MS),
        ("oblique slice", _OBLIQUE, _OBLIQUE_MS),
    ):
        for plane in Plane:
            acts = [ours(volume, plane, turn), Rival(volume, plane, turn).reslice()]
            names = ["virtopsy", "vtkImageResliceMapper"]
            if turn is STRAIGHT:
                acts.append(Rival(volume, plane, turn).straight())
                names.append("vtkImageSliceMapper")
            spent = [1000 * one for one in medians_s(acts, _RUNS)]
            said = ", ".join(f"{who} {ms:.1f} ms" for who, ms in zip(names, spent, strict=True))
            best = min(spent[1:])
            tell(
                f"{name}, {plane.value}: {said}, ratio to the better {spent[0] / best:.2f}"
                f" (asked: {asked:.0f} ms at most)"
            )


def slabs(volume: Volume) -> None:
    """Measure the largest value through 10 mm."""
    slab = Slab(Projection.MIP, 10.0)
    samples = len(slab.depths_mm(volume.frame.spacing_mm))
    for name, turn in (("straight", STRAIGHT), ("oblique", _OBLIQUE)):
        acts = [ours(volume, plane, turn, slab) for plane in Plane]
        said = ", ".join(
            f"{plane.value} {1000 * one:.0f} ms"
            for plane, one in zip(Plane, medians_s(acts, 5), strict=True)
        )
        tell(f"slab of 10 mm, largest of {samples} samples, {name}: {said} (nothing asked)")


def paths(volume: Volume) -> None:
    """Measure a bent path of 1024 x 1024 pixels through the chest, and a section across it."""
    middle = volume.frame.centre_mm
    bends = ((-90, -60, -80), (-20, 10, -20), (30, -10, 40), (80, 40, 90))
    points = [(middle + bend).tolist() for bend in bends]
    path = Path(tuple((x, y, z) for x, y, z in points))
    slices = SliceRenderer(volume)
    along, camera = PathRenderer(slices), PathCamera.fit(path, 120, _SIDE, _SIDE)
    arcs = count()
    first, picture, section = medians_s(
        [
            lambda: Path(path.points_mm).length_mm,
            lambda: along.pixels(camera, _WINDOW),
            lambda: slices.pixels(
                section_across(path, next(arcs) % 200, 0.25, _SIDE, _SIDE), _WINDOW
            ),
        ],
        5,
    )
    tell(
        f"along a bent path of {path.length_mm:.0f} mm: measuring it {1000 * first:.0f} ms,"
        f" straightened picture {1000 * picture:.0f} ms, section across {1000 * section:.0f} ms"
        " (nothing asked)"
    )


def main() -> None:
    """Measure on the chest of the test data, where it is."""
    volume = repeated_chest()
    if volume is None:
        return
    scrolling(volume)
    slabs(volume)
    paths(volume)


if __name__ == "__main__":
    main()
