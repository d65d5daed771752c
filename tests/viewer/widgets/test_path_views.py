"""The views along and across a path in the real window, over a body with a tube of known place."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import replace
from functools import cache
from typing import Any

import numpy as np
import pytest
from PySide6.QtCore import QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import QImage, QKeyEvent, QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QApplication,
    QComboBox,
    QLabel,
    QListWidget,
    QPushButton,
    QSlider,
    QWidget,
)

from viewer.widgets.examine import path_words
from viewer.widgets.examine.path_paint import cut_handles
from virtopsy.geometry.frame import Floats, Frame
from virtopsy.imaging.slab import Projection, Slab
from virtopsy.imaging.volume import Volume
from virtopsy.imaging.window import Window
from virtopsy.language import Language

LEFT = Qt.MouseButton.LeftButton
ENTRY, EXIT = np.array((-50.0, -30.0, 20.0)), np.array((40.0, 30.0, -25.0))
LENGTH_MM = float(np.linalg.norm(EXIT - ENTRY))
AHEAD = (EXIT - ENTRY) / LENGTH_MM
HOLE_MM = 6.0
BEAD_MM = 100.0  # along the track from the entry
_OFF_MM = 14.0  # a bead's distance from the track
GAP = (40, 41, 42)


def _up() -> Floats:
    """Head-up at right angles to the track, as the views have it at 0 degrees."""
    head = np.array((0.0, 0.0, 1.0))
    up = head - (head @ AHEAD) * AHEAD
    made: Floats = up / np.linalg.norm(up)
    return made


UP = _up()
SIDE = np.cross(AHEAD, UP)
BEAD = ENTRY + BEAD_MM * AHEAD + _OFF_MM * UP
OTHER_BEAD = ENTRY + BEAD_MM * AHEAD + _OFF_MM * SIDE


@cache
def tube(gaps: tuple[int, ...] = ()) -> Volume:
    """Return a block of 60 HU with an empty tube, a metal bead above it and one at its side."""
    size, spacing = 130, 1.0
    half = (size - 1) / 2
    frame = Frame.of((size,) * 3, origin_mm=(-half,) * 3, spacing_mm=(spacing,) * 3)
    axis = np.arange(size) - half
    z, y, x = np.meshgrid(axis, axis, axis, indexing="ij")
    at = np.stack((x, y, z), axis=-1) - ENTRY
    along = at @ AHEAD
    far = np.sqrt(np.maximum((at**2).sum(axis=-1) - along**2, 0))
    voxels = np.full(frame.shape, 60, dtype=np.int16)
    voxels[far <= HOLE_MM] = -1000
    for bead in (BEAD, OTHER_BEAD):
        voxels[((at + ENTRY - bead) ** 2).sum(axis=-1) <= 9] = 3000
    voxels[list(gaps)] = -1024
    return Volume(voxels, frame, gaps=gaps)


@pytest.fixture
def show(start: Callable[[], Any], opened_body: Any) -> Callable[..., Any]:
    """The window with the tube on it, its track marked by the expert with the entry stated."""

    def make(gaps: tuple[int, ...] = (), *, marked: bool = True) -> Any:
        screen = start()
        volume = replace(tube(gaps), identity=opened_body.volume.identity)
        screen.parts.opening.show(replace(opened_body, volume=volume))
        screen.live()
        screen.parts.views.window.set(Window(-470.0, 1200.0))  # half way at the wall
        if marked:
            for one in (ENTRY, EXIT):
                screen.parts.trajectory.click(tuple(one.tolist()), "track")
        return screen

    return make


@pytest.fixture
def screen(show: Callable[..., Any]) -> Any:
    return show()


def grid(screen: Any) -> Any:
    return screen.desk.window.examine.views


def look_along(screen: Any) -> None:
    button = screen.desk.window.findChild(QPushButton, "finding.along")
    button.click()
    settle(screen)


def settle(screen: Any) -> None:
    screen.live()
    for view in (grid(screen).along.view, grid(screen).across):
        view.repaint()
        screen.bot.waitUntil(lambda shown=view: shown.picture.settled, timeout=8000)
    screen.live()


def wheel(widget: QWidget, notches: int, keys: Any = Qt.KeyboardModifier.NoModifier) -> None:
    at = QPointF(60, 60)
    there = QPointF(widget.mapToGlobal(at.toPoint()))
    turned = QPoint(0, 120 * notches)
    none, phase = Qt.MouseButton.NoButton, Qt.ScrollPhase.NoScrollPhase
    QApplication.sendEvent(
        widget, QWheelEvent(at, there, QPoint(), turned, none, keys, phase, False)
    )


def hole_mm(grey: np.ndarray, mm_per_pixel: float) -> tuple[Floats, Floats]:
    """Return how far a hole reaches from the middle of a picture in 16 directions, and its middle.

    Its edge is where the grey is half way between the tube and what is round it.
    """
    high, wide = grey.shape
    middle = np.array(((wide - 1) / 2, (high - 1) / 2))
    reach = []
    for angle in np.arange(16) * math.tau / 16:
        way = np.array((math.cos(angle), math.sin(angle)))
        steps = np.arange(0, 12 / mm_per_pixel, 0.25)
        x, y = np.rint(middle[:, None] + way[:, None] * steps).astype(int)
        reach.append(float(steps[np.argmax(grey[y, x] > 127)]) * mm_per_pixel)
    radii = np.array(reach)
    return radii, (radii[:8] - radii[8:]) / 2


def test_across_the_track_there_is_a_round_hole_in_the_middle_at_each_place(screen: Any) -> None:
    look_along(screen)
    across = grid(screen).across
    for place_mm in (5.0, 45.5, 80.0, 112.0):
        screen.parts.along.go(place_mm)
        settle(screen)
        radii, off = hole_mm(across.picture.grey, across.camera().mm_per_pixel)
        assert radii.mean() == pytest.approx(HOLE_MM, abs=0.4)
        assert np.ptp(radii) < 1.2, "round to a voxel"
        assert np.abs(off).max() < 0.5, "in the middle"


def test_along_the_track_it_is_a_straight_line_in_the_middle_from_end_to_end(screen: Any) -> None:
    look_along(screen)
    view = grid(screen).along.view
    sheet, grey = view.sheet(), view.picture.grey
    middle = (grey.shape[0] - 1) / 2
    first, last = (sheet.on_path(arc).x() * sheet.ratio for arc in (2.0, LENGTH_MM - 2))
    assert 0 < first < last < grey.shape[1]
    for column in np.linspace(first, last, 40).astype(int):
        rows = np.flatnonzero(grey[:, column] < 127)
        rows = rows[np.abs(rows - middle) * sheet.mm_per_px / sheet.ratio < 9]
        mm = sheet.camera.mm_per_pixel
        assert len(rows) * mm == pytest.approx(2 * HOLE_MM, abs=1.0)
        assert (rows.mean() - middle) * mm == pytest.approx(0, abs=0.6)


def test_left_and_right_above_and_below_are_those_of_the_body_in_both_views(screen: Any) -> None:
    """One bead lies above the track, one at its side; a flip would show them elsewhere."""
    screen.parts.views.window.set(Window(1500.0, 1000.0))
    look_along(screen)
    screen.parts.along.go(BEAD_MM)
    settle(screen)
    view, across = grid(screen).along.view, grid(screen).across
    sheet = view.sheet()
    y, x = (float(one.mean()) for one in np.nonzero(view.picture.grey > 200))
    assert sheet.camera.to_lps(x, y) == pytest.approx(BEAD, abs=1.0)
    assert y < sheet.camera.height / 2
    camera = across.camera()
    y, x = np.nonzero(across.picture.grey > 200)
    upper = y < camera.height / 2 - 3 / camera.mm_per_pixel
    for part, bead in ((upper, BEAD), (~upper, OTHER_BEAD)):
        assert camera.to_lps(x[part].mean(), y[part].mean()) == pytest.approx(bead, abs=1.0)
    assert x[~upper].mean() > camera.width / 2, "side is on the right"
    assert view.sides(sheet) == {"left": "RAH", "right": "LPF", "top": "H", "bottom": "F"}
    assert camera.letters() == {"left": "PR", "right": "AL", "top": "H", "bottom": "F"}


@pytest.mark.parametrize("name", ["along", "across"])
def test_the_wheel_goes_along_by_exact_mm_and_takes_the_crosshair_with_it(
    screen: Any, name: str
) -> None:
    look_along(screen)
    view = grid(screen).along.view if name == "along" else grid(screen).across
    assert screen.parts.views.position.now == pytest.approx(tuple(ENTRY), abs=1e-9)
    wheel(view, 7)
    assert screen.parts.views.position.now == pytest.approx(tuple(ENTRY + 7 * AHEAD), abs=1e-9)
    wheel(view, -3)
    assert screen.parts.views.position.now == pytest.approx(tuple(ENTRY + 4 * AHEAD), abs=1e-9)
    QTest.keyClick(view, Qt.Key.Key_PageUp)
    QTest.keyClick(view, Qt.Key.Key_Left)
    assert screen.parts.views.position.now == pytest.approx(tuple(ENTRY + 13 * AHEAD), abs=1e-9)
    QTest.keyClick(view, Qt.Key.Key_End)
    assert screen.parts.views.position.now == pytest.approx(tuple(EXIT), abs=1e-9)
    axial = screen.slice("axial")
    assert axial.sheet().camera.centre_mm[2] == pytest.approx(EXIT[2])


def test_a_click_on_the_picture_along_the_track_goes_to_that_place(screen: Any) -> None:
    look_along(screen)
    view = grid(screen).along.view
    at = view.sheet().on_path(70.0).toPoint() + QPoint(0, 40)
    QTest.mouseClick(view, LEFT, pos=at)
    worth = view.sheet().mm_per_px
    assert screen.parts.along.place_mm.now == pytest.approx(70, abs=worth)
    there = ENTRY + screen.parts.along.place_mm.now * AHEAD
    assert screen.parts.views.position.now == pytest.approx(tuple(there), abs=1e-6)


def test_the_ends_are_named_as_the_expert_states_them_and_no_further(screen: Any) -> None:
    look_along(screen)
    parts, along = screen.parts, screen.parts.along
    view = grid(screen).along.view
    assert path_words.ends(parts, along.followed.now) == ("entry, as stated", "other end")
    assert "from the entry" in path_words.place(parts, along.followed.now)
    assert view.sheet().lps(view.sheet().on_path(0.0)) == pytest.approx(tuple(ENTRY), abs=0.01)
    parts.findings.state_entry(1)
    assert view.sheet().lps(view.sheet().on_path(0.0)) == pytest.approx(tuple(EXIT), abs=0.01)
    assert path_words.ends(parts, along.followed.now) == ("entry, as stated", "other end")
    parts.findings.state_entry(None)
    assert view.sheet().lps(view.sheet().on_path(0.0)) == pytest.approx(tuple(ENTRY), abs=0.01)
    assert path_words.ends(parts, along.followed.now) == ("first end", "second end")
    assert "entry" not in path_words.place(parts, along.followed.now)


def test_what_lies_under_the_mouse_is_said_with_its_true_place(screen: Any) -> None:
    look_along(screen)
    screen.parts.along.go(BEAD_MM)
    settle(screen)
    place = screen.desk.window.findChild(QLabel, "bottom.place")
    for view in (grid(screen).along.view, grid(screen).across):
        under = view.under()
        beside = QPointF(view.width() / 2, view.height() / 2)
        if view is grid(screen).along.view:
            beside = under.on_path(BEAD_MM)
        above = beside - QPointF(0, _OFF_MM / under.mm_per_px)
        QTest.mouseMove(view, above.toPoint() + QPoint(1, 1))
        QTest.mouseMove(view, above.toPoint())
        pointed = screen.parts.views.pointed.now
        assert pointed.lps_mm == pytest.approx(tuple(BEAD), abs=1.0)
        assert pointed.value == 3000
        assert place.text().startswith("HU 3000 at")
    before = screen.parts.views.pointed.now
    QTest.keyClick(grid(screen).across, Qt.Key.Key_PageUp)
    after = screen.parts.views.pointed.now
    assert math.dist(before.lps_mm, after.lps_mm) == pytest.approx(10.0, abs=0.1), "the mouse rests"
    assert after.value != 3000
    assert not place.text().startswith("HU 3000 at")


@pytest.mark.parametrize("half", [0, 1])
def test_the_ring_across_turns_the_picture_along_and_the_slider_says_so(
    screen: Any, half: int
) -> None:
    """Turned by a right angle the bead at the side is the one that is seen."""
    screen.parts.views.window.set(Window(1500.0, 1000.0))
    look_along(screen)
    across, view = grid(screen).across, grid(screen).along.view
    sheet = across.under()
    middle = QPointF(sheet.width / 2, sheet.height / 2)
    start = cut_handles(sheet, 0.0)[half]
    reach = math.hypot(start.x() - middle.x(), start.y() - middle.y())
    to = middle + QPointF(reach, 0) * (1 if half == 0 else -1)
    QTest.mousePress(across, LEFT, pos=start.toPoint())
    QTest.mouseMove(across, ((start + to) / 2).toPoint())
    QTest.mouseMove(across, to.toPoint())
    QTest.mouseRelease(across, LEFT, pos=to.toPoint())
    assert math.degrees(screen.parts.along.angle.now) == pytest.approx(90, abs=1)
    slider = screen.desk.window.findChild(QSlider, "path.turn")
    assert slider.value() == pytest.approx(90, abs=1)
    settle(screen)
    y, x = (float(one.mean()) for one in np.nonzero(view.picture.grey > 200))
    assert view.sheet().camera.to_lps(x, y) == pytest.approx(OTHER_BEAD, abs=1.2)
    assert path_words.turned(screen.parts).startswith("turned ")
    slider.setValue(-30)
    assert math.degrees(screen.parts.along.angle.now) == pytest.approx(-30)
    QTest.keyClick(view, Qt.Key.Key_Space)
    assert (slider.value(), screen.parts.along.angle.now) == (0, 0.0)


def test_enlarging_keeps_the_place_in_its_column_and_shows_less(screen: Any) -> None:
    look_along(screen)
    screen.parts.along.go(30)
    view = grid(screen).along.view
    before, wide = view.sheet().on_path(30.0), view.sheet().mm_per_px
    wheel(view, 4, Qt.KeyboardModifier.ControlModifier)
    assert view.sheet().on_path(30.0).x() == pytest.approx(before.x(), abs=0.01)
    assert view.sheet().mm_per_px == pytest.approx(wide / 1.15**4)
    wheel(view, -9, Qt.KeyboardModifier.ControlModifier)
    assert view.sheet().mm_per_px == pytest.approx(wide)


def test_window_and_slab_are_those_of_the_slices(screen: Any) -> None:
    look_along(screen)
    view = grid(screen).along.view
    screen.parts.along.go(BEAD_MM)
    screen.parts.views.window.set(Window(1500.0, 1000.0))
    settle(screen)
    seen = (view.picture.grey > 200).sum()
    wheel(view, 30, Qt.KeyboardModifier.ShiftModifier)
    slab = screen.parts.views.slab.now
    assert slab is not None
    assert slab.projection is Projection.MIP
    settle(screen)
    assert (view.picture.grey > 200).sum() > 1.5 * seen, "the bead at the side is in the slab"
    assert path_words.shown_how(screen.parts)[0].startswith("MIP, ")


def test_both_views_say_that_they_are_computed_and_where_to_measure(screen: Any) -> None:
    look_along(screen)
    volume = screen.parts.views.shown.now
    said = path_words.remarks(screen.parts, volume, bent=True, hatched=True)
    assert said == [
        "Hatched: slices are missing.",
        "Straightened: lengths are true only along the path.",
        "Computed between the slices.",
        "Measure on acquired slices.",
    ]
    view = grid(screen).across
    words = _colours(view)[-36:-5, 5 : view.width() // 3]
    assert ((words[..., 0] > 180) & (words[..., 2] < 120)).sum() > 50


def _colours(view: QWidget) -> np.ndarray:
    """(height, width, 3) red, green and blue of what is seen."""
    shot = view.grab().toImage().convertToFormat(QImage.Format.Format_RGB888)
    flat = np.frombuffer(shot.constBits(), np.uint8).reshape(shot.height(), shot.bytesPerLine())
    return flat[:, : 3 * shot.width()].reshape(shot.height(), shot.width(), 3).astype(int)


def yellow(view: QWidget) -> int:
    """Count pixels in the colour of warnings, but for the words at the edges."""
    return int((_colours(view)[60:-60, :, 0] > _colours(view)[60:-60, :, 2] + 15).sum())


def test_what_was_not_acquired_is_hatched_in_both_views(show: Callable[..., Any]) -> None:
    counts: dict[tuple[int, ...], list[int]] = {}
    for gaps in ((), GAP):
        screen = show(gaps)
        look_along(screen)
        z = screen.parts.views.shown.now.frame.to_lps((0, 0, GAP[1]))[2]
        screen.parts.along.go(float((z - ENTRY[2]) / AHEAD[2]))
        settle(screen)
        counts[gaps] = [yellow(one) for one in (grid(screen).along.view, grid(screen).across)]
        middle = grid(screen).across.picture.grey[70:-70, 150:-150]
        assert bool((middle == 0).all(axis=1).any()) is bool(gaps)
    for without, with_gaps in zip(counts[()], counts[GAP], strict=True):
        assert with_gaps > without + 100


@pytest.mark.parametrize("letter", ["t", "е"])
def test_the_key_t_opens_the_layout_from_the_list_and_escape_leaves_it(
    screen: Any, letter: str
) -> None:
    window, views = screen.desk.window, screen.parts.views
    listed = window.findChild(QListWidget, "findings.list")
    listed.setFocus()
    press_letter(listed, letter)
    assert views.layout.now == "path"
    assert grid(screen).along.isVisible()
    assert grid(screen).across.isVisible()
    assert screen.slice("axial").isVisible()
    assert not grid(screen).volume_view.isVisible()
    screen.live()
    hint = window.findChild(QLabel, "bottom.hint")
    assert hint.text().startswith("Wheel goes along")
    QTest.keyClick(grid(screen).along.view, Qt.Key.Key_Escape)
    assert views.layout.now == "all"
    assert not grid(screen).along.isVisible()
    press_letter(screen.slice("axial"), letter)
    QTest.keyClick(grid(screen).across, Qt.Key.Key_F)
    assert views.layout.now == "all"


def press_letter(widget: QWidget, letter: str) -> None:
    plain = Qt.KeyboardModifier.NoModifier
    key = QKeyEvent(QEvent.Type.KeyPress, ord(letter.upper()), plain, letter)
    QApplication.sendEvent(widget, key)


def test_without_a_track_the_layout_says_what_to_do_and_t_says_it_in_the_bottom_line(
    show: Callable[..., Any],
) -> None:
    screen = show(marked=False)
    failed: list[str] = []
    screen.parts.trouble.subscribe(lambda error: failed.append(error.key))
    press_letter(screen.slice("axial"), "t")
    hint = screen.desk.window.findChild(QLabel, "bottom.hint")
    assert hint.text() == screen.parts.say("path.nothing")
    assert not failed, "no strip that stays for a key that has nothing to do"
    screen.parts.views.layout.set("path")
    screen.live()
    view = grid(screen).along.view
    middle = view.height() // 2
    words = _colours(view)[middle - 30 : middle + 30, :, 0]
    assert (words > 90).sum() > 100, "words stand where the picture would be"
    wheel(view, 3)
    QTest.mouseClick(view, LEFT, pos=QPoint(50, 50))
    QTest.keyClick(view, Qt.Key.Key_Up)
    assert screen.parts.along.followed.now is None


def test_a_path_is_drawn_by_clicks_and_a_double_click_looks_along_it(screen: Any) -> None:
    parts, view = screen.parts, screen.slice("axial")
    parts.views.go((0.0, 0.0, 0.0))
    parts.tool.set("path")
    screen.live()
    hint = screen.desk.window.findChild(QLabel, "bottom.hint")
    assert "not kept in the case" in hint.text()
    points = [(-30.0, -20.0, 0.0), (0.0, 10.0, 0.0), (30.0, -20.0, 0.0)]
    for one in points:
        QTest.mouseClick(view, LEFT, pos=screen.place("axial", one))
    assert len(parts.along.points.now) == 3
    QTest.mouseMove(view, screen.place("axial", (40.0, 0.0, 0.0)))
    assert parts.along.drawn is not None
    QTest.keyClick(view, Qt.Key.Key_Backspace)
    assert len(parts.along.points.now) == 2
    QTest.mouseClick(view, LEFT, pos=screen.place("axial", points[2]))
    QTest.mouseDClick(view, LEFT, pos=screen.place("axial", points[2]))
    assert (parts.views.layout.now, parts.tool.now) == ("path", "point")
    drawn = parts.along.followed.now.path.points_mm
    worth = screen.tolerance_mm("axial")
    assert np.abs(np.subtract(drawn, points)).max() <= 2 * worth
    assert len(parts.session.case.findings) == 1, "nothing of it is kept"
    settle(screen)
    assert not parts.along.followed.now.path.is_straight
    assert grid(screen).along.view.picture.grey.std() > 1


def test_enter_ends_a_drawn_path_and_escape_gives_it_up(screen: Any) -> None:
    parts, view = screen.parts, screen.slice("axial")
    parts.views.go((0.0, 0.0, 0.0))
    parts.tool.set("path")
    screen.live()
    ends = [(-30.0, -20.0, 0.0), (30.0, -20.0, 0.0)]
    QTest.mouseClick(view, LEFT, pos=screen.place("axial", ends[0]))
    QTest.keyClick(view, Qt.Key.Key_Return)
    assert parts.views.layout.now == "all", "one point is no path"
    QTest.keyClick(view, Qt.Key.Key_Escape)
    assert (parts.along.points.now, parts.tool.now) == ((), "point")
    parts.tool.set("path")
    for one in ends:
        QTest.mouseClick(view, LEFT, pos=screen.place("axial", one))
    QTest.keyClick(view, Qt.Key.Key_Return)
    assert parts.views.layout.now == "path"
    assert parts.along.followed.now.begins == "drawn"


def test_drawing_a_path_moves_no_end_of_a_track_it_begins_at(screen: Any) -> None:
    parts, view = screen.parts, screen.slice("axial")
    entry = tuple(ENTRY.tolist())
    parts.views.go(entry)
    parts.tool.set("path")
    screen.live()
    at = screen.place("axial", entry)
    QTest.mousePress(view, LEFT, pos=at)
    QTest.mouseMove(view, at + QPoint(30, 10))
    QTest.mouseRelease(view, LEFT, pos=at + QPoint(30, 10))
    QTest.mouseClick(view, LEFT, pos=at)
    assert parts.findings.tracks[0].ends_lps_mm[0] == pytest.approx(entry)
    assert len(parts.along.points.now) == 1


def test_a_stop_is_refused_in_a_sentence_while_a_path_is_looked_along(screen: Any) -> None:
    look_along(screen)
    told: list[Any] = []
    screen.parts.trouble.subscribe(told.append)
    screen.desk.window.add_stop()
    assert [one.key for one in told] == ["path.no_stop"]
    assert screen.parts.walkthrough.stops == ()
    screen.parts.views.layout.set("all")
    screen.desk.window.add_stop()
    assert len(screen.parts.walkthrough.stops) == 1


def test_a_bent_path_is_drawn_in_fewer_pixels_at_once_and_in_all_of_them_at_rest(
    screen: Any,
) -> None:
    for one in (ENTRY, (0.0, 30.0, 10.0), EXIT):
        screen.parts.along.click((float(one[0]), float(one[1]), float(one[2])))
    screen.parts.finish_path()
    screen.live()
    view = grid(screen).along.view
    whole = view.sheet().camera.width * view.sheet().camera.height
    assert view.picture.grey.size < whole / 9
    settle(screen)
    assert view.picture.grey.size == whole
    renderer, camera = view.picture.renderer, view.sheet().camera
    window, slab = screen.parts.views.window.now, Slab(Projection.MEAN, 4.0)
    assert np.array_equal(view.picture.grey, renderer.pixels(camera, window))
    screen.parts.views.slab.set(slab)
    settle(screen)
    assert np.array_equal(view.picture.grey, renderer.pixels(camera, window, slab))


@pytest.mark.parametrize("language", list(Language))
def test_the_words_of_the_small_view_fit_in_each_language(screen: Any, language: Language) -> None:
    """At 1280 pixels the view across has 398: its remarks end before its scale."""
    screen.parts.language.set(language)
    look_along(screen)
    across = grid(screen).across
    metrics = across.fontMetrics()
    said = path_words.remarks(screen.parts, screen.parts.views.shown.now, bent=False, hatched=False)
    room = across.width() * 0.6
    assert all(metrics.horizontalAdvance(line) < room for line in said)
    hint = screen.desk.window.findChild(QLabel, "bottom.hint")
    assert "…" not in hint.text()


def test_looking_along_ends_comparing_and_what_is_drawn_stays_on_its_own_scan(screen: Any) -> None:
    parts = screen.parts
    parts.comparison.begin()
    assert parts.comparison.shown.now
    parts.along.click((0.0, 0.0, 0.0))
    assert parts.beside().along.points.now == ()
    parts.along.show()
    screen.live()
    assert not parts.comparison.shown.now
    assert grid(screen).along.isVisible()


def test_the_layout_box_offers_the_path_and_chooses_it(screen: Any) -> None:
    box = screen.desk.window.findChild(QComboBox, "layout")
    row = next(n for n in range(box.count()) if box.itemText(n) == "Along the track")
    box.setCurrentIndex(row)
    box.activated.emit(row)
    assert screen.parts.views.layout.now == "path"
    assert screen.parts.along.followed.now.begins == "entry"


@pytest.mark.parametrize("language", list(Language))
def test_the_state_of_the_person_is_marked_along_and_across(
    screen: Any, language: Language
) -> None:
    parts = screen.parts
    parts.language.set(language)
    look_along(screen)
    along = grid(screen).findChild(QWidget, "view.along")
    before = along.grab().toImage()
    volume = parts.views.volume.now
    mark = "deceased"
    assert parts.subject.mark(language) == ""
    parts.subject.state(mark)
    settle(screen)
    said = path_words.remarks(parts, volume, bent=False, hatched=False)
    assert said[0] == parts.subject.mark(language) != ""
    assert along.grab().toImage() != before, "it is painted"
