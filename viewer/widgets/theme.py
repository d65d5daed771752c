"""Colours, type and style of the window, from `resources/themes` and `resources/fonts`."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from functools import cache
from importlib.resources import as_file, files
from types import MappingProxyType

from PySide6.QtGui import QColor, QFont, QFontDatabase, QPalette
from PySide6.QtWidgets import QApplication

from virtopsy.errors import Bug

_FONTS = ("Inter-Regular.otf", "Inter-Bold.otf")
FAMILY = "Inter"
TEXT_PX = 13


@cache
def colours(name: str = "dark") -> Mapping[str, str]:
    """Return the colours of a theme by what they are for, each "#rrggbb"."""
    text = (files("resources") / "themes" / f"{name}.json").read_text(encoding="utf-8")
    return MappingProxyType(json.loads(text))


def colour(purpose: str, alpha: int = 255) -> QColor:
    """Return one colour of the dark theme, with an opacity of 0..255."""
    made = QColor(colours()[purpose])
    made.setAlpha(alpha)
    return made


def text_font(pixels: int = TEXT_PX, *, bold: bool = False) -> QFont:
    """Return the one family of the product; sizes below 13 px are not readable enough."""
    font = QFont(FAMILY)
    font.setPixelSize(max(pixels, TEXT_PX))
    font.setBold(bold)
    return font


def dress(application: QApplication) -> None:
    """Give the application its fonts, palette and style sheet."""
    for name in _FONTS:
        with as_file(files("resources") / "fonts" / name) as path:
            if QFontDatabase.addApplicationFont(str(path)) < 0:
                raise Bug(f"the font {name} cannot be read")
    application.setStyle("Fusion")  # the only style that follows a palette on every desktop
    application.setFont(text_font())
    application.setPalette(_palette())
    application.setStyleSheet(_sheet())


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


def _sheet() -> str:
    text = (files("resources") / "themes" / "window.qss").read_text(encoding="utf-8")
    # A style sheet takes pictures from files only; wheels are unpacked, so there is one.
    with as_file(files("resources") / "icons" / "combo_arrow.svg") as arrow:
        known = {**colours(), "arrow_file": arrow.as_posix()}
    return re.sub(r"@(\w+)", lambda found: known[found.group(1)], text)
