"""The volume in 3D as a picture: one offscreen window, owned by one thread.

Every call of one `VolumeView` comes from the thread that made it; only the `stop` of a picture
may be set from elsewhere. The picture is handed out as pixels, so that the window, the `render`
command and the court bundle show the same thing.

A trajectory is drawn twice: solid among the anatomy, hidden where bone hides it, and once more
faintly over everything, so that it can be followed through the body.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from math import degrees
from threading import Event
from typing import Literal, TypeAlias

import numpy as np
from numpy.typing import NDArray
from vtkmodules.util.numpy_support import vtk_to_numpy
from vtkmodules.vtkCommonCore import vtkCommand, vtkUnsignedCharArray
from vtkmodules.vtkCommonDataModel import vtkPiecewiseFunction
from vtkmodules.vtkRenderingCore import (
    vtkActor,
    vtkColorTransferFunction,
    vtkLight,
    vtkPolyDataMapper,
    vtkRenderer,
    vtkVolume,
    vtkVolumeProperty,
)
from vtkmodules.vtkRenderingVolume import (
    vtkFixedPointVolumeRayCastMapper,
    vtkGPUVolumeRayCastMapper,
)

from viewer.render.camera import Camera3D, Size
from viewer.render.engine import Mapper, gl_renderer, mapper_for, offscreen_window
from viewer.render.glyphs.trajectory import TrajectoryGlyph
from viewer.render.preset import Preset, default_preset, rgb
from viewer.render.reduced import factors_for, reduce
from viewer.render.vtk_image import image_of, matrix_of
from virtopsy.errors import Bug
from virtopsy.imaging.volume import Volume

Glyph: TypeAlias = TrajectoryGlyph
Picture: TypeAlias = NDArray[np.uint8]
Quality: TypeAlias = Literal["full", "moving"]
_RayCaster: TypeAlias = vtkFixedPointVolumeRayCastMapper | vtkGPUVolumeRayCastMapper

BACKGROUND = "#1b1d20"
_MOVING_VOXELS = 16_000_000
_MOVING_FRAME_S = 0.04
_FINEST_STEP, _COARSEST_STEP = 1.0, 5.0
# Shorter steps take the wood grain off steep skin and bone; large grids cannot afford it.
_SMALL_VOXELS, _SMALL_SHARE = 30_000_000, 0.7
_FAINT = 0.38
# Key light from the upper left of the picture, fill from the reader: relief without black shadows.
_LIGHTS = (((-0.55, 0.75, 1.0), 0.85), ((0.35, -0.1, 1.0), 0.3))


class Stop:
    """Asks one picture to end early; `set` may be called from any thread."""

    def __init__(self) -> None:
        self._asked = Event()
        self._act: Callable[[], None] | None = None

    def set(self) -> None:
        """End the picture that runs now, or the one that begins later, with this stop."""
        self._asked.set()
        if (act := self._act) is not None:
            act()

    def is_set(self) -> bool:
        """Tell whether the picture shall end."""
        return self._asked.is_set()

    def on_set(self, act: Callable[[], None] | None) -> None:
        """Let `set` call this at once: VTK itself asks only five times a second."""
        self._act = act


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
        self._full = _Cast(volume, self.mapper, self._property)
        self._moving = self._moving_cast()
        for cast in {id(one): one for one in (self._full, self._moving)}.values():
            self._scene.AddVolume(cast.actor)
        self._stop: Stop | None = None
        self._window.AddObserver(vtkCommand.AbortCheckEvent, self._check)
        self._actors: list[vtkActor] = []
        self.set_preset(preset or default_preset(volume.quantity))

    @property
    def size(self) -> Size:
        """Width and height of the pictures, pixels."""
        width, height = self._window.GetSize()
        return int(width), int(height)

    def resize(self, size: Size) -> None:
        """Make the next pictures this large."""
        self._window.SetSize(*size)

    def set_background(self, colour: str) -> None:
        """Make the next pictures' background "#rrggbb"."""
        self._scene.SetBackground(*rgb(colour))

    def set_preset(self, preset: Preset) -> None:
        """Show the next pictures by this preset.

        Raises:
            Bug: the preset is for other values (`preset_named` refuses that in words).
        """
        if not preset.fits(self.volume.quantity):
            raise Bug(f"preset {preset.name} does not fit {self.volume.quantity}")
        self.preset = preset
        _apply(preset.on(self.volume), self._property)

    def show(self, glyphs: Sequence[Glyph]) -> None:
        """Draw these glyphs, and no others, in the next pictures."""
        for actor in self._actors:
            self._scene.RemoveActor(actor)
            self._overlay.RemoveActor(actor)
        self._actors = []
        for glyph in glyphs:
            solid, faint = _actors(glyph)
            self._scene.AddActor(solid)
            self._overlay.AddActor(faint)
            self._actors += [solid, faint]
        for cast in (self._full, self._moving):
            cast.meets_geometry(bool(glyphs))

    def picture(
        self, camera: Camera3D, quality: Quality = "full", stop: Stop | None = None
    ) -> Picture | None:
        """Return the (height, width, 3) RGB picture, or None when it was stopped.

        Args:
            camera: from where.
            quality: "full" samples every voxel; "moving" a reduced copy, coarser where needed.
            stop: set from any thread, it ends the rendering within a tenth of a second.
        """
        self._look(camera)
        cast, other = self._full, self._moving
        if quality == "moving":
            cast, other = other, cast
        other.actor.VisibilityOff()
        cast.actor.VisibilityOn()
        cast.prepare(quality)
        started = time.perf_counter()
        if not self._render(stop or Stop()):
            return None
        pixels = self._read()
        if quality == "moving":
            cast.adapt(time.perf_counter() - started)
        return pixels

    def close(self) -> None:
        """Give the OpenGL context back; the view is of no use afterwards."""
        self._window.Finalize()

    def _moving_cast(self) -> _Cast:
        factors = factors_for(self.volume.frame, _MOVING_VOXELS)
        if self.mapper is Mapper.GPU or factors == (1, 1, 1):
            return self._full  # one mapper, one set of gradients
        return _Cast(reduce(self.volume, factors), self.mapper, self._property)

    def _render(self, stop: Stop) -> bool:
        """Render unless and until `stop` is set; tell whether the picture is whole."""
        self._stop = stop
        stop.on_set(lambda: self._window.SetAbortRender(1))
        try:
            if not stop.is_set():
                self._window.Render()
        finally:
            stop.on_set(None)
            self._stop = None
        return not stop.is_set()

    def _check(self, *_: object) -> None:
        if self._stop is not None and self._stop.is_set():
            self._window.SetAbortRender(1)

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
        return np.ascontiguousarray(
            flat.reshape(height, width, 3)[::-1]
        )  # OpenGL counts from below


