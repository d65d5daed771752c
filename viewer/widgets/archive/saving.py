"""Saving asks for what no program can know: the case number, and where the scan came from."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QDialog,
    QFormLayout,
    QHBoxLayout,
    QLineEdit,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from viewer.presenters.archive.keeping import Provenance
from viewer.widgets.archive.sign_in import SignIn
from viewer.widgets.bind import words
from viewer.widgets.parts import Parts
from viewer.widgets.plain import PlainLabel
from viewer.widgets.theme import clothe

_WIDTH_PX = 520
_FIELDS = ("number", "basis", "deliverer", "carrier")


def save(parts: Parts, over: QWidget) -> None:
    """Keep the case: first who acts, then under which number; nothing is asked twice."""
    if parts.keeping.signed_in:
        SaveCase(parts, over).open()
        return
    dialog = SignIn(parts, over)
    dialog.accepted.connect(lambda: SaveCase(parts, over).open())
    dialog.open()


class SaveCase(QDialog):
    """Case number and provenance; what is left empty is recorded as not stated."""

    def __init__(self, parts: Parts, over: QWidget) -> None:
        super().__init__(over)
        self.setObjectName("save")
        clothe(self)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setMinimumWidth(_WIDTH_PX)
        self._parts = parts
        words(self, parts.language, self.setWindowTitle, "ui.save.title")
        explained = PlainLabel()
        explained.setWordWrap(True)
        explained.setProperty("role", "quiet")
        words(explained, parts.language, explained.setText, "ui.save.explained")
        column = QVBoxLayout(self)
        column.setContentsMargins(20, 18, 20, 16)
        column.setSpacing(12)
        column.addWidget(explained)
        column.addLayout(self._form())
        column.addLayout(self._buttons())
        self._fields["number"].textChanged.connect(lambda _: self._allow())
        self._allow()

    def _form(self) -> QFormLayout:
        form = QFormLayout()
        form.setSpacing(8)
        form.setLabelAlignment(Qt.AlignmentFlag.AlignLeft)
        self._fields: dict[str, QLineEdit] = {}
        for name in _FIELDS:
            line, label = QLineEdit(), PlainLabel()
            line.setObjectName(f"save.{name}")
            words(label, self._parts.language, label.setText, f"ui.save.{name}")
            self._fields[name] = line
            form.addRow(label, line)
        return form

    def _buttons(self) -> QHBoxLayout:
        self._go, cancel = QPushButton(), QPushButton()
        self._go.setObjectName("save.go")
        self._go.setProperty("main", True)
        self._go.setDefault(True)
        self._go.clicked.connect(self._save)
        cancel.setAutoDefault(False)
        cancel.clicked.connect(self.reject)
        words(self._go, self._parts.language, self._go.setText, "ui.save.go")
        words(cancel, self._parts.language, cancel.setText, "ui.save.cancel")
        row = QHBoxLayout()
        row.addStretch(1)
        row.addWidget(cancel)
        row.addWidget(self._go)
        return row

    def _allow(self) -> None:
        self._go.setEnabled(bool(self._fields["number"].text().strip()))

    def _save(self) -> None:
        told = {name: line.text().strip() for name, line in self._fields.items()}
        number = told.pop("number")
        self._parts.attempt(lambda: self._parts.keeping.save(number, Provenance(**told)))
        self.accept()
