"""One family of icons, one stroke width; drawn in the colour of the text beside them.

An icon is drawn when it is painted: as sharp as the screen is, in the colours of the theme that is
worn then.
"""

from __future__ import annotations

from functools import cache
from importlib.resources import files

from PySide6.QtCore import QByteArray, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QIcon, QIconEngine, QPainter, QPaintEvent, QPixmap
from PySide6.QtSvg import QSvgRenderer
from PySide6.QtWidgets import QWidget
from typing_extensions import override

from viewer.widgets.theme import colour
from virtopsy.errors import Bug


@cache
def _drawing(name: str, tint: str) -> QSvgRenderer:
    text = (files("resources") / "icons" / f"{name}.svg").read_text(encoding="utf-8")
    drawing = QSvgRenderer(QByteArray(text.replace("currentColor", tint).encode()))
    if not drawing.isValid():
        raise Bug(f"icon {name} is no SVG")
    return drawing


def pixmap(name: str, tint: QColor, size_px: int) -> QPixmap:
    """Return one icon in one colour, `size_px` device pixels square.

    Raises:
        Bug: the drawing is no SVG.
    """
    made = QPixmap(size_px, size_px)
    made.fill(Qt.GlobalColor.transparent)
    painter = QPainter(made)
    _drawing(name, tint.name()).render(painter, QRectF(0, 0, size_px, size_px))
    painter.end()
    return made


class _Drawn(QIconEngine):
    """Draws one icon; what it is for when usable, disabled and checked names its colours."""

    def __init__(self, drawing: str, usable: str, checked: str) -> None:
        super().__init__()
        self._drawing, self._usable, self._checked = drawing, usable, checked

    def _tint(self, mode: QIcon.Mode, state: QIcon.State) -> QColor:
        if mode == QIcon.Mode.Disabled:
            return colour("disabled")
        return colour(self._checked if state == QIcon.State.On else self._usable)

    @override
    def paint(self, painter: QPainter, rect: QRect, mode: QIcon.Mode, state: QIcon.State) -> None:
        drawing = _drawing(self._drawing, self._tint(mode, state).name())
        drawing.render(painter, _square(QRectF(rect)))

    @override
    def pixmap(self, size: QSize, mode: QIcon.Mode, state: QIcon.State) -> QPixmap:
        """Return the icon; `size` is in device pixels."""
        return pixmap(self._drawing, self._tint(mode, state), min(size.width(), size.height()))

    @override
    def clone(self) -> QIconEngine:
        return _Drawn(self._drawing, self._usable, self._checked)


def _square(box: QRectF) -> QRectF:
    side = min(box.width(), box.height())
    return QRectF(box.center().x() - side / 2, box.center().y() - side / 2, side, side)


def icon(name: str, purpose: str = "text") -> QIcon:
    """Return an icon for buttons: quiet when disabled, readable on the accent when checked.

    Raises:
        Bug: the drawing is no SVG.
    """
    return _icon(name, purpose, "on_accent")


def rail_icon(name: str) -> QIcon:
    """Return an icon for the rail, where the chosen room is marked by the accent."""
    return _icon(name, "quiet", "accent")


def _icon(name: str, usable: str, checked: str) -> QIcon:
    _drawing(name, colour(usable).name())  # a broken one is found now, not when it is painted
    return QIcon(_Drawn(name, usable, checked))


class Sign(QWidget):
    """An icon that stands among words; not to be pressed.

    Args:
        name: of the drawing.
        purpose: names its colour.
    """

    SIZE_PX = 16

    def __init__(self, name: str, purpose: str) -> None:
        super().__init__()
        self.setFixedSize(self.SIZE_PX, self.SIZE_PX)
        self._icon = icon(name, purpose)

    @override
    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        self._icon.paint(painter, self.rect())
        painter.end()
