from __future__ import annotations

import math
import re
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QImage, QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget

from virtopsy.errors import Cancelled
from virtopsy.imaging.slab import Projection, Slab
from virtopsy.imaging.window import Window

LEFT, RIGHT, MIDDLE = (
    Qt.MouseButton.LeftButton,
    Qt.MouseButton.RightButton,
    Qt.MouseButton.MiddleButton,
)


def grey(widget: QWidget) -> np.ndarray:
    image = widget.grab().toImage().convertToFormat(QImage.Format.Format_Grayscale8)
    flat = np.frombuffer(image.constBits(), np.uint8)
    return flat.reshape(image.height(), image.bytesPerLine())[:, : image.width()]


def drag(widget: QWidget, button: Qt.MouseButton, start: QPoint, end: QPoint) -> None:
    QTest.mousePress(widget, button, pos=start)
    for share in (0.5, 1.0):
        QTest.mouseMove(widget, start + (end - start) * share)
    QTest.mouseRelease(widget, button, pos=end)


def wheel(widget: QWidget, at: QPoint, notches: int, *, control: bool = False) -> None:
    keys = Qt.KeyboardModifier.ControlModifier if control else Qt.KeyboardModifier.NoModifier
    event = QWheelEvent(
        QPointF(at),
        QPointF(widget.mapToGlobal(at)),
        QPoint(),
        QPoint(0, 120 * notches),
        Qt.MouseButton.NoButton,
        keys,
        Qt.ScrollPhase.NoScrollPhase,
        False,
    )
    QApplication.sendEvent(widget, event)


@pytest.mark.parametrize(
    ("plane", "letters"),
    [
        ("axial", {"left": "R", "right": "L", "top": "A", "bottom": "P"}),
        ("coronal", {"left": "R", "right": "L", "top": "H", "bottom": "F"}),
        ("sagittal", {"left": "A", "right": "P", "top": "H", "bottom": "F"}),
    ],
)
def test_the_bodys_left_back_and_head_are_where_the_letters_say(
    screen: Any, metal_mm: Any, plane: str, letters: Any
) -> None:
    screen.parts.views.go(metal_mm)
    screen.parts.views.window.set(type(screen.parts.views.window.now)(2500, 500))
    screen.live()
    view = screen.slice(plane)
    assert view.sheet().camera.letters() == letters
    place = screen.place(plane, metal_mm)
    picture = grey(view)
    around = picture[place.y() - 3 : place.y() + 4, place.x() - 8 : place.x() + 9]
    assert around.max() > 240, "the metal is bright where the patient's point is drawn"
    mirrored = picture[place.y() - 6, view.width() - 1 - place.x()]
    assert mirrored < 60 or abs(view.width() / 2 - place.x()) < 10


def test_a_click_with_the_point_tool_moves_the_crosshair_there(screen: Any, metal_mm: Any) -> None:
    QTest.mouseClick(screen.slice("axial"), LEFT, pos=screen.place("axial", metal_mm))
    x, y, _ = screen.parts.views.position.now
    assert math.dist((x, y), metal_mm[:2]) <= screen.tolerance_mm("axial")
    assert screen.parts.findings.tracks == ()


def test_one_notch_of_the_wheel_is_one_slice_towards_the_head(screen: Any) -> None:
    before = screen.parts.views.position.now
    wheel(screen.slice("axial"), QPoint(60, 60), 1)
    after = screen.parts.views.position.now
    assert after[2] - before[2] == pytest.approx(2.0)
    assert after[:2] == before[:2]


def test_control_and_wheel_enlarge_about_the_mouse(screen: Any) -> None:
    view, at = screen.slice("coronal"), QPoint(90, 120)
    before = view.sheet()
    wheel(view, at, 3, control=True)
    after = view.sheet()
    assert after.camera.mm_per_pixel < before.camera.mm_per_pixel
    assert after.lps(QPointF(at)) == pytest.approx(before.lps(QPointF(at)), abs=1e-6)


def test_dragging_with_the_right_button_changes_the_window(screen: Any) -> None:
    before = screen.parts.views.window.now
    drag(screen.slice("axial"), RIGHT, QPoint(100, 100), QPoint(160, 70))
    after = screen.parts.views.window.now
    assert after.width > before.width
    assert after.centre < before.centre, "upwards is brighter"


def test_dragging_with_the_middle_button_moves_the_picture_with_the_hand(screen: Any) -> None:
    view = screen.slice("sagittal")
    start, end = QPoint(100, 100), QPoint(140, 130)
    held = view.sheet().lps(QPointF(start))
    drag(view, MIDDLE, start, end)
    assert view.sheet().lps(QPointF(end)) == pytest.approx(held, abs=1e-6)


def test_a_double_click_fills_the_room_with_one_view_and_the_next_brings_all_back(
    screen: Any,
) -> None:
    view = screen.slice("axial")
    QTest.mouseDClick(view, LEFT, pos=QPoint(50, 50))
    screen.live()
    assert screen.parts.views.layout.now == "axial"
    assert not screen.slice("coronal").isVisible()
    QTest.mouseDClick(view, LEFT, pos=QPoint(50, 50))
    assert screen.parts.views.layout.now == "all"


