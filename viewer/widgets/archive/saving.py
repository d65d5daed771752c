"""Saving asks for what no program can know: the case number, and where the scan came from."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QComboBox,
    QDialog,
    QFormLayout,
    QHBoxLayout,
    QLineEdit,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from archive.services.statement import Statement
from viewer.presenters.archive.provenance import AGREEMENTS, ASKED, silence, stated
from viewer.widgets.archive.sign_in import SignIn
from viewer.widgets.bind import follow, tip, words
from viewer.widgets.parts import Parts
from viewer.widgets.plain import PlainLabel
from viewer.widgets.theme import clothe
from virtopsy.errors import VirtopsyError

_WIDTH_PX = 700


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
        explained = self._label("quiet", "save.explained")
        words(explained, parts.language, explained.setText, "ui.save.explained")
        self._silent = self._label("quiet", "save.silent")
        self._trouble = self._label("caution", "save.trouble")
        self._trouble.hide()
        column = QVBoxLayout(self)
        column.setContentsMargins(20, 18, 20, 16)
        column.setSpacing(12)
        column.addWidget(explained)
        column.addLayout(self._form())
        column.addWidget(self._silent)
        column.addWidget(self._trouble)
        column.addLayout(self._buttons())
        follow(self, parts.language, lambda _: self._suit())

    def _label(self, role: str, name: str) -> PlainLabel:
        label = PlainLabel()
        label.setObjectName(name)
        label.setWordWrap(True)
        label.setProperty("role", role)
        return label

    def _form(self) -> QFormLayout:
        form = QFormLayout()
        form.setSpacing(8)
        form.setLabelAlignment(Qt.AlignmentFlag.AlignLeft)
        self._number = self._line("number")
        form.addRow(self._caption("ui.save.number"), self._number)
        self._answers: dict[str, QLineEdit] = {}
        for name in ASKED:
            line = self._line(name)
            self._answers[name] = line
            row = QHBoxLayout()
            row.addWidget(line, 1)
            row.addWidget(self._none(line, name))
            form.addRow(self._caption(f"keeping.ask.{name}"), row)
        self._agreement, self._words = QComboBox(), self._line("agreement.words")
        self._agreement.setObjectName("save.agreement")
        self._agreement.addItems([""] * len(AGREEMENTS))
        self._agreement.activated.connect(lambda _: self._suit())
        form.addRow(self._caption("keeping.ask.agreement"), self._agreement)
        self._words_caption = self._caption("keeping.ask.agreement.words")
        form.addRow(self._words_caption, self._words)
        return form

    def _line(self, name: str) -> QLineEdit:
        line = QLineEdit()
        line.setObjectName(f"save.{name}")
        line.textChanged.connect(lambda _: self._suit())
        return line

    def _caption(self, key: str) -> PlainLabel:
        label = PlainLabel()
        words(label, self._parts.language, label.setText, key)
        return label

    def _none(self, line: QLineEdit, name: str) -> QPushButton:
        """Return the button that answers with "none": silence is no answer."""
        button = QPushButton()
        button.setObjectName(f"save.{name}.none")
        button.setAutoDefault(False)
        words(button, self._parts.language, button.setText, "keeping.none")
        tip(button, self._parts.language, "keeping.none.tip")
        button.clicked.connect(lambda _: line.setText(self._parts.say("keeping.none.answer")))
        return button

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

    def _statement(self) -> Statement:
        answers = {name: line.text().strip() for name, line in self._answers.items()}
        agreement = AGREEMENTS[max(self._agreement.currentIndex(), 0)]
        return stated(answers, agreement, self._words.text().strip())

    def _suit(self) -> None:
        """Say what silence will be called, and allow what can be done."""
        for row, name in enumerate(AGREEMENTS):
            self._agreement.setItemText(row, self._parts.say(f"keeping.agree.{name or 'silent'}"))
        self._silent.setText(silence(self._statement(), self._parts.language.now))
        self._go.setEnabled(bool(self._number.text().strip()))

    def _save(self) -> None:
        keep = partial(self._parts.keeping.save, self._number.text().strip(), self._statement())
        try:
            keep()
        except VirtopsyError as error:
            self._trouble.setText(error.sentence(self._parts.language.now))
            self._trouble.show()
            self.adjustSize()
            return
        self.accept()
