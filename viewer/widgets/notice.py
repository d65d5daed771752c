"""Strips over the room: what failed (dismissed by hand) and what is wrong with the scan."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QToolButton
from typing_extensions import override

from viewer.presenters.examine.opening import Opened
from viewer.widgets.bind import follow, hear, tip, words
from viewer.widgets.elided import ElidedLabel
from viewer.widgets.icons import Sign, icon
from viewer.widgets.parts import Parts
from viewer.widgets.plain import PlainLabel
from virtopsy.errors import VirtopsyError
from virtopsy.language import Language

_BUTTONS_PX = 220


class TroubleStrip(QFrame):
    """The last failure in one sentence, in the language of the screen, until it is closed."""

    def __init__(self, parts: Parts) -> None:
        super().__init__()
        self.setObjectName("notice")
        self._parts = parts
        self._error: VirtopsyError | None = None
        self._of_scan: VirtopsyError | None = None
        self._text = PlainLabel()
        self._text.setObjectName("notice.text")
        self._text.setWordWrap(True)
        self._text.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        close = QToolButton()
        close.setObjectName("notice.close")
        close.setIcon(icon("close", "on_trouble"))
        close.clicked.connect(self.dismiss)
        tip(close, parts.language, "ui.notice.close")
        row = QHBoxLayout(self)
        row.setContentsMargins(12, 5, 6, 5)
        row.addWidget(self._text, 1)
        row.addWidget(close, 0, Qt.AlignmentFlag.AlignTop)
        self.hide()
        told = (parts.trouble, parts.keeping.problem, parts.writing.problem)
        for event in (
            *told,
            parts.fragment_search.trouble,
            parts.paint.trouble,
            parts.exchanging.problem,
            parts.receipts.problem,
            parts.case_list.problem,
            parts.log_pages.problem,
            parts.checking.problem,
            parts.anchoring.problem,
            parts.backups.problem,
            parts.log_files.problem,
        ):
            hear(self, event, self.tell)
        hear(self, parts.opening.problem, self._tell_of_scan)
        follow(self, parts.opening.path, lambda _: self._forget_scan(), now=False)
        follow(self, parts.opening.opened, lambda _: self._forget_scan(), now=False)
        follow(self, parts.language, lambda _: self._reword())

    def tell(self, error: VirtopsyError) -> None:
        """Show what went wrong."""
        self._error = error
        self._reword()
        self.show()

    def _tell_of_scan(self, error: VirtopsyError) -> None:
        self._of_scan = error
        self.tell(error)

    def _forget_scan(self) -> None:
        """Say no more what was wrong with another folder; what failed elsewhere stays."""
        if self._error is not None and self._error is self._of_scan:
            self.dismiss()

    def dismiss(self) -> None:
        """Take the strip away."""
        self._error = None
        self.hide()

    def _reword(self) -> None:
        if self._error is not None:
            self._text.setText(self._error.sentence(self._parts.language.now))


class WarningStrip(QFrame):
    """What is wrong with the shown scan; one line, the whole of it behind "why"."""

    def __init__(self, parts: Parts) -> None:
        super().__init__()
        self.setObjectName("warning")
        self._parts = parts
        self._open = False
        sign = Sign("warning", "on_warning")
        self._summary = ElidedLabel()
        self._summary.setObjectName("warning.summary")
        self._why = QToolButton()
        self._why.setObjectName("warning.why")
        self._why.clicked.connect(self._toggle)
        self._all = PlainLabel()
        self._all.setWordWrap(True)
        self._all.hide()
        row = QHBoxLayout(self)
        row.setContentsMargins(10, 3, 6, 3)
        row.addWidget(sign, 0, Qt.AlignmentFlag.AlignTop)
        row.addWidget(self._summary, 1)
        row.addWidget(self._all, 1)
        row.addWidget(self._why, 0, Qt.AlignmentFlag.AlignTop)
        row.addWidget(self._hide(parts), 0, Qt.AlignmentFlag.AlignTop)
        follow(self, parts.opening.opened, self._take)
        follow(self, parts.warned, lambda _: self._show())
        follow(self, parts.language, self._reword)

    def _is_cut(self, sentence: str) -> bool:
        return self.fontMetrics().horizontalAdvance(sentence) > self.width() - _BUTTONS_PX

    @override
    def resizeEvent(self, event: QResizeEvent) -> None:
        self._reword(self._parts.language.now)

    def _hide(self, parts: Parts) -> QToolButton:
        """Return the button that leaves the picture its room; the sign stays in the top line."""
        button = QToolButton()
        button.setObjectName("warning.hide")
        words(button, parts.language, button.setText, "ui.warning.hide")
        button.clicked.connect(lambda: parts.warned.set(False))
        return button

    def _take(self, opened: Opened | None) -> None:
        self._open = False
        self._parts.warned.set(True)
        self._reword(self._parts.language.now)
        self._show()

    def _show(self) -> None:
        opened = self._parts.opening.opened.now
        self.setVisible(opened is not None and bool(opened.problems) and self._parts.warned.now)

    def _toggle(self) -> None:
        self._open = not self._open
        self._reword(self._parts.language.now)

    def _reword(self, language: Language) -> None:
        opened = self._parts.opening.opened.now
        if opened is None or not opened.problems:
            return
        sentences = [one.sentence(language) for one in opened.problems]
        self._summary.setText(sentences[0])
        self._all.setText("\n".join(sentences))
        self._all.setVisible(self._open)
        self._summary.setVisible(not self._open)
        self._why.setVisible(self._open or len(sentences) > 1 or self._is_cut(sentences[0]))
        self._why.setText(self._parts.say("ui.warning.less" if self._open else "ui.warning.why"))