def test_space_shows_the_whole_plane_again(screen: Any) -> None:
    view = screen.slice("axial")
    whole = view.sheet().camera
    wheel(view, QPoint(20, 20), 5, control=True)
    drag(view, MIDDLE, QPoint(20, 20), QPoint(80, 80))
    QTest.keyClick(view, Qt.Key.Key_Space)
    assert view.sheet().camera == whole


def mark(screen: Any, entry: Any, exit_: Any) -> None:
    screen.parts.tool.set("trajectory")
    for plane, end in (("axial", entry), ("coronal", exit_)):
        screen.parts.views.go(end)
        screen.live()
        place = screen.place(plane, end)
        QTest.mouseMove(screen.slice(plane), place)
        QTest.mouseClick(screen.slice(plane), LEFT, pos=place)
    screen.live()


def test_two_clicks_in_two_views_mark_one_track(screen: Any) -> None:
    entry, exit_ = (-30.0, -20.0, 10.0), (30.0, 16.0, -12.0)
    mark(screen, entry, exit_)
    (track,) = screen.parts.findings.tracks
    assert math.dist(track.ends_lps_mm[0], entry) <= screen.tolerance_mm("axial")
    assert math.dist(track.ends_lps_mm[1], exit_) <= screen.tolerance_mm("coronal")
    assert track.entry == 0
    assert screen.parts.findings.selected.now == track.finding_id


def test_dragging_an_end_is_one_act_and_undo_brings_it_back(screen: Any) -> None:
    entry, exit_ = (-30.0, -20.0, 10.0), (30.0, 16.0, -12.0)
    mark(screen, entry, exit_)
    before = screen.parts.findings.tracks[0]
    screen.parts.findings.unlock(before.finding_id)
    screen.parts.views.go(before.ends_lps_mm[0])
    screen.live()
    start = screen.place("axial", before.ends_lps_mm[0])
    acts: list[Any] = []
    stop = screen.parts.session.changed.subscribe(acts.append)
    drag(screen.slice("axial"), LEFT, start, start + QPoint(25, 10))
    stop()
    (moved,) = screen.parts.findings.tracks
    assert len(acts) == 1
    assert moved.ends_lps_mm[0] != before.ends_lps_mm[0]
    assert moved.ends_lps_mm[1] == before.ends_lps_mm[1]
    screen.parts.session.undo()
    assert screen.parts.findings.tracks[0].ends_lps_mm == before.ends_lps_mm


def test_escape_gives_up_what_is_being_marked(screen: Any) -> None:
    screen.parts.tool.set("trajectory")
    QTest.mouseClick(screen.slice("axial"), LEFT, pos=QPoint(80, 80))
    assert screen.parts.trajectory.draft.now is not None
    screen.slice("axial").setFocus()
    QTest.keyClick(screen.slice("axial"), Qt.Key.Key_Escape)
    assert screen.parts.trajectory.draft.now is None
    assert screen.parts.tool.now == "point"
    assert screen.parts.findings.tracks == ()


def test_a_hundred_moves_in_one_turn_cost_one_picture(screen: Any) -> None:
    view = screen.slice("axial")
    screen.live()
    made = count_samplings(view)
    for step in range(100):
        screen.parts.views.go((0.0, 0.0, step * 0.3))
    assert made == []
    screen.live()
    assert len(made) == 1


def test_another_window_is_another_grey_of_the_same_values(screen: Any) -> None:
    view, views = screen.slice("axial"), screen.parts.views
    screen.live()
    made, before = count_samplings(view), view.picture.grey.copy()
    views.window.set(Window(2000.0, 3000.0))
    screen.live()
    assert made == []
    assert not np.array_equal(view.picture.grey, before)
    whole = view.picture.renderer.pixels(view.sheet().camera, views.window.now)
    assert np.array_equal(view.picture.grey, whole)


def count_samplings(view: Any) -> list[Any]:
    """Return a list that grows whenever a view samples its volume."""
    made: list[Any] = []
    values = view.picture.renderer.values

    def counted(*look: Any, **how: Any) -> Any:
        made.append(look)
        return values(*look, **how)

    view.picture.renderer.values = counted
    return made


def test_the_value_under_the_mouse_is_said_with_its_place(screen: Any, metal_mm: Any) -> None:
    screen.parts.views.go(metal_mm)
    screen.live()
    QTest.mouseMove(screen.slice("axial"), screen.place("axial", metal_mm))
    screen.live()
    told = screen.desk.window.bottom._place.text()
    assert re.fullmatch(r"HU 3000 at L (19|20)\.\d P (9|10)\.\d S 24\.0 · W 400 L 40", told)


