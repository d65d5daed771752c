"""The pixels of one slice view: rendered at once, with fewer samples while a thick slab changes.

At most one picture is rendered a turn of the event loop: everything only asks for a repaint, and
the paint event asks for the picture of what the camera and the window are then. Values are kept:
another window is another grey of the same values.
"""

from __future__ import annotations

import math
import time
from collections.abc import Callable
from typing import Generic, NamedTuple, Protocol, Self, TypeVar

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QObject, QTimer
from PySide6.QtGui import QImage

from viewer.presenters.work import Running
from viewer.render.bands import Check
from viewer.widgets.bind import hear
from viewer.widgets.parts import Parts
from virtopsy.imaging.slab import Slab
from virtopsy.imaging.volume import Volume
from virtopsy.imaging.voxels import Voxels
from virtopsy.imaging.window import Window

_AT_ONCE_S = 0.012  # for a picture of a slab that changes: three of them are made in a turn
_SAMPLES = (100_000, 1_500_000, 10_000_000)  # of it: at least, at first and at most
_COARSEST = 6
_REST_MS = 150


class Pictured(Protocol):
    """A camera: how many pixels it has, and the same picture in fewer."""

    @property
    def width(self) -> int:
        """Columns of the picture."""
        ...

    @property
    def height(self) -> int:
        """Rows of the picture."""
        ...

    def reduced(self, factor: int) -> Self:
        """Return the camera with `factor` times fewer pixels along each side."""
        ...


C = TypeVar("C", bound=Pictured)
C_contra = TypeVar("C_contra", bound=Pictured, contravariant=True)


class Renderer(Protocol[C_contra]):
    """What makes the pictures of a volume. Not for two threads at once."""

    @property
    def volume(self) -> Volume:
        """What is pictured."""
        ...

    def values(
        self,
        camera: C_contra,
        slab: Slab | None = None,
        *,
        smooth: bool = True,
        every: int = 1,
        check: Check | None = None,
    ) -> Voxels:
        """Return (height, width) values, of each of `every` samples of a slab."""
        ...

    def grey(self, values: Voxels, window: Window) -> NDArray[np.uint8]:
        """Return the grey picture of values."""
        ...


class Seen(NamedTuple, Generic[C]):
    """What a picture's values depend on."""

    camera: C
    slab: Slab | None
    smooth: bool


class Effort(NamedTuple):
    """How many of all samples are taken: one of so many pixels along each side, and in depth."""

    pixels: int = 1
    depths: int = 1


ALL = Effort()


