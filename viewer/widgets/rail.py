"""The slim rail at the left edge: one button a room."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt
from PySide6.QtWidgets import QFrame, QToolButton, QVBoxLayout

from viewer.presenters.examine.views import Views
from viewer.widgets.bind import choice, follow, tip, words
from viewer.widgets.icons import rail_icon
from viewer.widgets.parts import ROOMS, Parts

WIDTH_PX = 76
_ICON_PX = 24


class Rail(QFrame):
    """Cases, examine, protocol, court; the last three need something on the screen."""

    def __init__(self, parts: Parts) -> None:
        super().__init__()
        self.setObjectName("rail")
        self.setFixedWidth(WIDTH_PX)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 4, 0, 4)
        column.setSpacing(2)
        self._needing_a_scan: dict[str, QToolButton] = {}
        for number, room in enumerate(ROOMS, start=1):
            button = self._button(parts, room, number)
            column.addWidget(button)
            if room != "cases":
                self._needing_a_scan[room] = button
        column.addStretch(1)
        follow(self, parts.views.volume, lambda _: self._allow(parts.views))
        follow(self, parts.views.shown, lambda _: self._allow(parts.views), now=False)

    def _button(self, parts: Parts, room: str, number: int) -> QToolButton:
        button = QToolButton()
        button.setObjectName(f"rail.{room}")
        button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextUnderIcon)
        button.setIcon(rail_icon(room))
        button.setIconSize(QSize(_ICON_PX, _ICON_PX))
        button.setFixedWidth(WIDTH_PX - 1)
        words(button, parts.language, button.setText, f"ui.room.{room}")
        tip(button, parts.language, f"ui.room.{room}.tip")
        # setText puts the mnemonic of the new text in the place of the shortcut
        follow(button, parts.language, lambda _: button.setShortcut(f"Ctrl+{number}"))
        choice(button, parts.room, room)
        return button

    def _allow(self, views: Views) -> None:
        for room, button in self._needing_a_scan.items():
            scan = views.shown.now if room == "examine" else views.volume.now
            button.setEnabled(scan is not None)
