"""The right-hand panel: the list of findings, and the details of the selected one."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QHBoxLayout, QToolButton, QVBoxLayout

from viewer.widgets.bind import follow, hear, tip, words
from viewer.widgets.examine.finding_details import FindingDetails
from viewer.widgets.examine.findings_filter import FindingsFilter
from viewer.widgets.examine.findings_list import ROW_PX, FindingsList
from viewer.widgets.examine.findings_menu import FindingsMenu
from viewer.widgets.icons import icon
from viewer.widgets.parts import Parts
from viewer.widgets.plain import PlainLabel, wrapped
from viewer.widgets.subject_choice import SubjectChoice

_MOST_ROWS, _MOST_ALONE = 4, 12


class FindingsPanel(QFrame):
    """What was found, by number and name; one click selects."""

    def __init__(self, parts: Parts) -> None:
        super().__init__()
        self.setObjectName("panel")
        self._parts = parts
        self._empty = self._quiet("list.empty")
        words(self._empty, parts.language, self._empty.setText, "panel.none")
        self._elsewhere = self._quiet("list.quiet")
        self._filter = FindingsFilter(parts)
        self._list = FindingsList(parts)
        self._details = FindingDetails(parts)
        column = QVBoxLayout(self)
        column.setContentsMargins(8, 8, 4, 4)
        column.addLayout(self._subject())
        column.addLayout(self._heading())
        for widget in (self._empty, self._filter, self._list, self._elsewhere):
            column.addWidget(widget)
        column.addWidget(self._details, 1)
        column.addStretch(0)
        hear(self, parts.session.changed, lambda _: self._fill())
        follow(self, parts.views.volume, lambda _: self._fill())
        follow(self, parts.findings.selected, lambda _: self._show_selection())
        follow(self, parts.findings.hidden, lambda _: self._list_again(), now=False)
        follow(self, parts.findings.text, lambda _: self._list_again(), now=False)
        follow(self, parts.findings.kind, lambda _: self._list_again(), now=False)
        follow(self, parts.language, lambda _: self._fill())
        follow(self, parts.theme, lambda _: self._list.viewport().update(), now=False)

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

    def _heading(self) -> QHBoxLayout:
        heading = PlainLabel()
        heading.setProperty("role", "heading")
        words(heading, self._parts.language, heading.setText, "ui.findings")
        self._draw = QToolButton()
        self._draw.setObjectName("findings.draw")
        tip(self._draw, self._parts.language, "panel.draw.all")
        self._draw.clicked.connect(self._parts.findings.toggle_all)
        row = QHBoxLayout()
        row.setContentsMargins(0, 0, 4, 0)
        row.addWidget(heading, 1)
        row.addWidget(self._draw)
        row.addWidget(FindingsMenu(self._parts))
        return row

    def _quiet(self, name: str) -> PlainLabel:
        label = wrapped("quiet", name)
        label.setAlignment(Qt.AlignmentFlag.AlignTop | Qt.AlignmentFlag.AlignLeft)
        return label

    def _fill(self) -> None:
        self._list_again()
        self._details.show_finding()

    def _list_again(self) -> None:
        findings, language = self._parts.findings, self._parts.language.now
        rows = findings.rows(language)
        self._list.fill(rows, self._parts.say("panel.hidden"), self._parts.say("panel.draw.one"))
        self._filter.setVisible(findings.filterable)
        self._list.setVisible(bool(rows))
        self._empty.setVisible(not findings.shown)
        quiet = findings.quiet_words(language)
        self._elsewhere.setText(quiet)
        self._elsewhere.setVisible(bool(quiet))
        self._draw.setVisible(bool(findings.shown))
        self._draw.setIcon(icon("eye" if findings.all_drawn else "eye_closed"))
        self._suit()

    def _suit(self) -> None:
        """Give the list as many rows as leave the details their room."""
        most = _MOST_ALONE if self._parts.findings.finding is None else _MOST_ROWS
        self._list.setFixedHeight(min(self._list.count(), most) * ROW_PX + 4)

    def _show_selection(self) -> None:
        self._list.select(self._parts.findings.selected.now)
        self._suit()
        self._details.show_finding()
