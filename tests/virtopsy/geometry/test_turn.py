"""Reading planes turn as one rigid set, however often they are turned."""

from __future__ import annotations

from math import pi

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from virtopsy.errors import Bug
from virtopsy.geometry.turn import STRAIGHT, Turn

_angles = st.floats(-10, 10)
_axes = st.tuples(*[st.floats(-1, 1)] * 3).filter(lambda one: np.linalg.norm(one) > 0.1)


def unit(axis: tuple[float, float, float]) -> np.ndarray:
    return np.array(axis) / np.linalg.norm(axis)


def test_a_quarter_turn_about_the_head_axis_brings_left_to_the_back() -> None:
    turned = STRAIGHT.about((0.0, 0.0, 1.0), pi / 2)
    assert turned.apply((1.0, 0.0, 0.0)) == pytest.approx((0.0, 1.0, 0.0))
    assert turned.apply((0.0, 0.0, 1.0)) == pytest.approx((0.0, 0.0, 1.0))
    assert not turned.is_straight


@given(_axes, _angles)
def test_a_turn_leaves_its_axis_and_is_undone_by_its_opposite(
    axis: tuple[float, float, float], angle: float
) -> None:
    turned = STRAIGHT.about(unit(axis), angle)
    assert turned.apply(unit(axis)) == pytest.approx(unit(axis), abs=1e-9)
    back = turned.about(unit(axis), -angle)
    assert back.matrix == pytest.approx(np.eye(3), abs=1e-9)


@given(st.lists(st.tuples(_axes, _angles), min_size=1, max_size=60))
def test_many_turns_stay_a_rotation(
    turns: list[tuple[tuple[float, float, float], float]],
) -> None:
    turned = STRAIGHT
    for axis, angle in turns:
        turned = turned.about(unit(axis), angle)
    matrix = turned.matrix
    assert matrix @ matrix.T == pytest.approx(np.eye(3), abs=1e-12)
    assert np.linalg.det(matrix) == pytest.approx(1.0)


@pytest.mark.parametrize(
    "rows",
    [
        ((1.0, 0.0, 0.0), (0.0, 1.0, 0.0), (0.0, 0.0, -1.0)),
        ((1.0, 0.1, 0.0), (0.0, 1.0, 0.0), (0.0, 0.0, 1.0)),
        ((2.0, 0.0, 0.0), (0.0, 2.0, 0.0), (0.0, 0.0, 2.0)),
    ],
)
def test_what_mirrors_shears_or_scales_is_no_turn(rows: tuple) -> None:
    with pytest.raises(Bug):
        Turn(rows)
