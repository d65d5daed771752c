"""Regions by mouse and keys in the real window: drawn, measured, resized, moved and removed."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from PySide6.QtCore import QEvent, QPoint, QPointF, QRectF, QSizeF, Qt
from PySide6.QtGui import QImage, QKeyEvent, QMouseEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QMenu, QToolButton, QWidget

from viewer.presenters.examine.views import LAYOUTS
from viewer.widgets.examine.region_paint import around, handle_places, label_box
from virtopsy.imaging.roi import Outline
from virtopsy.imaging.slab import Projection, Slab
from virtopsy.language import Language

LEFT, NONE = Qt.MouseButton.LeftButton, Qt.MouseButton.NoButton
PLAIN, SHIFT, ALT = (
    Qt.KeyboardModifier.NoModifier,
    Qt.KeyboardModifier.ShiftModifier,
    Qt.KeyboardModifier.AltModifier,
)


def drag(view: QWidget, start: QPoint, end: QPoint, keys: Any = PLAIN) -> None:
    steps = (
        (QEvent.Type.MouseButtonPress, start, LEFT, LEFT),
        (QEvent.Type.MouseMove, (start + end) / 2, NONE, LEFT),
        (QEvent.Type.MouseMove, end, NONE, LEFT),
        (QEvent.Type.MouseButtonRelease, end, LEFT, NONE),
    )
    for kind, at, button, held in steps:
        place = QPointF(at)
        event = QMouseEvent(kind, place, view.mapToGlobal(place), button, held, keys)
        QApplication.sendEvent(view, event)


def teal(widget: QWidget) -> np.ndarray:
    """Where the picture is in the colour of measures."""
    image = widget.grab().toImage().convertToFormat(QImage.Format.Format_RGB32)
    flat = np.frombuffer(image.constBits(), np.uint8)
    blue, green, red = np.moveaxis(flat.reshape(image.height(), -1, 4)[..., :3].astype(int), -1, 0)
    return np.asarray((green - red > 60) & (abs(green - blue) < 25))


@pytest.fixture
def tool(screen: Any) -> Any:
    """The tool in hand, taken by its key."""
    view = screen.slice("axial")
    view.setFocus()
    QTest.keyClick(view, Qt.Key.Key_R)
    assert screen.parts.tool.now == "region"
    return screen.parts.region


def test_a_drag_measures_the_bone_it_goes_round(screen: Any, tool: Any) -> None:
    view, middle = screen.slice("axial"), screen.place("axial", (0.0, 0.0, 0.0))
    before = teal(view)
    drag(view, middle - QPoint(40, 30), middle + QPoint(40, 30))
    screen.live()
    (one,) = tool.regions.now
    found = tool.statistics(one)
    scale = screen.tolerance_mm("axial")
    assert (one.region.half_right_mm, one.region.half_down_mm) == pytest.approx(
        (40 * scale, 30 * scale)
    )
    assert (found.mean, found.sd, found.minimum, found.maximum) == (900, 0, 900, 900)
    assert not found.resampled
    assert one.region.area_mm2 == pytest.approx(found.n * 4, rel=0.05)
    drawn = teal(view) & ~before
    for place in (middle - QPoint(28, 21), middle + QPoint(28, 21)):
        assert drawn[place.y() - 3 : place.y() + 4, place.x() - 3 : place.x() + 4].any()
    assert not drawn[middle.y() - 8 : middle.y() + 8, middle.x() - 8 : middle.x() + 8].any()


def test_shift_makes_a_circle_and_alt_a_rectangle(screen: Any, tool: Any) -> None:
    view, middle = screen.slice("coronal"), screen.place("coronal", (0.0, 0.0, 0.0))
    drag(view, middle, middle + QPoint(50, 20), SHIFT)
    drag(view, middle - QPoint(60, 60), middle - QPoint(10, 40), ALT)
    circle, box = (one.region for one in tool.regions.now)
    assert circle.half_right_mm == pytest.approx(circle.half_down_mm)
    assert circle.outline is Outline.ELLIPSE
    assert box.outline is Outline.RECTANGLE


def test_the_key_again_and_the_menu_choose_the_other_form(screen: Any, tool: Any) -> None:
    screen.parts.language.set(Language.KK)
    russian_r = QKeyEvent(QEvent.Type.KeyPress, ord("К"), PLAIN, "к")
    QApplication.sendEvent(screen.slice("axial"), russian_r)
    assert tool.outline.now is Outline.RECTANGLE
    button = screen.desk.window.findChild(QToolButton, "tool.region")
    menu: QMenu = button.menu()
    menu.popup(button.mapToGlobal(QPoint(0, 30)))
    screen.live()
    assert len([one for one in menu.actions() if not one.isSeparator()]) == 5
    QTest.mouseClick(menu, LEFT, pos=menu.actionGeometry(menu.actions()[0]).center())
    assert tool.outline.now is Outline.ELLIPSE


def test_a_handle_resizes_and_the_line_moves_it(screen: Any, tool: Any) -> None:
    view, middle = screen.slice("axial"), screen.place("axial", (0.0, 0.0, 0.0))
    drag(view, middle - QPoint(30, 30), middle + QPoint(30, 30))
    before = tool.regions.now[0].region
    places = handle_places(view.sheet(), before)
    drag(view, places[1, 0].toPoint(), places[1, 0].toPoint() + QPoint(20, 0))
    wider = tool.regions.now[0].region
    scale = screen.tolerance_mm("axial")
    assert wider.half_right_mm == pytest.approx(before.half_right_mm + 10 * scale, abs=scale)
    assert wider.half_down_mm == before.half_down_mm
    box = around(view.sheet(), wider)
    line = QPoint(
        round(box.center().x() + 0.7071 * box.width() / 2),
        round(box.center().y() + 0.7071 * box.height() / 2),
    )
    drag(view, line, line + QPoint(-25, 15))
    moved = tool.regions.now[0].region
    assert moved.half_right_mm == wider.half_right_mm
    assert np.subtract(moved.centre_mm, wider.centre_mm) == pytest.approx(
        (-25 * scale, 15 * scale, 0), abs=scale
    )
    assert len(tool.regions.now) == 1


@pytest.mark.parametrize("key", [Qt.Key.Key_Delete, Qt.Key.Key_Backspace])
def test_delete_removes_the_selected_one_and_escape_lets_go(
    screen: Any, tool: Any, key: Qt.Key
) -> None:
    view, middle = screen.slice("axial"), screen.place("axial", (0.0, 0.0, 0.0))
    drag(view, middle - QPoint(80, 30), middle - QPoint(40, 0))
    drag(view, middle + QPoint(20, 20), middle + QPoint(60, 60))
    first, _ = tool.regions.now
    QTest.keyClick(view, key)
    assert tool.regions.now == (first,)
    QTest.keyClick(view, key)
    assert tool.regions.now == (first,), "nothing is selected"
    QTest.keyClick(view, Qt.Key.Key_Escape)
    assert screen.parts.tool.now == "point"
    assert tool.regions.now == (first,)


def test_it_stays_with_its_slice_through_every_layout(screen: Any, tool: Any) -> None:
    view, middle = screen.slice("axial"), screen.place("axial", (0.0, 0.0, 0.0))
    empty = int(teal(view).sum())
    drag(view, middle - QPoint(40, 30), middle + QPoint(40, 30))
    kept = tool.regions.now
    for layout in LAYOUTS:
        screen.parts.reading.arrange(layout)
        screen.live()
        assert tool.regions.now == kept
        if view.isVisible():
            assert teal(view).sum() > empty + 60, layout
    screen.parts.views.layout.set("all")
    screen.parts.views.scroll("axial", 3)
    screen.live()
    assert int(teal(view).sum()) <= empty + 5
    assert tool.seen("axial") == ()


@pytest.mark.usefixtures("tool")
def test_a_court_is_shown_none_of_it(screen: Any) -> None:
    view, middle = screen.slice("axial"), screen.place("axial", (0.0, 0.0, 0.0))
    view.set_presenting(True)
    empty = int(teal(view).sum())
    view.set_presenting(False)
    drag(view, middle - QPoint(40, 30), middle + QPoint(40, 30))
    view.set_presenting(True)
    assert int(teal(view).sum()) == empty


def test_while_a_scan_arrives_nothing_can_be_drawn(screen: Any, tool: Any) -> None:
    views = screen.parts.views
    views.show_arriving(replace(views.volume.now, arrived=np.ones(56, np.bool_)))
    button = screen.desk.window.findChild(QToolButton, "tool.region")
    assert not button.isEnabled()
    drag(screen.slice("axial"), QPoint(90, 90), QPoint(150, 150))
    assert tool.regions.now == ()
    screen.parts.leave_tool()
    QTest.keyClick(screen.slice("axial"), Qt.Key.Key_R)
    assert screen.parts.tool.now == "point"


@pytest.mark.usefixtures("tool")
@pytest.mark.parametrize("language", list(Language))
def test_the_bottom_line_says_that_it_is_not_kept(screen: Any, language: Language) -> None:
    screen.parts.language.set(language)
    said = screen.desk.window.bottom._hint.text()
    wanted = {
        Language.EN: "Not kept in the case yet",
        Language.RU: "В деле пока не хранится",
        Language.KK: "Істе әзірге сақталмайды",
    }
    assert wanted[language] in said


def test_a_hundred_moves_in_one_turn_are_measured_once(screen: Any, tool: Any) -> None:
    view, middle = screen.slice("axial"), screen.place("axial", (0.0, 0.0, 0.0))
    drag(view, middle - QPoint(40, 30), middle + QPoint(40, 30))
    screen.live()
    measured: list[Any] = []
    ask = tool.statistics

    def counted(one: Any) -> Any:
        measured.append(one)
        return ask(one)

    tool.statistics = counted
    tool.take(tool.regions.now[0].number, (0.0, 0.0, 0.0))
    for step in range(100):
        tool.pull((0.1 * step, 0.0, 0.0))
    tool.release()
    screen.live()
    assert len(measured) == 1


def test_its_numbers_stand_on_the_dark_and_over_no_words() -> None:
    grey = np.full((300, 400), 200, np.uint8)
    grey[:, 300:] = 0
    words = QRectF(300, 0, 100, 120)
    size, beside = QSizeF(80, 50), QRectF(150, 60, 60, 60)
    box = label_box(size, beside, QSizeF(400, 300), grey, [words])
    assert box is not None
    assert box.left() >= 290
    assert not box.intersects(words)
    assert label_box(size, beside, QSizeF(400, 300), grey, [QRectF(0, 0, 400, 300)]) is None


def test_in_a_slab_it_says_that_one_slice_is_measured(screen: Any, tool: Any) -> None:
    view, middle = screen.slice("axial"), screen.place("axial", (0.0, 0.0, 0.0))
    drag(view, middle - QPoint(30, 30), middle + QPoint(30, 30))
    screen.parts.views.slab.set(Slab(Projection.MIP, 10.0))
    screen.bot.waitUntil(lambda: view.picture.settled, timeout=5000)
    assert tool.seen("axial") == tool.regions.now
    assert tool.statistics(tool.regions.now[0]).mean == 900, "not the metal above"
