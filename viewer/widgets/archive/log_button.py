"""The push button of the log room's cards: words, a tooltip, one act that may be refused."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtWidgets import QPushButton

from viewer.widgets.bind import tip, words
from viewer.widgets.parts import Parts


def log_button(parts: Parts, name: str, act: Callable[[], object]) -> QPushButton:
    """Return a button worded by `logroom.<name>` and `logroom.<name>.tip`."""
    button = QPushButton()
    button.setObjectName(f"log.{name}")
    words(button, parts.language, button.setText, f"logroom.{name}")
    tip(button, parts.language, f"logroom.{name}.tip")
    button.clicked.connect(lambda _: parts.attempt(act))
    return button
