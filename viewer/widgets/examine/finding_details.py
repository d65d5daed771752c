"""Everything about the selected finding: what is stated, what was measured, what limits it."""

from __future__ import annotations

from PySide6.QtCore import QSignalBlocker, Qt
from PySide6.QtWidgets import (
    QHBoxLayout,
    QPushButton,
    QScrollArea,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from viewer.widgets.bind import follow, tip, words
from viewer.widgets.examine.finding_form import FindingForm
from viewer.widgets.examine.finding_versions import FindingVersions
from viewer.widgets.examine.track_statement import TrackStatement
from viewer.widgets.examine.workshop import WorkshopPart
from viewer.widgets.icons import icon
from viewer.widgets.parts import Parts
from viewer.widgets.plain import PlainLabel
from virtopsy.findings.words import Line
from virtopsy.findings.wound import Wound


class FindingDetails(QScrollArea):
    """Fields, numbers and acts of one finding."""

    def __init__(self, parts: Parts) -> None:
        super().__init__()
        self.setObjectName("finding.details")
        self.setWidgetResizable(True)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._parts = parts
        inside = QWidget()
        self._column = QVBoxLayout(inside)
        self._column.setContentsMargins(0, 4, 6, 4)
        self._column.setSpacing(5)
        self.setWidget(inside)
        self._name = FindingForm(parts, self.show_finding)
        self._form = FindingForm(parts, self.show_finding)
        self._statement = TrackStatement(parts)
        self._workshop = WorkshopPart(parts)
        self._numbers, self._facts = _Lines("finding.number"), _Lines("finding.fact")
        self._angles = _Lines("finding.angle")
        self._column.addLayout(self._acts())
        for one in (
            self._name,
            self._numbers,
            self._statement,
            self._workshop,
            self._ring_button(),
            self._form,
            self._facts,
            self._more_angles(),
            self._angles,
        ):
            self._column.addWidget(one)
        self._column.addWidget(FindingVersions(parts))
        self._column.addWidget(self._withdraw())
        self._column.addStretch(1)
        follow(self, parts.findings.unlocked, lambda _: self._show_lock())
        follow(self, parts.language, lambda _: self.show_finding())

    def show_finding(self) -> None:
        """Show the selected finding as it is now, or nothing."""
        findings, language = self._parts.findings, self._parts.language.now
        chosen = findings.finding
        chosen_id = None if chosen is None else chosen.finding_id
        name, *others = findings.fields(language) or (None,)
        self._name.show_fields(chosen_id, () if name is None else (name,))
        self._form.show_fields(chosen_id, tuple(others))
        self.setVisible(chosen is not None)
        self._statement.show_track(findings.track)
        self._workshop.show_track(findings.track)
        self._numbers.tell(findings.numbers(language))
        self._facts.tell(findings.details(language))
        self._more.setVisible(findings.track is not None and findings.track.entry is not None)
        self._show_angles()
        self._ring.setVisible(isinstance(chosen, Wound))
        self._show_lock()

    def _acts(self) -> QHBoxLayout:
        self._lock = QPushButton()
        self._lock.setObjectName("finding.lock")
        self._lock.setCheckable(True)
        tip(self._lock, self._parts.language, "panel.lock.tip")
        self._lock.clicked.connect(self._parts.findings.toggle_lock)
        look = QToolButton()
        look.setObjectName("finding.look")
        look.setIcon(icon("jump"))
        tip(look, self._parts.language, "panel.look.tip")
        look.clicked.connect(lambda _: self._parts.findings.look())
        row = QHBoxLayout()
        row.setSpacing(4)
        row.addWidget(self._lock, 1)
        row.addWidget(look)
        return row

    def _show_lock(self) -> None:
        findings = self._parts.findings
        chosen = findings.finding
        free = chosen is not None and findings.unlocked.now == chosen.finding_id
        with QSignalBlocker(self._lock):
            self._lock.setChecked(free)
        self._lock.setText(self._parts.say("panel.unlocked" if free else "panel.locked"))
        self._lock.setIcon(icon("unlocked" if free else "locked"))

    def _ring_button(self) -> QPushButton:
        """Offer a wound the middle of the ring that was laid round it."""
        self._ring = QPushButton()
        self._ring.setObjectName("finding.ring")
        words(self._ring, self._parts.language, self._ring.setText, "ring.centre")
        tip(self._ring, self._parts.language, "ring.centre.tip")
        self._ring.clicked.connect(lambda: self._parts.attempt(self._parts.workshop.centre_in_ring))
        return self._ring

    def _more_angles(self) -> QPushButton:
        """Fold the angles of planes and projections away until they are asked for."""
        self._more = QPushButton()
        self._more.setObjectName("finding.more")
        self._more.setCheckable(True)
        words(self._more, self._parts.language, self._more.setText, "workshop.more")
        self._more.toggled.connect(lambda _: self._show_angles())
        return self._more

    def _show_angles(self) -> None:
        asked = self._more.isChecked()
        self._angles.tell(self._parts.findings.angles(self._parts.language.now) if asked else ())

    def _withdraw(self) -> QPushButton:
        button = QPushButton()
        button.setObjectName("finding.withdraw")
        button.setIcon(icon("withdraw"))
        words(button, self._parts.language, button.setText, "ui.finding.withdraw")
        tip(button, self._parts.language, "ui.finding.withdraw.tip")
        button.clicked.connect(lambda: self._parts.attempt(self._parts.findings.withdraw))
        return button


class _Lines(QWidget):
    """A table of labels and texts, each on a line of its own.

    Args:
        name: of the texts, with their number.
    """

    def __init__(self, name: str) -> None:
        super().__init__()
        self._name = name
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(1)
        self._pairs: list[tuple[PlainLabel, PlainLabel]] = []

    def tell(self, lines: tuple[Line, ...]) -> None:
        """Show these lines and no other."""
        self.hide()  # or the whole window is laid out anew for each label that appears
        while len(self._pairs) < len(lines):
            self._pairs.append(self._pair(len(self._pairs)))
        for number, (label, value) in enumerate(self._pairs):
            told = number < len(lines)
            if told:
                label.setText(lines[number].label)
                value.setText(lines[number].text)
            label.setVisible(told)
            value.setVisible(told)
        self.setVisible(bool(lines))

    def _pair(self, number: int) -> tuple[PlainLabel, PlainLabel]:
        label, value = PlainLabel(), PlainLabel()
        label.setProperty("role", "quiet")
        value.setObjectName(f"{self._name}.{number}")
        for one in (label, value):
            one.setWordWrap(True)
            self._column.addWidget(one)
        value.setContentsMargins(0, 0, 0, 5)
        value.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        return label, value
