"""The cutting tools of the 3D view, in a line above its choices."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QAction, QResizeEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QMenu, QToolButton
from typing_extensions import override

from viewer.presenters.examine.cutting import TOOLS
from viewer.render.hidden_words import part_words
from viewer.widgets.bind import choice, follow, tip, words
from viewer.widgets.icons import icon
from viewer.widgets.parts import Parts
from virtopsy.geometry.camera import Point

_ICON_PX = 18
_ROOM_FOR_WORDS_PX = 860
_DRAWINGS = {"turn": "turn_round", "box": "crop_box", "plane": "clip_plane", "scalpel": "scalpel"}


class VolumeTools(QFrame):
    """What hides a part of the 3D picture, and what brings it back.

    Args:
        parts: the presenters.
        lay_plane: puts the cutting plane across the line of sight, unless there is one.
    """

    def __init__(self, parts: Parts, lay_plane: Callable[[], None]) -> None:
        super().__init__()
        self.setObjectName("volume.tools")
        self._parts, self._cutting = parts, parts.cutting
        self._worded: list[QToolButton] = []
        self._row = QHBoxLayout(self)
        self._row.setContentsMargins(6, 3, 6, 0)
        self._row.setSpacing(3)
        for tool in TOOLS:
            button = self._button(f"tool.{tool}", _DRAWINGS[tool])
            choice(button, self._cutting.tool, tool)
            if tool == "plane":
                button.clicked.connect(lay_plane)
        table = self._button("table", "table")
        table.clicked.connect(lambda: parts.attempt(self._cutting.hide_table))
        undo = self._button("undo", "undo", worded=False)
        undo.clicked.connect(self._cutting.undo)
        redo = self._button("redo", "redo", worded=False)
        redo.clicked.connect(self._cutting.redo)
        everything = self._button("all", "everything")
        everything.clicked.connect(self._cutting.show_everything)
        self._listed = self._button("parts", "show")
        self._listed.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        self._row.addStretch(1)
        self._menu = QMenu(self._listed)
        self._listed.setMenu(self._menu)

        def allow(_: object) -> None:
            history = self._cutting.history.now
            undo.setEnabled(history.can_undo)
            redo.setEnabled(history.can_redo)
            everything.setEnabled(bool(history.now.steps))
            table.setEnabled(self._cutting.can_hide_table)
            self._list()

        follow(self, self._cutting.history, allow)
        follow(self, self._cutting.searching, allow)
        follow(self, parts.language, allow)
        follow(self, parts.views.volume, allow)
        follow(self, self._cutting.shown, self.setVisible)

    def _button(self, name: str, drawing: str, *, worded: bool = True) -> QToolButton:
        button = QToolButton()
        button.setObjectName(f"volume.{name}")
        button.setIcon(icon(drawing))
        button.setIconSize(QSize(_ICON_PX, _ICON_PX))
        language = self._parts.language
        tip(button, language, f"volume3d.{name}.tip")
        if worded:
            self._worded.append(button)
            words(button, language, button.setText, f"volume3d.{name}")
        self._row.addWidget(button)
        return button

    @override
    def resizeEvent(self, event: QResizeEvent) -> None:
        """Leave the words to the tooltips where there is no room for them."""
        style = Qt.ToolButtonStyle
        roomy = self.width() >= _ROOM_FOR_WORDS_PX
        for button in self._worded:
            button.setToolButtonStyle(
                style.ToolButtonTextBesideIcon if roomy else style.ToolButtonIconOnly
            )

    def _list(self) -> None:
        """Name every hidden part; a click shows where it lies."""
        self._menu.clear()
        for part in self._cutting.hidden_parts:
            size, place = part_words(part, self._parts.language.now)
            action = QAction(f"{size} · {place}", self._menu)
            action.triggered.connect(partial(_go, self._parts, part.centre_mm))
            self._menu.addAction(action)
        self._listed.setVisible(bool(self._cutting.hidden_parts))


def _go(parts: Parts, lps_mm: Point, _checked: object = None) -> None:
    parts.views.go(lps_mm)
