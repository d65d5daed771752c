"""The history of the selected finding in the panel: open it, compare, and restore a version."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import QSignalBlocker, Qt
from PySide6.QtWidgets import QFrame, QHBoxLayout, QPushButton, QToolButton, QVBoxLayout, QWidget

from viewer.presenters.archive.finding_history import Told
from viewer.widgets.bind import follow, hear, tip, words
from viewer.widgets.icons import icon
from viewer.widgets.parts import Parts
from viewer.widgets.plain import PlainLabel, wrapped


class FindingVersions(QWidget):
    """A button that opens the history, and the versions under it, newest first."""

    def __init__(self, parts: Parts) -> None:
        super().__init__()
        self._parts = parts
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(4)
        self._open = QPushButton()
        self._open.setObjectName("finding.history")
        self._open.setCheckable(True)
        self._open.setIcon(icon("history"))
        words(self._open, parts.language, self._open.setText, "panel.history")
        tip(self._open, parts.language, "panel.history.tip")
        self._open.clicked.connect(parts.history.shown.set)
        self._where = wrapped("quiet", "history.where")
        self._versions: list[_VersionRow] = []
        self._column.addWidget(self._open)
        self._column.addWidget(self._where)
        follow(self, parts.history.versions, lambda _: self._show())
        follow(self, parts.history.against, lambda _: self._show(), now=False)
        follow(self, parts.history.shown, lambda _: self._show(), now=False)
        follow(self, parts.language, lambda _: self._show(), now=False)
        hear(self, parts.history.problem, parts.trouble.announce)

    def _show(self) -> None:
        history, language = self._parts.history, self._parts.language.now
        with QSignalBlocker(self._open):
            self._open.setChecked(history.shown.now)
        where = history.where(language)
        self._where.setText(where)
        self._where.setVisible(bool(where))
        told = history.told(language)
        while len(self._versions) < len(told):
            self._versions.append(_VersionRow(self._parts))
            self._column.addWidget(self._versions[-1])
        for row, one in zip(self._versions, told, strict=False):
            row.tell(one)
        for place, row in enumerate(self._versions):
            row.setVisible(place < len(told))


class _VersionRow(QFrame):
    """One version: what it is, who made it, what it changed."""

    def __init__(self, parts: Parts) -> None:
        super().__init__()
        self.setProperty("role", "version")
        self._parts = parts
        self._heading = PlainLabel()
        self._heading.setWordWrap(True)
        self._who = wrapped("quiet", "history.who")
        self._changes = PlainLabel()
        self._changes.setObjectName("history.changes")
        self._changes.setWordWrap(True)
        self._changes.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self._number = 0
        self._compare = QToolButton()
        self._compare.setCheckable(True)
        self._compare.setObjectName("history.compare")
        words(self._compare, parts.language, self._compare.setText, "panel.compare")
        tip(self._compare, parts.language, "panel.compare.tip")
        self._compare.clicked.connect(lambda _: parts.history.compare(self._number))
        self._restore = QToolButton()
        self._restore.setObjectName("history.restore")
        words(self._restore, parts.language, self._restore.setText, "panel.restore")
        tip(self._restore, parts.language, "panel.restore.tip")
        restore = partial(parts.attempt, lambda: parts.history.restore(self._number))
        self._restore.clicked.connect(lambda _: restore())
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 2, 0, 4)
        column.setSpacing(1)
        for one in (self._heading, self._who, self._changes):
            column.addWidget(one)
        row = QHBoxLayout()
        row.setSpacing(4)
        row.addWidget(self._compare)
        row.addWidget(self._restore)
        row.addStretch(1)
        column.addLayout(row)

    def tell(self, told: Told) -> None:
        """Show a version."""
        self._number = told.number
        self._heading.setText(told.heading)
        self._who.setText(told.who)
        self._changes.setText("\n".join(told.lines))
        self._changes.setVisible(bool(told.lines))
        self._compare.setChecked(told.compared)
        self._restore.setVisible(told.old)
