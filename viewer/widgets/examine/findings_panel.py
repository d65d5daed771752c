"""The right-hand panel: the list of findings, and the details of the selected one."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import QSignalBlocker, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import (
    QButtonGroup,
    QCheckBox,
    QFrame,
    QHBoxLayout,
    QLineEdit,
    QListWidget,
    QListWidgetItem,
    QPushButton,
    QRadioButton,
    QScrollArea,
    QToolButton,
    QVBoxLayout,
    QWidget,
)
from typing_extensions import override

from viewer.widgets.bind import follow, hear, tip, words
from viewer.widgets.icons import icon
from viewer.widgets.parts import Parts
from viewer.widgets.plain import PlainLabel, set_tip
from viewer.widgets.subject_choice import SubjectChoice
from virtopsy.findings.trajectory import Trajectory
from virtopsy.imaging.volume import Volume

_ROW_PX, _MOST_ROWS = 42, 4
_ENDS = (0, 1)


class FindingsPanel(QFrame):
    """What was found, by number and name; one click selects."""

    def __init__(self, parts: Parts) -> None:
        super().__init__()
        self.setObjectName("panel")
        self._parts = parts
        heading = PlainLabel()
        heading.setProperty("role", "heading")
        words(heading, parts.language, heading.setText, "ui.findings")
        self._empty = PlainLabel()
        self._empty.setProperty("role", "quiet")
        self._empty.setWordWrap(True)
        words(self._empty, parts.language, self._empty.setText, "ui.findings.none")
        self._list = _List()
        self._list.setObjectName("findings.list")
        self._list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._list.currentItemChanged.connect(self._choose)
        self._details = TrajectoryDetails(parts)
        column = QVBoxLayout(self)
        column.setContentsMargins(8, 8, 4, 4)
        column.addLayout(self._subject())
        for widget in (heading, self._empty, self._list):
            column.addWidget(widget)
        column.addWidget(self._details, 1)
        column.addStretch(0)
        hear(self, parts.session.changed, lambda _: self._fill())
        follow(self, parts.views.volume, self._take_volume)
        follow(self, parts.findings.selected, lambda _: self._show_selection())
        follow(self, parts.language, lambda _: self._fill())

    def _subject(self) -> QVBoxLayout:
        """Let it be stated before anything is read whether the person is deceased or living."""
        label = PlainLabel()
        label.setProperty("role", "quiet")
        words(label, self._parts.language, label.setText, "ui.subject")
        both = QVBoxLayout()
        both.setContentsMargins(0, 0, 4, 6)
        both.setSpacing(3)
        both.addWidget(label)
        both.addWidget(SubjectChoice(self._parts, "subject.choice"))
        return both

    def _take_volume(self, _: Volume | None) -> None:
        self._fill()

    def _fill(self) -> None:
        rows = self._parts.findings.rows(self._parts.language.now)
        with QSignalBlocker(self._list):
            self._list.clear()
            for row in rows:
                item = QListWidgetItem(f"{row.number}   {row.name}\n     {row.summary}")
                item.setData(Qt.ItemDataRole.UserRole, row.finding_id)
                set_tip(item, f"{row.kind}: {row.name}, {row.summary}")
                self._list.addItem(item)
        self._list.setVisible(bool(rows))
        self._list.setFixedHeight(min(len(rows), _MOST_ROWS) * _ROW_PX + 4)
        self._empty.setVisible(not rows)
        self._show_selection()

    def _show_selection(self) -> None:
        wanted = self._parts.findings.selected.now
        with QSignalBlocker(self._list):
            self._list.setCurrentRow(-1)
            for row in range(self._list.count()):
                if self._list.item(row).data(Qt.ItemDataRole.UserRole) == wanted:
                    self._list.setCurrentRow(row)
        self._details.show_track(self._parts.findings.track)

    def _choose(self, item: QListWidgetItem | None, _before: QListWidgetItem | None) -> None:
        if item is not None:
            self._parts.findings.selected.set(item.data(Qt.ItemDataRole.UserRole))


class _List(QListWidget):
    """A list whose letters are the room's keys, not a search for names."""

    @override
    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.text().strip():
            event.ignore()
        else:
            super().keyPressEvent(event)


