"""Saving asks for what no program can know: the case number, and where the scan came from."""

from __future__ import annotations

from PySide6.QtWidgets import QComboBox, QLineEdit, QWidget

from archive.services.statement import Statement
from viewer.presenters.archive.provenance import AGREEMENTS, ASKED, silence, stated
from viewer.widgets.archive.sign_in import SignIn
from viewer.widgets.bind import follow, tip, words
from viewer.widgets.form_dialog import FormDialog
from viewer.widgets.parts import Parts


def save(parts: Parts, over: QWidget) -> None:
    """Keep the case: first who acts, then under which number; nothing is asked twice."""
    if parts.keeping.signed_in:
        SaveCase(parts, over).open()
        return
    dialog = SignIn(parts, over)
    dialog.accepted.connect(lambda: SaveCase(parts, over).open())
    dialog.open()


class SaveCase(FormDialog):
    """Case number and provenance; what is left empty is recorded as not stated."""

    def __init__(self, parts: Parts, over: QWidget) -> None:
        super().__init__(parts, over, "save", "ui.save.title", width_px=700)
        words(self, parts.language, self._explained.setText, "ui.save.explained")
        self._number = self._add_line("number", "ui.save.number")
        self._answers = {name: self._add_answer(name) for name in ASKED}
        self._agreement = QComboBox()
        self._agreement.setObjectName("save.agreement")
        self._agreement.addItems([""] * len(AGREEMENTS))
        self._add_row("keeping.ask.agreement", self._agreement)
        self._words = self._add_line("agreement.words", "keeping.ask.agreement.words")
        self._silent = self._add_text("silent", "quiet")
        self._add_buttons(self._save, "ui.save.go", "ui.save.cancel")
        self._agreement.activated.connect(lambda _: self._suit())
        for line in (self._number, *self._answers.values(), self._words):
            line.textChanged.connect(lambda _: self._suit())
        follow(self, parts.language, lambda _: self._suit())

    def _add_answer(self, name: str) -> QLineEdit:
        """Add a line with the button that answers with "none": silence is no answer."""
        line = self._line(name)
        none = self._button(f"{name}.none", "keeping.none", lambda: self._answer_none(line))
        tip(none, self._parts.language, "keeping.none.tip")
        self._add_row(f"keeping.ask.{name}", line, none)
        return line

    def _answer_none(self, line: QLineEdit) -> None:
        line.setText(self._parts.say("keeping.none.answer"))

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
        self._parts.keeping.save(self._number.text().strip(), self._statement())
