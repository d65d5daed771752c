"""A value tells of changes, and only of changes."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from viewer.presenters.value import Ranged, Value
from virtopsy.errors import Bug


def test_setting_the_same_value_again_is_no_change() -> None:
    value, heard = Value(1), []
    value.subscribe(heard.append)

    for new in (1, 2, 2, 3):
        value.set(new)

    assert heard == [2, 3]


def test_who_unsubscribes_hears_no_more() -> None:
    value, heard = Value(1), []
    leave = value.subscribe(heard.append, now=True)
    leave()
    value.set(2)

    assert heard == [1]


@given(st.floats(-1e6, 1e6), st.floats(-100, 100))
def test_a_ranged_value_stays_within_its_range(start: float, steps: float) -> None:
    value = Ranged(5, minimum=0, maximum=10, step=0.5)
    value.set(start)
    value.turn(steps)

    assert 0 <= value.now <= 10


def test_a_start_outside_the_range_is_our_own_mistake() -> None:
    with pytest.raises(Bug):
        Ranged(11, minimum=0, maximum=10, step=1)
