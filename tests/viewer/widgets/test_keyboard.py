"""A key acts by its place on the keyboard, and no other key acts in its stead."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QKeyEvent

from viewer.widgets.keyboard import pressed

PLAIN, SHIFT = Qt.KeyboardModifier.NoModifier, Qt.KeyboardModifier.ShiftModifier
COMMA_KEY, PERIOD_KEY, SLASH_KEY, APOSTROPHE_KEY = 59, 60, 61, 48  # as X11 and Wayland count


def key(written: str, code: int = 0, held: Qt.KeyboardModifier = PLAIN) -> Qt.Key:
    """What a key counts as that writes this character on the keyboard in use."""
    event = QKeyEvent(QEvent.Type.KeyPress, ord(written.upper()), held, code, 0, 0, written)
    return pressed(event)


def test_the_row_of_digits_is_the_same_on_a_kazakh_keyboard() -> None:
    digits = [key(written, 10 + n) for n, written in enumerate('"әіңғ,.үұ')]
    assert digits == [Qt.Key(ord(digit)) for digit in "123456789"]


@pytest.mark.parametrize(
    ("written", "code"),
    [
        (",", COMMA_KEY),
        (".", PERIOD_KEY),
        (".", SLASH_KEY),  # where Russian keyboards write it
        ('"', APOSTROPHE_KEY),
        (",", 0),  # a key without a number: what it writes is all that is known
        (".", 0),
    ],
)
def test_a_comma_or_a_period_is_no_digit_where_it_lies_elsewhere(written: str, code: int) -> None:
    assert key(written, code) == Qt.Key(ord(written))


def test_what_stands_above_a_digit_is_none() -> None:
    assert key("!", 10, SHIFT) == Qt.Key.Key_Exclam
    assert key("Ә", 11, SHIFT) != Qt.Key.Key_2


@pytest.mark.parametrize("held", [PLAIN, SHIFT])
def test_letters_act_by_their_place_with_and_without_shift(held: Qt.KeyboardModifier) -> None:
    for written, latin in {"я": "Z", "а": "F", "ш": "I", "с": "C", "z": "Z", "f": "F"}.items():
        assert key(written, 0, held) == Qt.Key(ord(latin))
