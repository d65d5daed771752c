"""A dialog of one form: a short file, whatever it asks."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLineEdit, QWidget

from viewer.widgets.form_dialog import FormDialog, folder_typed
from viewer.widgets.parts import Parts
from virtopsy.errors import InputError, UsageError
from virtopsy.language import Language


class _Ask(FormDialog):
    """Refuses an empty answer."""

    def __init__(self, parts: Parts, over: QWidget) -> None:
        super().__init__(parts, over, "asked", "ui.save.title")
        self.number = self._add_line("number", "ui.save.number")
        self.place = self._add_folder("place", "ui.sign_in.folder")
        self._add_buttons(self._take, "ui.save.go", "ui.save.cancel")

    def _take(self) -> None:
        if not self.number.text():
            raise UsageError("ui.sign_in.incomplete")


def _part(dialog: FormDialog, name: str) -> Any:
    found = dialog.findChild(QWidget, f"asked.{name}")
    assert found is not None
    return found


def test_a_refusal_is_said_below_the_answers_and_the_form_stays(screen: Any) -> None:
    screen.parts.language.set(Language.KK)
    dialog = _Ask(screen.parts, screen.desk.window)
    dialog.open()
    trouble = _part(dialog, "trouble")
    assert not trouble.isVisible()
    _part(dialog, "go").click()
    assert dialog.isVisible()
    assert trouble.isVisible()
    assert trouble.text() == UsageError("ui.sign_in.incomplete").sentence(Language.KK)
    assert trouble.y() > dialog.place.y()
    dialog.number.setText("7/2026")
    _part(dialog, "go").click()
    assert not dialog.isVisible()


def test_a_home_of_nobody_is_refused_in_words_and_ones_own_is_found() -> None:
    assert folder_typed("~/evidence") == Path.home() / "evidence"
    assert folder_typed("  /evidence \n") == Path("/evidence")
    assert folder_typed("") == Path()
    with pytest.raises(InputError) as refusal:
        folder_typed("~no-such-person/evidence")
    assert refusal.value.key == "ui.sign_in.no_home"


def test_tab_goes_from_the_first_answer_to_the_main_button(screen: Any) -> None:
    dialog = _Ask(screen.parts, screen.desk.window)
    dialog.open()
    screen.bot.waitUntil(dialog.isActiveWindow, timeout=5000)
    dialog.number.setFocus()
    seen = []
    for _ in range(5):
        seen.append(dialog.focusWidget().objectName())
        QTest.keyClick(dialog.focusWidget(), Qt.Key.Key_Tab)
    names = ("number", "place", "place.browse", "leave", "go")
    assert seen == [f"asked.{name}" for name in names]
    dialog.reject()


def test_return_in_an_answer_presses_the_main_button_and_no_other(screen: Any) -> None:
    dialog = _Ask(screen.parts, screen.desk.window)
    dialog.open()
    line = dialog.findChild(QLineEdit, "asked.number")
    line.setText("7/2026")
    QTest.keyClick(line, Qt.Key.Key_Return)
    assert dialog.result() == FormDialog.DialogCode.Accepted
