"""Where shall the backup go, and which password opens it?"""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QCheckBox,
    QDialog,
    QFileDialog,
    QFormLayout,
    QHBoxLayout,
    QLineEdit,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from viewer.widgets.bind import words
from viewer.widgets.parts import Parts
from viewer.widgets.plain import PlainLabel
from viewer.widgets.theme import clothe
from virtopsy.errors import VirtopsyError

_WIDTH_PX = 560


class BackUp(QDialog):
    """Folder and password; the job then runs on the bottom line."""

    def __init__(self, parts: Parts, over: QWidget) -> None:
        super().__init__(over)
        self.setObjectName("backup")
        clothe(self)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setMinimumWidth(_WIDTH_PX)
        self._parts = parts
        words(self, parts.language, self.setWindowTitle, "logroom.backup.title")
        self._place, self._password = QLineEdit(), QLineEdit()
        self._place.setObjectName("backup.place")
        self._password.setObjectName("backup.password")
        self._password.setEchoMode(QLineEdit.EchoMode.Password)
        self._plain = QCheckBox()
        self._plain.setObjectName("backup.plain")
        words(self._plain, parts.language, self._plain.setText, "logroom.backup.plain")
        self._trouble = self._label("caution")
        self._trouble.setObjectName("backup.trouble")
        self._trouble.hide()
        explained = self._label("quiet")
        words(explained, parts.language, explained.setText, "logroom.backup.explained")
        column = QVBoxLayout(self)
        column.setContentsMargins(20, 18, 20, 16)
        column.setSpacing(12)
        column.addWidget(explained)
        column.addLayout(self._form())
        column.addWidget(self._trouble)
        column.addLayout(self._buttons())

    def _label(self, role: str) -> PlainLabel:
        label = PlainLabel()
        label.setWordWrap(True)
        label.setProperty("role", role)
        return label

    def _form(self) -> QFormLayout:
        form, folder, browse = QFormLayout(), QHBoxLayout(), QPushButton()
        form.setSpacing(8)
        form.setLabelAlignment(Qt.AlignmentFlag.AlignLeft)
        words(browse, self._parts.language, browse.setText, "ui.sign_in.browse")
        browse.setAutoDefault(False)
        browse.clicked.connect(lambda _: self._browse())
        folder.addWidget(self._place, 1)
        folder.addWidget(browse)
        form.addRow(self._caption("logroom.backup.place"), folder)
        form.addRow(self._caption("logroom.backup.password"), self._password)
        form.addRow(self._plain)
        return form

    def _caption(self, key: str) -> PlainLabel:
        label = PlainLabel()
        words(label, self._parts.language, label.setText, key)
        return label

    def _buttons(self) -> QHBoxLayout:
        go, cancel = QPushButton(), QPushButton()
        go.setObjectName("backup.go")
        go.setProperty("main", True)
        go.setDefault(True)
        go.clicked.connect(lambda _: self._start())
        cancel.setAutoDefault(False)
        cancel.clicked.connect(self.reject)
        words(go, self._parts.language, go.setText, "logroom.backup.go")
        words(cancel, self._parts.language, cancel.setText, "ui.save.cancel")
        row = QHBoxLayout()
        row.addStretch(1)
        row.addWidget(cancel)
        row.addWidget(go)
        return row

    def _browse(self) -> None:
        dialog = QFileDialog(self, self._parts.say("logroom.backup.place"))
        dialog.setFileMode(QFileDialog.FileMode.Directory)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.fileSelected.connect(self._place.setText)
        dialog.open()

    def _start(self) -> None:
        typed = self._place.text().strip()
        try:
            self._parts.backups.write(
                Path(typed).expanduser() if typed else Path(),
                self._password.text(),
                plain=self._plain.isChecked(),
            )
        except VirtopsyError as error:
            self._trouble.setText(error.sentence(self._parts.language.now))
            self._trouble.show()
            self.adjustSize()
            return
        self.accept()
