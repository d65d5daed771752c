"""One line that asks why a finding is changed that was handed out already; nothing is modal."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLineEdit, QPushButton, QVBoxLayout
from typing_extensions import override

from viewer.presenters.session import Asked
from viewer.widgets.bind import follow, tip, words
from viewer.widgets.parts import Parts
from viewer.widgets.plain import PlainLabel

_LONGEST = 500


class ReasonStrip(QFrame):
    """Shown while an act waits for its reason; until then nothing has changed."""

    def __init__(self, parts: Parts) -> None:
        super().__init__()
        self.setObjectName("reason")
        self._parts = parts
        self._question = PlainLabel()
        self._question.setObjectName("reason.question")
        self._question.setWordWrap(True)
        self._line = _Line(self._answer, self._give_up)
        self._line.setObjectName("reason.text")
        self._line.setMaxLength(_LONGEST)
        words(self._line, parts.language, self._line.setPlaceholderText, "panel.reason.hint")
        tip(self._line, parts.language, "panel.reason.hint")
        row = QHBoxLayout()
        row.addWidget(self._line, 1)
        row.addWidget(self._button("go", self._answer))
        row.addWidget(self._button("leave", self._give_up))
        column = QVBoxLayout(self)
        column.setContentsMargins(12, 5, 6, 5)
        column.setSpacing(3)
        column.addWidget(self._question)
        column.addLayout(row)
        follow(self, parts.session.asked, self._show)
        follow(self, parts.language, lambda _: self._reword())

    def _button(self, name: str, act: Callable[[], object]) -> QPushButton:
        button = QPushButton()
        button.setObjectName(f"reason.{name}")
        words(button, self._parts.language, button.setText, f"panel.reason.{name}")
        button.clicked.connect(lambda _: act())
        return button

    def _show(self, asked: Asked | None) -> None:
        self._line.clear()
        self._reword()
        self.setVisible(asked is not None)
        if asked is not None:
            self._line.setFocus()

    def _reword(self) -> None:
        asked = self._parts.session.asked.now
        if asked is not None:
            act = self._parts.say(asked.label)
            self._question.setText(self._parts.say("panel.reason.ask", act=act))

    def _answer(self) -> None:
        self._parts.attempt(lambda: self._parts.session.answer(self._line.text()))

    def _give_up(self) -> None:
        self._parts.session.give_up()


class _Line(QLineEdit):
    def __init__(self, answer: Callable[[], object], give_up: Callable[[], object]) -> None:
        super().__init__()
        self._give_up = give_up
        self.returnPressed.connect(answer)

    @override
    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            self._give_up()
        else:
            super().keyPressEvent(event)
