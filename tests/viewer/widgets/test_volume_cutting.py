"""Cutting by the mouse in the real 3D view: what is seen, what lies behind, what comes back."""

from __future__ import annotations

import math
from itertools import combinations, pairwise
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QFontMetricsF, QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QApplication, QLineEdit, QToolButton, QWidget

from viewer.render.hidden_words import hidden_words
from viewer.widgets.examine.slice_paint import folded_remarks
from viewer.widgets.theme import text_font
from virtopsy.geometry.camera import STANDARD_VIEWS, project
from virtopsy.imaging.cutaway import NOTHING_HIDDEN
from virtopsy.language import Language

_LEFT = Qt.MouseButton.LeftButton


@pytest.fixture
def view(screen: Any) -> Any:
    screen.parts.views.layout.set("volume")
    volume_view = screen.desk.window.examine.views.volume_view
    settle(screen, volume_view)
    press(screen, "view.volume.cut")
    settle(screen, volume_view)
    return volume_view


def settle(screen: Any, view: Any) -> None:
    screen.live()
    screen.bot.waitUntil(lambda: view.settled, timeout=30000)


def press(screen: Any, name: str) -> None:
    button = screen.desk.window.findChild(QAbstractButton, name)
    assert button.isVisible(), name
    assert button.isEnabled(), name
    QTest.mouseClick(button, _LEFT)
    screen.live()


def picture(view: Any) -> NDArray[np.uint8]:
    found: NDArray[np.uint8] = view.pictures.shown[1].copy()
    return found


def place(view: Any, lps_mm: tuple[float, float, float]) -> QPoint:
    x, y, _ = project(view.camera(), view.eye.device_size(), lps_mm)
    return QPoint(round(x), round(y))


def drag(view: Any, places: list[QPoint]) -> None:
    QTest.mousePress(view, _LEFT, pos=places[0])
    for one in places[1:]:
        QTest.mouseMove(view, one)
    QTest.mouseRelease(view, _LEFT, pos=places[-1])


def circle(middle: QPoint, radius: float) -> list[QPoint]:
    turns = np.linspace(0, math.tau, 25)
    return [
        middle + QPoint(round(radius * math.cos(a)), round(radius * math.sin(a))) for a in turns
    ]


def test_an_outline_cuts_what_it_covers_and_undo_brings_back_the_same_picture(
    screen: Any, view: Any
) -> None:
    before = picture(view)
    press(screen, "volume.tool.scalpel")
    middle, radius = place(view, (0.0, 0.0, 0.0)), 100
    voxel = place(view, (2.0, 0.0, 0.0)).x() - middle.x()
    drag(view, circle(middle, radius))
    settle(screen, view)
    after = picture(view)
    rows, columns = np.indices(before.shape[:2])
    away = np.hypot(columns - middle.x(), rows - middle.y())
    changed = np.abs(after.astype(int) - before).max(axis=-1) > 30
    assert changed[away < radius - 2 * voxel].all(), "cut all the way through"
    assert not changed[away > radius + 2 * voxel].any(), "nothing else"
    assert (after[away < radius - 2 * voxel] == after[1, 1]).all(), "the ground is seen behind"

    press(screen, "volume.undo")
    settle(screen, view)
    assert (picture(view) == before).all()
    press(screen, "volume.redo")
    settle(screen, view)
    assert (picture(view) == after).all()
    press(screen, "volume.all")
    settle(screen, view)
    assert (picture(view) == before).all()
    press(screen, "volume.undo")
    assert len(screen.parts.views.cutaway.now.steps) == 1, "showing everything is taken back too"


def test_a_click_after_a_cut_finds_what_lies_behind_it(
    screen: Any, view: Any, radius_mm: float
) -> None:
    press(screen, "volume.tool.plane")
    settle(screen, view)
    press(screen, "volume.tool.turn")
    QTest.mouseClick(view, _LEFT, pos=place(view, (10.0, 0.0, 10.0)))
    x, y, z = screen.parts.views.position.now
    assert (x, z) == pytest.approx((10, 10), abs=2)
    assert y == pytest.approx(view.camera().focal_point[1], abs=3), "on the cut, not before it"
    assert y > -radius_mm + 20


