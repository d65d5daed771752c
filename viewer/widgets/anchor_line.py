"""The live line: since when nothing outside this machine vouches for the log."""

from __future__ import annotations

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QSizePolicy

from viewer.widgets.bind import follow
from viewer.widgets.parts import Parts
from viewer.widgets.plain import PlainLabel, set_tip

_EVERY_MS = 30_000


class AnchorLine(PlainLabel):
    """Part of the bottom line; empty where nobody is signed in."""

    def __init__(self, parts: Parts) -> None:
        super().__init__()
        self.setObjectName("bottom.anchor")
        self.setProperty("role", "quiet")
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Preferred)
        self._parts = parts
        timer = QTimer(self)
        timer.setInterval(_EVERY_MS)
        timer.timeout.connect(parts.anchoring.refresh)
        timer.start()
        follow(self, parts.anchoring.last, lambda _: self._show())
        follow(self, parts.language, lambda _: self._show(), now=False)
        follow(self, parts.presence.locked, lambda _: parts.anchoring.refresh(), now=False)

    def _show(self) -> None:
        language, anchoring = self._parts.language.now, self._parts.anchoring
        self.setText(anchoring.briefly(language))
        set_tip(self, anchoring.sentence(language))
        self.setVisible(bool(self.text()))
