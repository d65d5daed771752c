"""The cutting tools of the 3D view, in its row while they are wanted."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from PySide6.QtGui import QAction
from PySide6.QtWidgets import QMenu, QToolButton

from viewer.presenters.examine.cutting import TOOLS
from viewer.render.hidden_words import part_words
from viewer.widgets.bind import choice, follow, tip, words
from viewer.widgets.fitting_row import FittingRow
from viewer.widgets.icons import icon
from viewer.widgets.parts import Parts
from virtopsy.geometry.camera import Point

_DRAWINGS = {"turn": "turn_round", "box": "crop_box", "plane": "clip_plane", "scalpel": "scalpel"}
_RANKS = {"turn": 0, "box": 1, "plane": 1, "scalpel": 1}
_TABLE_RANK, _UNDO_RANK, _FLIP_RANK, _PARTS_RANK, _REDO_RANK, _ALL_RANK = 2, 2, 3, 3, 4, 4


class VolumeTools:
    """Adds to the row what hides a part of the 3D picture, and what brings it back.

    Args:
        row: of the view.
        parts: the presenters.
        lay_plane: puts the cutting plane across the line of sight, unless there is one.
    """

    def __init__(self, row: FittingRow, parts: Parts, lay_plane: Callable[[], None]) -> None:
        self._row, self._parts, self._cutting = row, parts, parts.cutting
        self._buttons: list[QToolButton] = []
        for tool in TOOLS:
            button = self._button(f"tool.{tool}", _DRAWINGS[tool], _RANKS[tool])
            choice(button, self._cutting.tool, tool)
            if tool == "plane":
                button.clicked.connect(lay_plane)
        self._flip = self._button("flip", "flip_plane", _FLIP_RANK)
        self._flip.clicked.connect(self._cutting.turn_plane_round)
        self._table = self._button("table", "table", _TABLE_RANK)
        self._table.clicked.connect(lambda: parts.attempt(self._cutting.hide_table))
        self._undo = self._button("undo", "undo", _UNDO_RANK)
        self._undo.clicked.connect(self._cutting.undo)
        self._redo = self._button("redo", "redo", _REDO_RANK)
        self._redo.clicked.connect(self._cutting.redo)
        self._everything = self._button("all", "everything", _ALL_RANK)
        self._everything.clicked.connect(self._cutting.show_everything)
        self._listed = self._button("parts", "hidden_parts", _PARTS_RANK)
        self._listed.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        self._menu = QMenu(self._listed)
        self._listed.setMenu(self._menu)
        follow(row, self._cutting.history, self._allow)
        follow(row, self._cutting.searching, self._allow)
        follow(row, parts.language, self._allow)
        follow(row, parts.views.volume, self._allow)
        follow(row, self._cutting.shown, self._allow)

    def _allow(self, _: object) -> None:
        """Offer what can be done now."""
        history, shown = self._cutting.history.now, self._cutting.shown.now
        self._undo.setEnabled(history.can_undo)
        self._redo.setEnabled(history.can_redo)
        self._everything.setEnabled(bool(history.now.steps))
        self._table.setEnabled(self._cutting.can_hide_table)
        self._list()
        for button in self._buttons:
            self._row.allow(button, shown)
        self._row.allow(self._flip, shown and self._cutting.plane is not None)
        self._row.allow(self._listed, shown and bool(self._cutting.hidden_parts))

    def _button(self, name: str, drawing: str, rank: int) -> QToolButton:
        button = QToolButton()
        button.setObjectName(f"volume.{name}")
        button.setIcon(icon(drawing))
        words(button, self._parts.language, button.setText, f"volume3d.{name}")
        tip(button, self._parts.language, f"volume3d.{name}.tip")
        self._buttons.append(button)
        self._row.add(button, rank)
        return button

    def _list(self) -> None:
        """Name every hidden part; a click shows where it lies."""
        self._menu.clear()
        for part in self._cutting.hidden_parts:
            size, place = part_words(part, self._parts.language.now)
            action = QAction(f"{size} · {place}", self._menu)
            action.triggered.connect(partial(_go, self._parts, part.centre_mm))
            self._menu.addAction(action)


def _go(parts: Parts, lps_mm: Point, _checked: object = None) -> None:
    parts.views.go(lps_mm)
