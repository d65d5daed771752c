"""Labels stand in the margins, apart from one another and in the order of what they point at."""

from __future__ import annotations

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from viewer.presenters.examine.margin import Margin, label_places

_MARGIN = Margin(20.0, 480.0, (60.0, 280.0), (60.0, 200.0), 24.0)
_ANCHORS = st.lists(st.tuples(st.floats(-100, 600), st.floats(-100, 400)), max_size=16)


@given(_ANCHORS)
def test_every_label_stands_in_a_margin_and_none_on_another(
    anchors: list[tuple[float, float]],
) -> None:
    places = label_places(anchors, _MARGIN)
    assert len(places) == len(anchors)
    for column, span in ((_MARGIN.left, _MARGIN.left_span), (_MARGIN.right, _MARGIN.right_span)):
        own = sorted(
            (y, anchor) for (x, y), (_, anchor) in zip(places, anchors, strict=True) if x == column
        )
        assert all(span[0] - 1e-6 <= y <= span[1] + 1e-6 for y, _ in own)
        step = min(_MARGIN.step, (span[1] - span[0]) / max(len(own) - 1, 1))
        for (y, anchor), (below, other) in pairwise(own):
            assert below - y >= step - 1e-6
            assert anchor <= other, "leader lines keep their order"
    assert {x for x, _ in places} <= {_MARGIN.left, _MARGIN.right}


def test_a_label_takes_the_nearer_margin_at_the_height_of_its_anchor() -> None:
    assert label_places([(100, 150), (400, 120)], _MARGIN) == [(20.0, 150), (480.0, 120)]


def test_a_column_without_room_is_left_to_the_other_one() -> None:
    margin = Margin(10.0, 290.0, (100.0, 80.0), (60.0, 120.0), 24.0)
    assert [x for x, _ in label_places([(20.0, 90.0), (30.0, 95.0)], margin)] == [290.0, 290.0]
