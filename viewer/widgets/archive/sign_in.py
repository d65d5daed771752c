"""Who are you, and where is evidence kept: asked at the first start and before the first saving."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QComboBox,
    QDialog,
    QFileDialog,
    QFormLayout,
    QHBoxLayout,
    QLineEdit,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from viewer.widgets.bind import follow, words
from viewer.widgets.parts import Parts
from viewer.widgets.plain import PlainLabel
from viewer.widgets.theme import clothe
from virtopsy.errors import VirtopsyError
from virtopsy.language import Language, say

_WIDTH_PX = 560


class SignIn(QDialog):
    """Language, folder, name and password; makes the archive where the folder holds none."""

    def __init__(self, parts: Parts, over: QWidget) -> None:
        super().__init__(over)
        self.setObjectName("sign_in")
        clothe(self)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setMinimumWidth(_WIDTH_PX)
        self._parts = parts
        words(self, parts.language, self.setWindowTitle, "ui.sign_in.title")
        self._folder = self._line("sign_in.folder", str(parts.archive_folder.now))
        self._person = self._line("sign_in.person", parts.keeping.person.now)
        self._password = self._line("sign_in.password", "")
        self._password.setEchoMode(QLineEdit.EchoMode.Password)
        self._again = self._line("sign_in.again", "")
        self._again.setEchoMode(QLineEdit.EchoMode.Password)
        self._explained, self._trouble = self._label("quiet"), self._label("")
        self._trouble.setObjectName("sign_in.trouble")
        column = QVBoxLayout(self)
        column.setContentsMargins(20, 18, 20, 16)
        column.setSpacing(12)
        column.addWidget(self._explained)
        column.addLayout(self._form())
        column.addWidget(self._trouble)
        column.addLayout(self._buttons())
        self._folder.textChanged.connect(lambda _: self._suit())
        follow(self, parts.language, lambda _: self._suit())
        self._trouble.hide()
        (self._password if self._person.text() else self._person).setFocus()

    def _line(self, name: str, text: str) -> QLineEdit:
        line = QLineEdit(text)
        line.setObjectName(name)
        return line

    def _label(self, role: str) -> PlainLabel:
        label = PlainLabel()
        label.setWordWrap(True)
        label.setProperty("role", role)
        return label

    def _form(self) -> QFormLayout:
        form = QFormLayout()
        form.setSpacing(8)
        form.setLabelAlignment(Qt.AlignmentFlag.AlignLeft)
        language = QComboBox()
        language.setObjectName("sign_in.language")
        language.addItems([say(f"ui.language.{one.value}", one) for one in Language])
        language.setCurrentIndex(list(Language).index(self._parts.language.now))
        language.activated.connect(lambda row: self._parts.language.set(list(Language)[row]))
        browse = QPushButton()
        words(browse, self._parts.language, browse.setText, "ui.sign_in.browse")
        browse.clicked.connect(self._browse)
        browse.setAutoDefault(False)
        folder = QHBoxLayout()
        folder.addWidget(self._folder, 1)
        folder.addWidget(browse)
        self._again_label = self._caption("again")
        form.addRow(self._caption("language"), language)
        form.addRow(self._caption("folder"), folder)
        form.addRow(self._caption("person"), self._person)
        form.addRow(self._caption("password"), self._password)
        form.addRow(self._again_label, self._again)
        return form

    def _caption(self, what: str) -> PlainLabel:
        label = PlainLabel()
        words(label, self._parts.language, label.setText, f"ui.sign_in.{what}")
        return label

    def _buttons(self) -> QHBoxLayout:
        self._go = QPushButton()
        self._go.setObjectName("sign_in.go")
        self._go.setProperty("main", True)
        self._go.setDefault(True)
        self._go.clicked.connect(self._try)
        later = QPushButton()
        later.setObjectName("sign_in.later")
        later.setAutoDefault(False)
        words(later, self._parts.language, later.setText, "ui.sign_in.later")
        later.clicked.connect(self.reject)
        row = QHBoxLayout()
        row.addStretch(1)
        row.addWidget(later)
        row.addWidget(self._go)
        return row

    def _suit(self) -> None:
        """Say what the button will do: make an archive there, or sign in to the one there is."""
        new = not self._parts.keeping.is_archive(Path(self._folder.text()))
        self._go.setText(self._parts.say("ui.sign_in.create" if new else "ui.sign_in.enter"))
        kind = "new" if new else "known"
        self._explained.setText(self._parts.say(f"ui.sign_in.explained.{kind}"))
        self._again.setVisible(new)
        self._again_label.setVisible(new)

    def _browse(self) -> None:
        dialog = QFileDialog(self, self._parts.say("ui.sign_in.folder"))
        dialog.setFileMode(QFileDialog.FileMode.Directory)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.fileSelected.connect(self._folder.setText)
        dialog.open()

    def _try(self) -> None:
        try:
            self._parts.keeping.enter(
                Path(self._folder.text()).expanduser(),
                self._person.text(),
                self._password.text(),
                self._again.text(),
            )
        except VirtopsyError as error:
            self._trouble.setText(error.sentence(self._parts.language.now))
            self._trouble.show()
            return
        self._parts.archive_folder.set(Path(self._folder.text()).expanduser())
        self.accept()
