"""The choice whether a deceased or a living person is examined; the same wherever it stands."""

from __future__ import annotations

from PySide6.QtCore import QSignalBlocker

from viewer.presenters.examine.subject import SUBJECTS
from viewer.widgets.bind import follow, tip
from viewer.widgets.elided import ElidedComboBox
from viewer.widgets.parts import Parts


class SubjectChoice(ElidedComboBox):
    """States it in the case; shows what the case says, also where stating it failed.

    Args:
        parts: the presenters.
        name: of the widget.
    """

    def __init__(self, parts: Parts, name: str) -> None:
        super().__init__()
        self.setObjectName(name)
        self._parts = parts
        self.addItems([""] * len(SUBJECTS))
        tip(self, parts.language, "ui.subject.tip")
        self.activated.connect(self._state)
        follow(self, parts.language, lambda _: self._reword())
        follow(self, parts.subject.stated, lambda _: self._show())
        follow(self, parts.views.volume, lambda now: self.setEnabled(now is not None))

    def _reword(self) -> None:
        for row, subject in enumerate(SUBJECTS):
            self.setItemText(row, self._parts.say(f"report.subject.{subject}"))

    def _show(self) -> None:
        with QSignalBlocker(self):
            self.setCurrentIndex(SUBJECTS.index(self._parts.subject.stated.now))

    def _state(self, row: int) -> None:
        self._parts.attempt(lambda: self._parts.subject.state(SUBJECTS[row]))
        self._show()