def test_the_wheel_moves_the_plane_and_its_turns_are_one_step(screen: Any, view: Any) -> None:
    press(screen, "volume.tool.plane")
    first = screen.parts.cutting.plane
    middle = view.rect().center()
    for _ in range(3):
        turn = QWheelEvent(
            QPointF(middle),
            QPointF(view.mapToGlobal(middle)),
            QPoint(),
            QPoint(0, 120),
            Qt.MouseButton.NoButton,
            Qt.KeyboardModifier.NoModifier,
            Qt.ScrollPhase.NoScrollPhase,
            False,
        )
        QApplication.sendEvent(view, turn)
    moved = screen.parts.cutting.plane
    assert math.dist(moved.point_mm, first.point_mm) == pytest.approx(6.0)
    press(screen, "volume.undo")
    assert screen.parts.cutting.plane == first


def test_a_face_of_the_box_is_dragged_by_its_handle(screen: Any, view: Any) -> None:
    before = picture(view)
    press(screen, "volume.tool.box")
    left = next(one for one in view.cutter.handles() if (one.axis, one.high) == (0, True))
    start, end = place(view, left.lps_mm), place(view, (0.0, left.lps_mm[1], left.lps_mm[2]))
    drag(view, [start, (start + end) / 2, end])
    assert screen.parts.cutting.box.high_mm[0] == pytest.approx(0.0, abs=1.5)
    settle(screen, view)
    after = picture(view)
    edge = place(view, (0.0, 0.0, 0.0)).x()
    assert (after[:, edge + 20 :] == after[1, 1]).all(), "the left half of the body is hidden"
    assert (after[:, : edge - 20] == before[:, : edge - 20]).mean() > 0.9
    press(screen, "volume.undo")
    settle(screen, view)
    assert screen.parts.views.cutaway.now == NOTHING_HIDDEN
    assert (picture(view) == before).all()


def test_escape_gives_up_the_outline_and_then_the_tool(screen: Any, view: Any) -> None:
    press(screen, "volume.tool.scalpel")
    places = circle(place(view, (0.0, 0.0, 0.0)), 50)
    QTest.mousePress(view, _LEFT, pos=places[0])
    for one in places[1:]:
        QTest.mouseMove(view, one)
    assert screen.parts.cutting.outline.now
    QTest.keyClick(view, Qt.Key.Key_Escape)
    QTest.mouseRelease(view, _LEFT, pos=places[-1])
    assert screen.parts.cutting.outline.now == ()
    assert screen.parts.views.cutaway.now == NOTHING_HIDDEN
    assert screen.parts.cutting.tool.now == "turn"


