"""The words in a view's corner keep the whole name where there is any room for it."""

from __future__ import annotations

import pytest
from PySide6.QtGui import QFontMetricsF

from viewer.widgets.examine.slice_paint import fold
from viewer.widgets.theme import text_font

pytestmark = pytest.mark.usefixtures("qapp")

NAME = "Әбдіғалиқызы Өмірбек Нұрсұлтанұлы"


def test_a_long_name_goes_on_in_a_second_line() -> None:
    metrics = QFontMetricsF(text_font())
    room = metrics.horizontalAdvance(NAME) * 0.8
    assert fold(NAME, metrics, room) == ["Әбдіғалиқызы Өмірбек", "Нұрсұлтанұлы"]


def test_a_short_name_stays_in_one_line() -> None:
    metrics = QFontMetricsF(text_font())
    assert fold("Ли Ан", metrics, 200.0) == ["Ли Ан"]


def test_what_fits_nowhere_ends_with_an_ellipsis() -> None:
    metrics = QFontMetricsF(text_font())
    (cut,) = fold("Щ" * 200, metrics, 100.0)
    assert cut.endswith("…")
    first, second = fold(f"Ли {'Щ' * 200}", metrics, 100.0)
    assert (first, second[-1]) == ("Ли", "…")
    assert metrics.horizontalAdvance(second) <= 100.0
