"""The volume in 3D drawn by the processor alone: every core, no OpenGL, nothing to wait for.

At rest a ray goes through every pixel and the whole volume. While the camera moves a reduced copy
is drawn with fewer rays, as many as this machine has time for, and the picture is enlarged.
"""

from __future__ import annotations

import os
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from threading import Event

import numpy as np
from PIL import Image
from scipy.ndimage import binary_dilation

from viewer.render.layers import draw_glyphs, empty_layers, ghost
from viewer.render.marcher import Drawn, Marcher, lens_of, start_mm
from viewer.render.reduced import factors_for, reduce
from viewer.render.scene import CUT_EDGE, Glyph, Picture, Quality
from virtopsy.geometry.camera import Camera3D, Size
from virtopsy.imaging.cutaway import Cutaway
from virtopsy.imaging.preset import Preset, rgb
from virtopsy.imaging.volume import Volume
from virtopsy.jobs import give_way

_MOVING_VOXELS = 16_000_000
_MOVING_FRAME_S = 0.036  # leaves room within 50 ms to show it
_FINEST, _COARSEST = 1.0, 6.0  # pixels a ray while moving
_EDGE = tuple(round(255 * one) for one in rgb(CUT_EDGE))
_EDGE_SHARE = 1 / 320  # of the picture's height: as wide as the line round a cut is


class CpuScene:
    """Pictures of one volume, drawn by the processor.

    Args:
        volume: what is shown; its voxels are shared, never copied.
        background: "#rrggbb".
        threads: how many draw; None takes every core this process may use.
        yielding: they let other threads go first.
    """

    reduced = (1, 1, 1)  # main memory has room for what is loaded into it

    def __init__(
        self,
        volume: Volume,
        background: str,
        threads: int | None = None,
        *,
        yielding: bool = False,
    ) -> None:
        self._background = np.array(rgb(background), np.float32)
        count = threads or len(os.sched_getaffinity(0))
        self._pool = ThreadPoolExecutor(count, "rays", give_way if yielding else None)
        self._full = self._moving = Marcher(volume, self._pool)
        factors = factors_for(volume.frame, _MOVING_VOXELS)
        if factors != (1, 1, 1):
            self._moving = Marcher(reduce(volume, factors), self._pool)
        self._glyphs: tuple[Glyph, ...] = ()
        self._pixels_a_ray = 3.0

    def set_preset(self, preset: Preset) -> None:
        """Show the next pictures by this preset, its points in the volume's own values."""
        for marcher in {self._full, self._moving}:
            marcher.set_preset(preset)

    def hide(self, cutaway: Cutaway) -> None:
        """Do not show this in the next pictures."""
        for marcher in {self._full, self._moving}:
            marcher.hide(cutaway)

    def show(self, glyphs: Sequence[Glyph]) -> None:
        """Draw these glyphs, and no others, in the next pictures."""
        self._glyphs = tuple(glyphs)

    def picture(
        self, camera: Camera3D, size: Size, quality: Quality, stop: Event
    ) -> Picture | None:
        """Return the (height, width, 3) RGB picture, or None when it was stopped.

        Args:
            camera: from where.
            size: width and height, pixels.
            quality: "full" sends a ray through every pixel, "moving" as many as there is time for.
            stop: set from any thread, it ends the drawing within a few bands.
        """
        if quality == "full":
            drawn = self._draw(self._full, camera, size, stop)
            return None if drawn is None else _outlined(drawn)
        started = time.perf_counter()
        drawn = self._draw(self._moving, camera, _fewer(size, self._pixels_a_ray), stop)
        if drawn is None:
            return None
        self._adapt(time.perf_counter() - started)
        return _enlarged(drawn[0], size)

    def close(self) -> None:
        """Let the threads go."""
        self._pool.shutdown()

    def _adapt(self, seconds: float) -> None:
        """Choose how many rays the next moving picture has from what this one took."""
        wanted = self._pixels_a_ray * (seconds / _MOVING_FRAME_S) ** 0.5
        eased = 0.5 * self._pixels_a_ray + 0.5 * wanted
        self._pixels_a_ray = min(max(eased, _FINEST), _COARSEST)

    def _draw(self, marcher: Marcher, camera: Camera3D, size: Size, stop: Event) -> Drawn | None:
        layers = empty_layers(size)
        if self._glyphs:
            start = start_mm(camera, marcher.volume.frame)
            layers = draw_glyphs(self._glyphs, camera, size, lens_of(camera, size, 1.0), start)
        drawn = marcher.draw(camera, size, layers, self._background, stop)
        if drawn is not None:
            ghost(drawn[0], *layers)
        return drawn


def _fewer(size: Size, pixels_a_ray: float) -> Size:
    return max(round(size[0] / pixels_a_ray), 1), max(round(size[1] / pixels_a_ray), 1)


def _enlarged(picture: Picture, size: Size) -> Picture:
    if picture.shape[:2] == size[::-1]:
        return picture
    return np.asarray(Image.fromarray(picture).resize(size, Image.Resampling.BILINEAR))


def _outlined(drawn: Drawn) -> Picture:
    """Draw a line round what was cut by hand: an opening may not be taken for an injury.

    It runs round cut faces, and along an opening where something else is seen beside it.
    """
    picture, depth, opened = drawn
    cut, seen = opened > 0, np.isfinite(depth)
    if not cut.any():
        return picture
    width = max(round(len(cut) * _EDGE_SHARE), 1)
    beside = binary_dilation(seen & ~cut, iterations=width)
    rim = seen & binary_dilation(~cut, iterations=width)
    picture[cut & (beside | rim)] = _EDGE
    return picture
