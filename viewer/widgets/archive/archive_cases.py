"""The cases of the open archive: a list that grows as it is scrolled, and a field to search."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QSignalBlocker, Qt
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QLineEdit,
    QListWidget,
    QListWidgetItem,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from viewer.widgets.archive.manual import promises_button
from viewer.widgets.archive.receipt import ask_receipt
from viewer.widgets.archive.sign_in import SignIn
from viewer.widgets.bind import follow, hear, tip, when_seen, words
from viewer.widgets.icons import icon
from viewer.widgets.parts import Parts
from viewer.widgets.plain import PlainLabel, wrapped
from viewer.widgets.push_button import push_button

_NEAR_THE_END = 5
"""Lines below what is seen from which on the next page is read."""


class ArchiveCases(QFrame):
    """The cases of the open archive; one click opens a case again."""

    def __init__(self, parts: Parts) -> None:
        super().__init__()
        self.setObjectName("card")
        self._parts = parts
        self._cases = parts.case_list
        language = parts.language
        title = PlainLabel()
        title.setProperty("role", "heading")
        words(title, language, title.setText, "ui.archive.title")
        self._who = wrapped("quiet", "archive.who")
        self._lasting = wrapped("quiet", "cases.lasting")
        self._told = wrapped("quiet", "cases.found")
        self._sign_in = QPushButton()
        self._sign_in.setObjectName("archive.sign_in")
        self._sign_in.setIcon(icon("person"))
        self._sign_in.clicked.connect(self.ask_sign_in)
        column = QVBoxLayout(self)
        column.setContentsMargins(14, 12, 14, 12)
        column.setSpacing(8)
        for widget in (title, self._who, self._lasting, self._sign_in, self._field(), self._told):
            column.addWidget(widget)
        column.addWidget(self._listed(), 100)
        column.addLayout(self._buttons())
        column.addStretch(0)
        column.addWidget(promises_button(parts))
        self._follow()

    def ask_sign_in(self) -> None:
        """Ask who acts, and where the evidence is kept."""
        SignIn(self._parts, self.window()).open()

    def _field(self) -> QWidget:
        self._searched = QWidget()
        self._search = QLineEdit()
        self._search.setObjectName("archive.search")
        self._search.setClearButtonEnabled(True)
        words(self._search, self._parts.language, self._search.setPlaceholderText, "search.field")
        tip(self._search, self._parts.language, "search.field.tip")
        self._search.returnPressed.connect(self._seek)
        self._search.textChanged.connect(lambda text: None if text else self._seek())
        find = push_button(self._parts.language, "find", "cases.find", self._seek)
        row = QHBoxLayout(self._searched)
        row.setContentsMargins(0, 0, 0, 0)
        row.addWidget(self._search, 1)
        row.addWidget(find)
        return self._searched

    def _listed(self) -> QWidget:
        self._list = QListWidget()
        self._list.setObjectName("archive.cases")
        self._list.itemDoubleClicked.connect(self._reopen)
        self._list.currentItemChanged.connect(lambda *_: self._allow())
        self._list.verticalScrollBar().valueChanged.connect(self._scrolled)
        return self._list

    def _buttons(self) -> QHBoxLayout:
        language = self._parts.language
        self._open = QPushButton()
        self._open.setObjectName("archive.open")
        self._open.setProperty("main", True)
        words(self._open, language, self._open.setText, "ui.archive.open")
        self._open.clicked.connect(self._reopen)
        self._receipt = self._small("cases.receipt", "receipt.ask", self._ask_receipt)
        self._log = self._small("cases.log", "logroom.of_case", self._show_log)
        row = QHBoxLayout()
        row.addWidget(self._receipt)
        row.addWidget(self._log)
        row.addWidget(self._open, 1)
        return row

    def _small(self, name: str, key: str, act: Callable[[], None]) -> QPushButton:
        button = QPushButton()
        button.setObjectName(name)
        words(button, self._parts.language, button.setText, key)
        tip(button, self._parts.language, f"{key}.tip")
        button.clicked.connect(lambda _: act())
        return button

    def _follow(self) -> None:
        parts = self._parts
        read = when_seen(self, self._read)
        show = when_seen(self, self._show)
        follow(self, self._cases.cases, lambda _: show())
        follow(self, self._cases.found, lambda _: show(), now=False)
        follow(self, parts.language, lambda _: show(), now=False)
        follow(self, parts.keeping.person, lambda _: show(), now=False)
        follow(self, parts.keeping.archive, lambda _: read())
        hear(self, parts.keeping.saved, lambda _: read())
        hear(self, parts.session.changed, lambda _: read())

    def _read(self) -> None:
        self._parts.attempt(self._cases.refresh)
        self._show()

    def _show(self) -> None:
        say, keeping, language = self._parts.say, self._parts.keeping, self._parts.language.now
        self._who.setText(keeping.who(language))
        lasting = keeping.lasting(language)
        self._lasting.setText(lasting)
        self._lasting.setVisible(bool(lasting))
        other = "ui.archive.other" if keeping.signed_in else "ui.archive.sign_in"
        self._sign_in.setText(say(other))
        for widget in (self._searched, self._list, self._open, self._receipt, self._log):
            widget.setVisible(self._cases.allowed)
        told = self._cases.told(language)
        self._told.setText(told)
        self._told.setVisible(bool(told))
        self._fill()
        self._allow()

    def _fill(self) -> None:
        """Show the lines; where only a page came, what was seen stays where it was."""
        lines = self._cases.lines(self._parts.language.now)
        place = self._list.verticalScrollBar().value()
        row = self._list.currentRow()
        same = 0 < self._list.count() <= len(lines) and (self._list.item(0).text() == lines[0].text)
        with QSignalBlocker(self._list), QSignalBlocker(self._list.verticalScrollBar()):
            self._list.clear()
            for line in lines:
                item = QListWidgetItem(line.text)
                item.setData(Qt.ItemDataRole.UserRole, line.number)
                self._list.addItem(item)
            self._list.setCurrentRow(row if same else -1)
            self._list.verticalScrollBar().setValue(place if same else 0)

    def _scrolled(self, value: int) -> None:
        if value + _NEAR_THE_END >= self._list.verticalScrollBar().maximum():
            self._parts.attempt(self._cases.older)

    def _seek(self) -> None:
        self._parts.attempt(lambda: self._cases.seek(self._search.text()))

    def _allow(self) -> None:
        for button in (self._open, self._receipt, self._log):
            button.setEnabled(self._list.currentItem() is not None)

    def _ask_receipt(self) -> None:
        item = self._list.currentItem()
        if item is not None:
            ask_receipt(self._parts, self.window(), item.data(Qt.ItemDataRole.UserRole))

    def _show_log(self) -> None:
        """Show the log's room with the entries of the chosen case."""
        item = self._list.currentItem()
        if item is not None:
            self._parts.log_pages.of_case(item.data(Qt.ItemDataRole.UserRole))
            self._parts.room.set("log")

    def _reopen(self, *_: object) -> None:
        item = self._list.currentItem()
        if item is not None:
            number = item.data(Qt.ItemDataRole.UserRole)
            self._parts.attempt(lambda: self._parts.keeping.reopen(number))
