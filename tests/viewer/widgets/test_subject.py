"""The state of the person is stated before reading, and stands on every view, in court too."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QImage
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QComboBox, QLabel, QWidget

from viewer.presenters.examine.views import LAYOUTS, PLANES
from viewer.widgets.examine.slice_words import remarks
from virtopsy.case.subject import Subject
from virtopsy.language import Language


def yellow(widget: QWidget) -> int:
    """How many pixels of the lower left part are in the colour of marks."""
    image = widget.grab().toImage().convertToFormat(QImage.Format.Format_RGB32)
    flat = np.frombuffer(image.constBits(), np.uint8)
    pixels = flat.reshape(image.height(), -1, 4).astype(int)
    part = pixels[image.height() // 2 :, : int(image.width() * 0.6)]
    return int(np.count_nonzero((part[..., 2] - part[..., 0] > 90) & (part[..., 1] > 120)))


def choose(screen: Any, name: str, row: int) -> None:
    box = screen.desk.window.findChild(QComboBox, name)
    box.setFocus()
    QTest.keyClick(box, Qt.Key.Key_Home)
    for _ in range(row):
        QTest.keyClick(box, Qt.Key.Key_Down)
    screen.live()


def said(screen: Any, plane: str, *, court: bool = False) -> list[str]:
    volume = screen.parts.views.shown.now
    return remarks(screen.parts, plane, volume, court=court, hatched=False)


def test_nothing_is_said_until_somebody_states_it(screen: Any) -> None:
    assert screen.parts.session.case.subject is Subject.UNKNOWN
    for name in ("subject.choice", "protocol.subject"):
        box = screen.desk.window.findChild(QComboBox, name)
        assert box.currentText() == "not stated"
    for plane in PLANES:
        assert said(screen, plane) == []
        assert yellow(screen.slice(plane)) == 0


@pytest.mark.parametrize(
    ("room", "name"), [("examine", "subject.choice"), ("protocol", "protocol.subject")]
)
def test_both_rooms_state_the_same_value_of_the_case(screen: Any, room: str, name: str) -> None:
    screen.parts.room.set(room)
    screen.live()
    choose(screen, name, 1)
    assert screen.parts.session.case.subject is Subject.DECEASED
    for each in ("subject.choice", "protocol.subject"):
        assert screen.desk.window.findChild(QComboBox, each).currentText() == "deceased"
    screen.parts.session.undo()
    assert screen.desk.window.findChild(QComboBox, name).currentText() == "not stated"


@pytest.mark.parametrize("language", list(Language))
def test_every_slice_and_the_3d_view_bear_the_mark(screen: Any, language: Language) -> None:
    screen.parts.language.set(language)
    volume_view = screen.desk.window.examine.views.volume_view
    screen.bot.waitUntil(lambda: volume_view.settled, timeout=20000)
    before = yellow(volume_view)
    screen.parts.subject.state("deceased")
    screen.live()
    assert yellow(volume_view) > before + 50
    for plane in PLANES:
        assert yellow(screen.slice(plane)) > 50
        assert screen.parts.subject.mark(language) in said(screen, plane)
        assert screen.parts.subject.mark(language) in said(screen, plane, court=True)


def test_in_small_views_the_mark_reaches_no_letter(screen: Any) -> None:
    screen.parts.language.set(Language.RU)
    screen.parts.subject.state("deceased")
    for layout in LAYOUTS:
        screen.parts.reading.arrange(layout)
        screen.live()
        for plane in PLANES:
            view = screen.slice(plane)
            if view.isVisible():
                view.grab()
                *words, mark = view.worded
                assert mark.width() > 50
                assert not any(mark.intersects(one) for one in words), (layout, plane)


@pytest.mark.parametrize(
    ("state", "wanted"),
    [
        ("unknown", "Left and right are the examined person's own"),
        ("deceased", "Left and right are the deceased person's own"),
        ("living", "Left and right are the living person's own"),
    ],
)
def test_the_court_hears_of_the_deceased_only_where_it_was_stated(
    screen: Any, state: str, wanted: str
) -> None:
    window = screen.desk.window
    screen.parts.subject.state(state)
    window.add_stop()
    window.show_stops()
    screen.live()
    show = window._show_window
    try:
        assert show.findChild(QLabel, "show.sides").text().startswith(wanted)
        assert (yellow(screen.slice("axial")) > 50) == (state != "unknown")
    finally:
        show.close()
        screen.live()


def test_it_is_not_stated_of_a_scan_that_is_not_whole(screen: Any) -> None:
    box = screen.desk.window.findChild(QComboBox, "subject.choice")
    assert box.isEnabled()
    views = screen.parts.views
    views.volume.set(None)
    assert not box.isEnabled()
