"""Both themes can be read, by colour-blind people too; the window changes between them at once."""

from __future__ import annotations

import re
from collections.abc import Callable
from itertools import combinations
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QImage
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QApplication, QLabel, QWidget

from tests.viewer.widgets.colour_vision import EYES, contrast, difference, lab, luminance
from viewer.presenters.examine.views import PLANES
from viewer.widgets.archive.saving import SaveCase
from viewer.widgets.archive.sign_in import SignIn
from viewer.widgets.court.show import Show
from viewer.widgets.icons import icon, pixmap
from viewer.widgets.parts import THEMES
from viewer.widgets.plain import PlainBox
from viewer.widgets.theme import colour, colours, picture_colour, worn

_RESOURCES = Path(__file__).parents[3] / "resources"
_ICONS = sorted(
    path.stem for path in (_RESOURCES / "icons").glob("*.svg") if path.stem != "combo_arrow"
)
_KINDS = ("wound", "trajectory", "fragment", "fracture", "measure", "note")
_GROUNDS = ("background", "panel", "raised")
_WORDS = [
    *((text, ground) for text in ("text", "quiet") for ground in (*_GROUNDS, "hover")),
    *(("on_accent", ground) for ground in ("accent", "accent_hover")),
    ("on_warning", "warning"),
    ("on_trouble", "trouble"),
    ("accent", "raised"),  # the language that is spoken, in the bottom line
    ("text", "caption"),
    ("quiet", "show"),
]
_TOLD_APART = 10.0  # CIEDE2000; about 1 is just seen side by side, 10 at a glance

Pixels = NDArray[np.uint8]


def seen(widget: QWidget) -> Pixels:
    image = widget.grab().toImage().convertToFormat(QImage.Format.Format_RGB888)
    rows = np.frombuffer(image.constBits(), np.uint8).reshape(image.height(), -1)
    return rows[:, : 3 * image.width()].reshape(image.height(), image.width(), 3).copy()


def dressed(screen: Any) -> None:
    """Wait until every part of the window wears the theme: one is styled in each turn."""
    window = screen.desk.window
    parts = [one for one in window.findChildren(QWidget) if one.property("virtopsy.clothed")]
    screen.bot.waitUntil(
        lambda: all(one.property("virtopsy.theme") == worn() for one in parts), timeout=5000
    )
    screen.live()


def share_of(picture: Pixels, purpose: str) -> float:
    """Return how much of a picture has exactly this colour of the theme that is worn."""
    wanted = colour(purpose).getRgb()[:3]
    return float((picture == wanted).all(axis=-1).mean())


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize(("text", "ground"), _WORDS)
def test_words_stand_out_from_their_ground(theme: str, text: str, ground: str) -> None:
    assert contrast(colours(theme)[text], colours(theme)[ground]) >= 4.5


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize("mark", [*_KINDS, "accent", "caution"])
def test_marks_stand_out_from_every_ground(theme: str, mark: str) -> None:
    known = colours(theme)
    assert min(contrast(known[mark], known[ground]) for ground in _GROUNDS) >= 3


@pytest.mark.usefixtures("qapp")
@pytest.mark.parametrize("mark", [*_KINDS, "accent", "warning", "text"])
def test_what_lies_on_a_picture_stands_out_from_its_dark_ground(mark: str) -> None:
    assert contrast(picture_colour(mark).name(), "#000000") >= 4.5


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize("eye", EYES)
def test_kinds_of_findings_are_told_apart_by_every_eye(theme: str, eye: str) -> None:
    made = {kind: lab(colours(theme)[kind], eye) for kind in _KINDS}
    pairs = {pair: difference(made[pair[0]], made[pair[1]]) for pair in combinations(made, 2)}
    assert {pair: far for pair, far in pairs.items() if far < _TOLD_APART} == {}


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize("eye", EYES)
def test_the_lines_of_the_planes_are_told_apart_by_every_eye(theme: str, eye: str) -> None:
    known = colours(theme)
    for drawn in (QColor, lambda name: QColor(name).darker(135)):  # turned, and at rest
        made = [lab(drawn(known[plane]).name(), eye) for plane in PLANES]
        assert min(difference(*pair) for pair in combinations(made, 2)) >= _TOLD_APART


