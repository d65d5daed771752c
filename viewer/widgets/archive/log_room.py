"""The log room: what was done in the archive, and whether all is as it was recorded."""

from __future__ import annotations

from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QVBoxLayout, QWidget
from typing_extensions import override

from viewer.widgets.archive.check_card import Check
from viewer.widgets.archive.log_list import LogList
from viewer.widgets.archive.manual import promises_button
from viewer.widgets.archive.outside import Outside
from viewer.widgets.bind import words
from viewer.widgets.parts import Parts
from viewer.widgets.plain import PlainLabel

_CARD_PX = 380


class LogRoom(QWidget):
    """Entries at the left, the check and what leads outside at the right."""

    def __init__(self, parts: Parts) -> None:
        super().__init__()
        self.setObjectName("room.log")
        self._parts = parts
        row = QHBoxLayout(self)
        row.setContentsMargins(24, 20, 24, 16)
        row.setSpacing(28)
        row.addLayout(self._entries(), 1)
        row.addWidget(self._card())

    def _entries(self) -> QVBoxLayout:
        title, hint = PlainLabel(), PlainLabel()
        title.setProperty("role", "title")
        words(title, self._parts.language, title.setText, "logroom.title")
        hint.setProperty("role", "quiet")
        hint.setWordWrap(True)
        words(hint, self._parts.language, hint.setText, "logroom.hint")
        column = QVBoxLayout()
        column.setSpacing(10)
        column.addWidget(title)
        column.addWidget(hint)
        column.addWidget(LogList(self._parts), 1)
        return column

    def _card(self) -> QFrame:
        card = QFrame()
        card.setObjectName("card")
        card.setFixedWidth(_CARD_PX)
        column = QVBoxLayout(card)
        column.setContentsMargins(14, 12, 14, 12)
        column.setSpacing(8)
        column.addWidget(Check(self._parts), 1)
        column.addWidget(Outside(self._parts))
        column.addWidget(promises_button(self._parts))
        column.addStretch(0)
        return card

    @override
    def showEvent(self, event: QShowEvent) -> None:
        """Read the newest entries when the room is entered, and only then."""
        super().showEvent(event)
        reading = self._parts.log_pages
        if reading.allowed and reading.page.now is None and not reading.reading.now:
            self._parts.attempt(reading.newest)
