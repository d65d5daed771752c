"""What the views along and across a path have in common: place, window, size, keys.

The wheel goes along the path by mm, with Ctrl it enlarges, with Shift it thickens; the right
button changes the window.
"""

from __future__ import annotations

import math
from typing import Protocol

from PySide6.QtCore import QPointF, QSize, Qt
from PySide6.QtGui import (
    QColor,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QWheelEvent,
)
from PySide6.QtWidgets import QSizePolicy, QWidget
from typing_extensions import override

from viewer.presenters.tools.forms import At
from viewer.widgets.bind import follow, hear
from viewer.widgets.examine.resting_mouse import RestingMouse
from viewer.widgets.examine.slice_marks import SliceMarks
from viewer.widgets.examine.slice_mouse import whole_notches
from viewer.widgets.keyboard import pressed
from viewer.widgets.parts import MARKING, Parts
from virtopsy.geometry.camera import Point

_STEP_MM, _PAGE_MM = 1.0, 10.0
_STEPS_MM = {
    Qt.Key.Key_Up: _STEP_MM,
    Qt.Key.Key_Right: _STEP_MM,
    Qt.Key.Key_Down: -_STEP_MM,
    Qt.Key.Key_Left: -_STEP_MM,
    Qt.Key.Key_PageUp: _PAGE_MM,
    Qt.Key.Key_PageDown: -_PAGE_MM,
}
_END_KEYS = {Qt.Key.Key_Home: False, Qt.Key.Key_End: True}
_WINDOW_KEYS = {Qt.Key(Qt.Key.Key_1.value + n): n + 1 for n in range(9)}
_ZOOM_A_NOTCH = 1.15
_NOTCH = 120
_CLICK_PX = 4.0  # a press and release nearer than this is a click, not a drag


class Under(Protocol):
    """A picture that knows which place of the patient lies under the mouse."""

    def lps(self, place: QPointF) -> Point:
        """Return the LPS point shown under a place of the widget."""
        ...


