"""One family of icons, one stroke width; drawn in the colour of the text beside them."""

from __future__ import annotations

from functools import cache
from importlib.resources import files

from PySide6.QtCore import QByteArray, QRectF, Qt
from PySide6.QtGui import QColor, QIcon, QPainter, QPixmap
from PySide6.QtSvg import QSvgRenderer

from viewer.widgets.theme import colour
from virtopsy.errors import Bug

_SIZES_PX = (16, 20, 24, 40, 48)


@cache
def _drawing(name: str) -> str:
    return (files("resources") / "icons" / f"{name}.svg").read_text(encoding="utf-8")


def pixmap(name: str, tint: QColor, size_px: int) -> QPixmap:
    """Return one icon in one colour, `size_px` device pixels square.

    Raises:
        Bug: the drawing is no SVG.
    """
    text = _drawing(name).replace("currentColor", tint.name())
    drawing = QSvgRenderer(QByteArray(text.encode()))
    if not drawing.isValid():
        raise Bug(f"icon {name} is no SVG")
    made = QPixmap(size_px, size_px)
    made.fill(Qt.GlobalColor.transparent)
    painter = QPainter(made)
    drawing.render(painter, QRectF(0, 0, size_px, size_px))
    painter.end()
    return made


def icon(name: str, purpose: str = "text") -> QIcon:
    """Return an icon for buttons: quiet when disabled, dark on the accent when checked."""
    made = QIcon()
    for size in _SIZES_PX:
        for mode, state, tint in (
            (QIcon.Mode.Normal, QIcon.State.Off, purpose),
            (QIcon.Mode.Disabled, QIcon.State.Off, "disabled"),
            (QIcon.Mode.Normal, QIcon.State.On, "on_accent"),
        ):
            made.addPixmap(pixmap(name, colour(tint), size), mode, state)
    return made


def rail_icon(name: str) -> QIcon:
    """Return an icon for the rail, where the chosen room is marked by the accent."""
    made = QIcon()
    for size in _SIZES_PX:
        for mode, state, tint in (
            (QIcon.Mode.Normal, QIcon.State.Off, "quiet"),
            (QIcon.Mode.Disabled, QIcon.State.Off, "disabled"),
            (QIcon.Mode.Normal, QIcon.State.On, "accent"),
        ):
            made.addPixmap(pixmap(name, colour(tint), size), mode, state)
    return made
