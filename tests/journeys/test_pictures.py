"""A person opens a folder of scouts and screen pictures and looks at them by mouse and keys."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel, QPushButton

from tests.journeys.conftest import Hand
from tests.journeys.seeing import ACCENT, Picture, letters, near, seen
from viewer.widgets.archive.look import PictureView

_DEPTH, _BREADTH = 30, 14  # px at the edges in which a letter stands


@pytest.fixture
def hand(new_window: Callable[[], Hand]) -> Hand:
    return new_window()


def look_at(hand: Hand, title: str) -> Picture:
    """Press "Look" on the card of that title; return what the view then shows."""
    for button in hand.desk.window.findChildren(QPushButton):
        card = button.parentWidget()
        named = card is not None and any(one.text() == title for one in card.findChildren(QLabel))
        if button.objectName().startswith("series.look.") and named:
            hand.click(button.objectName())
            break
    else:
        raise AssertionError(f"nothing to look at under {title!r}")
    shown = hand.parts.pictures.shown
    hand.wait(lambda: shown.now is not None and shown.now.picture is not None, "the picture")
    return seen(hand.find("picture.view", PictureView))


def head_of(picture: Picture) -> tuple[float, float, float]:
    """Return where the bone of a side view is densest (down, across) and how bright it gets."""
    grey = picture[60:-60, 60:-60].astype(float).mean(axis=-1)
    bone = grey > grey.mean() + 1.5 * grey.std()
    rows, columns = np.nonzero(bone)
    return float(rows.mean() / len(grey)), float(columns.mean() / grey.shape[1]), float(grey.max())


def test_a_localizer_and_a_screen_picture_are_looked_at(hand: Hand, shared_data: Path) -> None:
    hand.click("rail.cases")
    hand.click("cases.open")
    hand.choose_file("cases.dialog", shared_data / "ct_localizer_and_secondary")
    hand.wait(lambda: hand.parts.opening.found.now is not None, "the folder is scanned")

    localizer = look_at(hand, "Series without description")
    assert letters(near(localizer, ACCENT, 90), _DEPTH, _BREADTH) == "APHF"
    down, across, brightest = head_of(localizer)
    assert brightest > 200, "not black"
    assert down > 0.5, "the head lies below the middle, its holder at the bottom: it is upright"
    assert 0.3 < across < 0.7
    hand.key("picture.view", Qt.Key.Key_Escape)
    assert not hand.sees("picture.view")

    capture = look_at(hand, "Exam Summary")
    assert capture.std() > 20
    middle = (slice(100, -100), slice(300, -300))
    lines = np.abs(capture[middle].astype(int) - localizer[middle]).max(axis=-1) > 60
    assert lines.mean() > 0.01, "the planned slices are drawn over it"
    hand.key("picture.view", Qt.Key.Key_Right)  # there is no other: it stays
    assert hand.find("picture.place", QLabel).text() == "1 of 1"
    hand.click("picture.close")
    assert not hand.sees("picture.view")
    assert hand.troubles == []
