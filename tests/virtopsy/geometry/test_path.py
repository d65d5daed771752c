"""A path has its true length, its places lie on it, and its frames do not twist."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise
from math import cos, pi, sin, sqrt

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from virtopsy.errors import Bug
from virtopsy.geometry.path import Path

_COORDINATE = st.floats(-200, 200)
_POINT = st.tuples(_COORDINATE, _COORDINATE, _COORDINATE)


def _apart(points: list[tuple[float, float, float]]) -> bool:
    return all(np.linalg.norm(np.subtract(a, b)) > 5 for a, b in pairwise(points))


_PATHS = st.builds(
    Path,
    st.lists(_POINT, min_size=2, max_size=6).filter(_apart).map(tuple),
    smooth=st.booleans(),
    angle=st.floats(-pi, pi),
)


def helix(radius: float, pitch: float, turns: float, count: int) -> Path:
    t = np.linspace(0, 2 * pi * turns, count)
    places = np.stack([radius * np.cos(t), radius * np.sin(t), pitch * t / (2 * pi)], axis=1)
    return Path(tuple(map(tuple, places.tolist())))


def test_a_rod_is_straight_and_its_frames_stay() -> None:
    path = Path(((0, 0, 0), (30, 40, 0)))
    there = path.at([0.0, 12.5, 50.0])
    assert path.length_mm == pytest.approx(50)
    assert path.is_straight
    assert there.places_mm == pytest.approx(np.array([(0, 0, 0), (7.5, 10, 0), (30, 40, 0)]))
    assert there.ahead == pytest.approx(np.tile((0.6, 0.8, 0.0), (3, 1)))
    assert there.up == pytest.approx(np.tile((0.0, 0.0, 1.0), (3, 1)))
    assert there.side == pytest.approx(np.tile((0.8, -0.6, 0.0), (3, 1)))


def test_points_on_one_line_make_the_same_path_smooth_or_not() -> None:
    points = ((0.0, 0.0, 0.0), (3.0, 4.0, 0.0), (30.0, 40.0, 0.0))
    for smooth in (True, False):
        path = Path(points, smooth=smooth)
        assert path.is_straight
        assert path.at(20).places_mm[0] == pytest.approx((12, 16, 0), abs=1e-9)


def test_a_circle_has_its_length_and_its_frame_keeps_the_axis() -> None:
    t = np.linspace(0, pi, 41)
    arc = np.stack([50 * np.cos(t), 50 * np.sin(t), np.zeros(41)], axis=1)
    path = Path(tuple(map(tuple, arc.tolist())))
    there = path.at(np.linspace(0, path.length_mm, 97))
    assert path.length_mm == pytest.approx(50 * pi, rel=1e-4)
    assert np.linalg.norm(there.places_mm, axis=1) == pytest.approx(50, abs=0.02)
    assert there.up == pytest.approx(np.tile((0.0, 0.0, 1.0), (97, 1)), abs=1e-9)
    assert not path.is_straight


def test_along_a_helix_the_frame_turns_against_the_screw_by_its_torsion() -> None:
    """The angle from the curve's own normal changes by minus the torsion times the arc length."""
    radius, pitch = 20.0, 60.0
    path = helix(radius, pitch, 2.0, 161)
    rise = pitch / (2 * pi)
    speed = sqrt(radius**2 + rise**2)
    assert path.length_mm == pytest.approx(4 * pi * speed, rel=1e-4)
    # Away from the ends, where a natural spline has no bend of its own.
    first, last = 0.15 * path.length_mm, 0.85 * path.length_mm
    arcs = np.linspace(first, last, 400)
    there = path.at(arcs)
    t = arcs / speed
    inwards = np.stack([-np.cos(t), -np.sin(t), np.zeros(len(t))], axis=1)
    across = np.cross(there.ahead, inwards)
    angle = np.unwrap(
        np.arctan2(np.sum(there.up * across, axis=1), np.sum(there.up * inwards, axis=1))
    )
    torsion = rise / speed**2
    assert angle[-1] - angle[0] == pytest.approx(-torsion * (last - first), rel=2e-3)


def test_arc_length_is_what_is_walked() -> None:
    path = helix(15.0, 40.0, 1.3, 12)
    dense = path.at(np.linspace(0, path.length_mm, 20_001)).places_mm
    steps = np.linalg.norm(np.diff(dense, axis=0), axis=1)
    assert steps.sum() == pytest.approx(path.length_mm, rel=1e-6)
    assert steps == pytest.approx(path.length_mm / 20_000, rel=1e-4)


