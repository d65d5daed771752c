"""The pictures of the 3D view: what is asked of the worker, and the newest that came back."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeAlias

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QWidget

from viewer.render.glyphs.of_finding import glyphs_of
from viewer.render.scene import Glyph, Quality
from viewer.render.volume_view import Picture
from viewer.widgets.examine import slice_paint
from viewer.widgets.examine.volume_eye import VolumeEye
from viewer.widgets.examine.volume_worker import VolumeWorker, Wish
from viewer.widgets.parts import Parts
from virtopsy.errors import VirtopsyError
from virtopsy.geometry.camera import Camera3D
from virtopsy.imaging.volume import Volume

Shown: TypeAlias = tuple[Wish, Picture]
_REST_MS = 160  # after the last move the full picture is asked for


class VolumePictures:
    """Asks for pictures: quick ones while something moves, the full one at rest.

    Args:
        widget: on which they are seen; nothing is drawn for one that is not.
        parts: the presenters.
        eye: from where is looked.
        came: called when there is a newer picture, or trouble.
        asked: takes the camera of each picture that is asked for.

    Attributes:
        shown: the newest picture with what it shows; None before the first one.
        trouble: why there is none.
    """

    def __init__(
        self,
        widget: QWidget,
        parts: Parts,
        eye: VolumeEye,
        came: Callable[[], None],
        asked: Callable[[Camera3D], None],
    ) -> None:
        self._widget, self._parts, self._eye = widget, parts, eye
        self._came, self._asked = came, asked
        self._worker = VolumeWorker(parts.post, self._deliver, self._fail)
        self._wanted: Wish | None = None
        self.shown: Shown | None = None
        self.trouble: VirtopsyError | None = None
        self._rest = _timer(widget, _REST_MS, lambda: self._ask("full"))
        # One wish a turn of the event loop:
        self._soon = _timer(widget, 0, lambda: self._ask("moving"))

    @property
    def reduced(self) -> tuple[int, int, int]:
        """How many voxels along (i, j, k) are one in the pictures."""
        return self._worker.reduced

    @property
    def lined(self) -> bool:
        """Whether a line is drawn round what was cut away."""
        return self._worker.lined

    @property
    def settled(self) -> bool:
        """Whether the picture on the screen is the full one of what is wanted now."""
        if self.shown is None or self._rest.isActive() or self._soon.isActive():
            return False
        return self.shown[0] is self._wanted and self._wanted.quality == "full"

    def forget(self) -> None:
        """Show nothing of the scan before."""
        self.shown = self.trouble = None

    def move(self) -> None:
        """Ask for what is to be seen now, soon and then in full."""
        self._soon.start()
        self._rest.start()

    def close(self) -> None:
        """End the rendering thread; the last picture stays."""
        self._rest.stop()
        self._soon.stop()
        self._worker.close()

    def _ask(self, quality: Quality) -> None:
        views = self._parts.views
        volume, camera = views.volume.now, self._eye.camera()
        if volume is None or camera is None or not self._widget.isVisible():
            return
        self._asked(camera)
        self._wanted = self._wish(volume, camera, quality)
        self._worker.ask(self._wanted)

    def _wish(self, volume: Volume, camera: Camera3D, quality: Quality) -> Wish:
        return Wish(
            volume,
            self._eye.device_size(),
            camera,
            self._eye.preset(volume),
            self._parts.views.cutaway.now,
            self._glyphs(),
            quality,
        )

    def _glyphs(self) -> tuple[Glyph, ...]:
        """Return what is drawn of the findings that are seen; what is dragged is painted over.

        The selected track has the tube before its entry, with what it leaves out said beside it. A
        court sees none, for no stop asks for it, and a view that has no room for the words.
        """
        findings, chosen = self._parts.findings, self._parts.findings.selected.now
        small = slice_paint.is_small(self._widget.width())
        here = self._parts.room.now == "examine" and not small
        dragged = {one.finding_id for one in self._parts.marks.shown.now if one.draft}
        return tuple(
            glyph
            for one in findings.visible
            if one.finding_id not in dragged
            for glyph in glyphs_of(
                one, selected=one.finding_id == chosen, before=here and one.finding_id == chosen
            )
        )

    def _deliver(self, wish: Wish, picture: Picture) -> None:
        if wish.volume is self._parts.views.volume.now:
            self.shown = (wish, picture)
            self._came()

    def _fail(self, _wish: Wish, error: BaseException) -> None:
        if not isinstance(error, VirtopsyError):
            raise error
        self.trouble = error
        self._came()


def _timer(owner: QWidget, after_ms: int, act: Callable[[], None]) -> QTimer:
    timer = QTimer(owner)
    timer.setSingleShot(True)
    timer.setInterval(after_ms)
    timer.timeout.connect(act)
    return timer
