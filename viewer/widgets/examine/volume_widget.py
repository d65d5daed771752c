"""The 3D view: paints the worker's newest picture; the mouse turns, zooms, picks and marks."""

from __future__ import annotations

import math
from functools import partial

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QPointF, QRectF, QSize, Qt, QTimer
from PySide6.QtGui import (
    QColor,
    QImage,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QResizeEvent,
    QShowEvent,
    QWheelEvent,
)
from PySide6.QtWidgets import QSizePolicy, QVBoxLayout, QWidget
from typing_extensions import override

from viewer.presenters.tools.marks import marks
from viewer.render.glyphs.trajectory import TrajectoryGlyph
from viewer.render.picking import pick, visible_points
from viewer.render.scene import Quality
from viewer.render.slice_camera import direction_letters
from viewer.render.volume_view import BACKGROUND, Picture
from viewer.widgets.bind import follow, hear
from viewer.widgets.examine import slice_paint
from viewer.widgets.examine.volume_choices import VolumeChoices
from viewer.widgets.examine.volume_worker import VolumeWorker, Wish
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
    project,
    zoom,
)
from virtopsy.geometry.frame import Floats
from virtopsy.imaging.compression import lossy_mark
from virtopsy.imaging.preset import preset_named
from virtopsy.imaging.volume import Volume

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
        self._choices = VolumeChoices(parts, self.look_from)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addStretch(1)
        column.addWidget(self._choices)
        self._follow()

    def close_worker(self) -> None:
        """End the rendering thread; the widget shows its last picture from then on."""
        self._rest.stop()
        self._soon.stop()
        self._worker.close()

    def set_presenting(self, presenting: bool) -> None:
        """Show a court the picture alone, sides in full words, or undo that."""
        self._presenting = presenting
        self._choices.setVisible(not presenting)

    def _follow(self) -> None:
        views, parts = self._views, self._parts
        follow(self, views.volume, self._take_volume)
        follow(self, views.preset, lambda _: self._move())
        follow(self, views.camera, lambda _: self._move(), now=False)
        follow(self, views.position, lambda _: self.update(), now=False)
        follow(self, parts.trajectory.draft, lambda _: self.update(), now=False)
        follow(self, parts.findings.selected, lambda _: self._move(), now=False)
        follow(self, parts.language, lambda _: self.update(), now=False)
        follow(self, parts.tool, self._show_tool)
        hear(self, parts.session.changed, lambda _: self._move())

    def _take_volume(self, volume: Volume | None) -> None:
        self._shown = self._trouble = None
        self._choices.setVisible(volume is not None)
        self._move()

    def _show_tool(self, tool: str) -> None:
        marking = tool == "trajectory"
        self.setCursor(Qt.CursorShape.CrossCursor if marking else Qt.CursorShape.OpenHandCursor)

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

    def _visible(self) -> Floats:
        """Return points (n, 3), LPS mm, spread over what the preset shows; found once."""
        volume, preset = self._views.volume.now, self._views.preset.now
        assert volume is not None  # noqa: S101 -- asked only while one is shown
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
        """Look from a standard direction."""
        if self._views.volume.now is not None:
            self._set(self.standard(name))

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
        preset = self._views.preset.now
        self._wanted = Wish(volume, self.device_size(), camera, preset, glyphs, quality)
        self._worker.ask(self._wanted)

    def _deliver(self, wish: Wish, picture: Picture) -> None:
        if wish.volume is self._views.volume.now:
            self._shown = (wish, picture)
            self.update()

    def _fail(self, error: BaseException) -> None:
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
        right, up, _sight = wish.camera.axes
        around = {"left": -right, "right": right, "top": up, "bottom": -up}
        shown = {edge: direction_letters(vector) for edge, vector in around.items()}
        width, height = self.width(), self.height()
        if mark := lossy_mark(wish.volume, self._parts.language.now):
            free, size = self._choices.y(), TEXT_PX
            if self._presenting:
                free, size = height, slice_paint.COURT_PX
            slice_paint.remarks(painter, width, free, [mark], size)
        if self._presenting:
            court = slice_paint.sides_in_words(shown, self._parts.language.now)
            slice_paint.letters(painter, width, height, court, slice_paint.COURT_PX)
            self._paint_marks(painter, wish)
            return
        slice_paint.letters(painter, width, height, shown)
        self._paint_marks(painter, wish)
        slice_paint.corner_lines(painter, width, self._parts.whose(wish.volume.identity))
        what = [self._parts.say("ui.layout.volume"), self._parts.say("ui.volume.demonstrative")]
        slice_paint.corner_lines(painter, width, what, right=True)

    def _paint_marks(self, painter: QPainter, wish: Wish) -> None:
        at = self._place(wish, self._views.position.now)
        painter.setPen(QPen(picture_colour("accent", 200), 1.2))
        for dx, dy in ((1, 0), (-1, 0), (0, 1), (0, -1)):
            painter.drawLine(at + QPointF(4 * dx, 4 * dy), at + QPointF(11 * dx, 11 * dy))
        for one in marks(self._parts.findings, self._parts.trajectory.draft.now):
            start, end = (self._place(wish, lps) for lps in one.ends_lps_mm)
            if one.draft:
                painter.setPen(QPen(picture_colour("trajectory"), 2.0, Qt.PenStyle.DashLine))
                painter.drawLine(start, end)
                for place in (start, end):
                    slice_paint.ring(painter, place, filled=False)
            slice_paint.badge(painter, start, end, str(one.number), selected=one.selected)

    def _say_in_the_middle(self, painter: QPainter, sentence: str) -> None:
        painter.setFont(text_font())
        painter.setPen(picture_colour("quiet"))
        box = QRectF(self.rect()).adjusted(30, 30, -30, -30)
        middle = Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap
        painter.drawText(box, middle, sentence)

    def _place(self, wish: Wish, lps_mm: tuple[float, float, float]) -> QPointF:
        x, y, _depth = project(wish.camera, wish.size, lps_mm)
        across, down = self.width() / wish.size[0], self.height() / wish.size[1]
        return QPointF((x + 0.5) * across, (y + 0.5) * down)

    # what is done

    @override
    def mousePressEvent(self, event: QMouseEvent) -> None:
        self._buttons = event.button()
        self._pressed = self._last = event.position()

    @override
    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        moved = event.position() - self._last
        camera = self.camera()
        if camera is None or self._buttons == Qt.MouseButton.NoButton:
            return
        if _length(event.position() - self._pressed) <= _CLICK_PX and not self._is_turning():
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
        preset = preset_named(self._views.preset.now, volume)
        found = pick(volume, preset, camera, self.device_size(), x, y)
        if found is None:
            raise UsageError("ui.pick.nothing")
        return found

    @override
    def wheelEvent(self, event: QWheelEvent) -> None:
        camera = self.camera()
        if camera is not None:
            factor = _ZOOM_A_NOTCH ** (event.angleDelta().y() / _NOTCH)
            self._set(zoom(camera, factor))

    @override
    def keyPressEvent(self, event: QKeyEvent) -> None:
        key = Qt.Key(event.key())
        if key in _VIEW_KEYS:
            self.look_from(_VIEW_KEYS[key])
        elif key == Qt.Key.Key_F:
            self._full_view()
        elif key == Qt.Key.Key_Space:
            self._views.camera.set(None)
        else:
            super().keyPressEvent(event)

    def _full_view(self) -> None:
        full = self._views.layout.now == "volume"
        self._views.layout.set("all" if full else "volume")

    @override
    def resizeEvent(self, event: QResizeEvent) -> None:
        self._move()

    @override
    def showEvent(self, event: QShowEvent) -> None:
        self._move()


def _length(moved: QPointF) -> float:
    return math.hypot(moved.x(), moved.y())