@settings(max_examples=60, deadline=None)
@given(_PATHS, st.lists(st.floats(-0.2, 1.2), min_size=1, max_size=20))
def test_frames_are_square_on_any_path_and_the_points_lie_on_it(
    path: Path, shares: list[float]
) -> None:
    there = path.at(np.array(shares) * path.length_mm)
    axes = np.stack([there.ahead, there.up, there.side], axis=1)
    assert axes @ axes.transpose(0, 2, 1) == pytest.approx(
        np.tile(np.eye(3), (len(shares), 1, 1)), abs=1e-7
    )
    assert np.linalg.det(axes) == pytest.approx(1, abs=1e-7)
    ends = path.at([0.0, path.length_mm]).places_mm
    assert ends == pytest.approx(np.array([path.points_mm[0], path.points_mm[-1]]), abs=1e-5)
    chords = sum(np.linalg.norm(np.subtract(a, b)) for a, b in pairwise(path.points_mm))
    assert path.length_mm >= chords - 1e-6


@pytest.mark.parametrize("smooth", [True, False])
def test_beyond_its_ends_a_path_goes_straight_on(smooth: bool) -> None:
    path = Path(((0, 0, 0), (20, 5, 0), (30, 30, 4)), smooth=smooth)
    end, on = path.at(path.length_mm), path.at(path.length_mm + 7)
    assert on.places_mm[0] == pytest.approx(end.places_mm[0] + 7 * end.ahead[0])
    assert on.up == pytest.approx(end.up)
    begin, before = path.at(0), path.at(-3)
    assert before.places_mm[0] == pytest.approx(begin.places_mm[0] - 3 * begin.ahead[0])


def test_at_a_corner_the_frame_is_folded_over_once() -> None:
    path = Path(((0, 0, 0), (10, 0, 0), (10, 0, 10)), smooth=False)
    there = path.at([5.0, 15.0])
    assert path.length_mm == pytest.approx(20)
    assert there.up == pytest.approx(np.array([(0, 0, 1), (-1, 0, 0)]), abs=1e-12)
    assert there.side[0] == pytest.approx(there.side[1])


def test_the_frames_turn_about_the_path_by_its_angle() -> None:
    path = Path(((0, 0, 0), (50, 0, 0)))
    turned = replace(path, angle=0.3).at(10)
    assert turned.up[0] == pytest.approx((0, -sin(0.3), cos(0.3)))


def test_of_a_path_towards_the_head_the_front_is_up() -> None:
    assert Path(((0, 0, 0), (0, 0, 80))).at(10).up[0] == pytest.approx((0, -1, 0))


def test_the_nearest_place_of_a_path_is_found() -> None:
    path = helix(30.0, 90.0, 1.0, 30)
    for arc in (0.0, 40.0, 97.3, path.length_mm):
        there = path.at(arc)
        aside = there.places_mm[0] + 3 * there.up[0] - 2 * there.side[0]
        assert path.nearest_arc_mm(aside) == pytest.approx(arc, abs=1e-3)


@pytest.mark.parametrize("points", [(), ((1, 2, 3),), ((1, 2, 3), (1, 2, 3)), ((1, 2), (3, 4))])
def test_a_path_that_goes_nowhere_is_a_bug(points: tuple[tuple[float, ...], ...]) -> None:
    with pytest.raises(Bug):
        Path(points)  # type: ignore[arg-type]  # whatever is wrong


def test_a_path_that_turns_straight_back_goes_from_point_to_point() -> None:
    path = Path(((0, 0, 0), (0, 0, 6), (0, 0, 0)))
    assert path.length_mm == pytest.approx(12)
    assert not path.is_straight
    assert path.at(9).places_mm[0] == pytest.approx((0, 0, 3))


def test_the_nearest_place_of_a_path_with_corners_is_found() -> None:
    path = Path(((0, 0, 0), (10, 0, 0), (10, 0, 10)), smooth=False)
    assert path.nearest_arc_mm((4, 3, 0)) == pytest.approx(4)
    assert path.nearest_arc_mm((12, 0, 6)) == pytest.approx(16)
    assert path.nearest_arc_mm((12, 0, -3)) == pytest.approx(10)
    assert path.nearest_arc_mm((-5, 1, 0)) == pytest.approx(0)
    assert path.nearest_arc_mm((10, 1, 50)) == pytest.approx(20)
