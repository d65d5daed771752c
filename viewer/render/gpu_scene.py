"""The volume in 3D drawn by a graphics card through VTK: one offscreen window, one thread's.

A glyph is drawn twice: solid among the anatomy, hidden where bone hides it, and once more faintly
over everything, so that it can be followed through the body.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from math import degrees
from threading import Event, Lock, Thread

import numpy as np
from vtkmodules.util.numpy_support import vtk_to_numpy
from vtkmodules.vtkCommonCore import vtkUnsignedCharArray
from vtkmodules.vtkCommonDataModel import vtkPiecewiseFunction, vtkPlane
from vtkmodules.vtkRenderingCore import (
    vtkActor,
    vtkColorTransferFunction,
    vtkLight,
    vtkPolyDataMapper,
    vtkRenderer,
    vtkRenderWindow,
    vtkVolume,
    vtkVolumeProperty,
)
from vtkmodules.vtkRenderingVolume import vtkGPUVolumeRayCastMapper

from viewer.render.card import Card, card_of
from viewer.render.reduced import reduce
from viewer.render.scene import GHOST, LIGHTS, Glyph, Picture, Quality, step_mm
from viewer.render.vtk_image import image_of, matrix_of
from virtopsy.geometry.camera import Camera3D, Size
from virtopsy.geometry.frame import Floats
from virtopsy.imaging.cutaway import NOTHING_HIDDEN, ClipPlane, Cutaway
from virtopsy.imaging.preset import Preset, rgb
from virtopsy.imaging.volume import Volume

_WATCH_S = 0.01
_PEELS = 8
# In smallest voxels. A card draws at full size; while moving the samples lie wider. Jittered rays
# would hide the wood grain of long steps, but beside a clip plane VTK loses some: holes in bone.
_FULL_STEP, _MOVING_STEP = 0.5, 2.0


class GpuScene:
    """Pictures of one volume, drawn by a graphics card.

    Args:
        volume: what is shown.
        window: offscreen, alive; the scene owns it.
        background: "#rrggbb".
        card: what it can hold; None asks it. What it cannot is drawn from a reduced copy.
    """

    def __init__(
        self,
        volume: Volume,
        window: vtkRenderWindow,
        background: str,
        card: Card | None = None,
    ) -> None:
        self.reduced = (card or card_of(window)).factors(volume)
        self._volume = reduce(volume, self.reduced)
        self._window = window
        self._cutaway = NOTHING_HIDDEN
        self._scene, self._overlay = vtkRenderer(), vtkRenderer()
        self._scene.SetBackground(*rgb(background))
        self._overlay.SetLayer(1)
        self._window.SetNumberOfLayers(2)
        self._window.SetAlphaBitPlanes(True)
        for renderer in (self._scene, self._overlay):
            renderer.SetUseDepthPeeling(True)
            renderer.SetMaximumNumberOfPeels(_PEELS)
            self._window.AddRenderer(renderer)
            _light(renderer)
        self._overlay.SetActiveCamera(self._scene.GetActiveCamera())
        self._look = vtkVolumeProperty()
        self._look.SetInterpolationTypeToLinear()
        self._caster = vtkGPUVolumeRayCastMapper()
        self._caster.SetAutoAdjustSampleDistances(False)
        self._finest = step_mm(self._volume.frame)
        self._caster.SetMaskTypeToBinary()
        self._caster.SetInputData(image_of(self._volume.voxels, self._volume.frame.spacing_mm))
        actor = vtkVolume()
        actor.SetMapper(self._caster)
        actor.SetProperty(self._look)
        actor.SetUserMatrix(matrix_of(_lps_from_grid(self._volume)))
        _tint_ambient(actor)
        self._scene.AddVolume(actor)
        self._solid: list[vtkActor] = []

    def set_preset(self, preset: Preset) -> None:
        """Show the next pictures by this preset, its points in the volume's own values."""
        _apply(preset, self._look)

    def hide(self, cutaway: Cutaway) -> None:
        """Do not show this in the next pictures: flat cuts as planes, all others as a mask.

        Hidden values are never changed: between them and shown ones others would appear, and
        bone that was cut would wear skin.
        """
        if cutaway == self._cutaway:
            return
        self._cutaway = cutaway
        self._caster.RemoveAllClippingPlanes()
        for plane in cutaway.planes:
            self._caster.AddClippingPlane(_vtk_plane(plane))
        hidden = cutaway.without_planes.hidden(self._volume.frame)
        if hidden is None:
            self._caster.SetMaskInput(None)
        else:
            self._shown = np.where(hidden, np.uint8(0), np.uint8(255))  # VTK shares its memory
            self._caster.SetMaskInput(image_of(self._shown, self._volume.frame.spacing_mm))

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

    def picture(
        self, camera: Camera3D, size: Size, quality: Quality, stop: Event
    ) -> Picture | None:
        """Return the (height, width, 3) RGB picture, or None when it was stopped."""
        if self._window.GetSize() != size:
            self._window.SetSize(*size)
        step = _MOVING_STEP if quality == "moving" else _FULL_STEP
        self._caster.SetSampleDistance(self._finest * step)
        self._stand(camera)
        return self._read() if self._render(stop) else None

    def close(self) -> None:
        """Give the OpenGL context back."""
        self._window.Finalize()

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

    def _stand(self, camera: Camera3D) -> None:
        """Put VTK's camera there; a parallel one far enough back to cut nothing off."""
        view = self._scene.GetActiveCamera()
        back = 0.0
        if camera.parallel:
            corners = self._volume.frame.corners_mm - camera.focal_point
            back = max(float(np.linalg.norm(corners, axis=1).max()) - camera.distance_mm, 0.0)
        view.SetPosition(*(np.asarray(camera.position) - camera.axes[2] * back))
        view.SetFocalPoint(*camera.focal_point)
        view.SetViewUp(*camera.view_up)
        view.SetViewAngle(degrees(camera.view_angle))
        view.SetParallelProjection(camera.parallel)
        view.SetParallelScale(camera.height_mm / 2)
        self._scene.ResetCameraClippingRange()

    def _read(self) -> Picture:
        width, height = self._window.GetSize()
        read = vtkUnsignedCharArray()
        self._window.GetPixelData(0, 0, width - 1, height - 1, 0, read, 0)
        # vtkmodules.util carries no annotations
        flat: Picture = vtk_to_numpy(read)  # type: ignore[no-untyped-call]
        # OpenGL counts rows from below
        return np.ascontiguousarray(flat.reshape(height, width, 3)[::-1])


