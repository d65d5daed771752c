"""The table is hidden, bone cut open, what lies behind seen, and the court told what is hidden."""

from __future__ import annotations

import json
import math
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QComboBox, QLabel, QListWidget, QToolButton

from tests.journeys.conftest import Hand, live
from tests.journeys.seeing import Picture, near, seen
from viewer.render.hidden_words import hidden_words
from virtopsy.imaging.cutaway import OutsideBody, Scalpel
from virtopsy.imaging.segment import METAL_HU

_WARNING = (0xF2, 0xC9, 0x4C)
_CUT_LINE = (0x38, 0xB6, 0xFF)


@pytest.fixture
def hand(new_window: Callable[[], Hand], phantom: Path) -> Hand:
    """The window with the whole synthetic case, the 3D view alone and its tools open."""
    made = new_window()
    made.open_scan(phantom / "dicom")
    box = made.find("layout", QComboBox)
    row = [box.itemText(n) for n in range(box.count())].index(made.parts.say("ui.layout.volume"))
    box.setCurrentIndex(row)
    box.activated.emit(row)
    made.settle()
    made.click("view.volume.cut")
    made.settle()
    return made


def _picture(hand: Hand) -> Picture:
    hand.settle()
    live(0.05)
    return seen(hand.volume)


def _draw_circle(hand: Hand, middle: QPoint, radius: float) -> None:
    view, turns = hand.volume, np.linspace(0, math.tau, 25)
    places = [
        middle + QPoint(round(radius * math.cos(a)), round(radius * math.sin(a))) for a in turns
    ]
    QTest.mousePress(view, Qt.MouseButton.LeftButton, pos=places[0])
    for place in places[1:]:
        QTest.mouseMove(view, place)
        live()
    QTest.mouseRelease(view, Qt.MouseButton.LeftButton, pos=places[-1])
    live()


def test_the_table_goes_by_one_click_and_what_went_is_listed_and_comes_back(hand: Hand) -> None:
    hand.volume.eye.look_from("left")
    whole = _picture(hand)
    hand.click("volume.table")
    hand.wait(lambda: bool(hand.parts.cutting.hidden_parts), "the table is found")
    without = _picture(hand)
    (hidden,) = hand.parts.views.cutaway.now.steps
    assert isinstance(hidden, OutsideBody)
    assert any(part.max_hu > METAL_HU for part in hidden.parts), "the phantom lies by some metal"
    listed = hand.find("volume.parts", QToolButton).menu().actions()
    assert len(listed) == len(hidden.parts)
    assert near(without, _WARNING, 40).sum() > near(whole, _WARNING, 40).sum() + 100, "it is said"

    before = hand.parts.views.position.now
    listed[0].trigger()
    assert hand.parts.views.position.now != before, "a click shows where it lies"
    hand.click("volume.undo")
    assert hand.parts.views.cutaway.now.steps == ()
    hand.parts.views.go(before)
    free = hand.volume.cutter.free
    assert free is not None
    rows = round(free())
    assert np.array_equal(_picture(hand)[:rows], whole[:rows]), "the same picture as before"
    assert hand.troubles == []


def test_through_a_hole_cut_by_hand_the_track_behind_is_marked_and_the_court_is_told(
    hand: Hand, phantom: Path
) -> None:
    truth = json.loads((phantom / "truth.json").read_text(encoding="utf-8"))
    left_end = max(truth["entry_mm"], truth["exit_mm"], key=lambda end: end[0])
    hand.volume.eye.look_from("left")
    whole = _picture(hand)
    middle = hand.volume_place(tuple(left_end))
    place = middle + QPoint(35, -25)  # beside the bullet's own hole
    hand.point_volume(place)
    surface = hand.parts.views.position.now

    hand.click("volume.tool.scalpel")
    _draw_circle(hand, middle, 70)
    cut = _picture(hand)
    (step,) = hand.parts.views.cutaway.now.steps
    assert isinstance(step, Scalpel)
    line = near(cut, _CUT_LINE, 40) & ~near(whole, _CUT_LINE, 40)
    assert line.sum() > 50, "the edge of the cut is drawn, so that nobody takes it for a wound"

    hand.key("view.volume", Qt.Key.Key_Escape)
    assert hand.parts.cutting.tool.now == "turn"
    hand.point_volume(place)
    said = hand.find("notice.text", QLabel).text()
    assert said == hand.parts.say("ui.pick.nothing"), "it is cut through: nothing is picked there"
    hand.click("notice.close")

    hand.click("tool.to_court")
    hand.click("rail.court")
    listed = hand.find("court.stops", QListWidget)
    told = hidden_words(hand.parts.views.cutaway.now, hand.parts.language.now)
    assert told
    assert told in listed.item(listed.count() - 1).text()
    hand.click("rail.examine")
    hand.click("volume.undo")
    hand.parts.views.go(surface)
    again = _picture(hand)
    assert not hand.parts.views.cutaway.now.steps
    assert (near(again, _CUT_LINE, 40) & ~near(whole, _CUT_LINE, 40)).sum() < 30
