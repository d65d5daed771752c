"""What only a track has in the panel: the look along it, and which end the expert calls entry."""

from __future__ import annotations

from functools import partial

from PySide6.QtWidgets import (
    QButtonGroup,
    QHBoxLayout,
    QPushButton,
    QRadioButton,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from viewer.widgets.bind import tip, words
from viewer.widgets.icons import icon
from viewer.widgets.parts import Parts
from viewer.widgets.plain import PlainLabel
from virtopsy.findings.trajectory import Trajectory

_ENDS = (0, 1)


class TrackStatement(QWidget):
    """Shown for a track alone."""

    def __init__(self, parts: Parts) -> None:
        super().__init__()
        self._parts = parts
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(5)
        self._look_along()
        self._entry()

    def show_track(self, track: Trajectory | None) -> None:
        """Show which end is stated to be the entry."""
        self.setVisible(track is not None)
        if track is not None:
            self._ends[-1 if track.entry is None else track.entry].setChecked(True)

    def _look_along(self) -> None:
        button = QPushButton()
        button.setObjectName("finding.along")
        button.setIcon(icon("path"))
        words(button, self._parts.language, button.setText, "path.show")
        tip(button, self._parts.language, "path.show.tip")
        button.clicked.connect(lambda: self._parts.attempt(self._parts.along.show))
        self._column.addWidget(button)

    def _entry(self) -> None:
        heading = PlainLabel()
        heading.setProperty("role", "quiet")
        heading.setWordWrap(True)  # a long word order must not push the buttons out of sight
        words(heading, self._parts.language, heading.setText, "ui.finding.entry")
        self._column.addWidget(heading)
        self._ends: dict[int, QRadioButton] = {}
        group = QButtonGroup(self)
        for end in (*_ENDS, -1):
            button = QRadioButton()
            button.setObjectName(f"finding.entry.{end}")
            key = "ui.finding.entry.none" if end < 0 else f"ui.finding.entry.{end}"
            words(button, self._parts.language, button.setText, key)
            button.clicked.connect(partial(self._state, end))
            group.addButton(button)
            self._ends[end] = button
            row = QHBoxLayout()
            row.addWidget(button, 1)
            if end >= 0:
                row.addWidget(self._jump(end))
            self._column.addLayout(row)

    def _jump(self, end: int) -> QToolButton:
        button = QToolButton()
        button.setObjectName(f"finding.jump.{end}")
        button.setIcon(icon("jump"))
        tip(button, self._parts.language, f"ui.finding.jump.{end}")
        button.clicked.connect(lambda: self._parts.findings.jump_to(end))
        return button

    def _state(self, end: int, *_: object) -> None:
        entry = None if end < 0 else end
        self._parts.attempt(lambda: self._parts.findings.state_entry(entry))
        self.show_track(self._parts.findings.track)