@pytest.mark.parametrize(
    ("one", "other", "far"),
    [
        ((50.0, 2.6772, -79.7751), (50.0, 0.0, -82.7485), 2.0425),
        ((50.0, -1.0, 2.0), (50.0, 0.0, 0.0), 2.3669),
        ((50.0, 2.49, -0.001), (50.0, -2.49, 0.0011), 7.2195),
        ((50.0, 2.5, 0.0), (73.0, 25.0, -18.0), 27.1492),
        ((60.2574, -34.0099, 36.2677), (60.4626, -34.1751, 39.4387), 1.2644),
        ((2.0776, 0.0795, -1.135), (0.9033, -0.0636, -0.5514), 0.9082),
    ],
)
def test_the_difference_of_colours_is_that_of_its_authors(
    one: tuple[float, ...], other: tuple[float, ...], far: float
) -> None:
    """Six rows of the test data of Sharma, Wu and Dalal (2005), table 1."""
    assert difference(np.array(one), np.array(other)) == pytest.approx(far, abs=1e-4)


def test_the_dark_theme_has_the_colours_that_were_agreed() -> None:
    known = colours("dark")
    agreed = {
        "background": "#1b1d20",
        "panel": "#26292d",
        "text": "#e6e6e6",
        "accent": "#4aa3df",
        "wound": "#e4572e",
        "trajectory": "#f2c14e",
        "fracture": "#b388eb",
        "note": "#cfcfcf",
    }
    assert {purpose: known[purpose] for purpose in agreed} == agreed


@pytest.mark.parametrize(("kind", "agreed"), [("fragment", "#7bd389"), ("measure", "#59c3c3")])
def test_two_kinds_left_what_was_agreed_by_little_for_colour_blind_people(
    kind: str, agreed: str
) -> None:
    """A fragment was a measure to tritan eyes (6.4), a measure a note to protan ones (6.7)."""
    assert difference(lab(colours("dark")[kind]), lab(agreed)) < 7


def test_in_the_dark_nothing_but_anatomy_words_and_marks_is_bright() -> None:
    known = colours("dark")
    for ground in (*_GROUNDS, "hover", "line", "show", "caption", "trouble"):
        assert luminance(known[ground]) < 0.06


def test_both_themes_know_the_same_purposes() -> None:
    assert set(colours("light")) == set(colours("dark"))
    for theme in THEMES:
        for value in colours(theme).values():
            assert re.fullmatch("#[0-9a-f]{6}", value)


def test_the_style_sheet_has_no_colour_of_its_own() -> None:
    sheet = (_RESOURCES / "themes" / "window.qss").read_text(encoding="utf-8")
    assert not re.findall(r"rgba?\(|#[0-9a-fA-F]{3,8}\b(?=[;\s])", sheet)
    assert set(re.findall(r"@(\w+)", sheet)) <= {*colours("dark"), "arrow_file"}


@pytest.mark.parametrize("theme", THEMES)
def test_the_arrow_of_a_list_is_seen_in_both_themes(theme: str) -> None:
    text = (_RESOURCES / "icons" / "combo_arrow.svg").read_text(encoding="utf-8")
    (stroke,) = re.findall(r'stroke="(#[0-9a-f]{6})"', text)
    for ground in ("background", "panel"):
        assert contrast(stroke, colours(theme)[ground]) >= 3


@pytest.mark.usefixtures("qapp")
@pytest.mark.parametrize("name", _ICONS)
def test_every_icon_is_of_one_family_and_is_drawn(name: str) -> None:
    text = (_RESOURCES / "icons" / f"{name}.svg").read_text(encoding="utf-8")
    assert re.findall(r'stroke-width="([^"]+)"', text) == ["1.7"]
    assert re.findall(r'viewBox="([^"]+)"', text) == ["0 0 24 24"]
    assert set(re.findall(r'(?:fill|stroke)="([^"]+)"', text)) == {"none", "currentColor"}
    for side in ("linecap", "linejoin"):
        assert f'stroke-{side}="round"' in text
    picture = pixmap(name, QColor("#ff0000"), 48).toImage()
    inked = sum(picture.pixelColor(x, y).alpha() > 128 for x in range(48) for y in range(48))
    assert 60 < inked < 1200
    assert not icon(name).isNull()


@pytest.mark.usefixtures("qapp")
@pytest.mark.parametrize("ratio", [1.25, 1.5, 2.0])
def test_an_icon_is_as_sharp_as_the_screen(ratio: float) -> None:
    from_screen = icon("save").pixmap(20, 20)
    made = icon("save").pixmap(from_screen.size(), ratio)
    assert made.width() == round(20 * ratio)
    again = pixmap("save", colour("text"), round(20 * ratio))
    assert made.toImage() == again.toImage(), "drawn for these pixels, not scaled from others"


