"""The entries of the log as sentences, a page at a time, and what is asked for."""

from __future__ import annotations

from PySide6.QtWidgets import (
    QCheckBox,
    QHBoxLayout,
    QLineEdit,
    QVBoxLayout,
    QWidget,
)

from viewer.presenters.archive.log_pages import EVERY, acts
from viewer.widgets.archive.log_button import log_button
from viewer.widgets.archive.plain_pages import PlainPages
from viewer.widgets.bind import follow, tip, when_seen, words
from viewer.widgets.elided import ElidedComboBox, ElidedLabel
from viewer.widgets.parts import Parts


class LogList(QWidget):
    """Filter, entries, pager."""

    def __init__(self, parts: Parts) -> None:
        super().__init__()
        self._parts = parts
        self._pages = parts.log_pages
        self._list = PlainPages()
        self._list.setObjectName("log.entries")
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(10)
        column.addLayout(self._filter())
        column.addWidget(self._list, 1)
        column.addLayout(self._pager())
        show = when_seen(self, self._show)
        follow(self, self._pages.page, lambda _: show())
        follow(self, self._pages.reading, lambda _: self._allow())
        follow(self, self._pages.query, lambda _: self._show_query())
        follow(self, parts.language, lambda _: self._reword())
        follow(self, parts.theme, lambda _: show(), now=False)

    def _filter(self) -> QVBoxLayout:
        language = self._parts.language
        self._case = QLineEdit()
        self._case.setObjectName("log.case")
        self._case.returnPressed.connect(self._ask)
        words(self._case, language, self._case.setPlaceholderText, "logroom.case")
        tip(self._case, language, "logroom.case.tip")
        self._act = ElidedComboBox()
        self._act.setObjectName("log.act")
        self._act.activated.connect(lambda _: self._ask())
        self._refused = QCheckBox()
        self._refused.setObjectName("log.refused")
        words(self._refused, language, self._refused.setText, "logroom.refused")
        self._refused.clicked.connect(lambda _: self._ask())
        first, second, column = QHBoxLayout(), QHBoxLayout(), QVBoxLayout()
        first.addWidget(self._case, 2)
        first.addWidget(self._act, 3)
        second.addWidget(self._refused)
        second.addStretch(1)
        second.addWidget(log_button(self._parts, "ask", self._ask))
        column.addLayout(first)
        column.addLayout(second)
        return column

    def _pager(self) -> QHBoxLayout:
        self._place = ElidedLabel()
        self._place.setObjectName("log.place")
        self._place.setProperty("role", "quiet")
        self._newest = log_button(self._parts, "newest", self._pages.newest)
        self._newer = log_button(self._parts, "newer", self._pages.newer)
        self._older = log_button(self._parts, "older", self._pages.older)
        row = QHBoxLayout()
        row.setSpacing(8)
        row.addWidget(self._place, 1)
        for button in (self._newest, self._newer, self._older):
            row.addWidget(button)
        return row

    def _ask(self) -> None:
        asked = self._act.currentData() or EVERY
        self._parts.attempt(
            lambda: self._pages.ask(
                case_number=self._case.text(), act=asked, refused=self._refused.isChecked()
            )
        )

    def _reword(self) -> None:
        self._act.clear()
        for act, text in acts(self._parts.language.now):
            self._act.addItem(text, act)
        self._show_query()
        self._show()

    def _show_query(self) -> None:
        query = self._pages.query.now
        self._case.setText(query.case_number)
        self._act.setCurrentIndex(max(self._act.findData(query.act), 0))
        self._refused.setChecked(query.refused)

    def _show(self) -> None:
        language = self._parts.language.now
        told = self._pages.told(language)
        self._list.show_pairs(
            (self._parts.say("logroom.entry", seq=one.seq, when=one.when), one.text, one.refused)
            for one in told
        )
        self._place.setText(self._pages.place(language))
        self._allow()

    def _allow(self) -> None:
        page, free = self._pages.page.now, not self._pages.reading.now
        self._older.setEnabled(free and page is not None and page.older)
        for button in (self._newer, self._newest):
            button.setEnabled(free and not self._pages.newest_shown)
