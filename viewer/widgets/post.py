"""From any thread to the screen's thread: a queued signal carries the function over."""

from __future__ import annotations

from collections.abc import Callable
from typing import cast

from PySide6.QtCore import QObject, Qt, Signal, Slot


class Postman(QObject):
    """Runs functions in the thread it was made in, in the order they came."""

    _sent = Signal(object)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._sent.connect(self._deliver, Qt.ConnectionType.QueuedConnection)

    def post(self, function: Callable[[], None]) -> None:
        """Run `function` soon; callable from any thread."""
        self._sent.emit(function)

    @Slot(object)
    def _deliver(self, function: object) -> None:
        cast("Callable[[], None]", function)()