def _lps_from_grid(volume: Volume) -> Floats:
    """Return the matrix from the VTK image's millimetres (origin 0, axes i, j, k) to LPS."""
    matrix: Floats = volume.frame.affine.copy()
    matrix[:3, :3] /= np.array(volume.frame.spacing_mm)
    return matrix


def _tint_ambient(actor: vtkVolume) -> None:
    """Let ambient light take the volume's colour: with several lights VTK's is a white veil."""
    begin = "finalColor.xyz = in_ambient[lightingComponent] * ambient"
    shader = actor.GetShaderProperty()
    shader.AddFragmentShaderReplacement(f"{begin} +", False, f"{begin} * color.rgb +", True)


def _vtk_plane(plane: ClipPlane) -> vtkPlane:
    """Return a plane of VTK's, which shows what its normal points to."""
    made = vtkPlane()
    made.SetOrigin(*plane.point_mm)
    made.SetNormal(*(-one for one in plane.normal))
    return made


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
    share = 1.0 / sum(intensity for _, intensity in LIGHTS)  # a preset's ambient is the sum
    for place, intensity in LIGHTS:
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
    solid.GetProperty().SetOpacity(glyph.opacity)
    faint.GetProperty().SetOpacity(GHOST * glyph.opacity)
    faint.GetProperty().BackfaceCullingOn()
    return solid, faint