class SlicePicture(QObject, Generic[C]):
    """What was rendered last, and what is wanted now.

    Args:
        owner: the view.
        parts: the presenters.
        changed: asks for a repaint.
        make: the renderer of a volume.
        dear: what a sample of a picture costs, in samples of a slab; 0: little, so that a thin
            one is always sampled whole.

    Attributes:
        renderer: of the shown volume; None without one.
        grey: (height, width) of the picture, device pixels.
    """

    def __init__(
        self,
        owner: QObject,
        parts: Parts,
        changed: Callable[[], None],
        make: Callable[[Volume], Renderer[C]],
        dear: Callable[[C], int] = lambda _: 0,
    ) -> None:
        super().__init__(owner)
        self._parts = parts
        self._changed = changed
        self._make, self._dear = make, dear
        self.renderer: Renderer[C] | None = None
        self.grey: NDArray[np.uint8] = np.zeros((1, 1), dtype=np.uint8)
        self._seen: Seen[C] | None = None
        self._values: Voxels | None = None
        self._effort = ALL
        self._budget = _SAMPLES[1]
        self._window: Window | None = None
        self._refining: Running | None = None
        self._refine = QTimer(self)
        self._refine.setSingleShot(True)
        self._refine.setInterval(_REST_MS)
        self._refine.timeout.connect(self._take_all_samples)
        hear(self, parts.reading.sampling, lambda _: self._put_off_refining())

    def take(self, volume: Volume | None) -> None:
        """Show another volume, or more of one that arrives."""
        self.renderer = None if volume is None else self._make(volume)
        self._seen = None

    @property
    def settled(self) -> bool:
        """Whether the picture on the screen was made of all its samples."""
        painted = self._seen is not None and self._window is not None
        return painted and self._effort == ALL

    def image(self, camera: C) -> QImage:
        """Return the picture a camera takes with the window, slab and interpolation of now."""
        views = self._parts.views
        if self.renderer is not None:
            self._look(self.renderer, Seen(camera, views.slab.now, views.smooth.now))
            self._give_grey(self.renderer, views.window.now)
        height, width = self.grey.shape
        return QImage(self.grey.data, width, height, width, QImage.Format.Format_Grayscale8)

    def _look(self, renderer: Renderer[C], seen: Seen[C]) -> None:
        """Sample what is seen now, a slab of very many samples only in part until it rests."""
        if seen == self._seen:
            return
        self._parts.reading.sampling.announce(None)
        dear = self._dear(seen.camera)
        samples = _samples(renderer.volume, seen) * max(dear, 1)
        at_once = seen.slab is None and not dear
        self._effort = ALL if at_once else _effort(samples, self._budget)
        begun = time.perf_counter()
        self._seen, self._values = seen, _sample(renderer, seen, self._effort)
        self._window = None
        if not at_once:
            taken = samples / (self._effort.pixels**2 * self._effort.depths)
            self._adapt(taken / (time.perf_counter() - begun))
        self._refine.stop() if self._effort == ALL else self._refine.start()

    def _adapt(self, samples_a_second: float) -> None:
        """Take as many samples of the next slab as this machine has time for now."""
        eased = (self._budget + samples_a_second * _AT_ONCE_S) / 2
        self._budget = round(min(max(eased, _SAMPLES[0]), _SAMPLES[2]))

    def _give_grey(self, renderer: Renderer[C], window: Window) -> None:
        if self._values is not None and window != self._window:
            self.grey = np.ascontiguousarray(renderer.grey(self._values, window))
            self._window = window

    def _take_all_samples(self) -> None:
        """Sample all of it in the background: that may take longer than a window is silent."""
        if self.renderer is None or self._seen is None:
            return
        renderer, seen = self._make(self.renderer.volume), self._seen
        self._refining = self._parts.work.start(
            "reading.job.slab",
            lambda progress: _sample(renderer, seen, ALL, progress.check),
            lambda values: self._take_values(seen, values),
            self._parts.trouble.announce,
            quiet=True,
        )

    def _put_off_refining(self) -> None:
        """Leave the cores to the picture that is wanted now, here or in a view beside."""
        self._refine.stop()
        if self._refining is not None:
            self._refining.progress.cancel()
            self._refining = None
        if self._effort != ALL:
            self._refine.start()

    def _take_values(self, seen: Seen[C], values: Voxels) -> None:
        """Show a finished picture, if it still is the one that is wanted."""
        if seen is self._seen:
            self._values, self._effort, self._window = values, ALL, None
            self._changed()


def _sample(
    renderer: Renderer[C], seen: Seen[C], effort: Effort, check: Check | None = None
) -> Voxels:
    camera = seen.camera if effort.pixels == 1 else seen.camera.reduced(effort.pixels)
    return renderer.values(camera, seen.slab, smooth=seen.smooth, every=effort.depths, check=check)


def _samples(volume: Volume, seen: Seen[C]) -> int:
    depths = 1 if seen.slab is None else len(seen.slab.depths_mm(volume.frame.spacing_mm))
    return seen.camera.width * seen.camera.height * depths


def _effort(samples: int, budget: int) -> Effort:
    """Return how much of a picture can be sampled at once."""
    share = samples / budget
    pixels = min(max(math.ceil(math.sqrt(share)), 1), _COARSEST)
    return Effort(pixels, max(math.ceil(share / pixels**2), 1))
