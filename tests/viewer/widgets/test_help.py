"""The help sheet lists what mouse and keys do, and each of them does it."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

import pytest
from PySide6.QtCore import QPoint, QPointF, Qt, QTimer
from PySide6.QtGui import QMouseEvent, QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QDialog, QMenu, QToolButton, QWidget

from tests.viewer.widgets.layout_faults import faults
from viewer.presenters.examine.uses import SECTIONS
from viewer.presenters.examine.views import SliceLook
from viewer.presenters.tools.forms import At, form_named
from viewer.widgets.examine.crosshair_paint import turn_handles
from viewer.widgets.examine.help_sheet import HelpSheet, ways
from viewer.widgets.plain import PlainLabel
from virtopsy.imaging.window import HU_PRESETS
from virtopsy.language import Language, say

_LEFT, _RIGHT, _MIDDLE = (
    Qt.MouseButton.LeftButton,
    Qt.MouseButton.RightButton,
    Qt.MouseButton.MiddleButton,
)
_CTRL, _SHIFT = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.ShiftModifier
_NONE = Qt.KeyboardModifier.NoModifier
_KEYS = {
    "↑": Qt.Key.Key_Up,
    "↓": Qt.Key.Key_Down,
    "←": Qt.Key.Key_Left,
    "→": Qt.Key.Key_Right,
    "PgUp": Qt.Key.Key_PageUp,
    "PgDn": Qt.Key.Key_PageDown,
    "Home": Qt.Key.Key_Home,
    "End": Qt.Key.Key_End,
    "{space}": Qt.Key.Key_Space,
    "Esc": Qt.Key.Key_Escape,
    "F1": Qt.Key.Key_F1,
    "Enter": Qt.Key.Key_Return,
    "Backspace": Qt.Key.Key_Backspace,
    "?": Qt.Key.Key_Question,
    "Delete": Qt.Key.Key_Delete,
}


def keys_of(way: str) -> list[tuple[Qt.Key, Qt.KeyboardModifier]]:
    """Return each key that a way on the sheet names; none for what the mouse does alone."""
    held, rest = _NONE, way
    for name, modifier in (("Ctrl+", _CTRL), ("Shift+", _SHIFT)):
        if rest.startswith(name):
            held, rest = held | modifier, rest.removeprefix(name)
    if rest.startswith("{") and rest not in _KEYS:
        return []
    for dash in ("–", " … "):
        if dash in rest:
            first, last = rest.split(dash)
            return [(Qt.Key(ord(str(n))), held) for n in range(int(first), int(last) + 1)]
    return [(_KEYS.get(one) or Qt.Key(ord(one)), held) for one in rest.split(" ")]


def drag(view: QWidget, button: Qt.MouseButton, start: QPoint, by: QPoint) -> None:
    QTest.mousePress(view, button, _NONE, start)
    for share in (1, 2, 3):
        place = QPointF(start) + QPointF(by) * share / 3
        moved = QMouseEvent(
            QMouseEvent.Type.MouseMove,
            place,
            view.mapToGlobal(place),
            Qt.MouseButton.NoButton,
            button,
            _NONE,
        )
        QApplication.sendEvent(view, moved)
    QTest.mouseRelease(view, button, _NONE, start + by)


def wheel(view: QWidget, held: Qt.KeyboardModifier) -> None:
    middle = QPointF(view.rect().center())
    for turned in (120, 120):
        event = QWheelEvent(
            middle,
            view.mapToGlobal(middle),
            QPoint(),
            QPoint(0, turned),
            Qt.MouseButton.NoButton,
            held,
            Qt.ScrollPhase.NoScrollPhase,
            False,
        )
        QApplication.sendEvent(view, event)


def mouse(screen: Any, view: Any, way: str) -> None:
    """Do with the mouse what a way on the sheet names."""
    middle = view.rect().center()
    held = _CTRL if way.startswith("Ctrl+") else _SHIFT if way.startswith("Shift+") else _NONE
    if way.endswith("wheel}"):
        wheel(view, held)
    elif way.endswith("{click}"):
        QTest.mouseClick(view, _LEFT, held, middle + QPoint(9, -7))
    elif way == "{number_double_click}":
        view.repaint()
        badge = view.mouse.marks.labels[0].badge.toPoint()
        QTest.mouseDClick(view, _LEFT, _NONE, badge)
    elif way == "{right_click}":
        at = view.sheet().place(screen.parts.findings.finding.places[0]).toPoint()
        QTest.mouseClick(view, _RIGHT, _NONE, at)
        menu = view.findChild(QMenu, "mark.menu")
        menu.actions()[1].trigger()
        menu.close()
    elif way == "{double_click}":
        QTest.mouseDClick(view, _LEFT, _NONE, middle)
    elif way == "{man_click}":
        man = view.findChild(QWidget, "volume.man")
        QTest.mouseClick(man, _LEFT, _NONE, man.rect().center() + QPoint(14, 0))
    elif way == "{compare_click}":
        button = screen.desk.window.findChild(QToolButton, "compare")
        QTest.mouseClick(button, _LEFT)
    elif way == "{ring_drag}":
        ring = turn_handles(view.sheet(), screen.parts.views.position.now)[0].toPoint()
        drag(view, _LEFT, ring, QPoint(25, 25))
    else:
        button = {"{drag}": _LEFT, "{right_drag}": _RIGHT, "{middle_drag}": _MIDDLE}[way]
        drag(view, button, middle, QPoint(30, 18))


@pytest.fixture(autouse=True)
def active(screen: Any) -> None:
    """Let the window have the keyboard, without which no shortcut acts."""
    screen.desk.window.activateWindow()
    screen.bot.waitUntil(screen.desk.window.isActiveWindow, timeout=5000)


def remarks_of(parts: Any) -> list[str]:
    return [one.remark for one in parts.findings.shown if one.remark]


def prepare_marks(parts: Any, name: str) -> None:
    """Begin a line, mark a wound, or take the tool for wounds in hand near a surface."""
    axes = ((1.0, 0.0, 0.0), (0.0, 1.0, 0.0))
    if name in {"end", "take_back"}:
        parts.tool.set("measure")
        parts.points.choose(form_named("measure.curve"))
        for x in (-20.0, 20.0):
            parts.points.click(At((x, 0.0, 0.0), "axial", axes))
    elif name == "snap":
        parts.points.choose(form_named("wound"))
        parts.tool.set("wound")
        parts.views.look["axial"].set(SliceLook((39.0, 0.0, 0.0), 0.05))
    elif name in {"unlock", "menu", "withdraw"}:
        parts.points.choose(form_named("wound"))
        parts.points.click(At((0.0, 0.0, 0.0), "axial", axes))


def prepare_views(parts: Any, view: Any, section: str, name: str) -> None:
    """Make what a use of the views acts on."""
    views, cutting = parts.views, parts.cutting
    cutting.shown.set(section == "volume" and name in {"plane", "undo_cut", "redo_cut"})
    if (section, name) == ("slices", "reset"):
        views.turn_about("axial", 0.3)
    elif (section, name) == ("volume", "reset"):
        view.eye.look_from("left")
    elif cutting.shown.now:
        view.cutter.lay_plane(view.camera())
        cutting.tool.set("plane" if name == "plane" else "turn")
        if name == "redo_cut":
            cutting.undo()
    elif name in {"end_path", "take_back"}:
        parts.tool.set("path")
        parts.along.click((-20.0, 0.0, 0.0))
        parts.along.click((20.0, 0.0, 0.0))
    elif name in {"undo", "redo", "along"}:
        parts.trajectory.click((-20.0, 0.0, 0.0), "1")
        parts.trajectory.click((20.0, 0.0, 0.0), "1")
        if name == "redo":
            parts.session.undo()
    elif name == "leave":
        parts.tool.set("window")


@pytest.fixture
def prepared(screen: Any) -> Callable[[str, str], Callable[[], Any]]:
    """Make that acting changes something, and return who tells what is then."""
    parts = screen.parts
    views, cutting = parts.views, parts.cutting
    view = screen.desk.window.examine.views.volume_view
    states = {
        ("slices", "point"): lambda: views.position.now,
        ("slices", "scroll"): lambda: views.position.now,
        ("slices", "page"): lambda: views.position.now,
        ("slices", "ends"): lambda: views.position.now,
        ("slices", "zoom"): lambda: views.look["axial"].now.mm_per_pixel,
        ("slices", "pan"): lambda: views.look["axial"].now.centre_mm,
        ("slices", "window"): lambda: views.window.now,
        ("slices", "presets"): lambda: views.window.now,
        ("slices", "turn"): lambda: views.turn.now,
        ("slices", "thicken"): lambda: views.slab.now,
        ("slices", "cine"): lambda: parts.reading.cine.playing.now is None,
        ("slices", "smooth"): lambda: views.smooth.now,
        ("slices", "full"): lambda: views.layout.now,
        ("slices", "reset"): lambda: views.turn.now,
        ("slices", "loupe"): lambda: parts.loupe.now,
        ("slices", "region"): lambda: parts.tool.now,
        ("slices", "volume"): lambda: parts.tool.now,
        ("slices", "along"): lambda: views.layout.now,
        ("slices", "end_path"): lambda: views.layout.now,
        ("slices", "take_back"): lambda: parts.along.points.now,
        ("slices", "compare"): lambda: parts.comparison.shown.now,
        ("marks", "tools"): lambda: parts.tool.now,
        ("marks", "end"): lambda: parts.points.draft.now,
        ("marks", "take_back"): lambda: parts.points.draft.now,
        ("marks", "snap"): lambda: (parts.points.snap.now, remarks_of(parts)),
        ("marks", "unlock"): lambda: parts.findings.unlocked.now,
        ("marks", "menu"): lambda: parts.findings.unlocked.now,
        ("marks", "picture"): lambda: len(parts.findings.shown),
        ("marks", "withdraw"): lambda: len(parts.findings.shown),
        ("volume", "turn"): view.camera,
        ("volume", "pick"): lambda: views.position.now,
        ("volume", "zoom"): view.camera,
        ("volume", "pan"): view.camera,
        ("volume", "sides"): view.camera,
        ("volume", "full"): lambda: views.layout.now,
        ("volume", "reset"): lambda: views.camera.now,
        ("volume", "plane"): lambda: cutting.plane,
        ("volume", "undo_cut"): lambda: views.cutaway.now,
        ("volume", "redo_cut"): lambda: views.cutaway.now,
        ("everywhere", "leave"): lambda: parts.tool.now,
        ("everywhere", "undo"): lambda: len(parts.findings.tracks),
        ("everywhere", "redo"): lambda: len(parts.findings.tracks),
        ("everywhere", "to_court"): lambda: len(parts.walkthrough.stops),
        ("everywhere", "rooms"): lambda: parts.room.now,
        ("everywhere", "help"): lambda: parts.helped.now,
    }

    def prepare(section: str, name: str) -> Callable[[], Any]:
        if section == "marks":
            prepare_marks(parts, name)
        else:
            prepare_views(parts, view, section, name)
        return states[section, name]

    return prepare


def begin_anew(screen: Any) -> None:
    """Undo what the use before left."""
    parts = screen.parts
    parts.helped.set(False)
    parts.room.set("examine")
    parts.leave_tool()
    parts.points.snap.set("")
    parts.comparison.leave()
    parts.reading.cine.stop()
    parts.cutting.show_everything()
    parts.cutting.close()
    parts.views.reset()
    parts.views.camera.set(None)
    parts.views.layout.set("all")
    parts.views.go((0.0, 0.0, 0.0))


@pytest.mark.parametrize("section", SECTIONS)
def test_what_the_sheet_lists_acts(screen: Any, prepared: Any, section: str) -> None:
    window = screen.desk.window.examine.views
    view = window.volume_view if section == "volume" else window.slices["axial"]
    screen.bot.waitUntil(lambda: window.volume_view.settled, timeout=20000)
    for use in (one for one in SECTIONS[section] if one.name != "save"):
        for way in use.by:
            begin_anew(screen)
            screen.live()
            view.setFocus()
            do(screen, view, prepared(section, use.name), use.name, way)


def do(screen: Any, view: QWidget, now: Callable[[], Any], name: str, way: str) -> None:
    """Do what a way names, and see that something is otherwise then."""
    screen.live()
    keys = keys_of(way)
    if not keys:
        before = now()
        mouse(screen, view, way)
        assert now() != before, (name, way)
    for key, held in keys:
        before = now()
        QTest.keyClick(view, key, held)
        same = (name, key) in {  # what is so already
            ("sides", Qt.Key.Key_1),
            ("rooms", Qt.Key.Key_2),
        }
        if not same:  # a key presses a button as a finger does: for a moment
            screen.bot.waitUntil(partial(_differs, now, before), timeout=3000)
        screen.live()


def _differs(now: Callable[[], Any], before: Any) -> bool:
    return bool(now() != before)


def test_every_window_key_that_is_listed_has_a_window() -> None:
    (presets,) = (one for one in SECTIONS["slices"] if one.name == "presets")
    assert len(keys_of(presets.by[0])) == len(HU_PRESETS)


def test_the_key_of_keeping_asks_where_to_keep(screen: Any) -> None:
    screen.parts.trajectory.click((-20.0, 0.0, 0.0), "1")
    screen.parts.trajectory.click((20.0, 0.0, 0.0), "1")
    asked: list[QDialog] = []

    def refuse() -> None:
        dialog = QApplication.activeModalWidget()
        if not isinstance(dialog, QDialog):
            return
        waiting.stop()
        asked.append(dialog)
        dialog.reject()

    waiting = QTimer()
    waiting.timeout.connect(refuse)
    waiting.start(50)
    QTest.keyClick(screen.slice("axial"), Qt.Key.Key_S, _CTRL)
    screen.bot.waitUntil(lambda: bool(asked), timeout=3000)


def sheet_of(screen: Any) -> HelpSheet:
    found = screen.desk.window.findChild(HelpSheet)
    assert isinstance(found, HelpSheet)
    return found


def test_the_sheet_opens_by_button_and_key_and_closes_by_escape_key_and_click(screen: Any) -> None:
    sheet, view = sheet_of(screen), screen.slice("axial")
    assert not sheet.isVisible()
    screen.parts.tool.set("window")
    QTest.mouseClick(screen.desk.window.findChild(QToolButton, "rail.help"), _LEFT)
    assert sheet.isVisible()
    QTest.keyClick(view, Qt.Key.Key_Escape)
    assert not sheet.isVisible()
    assert screen.parts.tool.now == "window", "the key closed the sheet and nothing else"
    for close in (
        lambda: QTest.keyClick(view, Qt.Key.Key_Question),
        lambda: QTest.mouseClick(sheet, _LEFT),
    ):
        QTest.keyClick(view, Qt.Key.Key_Question)
        assert sheet.isVisible()
        close()
        assert not sheet.isVisible()


def test_the_wheel_goes_on_beneath_the_sheet(screen: Any) -> None:
    screen.parts.helped.set(True)
    before = screen.parts.views.position.now
    wheel(screen.slice("axial"), _NONE)
    assert screen.parts.views.position.now != before
    assert sheet_of(screen).isVisible()


def test_no_key_acts_unseen_beneath_the_sheet(screen: Any) -> None:
    parts, view = screen.parts, screen.slice("axial")

    def now() -> tuple[object, ...]:
        views = parts.views
        seen = views.position.now, views.window.now, views.layout.now, views.smooth.now
        held = parts.tool.now, parts.loupe.now, parts.reading.cine.playing.now
        return *seen, *held, parts.room.now, len(parts.walkthrough.stops)

    parts.helped.set(True)
    before = now()
    for key in (*map(Qt.Key, b"RMFTCI23"), Qt.Key.Key_Up, Qt.Key.Key_Delete, Qt.Key.Key_Space):
        for held in (_NONE, _CTRL):
            QTest.keyClick(view, key, held)
            QTest.keyClick(screen.desk.window.examine.views.volume_view, key, held)
    QTest.keyClick(view, Qt.Key.Key_B, _CTRL)
    screen.bot.wait(200)  # a key presses a button as a finger does: for a moment
    assert now() == before
    assert sheet_of(screen).isVisible()
    QTest.keyClick(view, Qt.Key.Key_F1)
    assert not sheet_of(screen).isVisible()
    QTest.keyClick(view, Qt.Key.Key_R)
    assert parts.tool.now == "region"


@pytest.mark.parametrize("language", Language)
def test_the_sheet_says_everything_in_the_language_of_the_screen(
    screen: Any, language: Language
) -> None:
    screen.parts.language.set(language)
    screen.parts.helped.set(True)
    screen.live()
    sheet = sheet_of(screen)
    room = screen.desk.window.examine
    assert room.rect().contains(sheet.geometry())
    said = {one.text() for one in sheet.findChildren(PlainLabel)}
    for section, uses in SECTIONS.items():
        for use in uses:
            told = say(f"help.{section}.{use.name}", language)
            assert {told, ways(use, language)} <= said
            assert told[0].isupper(), told
    screen.desk.window.resize(1000, 620)
    screen.bot.waitUntil(lambda: room.width() < 1000, timeout=3000)
    assert room.rect().contains(sheet.geometry()), "also in the smallest window"
    assert not faults(sheet)
