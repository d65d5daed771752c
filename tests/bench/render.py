"""The volume in 3D without a graphics card, against VTK's two ray casters as VTK sets them up.

Run as `python -m tests.bench.render`. 512 x 512 x 432 voxels, made by repeating a real chest along
z, in pictures of 1280 x 800 pixels with the bone preset. VTK draws into an offscreen window of its
own. Where no test data is there, nothing is measured and that is said.
"""

from __future__ import annotations

import gc
import os
import statistics
import time
from collections.abc import Callable
from functools import partial
from math import radians

import numpy as np
from vtkmodules.vtkRenderingCore import vtkRenderer, vtkRenderWindow, vtkVolume, vtkVolumeProperty
from vtkmodules.vtkRenderingVolume import (
    vtkFixedPointVolumeRayCastMapper,
    vtkGPUVolumeRayCastMapper,
)

from tests.bench.chest import repeated_chest
from tests.bench.timing import tell
from viewer.render.engine import Mapper, gl_renderer, offscreen_window
from viewer.render.gpu_scene import _apply, _light, _lps_from_grid
from viewer.render.picking import visible_points
from viewer.render.volume_view import VolumeView
from viewer.render.vtk_image import image_of, matrix_of
from virtopsy.geometry.camera import Camera3D, fit_view, orbit
from virtopsy.geometry.frame import Frame
from virtopsy.imaging.preset import preset_named
from virtopsy.imaging.volume import Volume

_SIZE = (1280, 800)
_TURNS, _TURN = 20, radians(6)
_FULL = 5
_SLOW_TURNS = 3  # of the mapper that needs seconds a picture


def main() -> None:
    """Measure and print."""
    volume = repeated_chest()
    if volume is None:
        return
    preset = preset_named("bone", volume)
    camera = fit_view(visible_points(volume, preset), "anterior", aspect=_SIZE[0] / _SIZE[1])
    ours = _ours(volume, camera)
    rivals = _rivals(volume, camera)
    gpu = rivals["vtkGPUVolumeRayCastMapper"]
    tell(f"on {gl_renderer(offscreen_window((8, 8)))}, {len(os.sched_getaffinity(0))} cores")
    tell(
        f"turning: virtopsy {1 / ours['turning']:.1f} frames a second (asked: 20 at least);"
        f" VTK's GPU mapper {1 / gpu[1]:.2f}, ratio {gpu[1] / ours['turning']:.0f}"
        f" (asked: 8 at least); VTK's fixed-point mapper"
        f" {1 / rivals['vtkFixedPointVolumeRayCastMapper'][1]:.2f}"
    )
    fixed = rivals["vtkFixedPointVolumeRayCastMapper"]
    tell(
        f"settled, full quality: virtopsy {ours['full']:.2f} s (asked: 0.60 at most);"
        f" VTK's GPU mapper {gpu[1]:.2f} s, fixed-point mapper {fixed[1]:.2f} s"
        f" after {fixed[0]:.1f} s of preparation"
    )
    tell(
        f"first picture after the volume is there: virtopsy {ours['first']:.2f} s"
        f" (asked: 1.50 at most), first at full quality {ours['first full']:.2f} s;"
        f" VTK's GPU mapper {gpu[0]:.1f} s, fixed-point mapper {fixed[0]:.1f} s"
    )


def _ours(volume: Volume, camera: Camera3D) -> dict[str, float]:
    _warm(volume, camera)
    gc.collect()
    begun = time.perf_counter()
    view = VolumeView(volume, _SIZE, mapper=Mapper.CPU)
    view.picture(camera, "moving")
    first = time.perf_counter() - begun
    view.picture(camera)
    first_full = time.perf_counter() - begun
    full = _median(lambda _: view.picture(camera), _FULL)
    turning = _median(lambda n: view.picture(orbit(camera, n * _TURN, 0.0), "moving"), _TURNS)
    view.close()
    return {"first": first, "first full": first_full, "full": full, "turning": turning}


def _warm(volume: Volume, camera: Camera3D) -> None:
    """Have the loops compiled: that happens once on a machine, not once a scan."""
    small = Volume(
        np.ascontiguousarray(volume.voxels[:8]),
        Frame(volume.frame.affine, (8, *volume.frame.shape[1:])),
    )
    view = VolumeView(small, (64, 40), mapper=Mapper.CPU)
    view.picture(camera)
    view.close()


def _rivals(volume: Volume, camera: Camera3D) -> dict[str, tuple[float, float]]:
    """Return for each of VTK's mappers the seconds of the first picture and of a later one."""
    found = {}
    for kind in (vtkGPUVolumeRayCastMapper, vtkFixedPointVolumeRayCastMapper):
        window, renderer, actor, mapper = (
            offscreen_window(_SIZE),
            vtkRenderer(),
            vtkVolume(),
            kind(),
        )
        look = vtkVolumeProperty()
        look.SetInterpolationTypeToLinear()
        _apply(preset_named("bone", volume), look)
        _light(renderer)
        mapper.SetInputData(image_of(volume.voxels, volume.frame.spacing_mm))
        actor.SetMapper(mapper)
        actor.SetProperty(look)
        actor.SetUserMatrix(matrix_of(_lps_from_grid(volume)))
        renderer.AddVolume(actor)
        window.AddRenderer(renderer)

        draw = partial(_draw, window, renderer, camera)
        begun = time.perf_counter()
        draw(0)
        first = time.perf_counter() - begun
        found[kind.__name__] = (first, _median(draw, _SLOW_TURNS))
        renderer.RemoveVolume(actor)
        window.Finalize()
    return found


def _draw(window: vtkRenderWindow, renderer: vtkRenderer, camera: Camera3D, n: int) -> None:
    _stand(renderer, orbit(camera, n * _TURN, 0.0))
    window.Render()


def _stand(renderer: vtkRenderer, camera: Camera3D) -> None:
    view = renderer.GetActiveCamera()
    view.SetPosition(*camera.position)
    view.SetFocalPoint(*camera.focal_point)
    view.SetViewUp(*camera.view_up)
    view.SetViewAngle(np.degrees(camera.view_angle))
    renderer.ResetCameraClippingRange()


def _median(draw: Callable[[int], object], runs: int) -> float:
    spent = []
    for number in range(runs):
        begun = time.perf_counter()
        draw(number)
        spent.append(time.perf_counter() - begun)
    return statistics.median(spent)


if __name__ == "__main__":
    main()
    os._exit(0)  # VTK's windows must not outlive the interpreter
