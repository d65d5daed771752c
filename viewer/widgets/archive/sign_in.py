"""Who are you, and where is evidence kept: asked at the first start and before the first saving."""

from __future__ import annotations

from PySide6.QtWidgets import QComboBox, QWidget

from viewer.widgets.bind import follow
from viewer.widgets.form_dialog import FormDialog, folder_typed
from viewer.widgets.parts import Parts
from virtopsy.errors import InputError
from virtopsy.language import Language, say


class SignIn(FormDialog):
    """Language, folder, name and password; makes the archive where the folder holds none."""

    def __init__(self, parts: Parts, over: QWidget) -> None:
        super().__init__(parts, over, "sign_in", "ui.sign_in.title")
        self._add_row("ui.sign_in.language", self._languages())
        self._folder = self._add_folder("folder", "ui.sign_in.folder")
        self._folder.setText(str(parts.archive_folder.now))
        self._person = self._add_line("person", "ui.sign_in.person")
        self._person.setText(parts.keeping.person.now)
        self._password = self._add_line("password", "ui.sign_in.password", secret=True)
        self._again = self._add_line("again", "ui.sign_in.again", secret=True)
        self._add_buttons(self._enter, "ui.sign_in.enter", "ui.sign_in.later")
        self._folder.textChanged.connect(lambda _: self._suit())
        follow(self, parts.language, lambda _: self._suit())
        (self._password if self._person.text() else self._person).setFocus()

    def _languages(self) -> QComboBox:
        box, language = QComboBox(), self._parts.language
        box.setObjectName("sign_in.language")
        box.addItems([say(f"ui.language.{one.value}", one) for one in Language])
        box.setCurrentIndex(list(Language).index(language.now))
        box.activated.connect(lambda row: language.set(list(Language)[row]))
        return box

    def _suit(self) -> None:
        """Say what the button will do: make an archive there, or sign in to the one there is."""
        new = not self._holds_archive()
        self._go.setText(self._parts.say("ui.sign_in.create" if new else "ui.sign_in.enter"))
        kind = "new" if new else "known"
        self._explained.setText(self._parts.say(f"ui.sign_in.explained.{kind}"))
        self._form.setRowVisible(self._again, new)

    def _holds_archive(self) -> bool:
        try:
            return self._parts.keeping.is_archive(folder_typed(self._folder.text()))
        except InputError:  # half typed, perhaps; the button says it
            return False

    def _enter(self) -> None:
        folder = folder_typed(self._folder.text())
        typed = (self._person.text(), self._password.text(), self._again.text())
        self._parts.keeping.enter(folder, *typed)
        self._parts.archive_folder.set(folder)