def test_the_keyboard_takes_cuts_back_and_leaves_the_case_alone(screen: Any, view: Any) -> None:
    screen.parts.trajectory.click((-20.0, 0.0, 0.0), "1")
    screen.parts.trajectory.click((20.0, 0.0, 0.0), "1")
    press(screen, "volume.tool.plane")
    view.setFocus()
    QTest.keyClick(view, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    assert screen.parts.views.cutaway.now == NOTHING_HIDDEN
    both = Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier
    QTest.keyClick(view, Qt.Key.Key_Z, both)
    assert screen.parts.cutting.plane is not None
    QTest.keyClick(view, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    QTest.keyClick(view, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    assert len(screen.parts.findings.tracks) == 1, "no cut left: the finding stays all the same"


def test_a_click_on_a_side_of_the_little_man_looks_from_there(view: Any) -> None:
    man = view.findChild(QWidget, "volume.man")
    assert man.isVisible()
    centre = man.rect().center()
    QTest.mouseClick(man, _LEFT, pos=centre + QPoint(14, 0))
    assert view.camera().position[0] > 100, "on the picture's right is the person's left"
    QTest.mouseClick(man, _LEFT, pos=centre - QPoint(0, 34))
    assert view.camera().position[2] > 100, "from above the head"


def test_only_a_parallel_picture_has_a_scale(screen: Any, view: Any) -> None:
    settle(screen, view)
    press(screen, "view.volume.parallel")
    settle(screen, view)
    assert view.camera().parallel
    near, far = ((0.0, -30.0, 0.0), (0.0, 30.0, 0.0))
    assert place(view, near) == place(view, far)
    press(screen, "view.volume.parallel")
    assert not view.camera().parallel


def test_a_dragged_point_of_the_curve_changes_the_picture_and_reset_restores_it(
    screen: Any, view: Any
) -> None:
    before = picture(view)
    press(screen, "view.volume.curve")
    curve = view.findChild(QWidget, "volume.curve")
    transfer = screen.parts.transfer
    for number in range(1, len(transfer.points)):
        start = curve.place(transfer.points[number]).toPoint()
        end = QPoint(start.x(), curve.height())
        drag(curve, [start, (start + end) / 2, end])
    settle(screen, view)
    assert (np.abs(picture(view).astype(int) - before).max(axis=-1) > 40).mean() > 0.02
    press(screen, "volume.curve.reset")
    settle(screen, view)
    assert (picture(view) == before).all()


def controls(view: Any) -> list[QWidget]:
    """Return what of the row is seen, from left to right."""
    row = view.findChild(QWidget, "view.volume.choices")
    shown = [one for one in row.children() if isinstance(one, QWidget) and one.isVisible()]
    return sorted(shown, key=lambda one: one.x())


@pytest.mark.parametrize("language", Language)
@pytest.mark.parametrize("layout", ["all", "volume", "one_three"])
def test_every_control_is_in_the_one_row_or_in_its_menu(
    screen: Any, view: Any, language: Language, layout: str
) -> None:
    screen.parts.language.set(language)
    screen.parts.views.layout.set(layout)
    screen.parts.cutting.shown.set(True)
    settle(screen, view)
    shown = controls(view)
    for one, following in pairwise(shown):
        assert one.geometry().right() < following.x(), (one.objectName(), following.objectName())
    assert shown[-1].geometry().right() <= view.width() - 6
    buttons = [one for one in shown if isinstance(one, QToolButton)]
    assert all(one.width() >= one.sizeHint().width() for one in buttons)
    names = {one.objectName() for one in shown}
    assert {"view.volume.cut", "volume.tool.turn", "volume.tool.box", "volume.undo"} <= names
    menu = view.findChild(QToolButton, "view.volume.choices.more").menu()
    menu.aboutToShow.emit()
    listed = len(menu.actions()) if "view.volume.choices.more" in names else 0
    there = 15 - 2  # no plane to turn round, no part that is hidden
    assert len(names - {"view.volume.choices.more"}) + listed == there
    assert all(one.text() for one in menu.actions())


def test_what_went_to_the_menu_acts_from_there(screen: Any, view: Any) -> None:
    screen.parts.views.layout.set("one_three")
    screen.parts.cutting.shown.set(True)
    settle(screen, view)
    menu = view.findChild(QToolButton, "view.volume.choices.more").menu()
    menu.aboutToShow.emit()
    by_name = {one.text(): one for one in menu.actions()}
    by_name["Parallel"].trigger()
    assert view.camera().parallel
    menu.aboutToShow.emit()
    assert {one.text(): one for one in menu.actions()}["Parallel"].isChecked()
    presets = next(one.menu() for one in menu.actions() if one.text() == "What the 3D view shows")
    next(one for one in presets.actions() if one.text() == "Skin").trigger()
    assert screen.parts.views.preset.now == "skin"


def test_the_plane_is_turned_round_by_a_button_beside_it(screen: Any, view: Any) -> None:
    assert not view.findChild(QWidget, "volume.flip").isVisible(), "no plane: nothing to turn"
    press(screen, "volume.tool.plane")
    settle(screen, view)
    first, before = screen.parts.cutting.plane, picture(view)
    press(screen, "volume.flip")
    settle(screen, view)
    assert screen.parts.cutting.plane.normal == pytest.approx([-one for one in first.normal])
    assert (picture(view) != before).any()
    press(screen, "volume.undo")
    assert screen.parts.cutting.plane == first


def test_handles_are_told_apart_and_lie_clear_of_the_controls(screen: Any, view: Any) -> None:
    press(screen, "volume.tool.box")
    for layout in ("volume", "all", "one_three"):
        screen.parts.views.layout.set(layout)
        settle(screen, view)
        stage = view.eye.stage()
        places = view.cutter.places(stage)
        assert len(places) == 6
        row = view.findChild(QWidget, "view.volume.choices").geometry()
        for one, other in combinations(places, 2):
            assert math.dist(one.at.toTuple(), other.at.toTuple()) > 14
        assert not any(row.contains(one.at.toPoint()) for one in places)
        far = [one.handle for one in places if one.far]
        assert [(one.axis, one.high) for one in far] == [(1, True)], "the back, from the front"


def test_a_body_from_any_side_lies_clear_of_controls_and_corner_words(
    screen: Any, view: Any
) -> None:
    for layout in ("all", "one_three", "volume"):
        screen.parts.views.layout.set(layout)
        settle(screen, view)
        for side in STANDARD_VIEWS:
            view.eye.look_from(side)
            places = view.eye.stage().places(view.eye.visible())
            room = view.eye.room()
            assert places[:, 1].min() > 0
            assert places[:, 1].max() < room.bottom
            assert np.ptp(places[:, 1]) > 0.6 * room.bottom, "as large as can be"
            for x, y in places:
                assert not any(one.contains(x, y) for one in room.taken), (layout, side)


@pytest.mark.parametrize("language", Language)
def test_what_is_hidden_is_said_whole_beside_the_open_curve(
    screen: Any, view: Any, language: Language
) -> None:
    screen.parts.language.set(language)
    press(screen, "volume.tool.plane")
    screen.parts.transfer.shown.set(True)
    settle(screen, view)
    words = hidden_words(screen.parts.views.cutaway.now, language)
    room = view.findChild(QWidget, "volume.transfer").x() - 14
    lines, _ = folded_remarks(min(view.width(), 2 * room), [words])
    metrics = QFontMetricsF(text_font())
    assert " ".join(lines) == words
    assert all(metrics.horizontalAdvance(one) <= room for one in lines)


def test_the_editor_takes_the_whole_room_and_closes_where_it_would_cover_the_picture(
    screen: Any, view: Any
) -> None:
    screen.parts.views.layout.set("all")
    screen.live()
    screen.parts.transfer.shown.set(True)
    settle(screen, view)
    assert screen.parts.views.layout.now == "volume", "the picture that is edited has the room"
    assert view.findChild(QWidget, "volume.transfer").isVisible()
    screen.parts.views.layout.set("all")
    settle(screen, view)
    assert not screen.parts.transfer.shown.now
    assert screen.parts.views.layout.now == "all"
    assert view.findChild(QWidget, "volume.man").isVisible()


def test_the_colour_of_a_point_is_pressed_or_typed_without_another_window(
    screen: Any, view: Any
) -> None:
    transfer = screen.parts.transfer
    transfer.shown.set(True)
    settle(screen, view)
    row = view.findChild(QWidget, "volume.colours")
    assert not row.isEnabled(), "no point is chosen"
    transfer.selected.set(1)
    before = picture(view)
    press(screen, "volume.colour.blue")
    assert transfer.points[1].colour == pytest.approx((0x4A / 255, 0x7F / 255, 0xD6 / 255))
    typed = row.findChild(QLineEdit, "volume.colour.typed")
    assert typed.text() == "#4a7fd6"
    settle(screen, view)
    assert (picture(view) != before).any()
    typed.selectAll()
    QTest.keyClicks(typed, "#7a1f1f")
    QTest.keyClick(typed, Qt.Key.Key_Return)
    assert transfer.points[1].colour == pytest.approx((0x7A / 255, 0x1F / 255, 0x1F / 255))
    assert row.findChild(QToolButton, "volume.colour.dark_red").isChecked()
    assert QApplication.activeModalWidget() is None
