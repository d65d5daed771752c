"""The volume in 3D as a picture: one offscreen window, owned by one thread.

Every call of one `VolumeView` comes from the thread that made it; only the `stop` of a picture
(a `threading.Event`) may be set from elsewhere. The picture is handed out as pixels, so that the
window, the `render` command and the court bundle show the same thing.

A trajectory is drawn twice: solid among the anatomy, hidden where bone hides it, and once more
faintly over everything, so that it can be followed through the body.
"""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from math import degrees
from threading import Event, Lock, Thread
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray
from vtkmodules.util.numpy_support import vtk_to_numpy
from vtkmodules.vtkCommonCore import vtkUnsignedCharArray
from vtkmodules.vtkRenderingCore import (
    vtkActor,
    vtkLight,
    vtkPolyDataMapper,
    vtkRenderer,
    vtkVolumeProperty,
)

from viewer.render.engine import Mapper, gl_renderer, mapper_for, offscreen_window
from viewer.render.glyphs.trajectory import TrajectoryGlyph
from viewer.render.ray_cast import Quality, RayCast, apply_preset
from viewer.render.reduced import factors_for, reduce
from virtopsy.errors import Bug
from virtopsy.geometry.camera import Camera3D, Size
from virtopsy.imaging.preset import Preset, default_preset, rgb
from virtopsy.imaging.volume import Volume

__all__ = ["BACKGROUND", "Glyph", "Picture", "Quality", "VolumeView"]

Glyph: TypeAlias = TrajectoryGlyph
Picture: TypeAlias = NDArray[np.uint8]

BACKGROUND = "#1b1d20"
_MOVING_VOXELS = 8_000_000
_WATCH_S = 0.01
_FAINT = 0.38
# Key light from the upper left of the picture, fill from the reader: relief without black shadows.
_LIGHTS = (((-0.55, 0.75, 1.0), 0.85), ((0.35, -0.1, 1.0), 0.3))