def test_one_click_changes_the_whole_window_and_the_next_brings_it_back(screen: Any) -> None:
    window = screen.desk.window
    button = window.findChild(QAbstractButton, "rail.theme")
    dark = dict.fromkeys(("cases", "examine"))
    screen.bot.waitUntil(lambda: window.examine.views.volume_view.settled, timeout=20000)
    for room in dark:
        screen.parts.room.set(room)
        screen.live()
        dark[room] = seen(window)
        assert share_of(dark[room], "panel") > 0.05
    QTest.mouseClick(button, Qt.MouseButton.LeftButton)
    assert (screen.parts.theme.now, worn()) == ("light", "light")
    dressed(screen)
    for room, before in dark.items():
        screen.parts.room.set(room)
        screen.live()
        after = seen(window)
        # The light panel is white, as the densest bone is: the picture adds to its share.
        panels = float((before == (0x26, 0x29, 0x2D)).all(axis=-1).mean())
        assert share_of(after, "panel") > panels - 0.01
        assert after.mean() > before.mean() + 15
    QTest.mouseClick(button, Qt.MouseButton.LeftButton)
    dressed(screen)
    assert (screen.parts.theme.now, worn()) == ("dark", "dark")


def test_icons_change_their_colour_with_the_theme(screen: Any) -> None:
    undo = screen.desk.window.findChild(QAbstractButton, "act.save")
    for theme in THEMES:
        screen.parts.theme.set(theme)
        dressed(screen)
        picture = undo.icon().pixmap(48, 48).toImage()
        tints = {
            picture.pixelColor(x, y).name()
            for x in range(48)
            for y in range(48)
            if picture.pixelColor(x, y).alpha() == 255
        }
        assert tints == {colours(theme)["text"]}


@pytest.mark.parametrize("plane", ["axial", "coronal", "sagittal"])
def test_pictures_of_the_body_are_the_same_in_both_themes(screen: Any, plane: str) -> None:
    before = seen(screen.slice(plane))
    screen.parts.theme.set("light")
    dressed(screen)
    assert np.array_equal(seen(screen.slice(plane)), before)


def test_the_theme_is_remembered(start: Callable[[], Any]) -> None:
    first = start()
    assert first.parts.theme.now == "dark"
    first.parts.theme.set("light")
    second = start()
    assert (second.parts.theme.now, worn()) == ("light", "light")


def test_a_theme_is_put_on_one_part_in_a_turn_the_seen_ones_first(screen: Any) -> None:
    """Qt styles all widgets of a part in one call: the whole window would be silent too long."""
    window = screen.desk.window
    clothed = [one for one in window.findChildren(QWidget) if one.property("virtopsy.clothed")]
    assert len(clothed) >= 8

    def light() -> list[QWidget]:
        return [one for one in clothed if one.property("virtopsy.theme") == "light"]

    screen.parts.theme.set("light")
    (first,) = light()
    assert first.isVisible()
    screen.bot.waitUntil(lambda: len(light()) == len(clothed), timeout=5000)
    assert window.styleSheet() == ""
    screen.parts.theme.set("dark")
    screen.parts.theme.set("light")  # before the first change has ended
    screen.bot.waitUntil(lambda: len(light()) == len(clothed), timeout=5000)


def test_every_button_and_word_of_the_window_belongs_to_a_part_that_is_clothed(
    screen: Any,
) -> None:
    def clothed(one: QWidget | None) -> bool:
        while one is not None and not one.property("virtopsy.clothed"):
            one = one.parentWidget()
        return one is not None

    window = screen.desk.window
    shown = [*window.findChildren(QAbstractButton), *window.findChildren(QLabel)]
    assert len(shown) > 100
    assert [one for one in shown if not clothed(one)] == []


@pytest.mark.parametrize("theme", THEMES)
def test_what_opens_over_the_window_wears_the_theme(screen: Any, theme: str) -> None:
    parts, window = screen.parts, screen.desk.window
    parts.theme.set(theme)
    for opened in (SignIn(parts, window), SaveCase(parts, window), PlainBox(window)):
        opened.show()
        screen.live()
        assert share_of(seen(opened), "background") > 0.3
        opened.close()


def test_every_window_of_its_own_is_clothed_and_the_application_is_not(screen: Any) -> None:
    """On the application a style sheet is worked through again for each parent of a widget."""
    window, parts = screen.desk.window, screen.parts
    window.add_stop()
    window.show_stops()
    screen.live()
    (show,) = (one for one in QApplication.topLevelWidgets() if isinstance(one, Show))
    for theme in ("light", "dark"):
        parts.theme.set(theme)
        screen.live()
        screen.bot.waitUntil(lambda: show.property("virtopsy.theme") == worn(), timeout=5000)
        assert colours(theme)["panel"] in show.styleSheet()
        assert share_of(seen(show), "show") > 0.02
    application = QApplication.instance()
    assert isinstance(application, QApplication)
    assert application.styleSheet() == ""
    show.close()
    screen.live()
