"""A second scan beside the examined one, in the real window."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QApplication, QComboBox, QLabel

from viewer.presenters.examine.opening import Opened
from virtopsy.dicom.series import Problem, Scan, Skipped
from virtopsy.geometry.frame import Frame
from virtopsy.language import Language, say

_SHIFT = (30.0, -14.0, 500.0)


def shifted(one: Opened, **facts: str) -> Opened:
    """Return the same body scanned elsewhere: another study, without a common frame."""
    affine = one.volume.frame.affine.copy()
    affine[:3, 3] += _SHIFT
    frame = Frame(affine, one.volume.frame.shape)
    identity = replace(one.volume.identity, study_uid="1.9", series_uid="1.9.3", **facts)
    series = replace(one.series, uid="1.9.3", study_uid="1.9", description="before death")
    study = replace(one.study, uid="1.9", date="2019-05-05", series=(series,))
    return Opened(study, series, replace(one.volume, frame=frame, identity=identity))


@pytest.fixture
def pair(screen: Any) -> Any:
    """The body and itself, scanned elsewhere, side by side; nothing joined yet."""
    window = screen.desk.window
    window.findChild(QAbstractButton, "compare").click()
    screen.parts.comparison.opening.show(shifted(screen.parts.opening.opened.now))
    screen.live()
    return screen


def views(screen: Any) -> tuple[Any, Any]:
    grid = screen.desk.window.examine.views
    return grid.slices["axial"], grid.compared.slices["axial"]


def roll(view: Any, notches: int) -> None:
    place = QPointF(view.width() / 2, view.height() / 2)
    QApplication.sendEvent(
        view,
        QWheelEvent(
            place,
            QPointF(view.mapToGlobal(place.toPoint())),
            QPoint(),
            QPoint(0, 120 * notches),
            Qt.MouseButton.NoButton,
            Qt.KeyboardModifier.NoModifier,
            Qt.ScrollPhase.NoScrollPhase,
            False,
        ),
    )


def told(screen: Any) -> str:
    text: str = screen.desk.window.findChild(QLabel, "beside.told").text()
    return text


def test_the_button_puts_a_second_scan_beside_the_plane_used_last(screen: Any) -> None:
    window = screen.desk.window
    window.findChild(QAbstractButton, "compare").click()
    screen.live()
    one, _ = views(screen)
    empty = window.findChild(QLabel, "beside.empty.words")
    assert one.isVisible()
    assert empty.isVisible()
    assert not screen.slice("coronal").isVisible()
    screen.parts.comparison.opening.show(shifted(screen.parts.opening.opened.now))
    screen.live()
    one, other = views(screen)
    assert other.isVisible()
    assert not empty.isVisible()
    assert one.size() == other.size(), "the same room, so that sizes can be compared by eye"
    assert one.sheet().camera.mm_per_pixel == other.sheet().camera.mm_per_pixel


def test_joined_by_hand_both_show_the_same_slice_of_the_body(
    pair: Any, metal_mm: tuple[float, float, float]
) -> None:
    one, other = views(pair)
    pair.parts.views.go(metal_mm)
    pair.parts.comparison.views.go(tuple(np.add(metal_mm, _SHIFT)))
    assert say("compare.hint.join", Language.EN) in told(pair)
    pair.desk.window.findChild(QAbstractButton, "beside.link").click()
    roll(one, 4)
    pair.live()
    assert np.array_equal(one.picture.grey, other.picture.grey)
    assert told(pair) == say("compare.told.shift", Language.EN, shift="L 30.0 A 14.0 S 500.0")
    before = one.picture.grey.copy()
    roll(other, -4)
    pair.live()
    assert np.array_equal(one.picture.grey, other.picture.grey)
    assert not np.array_equal(one.picture.grey, before), "either one leads"


def test_apart_each_is_scrolled_for_itself(pair: Any) -> None:
    one, other = views(pair)
    before = other.picture.grey.copy()
    roll(one, 10)
    pair.live()
    assert np.array_equal(other.picture.grey, before)


def test_beyond_the_second_scan_s_end_nothing_is_shown_and_that_is_said(pair: Any) -> None:
    _, other = views(pair)
    pair.parts.views.go((0.0, 0.0, 0.0))
    pair.parts.comparison.views.go(tuple(np.add((0.0, 0.0, 50.0), _SHIFT)))
    pair.parts.comparison.join()
    pair.live()
    quiet = yellow(other)
    roll(views(pair)[0], 20)
    pair.live()
    assert not other.picture.grey.any(), "no slice of another place stands in"
    assert yellow(other) > quiet + 100, "the words are painted"


def yellow(view: Any) -> int:
    image = view.grab().toImage()
    found = 0
    for y in range(0, image.height(), 2):
        for x in range(0, image.width(), 2):
            colour = image.pixelColor(x, y)
            found += colour.red() > 180 and colour.green() > 140 and colour.blue() < 110
    return found


@pytest.mark.parametrize("language", list(Language))
def test_two_patients_are_told_apart_in_full(screen: Any, language: Language) -> None:
    screen.parts.language.set(language)
    opened = screen.parts.opening.opened.now
    named = replace(opened.volume, identity=replace(opened.volume.identity, patient_id="A-17"))
    screen.parts.opening.show(replace(opened, volume=named))
    screen.desk.window.findChild(QAbstractButton, "compare").click()
    screen.parts.comparison.opening.show(shifted(opened, patient_id="B-2"))
    screen.live()
    label = screen.desk.window.findChild(QLabel, "beside.told")
    assert label.text() == say("compare.other_patient", language, left="A-17", right="B-2")
    assert label.property("role") == "caution"
    assert label.fontMetrics().horizontalAdvance(label.text()) <= label.width(), "not cut"


def test_a_scan_of_the_same_folder_is_chosen_from_the_list(screen: Any) -> None:
    parts, window = screen.parts, screen.desk.window
    other = shifted(parts.opening.opened.now)
    parts.opening.found.set(Scan(2, (), (parts.opening.opened.now.study, other.study)))
    window.findChild(QAbstractButton, "compare").click()
    box = window.findChild(QComboBox, "beside.series")
    assert [box.itemText(row) for row in range(box.count())] == [
        "2019-05-05 · before death · Ivanova Anna · 7"
    ]
    assert box.currentIndex() == -1
    parts.comparison.opening.show(other)
    assert box.currentIndex() == 0


def test_a_folder_with_nothing_to_compare_is_told_in_words(screen: Any) -> None:
    window, parts = screen.desk.window, screen.parts
    window.findChild(QAbstractButton, "compare").click()
    skipped = (Skipped("a.dcm", Problem("unreadable", "damaged")),)
    parts.comparison.opening.found.set(Scan(1, skipped, ()))
    empty = window.findChild(QLabel, "beside.empty.words")
    assert empty.text() == say("compare.none", Language.EN, skipped=1)


def test_the_hint_says_where_regions_are_drawn(pair: Any) -> None:
    _, other = views(pair)
    pair.parts.tool.set("region")
    QTest.mouseMove(other, QPoint(other.width() // 2, other.height() // 2))
    pair.live()
    hint = pair.desk.window.findChild(QLabel, "bottom.hint")
    assert hint.text() == say("compare.no_region", Language.EN)


def test_what_is_pointed_at_on_the_right_is_said_as_the_right_one_s(pair: Any) -> None:
    _, other = views(pair)
    place = pair.desk.window.findChild(QLabel, "bottom.place")
    QTest.mouseMove(other, QPoint(9, 9))
    pair.bot.waitUntil(lambda: place.text().startswith("Right: Outside the scan, "))
    QTest.mouseMove(other, QPoint(other.width() // 2, other.height() // 2))
    pair.bot.waitUntil(lambda: place.text().startswith("Right: HU 900"))


def test_a_second_scan_that_appears_under_a_resting_mouse_is_said_as_it_lies_there(
    screen: Any,
) -> None:
    window, parts = screen.desk.window, screen.parts
    window.findChild(QAbstractButton, "compare").click()
    screen.live()
    empty = window.findChild(QLabel, "beside.empty.words")
    QTest.mouseMove(empty, empty.rect().center())
    screen.live()
    parts.comparison.opening.show(shifted(parts.opening.opened.now))
    place = window.findChild(QLabel, "bottom.place")
    screen.bot.waitUntil(lambda: place.text().startswith("Right: HU 900"))


def test_escape_and_the_cross_show_the_examined_scan_alone(pair: Any) -> None:
    window, one = pair.desk.window, views(pair)[0]
    one.setFocus()
    QTest.keyClick(one, Qt.Key.Key_Escape)
    pair.live()
    assert pair.parts.views.layout.now == "all"
    assert not window.examine.views.compared.isVisible()
    assert pair.slice("coronal").isVisible()
    window.findChild(QAbstractButton, "compare").click()
    pair.live()
    assert window.examine.views.compared.slices["axial"].isVisible(), "it is still at hand"
    window.findChild(QAbstractButton, "beside.close").click()
    assert not window.findChild(QAbstractButton, "compare").isChecked()
    assert pair.parts.views.layout.now == "all"


def test_a_court_is_shown_the_examined_scan_alone(pair: Any) -> None:
    window = pair.desk.window
    window.add_stop()
    stop = pair.parts.walkthrough.stops[-1]
    assert stop.layout == "axial"
    window.show_stops()
    pair.live()
    assert window.examine.views.slices["axial"].isVisible()
    assert not window.examine.views.compared.isVisible()
    window._show_window.close()


def test_nothing_new_can_be_marked_on_the_second_scan(pair: Any) -> None:
    _, other = views(pair)
    pair.parts.tool.set("trajectory")
    for x in (0.4, 0.6):
        place = QPoint(round(other.width() * x), other.height() // 2)
        QTest.mouseClick(other, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, place)
    assert pair.parts.session.case.findings == ()
    assert pair.parts.trajectory.draft.now is None
