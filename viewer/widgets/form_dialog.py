"""A dialog of one form: what it is about, a few answers, what is wrong, and two buttons."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
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
from viewer.widgets.plain import PlainLabel, wrapped
from viewer.widgets.theme import clothe
from virtopsy.errors import InputError, VirtopsyError


def folder_typed(text: str) -> Path:
    """Return the folder that was typed; `~` is the person's own, spaces around it are nobody's.

    Raises:
        InputError: `~name` is nobody's on this machine.
    """
    try:
        return Path(text.strip()).expanduser()
    except RuntimeError as error:
        raise InputError("ui.sign_in.no_home", path=text) from error


class FormDialog(QDialog):
    """Whoever derives from it adds rows from above to below and, at the end, the buttons.

    Tab goes through them in that order. A part is called `<dialog>.<name>`.
    """

    def __init__(
        self, parts: Parts, over: QWidget, name: str, title_key: str, *, width_px: int = 560
    ) -> None:
        super().__init__(over)
        self.setObjectName(name)
        clothe(self)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setMinimumWidth(width_px)
        words(self, parts.language, self.setWindowTitle, title_key)
        self._parts = parts
        self._column, self._form = QVBoxLayout(self), QFormLayout()
        self._column.setContentsMargins(20, 18, 20, 16)
        self._column.setSpacing(12)
        self._form.setSpacing(8)
        self._form.setLabelAlignment(Qt.AlignmentFlag.AlignLeft)
        self._explained = self._add_text("explained", "quiet")
        self._column.addLayout(self._form)

    def _add_text(self, name: str, role: str) -> PlainLabel:
        """Add words below what is there, in as many lines as they need."""
        label = wrapped(role)
        self._call(label, name)
        self._column.addWidget(label)
        return label

    def _add_row(self, caption_key: str, answer: QWidget, *beside: QWidget) -> None:
        """Add an answer after its caption, and what helps to answer after that."""
        caption, row = PlainLabel(), QHBoxLayout()
        words(caption, self._parts.language, caption.setText, caption_key)
        row.addWidget(answer, 1)
        for widget in beside:
            row.addWidget(widget)
        self._form.addRow(caption, row if beside else answer)

    def _add_line(self, name: str, caption_key: str, *, secret: bool = False) -> QLineEdit:
        """Add a line to type into; a secret one shows dots."""
        line = self._line(name, secret=secret)
        self._add_row(caption_key, line)
        return line

    def _add_folder(self, name: str, caption_key: str) -> QLineEdit:
        """Add a line for a folder, which can be looked for as well."""
        line = self._line(name)
        look = partial(self._look_for_folder, caption_key, line)
        self._add_row(caption_key, line, self._button(f"{name}.browse", "ui.sign_in.browse", look))
        return line

    def _add_buttons(
        self, act: Callable[[], None], go_key: str, leave_key: str, *, apart: bool = False
    ) -> None:
        """Add the place for what was wrong, and the two buttons.

        Args:
            act: what the main button does. A refusal (VirtopsyError) is shown, and the form stays.
            go_key: what the main button says.
            leave_key: what the button says that does nothing.
            apart: that one stands at the other side.
        """
        self._act = act
        self._trouble = self._add_text("trouble", "caution")
        self._trouble.hide()
        self._go = self._button("go", go_key, self._try)
        self._go.setProperty("main", True)
        self._go.setDefault(True)
        row = QHBoxLayout()
        row.addWidget(self._button("leave", leave_key, self._leave))
        row.insertStretch(1 if apart else 0, 1)
        row.addWidget(self._go)
        self._column.addLayout(row)

    def _line(self, name: str, *, secret: bool = False) -> QLineEdit:
        line = QLineEdit()
        self._call(line, name)
        if secret:
            line.setEchoMode(QLineEdit.EchoMode.Password)
        return line

    def _button(self, name: str, text_key: str, act: Callable[[], None]) -> QPushButton:
        """Return a button that Return does not press."""
        button = QPushButton()
        self._call(button, name)
        button.setAutoDefault(False)
        words(button, self._parts.language, button.setText, text_key)
        button.clicked.connect(lambda _: act())
        return button

    def _call(self, part: QWidget, name: str) -> None:
        part.setObjectName(f"{self.objectName()}.{name}")

    def _look_for_folder(self, title_key: str, line: QLineEdit) -> None:
        dialog = QFileDialog(self, self._parts.say(title_key))
        dialog.setFileMode(QFileDialog.FileMode.Directory)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.fileSelected.connect(line.setText)
        dialog.open()

    def _leave(self) -> None:
        self.reject()

    def _try(self) -> None:
        try:
            self._act()
        except VirtopsyError as error:
            self._trouble.setText(error.sentence(self._parts.language.now))
            self._trouble.show()
            self.adjustSize()
            return
        self.accept()
