"""Colours, type and style of the window, from `resources/themes` and `resources/fonts`.

Two themes: the dark one for reading, the light one for projectors in a bright court room. Which
is worn is the application's, as its palette is. Pictures stay dark in both, or bone would be no
brighter than its ground: what is painted over them takes `picture_colour`.

The style sheet is put on each part of a window that is clothed by itself, never on the application:
there Qt styles every widget anew for each of its parents, which takes three times as long. Nor on
a whole window of many widgets: it would be silent while all of them are styled.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from functools import cache, partial
from importlib.resources import as_file, files
from types import MappingProxyType

from PySide6.QtCore import QEvent, QObject, QTimer
from PySide6.QtGui import QColor, QFont, QFontDatabase, QPalette
from PySide6.QtWidgets import QApplication, QWidget
from shiboken6 import isValid
from typing_extensions import override

from viewer.widgets.parts import THEMES
from virtopsy.errors import Bug

_FONTS = ("Inter-Regular.otf", "Inter-Bold.otf")
FAMILY = "Inter"
TEXT_PX = 13
_WORN = "virtopsy.theme"
_CLOTHED = "virtopsy.clothed"
_OF_PICTURES = "dark"


@cache
def colours(name: str) -> Mapping[str, str]:
    """Return the colours of a theme by what they are for, each "#rrggbb"."""
    text = (files("resources") / "themes" / f"{name}.json").read_text(encoding="utf-8")
    return MappingProxyType(json.loads(text))


def worn() -> str:
    """Return the theme the application wears: the first one until it was given another."""
    application = QApplication.instance()
    name = None if application is None else application.property(_WORN)
    return name if isinstance(name, str) else THEMES[0]


def colour(purpose: str, alpha: int = 255) -> QColor:
    """Return one colour of the theme that is worn, with an opacity of 0..255."""
    return _colour(worn(), purpose, alpha)


def picture_colour(purpose: str, alpha: int = 255) -> QColor:
    """Return one colour for what lies on a picture; it is the same in every theme."""
    return _colour(_OF_PICTURES, purpose, alpha)


def _colour(name: str, purpose: str, alpha: int) -> QColor:
    made = QColor(colours(name)[purpose])
    made.setAlpha(alpha)
    return made


def text_font(pixels: int = TEXT_PX, *, bold: bool = False) -> QFont:
    """Return the one family of the product; sizes below 13 px are not readable enough."""
    font = QFont(FAMILY)
    font.setPixelSize(max(pixels, TEXT_PX))
    font.setBold(bold)
    return font


def dress(application: QApplication, theme: str = THEMES[0]) -> None:
    """Give the application its fonts, its style and a theme."""
    for name in _FONTS:
        with as_file(files("resources") / "fonts" / name) as path:
            if QFontDatabase.addApplicationFont(str(path)) < 0:
                raise Bug(f"the font {name} cannot be read")
    application.setStyle("Fusion")  # the only style that follows a palette on every desktop
    application.setFont(text_font())
    wear(application, theme)


def wear(application: QApplication, theme: str) -> None:
    """Give the application another theme: a part in each turn of events, the seen first.

    Qt styles all widgets of a part in one call; the whole window at once would be silent too long.
    """
    application.setProperty(_WORN, theme)
    application.setPalette(_palette())
    clothed = [one for one in application.allWidgets() if one.property(_CLOTHED)]
    _change(sorted(clothed, key=lambda one: not one.isVisible()), theme)


def _change(waiting: Sequence[QWidget], theme: str) -> None:
    """Style the first that waits; the others wait for the next turn, or for another theme."""
    if not waiting or worn() != theme:
        return
    if isValid(waiting[0]):  # it may be gone meanwhile
        _dress(waiting[0])
    QTimer.singleShot(0, partial(_change, waiting[1:], theme))


def clothe(part: QWidget) -> None:
    """Give a part of a window, or a whole one, the style of the theme that is worn, now and later.

    What is in it and what opens from it is styled with it.
    """
    part.setProperty(_CLOTHED, True)
    part.installEventFilter(_Late(part))
    _dress(part)


def _dress(part: QWidget) -> None:
    """Style a part, unless it wears that already: styling costs time."""
    if part.property(_WORN) != worn():
        part.setProperty(_WORN, worn())
        part.setStyleSheet(_sheet(worn()))


class _Late(QObject):
    """Styles a part that comes to be seen before its turn has come."""

    @override
    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Show and isinstance(watched, QWidget):
            _dress(watched)
        return False


def _palette() -> QPalette:
    palette = QPalette()
    role = QPalette.ColorRole
    for part, purpose in (
        (role.Window, "background"),
        (role.Base, "background"),
        (role.AlternateBase, "panel"),
        (role.Button, "raised"),
        (role.ToolTipBase, "raised"),
        (role.WindowText, "text"),
        (role.Text, "text"),
        (role.ButtonText, "text"),
        (role.ToolTipText, "text"),
        (role.PlaceholderText, "quiet"),
        (role.Highlight, "accent"),
        (role.HighlightedText, "on_accent"),
    ):
        palette.setColor(part, colour(purpose))
    for part in (role.WindowText, role.Text, role.ButtonText):
        palette.setColor(QPalette.ColorGroup.Disabled, part, colour("disabled"))
    return palette


@cache
def _sheet(theme: str) -> str:
    text = (files("resources") / "themes" / "window.qss").read_text(encoding="utf-8")
    # A style sheet takes pictures from files only; wheels are unpacked, so there is one.
    with as_file(files("resources") / "icons" / "combo_arrow.svg") as arrow:
        known = {**colours(theme), "arrow_file": arrow.as_posix()}
    return re.sub(r"@(\w+)", lambda found: known[found.group(1)], text)
