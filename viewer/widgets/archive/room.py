"""The cases room: open a scan from a folder, or a case from the archive."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QDragEnterEvent, QDropEvent
from PySide6.QtWidgets import (
    QFileDialog,
    QHBoxLayout,
    QPushButton,
    QStackedLayout,
    QVBoxLayout,
    QWidget,
)
from typing_extensions import override

from viewer.presenters.examine.pictures import Look
from viewer.widgets.archive.archive_cases import ArchiveCases
from viewer.widgets.archive.found import FoundList
from viewer.widgets.archive.look import Looking
from viewer.widgets.bind import follow, tip, words
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