class VolumeView:
    """Pictures of one volume in 3D.

    Args:
        volume: what is shown; its voxels are shared, never copied.
        size: width and height of the pictures, pixels.
        preset: colours and opacity; None takes the one that suits the values.
        background: "#rrggbb".
        mapper: forces a ray caster; None lets the OpenGL renderer decide.

    Raises:
        InputError: no OpenGL answers on this machine.
    """

    def __init__(
        self,
        volume: Volume,
        size: Size,
        *,
        preset: Preset | None = None,
        background: str = BACKGROUND,
        mapper: Mapper | None = None,
    ) -> None:
        self.volume = volume
        self._window = offscreen_window(size)
        self.gl_renderer = gl_renderer(self._window)
        self.mapper = mapper or mapper_for(self.gl_renderer)
        self._scene, self._overlay = vtkRenderer(), vtkRenderer()
        self._scene.SetBackground(*rgb(background))
        self._overlay.SetLayer(1)
        self._window.SetNumberOfLayers(2)
        for renderer in (self._scene, self._overlay):
            self._window.AddRenderer(renderer)
            _light(renderer)
        self._overlay.SetActiveCamera(self._scene.GetActiveCamera())
        self._property = vtkVolumeProperty()
        self._property.SetInterpolationTypeToLinear()
        self._full = RayCast(volume, self.mapper, self._property)
        self._moving = self._moving_cast()
        self._scene.AddVolume(self._moving.actor)
        self._solid: list[vtkActor] = []
        self.set_preset(preset or default_preset(volume.quantity))

    @property
    def size(self) -> Size:
        """Width and height of the pictures, pixels."""
        width, height = self._window.GetSize()
        return int(width), int(height)

    def resize(self, size: Size) -> None:
        """Make the next pictures this large."""
        self._window.SetSize(*size)

    def set_preset(self, preset: Preset) -> None:
        """Show the next pictures by this preset.

        Raises:
            Bug: the preset is for other values (`preset_named` refuses that in words).
        """
        if not preset.fits(self.volume.quantity):
            raise Bug(f"preset {preset.name} does not fit {self.volume.quantity}")
        self.preset = preset
        apply_preset(preset.on(self.volume), self._property)

    def show(self, glyphs: Sequence[Glyph]) -> None:
        """Draw these glyphs, and no others, in the next pictures."""
        self._overlay.RemoveAllViewProps()
        for actor in self._solid:
            self._scene.RemoveActor(actor)
        self._solid = []
        for glyph in glyphs:
            solid, faint = _actors(glyph)
            self._solid.append(solid)
            self._scene.AddActor(solid)
            self._overlay.AddActor(faint)
        for cast in (self._full, self._moving):
            cast.meets_geometry(there_is_some=bool(glyphs))

    def picture(
        self, camera: Camera3D, quality: Quality = "full", stop: Event | None = None
    ) -> Picture | None:
        """Return the (height, width, 3) RGB picture, or None when it was stopped.

        Args:
            camera: from where.
            quality: "full" samples every voxel; "moving" a reduced copy, coarser where needed.
            stop: set from any thread, it ends the rendering within a tenth of a second.
        """
        stop = stop or Event()
        cast = self._moving
        if quality == "full" and self._full is not self._moving:
            if not self._full.wait_for_gradients(stop):
                return None
            cast = self._full
        self._show_only(cast)
        cast.set_quality(quality)
        self._look(camera)
        started = time.perf_counter()
        if not self._render(stop):
            return None
        cast.drawn()
        pixels = self._read()
        if quality == "moving":
            cast.adapt(time.perf_counter() - started)
        return pixels

    def close(self) -> None:
        """Give the OpenGL context back; the view is of no use afterwards."""
        self._full.close()
        self._window.Finalize()

    def _moving_cast(self) -> RayCast:
        factors = factors_for(self.volume.frame, _MOVING_VOXELS)
        if self.mapper is Mapper.GPU or factors == (1, 1, 1):
            return self._full  # one mapper, one set of gradients
        return RayCast(reduce(self.volume, factors), self.mapper, self._property)

    def _show_only(self, cast: RayCast) -> None:
        """Hide the other cast; one that never was drawn joins the scene only now."""
        for one in (self._full, self._moving):
            one.actor.SetVisibility(one is cast)
        if not self._scene.HasViewProp(cast.actor):
            self._scene.AddVolume(cast.actor)

    def _render(self, stop: Event) -> bool:
        """Render unless and until `stop` is set; tell whether the picture is whole."""
        if not stop.is_set():
            with self._stoppable(stop):
                self._window.Render()
        return not stop.is_set()

    @contextmanager
    def _stoppable(self, stop: Event) -> Iterator[None]:
        """Abort the rendering as soon as `stop` is set: VTK itself asks only every 0.2 s."""
        over, turn = Event(), Lock()

        def watch() -> None:
            while not over.is_set():
                if stop.wait(_WATCH_S):
                    with turn:  # never into the next picture
                        if not over.is_set():
                            self._window.SetAbortRender(1)

        Thread(target=watch, name="stop watch", daemon=True).start()
        try:
            yield
        finally:
            with turn:
                over.set()

    def _look(self, camera: Camera3D) -> None:
        view = self._scene.GetActiveCamera()
        view.SetPosition(*camera.position)
        view.SetFocalPoint(*camera.focal_point)
        view.SetViewUp(*camera.view_up)
        view.SetViewAngle(degrees(camera.view_angle))
        self._scene.ResetCameraClippingRange()

    def _read(self) -> Picture:
        width, height = self.size
        read = vtkUnsignedCharArray()
        self._window.GetPixelData(0, 0, width - 1, height - 1, 0, read, 0)
        # vtkmodules.util carries no annotations
        flat: Picture = vtk_to_numpy(read)  # type: ignore[no-untyped-call]
        # OpenGL counts rows from below
        return np.ascontiguousarray(flat.reshape(height, width, 3)[::-1])


def _light(renderer: vtkRenderer) -> None:
    renderer.AutomaticLightCreationOff()
    share = 1.0 / sum(intensity for _, intensity in _LIGHTS)  # a preset's ambient is the sum
    for place, intensity in _LIGHTS:
        light = vtkLight()
        light.SetLightTypeToCameraLight()
        light.SetPosition(*place)
        light.SetFocalPoint(0.0, 0.0, 0.0)
        light.SetIntensity(intensity)
        light.SetAmbientColor(share, share, share)
        renderer.AddLight(light)


def _actors(glyph: Glyph) -> tuple[vtkActor, vtkActor]:
    """Return the solid actor and its faint ghost over everything."""
    mapper = vtkPolyDataMapper()
    mapper.SetInputData(glyph.surface())
    solid, faint = vtkActor(), vtkActor()
    for actor in (solid, faint):
        actor.SetMapper(mapper)
        actor.GetProperty().SetColor(*rgb(glyph.colour))
        actor.GetProperty().SetAmbient(0.35)
        actor.GetProperty().SetDiffuse(0.75)
    faint.GetProperty().SetOpacity(_FAINT)
    faint.GetProperty().BackfaceCullingOn()
    return solid, faint
