"""One ray caster over one grid of voxels, on the processor or on the graphics card."""

from __future__ import annotations

from threading import Event, Thread
from typing import Literal, TypeAlias

import numpy as np
from numpy.typing import NDArray
from vtkmodules.vtkCommonDataModel import vtkPiecewiseFunction
from vtkmodules.vtkRenderingCore import (
    vtkColorTransferFunction,
    vtkRenderer,
    vtkVolume,
    vtkVolumeProperty,
)
from vtkmodules.vtkRenderingVolume import (
    vtkFixedPointVolumeRayCastMapper,
    vtkGPUVolumeRayCastMapper,
)

from viewer.render.engine import Mapper, offscreen_window
from viewer.render.vtk_image import image_of, matrix_of
from virtopsy.imaging.preset import Preset
from virtopsy.imaging.volume import Volume

Quality: TypeAlias = Literal["full", "moving"]
_Caster: TypeAlias = vtkFixedPointVolumeRayCastMapper | vtkGPUVolumeRayCastMapper

_MOVING_FRAME_S = 0.04
_FINEST_STEP, _COARSEST_STEP = 1.0, 5.0
# Shorter steps take the wood grain off steep skin and bone; large grids cannot afford it.
_SMALL_VOXELS, _SMALL_SHARE = 30_000_000, 0.7
_LOOK_AGAIN_S = 0.02


class RayCast:
    """A volume as something a VTK renderer draws.

    Args:
        volume: the voxels, shared.
        kind: which ray caster.
        look: colours and opacity, shared with other casts of the same view.
    """

    def __init__(self, volume: Volume, kind: Mapper, look: vtkVolumeProperty) -> None:
        spacing = volume.frame.spacing_mm
        self.volume = volume  # keeps the shared voxels alive
        self._finest = min(spacing)
        self._full_share = _SMALL_SHARE if volume.voxels.size <= _SMALL_VOXELS else 1.0
        self._step = 2.0  # pixels a ray while moving, adapted to this machine
        self._caster: _Caster = _caster(kind)
        self._threads = _alone(self._caster)
        self._caster.SetInputData(image_of(volume.voxels, spacing))
        self.actor = vtkVolume()
        self.actor.SetMapper(self._caster)
        self.actor.SetProperty(look)
        self.actor.SetUserMatrix(matrix_of(_lps_from_grid(volume)))
        self.meets_geometry(there_is_some=False)
        self._gradients_known = Event()
        self._failure: BaseException | None = None
        self._preparing: Thread | None = None

    def meets_geometry(self, *, there_is_some: bool) -> None:
        """Read the depth of other geometry only where there is some: it costs time."""
        if isinstance(self._caster, vtkFixedPointVolumeRayCastMapper):
            self._caster.SetIntermixIntersectingGeometry(there_is_some)

    def set_quality(self, quality: Quality) -> None:
        """Set the steps along and between rays."""
        moving = quality == "moving"
        self._caster.SetSampleDistance(self._finest if moving else self._finest * self._full_share)
        self._caster.SetImageSampleDistance(self._step if moving else 1.0)

    def adapt(self, seconds: float) -> None:
        """Choose the next moving picture's step from what this one took."""
        wanted = self._step * (seconds / _MOVING_FRAME_S) ** 0.5
        eased = 0.5 * self._step + 0.5 * wanted
        self._step = min(max(eased, _FINEST_STEP), _COARSEST_STEP)

    def drawn(self) -> None:
        """Use every core from now on: the gradients are there."""
        if isinstance(self._caster, vtkFixedPointVolumeRayCastMapper):
            self._caster.SetNumberOfThreads(self._threads)

    def wait_for_gradients(self, stop: Event) -> bool:
        """Wait until the gradients are computed; False when `stop` was set before.

        Nothing can interrupt their computation (seconds for a whole body), so it runs in a
        thread and a tiny window of its own, once, while reduced pictures go on.
        """
        if self._preparing is None:
            self._preparing = Thread(target=self._prepare, name="gradients", daemon=True)
            self._preparing.start()
        while not self._gradients_known.wait(_LOOK_AGAIN_S):
            if stop.is_set():
                return False
        if self._failure is not None:
            raise self._failure
        return True

    def close(self) -> None:
        """Wait for a preparation that runs: VTK must not be at work when the program ends."""
        if self._preparing is not None:
            self._preparing.join()

    def _prepare(self) -> None:
        try:
            window, renderer, actor = offscreen_window((8, 8)), vtkRenderer(), vtkVolume()
            actor.SetMapper(self._caster)
            actor.GetProperty().ShadeOn()
            renderer.AddVolume(actor)
            window.AddRenderer(renderer)
            window.Render()
            renderer.RemoveVolume(actor)
            self._caster.ReleaseGraphicsResources(window)
            window.Finalize()
            self.drawn()
        except BaseException as error:  # noqa: BLE001 -- raised again in the thread that waits
            self._failure = error
        self._gradients_known.set()


def _caster(kind: Mapper) -> _Caster:
    if kind is Mapper.GPU:
        gpu = vtkGPUVolumeRayCastMapper()
        gpu.SetAutoAdjustSampleDistances(False)
        gpu.SetUseJittering(True)
        return gpu
    cpu = vtkFixedPointVolumeRayCastMapper()
    cpu.SetAutoAdjustSampleDistances(False)
    return cpu


def _alone(caster: _Caster) -> int:
    """Let the caster work in one thread; return how many it may have later.

    Where two of VTK's threads share the gradients, those of the slice between them are wrong and
    draw a line across the body that reads as a fracture (VTK 9.7).
    """
    if not isinstance(caster, vtkFixedPointVolumeRayCastMapper):
        return 1
    threads = int(caster.GetNumberOfThreads())
    caster.SetNumberOfThreads(1)
    return threads


def _lps_from_grid(volume: Volume) -> NDArray[np.float64]:
    """Return the matrix from the VTK image's millimetres (origin 0, axes i, j, k) to LPS."""
    matrix: NDArray[np.float64] = volume.frame.affine.copy()
    matrix[:3, :3] /= np.array(volume.frame.spacing_mm)
    return matrix


def apply_preset(preset: Preset, look: vtkVolumeProperty) -> None:
    """Set colours, opacity and lighting; the preset's points are in the volume's values."""
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
