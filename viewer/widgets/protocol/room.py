"""The protocol room."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtWidgets import QWidget

from viewer.widgets.parts import Parts


class ProtocolRoom(QWidget):
    """The conclusion."""

    def __init__(self, parts: Parts, save: Callable[[], None]) -> None:
        super().__init__()
        self.setObjectName("room.protocol")
