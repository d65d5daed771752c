"""The thread that owns the one `VolumeView`: the newest wish wins, a full picture gives way."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass

from viewer.presenters.work import Post
from viewer.render.engine import answering
from viewer.render.scene import Glyph, Quality
from viewer.render.volume_view import Picture, VolumeView
from viewer.render.warm import warm
from virtopsy.geometry.camera import Camera3D, Size
from virtopsy.imaging.cutaway import Cutaway
from virtopsy.imaging.preset import Preset
from virtopsy.imaging.volume import Volume


@dataclass(frozen=True)
class Wish:
    """One picture that is wanted.

    Attributes:
        volume: what is shown.
        size: width and height, device pixels.
        camera: from where.
        preset: by which values become colour and opacity, shipped or edited.
        cutaway: what is hidden.
        glyphs: the findings in it.
        quality: "moving" while something moves, "full" at rest.
    """

    volume: Volume
    size: Size
    camera: Camera3D
    preset: Preset
    cutaway: Cutaway
    glyphs: tuple[Glyph, ...]
    quality: Quality


class VolumeWorker:
    """Renders wishes one after the other in a thread of its own.

    Args:
        post: to the screen's thread, where both functions below are called.
        deliver: takes each finished picture with its wish.
        failed: takes what went wrong with a wish; anything but a `VirtopsyError` is a bug of ours.

    Attributes:
        reduced: how many voxels along (i, j, k) are one in the pictures, (1, 1, 1): all are shown.
        lined: whether a line is drawn round what was cut away.
    """

    def __init__(
        self,
        post: Post,
        deliver: Callable[[Wish, Picture], None],
        failed: Callable[[Wish, BaseException], None],
    ) -> None:
        self._post, self._deliver, self._failed = post, deliver, failed
        self._news = threading.Condition()
        self._wish: Wish | None = None
        self._closing = False
        self._stop = threading.Event()
        self._full_runs = False
        self._view: VolumeView | None = None
        self.reduced = (1, 1, 1)
        self.lined = False
        answering()  # now, before there is a window: VTK lets nobody else run while it asks
        self._thread = threading.Thread(target=self._run, name="volume view", daemon=True)
        self._thread.start()

    def ask(self, wish: Wish) -> None:
        """Want this picture now; an unfinished full picture is dropped, a moving one ends."""
        with self._news:
            self._wish = wish
            if self._full_runs:
                self._stop.set()
            self._news.notify()

    def close(self) -> None:
        """Stop rendering and give the OpenGL context back; waits for the thread."""
        with self._news:
            self._closing = True
            self._stop.set()
            self._news.notify()
        self._thread.join()

    def _run(self) -> None:
        warm()  # while the window is still empty
        while (taken := self._take()) is not None:
            wish, stop = taken
            try:
                picture = self._ready(wish).picture(wish.camera, wish.quality, stop)
            except Exception as error:  # noqa: BLE001 -- said in words, or to the last-resort reporter
                self._post(_told(self._failed, wish, error))
            else:
                if picture is not None:
                    self._post(_call(self._deliver, wish, picture))
        if self._view is not None:
            self._view.close()

    def _take(self) -> tuple[Wish, threading.Event] | None:
        with self._news:
            self._full_runs = False
            while self._wish is None and not self._closing:
                self._news.wait()
            if self._closing or self._wish is None:
                return None
            wish, self._wish = self._wish, None
            self._stop = threading.Event()
            self._full_runs = wish.quality == "full"
            return wish, self._stop

    def _ready(self, wish: Wish) -> VolumeView:
        if self._view is None or self._view.volume is not wish.volume:
            if self._view is not None:
                self._view.close()
                self._view = None
            self._view = VolumeView(wish.volume, wish.size, preset=wish.preset, yielding=True)
        view = self._view
        if view.size != wish.size:
            view.resize(wish.size)
        if view.preset != wish.preset:
            view.set_preset(wish.preset)
        self.reduced, self.lined = view.reduced, view.lined
        view.hide(wish.cutaway)
        view.show(wish.glyphs)
        return view


def _call(
    deliver: Callable[[Wish, Picture], None], wish: Wish, picture: Picture
) -> Callable[[], None]:
    return lambda: deliver(wish, picture)


def _told(
    failed: Callable[[Wish, BaseException], None], wish: Wish, error: BaseException
) -> Callable[[], None]:
    return lambda: failed(wish, error)