class _Cast:
    """One ray caster over one grid of voxels."""

    def __init__(self, volume: Volume, kind: Mapper, look: vtkVolumeProperty) -> None:
        spacing = volume.frame.spacing_mm
        self._volume = volume  # keeps the shared voxels alive
        self._finest = min(spacing)
        self._full_share = _SMALL_SHARE if volume.voxels.size <= _SMALL_VOXELS else 1.0
        self._step = 2.0  # pixels a ray while moving, adapted to this machine
        self._caster: _RayCaster = _caster(kind)
        self._caster.SetInputData(image_of(volume.voxels, spacing))
        self.actor = vtkVolume()
        self.actor.SetMapper(self._caster)
        self.actor.SetProperty(look)
        self.actor.SetUserMatrix(matrix_of(_lps_from_grid(volume)))
        self.meets_geometry(False)

    def meets_geometry(self, there_is_some: bool) -> None:
        """Read the depth of other geometry only where there is some: it costs time."""
        if isinstance(self._caster, vtkFixedPointVolumeRayCastMapper):
            self._caster.SetIntermixIntersectingGeometry(there_is_some)

    def prepare(self, quality: Quality) -> None:
        """Set steps along and between rays."""
        moving = quality == "moving"
        self._caster.SetSampleDistance(self._finest if moving else self._finest * self._full_share)
        self._caster.SetImageSampleDistance(self._step if moving else 1.0)

    def adapt(self, seconds: float) -> None:
        """Choose the next moving picture's step from what this one took."""
        wanted = self._step * (seconds / _MOVING_FRAME_S) ** 0.5
        eased = 0.5 * self._step + 0.5 * wanted
        self._step = min(max(eased, _FINEST_STEP), _COARSEST_STEP)


def _caster(kind: Mapper) -> _RayCaster:
    if kind is Mapper.GPU:
        gpu = vtkGPUVolumeRayCastMapper()
        gpu.SetAutoAdjustSampleDistances(False)
        gpu.SetUseJittering(True)
        return gpu
    cpu = vtkFixedPointVolumeRayCastMapper()
    cpu.SetAutoAdjustSampleDistances(False)
    return cpu


def _lps_from_grid(volume: Volume) -> NDArray[np.float64]:
    """Return the matrix from the VTK image's millimetres (origin 0, axes i, j, k) to LPS."""
    matrix: NDArray[np.float64] = volume.frame.affine.copy()
    matrix[:3, :3] /= np.array(volume.frame.spacing_mm)
    return matrix


def _apply(preset: Preset, look: vtkVolumeProperty) -> None:
    opacity, colour = vtkPiecewiseFunction(), vtkColorTransferFunction()
    for value, share in preset.opacity:
        opacity.AddPoint(value, share)
    for value, red, green, blue in preset.colour:
        colour.AddRGBPoint(value, red, green, blue)
    look.SetScalarOpacity(opacity)
    look.SetColor(colour)
    look.SetScalarOpacityUnitDistance(1.0)
    look.SetDisableGradientOpacity(not preset.gradient)
    if preset.gradient:
        gradient = vtkPiecewiseFunction()
        for value, share in preset.gradient:
            gradient.AddPoint(value, share)
        look.SetGradientOpacity(gradient)
    look.ShadeOn()
    look.SetAmbient(preset.ambient)
    look.SetDiffuse(preset.diffuse)
    look.SetSpecular(preset.specular)
    look.SetSpecularPower(preset.specular_power)


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
