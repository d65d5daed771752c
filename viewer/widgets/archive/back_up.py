"""Where shall the backup go, and which password opens it?"""

from __future__ import annotations

from PySide6.QtWidgets import QCheckBox, QWidget

from viewer.widgets.bind import words
from viewer.widgets.form_dialog import FormDialog, folder_typed
from viewer.widgets.parts import Parts


class BackUp(FormDialog):
    """Folder and password; the job then runs on the bottom line."""

    def __init__(self, parts: Parts, over: QWidget) -> None:
        super().__init__(parts, over, "backup", "logroom.backup.title")
        words(self, parts.language, self._explained.setText, "logroom.backup.explained")
        self._place = self._add_folder("place", "logroom.backup.place")
        self._password = self._add_line("password", "logroom.backup.password", secret=True)
        self._plain = QCheckBox()
        self._plain.setObjectName("backup.plain")
        words(self._plain, parts.language, self._plain.setText, "logroom.backup.plain")
        self._form.addRow(self._plain)
        self._add_buttons(self._start, "logroom.backup.go", "ui.save.cancel")

    def _start(self) -> None:
        self._parts.backups.write(
            folder_typed(self._place.text()),
            self._password.text(),
            plain=self._plain.isChecked(),
        )
