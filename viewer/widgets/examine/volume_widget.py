"""The 3D view: paints the worker's newest picture; the mouse turns, zooms, picks and marks."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace
from functools import partial

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt, QTimer
from PySide6.QtGui import (
    QColor,
    QFontMetricsF,
    QImage,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QResizeEvent,
    QShowEvent,
    QWheelEvent,
)
from PySide6.QtWidgets import QSizePolicy, QVBoxLayout, QWidget
from typing_extensions import override

from viewer.presenters.tools.marks import Mark, marks
from viewer.render.glyphs.trajectory import TrajectoryGlyph
from viewer.render.hidden_words import hidden_words, reduced_words
from viewer.render.picking import pick, visible_points
from viewer.render.scene import Quality
from viewer.render.slice_camera import direction_letters
from viewer.render.volume_view import BACKGROUND, Picture
from viewer.widgets.bind import follow, hear
from viewer.widgets.examine import slice_paint, volume_paint
from viewer.widgets.examine.transfer_panel import TransferPanel
from viewer.widgets.examine.volume_choices import VolumeChoices
from viewer.widgets.examine.volume_cutter import VolumeCutter
from viewer.widgets.examine.volume_man import SIZE_PX as MAN_PX
from viewer.widgets.examine.volume_man import VolumeMan
from viewer.widgets.examine.volume_stage import Stage, apart
from viewer.widgets.examine.volume_tools import VolumeTools
from viewer.widgets.examine.volume_worker import VolumeWorker, Wish
from viewer.widgets.keyboard import pressed
from viewer.widgets.parts import Parts
from viewer.widgets.theme import TEXT_PX, picture_colour, text_font
from virtopsy.errors import UsageError, VirtopsyError
from virtopsy.geometry.camera import (
    STANDARD_VIEWS,
    Camera3D,
    Size,
    fit_view,
    orbit,
    pan,
    zoom,
)
from virtopsy.geometry.frame import Floats
from virtopsy.imaging.compression import lossy_mark
from virtopsy.imaging.preset import Preset, preset_named
from virtopsy.imaging.volume import Volume

_BESIDE_PX = 14  # between what is said and the curve
_MAN_FROM_PX = 44  # words stand above
_REMARK_SHARE = 0.55  # of the width: what is hidden is folded there, not cut short
_REST_MS = 160  # after the last move the full picture is asked for
_CLICK_PX = 4.0
_RADIANS_PER_PX = math.radians(0.45)
_ZOOM_A_NOTCH = 1.12
_NOTCH = 120
_VIEW_KEYS = dict(
    zip(
        (Qt.Key.Key_1, Qt.Key.Key_2, Qt.Key.Key_3, Qt.Key.Key_4, Qt.Key.Key_5, Qt.Key.Key_6),
        STANDARD_VIEWS,
        strict=True,
    )
)


class VolumeWidget(QWidget):
    """The volume from a camera in the patient."""

    def __init__(self, parts: Parts) -> None:
        super().__init__()
        self.setObjectName("view.volume")
        self.setMouseTracking(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Ignored)
        self.setMinimumSize(120, 90)
        self._parts = parts
        self._views = parts.views
        self._worker = VolumeWorker(parts.post, self._deliver, self._fail)
        self._shown: tuple[Wish, NDArray[np.uint8]] | None = None
        self._wanted: Wish | None = None
        self._fitted: tuple[Volume, str, Floats] | None = None
        self._trouble: VirtopsyError | None = None
        self._presenting = False
        self._buttons = Qt.MouseButton.NoButton
        self._pressed = self._last = QPointF()
        self._rest = QTimer(self)
        self._rest.setSingleShot(True)
        self._rest.setInterval(_REST_MS)
        self._rest.timeout.connect(lambda: self._ask("full"))
        self._soon = QTimer(self)  # one wish a turn of the event loop
        self._soon.setSingleShot(True)
        self._soon.timeout.connect(lambda: self._ask("moving"))
        self._cutter = VolumeCutter(self, parts.cutting, self._visible)
        self._choices = VolumeChoices(parts, self.look_from, self._project)
        self._tools = VolumeTools(parts, lambda: self._cutter.lay_plane(self.camera()))
        self._curve = TransferPanel(parts)
        self._man = VolumeMan(parts, self.camera, self.look_from)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addStretch(1)
        column.addWidget(self._curve, 0, Qt.AlignmentFlag.AlignRight)
        column.addWidget(self._tools)
        column.addWidget(self._choices)
        self._man.setParent(self)
        self._follow()

    def close_worker(self) -> None:
        """End the rendering thread; the widget shows its last picture from then on."""
        self._rest.stop()
        self._soon.stop()
        self._worker.close()

    def set_presenting(self, presenting: bool) -> None:
        """Show a court the picture alone, sides in full words, or undo that."""
        self._presenting = presenting
        self._parts.cutting.close()
        self._parts.transfer.shown.set(False)
        self._choices.setVisible(not presenting)
        self._man.setVisible(not presenting)

    def _follow(self) -> None:
        views, parts = self._views, self._parts
        follow(self, views.volume, self._take_volume)
        follow(self, views.preset, lambda _: self._move())
        follow(self, views.edited, lambda _: self._move(), now=False)
        follow(self, views.cutaway, lambda _: self._move(), now=False)
        follow(self, parts.cutting.tool, lambda _: self._show_tool(parts.tool.now), now=False)
        follow(self, parts.cutting.outline, lambda _: self.update(), now=False)
        hear(self, parts.cutting.problem, parts.trouble.announce)
        follow(self, views.camera, lambda _: self._move(), now=False)
        follow(self, views.position, lambda _: self.update(), now=False)
        follow(self, parts.trajectory.draft, lambda _: self.update(), now=False)
        follow(self, parts.findings.selected, lambda _: self._move(), now=False)
        follow(self, parts.language, lambda _: self.update(), now=False)
        follow(self, parts.tool, self._show_tool)
        hear(self, parts.session.changed, lambda _: self._move())

    def _take_volume(self, volume: Volume | None) -> None:
        self._shown = self._trouble = None
        self._choices.setVisible(volume is not None and not self._presenting)
        self._cutter.forget()
        self._move()

    def _show_tool(self, tool: str) -> None:
        exact = tool == "trajectory" or self._parts.cutting.tool.now == "scalpel"
        self.setCursor(Qt.CursorShape.CrossCursor if exact else Qt.CursorShape.OpenHandCursor)
        self.update()

    # wishes and pictures

    def camera(self) -> Camera3D | None:
        """Return from where the volume is looked at; None without a volume."""
        volume = self._views.volume.now
        if volume is None:
            return None
        chosen = self._views.camera.now
        return self.standard("anterior") if chosen is None else chosen

    def standard(self, name: str) -> Camera3D:
        """Return a standard view in which everything visible fits this widget."""
        width, height = self.device_size()
        return fit_view(self._visible(), name, aspect=width / height)

    def stage(self) -> Stage | None:
        """Return how the patient lies on this widget now; None without a volume."""
        camera = self.camera()
        if camera is None:
            return None
        return Stage(camera, self.device_size(), self.width(), self.height())

    def _preset(self, volume: Volume) -> Preset:
        return self._views.edited.now or preset_named(self._views.preset.now, volume)

    def _project(self, parallel: bool) -> None:
        camera = self.camera()
        if camera is not None:
            self._set(replace(camera, parallel=parallel))

    def _visible(self) -> Floats:
        """Return points (n, 3), LPS mm, spread over what the preset shows; found once.

        There are none without a volume.
        """
        volume, preset = self._views.volume.now, self._views.preset.now
        if volume is None:
            return np.empty((0, 3))
        known = self._fitted
        if known is None or known[0] is not volume or known[1] != preset:
            points = visible_points(volume, preset_named(preset, volume))
            known = self._fitted = (volume, preset, points)
        return known[2]

    def device_size(self) -> Size:
        """Return width and height in device pixels."""
        ratio = self.devicePixelRatioF()
        return max(round(self.width() * ratio), 1), max(round(self.height() * ratio), 1)

    def look_from(self, name: str, *_: object) -> None:
        """Look from a standard direction, as the picture is projected now."""
        camera = self.camera()
        if camera is not None:
            self._set(replace(self.standard(name), parallel=camera.parallel))

    def standard_camera(self) -> Camera3D:
        """Return the view from the front, as a stop keeps it."""
        return self.standard("anterior")

    def _set(self, camera: Camera3D) -> None:
        self._views.camera.set(camera)

    def _move(self) -> None:
        self._soon.start(0)
        self._rest.start()

    def _ask(self, quality: Quality) -> None:
        volume, camera = self._views.volume.now, self.camera()
        if volume is None or camera is None or not self.isVisible():
            return
        dragged = self._parts.trajectory.draft.now
        glyphs = tuple(
            TrajectoryGlyph(one.ends_lps_mm, one.entry, one.selected, one.name)
            for one in marks(self._parts.findings, None)
            if dragged is None or one.finding_id != dragged.finding_id
        )
        self._choices.show_parallel(camera.parallel)
        self._wanted = Wish(
            volume,
            self.device_size(),
            camera,
            self._preset(volume),
            self._views.cutaway.now,
            glyphs,
            quality,
        )
        self._worker.ask(self._wanted)

    def _deliver(self, wish: Wish, picture: Picture) -> None:
        if wish.volume is self._views.volume.now:
            self._shown = (wish, picture)
            self.update()

    def _fail(self, _wish: Wish, error: BaseException) -> None:
        if not isinstance(error, VirtopsyError):
            raise error
        self._trouble = error
        self.update()

    @property
    def settled(self) -> bool:
        """Whether the picture on the screen is the full one of what is wanted now."""
        if self._shown is None or self._rest.isActive() or self._soon.isActive():
            return False
        return self._shown[0] is self._wanted and self._wanted.quality == "full"

    # what is seen

    @override
    def sizeHint(self) -> QSize:
        return QSize(480, 320)

    @override
    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.fillRect(self.rect(), QColor(BACKGROUND))
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if self._shown is not None:
            self._paint_picture(painter, *self._shown)
        elif self._trouble is not None:
            self._say_in_the_middle(painter, self._trouble.sentence(self._parts.language.now))
        elif self._views.volume.now is not None:
            self._say_in_the_middle(painter, self._parts.say("ui.volume.first"))
        elif self._views.arriving:
            self._say_in_the_middle(painter, self._parts.say("ui.volume.arriving"))
        painter.end()

    def _paint_picture(self, painter: QPainter, wish: Wish, picture: Picture) -> None:
        height, width, _ = picture.shape
        image = QImage(picture.data, width, height, 3 * width, QImage.Format.Format_RGB888)
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        painter.drawImage(self.rect(), image)
        stage = Stage(wish.camera, wish.size, self.width(), self.height())
        right, up, _sight = wish.camera.axes
        around = {"left": -right, "right": right, "top": up, "bottom": -up}
        shown = {edge: direction_letters(vector) for edge, vector in around.items()}
        self._paint_remarks(painter, wish)
        if self._presenting:
            court = slice_paint.sides_in_words(shown, self._parts.language.now)
            slice_paint.letters(painter, stage.width, stage.height, court, slice_paint.COURT_PX)
            self._paint_marks(painter, stage)
            return
        slice_paint.letters(painter, stage.width, stage.height, shown)
        self._paint_marks(painter, stage)
        self._cutter.paint(painter, stage)
        whose = slice_paint.fitting(self._parts.whose(wish.volume.identity), stage.width)
        slice_paint.corner_lines(painter, stage.width, whose)
        what = [self._parts.say("ui.layout.volume"), self._parts.say("ui.volume.demonstrative")]
        slice_paint.corner_lines(painter, stage.width, what, right=True)
        if wish.camera.parallel:
            length = self._parts.say("ui.view.mm", mm=volume_paint.scale_mm(stage))
            end = QPointF(stage.width - MAN_PX - 14, self._free(right=True) - 10)
            volume_paint.scale_bar(painter, stage, end, length)

    def _free(self, *, right: bool = False) -> float:
        """Return the y above which nothing of ours lies over the left or right of the picture."""
        over = (self._choices, self._tools, *((self._curve,) if right else ()))
        return min((one.y() for one in over if one.isVisible()), default=self.height())

    def _paint_remarks(self, painter: QPainter, wish: Wish) -> None:
        """Say what is not shown, and what of the data is not as it was acquired."""
        language = self._parts.language.now
        said = [
            hidden_words(wish.cutaway, language),
            reduced_words(self._worker.reduced, language),
            lossy_mark(wish.volume, language),
        ]
        free, size = self._free(), TEXT_PX
        if self._presenting:
            free, size = self.height(), slice_paint.COURT_PX
        metrics = QFontMetricsF(text_font(size))
        room = self.width() * _REMARK_SHARE
        if self._curve.isVisible():
            room = min(room, self._curve.x() - _BESIDE_PX)
        lines = [part for one in said if one for part in volume_paint.folded(one, metrics, room)]
        slice_paint.remarks(painter, self.width(), free, lines, size)

    def _paint_marks(self, painter: QPainter, stage: Stage) -> None:
        volume_paint.position(painter, stage.place(self._views.position.now))
        drawn = marks(self._parts.findings, self._parts.trajectory.draft.now)
        volume_paint.drafts(painter, stage, drawn)
        below, man = (stage.height - self._free(right=side) for side in (False, True))
        pixels = slice_paint.COURT_PX if self._presenting else TEXT_PX
        margin = volume_paint.margin_of(stage.width, stage.height, below, man + MAN_PX, pixels)
        volume_paint.labels(painter, stage, _numbered(drawn), margin, pixels)

    def _say_in_the_middle(self, painter: QPainter, sentence: str) -> None:
        painter.setFont(text_font())
        painter.setPen(picture_colour("quiet"))
        box = QRectF(self.rect()).adjusted(30, 30, -30, -30)
        middle = Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap
        painter.drawText(box, middle, sentence)

    # what is done

    @override
    def mousePressEvent(self, event: QMouseEvent) -> None:
        self._buttons = event.button()
        self._pressed = self._last = event.position()
        stage = self.stage()
        if stage is None or event.button() != Qt.MouseButton.LeftButton:
            return
        self._cutter.press(stage, event.position())

    @override
    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        moved = event.position() - self._last
        camera, stage = self.camera(), self.stage()
        if camera is None or stage is None or self._buttons == Qt.MouseButton.NoButton:
            return
        left = self._buttons == Qt.MouseButton.LeftButton
        if self._cutter.drag(stage, self._last, event.position(), left=left):
            self._last = event.position()
            return
        if apart(event.position(), self._pressed) <= _CLICK_PX and not self._is_turning():
            return
        self._last = event.position()
        if self._buttons == Qt.MouseButton.LeftButton:
            turned = orbit(camera, -moved.x() * _RADIANS_PER_PX, moved.y() * _RADIANS_PER_PX)
            self._set(turned)
        elif self._buttons == Qt.MouseButton.MiddleButton:
            ratio = self.devicePixelRatioF()
            shifted = pan(camera, self.device_size(), moved.x() * ratio, moved.y() * ratio)
            self._set(shifted)
        elif self._buttons == Qt.MouseButton.RightButton:
            self._set(zoom(camera, 1.01 ** -moved.y()))

    def _is_turning(self) -> bool:
        return self._last != self._pressed

    @override
    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        click = not self._is_turning() and event.button() == Qt.MouseButton.LeftButton
        pressed, self._buttons = self._buttons, Qt.MouseButton.NoButton
        if self._cutter.release(self.camera()):
            self.update()
            return
        if click and pressed == Qt.MouseButton.LeftButton:
            self._parts.attempt(partial(self._click, event.position()))

    @override
    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        if self._parts.tool.now == "trajectory":
            self.mousePressEvent(event)
        else:
            self._full_view()

    def _click(self, place: QPointF) -> None:
        lps = self._surface_at(place)
        if self._parts.tool.now == "trajectory":
            name = self._parts.findings.default_name(self._parts.language.now)
            self._parts.trajectory.click(lps, name)
        self._views.go(lps)

    def _surface_at(self, place: QPointF) -> tuple[float, float, float]:
        """Return where the line of sight meets what the preset shows.

        Raises:
            UsageError: it meets nothing, or nothing is shown yet.
        """
        volume, camera = self._views.volume.now, self.camera()
        if volume is None or camera is None:
            raise UsageError("ui.pick.nothing")
        ratio = self.devicePixelRatioF()
        x, y = place.x() * ratio - 0.5, place.y() * ratio - 0.5
        hidden = self._views.cutaway.now
        found = pick(volume, self._preset(volume), camera, self.device_size(), x, y, hidden)
        if found is None:
            raise UsageError("ui.pick.nothing")
        return found

    @override
    def wheelEvent(self, event: QWheelEvent) -> None:
        camera = self.camera()
        notches = event.angleDelta().y() / _NOTCH
        zooming = bool(event.modifiers() & Qt.KeyboardModifier.ControlModifier)
        if (zooming or not self._cutter.wheel(notches)) and camera is not None:
            self._set(zoom(camera, _ZOOM_A_NOTCH**notches))

    @override
    def keyPressEvent(self, event: QKeyEvent) -> None:
        key = pressed(event)
        if self._cutter.takes_back(event):
            self._cutter.take_back(event)
        elif key in _VIEW_KEYS:
            self.look_from(_VIEW_KEYS[key])
        elif key == Qt.Key.Key_F:
            self._full_view()
        elif key == Qt.Key.Key_Space:
            self._views.camera.set(None)
        elif key != Qt.Key.Key_Escape or not self._cutter.leave():
            super().keyPressEvent(event)

    def _full_view(self) -> None:
        full = self._views.layout.now == "volume"
        self._views.layout.set("all" if full else "volume")

    @override
    def resizeEvent(self, event: QResizeEvent) -> None:
        self._place_man()
        self._move()

    def _place_man(self) -> None:
        """Keep the little man in the lower right corner, above the controls."""
        top = round(self._free(right=True)) - MAN_PX - 2
        self._man.move(self.width() - MAN_PX - 4, top)
        there = self._views.volume.now is not None and not self._presenting
        self._man.setVisible(there and top >= _MAN_FROM_PX)  # else he would lie on the words

    @override
    def event(self, event: QEvent) -> bool:
        if event.type() == QEvent.Type.ShortcutOverride and self._cutter.takes_back(event):
            event.accept()  # while cuts are made here, the keys of undo are theirs, not the case's
            return True
        handled = super().event(event)
        if event.type() == QEvent.Type.LayoutRequest:
            QTimer.singleShot(0, self._man, self._place_man)
        return handled

    @override
    def showEvent(self, event: QShowEvent) -> None:
        self._move()


def _numbered(drawn: Sequence[Mark]) -> list[Mark]:
    """Return the marks that have a number of their own; a draft has none yet."""
    return [one for one in drawn if not one.draft]
