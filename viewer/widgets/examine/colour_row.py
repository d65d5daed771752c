"""The colour of a point of the transfer function: ready ones to press, any other one to type."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import QRegularExpression, QSignalBlocker, QSize
from PySide6.QtGui import QColor, QIcon, QPixmap, QRegularExpressionValidator
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QToolButton, QWidget

from viewer.presenters.examine.transfer import Transfer
from viewer.widgets.bind import follow, tip
from viewer.widgets.parts import Parts

SWATCHES = {
    "white": "#ffffff",
    "bone": "#e8dcc3",
    "skin": "#e0ac88",
    "yellow": "#f2c14e",
    "orange": "#e4842e",
    "red": "#d9412b",
    "dark_red": "#7a1f1f",
    "green": "#4caf72",
    "blue": "#4a7fd6",
    "grey": "#8a8f98",
}
_SIDE_PX, _ICON_PX, _DRAWN_PX = 24, 14, 56
_TYPED_PX = 78
_TYPED = "#[0-9A-Fa-f]{6}"


class ColourRow(QWidget):
    """Shows and changes the colour of the chosen point; idle while none is chosen."""

    def __init__(self, parts: Parts) -> None:
        super().__init__()
        self.setObjectName("volume.colours")
        self._transfer: Transfer = parts.transfer
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(3)
        self._buttons = {name: self._swatch(parts, name) for name in SWATCHES}
        for button in self._buttons.values():
            row.addWidget(button)
        self._typed = QLineEdit()
        self._typed.setObjectName("volume.colour.typed")
        self._typed.setFixedWidth(_TYPED_PX)
        self._typed.setValidator(
            QRegularExpressionValidator(QRegularExpression(_TYPED), self._typed)
        )
        self._typed.editingFinished.connect(lambda: self._give(self._typed.text()))
        tip(self._typed, parts.language, "volume3d.colour.typed.tip")
        row.addWidget(self._typed)
        row.addStretch(1)
        follow(self, self._transfer.selected, lambda _: self._show())
        follow(self, parts.views.edited, lambda _: self._show())
        follow(self, parts.views.volume, lambda _: self._show())

    def _swatch(self, parts: Parts, name: str) -> QToolButton:
        button = QToolButton()
        button.setObjectName(f"volume.colour.{name}")
        picture = QPixmap(_DRAWN_PX, _DRAWN_PX)
        picture.fill(QColor(SWATCHES[name]))
        button.setIcon(QIcon(picture))
        button.setIconSize(QSize(_ICON_PX, _ICON_PX))
        button.setFixedSize(_SIDE_PX, _SIDE_PX)
        button.setCheckable(True)
        tip(button, parts.language, f"volume3d.colour.{name}")
        button.clicked.connect(partial(self._press, name))
        return button

    def _press(self, name: str, _checked: object = None) -> None:
        self._give(SWATCHES[name])
        self._show()

    def _give(self, typed: str) -> None:
        chosen, colour = self._transfer.selected.now, QColor(typed)
        if chosen is not None and colour.isValid():
            self._transfer.recolour(chosen, (colour.redF(), colour.greenF(), colour.blueF()))

    def _show(self) -> None:
        chosen, points = self._transfer.selected.now, self._transfer.points
        there = chosen is not None and chosen < len(points)
        self.setEnabled(there)
        now = QColor.fromRgbF(*points[chosen].colour).name() if there and chosen is not None else ""
        with QSignalBlocker(self._typed):
            self._typed.setText(now)
        for name, button in self._buttons.items():
            button.setChecked(SWATCHES[name] == now)
