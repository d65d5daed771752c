"""The pixels of one slice view: rendered at once, in fewer pixels while a thick slab changes.

At most one picture is rendered a turn of the event loop: everything only asks for a repaint, and
the paint event asks for the picture of what the camera and the window are then.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QObject, QTimer
from PySide6.QtGui import QImage

from viewer.presenters.work import Running
from viewer.render.aligned import Check
from viewer.render.slice_camera import SliceCamera
from viewer.render.slice_view import SliceRenderer
from viewer.widgets.parts import Parts
from virtopsy.imaging.slab import Slab
from virtopsy.imaging.volume import Volume
from virtopsy.imaging.window import Window

Wanted: TypeAlias = tuple[SliceCamera, Window, Slab | None, bool]
_SAMPLES = 14  # behind a pixel of a changing slab, at which it is drawn at half its size
_COARSEST = 6
_REST_MS = 150


class SlicePicture(QObject):
    """What was rendered last, and what is wanted now.

    Args:
        owner: the view.
        parts: the presenters.
        changed: asks for a repaint.

    Attributes:
        renderer: of the shown volume; None without one.
        grey: (height, width) of the picture, device pixels.
    """

    def __init__(self, owner: QObject, parts: Parts, changed: Callable[[], None]) -> None:
        super().__init__(owner)
        self._parts = parts
        self._changed = changed
        self.renderer: SliceRenderer | None = None
        self.grey: NDArray[np.uint8] = np.zeros((1, 1), dtype=np.uint8)
        self._wanted: Wanted | None = None
        self._rendered: tuple[Wanted, bool] | None = None
        self._fine = True
        self._refining: Running | None = None
        self._refine = QTimer(self)
        self._refine.setSingleShot(True)
        self._refine.setInterval(_REST_MS)
        self._refine.timeout.connect(self._take_all_pixels)

    def take(self, volume: Volume | None) -> None:
        """Show another volume, or more of one that arrives."""
        self.renderer = None if volume is None else SliceRenderer(volume)
        self._rendered = None

    @property
    def settled(self) -> bool:
        """Whether every pixel of the picture on the screen was sampled."""
        return self._rendered is not None and self._rendered[1] and self._fine

    def image(self, camera: SliceCamera) -> QImage:
        """Return the picture a camera takes with the window, slab and interpolation of now."""
        views = self._parts.views
        wanted = (camera, views.window.now, views.slab.now, views.smooth.now)
        if self._wanted != wanted:
            # A slab costs its thickness in slices: while it changes it is drawn in fewer pixels.
            self._wanted, self._fine = wanted, views.slab.now is None
            self._give_up_refining()
            if not self._fine:
                self._refine.start()
        if self.renderer is not None and self._rendered != (wanted, self._fine):
            coarse = 1 if self._fine else _coarseness(self.renderer.volume, wanted[2])
            pixels = _sample(self.renderer, wanted, coarse)
            self.grey, self._rendered = pixels, (wanted, self._fine)
        height, width = self.grey.shape
        return QImage(self.grey.data, width, height, width, QImage.Format.Format_Grayscale8)

    def _take_all_pixels(self) -> None:
        """Sample every pixel in the background: a thick slab takes longer than a window may."""
        if self.renderer is None or self._wanted is None:
            return
        renderer, wanted = SliceRenderer(self.renderer.volume), self._wanted
        self._refining = self._parts.work.start(
            "reading.job.slab",
            lambda progress: _sample(renderer, wanted, 1, progress.check),
            lambda pixels: self._take_pixels(wanted, pixels),
            self._parts.trouble.announce,
            quiet=True,
        )

    def _give_up_refining(self) -> None:
        """Leave the cores to the picture that is wanted now."""
        if self._refining is not None:
            self._refining.progress.cancel()
            self._refining = None

    def _take_pixels(self, wanted: Wanted, pixels: NDArray[np.uint8]) -> None:
        """Show a finished picture, if it still is the one that is wanted."""
        if wanted == self._wanted:
            self._fine = True
            self.grey, self._rendered = pixels, (wanted, True)
            self._changed()


def _sample(
    renderer: SliceRenderer, wanted: Wanted, coarse: int, check: Check | None = None
) -> NDArray[np.uint8]:
    """Return a wanted picture in `coarse` times fewer pixels along each side."""
    camera, window, slab, smooth = wanted
    seen = camera if coarse == 1 else camera.reduced(coarse)
    return np.ascontiguousarray(renderer.pixels(seen, window, slab, smooth=smooth, check=check))


def _coarseness(volume: Volume, slab: Slab | None) -> int:
    """Return how many pixels along each side become one while a slab changes."""
    if slab is None:
        return 1
    samples = len(slab.depths_mm(volume.frame.spacing_mm))
    return min(max(round(2 * math.sqrt(samples / _SAMPLES)), 2), _COARSEST)