class TrajectoryDetails(QScrollArea):
    """Name, entry, grounds and numbers of one track."""

    def __init__(self, parts: Parts) -> None:
        super().__init__()
        self.setObjectName("finding.details")
        self.setWidgetResizable(True)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._parts = parts
        self._shown = ""
        inside = QWidget()
        self._column = QVBoxLayout(inside)
        self._column.setContentsMargins(0, 4, 6, 4)
        self._column.setSpacing(5)
        self.setWidget(inside)
        self._name()
        self._look_along()
        self._entry()
        self._grounds()
        self._pairs: list[tuple[PlainLabel, PlainLabel]] = []
        self._table = QWidget()
        self._numbers = QVBoxLayout(self._table)
        self._numbers.setContentsMargins(0, 0, 0, 0)
        self._numbers.setSpacing(1)
        self._column.addWidget(self._table)
        self._withdraw()
        self._column.addStretch(1)
        follow(self, parts.language, lambda _: self.show_track(parts.findings.track))

    def show_track(self, track: Trajectory | None) -> None:
        """Show these details, or nothing."""
        self.setVisible(track is not None)
        if track is None:
            return
        if track.finding_id != self._shown or not self._line.hasFocus():
            self._line.setText(track.name)  # never under the hands of who is typing
        self._shown = track.finding_id
        self._ends[-1 if track.entry is None else track.entry].setChecked(True)
        for ground, box in self._boxes.items():
            with QSignalBlocker(box):
                box.setChecked(ground in track.grounds)
            box.setEnabled(track.entry is not None)
        self._show_numbers()

    def _heading(self, key: str) -> None:
        label = PlainLabel()
        label.setProperty("role", "quiet")
        label.setWordWrap(True)  # a long word order must not push the panel's buttons out of sight
        words(label, self._parts.language, label.setText, key)
        self._column.addWidget(label)

    def _name(self) -> None:
        self._line = QLineEdit()
        self._line.setObjectName("finding.name")
        tip(self._line, self._parts.language, "ui.finding.name.tip")
        self._line.editingFinished.connect(self._rename)
        self._heading("ui.finding.name")
        self._column.addWidget(self._line)

    def _rename(self) -> None:
        if self._parts.findings.track is not None:
            self._parts.attempt(lambda: self._parts.findings.rename(self._line.text()))

    def _look_along(self) -> None:
        button = QPushButton()
        button.setObjectName("finding.along")
        button.setIcon(icon("path"))
        words(button, self._parts.language, button.setText, "path.show")
        tip(button, self._parts.language, "path.show.tip")
        button.clicked.connect(lambda: self._parts.attempt(self._parts.along.show))
        self._column.addWidget(button)

    def _entry(self) -> None:
        self._heading("ui.finding.entry")
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

    def _grounds(self) -> None:
        self._heading("ui.finding.grounds")
        self._boxes: dict[str, QCheckBox] = {}
        for ground in Trajectory.GROUNDS:
            box = QCheckBox()
            box.setObjectName(f"finding.ground.{ground}")
            words(box, self._parts.language, box.setText, f"findings.ground.{ground}")
            box.toggled.connect(partial(self._tick, ground))
            self._boxes[ground] = box
            self._column.addWidget(box)

    def _tick(self, ground: str, ticked: bool) -> None:
        self._parts.attempt(lambda: self._parts.findings.tick_grounds(ground, ticked))

    def _show_numbers(self) -> None:
        lines = self._parts.findings.details(self._parts.language.now)
        self._table.hide()  # or the whole window is laid out anew for each label that appears
        while len(self._pairs) < len(lines):
            self._pairs.append(self._pair(len(self._pairs)))
        for number, (label, value) in enumerate(self._pairs):
            told = number < len(lines)
            if told:
                label.setText(lines[number].label)
                value.setText(lines[number].text)
            label.setVisible(told)
            value.setVisible(told)
        self._table.show()

    def _pair(self, number: int) -> tuple[PlainLabel, PlainLabel]:
        label, value = PlainLabel(), PlainLabel()
        label.setProperty("role", "quiet")
        value.setObjectName(f"finding.number.{number}")
        for one in (label, value):
            one.setWordWrap(True)
            self._numbers.addWidget(one)
        value.setContentsMargins(0, 0, 0, 5)
        value.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        return label, value

    def _withdraw(self) -> None:
        button = QPushButton()
        button.setObjectName("finding.withdraw")
        button.setIcon(icon("withdraw"))
        words(button, self._parts.language, button.setText, "ui.finding.withdraw")
        tip(button, self._parts.language, "ui.finding.withdraw.tip")
        button.clicked.connect(lambda: self._parts.attempt(self._parts.findings.withdraw))
        self._column.addWidget(button)