def test_what_a_wheel_a_key_or_a_reset_brings_under_a_resting_mouse_is_said(
    screen: Any, metal_mm: Any
) -> None:
    parts, view, place = screen.parts, screen.slice("axial"), screen.desk.window.bottom._place
    parts.views.go(metal_mm)
    screen.live()
    at = screen.place("axial", metal_mm)
    QTest.mouseMove(view, at)
    screen.bot.waitUntil(lambda: place.text().startswith("HU 3000 "))
    wheel(view, at, 4)
    assert re.match(r"HU 900 at .* S 32\.0 ", place.text()), "8 mm higher there is bone"
    view.setFocus()
    QTest.keyClick(view, Qt.Key.Key_Down, delay=0)
    assert " S 30.0 " in place.text()
    parts.views.pan("axial", (0.0, 100.0, 0.0))
    assert place.text().startswith("Outside the scan, ")
    QTest.keyClick(view, Qt.Key.Key_Space)
    assert " S 30.0 " in place.text()
    parts.views.shown.set(None)
    assert place.text() == ""


def yellow(widget: QWidget) -> np.ndarray:
    """Where the picture is in the colour of warnings, whole rows from the middle of the view."""
    image = widget.grab().toImage().convertToFormat(QImage.Format.Format_RGB32)
    flat = np.frombuffer(image.constBits(), np.uint8)
    pixels = flat.reshape(image.height(), image.width(), 4).astype(int)
    return np.asarray(pixels[..., 1:3].min(axis=-1) - pixels[..., 0] > 15)  # no red line


@pytest.mark.parametrize("presenting", [False, True])
def test_missing_slices_are_hatched_in_every_view(screen: Any, presenting: bool) -> None:
    views = screen.parts.views
    whole = views.volume.now
    views.show(replace(whole, gaps=(40, 41, 42)))
    at = whole.frame.to_lps((20, 30, 41)).tolist()
    for plane in ("coronal", "sagittal"):
        view = screen.slice(plane)
        view.set_presenting(presenting)
        screen.live()
        place = screen.place(plane, at)
        beside = yellow(view)[:, view.width() // 4 : view.width() // 4 + 40]
        assert beside[place.y() - 2 : place.y() + 3].all(), "a veil over the gap"
        assert not beside[place.y() + 20 : -80].any(), "nowhere else"
    axial = screen.slice("axial")
    axial.set_presenting(presenting)
    screen.live()
    assert not yellow(axial)[60:-80, 40:-40].any()
    views.go(tuple(at))
    screen.live()
    assert yellow(axial)[60:-40, axial.width() // 2 - 40 : axial.width() // 2 + 40].mean() > 0.5


def test_a_changing_slab_is_drawn_quickly_and_at_rest_with_every_pixel(screen: Any) -> None:
    view, views = screen.slice("axial"), screen.parts.views
    views.turn_about("coronal", 0.4)
    views.slab.set(Slab(Projection.MIP, 80.0))
    view.repaint()
    sheet = view.sheet()
    assert view.picture.grey.size < sheet.camera.height * sheet.camera.width / 3
    assert not view.picture.settled
    screen.bot.waitUntil(lambda: view.picture.settled, timeout=5000)
    sheet = view.sheet()
    whole = view.picture.renderer.pixels(sheet.camera, views.window.now, views.slab.now)
    assert np.array_equal(view.picture.grey, whole)
    views.slab.set(None)
    view.repaint()
    assert view.picture.settled, "a thin slice is never drawn coarsely"


def test_a_slab_of_few_samples_is_whole_at_once(screen: Any) -> None:
    view, views = screen.slice("axial"), screen.parts.views
    views.slab.set(Slab(Projection.MIP, 6.0))
    view.repaint()
    assert view.picture.settled


def test_a_changed_slab_gives_up_the_fine_picture_of_the_one_before(screen: Any) -> None:
    view, views = screen.slice("axial"), screen.parts.views
    views.slab.set(Slab(Projection.MIP, 80.0))
    view.repaint()
    view.picture._take_all_samples()
    begun = view.picture._refining
    views.slab.set(Slab(Projection.MIP, 90.0))
    view.repaint()
    with pytest.raises(Cancelled):
        begun.progress.check()
    screen.bot.waitUntil(lambda: view.picture.settled, timeout=5000)


def test_a_picture_of_one_view_puts_off_the_fine_one_of_another(screen: Any) -> None:
    view, other, views = screen.slice("axial"), screen.slice("coronal"), screen.parts.views
    views.slab.set(Slab(Projection.MIP, 80.0))
    for one in (view, other):
        one.repaint()
    view.picture._take_all_samples()
    begun = view.picture._refining
    views.scroll("coronal", 1)
    other.repaint()
    with pytest.raises(Cancelled):
        begun.progress.check()
    screen.bot.waitUntil(lambda: view.picture.settled and other.picture.settled, timeout=5000)


def test_a_slab_over_a_scan_that_arrives_is_never_sampled_whole_at_once(screen: Any) -> None:
    view, views = screen.slice("axial"), screen.parts.views
    views.slab.set(Slab(Projection.MIP, 80.0))
    screen.bot.waitUntil(lambda: view.picture.settled, timeout=5000)
    view.picture.take(views.volume.now)
    view.repaint()
    assert not view.picture.settled
