"""Where shall the receipt of an intake be written?"""

from __future__ import annotations

from PySide6.QtWidgets import QFileDialog, QWidget

from viewer.widgets.parts import Parts
from viewer.widgets.save_as import save_as


def ask_receipt(parts: Parts, over: QWidget, number: str) -> None:
    """Ask for a file, then write the receipt of the case's newest intake."""
    language, receipts = parts.language.now, parts.receipts
    dialog = save_as(
        parts, over, "receipt.ask", lambda path: receipts.write(number, path, language)
    )
    dialog.setObjectName("receipt.dialog")
    # Nothing is replaced, so nobody is asked whether to: the presenter says so instead.
    dialog.setOption(QFileDialog.Option.DontConfirmOverwrite)
    dialog.setDefaultSuffix("pdf")
    dialog.setNameFilter("PDF (*.pdf)")
    dialog.open()
