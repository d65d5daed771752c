"""One slice view: paints the pixels of its camera and turns the mouse into places of the patient.

At most one picture is rendered a turn of the event loop: everything only asks for a repaint, and
`paintEvent` renders what the camera and the window are then.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QEvent, QPointF, QSize, Qt, QTimer
from PySide6.QtGui import (
    QColor,
    QEnterEvent,
    QImage,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QWheelEvent,
)
from PySide6.QtWidgets import QSizePolicy, QWidget
from typing_extensions import override

from viewer.presenters.examine.slabs import decimals
from viewer.presenters.tools.marks import Mark, marks
from viewer.render.gaps import gap_areas, gap_words
from viewer.render.slice_camera import SliceCamera
from viewer.render.slice_view import SliceRenderer
from viewer.widgets.bind import follow, hear
from viewer.widgets.examine import slice_paint
from viewer.widgets.examine.slice_paint import COURT_PX, NEAR_MM, Sheet
from viewer.widgets.keyboard import pressed
from viewer.widgets.parts import Parts
from viewer.widgets.theme import TEXT_PX
from virtopsy.geometry.plane import Plane, facing, step_mm
from virtopsy.imaging.compression import lossy_mark
from virtopsy.imaging.slab import Slab
from virtopsy.imaging.volume import Quantity, Volume
from virtopsy.imaging.window import Window

_GRAB_PX = 9.0
_CLICK_PX = 4.0  # a press and release nearer than this is a click, not a drag
_ZOOM_A_NOTCH = 1.15
_NOTCH = 120
_PAGE = 10
_ALONG = 0.7  # cosine: the view shows more of one slice than of all of them
_SIDE = {"sagittal": ("L", "R"), "coronal": ("P", "A"), "axial": ("S", "I")}
_SCROLL_KEYS = {
    Qt.Key.Key_Up: 1,
    Qt.Key.Key_Right: 1,
    Qt.Key.Key_Down: -1,
    Qt.Key.Key_Left: -1,
    Qt.Key.Key_PageUp: _PAGE,
    Qt.Key.Key_PageDown: -_PAGE,
}
_END_KEYS = {Qt.Key.Key_Home: False, Qt.Key.Key_End: True}
_WINDOW_KEYS = {Qt.Key(Qt.Key.Key_1.value + n): n + 1 for n in range(9)}
_LEANS_DEG = 0.05
_Wanted: TypeAlias = tuple[SliceCamera, Window, Slab | None, bool]
_SAMPLES = 14  # behind a pixel of a changing slab, at which it is drawn at half its size
_COARSEST = 6
_REST_MS = 150
_Drag = Callable[[QPointF, QPointF], None]


class SliceWidget(QWidget):
    """Axial, coronal or sagittal."""

    def __init__(self, parts: Parts, plane: str) -> None:
        super().__init__()
        self.setObjectName(f"view.{plane}")
        self.setMouseTracking(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Ignored)
        self.setMinimumSize(120, 90)
        self._parts = parts
        self._views = parts.views
        self.plane = plane
        self._renderer: SliceRenderer | None = None
        self._wanted: _Wanted | None = None
        self._rendered: tuple[_Wanted, bool] | None = None
        self._fine = True
        self._refine = QTimer(self)
        self._refine.setSingleShot(True)
        self._refine.setInterval(_REST_MS)
        self._refine.timeout.connect(self._take_all_pixels)
        self._turning: QPointF | None = None
        self._grey: NDArray[np.uint8] = np.zeros((1, 1), dtype=np.uint8)
        self._drag: _Drag | None = None
        self._released: Callable[[], None] | None = None
        self._pressed = self._last = QPointF()
        self._scroll_rest = self._thick_rest = 0
        self._presenting = False
        self._follow()

    def _follow(self) -> None:
        views, parts = self._views, self._parts
        follow(self, views.shown, self._take_volume)
        follow(self, views.position, self._again, now=False)
        follow(self, views.window, self._again, now=False)
        follow(self, views.look[self.plane], self._again, now=False)
        follow(self, views.turn, self._again, now=False)
        follow(self, views.slab, self._again, now=False)
        follow(self, views.smooth, self._again, now=False)
        follow(self, parts.trajectory.draft, self._again, now=False)
        follow(self, parts.findings.selected, self._again, now=False)
        follow(self, parts.language, self._again, now=False)
        follow(self, parts.tool, self._show_tool)
        hear(self, parts.session.changed, self._again)

    def _again(self, _: object) -> None:
        self.update()

    def _take_volume(self, volume: Volume | None) -> None:
        self._renderer = None if volume is None else SliceRenderer(volume)
        self._rendered = None
        self.update()

    def _show_tool(self, tool: str) -> None:
        crossed = tool in {"point", "trajectory"}
        self.setCursor(Qt.CursorShape.CrossCursor if crossed else Qt.CursorShape.SizeAllCursor)

    def set_presenting(self, presenting: bool) -> None:
        """Show a court the picture alone, sides in full words, or undo that."""
        self._presenting = presenting
        self.update()

    # what is seen

    def sheet(self) -> Sheet | None:
        """Return how the patient lies on this widget now; None without a scan."""
        volume = self._views.shown.now
        if volume is None:
            return None
        ratio = self.devicePixelRatioF()
        width, height = max(round(self.width() * ratio), 1), max(round(self.height() * ratio), 1)
        plane, turn = Plane(self.plane), self._views.turn.now
        centre = self._views.centre_of(self.plane)
        scale = self._views.look[self.plane].now.mm_per_pixel
        if scale is None:
            fitted = SliceCamera.fit(volume.frame, plane, centre, width, height, turn)
            device_scale = fitted.mm_per_pixel
        else:
            device_scale = scale / ratio
        camera = SliceCamera(plane, centre, device_scale, width, height, turn)
        slab = self._views.slab.now
        thick = step_mm(volume.frame, plane, turn) if slab is None else slab.thickness_mm
        near = max(thick / 2, NEAR_MM)
        return Sheet(camera, ratio, near)

    def marks(self) -> tuple[Mark, ...]:
        """Return the tracks this view draws."""
        return marks(self._parts.findings, self._parts.trajectory.draft.now)

    @override
    def sizeHint(self) -> QSize:
        return QSize(480, 320)

    @override
    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.fillRect(self.rect(), QColor(0, 0, 0))
        sheet = self.sheet()
        volume = self._views.shown.now
        if sheet is None or volume is None:
            painter.end()
            return
        painter.drawImage(self.rect(), self._picture(sheet.camera))
        areas = gap_areas(volume, sheet.camera, self._views.slab.now)
        slice_paint.hatch(painter, sheet, areas)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        turned = self._turning is not None
        rings = not self._presenting
        slice_paint.crosshair(painter, sheet, self._views.position.now, turned=turned, rings=rings)
        for one in self.marks():
            slice_paint.mark(painter, sheet, one)
        self._paint_words(painter, sheet, volume)
        self._paint_remarks(painter, sheet, volume, hatched=bool(areas))
        painter.end()

    def _paint_words(self, painter: QPainter, sheet: Sheet, volume: Volume) -> None:
        say, identity = self._parts.say, volume.identity
        sides = sheet.camera.letters()
        length = say("ui.view.mm", mm=slice_paint.scale_mm(sheet))
        if self._presenting:
            court = slice_paint.sides_in_words(sides, self._parts.language.now)
            slice_paint.letters(painter, sheet.width, sheet.height, court, COURT_PX)
            slice_paint.scale_bar(painter, sheet, length, COURT_PX)
            return
        slice_paint.letters(painter, sheet.width, sheet.height, sides)
        slice_paint.scale_bar(painter, sheet, length)
        slice_paint.corner_lines(
            painter, sheet.width, slice_paint.fitting(self._parts.whose(identity), sheet.width)
        )
        slice_paint.corner_lines(
            painter,
            sheet.width,
            [say(f"render.plane.{self.plane}"), *self._slice_position(), *self._shown_how()],
            right=True,
        )

    def _paint_remarks(
        self, painter: QPainter, sheet: Sheet, volume: Volume, *, hatched: bool
    ) -> None:
        words = gap_words(volume, sheet.camera, self._parts.language.now)
        if self._awaited(volume):
            words = self._parts.say("ui.view.arriving")
        if words:
            slice_paint.notice(painter, sheet, words)
        remarks = [self._parts.say("render.gap.hatched")] if hatched and not words else []
        if volume.quantity is not Quantity.HU and not self._presenting:
            remarks.append(self._parts.say("ui.view.not_hu"))
        if self._presenting:
            remarks += self._shown_to_court()
        if mark := lossy_mark(volume, self._parts.language.now):
            remarks.append(mark)
        size = COURT_PX if self._presenting else TEXT_PX
        slice_paint.remarks(painter, sheet.width, sheet.height, remarks, size)

    def _awaited(self, volume: Volume) -> bool:
        """Tell whether the slice at the crosshair is still being read."""
        k = volume.slice_at(self._views.position.now)
        normal = facing(Plane(self.plane), self._views.turn.now).normal
        across = normal @ volume.frame.directions[:, 2]
        absent = k in volume.gaps and k not in volume.missing
        return absent and abs(float(across)) > _ALONG

    def _slice_position(self) -> list[str]:
        """Say where a straight slice lies; along a leaning axis it would be no place of a body."""
        if math.degrees(self._views.lean(self.plane)) >= _LEANS_DEG:
            return []
        value = self._views.along_mm(self.plane)
        plus, minus = _SIDE[self.plane]
        side = plus if value >= 0 else minus
        return [self._parts.say("ui.view.position", side=side, mm=self._parts.number(abs(value)))]

    def _take_all_pixels(self) -> None:
        """Sample every pixel in the background: a thick slab takes longer than a window may."""
        volume, wanted = self._views.shown.now, self._wanted
        if volume is None or wanted is None:
            return
        camera, window, slab, smooth = wanted
        self._parts.work.start(
            "reading.job.slab",
            lambda _: SliceRenderer(volume).pixels(camera, window, slab, smooth=smooth),
            lambda pixels: self._take_pixels(wanted, pixels),
            self._parts.trouble.announce,
            quiet=True,
        )

    def _take_pixels(self, wanted: _Wanted, pixels: NDArray[np.uint8]) -> None:
        """Show a finished picture, if it still is the one that is wanted."""
        if wanted == self._wanted:
            self._fine = True
            self._grey, self._rendered = np.ascontiguousarray(pixels), (wanted, True)
            self.update()

    @property
    def settled(self) -> bool:
        """Whether every pixel of the picture on the screen was sampled."""
        return self._rendered is not None and self._rendered[1] and self._fine

    def _shown_how(self) -> list[str]:
        """Say what is not as a plain slice: that it leans, is thick, or is not interpolated."""
        views, say = self._views, self._parts.say
        said = []
        lean = math.degrees(views.lean(self.plane))
        if lean >= _LEANS_DEG:
            said.append(say("reading.oblique", angle=self._parts.number(lean)))
        slab = views.slab.now
        if slab is not None:
            mm = self._parts.number(slab.thickness_mm, decimals(slab.thickness_mm))
            said.append(say(f"reading.slab.{slab.projection.value}.mm", mm=mm))
        if not views.smooth.now:
            said.append(say("reading.voxels"))
        return said

    def _shown_to_court(self) -> list[str]:
        """Say the same in the words of a court, one short remark each."""
        views, say = self._views, self._parts.say
        said = []
        if math.degrees(views.lean(self.plane)) >= _LEANS_DEG:
            said.append(say("reading.court.oblique"))
        if views.slab.now is not None:
            thick = views.slab.now.thickness_mm
            mm = self._parts.number(thick, decimals(thick))
            said.append(say("reading.court.slab", mm=mm))
        return said

    def _picture(self, camera: SliceCamera) -> QImage:
        views = self._views
        wanted = (camera, views.window.now, views.slab.now, views.smooth.now)
        if self._wanted != wanted:
            # A slab costs its thickness in slices: while it changes it is drawn in fewer pixels.
            self._wanted, self._fine = wanted, views.slab.now is None
            if not self._fine:
                self._refine.start()
        volume = views.shown.now
        if (
            self._renderer is not None
            and volume is not None
            and self._rendered != (wanted, self._fine)
        ):
            seen = camera if self._fine else camera.reduced(_coarseness(volume, wanted[2]))
            pixels = self._renderer.pixels(seen, wanted[1], wanted[2], smooth=wanted[3])
            self._grey = np.ascontiguousarray(pixels)
            self._rendered = (wanted, self._fine)
        height, width = self._grey.shape
        return QImage(self._grey.data, width, height, width, QImage.Format.Format_Grayscale8)

    # what is done

    @override
    def mousePressEvent(self, event: QMouseEvent) -> None:
        sheet = self.sheet()
        if sheet is None:
            return
        self._pressed = self._last = event.position()
        self._released = None
        self._parts.reading.use(self.plane)
        if event.button() == Qt.MouseButton.RightButton:
            self._drag = self._drag_window
        elif event.button() == Qt.MouseButton.MiddleButton:
            self._drag = self._drag_pan
        elif event.button() == Qt.MouseButton.LeftButton:
            self._press_left(sheet, event.position())

    def _press_left(self, sheet: Sheet, place: QPointF) -> None:
        tool = self._parts.trajectory
        grabbed = self._end_at(sheet, place) if tool.draft.now is None else None
        if grabbed is not None:
            tool.grab(*grabbed)
            self._drag, self._released = self._drag_end, tool.release
            return
        if tool.draft.now is None and self._on_handle(sheet, place):
            self._turning, self._drag, self._released = place, self._drag_turn, self._end_turn
            return
        number = self._badge_at(sheet, place) if tool.draft.now is None else None
        if number is not None:
            self._parts.findings.selected.set(number)
            return
        self._start_tool(place)

    def _start_tool(self, place: QPointF) -> None:
        if self._parts.tool.now == "window":
            self._drag = self._drag_window
        elif self._parts.tool.now == "trajectory" and not self._views.arriving:
            self._released = self._click_trajectory
        else:
            self._drag = self._drag_point
            self._drag_point(place, place)

    @override
    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        sheet = self.sheet()
        if sheet is None:
            return
        self._views.point_at(sheet.lps(event.position()))
        if self._drag is not None:
            self._drag(self._last, event.position())
        elif self._parts.trajectory.draft.now is not None:
            self._parts.trajectory.hover(sheet.lps(event.position()))
        self._last = event.position()

    @override
    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        self._last = event.position()
        released, self._released, self._drag = self._released, None, None
        if released is not None:
            self._parts.attempt(released)

    @override
    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.LeftButton and self._parts.tool.now != "trajectory":
            self._full_view()
        else:
            self.mousePressEvent(event)

    def _on_handle(self, sheet: Sheet, place: QPointF) -> bool:
        ends = slice_paint.turn_handles(sheet, self._views.position.now)
        return any(_apart(end, place) <= _GRAB_PX for end in ends)

    def _drag_turn(self, before: QPointF, now: QPointF) -> None:
        """Turn the two other planes about the crosshair, as far as the mouse goes round it."""
        sheet = self.sheet()
        if sheet is None:
            return
        middle = sheet.place(self._views.position.now)
        one, other = before - middle, now - middle
        angle = math.atan2(other.y(), other.x()) - math.atan2(one.y(), one.x())
        self._turning = now
        self._views.turn_about(self.plane, math.remainder(angle, math.tau))

    def _end_turn(self) -> None:
        self._turning = None
        self.update()

    def _drag_point(self, before: QPointF, now: QPointF) -> None:
        sheet = self.sheet()
        if sheet is not None:
            self._views.go(sheet.lps(now), self.plane)

    def _drag_window(self, before: QPointF, now: QPointF) -> None:
        moved = now - before
        self._views.drag_window(moved.x(), -moved.y())

    def _drag_pan(self, before: QPointF, now: QPointF) -> None:
        sheet = self.sheet()
        if sheet is not None:
            x, y, z = np.subtract(sheet.lps(now), sheet.lps(before)).tolist()
            self._views.pan(self.plane, (x, y, z))

    def _drag_end(self, before: QPointF, now: QPointF) -> None:
        sheet = self.sheet()
        if sheet is not None:
            self._parts.trajectory.hover(sheet.lps(now))

    def _click_trajectory(self) -> None:
        sheet = self.sheet()
        if sheet is not None and _apart(self._pressed, self._last) <= _CLICK_PX:
            name = self._parts.findings.default_name(self._parts.language.now)
            self._parts.trajectory.click(sheet.lps(self._last), name)

    def _end_at(self, sheet: Sheet, place: QPointF) -> tuple[str, int] | None:
        for one in self.marks():
            for end, lps in enumerate(one.ends_lps_mm):
                near = sheet.is_near(lps) and _apart(sheet.place(lps), place) <= _GRAB_PX
                if near and one.finding_id is not None:
                    return one.finding_id, end
        return None

    def _badge_at(self, sheet: Sheet, place: QPointF) -> str | None:
        for one in self.marks():
            start, end = (sheet.place(lps) for lps in one.ends_lps_mm)
            if _apart(slice_paint.badge_place(start, end), place) <= _GRAB_PX + 1:
                return one.finding_id
        return None

    @override
    def wheelEvent(self, event: QWheelEvent) -> None:
        sheet = self.sheet()
        if sheet is None:
            return
        self._parts.reading.use(self.plane)
        turned = event.angleDelta().y()
        if event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            fitted = sheet.camera.mm_per_pixel * sheet.ratio
            fixed = sheet.lps(event.position())
            self._views.zoom(self.plane, _ZOOM_A_NOTCH ** (turned / _NOTCH), fitted, fixed)
            return
        if event.modifiers() & Qt.KeyboardModifier.ShiftModifier:
            # Some systems turn a wheel with Shift into one that goes sideways.
            self._thicken(turned or event.angleDelta().x())
            return
        self._scroll_rest += turned  # touch pads send parts of a notch
        notches = int(self._scroll_rest / _NOTCH)
        self._scroll_rest -= notches * _NOTCH
        if notches:
            self._views.scroll(self.plane, notches)

    def _thicken(self, turned: int) -> None:
        self._thick_rest += turned
        notches = int(self._thick_rest / _NOTCH)
        self._thick_rest -= notches * _NOTCH
        if notches:
            self._parts.reading.thicken(notches)

    @override
    def keyPressEvent(self, event: QKeyEvent) -> None:
        key = pressed(event)
        if self._views.shown.now is None:
            super().keyPressEvent(event)
            return
        if key == Qt.Key.Key_C:
            self._parts.reading.cine.toggle(self._views, self.plane)
            return
        self._parts.reading.use(self.plane)
        if key in _SCROLL_KEYS:
            self._views.scroll(self.plane, _SCROLL_KEYS[key])
        elif key in _END_KEYS:
            self._parts.reading.go_to_end(self.plane, last=_END_KEYS[key])
        elif key in _WINDOW_KEYS:
            self._parts.reading.choose_window(_WINDOW_KEYS[key])
        elif key == Qt.Key.Key_I:
            self._views.smooth.set(not self._views.smooth.now)
        elif key == Qt.Key.Key_F:
            self._full_view()
        elif key == Qt.Key.Key_Space:
            self._views.reset()
        else:
            super().keyPressEvent(event)

    def _full_view(self) -> None:
        full = self._views.layout.now == self.plane
        self._views.layout.set("all" if full else self.plane)

    @override
    def enterEvent(self, event: QEnterEvent) -> None:
        sheet = self.sheet()
        if sheet is not None:
            self._views.point_at(sheet.lps(event.position()))

    @override
    def leaveEvent(self, event: QEvent) -> None:
        self._views.point_at(None)


def _coarseness(volume: Volume, slab: Slab | None) -> int:
    """Return how many pixels along each side become one while a slab changes."""
    if slab is None:
        return 1
    samples = len(slab.depths_mm(volume.frame.spacing_mm))
    return min(max(round(2 * math.sqrt(samples / _SAMPLES)), 2), _COARSEST)


def _apart(one: QPointF, other: QPointF) -> float:
    return math.hypot(one.x() - other.x(), one.y() - other.y())
