"""A plane can be scrolled from one end of the scan to the other, however it is turned."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from viewer.presenters.examine.travel import lean, run_of
from virtopsy.geometry.frame import Frame
from virtopsy.geometry.plane import Plane, facing
from virtopsy.geometry.turn import STRAIGHT, Turn

_FRAME = Frame.of((7, 9, 11), origin_mm=(-10, -20, 30), spacing_mm=(0.5, 2.0, 3.0))
_NEAR = 1e-9  # of a voxel
_PLANES = st.sampled_from(tuple(Plane))
_ANGLES = st.integers(-320, 320).map(lambda n: n / 100)  # no slivers of a thousandth of a voxel
_TURNS = st.builds(
    lambda one, other: STRAIGHT.about((0, 0, 1), one).about((1, 0, 0), other), _ANGLES, _ANGLES
)
_SHARE = st.floats(0, 1)
_HERE = st.tuples(_SHARE, _SHARE, _SHARE).map(lambda at: _FRAME.to_lps(np.multiply(at, (10, 8, 6))))


def _within(lps_mm: object, near: float = _NEAR) -> bool:
    index = _FRAME.to_index(np.asarray(lps_mm, dtype=np.float64))
    return bool(np.all(index > -near) and np.all(index < np.array((10, 8, 6)) + near))


@given(_PLANES, _TURNS, _HERE)
def test_both_ends_of_a_run_lie_on_the_rim_of_the_scan(
    plane: Plane, turn: Turn, here: np.ndarray
) -> None:
    run = run_of(_FRAME, plane, turn, here)
    ahead = facing(plane, turn).ahead
    for end, on in ((run.first_mm, -1), (run.last_mm, 1)):
        assert _within(end)
        assert not _within(np.add(end, on * ahead))


@given(_PLANES, _TURNS, _HERE)
def test_the_slices_of_a_run_are_all_that_lie_a_whole_step_apart_in_the_scan(
    plane: Plane, turn: Turn, here: np.ndarray
) -> None:
    run = run_of(_FRAME, plane, turn, here)
    assert 0 <= run.index < run.count
    assert run.at(run.index) == pytest.approx(here.tolist(), abs=1e-9)
    step = run.step_mm * (1 + 1e-5)
    for place, end in ((run.at(0), run.first_mm), (run.at(run.count - 1), run.last_mm)):
        assert _within(place, 1e-4)
        assert math.dist(place, end) < step


@pytest.mark.parametrize(
    ("plane", "count", "first", "last"),
    [
        (Plane.AXIAL, 7, (-8, -10, 30), (-8, -10, 48)),
        (Plane.CORONAL, 9, (-8, -20, 36), (-8, -4, 36)),
        (Plane.SAGITTAL, 11, (-10, -10, 36), (-5, -10, 36)),
    ],
)
def test_a_straight_run_is_the_slices_of_the_grid_from_right_front_and_feet(
    plane: Plane, count: int, first: object, last: object
) -> None:
    run = run_of(_FRAME, plane, STRAIGHT, (-8, -10, 36))
    assert run.count == count
    assert run.first_mm == pytest.approx(first)
    assert run.last_mm == pytest.approx(last)
    assert run.at(0) == pytest.approx(first)
    assert run.at(count - 1) == pytest.approx(last)


@given(_PLANES, st.floats(0, np.pi / 2))
def test_a_plane_leans_by_the_angle_it_is_turned_about_another(plane: Plane, angle: float) -> None:
    about = Plane.CORONAL if plane is Plane.AXIAL else Plane.AXIAL
    turn = STRAIGHT.about(facing(about).normal, angle)
    assert lean(plane, turn) == pytest.approx(angle, abs=1e-6)
    assert lean(about, turn) == pytest.approx(0, abs=1e-6)
