"""The loupe shows the place under the mouse three times as large, from the voxels themselves."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest
from PySide6.QtCore import QEvent, QPoint, Qt
from PySide6.QtGui import QImage, QKeyEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QToolButton, QWidget

from viewer.presenters.examine.views import LAYOUTS, PLANES
from virtopsy.imaging.slab import Projection, Slab
from virtopsy.imaging.window import Window

PLAIN = Qt.KeyboardModifier.NoModifier


def grey(widget: QWidget) -> np.ndarray:
    image = widget.grab().toImage().convertToFormat(QImage.Format.Format_Grayscale8)
    flat = np.frombuffer(image.constBits(), np.uint8)
    return flat.reshape(image.height(), image.bytesPerLine())[:, : image.width()].astype(int)


def over(screen: Any, plane: str, at: QPoint) -> Any:
    """Move the mouse over a place of a plane's view and return its loupe."""
    view = screen.slice(plane)
    QTest.mouseMove(view, at)
    screen.live()
    return view.loupe


@pytest.fixture
def lifted(screen: Any) -> Any:
    view = screen.slice("axial")
    view.setFocus()
    QTest.keyClick(view, Qt.Key.Key_M)
    assert screen.parts.loupe.now
    return screen


@pytest.mark.parametrize("plane", PLANES)
def test_its_middle_is_the_place_under_the_mouse_at_a_third_of_the_scale(
    lifted: Any, plane: str
) -> None:
    view = lifted.slice(plane)
    lifted.parts.views.turn_about("sagittal", 0.3)
    for at in (QPoint(120, 90), QPoint(4, 60), QPoint(200, 170)):
        loupe = over(lifted, plane, at)
        assert loupe.isVisible()
        camera, sheet = loupe.camera(), view.sheet()
        assert camera.mm_per_pixel == pytest.approx(sheet.camera.mm_per_pixel / 3)
        assert math.dist(camera.centre_mm, sheet.lps(at)) < 1e-9
        assert (loupe.geometry().center() - at).manhattanLength() <= 2
        assert camera.facing.normal.tolist() == sheet.camera.facing.normal.tolist()


def test_it_is_made_of_voxels_and_not_of_screen_pixels(lifted: Any, metal_mm: Any) -> None:
    views = lifted.parts.views
    views.go(metal_mm)
    views.smooth.set(False)
    views.window.set(Window(2500, 500))
    loupe = over(lifted, "axial", lifted.place("axial", metal_mm))
    camera = loupe.camera()
    wanted = lifted.slice("axial").picture.renderer.pixels(
        camera, views.window.now, None, smooth=False
    )
    seen = grey(loupe)
    middle = camera.width // 2
    for right, down in ((20, 20), (-25, 30), (-60, -10), (40, -40)):
        assert seen[middle + down, middle + right] == wanted[middle + down, middle + right]
    metal = wanted[middle, :] > 200
    assert metal.sum() == pytest.approx(12 / camera.mm_per_pixel, abs=2 / camera.mm_per_pixel)


def test_it_follows_window_slab_and_slice(lifted: Any) -> None:
    views = lifted.parts.views
    loupe = over(lifted, "axial", lifted.place("axial", (20.0, 10.0, 0.0)))
    views.window.set(Window(2000, 1000))
    lifted.live()
    dark = grey(loupe)[40, 95]
    views.slab.set(Slab(Projection.MIP, 60.0))
    lifted.live()
    assert grey(loupe)[80, 80] > 240, "the metal that lies 24 mm above"
    views.slab.set(None)
    views.window.set(Window(900, 100))
    lifted.live()
    assert grey(loupe)[40, 95] > dark + 60
    before = loupe.camera()
    views.scroll("axial", 4)
    lifted.live()
    assert loupe.camera() != before


def test_it_works_in_every_layout_and_covers_no_letter_elsewhere(lifted: Any) -> None:
    for layout in LAYOUTS:
        lifted.parts.reading.arrange(layout)
        lifted.live()
        for plane in PLANES:
            view = lifted.slice(plane)
            if view.isVisible():
                middle = view.rect().center()
                over(lifted, plane, middle - QPoint(9, 0))
                loupe = over(lifted, plane, middle)
                assert loupe.isVisible()
                assert view.rect().adjusted(30, 30, -30, -30).contains(loupe.geometry()), layout
                QApplication.sendEvent(view, QEvent(QEvent.Type.Leave))
                assert not loupe.isVisible()


def test_it_goes_by_its_key_by_escape_and_by_leaving_the_view(lifted: Any) -> None:
    view = lifted.slice("axial")
    loupe = over(lifted, "axial", QPoint(90, 90))
    assert view.cursor().shape() == Qt.CursorShape.BlankCursor
    QTest.keyClick(view, Qt.Key.Key_M)
    assert not loupe.isVisible()
    assert view.cursor().shape() == Qt.CursorShape.CrossCursor
    QTest.keyClick(view, Qt.Key.Key_M)
    assert loupe.isVisible()
    lifted.parts.tool.set("window")
    QTest.keyClick(view, Qt.Key.Key_Escape)
    assert not loupe.isVisible()
    assert lifted.parts.tool.now == "window", "the loupe alone was put away"
    button = lifted.desk.window.findChild(QToolButton, "act.loupe")
    QTest.mouseClick(button, Qt.MouseButton.LeftButton)
    assert lifted.parts.loupe.now
    assert button.isChecked()


@pytest.mark.parametrize(("held_ms", "stays"), [(120, True), (900, False)])
def test_a_held_key_shows_it_while_it_is_held(screen: Any, held_ms: int, stays: bool) -> None:
    view = screen.slice("axial")
    view.setFocus()
    for kind, at in ((QEvent.Type.KeyPress, 1000), (QEvent.Type.KeyRelease, 1000 + held_ms)):
        event = QKeyEvent(kind, ord("Ь"), PLAIN, "ь")  # the same key of a Russian keyboard
        event.setTimestamp(at)
        QApplication.sendEvent(view, event)
        if kind == QEvent.Type.KeyPress:
            assert screen.parts.loupe.now
    assert screen.parts.loupe.now == stays


def test_a_court_is_shown_no_loupe(lifted: Any) -> None:
    over(lifted, "axial", QPoint(90, 90))
    lifted.parts.leave_tool()
    assert not lifted.slice("axial").loupe.isVisible()
