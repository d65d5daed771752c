"""Is everything as it was recorded? The check, its progress, its answer in words."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QHBoxLayout,
    QProgressBar,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from archive.services.verify import Scope
from viewer.presenters.work import Running
from viewer.widgets.archive.plain_pages import PlainPages
from viewer.widgets.bind import follow, tip, words
from viewer.widgets.parts import Parts
from viewer.widgets.plain import PlainLabel


class Check(QWidget):
    """A button, a bar, a sentence, and a list of what is wrong."""

    def __init__(self, parts: Parts) -> None:
        super().__init__()
        self._parts = parts
        self._checking = parts.checking
        language = parts.language
        self._title = PlainLabel()
        self._title.setProperty("role", "heading")
        words(self._title, language, self._title.setText, "logroom.check.title")
        self._explained = PlainLabel()
        self._explained.setProperty("role", "quiet")
        self._explained.setWordWrap(True)
        words(self._explained, language, self._explained.setText, "logroom.check.explained")
        self._go, self._stop = QPushButton(), QPushButton()
        self._go.setObjectName("log.check")
        self._go.setProperty("main", True)
        words(self._go, language, self._go.setText, "logroom.check")
        tip(self._go, language, "logroom.check.tip")
        self._go.clicked.connect(lambda _: parts.attempt(self._checking.start))
        self._changed = QPushButton()
        self._changed.setObjectName("log.check.changed")
        words(self._changed, language, self._changed.setText, "logroom.check.changed")
        tip(self._changed, language, "logroom.check.changed.tip")
        self._changed.clicked.connect(
            lambda _: parts.attempt(lambda: self._checking.start(Scope.CHANGED))
        )
        self._stop.setObjectName("log.check.stop")
        tip(self._stop, language, "logroom.check.stop.tip")
        words(self._stop, language, self._stop.setText, "logroom.check.stop")
        self._stop.clicked.connect(lambda _: self._checking.stop())
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
        buttons = QHBoxLayout()
        buttons.addWidget(self._go, 1)
        buttons.addWidget(self._changed)
        column.addWidget(self._title)
        column.addWidget(self._explained)
        column.addLayout(buttons)
        for widget in (self._stop, self._bar, self._answer):
            column.addWidget(widget)
        column.addWidget(self._remarks, 100)
        column.addStretch(1)
        follow(self, self._checking.running, self._run)
        follow(self, self._checking.report, lambda _: self._show(), now=False)
        follow(self, language, lambda _: self._show())
        follow(self, parts.theme, lambda _: self._show(), now=False)

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
