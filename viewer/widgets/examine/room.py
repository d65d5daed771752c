"""The examine room: top line, warnings, four views, findings at the right."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeyEvent, QResizeEvent, QShowEvent
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget
from typing_extensions import override

from viewer.widgets.examine.findings_panel import FindingsPanel
from viewer.widgets.examine.top_line import TopLine
from viewer.widgets.examine.view_grid import ViewGrid
from viewer.widgets.notice import WarningStrip
from viewer.widgets.parts import Parts

_PANEL_SHARE = 0.172  # leaves the views 70% of a window of 1280 x 720
_PANEL_PX = (208, 360)


class ExamineRoom(QWidget):
    """Where findings are made."""

    def __init__(
        self, parts: Parts, to_court: Callable[[], None], save: Callable[[], None]
    ) -> None:
        super().__init__()
        self.setObjectName("room.examine")
        self._parts = parts
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
        column.addLayout(self._middle, 1)

    def take_back(self, views: ViewGrid) -> None:
        """Put the views back after the court borrowed them."""
        self._middle.insertWidget(0, views, 1)
        views.show()

    @override
    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Leave by Esc, wherever in the room the keyboard is: the tool, then the single view."""
        parts = self._parts
        if event.key() != Qt.Key.Key_Escape:
            super().keyPressEvent(event)
        elif parts.tool.now != "point" or parts.trajectory.draft.now is not None:
            parts.leave_tool()
        else:
            parts.views.layout.set("all")

    @override
    def showEvent(self, event: QShowEvent) -> None:
        """Give the keys to the views: Space and arrows belong to the picture, not to the rail."""
        self.views.take_keys()

    @override
    def resizeEvent(self, event: QResizeEvent) -> None:
        smallest, largest = _PANEL_PX
        wanted = round(self.width() * _PANEL_SHARE)
        self._panel.setFixedWidth(min(max(wanted, smallest), largest))
