"""Every kind is marked with the mouse in the real window: on a slice, in 3D, across a path."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QAction, QMouseEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QMenu, QToolButton, QWidget

from viewer.presenters.tools.forms import At, form_named
from virtopsy.findings.finding import Finding
from virtopsy.findings.key_picture import KeyPicture
from virtopsy.findings.measure import Measure, MeasureKind
from virtopsy.findings.trajectory import Trajectory
from virtopsy.findings.wound import Wound, WoundKind
from virtopsy.geometry.camera import Point, project
from virtopsy.imaging.volume import SourceSlice

_LEFT, _RIGHT = Qt.MouseButton.LeftButton, Qt.MouseButton.RightButton
_NONE = Qt.KeyboardModifier.NoModifier
A, B, C, D = (-20.0, -10.0, 5.0), (20.0, -10.0, 5.0), (20.0, 15.0, 5.0), (-10.0, 20.0, 5.0)
ENOUGH = {"measure.curve": 3, "measure.area": 4, "fracture": 3}


@pytest.fixture
def marking(screen: Any, opened_body: Any) -> Any:
    """The window on a body whose source slices are known."""
    volume = opened_body.volume
    sources = tuple(SourceSlice(f"1.9.{k}", Path("none")) for k in range(volume.frame.shape[0]))
    screen.parts.opening.show(replace(opened_body, volume=replace(volume, sources=sources)))
    screen.parts.views.go(A)
    screen.live()
    return screen


def take(screen: Any, name: str) -> None:
    """Take a form in hand as its menu does."""
    screen.parts.give_up_marking()
    form = form_named(name)
    screen.parts.points.choose(form)
    screen.parts.tool.set("measure" if form.tool == "landmark" else form.tool)


def click(screen: Any, plane: str, lps_mm: Point, held: Qt.KeyboardModifier = _NONE) -> None:
    view, at = screen.slice(plane), screen.place(plane, lps_mm)
    QTest.mouseClick(view, _LEFT, held, at)
    screen.live()


def hover(view: QWidget, at: QPoint) -> None:
    """Move the mouse there with no button pressed."""
    place, none = QPointF(at), Qt.MouseButton.NoButton
    event = QMouseEvent(
        QMouseEvent.Type.MouseMove, place, view.mapToGlobal(place), none, none, _NONE
    )
    QApplication.sendEvent(view, event)


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


def findings(screen: Any) -> tuple[Finding, ...]:
    found: tuple[Finding, ...] = screen.parts.session.case.findings
    return found


def assert_near(found: Sequence[Point], wanted: Sequence[Point], mm: float) -> None:
    assert len(found) == len(wanted)
    for one, other in zip(found, wanted, strict=True):
        assert math.dist(one, other) <= mm, (one, other)


@pytest.mark.parametrize(
    "name",
    [
        "wound.entry",
        "fragment.fragment",
        "fracture",
        "landmark.nasion",
        "measure.length",
        "measure.curve",
        "measure.angle",
        "measure.cobb",
        "measure.area",
        "measure.profile",
        "note",
    ],
)
def test_each_kind_is_marked_on_a_slice_where_it_was_clicked(marking: Any, name: str) -> None:
    take(marking, name)
    form = form_named(name)
    places = (A, B, C, D)[: ENOUGH.get(name, form.most)]
    for one in places:
        assert findings(marking) == ()
        click(marking, "axial", one)
    if name in ENOUGH:
        QTest.keyClick(marking.slice("axial"), Qt.Key.Key_Return)
    (found,) = findings(marking)
    assert_near(found.places, places, marking.tolerance_mm("axial"))
    assert (found.made_in, found.resampled, found.seen_on_slice) == ("axial", False, "1.9.30")
    assert marking.parts.findings.selected.now == found.finding_id
    (mark,) = marking.parts.marks.shown.now
    assert (mark.number, mark.selected, mark.draft) == (1, True, False)


@pytest.mark.parametrize(
    "name", ["wound.exit", "fragment.projectile", "landmark", "measure.length", "note"]
)
def test_each_kind_is_marked_in_3d_on_the_surface_that_is_seen(
    marking: Any, radius_mm: float, name: str
) -> None:
    view = marking.desk.window.examine.views.volume_view
    marking.bot.waitUntil(lambda: view.settled, timeout=30000)
    take(marking, name)
    for n in range(form_named(name).most):
        x, y, _ = project(view.camera(), view.eye.device_size(), (-15.0 + 30 * n, 0.0, 10.0))
        QTest.mouseClick(view, _LEFT, pos=QPoint(round(x), round(y)))
    (found,) = findings(marking)
    for place in found.places:
        assert math.dist(place, (0.0, 0.0, 0.0)) == pytest.approx(radius_mm, abs=2.0)
        assert place[1] < 0, "the front, which is what was seen"
    assert found.places[0][0] == pytest.approx(-15.0, abs=2.0), "the body's own right"
    assert (found.made_in, found.resampled, found.seen_on_slice) == ("3d", True, "")


def test_a_fracture_in_3d_asks_for_its_slice_and_one_click_on_it_keeps_it(marking: Any) -> None:
    view = marking.desk.window.examine.views.volume_view
    marking.bot.waitUntil(lambda: view.settled, timeout=30000)
    take(marking, "fracture")
    for place in ((-12.0, 0.0, 8.0), (0.0, 0.0, 12.0)):
        x, y, _ = project(view.camera(), view.eye.device_size(), place)
        QTest.mouseClick(view, _LEFT, pos=QPoint(round(x), round(y)))
    QTest.keyClick(view, Qt.Key.Key_Return)
    assert findings(marking) == ()
    hint = marking.desk.window.bottom._hint.text()
    assert hint == marking.parts.say("marking.hint.source")
    z = marking.parts.views.position.now[2]
    assert z == pytest.approx(8.0, abs=2.5), "the slices are where it was marked"
    marking.parts.views.scroll("axial", 1)
    marking.live()
    QTest.mouseClick(marking.slice("axial"), _LEFT, pos=QPoint(90, 90))
    (found,) = findings(marking)
    source = marking.parts.views.volume.now.nearest_source((0.0, 0.0, z + 2.0))
    assert found.seen_on_slice == source.sop_uid
    assert len(found.places) == 2


def test_backspace_takes_a_point_back_and_escape_gives_the_draft_up_then_the_tool(
    marking: Any,
) -> None:
    take(marking, "measure.curve")
    view = marking.slice("axial")
    for one in (A, B, C):
        click(marking, "axial", one)
    QTest.keyClick(view, Qt.Key.Key_Backspace)
    assert len(marking.parts.points.draft.now.places) == 2
    QTest.keyClick(view, Qt.Key.Key_Escape)
    assert marking.parts.points.draft.now is None
    assert marking.parts.tool.now == "measure"
    QTest.keyClick(view, Qt.Key.Key_Escape)
    assert marking.parts.tool.now == "point"
    assert findings(marking) == ()


def test_a_double_click_ends_a_line_with_the_point_under_it(marking: Any) -> None:
    take(marking, "measure.curve")
    view = marking.slice("axial")
    for one in (A, B):
        click(marking, "axial", one)
    at = marking.place("axial", C)
    QTest.mouseClick(view, _LEFT, pos=at)
    QTest.mouseDClick(view, _LEFT, pos=at)
    (found,) = findings(marking)
    assert len(found.places) == 3


def test_the_number_is_told_while_the_hand_moves(marking: Any) -> None:
    take(marking, "measure.length")
    click(marking, "axial", A)
    hover(marking.slice("axial"), marking.place("axial", B))
    (mark,) = marking.parts.marks.shown.now
    value = float(mark.told.split("\u00a0")[0])
    assert value == pytest.approx(40.0, abs=2 * marking.tolerance_mm("axial"))
    assert "±" in mark.told
    assert mark.view == "axial"


def test_shift_brings_a_click_to_the_bone(marking: Any, radius_mm: float) -> None:
    take(marking, "wound")
    beside = (radius_mm + 2.5, 0.0, 0.0)
    marking.parts.views.go((0.0, 0.0, 0.0))
    marking.live()
    click(marking, "axial", beside, Qt.KeyboardModifier.ShiftModifier)
    (wound,) = findings(marking)
    assert isinstance(wound, Wound)
    assert math.dist(wound.at_lps_mm, (0.0, 0.0, 0.0)) == pytest.approx(radius_mm, abs=1.0)
    assert "226 HU" in wound.remark


def test_a_locked_finding_is_selected_by_a_click_and_does_not_move(marking: Any) -> None:
    take(marking, "measure.length")
    for one in (A, B):
        click(marking, "axial", one)
    marking.parts.leave_tool()
    marking.parts.findings.selected.set(None)
    before = findings(marking)
    drag(marking.slice("axial"), _LEFT, marking.place("axial", A), QPoint(30, 20))
    assert findings(marking) == before
    click(marking, "axial", A)
    assert marking.parts.findings.selected.now == before[0].finding_id
    assert marking.parts.findings.unlocked.now is None


def label(screen: Any, plane: str = "axial") -> Any:
    screen.slice(plane).repaint()
    (found,) = screen.slice(plane).mouse.marks.labels
    return found


def test_a_double_click_on_its_number_unlocks_it_and_a_drag_is_one_version(marking: Any) -> None:
    take(marking, "measure.length")
    for one in (A, B):
        click(marking, "axial", one)
    marking.parts.leave_tool()
    marking.live()
    view = marking.slice("axial")
    at = label(marking).badge.toPoint()
    QTest.mouseClick(view, _LEFT, pos=at)
    QTest.mouseDClick(view, _LEFT, pos=at)
    (before,) = findings(marking)
    assert marking.parts.findings.unlocked.now == before.finding_id
    marking.live()
    acts: list[Any] = []
    stop = marking.parts.session.changed.subscribe(acts.append)
    marking.parts.views.go(before.places[0])
    marking.live()
    drag(view, _LEFT, marking.place("axial", before.places[1]), QPoint(0, 24))
    stop()
    assert len(acts) == 1
    (after,) = findings(marking)
    assert after.places[0] == before.places[0]
    assert math.dist(after.places[1], before.places[1]) == pytest.approx(
        24 * marking.tolerance_mm("axial"), abs=1.0
    )
    marking.parts.session.undo()
    assert findings(marking) == (before,)


def test_a_right_click_opens_the_menu_and_a_right_drag_still_changes_the_window(
    marking: Any,
) -> None:
    take(marking, "wound")
    click(marking, "axial", A)
    marking.parts.leave_tool()
    view = marking.slice("axial")
    window = marking.parts.views.window.now
    QTest.mouseClick(view, _RIGHT, pos=marking.place("axial", A))
    menu = view.findChild(QMenu, "mark.menu")
    assert menu is not None
    assert menu.isVisible()
    said = [one.text() for one in menu.actions()]
    assert said == [
        marking.parts.say(f"marking.menu.{one}")
        for one in ("select", "unlock", "extents", "hide", "withdraw")
    ]
    menu.actions()[-1].trigger()
    menu.close()
    assert findings(marking) == ()
    assert marking.parts.views.window.now == window
    QTest.mouseClick(view, _RIGHT, pos=QPoint(60, 60))
    marking.live()
    assert view.findChild(QMenu, "mark.menu") is None, "there is nothing under the mouse"
    drag(view, _RIGHT, marking.place("axial", A), QPoint(40, 10))
    assert marking.parts.views.window.now != window


def test_delete_withdraws_the_selected_finding_and_undo_brings_it_back(marking: Any) -> None:
    take(marking, "wound")
    click(marking, "axial", A)
    QTest.keyClick(marking.slice("axial"), Qt.Key.Key_Delete)
    assert findings(marking) == ()
    marking.parts.session.undo()
    assert len(findings(marking)) == 1


def test_k_keeps_the_slice_used_last_as_it_is_seen(marking: Any) -> None:
    view = marking.slice("coronal")
    QTest.mouseClick(view, _LEFT, pos=QPoint(80, 80))
    marking.live()
    sheet = view.sheet()
    QTest.keyClick(view, Qt.Key.Key_K)
    (kept,) = findings(marking)
    assert isinstance(kept, KeyPicture)
    assert kept.made_in == "coronal"
    assert kept.height_mm == pytest.approx(sheet.camera.height * sheet.camera.mm_per_pixel)
    assert kept.right == pytest.approx((1.0, 0.0, 0.0))
    assert kept.down == pytest.approx((0.0, 0.0, -1.0))


def test_a_drawn_region_is_kept_as_a_finding_by_its_menu(marking: Any) -> None:
    parts = marking.parts
    parts.reading.use("axial")
    parts.tool.set("region")
    parts.region.begin("axial", (-10.0, -10.0, A[2]))
    parts.region.pull((10.0, 6.0, A[2]))
    parts.region.release()
    button = marking.desk.window.findChild(QToolButton, "tool.region")
    menu = button.menu()
    menu.aboutToShow.emit()
    (keep,) = [one for one in menu.actions() if one.text() == parts.say("marking.keep_region")]
    keep.trigger()
    (found,) = findings(marking)
    assert isinstance(found, Measure)
    assert found.measure is MeasureKind.ROI
    assert found.quantities[0].value == 900.0
    assert found.made_in == "axial"
    assert parts.region.regions.now == (), "the finding is drawn in its place"


@pytest.mark.parametrize(
    ("key", "tool"),
    [
        (Qt.Key.Key_L, "measure"),
        (Qt.Key.Key_W, "wound"),
        (Qt.Key.Key_G, "fragment"),
        (Qt.Key.Key_X, "fracture"),
        (Qt.Key.Key_N, "note"),
    ],
)
def test_a_key_takes_a_tool_and_again_its_next_kind(marking: Any, key: Qt.Key, tool: str) -> None:
    view = marking.slice("axial")
    QTest.keyClick(view, key)
    assert marking.parts.tool.now == tool
    first = marking.parts.points.form.now
    assert first.tool == tool
    button = marking.desk.window.findChild(QToolButton, f"tool.{tool}")
    assert button.isChecked()
    QTest.keyClick(view, key)
    again = marking.parts.points.form.now
    assert (again != first) == (button.menu() is not None)
    assert again.tool == tool


def test_the_menu_of_a_tool_offers_each_kind_and_the_landmarks(marking: Any) -> None:
    button = marking.desk.window.findChild(QToolButton, "tool.measure")
    menu = button.menu()
    menu.aboutToShow.emit()
    (below,) = menu.findChildren(QMenu, options=Qt.FindChildOption.FindDirectChildrenOnly)
    head = below.findChildren(QMenu)[0]
    wanted = next(one for one in head.actions() if one.text() == "nasion")
    wanted.trigger()
    assert marking.parts.tool.now == "measure"
    assert marking.parts.points.form.now == form_named("landmark.nasion")
    click(marking, "axial", A)
    (found,) = findings(marking)
    assert (found.kind, found.name) == ("landmark", "nasion")
    wound = marking.desk.window.findChild(QToolButton, "tool.wound").menu()
    wound.aboutToShow.emit()
    entry: QAction = wound.actions()[1]
    entry.trigger()
    click(marking, "axial", B)
    made = findings(marking)[1]
    assert isinstance(made, Wound)
    assert made.wound is WoundKind.ENTRY


def test_a_hidden_finding_is_not_drawn_and_a_number_takes_the_slices_there(marking: Any) -> None:
    take(marking, "wound")
    click(marking, "axial", A)
    marking.parts.leave_tool()
    marking.live()
    marking.parts.views.go((A[0], A[1] + 9.0, A[2]))
    marking.live()
    QTest.mouseClick(marking.slice("axial"), _LEFT, pos=label(marking).badge.toPoint())
    (wound,) = findings(marking)
    assert marking.parts.views.position.now == pytest.approx(wound.places[0])
    with_it = np.array(marking.slice("axial").grab().toImage().constBits())
    marking.parts.findings.hidden.set(frozenset({wound.finding_id}))
    marking.live()
    assert marking.slice("axial").mouse.marks.labels == []
    without = np.array(marking.slice("axial").grab().toImage().constBits())
    assert (with_it != without).any()


@pytest.mark.parametrize("pane", ["across", "along"])
def test_a_finding_is_marked_across_and_along_a_track(marking: Any, pane: str) -> None:
    parts = marking.parts
    for end in ((-30.0, 0.0, 0.0), (30.0, 0.0, 0.0)):
        parts.trajectory.click(end, "track")
    parts.leave_tool()
    parts.along.show()
    marking.live()
    view = marking.desk.window.findChild(QWidget, f"view.{pane}")
    take(marking, "measure.length")
    middle = view.rect().center()
    places = [middle + QPoint(20, -30), middle + QPoint(20, 30)]
    scale = view.under().mm_per_px
    for one in places:
        QTest.mouseClick(view, _LEFT, pos=one)
        marking.live()
    track, measure = findings(marking)
    assert isinstance(track, Trajectory)
    assert isinstance(measure, Measure)
    assert (measure.made_in, measure.resampled) == (pane, True)
    assert measure.quantities[0].value == pytest.approx(60 * scale, rel=0.02)
    marking.live()
    assert [one.mark.number for one in view.marks.labels] == [2]


def test_the_live_number_follows_the_mouse_over_the_surface_in_3d(marking: Any) -> None:
    view = marking.desk.window.examine.views.volume_view
    marking.bot.waitUntil(lambda: view.settled, timeout=30000)
    take(marking, "measure.length")
    places = []
    for x in (-15.0, 15.0):
        px, py, _ = project(view.camera(), view.eye.device_size(), (x, 0.0, 10.0))
        places.append(QPoint(round(px), round(py)))
    QTest.mouseClick(view, _LEFT, pos=places[0])
    hover(view, places[1])
    (mark,) = marking.parts.marks.shown.now
    assert (mark.view, len(mark.points)) == ("3d", 2)
    assert 20.0 < float(mark.told.split("\u00a0")[0]) < 30.0, "the front is nearer to the eye"
    hover(view, QPoint(4, 60))
    (mark,) = marking.parts.marks.shown.now
    assert len(mark.points) == 2, "beside the body it stays where it was"


def test_a_number_in_3d_selects_unlocks_and_has_the_menu(marking: Any) -> None:
    view = marking.desk.window.examine.views.volume_view
    marking.parts.views.layout.set("volume")
    take(marking, "wound")
    marking.parts.points.click(At((0.0, -40.0, 0.0), "3d", ()))
    marking.parts.leave_tool()
    marking.parts.findings.selected.set(None)
    marking.bot.waitUntil(lambda: view.settled and bool(view._overlay.labels), timeout=30000)
    (wound,) = findings(marking)
    at = view._overlay.labels[0][0].center().toPoint()
    QTest.mouseClick(view, _LEFT, pos=at)
    assert marking.parts.findings.selected.now == wound.finding_id
    assert marking.parts.views.position.now == pytest.approx((0.0, -40.0, 0.0), abs=1.0)
    QTest.mouseDClick(view, _LEFT, pos=at)
    assert marking.parts.findings.unlocked.now == wound.finding_id
    assert marking.parts.views.layout.now == "volume", "it is no wish for the whole window"
    QTest.mouseClick(view, _RIGHT, pos=at)
    menu = view.findChild(QMenu, "mark.menu")
    assert menu is not None
    menu.close()
