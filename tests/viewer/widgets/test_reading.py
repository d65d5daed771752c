"""Reading slices with mouse and keys: oblique planes, slabs, windows, cine and layouts."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest
from PySide6.QtCore import QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import QImage, QKeyEvent, QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QComboBox, QMenu, QToolButton, QWidget

from viewer.presenters.examine.slabs import THICKNESSES_MM
from viewer.presenters.examine.views import LAYOUTS, PLANES
from viewer.widgets.examine.crosshair_paint import turn_handles
from viewer.widgets.examine.slice_words import shown_how
from virtopsy.imaging.slab import Projection, Slab
from virtopsy.imaging.window import HU_PRESETS, Window
from virtopsy.language import Language

LEFT = Qt.MouseButton.LeftButton


def pixels(widget: QWidget) -> np.ndarray:
    image = widget.grab().toImage().convertToFormat(QImage.Format.Format_Grayscale8)
    flat = np.frombuffer(image.constBits(), np.uint8)
    return flat.reshape(image.height(), image.bytesPerLine())[:, : image.width()].astype(int)


def wheel(widget: QWidget, notches: int, *, shift: bool = False) -> None:
    keys = Qt.KeyboardModifier.ShiftModifier if shift else Qt.KeyboardModifier.NoModifier
    at = QPoint(60, 60)
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


def drag_ring(view: Any, ring: int, angle: float) -> float:
    """Drag a ring round the crosshair; return how far the mouse went round, clockwise."""
    sheet, position = view.sheet(), view._views.position.now
    middle = sheet.place(position)
    start = turn_handles(sheet, position)[ring].toPoint()
    first = QPointF(start) - middle
    reach, begins = math.hypot(first.x(), first.y()), math.atan2(first.y(), first.x())
    QTest.mousePress(view, LEFT, pos=start)
    end = start
    for share in (0.25, 0.5, 0.75, 1.0):
        to = begins + share * angle
        end = (middle + QPointF(reach * math.cos(to), reach * math.sin(to))).toPoint()
        QTest.mouseMove(view, end)
    QTest.mouseRelease(view, LEFT, pos=end)
    last = QPointF(end) - middle
    return math.remainder(math.atan2(last.y(), last.x()) - begins, math.tau)


def slab_button(screen: Any) -> Any:
    return screen.desk.window.findChild(QToolButton, "slab")


def choose(screen: Any, text: str) -> None:
    """Open the menu of slabs and click what is called so."""
    menu: QMenu = slab_button(screen).menu()
    menu.popup(slab_button(screen).mapToGlobal(QPoint(0, 30)))
    screen.live()
    action = next(one for one in menu.actions() if one.text() == text)
    QTest.mouseClick(menu, LEFT, pos=menu.actionGeometry(action).center())
    screen.live()
    assert not menu.isVisible()


def ticked(screen: Any) -> list[str]:
    menu: QMenu = slab_button(screen).menu()
    menu.aboutToShow.emit()
    return [one.text() for one in menu.actions() if one.isChecked()]


@pytest.mark.parametrize("ring", range(4))
@pytest.mark.parametrize("plane", PLANES)
@pytest.mark.parametrize("angle", [0.5, -0.3])
def test_dragging_a_ring_turns_the_two_other_planes_as_far_as_the_mouse_goes_round(
    screen: Any, plane: str, ring: int, angle: float
) -> None:
    views, view = screen.parts.views, screen.slice(plane)
    before, place = pixels(view), views.position.now
    sheet = view.sheet()
    assert len(turn_handles(sheet, place)) == 4
    went = drag_ring(view, ring, angle)
    screen.live()
    assert abs(went) > 0.2
    others = [one for one in PLANES if one != plane]
    assert [views.lean(one) for one in others] == pytest.approx([abs(went)] * 2, abs=1e-6)
    assert views.lean(plane) == pytest.approx(0, abs=1e-6)
    assert views.position.now == place, "the planes turn about the crosshair"
    after = view.sheet()
    for lps in ((0.0, 0.0, 0.0), (20.0, 10.0, 24.0), (-30.0, 5.0, 1.0)):
        assert after.place(lps).toPoint() == sheet.place(lps).toPoint(), "its own picture stays"
    assert before.shape == pixels(view).shape
    middle = after.place(place)
    drawn = turn_handles(after, place)[ring] - middle
    start = turn_handles(sheet, place)[ring] - middle
    turned = math.atan2(drawn.y(), drawn.x()) - math.atan2(start.y(), start.x())
    assert math.remainder(turned - went, math.pi) == pytest.approx(0, abs=0.02), "lines follow"


def test_the_pixels_of_the_turning_view_stay_and_those_of_the_others_change(
    screen: Any, metal_mm: Any
) -> None:
    screen.parts.views.window.set(Window(500.0, 5000.0))
    screen.parts.views.go(metal_mm)
    screen.live()
    before = {plane: screen.slice(plane).picture.grey.astype(int) for plane in PLANES}
    drag_ring(screen.slice("axial"), 0, 0.5)
    screen.live()
    changed = {
        plane: float((np.abs(screen.slice(plane).picture.grey - before[plane]) > 1).mean())
        for plane in PLANES
    }
    assert changed["axial"] == 0
    assert min(changed["coronal"], changed["sagittal"]) > 0.01


def test_letters_and_words_say_that_a_view_leans_and_space_straightens_it(screen: Any) -> None:
    went = drag_ring(screen.slice("axial"), 0, 0.5)
    screen.live()
    coronal, sagittal = screen.slice("coronal"), screen.slice("sagittal")
    assert coronal.sheet().camera.letters() == {
        "left": "RA",
        "right": "LP",
        "top": "H",
        "bottom": "F",
    }
    assert sagittal.sheet().camera.letters() == {
        "left": "AL",
        "right": "PR",
        "top": "H",
        "bottom": "F",
    }
    words = f"oblique, {math.degrees(went):.1f}°"
    assert shown_how(screen.parts, "coronal") == shown_how(screen.parts, "sagittal") == [words]
    assert shown_how(screen.parts, "axial") == []
    leaning = pixels(coronal)
    QTest.keyClick(coronal, Qt.Key.Key_Space)
    screen.live()
    assert screen.parts.views.turn.now.is_straight
    assert coronal.sheet().camera.letters()["left"] == "R"
    assert shown_how(screen.parts, "coronal") == []
    corner = np.s_[:90, coronal.width() * 2 // 3 :]
    assert (leaning[corner] != pixels(coronal)[corner]).any(), "the words are gone"


def test_shift_and_wheel_thicken_what_is_shown_and_the_view_and_the_button_say_so(
    screen: Any, metal_mm: Any
) -> None:
    views, view = screen.parts.views, screen.slice("axial")
    views.window.set(Window(2500.0, 500.0))
    views.go((0.0, 0.0, metal_mm[2] - 12))
    screen.live()
    place = screen.place("axial", metal_mm)
    assert pixels(view)[place.y(), place.x()] < 10, "beyond a thin slice"
    at = views.position.now
    wheel(view, 16, shift=True)
    screen.live()
    assert views.position.now == at
    assert views.slab.now == Slab(Projection.MIP, 16.0)
    assert pixels(view)[place.y(), place.x()] > 245, "within the slab"
    assert shown_how(screen.parts, view.plane) == ["MIP, 16 mm"]
    assert slab_button(screen).text() == "MIP, 16 mm"
    wheel(view, -16, shift=True)
    assert views.slab.now is None
    assert (shown_how(screen.parts, view.plane), slab_button(screen).text()) == ([], "Slab")


@pytest.mark.parametrize(
    ("text", "kind", "said"),
    [
        ("Brightest (MIP)", Projection.MIP, "MIP, 10 mm"),
        ("Darkest (MinIP)", Projection.MINIP, "MinIP, 10 mm"),
        ("Mean", Projection.MEAN, "mean, 10 mm"),
    ],
)
def test_the_menu_chooses_what_of_a_slab_is_shown(
    screen: Any, metal_mm: Any, text: str, kind: Projection, said: str
) -> None:
    views, view = screen.parts.views, screen.slice("axial")
    views.window.set(Window(1000.0, 5000.0))
    views.go((0.0, 0.0, metal_mm[2] - 8))  # half of the slab lies in the metal, half in bone
    screen.live()
    choose(screen, text)
    assert views.slab.now == Slab(kind, 10.0)
    assert shown_how(screen.parts, view.plane) == [said]
    assert slab_button(screen).text() == said
    assert text in ticked(screen)
    place = screen.place("axial", metal_mm)
    value = pixels(view)[place.y(), place.x()]
    metal, bone = (int(views.window.now.apply(np.array([hu]))[0]) for hu in (3000, 900))
    low, high = {
        Projection.MIP: (metal - 1, metal + 1),
        Projection.MINIP: (bone - 1, bone + 1),
        Projection.MEAN: (bone + 5, metal - 5),
    }[kind]
    assert low <= value <= high
    choose(screen, "Thin slices")
    assert views.slab.now is None
    assert shown_how(screen.parts, view.plane) == []


@pytest.mark.parametrize("mm", THICKNESSES_MM)
def test_the_menu_chooses_how_thick_a_slab_is(screen: Any, mm: float) -> None:
    choose(screen, "Mean")
    choose(screen, f"{mm:.0f} mm thick")
    assert screen.parts.views.slab.now == Slab(Projection.MEAN, mm)
    assert {"Mean", f"{mm:.0f} mm thick"} <= set(ticked(screen))


def test_the_menu_straightens_and_interpolates_as_the_keys_do(screen: Any) -> None:
    drag_ring(screen.slice("axial"), 0, 0.5)
    choose(screen, "Straighten")
    assert screen.parts.views.turn.now.is_straight
    choose(screen, "Interpolate between voxels (I)")
    assert not screen.parts.views.smooth.now


def test_the_keys_1_to_9_choose_the_windows_in_the_order_of_the_list(screen: Any) -> None:
    view = screen.slice("coronal")
    box = screen.desk.window.findChild(QComboBox, "window.preset")
    for number, preset in enumerate(HU_PRESETS.values()):
        QTest.keyClick(view, Qt.Key(Qt.Key.Key_1.value + number))
        assert screen.parts.views.window.now == preset.window
        assert box.currentIndex() == number
    QTest.keyClick(view, Qt.Key.Key_1)
    screen.live()
    bone = pixels(view)
    QTest.keyClick(view, Qt.Key.Key_2)
    screen.live()
    assert (np.abs(bone - pixels(view)) > 20).mean() > 0.05


def type_on(view: QWidget, letter: str, code: int = 0) -> None:
    """Press the key that writes a letter, and has this number."""
    plain = Qt.KeyboardModifier.NoModifier
    event = QKeyEvent(QEvent.Type.KeyPress, ord(letter.upper()), plain, code, 0, 0, letter)
    QApplication.sendEvent(view, event)


def test_the_keys_act_by_their_place_on_a_russian_and_a_kazakh_keyboard(screen: Any) -> None:
    views, view = screen.parts.views, screen.slice("axial")
    type_on(view, "ш")
    assert not views.smooth.now, "I"
    type_on(view, "с")
    assert screen.parts.reading.cine.playing.now is not None, "C"
    type_on(view, "с")
    for n, (letter, preset) in enumerate(zip('"әіңғ,.үұ', HU_PRESETS.values(), strict=True)):
        type_on(view, letter, 10 + n)
        assert views.window.now == preset.window
    type_on(view, "а")
    assert views.layout.now == "axial", "F"


def test_home_and_end_show_the_ends_of_the_scan(screen: Any) -> None:
    half = 55.0
    for key, end in ((Qt.Key.Key_Home, -half), (Qt.Key.Key_End, half)):
        for axis, plane in enumerate(("sagittal", "coronal", "axial")):
            QTest.keyClick(screen.slice(plane), key)
            assert screen.parts.views.position.now[axis] == pytest.approx(end)


def test_i_shows_the_voxels_as_they_are_and_the_view_says_so(screen: Any, metal_mm: Any) -> None:
    view = screen.slice("axial")
    screen.parts.views.window.set(Window(500.0, 5000.0))
    screen.parts.views.go(metal_mm)
    screen.live()
    smooth = view.picture.grey.copy()
    QTest.keyClick(view, Qt.Key.Key_I)
    screen.live()
    blocks = view.picture.grey.copy()
    assert shown_how(screen.parts, view.plane) == ["not interpolated"]
    window = screen.parts.views.window.now
    values = window.apply(np.array([-1000, 900, 3000])).tolist()
    assert set(np.unique(blocks)) == {0, *values}, "outside, air, bone, metal, nothing between"
    assert len(np.unique(smooth)) > 10
    QTest.keyClick(view, Qt.Key.Key_I)
    screen.live()
    assert (view.picture.grey == smooth).all()
    assert shown_how(screen.parts, view.plane) == []


STOPS = {
    "mouse on the view": lambda screen: QTest.mouseClick(
        screen.slice("axial"), LEFT, pos=QPoint(60, 60)
    ),
    "mouse on another view": lambda screen: QTest.mouseClick(
        screen.slice("coronal"), LEFT, pos=QPoint(60, 60)
    ),
    "wheel": lambda screen: wheel(screen.slice("axial"), 1),
    "the key again": lambda screen: QTest.keyClick(screen.slice("axial"), Qt.Key.Key_C),
    "an arrow": lambda screen: QTest.keyClick(screen.slice("axial"), Qt.Key.Key_Up),
    "a window key": lambda screen: QTest.keyClick(screen.slice("axial"), Qt.Key.Key_2),
    "space": lambda screen: QTest.keyClick(screen.slice("axial"), Qt.Key.Key_Space),
}


@pytest.mark.parametrize("stop", STOPS)
def test_c_plays_the_slices_and_any_press_stops_them(screen: Any, stop: str) -> None:
    views, cine = screen.parts.views, screen.parts.reading.cine
    x, y, z = views.position.now
    QTest.keyClick(screen.slice("axial"), Qt.Key.Key_C)
    screen.bot.waitUntil(lambda: views.position.now[2] != z, timeout=5000)
    assert views.position.now[:2] == pytest.approx((x, y))
    STOPS[stop](screen)
    assert cine.playing.now is None
    there = views.position.now
    screen.bot.wait(250)
    assert views.position.now == there


def test_the_menu_plays_the_view_used_last(screen: Any) -> None:
    views = screen.parts.views
    wheel(screen.slice("sagittal"), 1)
    x, y, z = views.position.now
    choose(screen, "Play slices (C)")
    screen.bot.waitUntil(lambda: views.position.now[0] != x, timeout=5000)
    assert views.position.now[1:] == pytest.approx((y, z))
    choose(screen, "20 slices a second")
    assert screen.parts.reading.cine.rate.now == 20


def test_the_menu_lets_the_slices_turn_back_at_the_end(screen: Any) -> None:
    cine = screen.parts.reading.cine
    assert cine.round.now
    choose(screen, "Back and forth")
    assert not cine.round.now
    choose(screen, "Back and forth")
    assert cine.round.now


def arrange(screen: Any, layout: str) -> dict[str, Any]:
    """Choose a layout in the top line; return the views that are seen."""
    box: QComboBox = screen.desk.window.findChild(QComboBox, "layout")
    box.setCurrentIndex(LAYOUTS.index(layout))
    box.activated.emit(LAYOUTS.index(layout))
    screen.live()
    grid = screen.desk.window.examine.views
    every = {"volume": grid.volume_view, **grid.slices}
    return {name: view for name, view in every.items() if view.isVisible()}


@pytest.mark.parametrize("large", PLANES)
def test_one_and_three_gives_the_view_used_last_most_of_the_room(screen: Any, large: str) -> None:
    QTest.mouseClick(screen.slice(large), LEFT, pos=QPoint(60, 60))
    shown = arrange(screen, "one_three")
    grid = screen.desk.window.examine.views
    assert set(shown) == {"volume", *PLANES}
    assert shown[large].height() == grid.height()
    assert shown[large].width() == pytest.approx(0.7 * grid.width(), abs=8)
    small = [view for name, view in shown.items() if name != large]
    assert np.ptp([view.height() for view in small]) <= 2
    assert {view.x() for view in small} == {small[0].x()}
    assert small[0].x() > shown[large].geometry().right()


def test_one_by_three_shows_the_slices_side_by_side_over_the_whole_height(screen: Any) -> None:
    shown = arrange(screen, "row")
    grid = screen.desk.window.examine.views
    assert set(shown) == set(PLANES)
    assert np.ptp([view.width() for view in shown.values()]) <= 2
    assert {view.height() for view in shown.values()} == {grid.height()}
    assert [shown[plane].x() for plane in PLANES] == sorted(view.x() for view in shown.values())
    for view in shown.values():
        assert len(turn_handles(view.sheet(), screen.parts.views.position.now)) == 4
    assert set(arrange(screen, "all")) == {"volume", *PLANES}


@pytest.mark.parametrize("language", Language)
def test_what_the_button_of_slabs_says_fits_in_every_language(
    screen: Any, language: Language
) -> None:
    screen.parts.language.set(language)
    button = slab_button(screen)
    line = button.parentWidget()
    for slab in (None, *(Slab(kind, 200.0) for kind in Projection)):
        screen.parts.views.slab.set(slab)
        screen.live()
        assert button.width() >= button.sizeHint().width(), button.text()
        seen = sorted(
            (one.geometry() for one in line.findChildren(QWidget) if one.parentWidget() is line),
            key=lambda place: place.left(),
        )
        assert seen[-1].right() <= line.width()


@pytest.mark.parametrize("language", Language)
def test_the_words_of_an_oblique_slab_fit_into_the_corner(screen: Any, language: Language) -> None:
    screen.parts.language.set(language)
    drag_ring(screen.slice("axial"), 0, 0.5)
    screen.parts.views.slab.set(Slab(Projection.MEAN, 200.0))
    screen.parts.views.smooth.set(False)
    screen.live()
    view = screen.slice("coronal")
    said = shown_how(screen.parts, view.plane)
    assert len(said) == 3
    assert max(view.fontMetrics().horizontalAdvance(one) for one in said) <= 0.38 * view.width()
