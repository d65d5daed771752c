"""Words are shown as they are: Qt would obey mark-up in what a file, a person or an archive says.

A label, a tooltip or a message box takes any text that looks like HTML for HTML, and then loads
the pictures and hides the words it names. Every label and box of the window is one of these, and
every tooltip is set here; `tests/test_house.py` holds it.
"""

from __future__ import annotations

from html import escape

from PySide6.QtCore import Qt
from PySide6.QtGui import Qt as Text
from PySide6.QtWidgets import QLabel, QListWidgetItem, QMessageBox, QWidget

from viewer.widgets.theme import clothe


class PlainLabel(QLabel):
    """A label without mark-up and without mnemonics."""

    def __init__(self, text: str = "", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setText(text)


def wrapped(role: str, name: str = "") -> PlainLabel:
    """Return a label of that role for as many lines as its words need."""
    label = PlainLabel()
    label.setObjectName(name)
    label.setProperty("role", role)
    label.setWordWrap(True)
    return label


class PlainBox(QMessageBox):
    """A message box without mark-up."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setTextFormat(Qt.TextFormat.PlainText)
        clothe(self)


def set_tip(on: QWidget | QListWidgetItem, text: str) -> None:
    """Show `text` under the mouse, letter by letter; a tooltip has no plain mode of its own."""
    if Text.mightBeRichText(text):
        text = f'<p style="white-space: pre">{escape(text)}</p>'
    on.setToolTip(text)
