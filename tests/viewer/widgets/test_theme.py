from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from PySide6.QtGui import QColor

from viewer.widgets.icons import icon, pixmap
from viewer.widgets.theme import colours

_RESOURCES = Path(__file__).parents[3] / "resources"
_ICONS = sorted(
    path.stem for path in (_RESOURCES / "icons").glob("*.svg") if path.stem != "combo_arrow"
)


def luminance(colour: str) -> float:
    """Return the relative luminance of WCAG 2.2."""
    red, green, blue = (
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4
        for part in (int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5))
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


@pytest.mark.parametrize(
    ("text", "ground"),
    [
        ("text", "background"),
        ("text", "panel"),
        ("quiet", "panel"),
        ("quiet", "background"),
        ("on_accent", "accent"),
        ("on_warning", "warning"),
        ("on_trouble", "trouble"),
    ],
)
def test_words_stand_out_from_their_ground(text: str, ground: str) -> None:
    known = colours()
    light, dark = sorted((luminance(known[text]), luminance(known[ground])), reverse=True)
    assert (light + 0.05) / (dark + 0.05) >= 4.5


def test_the_theme_has_the_colours_that_were_agreed() -> None:
    known = json.loads((_RESOURCES / "themes" / "dark.json").read_text(encoding="utf-8"))
    assert known["background"] == "#1b1d20"
    assert known["accent"] == "#4aa3df"
    assert known["trajectory"] == "#f2c14e"


@pytest.mark.usefixtures("qapp")
@pytest.mark.parametrize("name", _ICONS)
def test_every_icon_is_of_one_stroke_width_and_is_drawn(name: str) -> None:
    text = (_RESOURCES / "icons" / f"{name}.svg").read_text(encoding="utf-8")
    assert re.findall(r'stroke-width="([^"]+)"', text) == ["1.7"]
    picture = pixmap(name, QColor("#ff0000"), 48).toImage()
    inked = sum(picture.pixelColor(x, y).alpha() > 128 for x in range(48) for y in range(48))
    assert 60 < inked < 1200
    assert not icon(name).isNull()
