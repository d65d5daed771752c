"""What leads out of this machine: the newest anchor, backups, the log as a file."""

from __future__ import annotations

from functools import partial
from pathlib import Path

from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from archive.services.log_export import LogForm
from viewer.presenters.archive.log_files import ENDINGS
from viewer.widgets.archive.back_up import BackUp
from viewer.widgets.archive.log_button import log_button
from viewer.widgets.archive.plain_pages import PlainPages
from viewer.widgets.bind import follow, words
from viewer.widgets.parts import Parts
from viewer.widgets.plain import PlainLabel
from viewer.widgets.save_as import save_as

_TOLD_PX = 110


class Outside(QWidget):
    """The anchor in a sentence, buttons, and what a backup did."""

    def __init__(self, parts: Parts) -> None:
        super().__init__()
        self._parts = parts
        title, self._anchor = PlainLabel(), PlainLabel()
        title.setProperty("role", "heading")
        words(title, parts.language, title.setText, "logroom.outside")
        self._anchor.setObjectName("log.anchor")
        self._anchor.setWordWrap(True)
        self._told = PlainPages()
        self._told.setObjectName("log.backup.told")
        self._told.setFixedHeight(_TOLD_PX)
        self._backup = log_button(parts, "backup", lambda: BackUp(parts, self.window()).open())
        self._files = [
            log_button(parts, form.value, partial(self._ask_file, form)) for form in LogForm
        ]
        row, column = QHBoxLayout(), QVBoxLayout(self)
        row.addWidget(self._backup, 1)
        for button in self._files:
            row.addWidget(button)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        column.addWidget(title)
        column.addWidget(self._anchor)
        column.addWidget(self._told)
        column.addLayout(row)
        follow(self, parts.anchoring.last, lambda _: self._show_anchor())
        follow(self, parts.backups.report, lambda _: self._show_told())
        follow(self, parts.keeping.archive, lambda _: self._allow())
        follow(self, parts.language, lambda _: self._reword(), now=False)
        follow(self, parts.theme, lambda _: self._reword(), now=False)

    def _ask_file(self, form: LogForm) -> None:
        title, write = f"logroom.{form.value}", partial(self._write, form)
        dialog = save_as(self._parts, self.window(), title, write)
        dialog.setObjectName("log.file.dialog")
        dialog.setDefaultSuffix(ENDINGS[form].removeprefix("."))
        dialog.open()

    def _write(self, form: LogForm, out: Path) -> None:
        language, query = self._parts.language.now, self._parts.log_pages.query.now
        self._parts.log_files.write(out, form, language, query)

    def _reword(self) -> None:
        self._show_anchor()
        self._show_told()

    def _show_anchor(self) -> None:
        self._anchor.setText(self._parts.anchoring.sentence(self._parts.language.now))

    def _show_told(self) -> None:
        told = self._parts.backups.told(self._parts.language.now)
        self._told.setVisible(bool(told))
        self._told.show_pairs(("", text, alarming) for text, alarming in told)

    def _allow(self) -> None:
        self._backup.setEnabled(self._parts.backups.allowed)
        for button in self._files:
            button.setEnabled(self._parts.log_files.allowed)
