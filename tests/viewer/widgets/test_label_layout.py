"""Labels stand in the margins: off what is kept, off each other, off the anatomy where they can."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as some
from PySide6.QtCore import QPointF, QRectF

from viewer.widgets.examine.label_layout import EDGE_PX, Anatomy, Margins

WIDE, HIGH = 400.0, 300.0
_DARK = np.zeros((300, 400), np.uint8)
spots = some.tuples(some.integers(0, 400), some.integers(0, 300))
kept_boxes = some.lists(
    some.builds(
        QRectF,
        some.integers(0, 380),
        some.integers(0, 280),
        some.integers(5, 120),
        some.integers(5, 80),
    ),
    max_size=5,
)


@settings(max_examples=60, deadline=None)
@given(some.lists(spots, min_size=1, max_size=12), kept_boxes)
def test_no_label_lies_on_another_or_on_what_is_kept(
    at: list[tuple[int, int]], kept: list[QRectF]
) -> None:
    margins = Margins(_DARK, WIDE, HIGH, kept)
    placed = [margins.take([QPointF(x, y)], 90.0, 32.0) for x, y in at]
    found = [one for one in placed if one is not None]
    view = QRectF(0, 0, WIDE, HIGH)
    for n, one in enumerate(found):
        assert view.contains(one)
        assert one.left() == EDGE_PX or one.right() == pytest.approx(WIDE - EDGE_PX)
        assert not any(one.intersects(other) for other in [*kept, *found[n + 1 :]])


@settings(max_examples=40, deadline=None)
@given(some.integers(60, 180), some.integers(60, 240), some.integers(0, 1))
def test_a_label_leaves_the_column_that_anatomy_fills(width: int, y: int, side: int) -> None:
    grey = _DARK.copy()
    if side:
        grey[:, 400 - width :] = 200
    else:
        grey[:, :width] = 200
    spot = QPointF(370 if side else 30, y)
    box = Margins(grey, WIDE, HIGH, ()).take([spot], 90.0, 32.0)
    assert box is not None
    assert (box.center().x() > WIDE / 2) != bool(side)


def test_a_label_stands_level_with_what_it_names_on_its_side() -> None:
    box = Margins(_DARK, WIDE, HIGH, ()).take([QPointF(300, 140)], 90.0, 32.0)
    assert box is not None
    assert box.right() == WIDE - EDGE_PX
    assert box.center().y() == pytest.approx(140, abs=5)


def test_a_line_goes_round_words_rather_than_through_them() -> None:
    words = QRectF(320, 60, 20, 160)
    box = Margins(_DARK, WIDE, HIGH, [words]).take([QPointF(250, 140)], 50.0, 20.0)
    assert box is not None
    clear = box.left() == EDGE_PX or not 60 < box.center().y() < 220
    assert clear


def test_where_there_is_no_room_there_is_no_label() -> None:
    everywhere = [QRectF(0, 0, WIDE, HIGH)]
    assert Margins(_DARK, WIDE, HIGH, everywhere).take([QPointF(200, 150)], 90.0, 32.0) is None
    assert Margins(_DARK, WIDE, 20.0, ()).take([QPointF(200, 10)], 90.0, 32.0) is None


def test_the_share_of_anatomy_in_a_box_is_told() -> None:
    grey = _DARK.copy()
    grey[100:200, 100:300] = 255
    shares = Anatomy(grey, WIDE, HIGH).shares(
        np.array([100.0, 0.0, 280.0]), np.array([100.0, 0.0, 120.0]), 40.0, 40.0
    )
    assert shares == pytest.approx([1.0, 0.0, 0.5], abs=0.06)
