"""The slim rail at the left edge: one button a room; at its foot help and the other theme."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt
from PySide6.QtWidgets import QFrame, QToolButton, QVBoxLayout

from viewer.widgets.bind import choice, follow, tip, words
from viewer.widgets.icons import rail_icon
from viewer.widgets.parts import ROOMS, THEMES, Parts
from viewer.widgets.plain import set_tip

WIDTH_PX = 76
_ICON_PX = 24


class Rail(QFrame):
    """One button a room; most need something on the screen, the log somebody who may read it."""

    def __init__(self, parts: Parts) -> None:
        super().__init__()
        self.setObjectName("rail")
        self.setFixedWidth(WIDTH_PX)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 4, 0, 4)
        column.setSpacing(2)
        self._rooms: dict[str, QToolButton] = {}
        for number, room in enumerate(ROOMS, start=1):
            button = self._button(parts, room, number)
            column.addWidget(button)
            self._rooms[room] = button
        column.addStretch(1)
        column.addWidget(_help(parts))
        column.addWidget(ThemeButton(parts))
        follow(self, parts.views.volume, lambda _: self._allow(parts))
        follow(self, parts.views.shown, lambda _: self._allow(parts), now=False)
        follow(self, parts.keeping.archive, lambda _: self._allow(parts), now=False)

    def _button(self, parts: Parts, room: str, number: int) -> QToolButton:
        button = QToolButton()
        button.setObjectName(f"rail.{room}")
        _suit(button, room)
        words(button, parts.language, button.setText, f"ui.room.{room}")
        tip(button, parts.language, f"ui.room.{room}.tip")
        # setText puts the mnemonic of the new text in the place of the shortcut
        follow(button, parts.language, lambda _: button.setShortcut(f"Ctrl+{number}"))
        choice(button, parts.room, room)
        return button

    def _allow(self, parts: Parts) -> None:
        whole = parts.views.volume.now is not None
        may = {"examine": parts.views.shown.now is not None, "protocol": whole, "court": whole}
        may["log"] = parts.log_pages.allowed
        for room, allowed in may.items():
            self._rooms[room].setEnabled(allowed)


def _help(parts: Parts) -> QToolButton:
    """Return the button of the sheet that lists mouse and keys of the views."""
    button = QToolButton()
    button.setObjectName("rail.help")
    button.setCheckable(True)
    _suit(button, "help")
    words(button, parts.language, button.setText, "help.button")
    tip(button, parts.language, "help.button.tip")
    follow(button, parts.helped, button.setChecked)
    follow(button, parts.room, lambda room: button.setEnabled(room == "examine"))
    button.toggled.connect(parts.helped.set)
    return button


class ThemeButton(QToolButton):
    """Puts on the theme that is not worn, and is named after it."""

    def __init__(self, parts: Parts) -> None:
        super().__init__()
        self.setObjectName("rail.theme")
        _suit(self, "theme")
        self._parts = parts
        self.clicked.connect(lambda: parts.theme.set(self._other()))
        follow(self, parts.theme, lambda _: self._reword())
        follow(self, parts.language, lambda _: self._reword(), now=False)

    def _other(self) -> str:
        return THEMES[1 - THEMES.index(self._parts.theme.now)]

    def _reword(self) -> None:
        self.setText(self._parts.say(f"look.theme.{self._other()}"))
        set_tip(self, self._parts.say(f"look.theme.{self._other()}.tip"))


def _suit(button: QToolButton, drawing: str) -> None:
    """Give a button of the rail its drawing, over the word, and its width."""
    button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextUnderIcon)
    button.setIcon(rail_icon(drawing))
    button.setIconSize(QSize(_ICON_PX, _ICON_PX))
    button.setFixedWidth(WIDTH_PX - 1)
