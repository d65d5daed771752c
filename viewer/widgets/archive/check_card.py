"""Is everything as it was recorded? The check, its progress, its answer in words."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QHBoxLayout,
    QLineEdit,
    QProgressBar,
    QVBoxLayout,
    QWidget,
)

from archive.services.verify import Scope
from viewer.presenters.work import Running
from viewer.widgets.archive.log_button import log_button
from viewer.widgets.archive.plain_pages import PlainPages
from viewer.widgets.bind import follow, tip, words
from viewer.widgets.parts import Parts
from viewer.widgets.plain import PlainLabel, wrapped


class Check(QWidget):
    """A button, a bar, a sentence, and a list of what is wrong."""

    def __init__(self, parts: Parts) -> None:
        super().__init__()
        self._parts = parts
        self._checking = parts.checking
        self._bar = QProgressBar()
        self._bar.setObjectName("log.check.progress")
        self._bar.setTextVisible(False)
        self._answer = PlainLabel()
        self._answer.setObjectName("log.check.answer")
        self._answer.setWordWrap(True)
        self._answer.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self._remarks = PlainPages()
        self._remarks.setObjectName("log.check.remarks")
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        column.addWidget(self._words("heading", "logroom.check.title"))
        column.addWidget(self._words("quiet", "logroom.check.explained"))
        column.addWidget(self._paper())
        column.addLayout(self._buttons())
        column.addWidget(self._bar)
        column.addWidget(self._answer)
        column.addWidget(self._remarks, 100)
        column.addStretch(1)
        follow(self, self._checking.running, self._run)
        follow(self, self._checking.report, lambda _: self._show(), now=False)
        follow(self, parts.language, lambda _: self._show())
        follow(self, parts.theme, lambda _: self._show(), now=False)

    def _words(self, role: str, key: str) -> PlainLabel:
        label = wrapped(role)
        words(label, self._parts.language, label.setText, key)
        return label

    def _buttons(self) -> QHBoxLayout:
        self._go = log_button(self._parts, "check", lambda: self._start(Scope.FULL))
        self._go.setProperty("main", True)
        self._changed = log_button(self._parts, "check.changed", lambda: self._start(Scope.CHANGED))
        self._stop = log_button(self._parts, "check.stop", self._checking.stop)
        row = QHBoxLayout()
        row.addWidget(self._go, 1)
        row.addWidget(self._changed)
        row.addWidget(self._stop, 1)
        return row

    def _paper(self) -> QLineEdit:
        """Return the line for a printed head, which the check then compares."""
        self._head = QLineEdit()
        self._head.setObjectName("log.check.paper")
        words(self._head, self._parts.language, self._head.setPlaceholderText, "logroom.paper")
        tip(self._head, self._parts.language, "logroom.paper.tip")
        return self._head

    def _start(self, scope: Scope) -> None:
        self._checking.start(scope, self._head.text())

    def _run(self, running: Running | None) -> None:
        busy = running is not None
        for button in (self._go, self._changed):
            button.setVisible(not busy)
        self._stop.setVisible(busy)
        self._bar.setVisible(busy)
        if running is not None:
            follow(self._bar, running.done, self._tell)
        self._show()

    def _tell(self, done: tuple[int, int]) -> None:
        self._bar.setRange(0, done[1])
        self._bar.setValue(done[0])

    def _show(self) -> None:
        language = self._parts.language.now
        self._answer.setText(self._checking.summary(language))
        self._answer.setVisible(bool(self._answer.text()))
        remarks = self._checking.remarks(language)
        self._remarks.setVisible(bool(remarks))
        self._remarks.show_pairs((one.code, one.text, bool(one.code)) for one in remarks)
