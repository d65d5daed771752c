from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from PySide6.QtCore import QRect, Qt
from PySide6.QtGui import QImage
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QLabel, QListWidget, QPlainTextEdit

from viewer.render.hidden_words import hidden_words
from viewer.widgets.examine.slice_words import shown_to_court
from virtopsy.case.commands import AddStop
from virtopsy.imaging.cutaway import ClipPlane, Cutaway
from virtopsy.imaging.slab import Projection, Slab
from virtopsy.language import Language, say


@pytest.fixture
def court(screen: Any) -> Any:
    parts = screen.parts
    parts.views.go((4.0, 6.0, 8.0))
    screen.desk.window.add_stop()
    parts.views.layout.set("volume")
    parts.views.go((-4.0, -6.0, -8.0))
    screen.desk.window.add_stop()
    parts.views.layout.set("all")
    parts.room.set("court")
    screen.live()
    return screen


def test_what_is_seen_becomes_a_stop_in_its_order(court: Any) -> None:
    first, second = court.parts.walkthrough.stops
    assert (first.layout, second.layout) == ("all", "volume")
    assert first.position_mm == pytest.approx((4.0, 6.0, 8.0))
    assert court.desk.window.findChild(QListWidget, "court.stops").count() == 2


def test_a_caption_is_written_and_long_sentences_are_pointed_out(court: Any) -> None:
    window = court.desk.window
    window.findChild(QListWidget, "court.stops").setCurrentRow(0)
    box = window.findChild(QPlainTextEdit, "court.caption")
    box.setPlainText("word " * 30)
    assert any("30 words" in one.text() for one in window.findChildren(QLabel))
    box.setPlainText("The bullet entered here, on the deceased person's left.")
    window.findChild(QAbstractButton, "court.keep").click()
    assert court.parts.walkthrough.stops[0].caption.startswith("The bullet entered")


def test_arrow_keys_lead_through_the_stops_and_escape_gives_everything_back(court: Any) -> None:
    window, parts = court.desk.window, court.parts
    before = parts.views.position.now
    window.findChild(QAbstractButton, "court.show").click()
    show = window._show_window
    court.live()
    assert show.isVisible()
    assert parts.walkthrough.position == (1, 2)
    QTest.keyClick(show, Qt.Key.Key_Right)
    court.live()
    assert parts.walkthrough.position == (2, 2)
    assert parts.views.layout.now == "volume"
    caption = show.findChild(QLabel, "show.caption")
    assert caption.text() == parts.walkthrough.stops[1].caption
    assert caption.font().pixelSize() >= 28
    QTest.keyClick(show, Qt.Key.Key_Left)
    assert parts.walkthrough.position == (1, 2)
    QTest.keyClick(show, Qt.Key.Key_Escape)
    court.live()
    assert parts.walkthrough.shown.now is None
    assert parts.views.layout.now == "all"
    assert parts.views.position.now == before
    assert window.examine.views.parent() is window.examine


def test_words_typed_for_the_court_are_lost_by_no_click(court: Any) -> None:
    window = court.desk.window
    box = window.findChild(QPlainTextEdit, "court.caption")
    chosen = window.findChild(QListWidget, "court.stops")
    assert chosen.currentRow() >= 0  # a caption can be written without choosing first
    box.setFocus()
    QTest.keyClicks(box, " of the skull")
    court.parts.language.set(Language.RU)
    assert " of the skull" in box.toPlainText()
    row = chosen.currentRow()
    QTest.mouseClick(window.findChild(QAbstractButton, "court.show"), Qt.MouseButton.LeftButton)
    court.live()
    assert "of the skull" in court.parts.walkthrough.stops[row].caption
    window._show_window.close()


def test_a_court_reads_sides_in_large_words_and_whose_they_are(court: Any) -> None:
    window = court.desk.window
    window.show_stops()
    court.live()
    show = window._show_window
    sides = show.findChild(QLabel, "show.sides")
    assert sides.font().pixelSize() >= 28
    assert "the examined person's own" in sides.text(), "nobody stated a death"
    assert say("ui.show.demonstrative", Language.EN) in sides.text()
    show.close()


