"""A sheet over the room that lists what mouse and keys do; the views go on beneath it."""

from __future__ import annotations

import re

from PySide6.QtCore import QCoreApplication, QEvent, QObject, Qt
from PySide6.QtGui import QHideEvent, QKeyEvent, QKeySequence, QMouseEvent, QShortcut, QShowEvent
from PySide6.QtWidgets import (
    QFrame,
    QGridLayout,
    QHBoxLayout,
    QLayout,
    QVBoxLayout,
    QWidget,
)
from typing_extensions import override

from viewer.presenters.examine.uses import SECTIONS, Use
from viewer.widgets.bind import follow, words
from viewer.widgets.parts import Parts
from viewer.widgets.plain import PlainLabel
from virtopsy.errors import Bug
from virtopsy.language import Language, say

_KEYS = ("?", "F1")
_CLOSING = {Qt.Key.Key_Escape, Qt.Key.Key_Question, Qt.Key.Key_F1}
_PRESSING = {QEvent.Type.ShortcutOverride, QEvent.Type.KeyPress}
_MARGIN_PX = 18
_SAID_PX = 236  # a longer line is folded: both columns fit the smallest window


class HelpSheet(QFrame):
    """Lies over the middle of the room; Esc, `?`, F1 or a click takes it away.

    No other key acts while it is shown: what it would do is not seen.

    Args:
        parts: the presenters.
        room: over which it lies.
    """

    def __init__(self, parts: Parts, room: QWidget) -> None:
        super().__init__(room)
        self.setObjectName("help.sheet")
        self._parts, self._room = parts, room
        column = QVBoxLayout(self)
        column.setContentsMargins(_MARGIN_PX, 12, _MARGIN_PX, 12)
        column.setSpacing(10)
        column.setSizeConstraint(QLayout.SizeConstraint.SetFixedSize)
        column.addLayout(self._head())
        column.addLayout(self._columns())
        room.installEventFilter(self)
        for key in _KEYS:
            QShortcut(QKeySequence(key), room).activated.connect(self._toggle)
        follow(self, parts.helped, self._show)
        follow(self, parts.language, lambda _: self._place())

    def _head(self) -> QHBoxLayout:
        title, close = PlainLabel(), PlainLabel()
        title.setProperty("role", "heading")
        close.setProperty("role", "quiet")
        language = self._parts.language
        words(title, language, title.setText, "help.title")
        words(close, language, close.setText, "help.close")
        row = QHBoxLayout()
        row.addWidget(title)
        row.addStretch(1)
        row.addWidget(close)
        return row

    def _columns(self) -> QHBoxLayout:
        right = QVBoxLayout()
        right.setSpacing(8)
        right.addLayout(self._section("volume"))
        right.addLayout(self._section("marks"))
        right.addStretch(1)
        left = QVBoxLayout()
        left.setSpacing(8)
        left.addLayout(self._section("slices"))
        left.addLayout(self._section("everywhere"))
        left.addStretch(1)
        both = QHBoxLayout()
        both.setSpacing(30)
        both.addLayout(left)
        both.addLayout(right)
        return both

    def _section(self, name: str) -> QGridLayout:
        grid = QGridLayout()
        grid.setHorizontalSpacing(12)
        grid.setVerticalSpacing(1)
        title = PlainLabel()
        title.setProperty("role", "heading")
        words(title, self._parts.language, title.setText, f"help.{name}")
        grid.addWidget(title, 0, 0, 1, 2)
        for row, use in enumerate(SECTIONS[name], start=1):
            by, does = PlainLabel(), PlainLabel()
            by.setObjectName(f"help.{name}.{use.name}.by")
            by.setAlignment(Qt.AlignmentFlag.AlignTop)
            does.setProperty("role", "quiet")
            does.setWordWrap(True)
            does.setFixedWidth(_SAID_PX)
            _follow_use(self._parts, use, by)
            words(does, self._parts.language, does.setText, f"help.{name}.{use.name}")
            grid.addWidget(by, row, 0)
            grid.addWidget(does, row, 1)
        return grid

    def _toggle(self) -> None:
        self._parts.helped.set(not self._parts.helped.now)

    def _close(self) -> None:
        self._parts.helped.set(False)

    def _show(self, helped: bool) -> None:
        self.setVisible(helped)
        self._place()

    def _place(self) -> None:
        if self._parts.helped.now:
            self.adjustSize()
            left = max((self._room.width() - self.width()) // 2, 0)
            self.move(left, max((self._room.height() - self.height()) // 2, 0))
            self.raise_()

    @override
    def mousePressEvent(self, event: QMouseEvent) -> None:
        self._close()

    @override
    def showEvent(self, event: QShowEvent) -> None:
        _application().installEventFilter(self)  # a key goes to whatever has the focus

    @override
    def hideEvent(self, event: QHideEvent) -> None:
        _application().removeEventFilter(self)

    @override
    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if watched is self._room and event.type() == QEvent.Type.Resize:
            self._place()
        key = event.type() in _PRESSING and self.isVisible()
        if not key or not isinstance(event, QKeyEvent):
            return False
        # A dialog over the window keeps its keys.
        beneath = isinstance(watched, QWidget) and watched.window() is self.window()
        if beneath:
            self._swallow(event)
        return beneath

    def _swallow(self, event: QKeyEvent) -> None:
        """Keep a key from shortcuts and views; some close the sheet."""
        event.accept()  # an overridden shortcut does not act
        pressed = event.type() == QEvent.Type.KeyPress and not event.isAutoRepeat()
        if pressed and event.key() in _CLOSING:
            self._close()


def _application() -> QCoreApplication:
    running = QCoreApplication.instance()
    if running is None:
        raise Bug("a sheet needs an application")
    return running


def _follow_use(parts: Parts, use: Use, by: PlainLabel) -> None:
    follow(by, parts.language, lambda language: by.setText(ways(use, language)))


def ways(use: Use, language: Language) -> str:
    """Return by what a thing is done, in words."""
    return ", ".join(
        re.sub(r"\{(\w+)\}", lambda found: say(f"help.mouse.{found.group(1)}", language), one)
        for one in use.by
    )
