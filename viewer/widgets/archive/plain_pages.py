"""Many short texts under headings, to be read, selected and copied; never edited, never cut."""

from __future__ import annotations

from collections.abc import Iterable

from PySide6.QtGui import QTextCharFormat, QTextOption
from PySide6.QtWidgets import QPlainTextEdit

from viewer.widgets.theme import colour


class PlainPages(QPlainTextEdit):
    """Plain text that breaks anywhere: a hash or a path is never cut."""

    def __init__(self) -> None:
        super().__init__()
        self.setReadOnly(True)
        self.setTabChangesFocus(True)
        self.setWordWrapMode(QTextOption.WrapMode.WrapAtWordBoundaryOrAnywhere)

    def show_pairs(self, pairs: Iterable[tuple[str, str, bool]]) -> None:
        """Show heading and text one under the other; what asks for caution stands out.

        Args:
            pairs: heading (may be empty), text, whether it asks for caution.
        """
        self.clear()
        cursor = self.textCursor()
        quiet, plain, caution = (_tinted(one) for one in ("quiet", "text", "caution"))
        between = ""
        for heading, text, alarming in pairs:
            cursor.insertText(between, plain)
            if heading:
                cursor.insertText(f"{heading}\n", quiet)
            cursor.insertText(text, caution if alarming else plain)
            between = "\n\n"
        self.verticalScrollBar().setValue(0)


def _tinted(purpose: str) -> QTextCharFormat:
    made = QTextCharFormat()
    made.setForeground(colour(purpose))
    return made
