"""What the archive promises and how to work with it, in a window beside the work."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QDialog, QHBoxLayout, QListWidget, QPushButton, QVBoxLayout, QWidget

from viewer.presenters.archive.manual import Chapter, evidence_manual
from viewer.widgets.archive.plain_pages import PlainPages
from viewer.widgets.bind import follow, tip, words
from viewer.widgets.parts import Parts
from viewer.widgets.theme import clothe

_SIZE = (940, 600)
_CHAPTERS_PX = 290


class Manual(QDialog):
    """Chapters at the left, the text at the right; the promises are open first."""

    def __init__(self, parts: Parts, over: QWidget) -> None:
        super().__init__(over)
        self.setObjectName("manual")
        clothe(self)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setModal(False)
        self.resize(*_SIZE)
        self._chapters: list[Chapter] = []
        self._list, self._text = QListWidget(), PlainPages()
        self._list.setObjectName("manual.chapters")
        self._list.setWordWrap(True)
        self._list.setFixedWidth(_CHAPTERS_PX)
        self._list.currentRowChanged.connect(self._show)
        self._text.setObjectName("manual.text")
        close = QPushButton()
        close.setObjectName("manual.close")
        words(close, parts.language, close.setText, "ui.notice.close")
        close.clicked.connect(self.accept)
        row, foot, column = QHBoxLayout(), QHBoxLayout(), QVBoxLayout(self)
        row.addWidget(self._list)
        row.addWidget(self._text, 1)
        foot.addStretch(1)
        foot.addWidget(close)
        column.addLayout(row, 1)
        column.addLayout(foot)
        words(self, parts.language, self.setWindowTitle, "logroom.manual.title")
        follow(self, parts.language, lambda now: self._fill(list(evidence_manual(now))))

    def _fill(self, chapters: list[Chapter]) -> None:
        row = max(self._list.currentRow(), 0)
        self._chapters = chapters
        self._list.clear()
        self._list.addItems([one.title for one in chapters])
        self._list.setCurrentRow(row)

    def _show(self, row: int) -> None:
        if 0 <= row < len(self._chapters):
            sections = self._chapters[row].sections
            self._text.show_pairs((heading, text, False) for heading, text in sections)


def promises_button(parts: Parts) -> QPushButton:
    """Return the button that opens the manual at the promises."""
    button = QPushButton()
    button.setObjectName("promises")
    words(button, parts.language, button.setText, "logroom.promises")
    tip(button, parts.language, "logroom.promises.tip")
    button.clicked.connect(lambda _: Manual(parts, button.window()).show())
    return button