class PathPane(QWidget):
    """One of the two views; a child paints it and says what the left button does."""

    def __init__(self, parts: Parts, name: str) -> None:
        super().__init__()
        self.setObjectName(f"view.{name}")
        self.setMouseTracking(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Ignored)
        self.setMinimumSize(120, 90)
        self._parts, self._views, self._along = parts, parts.views, parts.along
        self._last = QPointF()
        self._held = Qt.MouseButton.NoButton
        self._scroll_rest = self._thick_rest = 0
        self._pressed = QPointF()
        self.marks = SliceMarks(parts, name)
        self._rest = RestingMouse(self, parts.views, self._lps_mm)

    def repaint_with(self) -> None:
        """Repaint whenever what is seen changes."""
        views, along, parts = self._views, self._along, self._parts
        follow(self, views.position, self._again, now=False)
        follow(self, views.window, self._again, now=False)
        follow(self, views.slab, self._again, now=False)
        follow(self, views.smooth, self._again, now=False)
        follow(self, parts.marks.shown, self._again, now=False)
        follow(self, along.followed, self._again, now=False)
        follow(self, along.turned, self._again, now=False)
        follow(self, along.place_mm, self._again, now=False)
        follow(self, along.closer, self._again, now=False)
        follow(self, parts.language, self._again, now=False)
        follow(self, parts.subject.stated, self._again, now=False)
        hear(self, parts.session.changed, self._again)

    def _again(self, _: object) -> None:
        self._rest.again()
        self.update()

    # what a child does

    def under(self) -> Under | None:
        """Return how the patient lies on this widget; None while no path is followed."""
        raise NotImplementedError

    def draw(self, painter: QPainter) -> None:
        """Paint the picture and all that lies on it."""
        raise NotImplementedError

    def at(self, place: QPointF, keys: Qt.KeyboardModifier) -> At | None:
        """Return the place under the mouse as a finding is marked there; None without a path."""
        raise NotImplementedError

    def press_left(self, place: QPointF) -> None:
        """Take hold of what lies under the mouse."""
        raise NotImplementedError

    def drag_left(self, place: QPointF) -> None:
        """Drag what is held."""
        raise NotImplementedError

    def let_go(self) -> None:
        """Let go of it."""

    def drag_middle(self, moved: QPointF) -> None:
        """Drag with the middle button."""

    # what is seen

    @property
    def device_size(self) -> tuple[int, int]:
        """Width and height of the picture, device pixels."""
        ratio = self.devicePixelRatioF()
        return max(round(self.width() * ratio), 1), max(round(self.height() * ratio), 1)

    def _lps_mm(self, place: QPointF) -> Point | None:
        under = self.under()
        return None if under is None else under.lps(place)

    @override
    def sizeHint(self) -> QSize:
        return QSize(480, 320)

    @override
    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.fillRect(self.rect(), QColor(0, 0, 0))
        self.draw(painter)
        painter.end()

    # what is done

    @override
    def mousePressEvent(self, event: QMouseEvent) -> None:
        if self.under() is None:
            return
        self._parts.reading.cine.stop()
        self._last, self._held = event.position(), event.button()
        self._pressed = event.position()
        if self._held == Qt.MouseButton.LeftButton and not self._marking:
            self.press_left(event.position())

    @override
    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        moved, self._last = event.position() - self._last, event.position()
        if self.under() is None:
            return
        if self._marking:
            self._hover(event)
        if self._held == Qt.MouseButton.LeftButton and not self._marking:
            self.drag_left(event.position())
        elif self._held == Qt.MouseButton.RightButton:
            self._views.drag_window(moved.x(), -moved.y())
        elif self._held == Qt.MouseButton.MiddleButton:
            self.drag_middle(moved)

    @override
    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        clicked = self._held == Qt.MouseButton.LeftButton and self._is_click(event.position())
        self._held = Qt.MouseButton.NoButton
        self.let_go()
        at = self.at(event.position(), event.modifiers()) if clicked and self._marking else None
        if at is not None:
            self._parts.attempt(lambda: self._parts.points.click(at))

    @override
    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.LeftButton and self._marking:
            self._parts.attempt(self._parts.points.finish)  # its first press marked the last point
        else:
            self.mousePressEvent(event)

    @property
    def _marking(self) -> bool:
        """Whether clicks mark points."""
        parts = self._parts
        return parts.points.draft.now is not None or parts.tool.now in MARKING

    def _hover(self, event: QMouseEvent) -> None:
        at = self.at(event.position(), event.modifiers())
        if at is not None:
            self._parts.points.hover(at)

    def _is_click(self, place: QPointF) -> bool:
        moved = place - self._pressed
        return math.hypot(moved.x(), moved.y()) <= _CLICK_PX

    @override
    def wheelEvent(self, event: QWheelEvent) -> None:
        if self.under() is None:
            return
        self._parts.reading.cine.stop()
        turned, keys = event.angleDelta().y(), event.modifiers()
        if keys & Qt.KeyboardModifier.ControlModifier:
            self._along.enlarge(_ZOOM_A_NOTCH ** (turned / _NOTCH))
        elif keys & Qt.KeyboardModifier.ShiftModifier:
            sideways = turned or event.angleDelta().x()  # some systems turn the wheel so
            self._thick_rest, notches = whole_notches(self._thick_rest, sideways)
            self._parts.reading.thicken(notches)
        else:
            self._scroll_rest, notches = whole_notches(self._scroll_rest, turned)
            self._along.step(notches * _STEP_MM)

    @override
    def keyPressEvent(self, event: QKeyEvent) -> None:
        key = pressed(event)
        if self.under() is None:
            super().keyPressEvent(event)
        elif key in _STEPS_MM:
            self._along.step(_STEPS_MM[key])
        elif key in _END_KEYS:
            self._along.go_to_end(last=_END_KEYS[key])
        elif key in _WINDOW_KEYS:
            self._parts.reading.choose_window(_WINDOW_KEYS[key])
        elif key == Qt.Key.Key_I:
            self._views.smooth.set(not self._views.smooth.now)
        elif key == Qt.Key.Key_F:
            self._along.leave()
        elif key == Qt.Key.Key_Space:
            self._along.reset()
        else:
            super().keyPressEvent(event)
