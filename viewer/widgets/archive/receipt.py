"""Where shall the receipt of an intake be written?"""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFileDialog, QWidget

from viewer.widgets.parts import Parts


def ask_receipt(parts: Parts, over: QWidget, number: str) -> None:
    """Ask for a file, then write the receipt of the case's newest intake."""
    dialog = QFileDialog(over, parts.say("receipt.ask"))
    dialog.setObjectName("receipt.dialog")
    dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
    dialog.setFileMode(QFileDialog.FileMode.AnyFile)
    dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    dialog.setDefaultSuffix("pdf")
    dialog.setNameFilter("PDF (*.pdf)")
    language = parts.language.now
    dialog.fileSelected.connect(
        lambda path: parts.attempt(lambda: parts.receipts.write(number, Path(path), language))
    )
    dialog.open()
