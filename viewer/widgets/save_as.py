"""Where shall a file be written? The system's own dialog asks."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFileDialog, QWidget

from viewer.widgets.parts import Parts


def save_as(
    parts: Parts, over: QWidget, title_key: str, write: Callable[[Path], object]
) -> QFileDialog:
    """Return a dialog, to be opened, that lets `write` have the path; a refusal is shown."""
    dialog = QFileDialog(over, parts.say(title_key))
    dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
    dialog.setFileMode(QFileDialog.FileMode.AnyFile)
    dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    dialog.fileSelected.connect(lambda path: parts.attempt(lambda: write(Path(path))))
    return dialog
