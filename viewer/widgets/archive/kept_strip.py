"""One line after an intake: what came in, and the receipt that two people sign."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QHBoxLayout, QPushButton, QToolButton

from archive.records import IntakeReport
from viewer.widgets.archive.receipt import ask_receipt
from viewer.widgets.bind import follow, hear, tip, words
from viewer.widgets.icons import icon
from viewer.widgets.parts import Parts
from viewer.widgets.plain import PlainLabel


class KeptStrip(QFrame):
    """Shown from an intake until it is closed or its receipt is written."""

    def __init__(self, parts: Parts) -> None:
        super().__init__()
        self.setObjectName("kept")
        self._parts = parts
        self._report: IntakeReport | None = None
        self._text = PlainLabel()
        self._text.setObjectName("kept.text")
        self._text.setWordWrap(True)
        receipt, close = QPushButton(), QToolButton()
        receipt.setObjectName("kept.receipt")
        receipt.setIcon(icon("protocol"))
        receipt.clicked.connect(lambda _: self._ask())
        words(receipt, parts.language, receipt.setText, "receipt.ask")
        tip(receipt, parts.language, "receipt.ask.tip")
        close.setObjectName("kept.close")
        close.setIcon(icon("close"))
        close.clicked.connect(lambda _: self._forget())
        tip(close, parts.language, "ui.notice.close")
        row = QHBoxLayout(self)
        row.setContentsMargins(12, 5, 6, 5)
        row.addWidget(self._text, 1)
        row.addWidget(receipt, 0, Qt.AlignmentFlag.AlignTop)
        row.addWidget(close, 0, Qt.AlignmentFlag.AlignTop)
        self.hide()
        hear(self, parts.keeping.saved, self._tell)
        hear(self, parts.receipts.written, lambda _: self._forget())
        follow(self, parts.keeping.archive, lambda _: self._forget(), now=False)
        follow(self, parts.language, lambda _: self._reword(), now=False)

    def _tell(self, report: IntakeReport) -> None:
        self._report = report
        self._reword()
        self.show()

    def _forget(self) -> None:
        self._report = None
        self.hide()

    def _reword(self) -> None:
        if self._report is not None:
            self._text.setText(
                self._parts.receipts.taken_in(self._report, self._parts.language.now)
            )

    def _ask(self) -> None:
        if self._report is not None:
            ask_receipt(self._parts, self, self._report.case)
