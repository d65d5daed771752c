"""The examine room: top line, warnings, four views, findings at the right."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeyEvent, QResizeEvent, QShowEvent
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget
from typing_extensions import override

from viewer.widgets.examine.findings_panel import FindingsPanel
from viewer.widgets.examine.help_sheet import HelpSheet
from viewer.widgets.examine.paint_bar import PaintBar
from viewer.widgets.examine.top_line import TopLine
from viewer.widgets.examine.view_grid import ViewGrid
from viewer.widgets.keyboard import pressed
from viewer.widgets.notice import WarningStrip
from viewer.widgets.parts import Parts
from viewer.widgets.theme import clothe

_PANEL_SHARE = 0.172  # leaves the views 70% of a window of 1280 x 720
_PANEL_PX = (208, 360)
_ENTER = {Qt.Key.Key_Return, Qt.Key.Key_Enter}
_MARKING_KEYS = {
    Qt.Key.Key_L: "measure",
    Qt.Key.Key_W: "wound",
    Qt.Key.Key_G: "fragment",
    Qt.Key.Key_X: "fracture",
    Qt.Key.Key_N: "note",
}
_HELD_MS = 400  # a key pressed longer than that was held


class ExamineRoom(QWidget):
    """Where findings are made."""

    def __init__(
        self, parts: Parts, to_court: Callable[[], None], save: Callable[[], None]
    ) -> None:
        super().__init__()
        self.setObjectName("room.examine")
        self._parts = parts
        self._pressed_ms = 0
        self.top = TopLine(parts, to_court, save)
        self.views = ViewGrid(parts)
        self._panel = FindingsPanel(parts)
        self._middle = QHBoxLayout()
        self._middle.setSpacing(0)
        self._middle.addWidget(self.views, 1)
        self._middle.addWidget(self._panel)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.top)
        column.addWidget(WarningStrip(parts))
        column.addWidget(PaintBar(parts))
        column.addLayout(self._middle, 1)
        HelpSheet(parts, self)
        # Each by itself: styled at once they would silence the window too long.
        for part in self.findChildren(QWidget, options=Qt.FindChildOption.FindDirectChildrenOnly):
            clothe(part)

    def take_back(self, views: ViewGrid) -> None:
        """Put the views back after the court borrowed them."""
        self._middle.insertWidget(0, views, 1)
        views.show()

    @override
    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Take the keys of the whole room, wherever in it the keyboard is.

        Esc leaves the loupe, the tool, then the layout; R takes the tool for regions, M the loupe;
        T looks along the track; Enter ends the path that is drawn, Backspace takes its last point
        back. L, W, G, X and N take the marking tools, B snaps, K keeps a key picture, Delete
        withdraws the selected finding; V takes the volumes, which Enter keeps.
        """
        parts, key = self._parts, pressed(event)
        if self._mark(key):
            return
        if key == Qt.Key.Key_Escape:
            self._escape()
        elif key == Qt.Key.Key_R:
            self.top.choose_region()
        elif key == Qt.Key.Key_V:
            parts.paint_volumes()
        elif key == Qt.Key.Key_M:
            self._magnify(event)
        elif key == Qt.Key.Key_T:
            parts.along.toggle()
        elif key in _ENTER and parts.tool.now == "path":
            parts.finish_path()
        elif key == Qt.Key.Key_Backspace and parts.tool.now == "path":
            parts.along.take_back()
        else:
            super().keyPressEvent(event)

    def _mark(self, key: Qt.Key) -> bool:
        """Do what a key of the marking tools does; False for any other."""
        parts, points = self._parts, self._parts.points
        drafted, chosen = points.draft.now is not None, parts.findings.selected.now
        if key in _MARKING_KEYS:
            self.top.choose_marking(_MARKING_KEYS[key])
        elif key == Qt.Key.Key_B:
            points.next_snap()
        elif key == Qt.Key.Key_K:
            self.views.slices[parts.reading.active.now].keep_key_picture()
        elif parts.tool.now == "volume" and key in _ENTER:
            parts.keep_volume()
        elif parts.tool.now == "volume" and key == Qt.Key.Key_Backspace:
            parts.paint.take_back()
        elif drafted and key in _ENTER:
            parts.attempt(points.finish)
        elif drafted and key == Qt.Key.Key_Backspace:
            points.take_back()
        elif key == Qt.Key.Key_Delete and chosen is not None:
            parts.attempt(lambda: points.withdraw(chosen))
        else:
            return False
        return True

    def _escape(self) -> None:
        parts = self._parts
        if parts.loupe.now:
            parts.loupe.set(False)
        elif parts.points.draft.now is not None or parts.handles.drag.now is not None:
            parts.give_up_marking()
        elif parts.tool.now != "point" or parts.trajectory.draft.now is not None:
            parts.leave_tool()
        elif parts.findings.unlocked.now is not None:
            parts.findings.unlocked.set(None)
        else:
            parts.views.layout.set("all")

    @override
    def keyReleaseEvent(self, event: QKeyEvent) -> None:
        """Put the loupe away when its key was held; after a short press it stays."""
        if pressed(event) != Qt.Key.Key_M:
            super().keyReleaseEvent(event)
        elif not event.isAutoRepeat() and event.timestamp() - self._pressed_ms > _HELD_MS:
            self._parts.loupe.set(False)

    def _magnify(self, event: QKeyEvent) -> None:
        if not event.isAutoRepeat():
            self._pressed_ms = event.timestamp()
            self._parts.loupe.set(not self._parts.loupe.now)

    @override
    def showEvent(self, event: QShowEvent) -> None:
        """Give the keys to the views: Space and arrows belong to the picture, not to the rail."""
        self.views.take_keys()

    @override
    def resizeEvent(self, event: QResizeEvent) -> None:
        smallest, largest = _PANEL_PX
        wanted = round(self.width() * _PANEL_SHARE)
        self._panel.setFixedWidth(min(max(wanted, smallest), largest))
