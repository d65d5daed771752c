"""The push button of the rooms: an icon, a word, a tooltip, one act."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QSize
from PySide6.QtWidgets import QPushButton

from viewer.presenters.value import Value
from viewer.widgets.bind import tip, words
from viewer.widgets.icons import icon
from virtopsy.language import Language


def push_button(
    language: Value[Language],
    drawing: str,
    name: str,
    act: Callable[[], None],
    *,
    main: bool = False,
) -> QPushButton:
    """Return a button worded by `ui.<name>` and `ui.<name>.tip`; a room's main one stands out."""
    button = QPushButton()
    button.setObjectName(name)
    button.setProperty("main", main)
    button.setIcon(icon(drawing, "on_accent" if main else "text"))
    button.setIconSize(QSize(18, 18))
    words(button, language, button.setText, f"ui.{name}")
    tip(button, language, f"ui.{name}.tip")
    button.clicked.connect(act)
    return button
