"""One field and one menu that find a finding among many."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from PySide6.QtCore import Qt
from PySide6.QtGui import QAction, QKeyEvent
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QMenu, QToolButton, QWidget
from typing_extensions import override

from viewer.widgets.bind import follow, tip, words
from viewer.widgets.icons import icon
from viewer.widgets.parts import Parts


class FindingsFilter(QWidget):
    """Lists by words and by kind; Esc lists everything again."""

    def __init__(self, parts: Parts) -> None:
        super().__init__()
        self._parts = parts
        self._line = _Words(lambda: parts.findings.text.set(""))
        self._line.setObjectName("findings.find")
        self._line.setClearButtonEnabled(False)
        words(self._line, parts.language, self._line.setPlaceholderText, "panel.find")
        tip(self._line, parts.language, "panel.find")
        self._line.textEdited.connect(parts.findings.text.set)
        self._kind = QToolButton()
        self._kind.setObjectName("findings.kind")
        self._kind.setIcon(icon("find"))
        self._kind.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        tip(self._kind, parts.language, "panel.find.kind")
        menu = QMenu(self._kind)
        menu.aboutToShow.connect(partial(self._fill, menu))
        self._kind.setMenu(menu)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 4, 0)
        row.setSpacing(3)
        row.addWidget(self._line, 1)
        row.addWidget(self._kind)
        follow(self, parts.findings.text, self._show)

    def _show(self, text: str) -> None:
        if self._line.text() != text:
            self._line.setText(text)

    def _fill(self, menu: QMenu) -> None:
        menu.clear()
        for kind, called in self._parts.findings.kinds(self._parts.language.now):
            action = QAction(called, menu)
            action.setCheckable(True)
            action.setChecked(kind == self._parts.findings.kind.now)
            action.triggered.connect(partial(self._choose, kind))
            menu.addAction(action)

    def _choose(self, kind: str, _checked: object = None) -> None:
        self._parts.findings.kind.set(kind)


class _Words(QLineEdit):
    def __init__(self, clear: Callable[[], object]) -> None:
        super().__init__()
        self._clear = clear

    @override
    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape and self.text():
            self._clear()
        else:
            super().keyPressEvent(event)