@pytest.mark.parametrize("language", list(Language))
def test_a_court_is_told_that_a_slice_is_slanted_or_thick(court: Any, language: Language) -> None:
    window, parts = court.desk.window, court.parts
    parts.language.set(language)
    parts.views.turn_about("coronal", 0.3)
    parts.views.slab.set(Slab(Projection.MIP, 12.0))
    parts.views.layout.set("axial")
    window.add_stop()
    parts.views.reset()
    parts.walkthrough.look_at(parts.walkthrough.stops[-1].stop_id)
    view = window.examine.views.slices["axial"]
    view.set_presenting(True)
    court.live()
    told = view.grab().toImage()
    said = shown_to_court(parts, view.plane)
    parts.views.slab.set(None)
    parts.views.straighten()
    court.live()
    plain = view.grab().toImage()
    view.set_presenting(False)
    assert said == [
        say("reading.court.oblique", language),
        say("reading.court.slab", language, mm="12"),
    ]
    assert shown_to_court(parts, view.plane) == []
    corner = QRect(0, view.height() // 2, view.width() // 2, view.height() // 2 - 4)
    assert yellow(told.copy(corner)) > yellow(plain.copy(corner)) + 200, "the words are painted"


def test_what_moved_by_itself_stands_still_before_a_court(court: Any) -> None:
    parts, window = court.parts, court.desk.window
    for begin in (window.show_stops, lambda: parts.room.set("protocol")):
        parts.room.set("examine")
        parts.reading.cine.toggle(parts.views, "axial")
        assert parts.reading.cine.playing.now is not None
        begin()
        assert parts.reading.cine.playing.now is None
        if window._show_window is not None:
            window._show_window.close()


def test_a_stop_that_was_left_by_hand_is_said_so_and_home_brings_it_back(court: Any) -> None:
    parts, window = court.parts, court.desk.window
    window.show_stops()
    court.live()
    show = window._show_window
    place = next(one for one in show.findChildren(QLabel) if one.text() == "1 of 2")
    for leave in (
        lambda: parts.views.scroll("axial", 3),
        lambda: parts.views.drag_window(40, 0),
        lambda: parts.views.preset.set("skin"),
        lambda: parts.views.layout.set("volume"),
    ):
        leave()
        assert place.text() == say("ui.show.moved", Language.EN, place="1 of 2")
        QTest.keyClick(show, Qt.Key.Key_Home)
        assert place.text() == "1 of 2"
    assert parts.views.position.now == pytest.approx(parts.walkthrough.shown.now.position_mm)
    view = window.examine.views.slices["axial"]
    QTest.mouseDClick(view, Qt.MouseButton.LeftButton)
    assert parts.views.layout.now == "all", "a double click leaves the stop's layout"
    show.close()


def test_the_list_says_what_a_stop_hides(court: Any) -> None:
    parts = court.parts
    parts.views.cutaway.set(Cutaway((ClipPlane((0.0, 0.0, 0.0), (1.0, 0.0, 0.0)),)))
    court.desk.window.add_stop()
    court.live()
    chosen = court.desk.window.findChild(QListWidget, "court.stops")
    hidden = hidden_words(parts.views.cutaway.now, parts.language.now)
    assert hidden
    assert hidden in chosen.item(chosen.count() - 1).text()
    assert hidden not in chosen.item(0).text()


def test_a_stop_of_another_hand_with_an_unknown_layout_is_listed_and_shown(court: Any) -> None:
    parts, window = court.parts, court.desk.window
    strange = replace(parts.walkthrough.stops[0], stop_id="strange", layout="no such layout")
    parts.session.do(AddStop(strange))
    court.live()
    listed = window.findChild(QListWidget, "court.stops")
    assert say("ui.layout.all", Language.EN) in listed.item(listed.count() - 1).text()
    parts.walkthrough.look_at("strange")
    assert parts.views.layout.now == "all"


def yellow(image: QImage) -> int:
    """Return how many pixels have the colour of remarks."""
    shown = image.convertToFormat(QImage.Format.Format_RGB888)
    rows = np.frombuffer(shown.constBits(), np.uint8).reshape(shown.height(), -1)
    pixels = rows[:, : 3 * shown.width()].reshape(-1, 3).astype(int)
    return int((np.abs(pixels - (0xF2, 0xC9, 0x4C)).sum(axis=1) < 60).sum())
