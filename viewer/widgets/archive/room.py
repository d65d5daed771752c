"""The cases room: open a scan from a folder, or a case from the archive."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QSignalBlocker, QSize, Qt
from PySide6.QtGui import QDragEnterEvent, QDropEvent
from PySide6.QtWidgets import (
    QFileDialog,
    QFrame,
    QHBoxLayout,
    QListWidget,
    QListWidgetItem,
    QPushButton,
    QStackedLayout,
    QVBoxLayout,
    QWidget,
)
from typing_extensions import override

from viewer.presenters.examine.pictures import Look
from viewer.widgets.archive.found import FoundList
from viewer.widgets.archive.look import Looking
from viewer.widgets.archive.manual import promises_button
from viewer.widgets.archive.receipt import ask_receipt
from viewer.widgets.archive.sign_in import SignIn
from viewer.widgets.bind import follow, hear, tip, when_seen, words
from viewer.widgets.icons import icon
from viewer.widgets.parts import Parts
from viewer.widgets.plain import PlainLabel
from virtopsy.language import printable

_ARCHIVE_SHARE = (3, 2)


class CasesRoom(QWidget):
    """The start screen."""

    def __init__(self, parts: Parts) -> None:
        super().__init__()
        self.setObjectName("room.cases")
        self.setAcceptDrops(True)
        self._parts = parts
        choosing = QWidget()
        row = QHBoxLayout(choosing)
        row.setContentsMargins(24, 20, 24, 16)
        row.setSpacing(28)
        row.addLayout(self._scans(), _ARCHIVE_SHARE[0])
        row.addWidget(ArchiveCases(parts), _ARCHIVE_SHARE[1])
        self._looking = Looking(parts)
        self._pages = QStackedLayout(self)
        self._pages.addWidget(choosing)
        self._pages.addWidget(self._looking)
        follow(self, parts.pictures.shown, self._turn)

    def _scans(self) -> QVBoxLayout:
        language = self._parts.language
        title = PlainLabel()
        title.setProperty("role", "title")
        words(title, language, title.setText, "ui.cases.title")
        hint = PlainLabel()
        hint.setProperty("role", "quiet")
        hint.setWordWrap(True)
        words(hint, language, hint.setText, "ui.cases.hint")
        button = QPushButton()
        button.setObjectName("cases.open")
        button.setProperty("main", True)
        button.setIcon(icon("open", "on_accent"))
        button.setIconSize(QSize(20, 20))
        words(button, language, button.setText, "ui.cases.open")
        button.clicked.connect(self._ask_folder)
        file = QPushButton()
        file.setObjectName("cases.open_file")
        words(file, language, file.setText, "ui.cases.open_file")
        tip(file, language, "ui.cases.open_file.tip")
        file.clicked.connect(self._ask_file)
        buttons = QHBoxLayout()
        buttons.addWidget(button)
        buttons.addWidget(file)
        buttons.addStretch(1)
        self._where = PlainLabel()
        self._where.setProperty("role", "quiet")
        self._where.setWordWrap(True)
        follow(self._where, self._parts.opening.path, lambda _: self._show_where())
        follow(self._where, self._parts.opening.found, lambda _: self._show_where())
        follow(self._where, self._parts.work.running, lambda _: self._show_where())
        follow(self._where, language, lambda _: self._show_where())
        column = QVBoxLayout()
        column.setSpacing(10)
        column.addWidget(title)
        column.addWidget(hint)
        column.addLayout(buttons)
        column.addWidget(self._where)
        self._found = FoundList(self._parts)
        column.addWidget(self._found, 1)
        return column

    def _turn(self, look: Look | None) -> None:
        """Show the pictures of a series in the place of the list, or the list again."""
        looking = look is not None
        if looking == (self._pages.currentWidget() is self._looking):
            return
        self._pages.setCurrentIndex(int(looking))
        (self._looking.view if looking else self._found).setFocus()

    def _show_where(self) -> None:
        opening = self._parts.opening
        told = [] if opening.path.now is None else [printable(str(opening.path.now))]
        if opening.found.now is not None:
            told.append(self._parts.say("ui.cases.files", n=opening.found.now.files))
        told += [self._parts.say(one.label) + " …" for one in self._parts.work.running.now]
        self._where.setText(" · ".join(told))

    def _ask_folder(self) -> None:
        dialog = QFileDialog(self, self._parts.say("ui.cases.open"))
        dialog.setObjectName("cases.dialog")
        dialog.setFileMode(QFileDialog.FileMode.Directory)
        self._ask(dialog)

    def _ask_file(self) -> None:
        dialog = QFileDialog(self, self._parts.say("ui.cases.open_file"))
        dialog.setObjectName("cases.dialog")
        dialog.setFileMode(QFileDialog.FileMode.ExistingFile)
        every = self._parts.say("ui.cases.every_file")
        dialog.setNameFilters(["zip, DICOMDIR (*.zip *.ZIP DICOMDIR dicomdir)", f"{every} (*)"])
        self._ask(dialog)

    def _ask(self, dialog: QFileDialog) -> None:
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.fileSelected.connect(lambda path: self._parts.opening.look_into(Path(path)))
        dialog.open()

    @override
    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        if any(one.isLocalFile() for one in event.mimeData().urls()):
            event.acceptProposedAction()

    @override
    def dropEvent(self, event: QDropEvent) -> None:
        dropped = [one.toLocalFile() for one in event.mimeData().urls() if one.isLocalFile()]
        if dropped:
            event.acceptProposedAction()
            self._parts.opening.look_into(Path(dropped[0]))


class ArchiveCases(QFrame):
    """The cases of the open archive; one click opens a case again."""

    def __init__(self, parts: Parts) -> None:
        super().__init__()
        self.setObjectName("card")
        self._parts = parts
        language = parts.language
        title = PlainLabel()
        title.setProperty("role", "heading")
        words(title, language, title.setText, "ui.archive.title")
        self._who = PlainLabel()
        self._who.setObjectName("archive.who")
        self._who.setProperty("role", "quiet")
        self._who.setWordWrap(True)
        self._sign_in = QPushButton()
        self._sign_in.setObjectName("archive.sign_in")
        self._sign_in.setIcon(icon("person"))
        self._sign_in.clicked.connect(self.ask_sign_in)
        self._list = QListWidget()
        self._list.setObjectName("archive.cases")
        self._list.itemDoubleClicked.connect(self._reopen)
        self._list.currentItemChanged.connect(lambda *_: self._allow())
        self._open = QPushButton()
        self._open.setObjectName("archive.open")
        self._open.setProperty("main", True)
        words(self._open, language, self._open.setText, "ui.archive.open")
        self._open.clicked.connect(self._reopen)
        self._receipt = QPushButton()
        self._receipt.setObjectName("archive.receipt")
        words(self._receipt, language, self._receipt.setText, "receipt.ask")
        tip(self._receipt, language, "receipt.ask.tip")
        self._receipt.clicked.connect(self._ask_receipt)
        column = QVBoxLayout(self)
        column.setContentsMargins(14, 12, 14, 12)
        column.setSpacing(8)
        for widget in (title, self._who, self._sign_in):
            column.addWidget(widget)
        column.addWidget(self._list, 100)
        buttons = QHBoxLayout()
        buttons.addWidget(self._receipt)
        buttons.addWidget(self._open, 1)
        column.addLayout(buttons)
        column.addStretch(0)
        column.addWidget(promises_button(parts))
        show = when_seen(self, self._show)
        follow(self, parts.keeping.archive, lambda _: show())
        follow(self, parts.keeping.person, lambda _: show(), now=False)
        follow(self, language, lambda _: show(), now=False)
        hear(self, parts.keeping.saved, lambda _: show())
        hear(self, parts.session.changed, lambda _: show())

    def ask_sign_in(self) -> None:
        """Ask who acts, and where the evidence is kept."""
        SignIn(self._parts, self.window()).open()

    def _show(self) -> None:
        say, keeping = self._parts.say, self._parts.keeping
        signed_in = keeping.signed_in
        person = keeping.person.now
        self._who.setText(
            say("ui.archive.who", person=person) if signed_in else say("ui.archive.nobody")
        )
        self._sign_in.setText(say("ui.archive.other" if signed_in else "ui.archive.sign_in"))
        with QSignalBlocker(self._list):
            self._list.clear()
        self._list.setVisible(signed_in)
        for button in (self._open, self._receipt):
            button.setVisible(signed_in)
        if signed_in:
            self._parts.attempt(self._fill)
        self._allow()

    def _fill(self) -> None:
        for case in self._parts.keeping.cases():
            holds = self._parts.say("ui.archive.findings", n=case.findings)
            item = QListWidgetItem(f"{case.number}\n{case.opened[:10]} · {holds}")
            item.setData(Qt.ItemDataRole.UserRole, case.number)
            self._list.addItem(item)

    def _allow(self) -> None:
        for button in (self._open, self._receipt):
            button.setEnabled(self._list.currentItem() is not None)

    def _ask_receipt(self) -> None:
        item = self._list.currentItem()
        if item is not None:
            ask_receipt(self._parts, self.window(), item.data(Qt.ItemDataRole.UserRole))

    def _reopen(self, *_: object) -> None:
        item = self._list.currentItem()
        if item is not None:
            number = item.data(Qt.ItemDataRole.UserRole)
            self._parts.attempt(lambda: self._parts.keeping.reopen(number))
