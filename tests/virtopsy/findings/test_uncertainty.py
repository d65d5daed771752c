"""Numbers carry the uncertainty that their points give them, by formula and by Monte Carlo."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from virtopsy.errors import Bug
from virtopsy.findings.quantity import Quantity
from virtopsy.findings.quantity_words import said
from virtopsy.findings.uncertainty import (
    angle_at,
    angle_sd,
    area_quantity,
    cobb_angle,
    cobb_sd,
    length_quantity,
    of_repeats,
    path_length,
    polygon_area,
    propagated_sd,
    spread_of_repeats,
)
from virtopsy.geometry.camera import Point
from virtopsy.language import Language

_COORDINATE = st.floats(-200, 200)
_POINTS = st.lists(st.tuples(_COORDINATE, _COORDINATE, _COORDINATE), min_size=4, max_size=4)
_EQUAL = (0.8, 0.8, 0.8)


@given(_POINTS)
def test_a_length_has_the_root_of_two_of_its_ends(points: list[Point]) -> None:
    if math.dist(points[0], points[1]) < 1:
        return
    told = length_quantity("length", (points[0], points[1]), _EQUAL, "clicks")

    assert told.sd == pytest.approx(math.sqrt(2) * 0.8, rel=1e-3)


@given(_POINTS)
def test_an_angle_has_the_closed_form_of_its_arms(points: list[Point]) -> None:
    a, b = math.dist(points[0], points[1]), math.dist(points[2], points[1])
    if min(a, b) < 5:
        return
    t = math.radians(angle_at(np.array(points[:3])))
    if not 0.05 < t < math.pi - 0.05:
        return  # where arms fall together the angle has a corner, and no slope
    closed = 0.8 * math.sqrt(2 / a**2 + 2 / b**2 - 2 * math.cos(t) / (a * b))

    told = angle_sd(points[:3], _EQUAL)

    assert math.radians(told) == pytest.approx(closed, rel=1e-3)
    assert told == pytest.approx(propagated_sd(angle_at, points[:3], _EQUAL), rel=1e-3)


@given(a=st.floats(5, 100), b=st.floats(5, 100), straight=st.booleans())
def test_a_straight_or_closed_angle_has_the_closed_form_too(
    a: float, b: float, straight: bool
) -> None:
    points = [(a, 0.0, 0.0), (0.0, 0.0, 0.0), (-b if straight else b, 0.0, 0.0)]
    cosine = -1.0 if straight else 1.0
    closed = 0.8 * math.sqrt(2 / a**2 + 2 / b**2 - 2 * cosine / (a * b))

    assert math.radians(angle_sd(points, _EQUAL)) == pytest.approx(closed, rel=1e-6)


@given(_POINTS)
def test_the_angle_of_two_lines_has_the_slope_of_its_own_points(points: list[Point]) -> None:
    first, second = math.dist(points[0], points[1]), math.dist(points[2], points[3])
    if min(first, second) < 5:
        return
    if not 2.0 < cobb_angle(np.array(points)) < 88.0:
        return  # it is folded at 0 and at 90

    told = cobb_sd(points, (0.5, 0.8, 2.0))

    assert told == pytest.approx(propagated_sd(cobb_angle, points, (0.5, 0.8, 2.0)), rel=1e-3)


def test_thick_slices_agree_with_a_monte_carlo_of_the_points() -> None:
    chance = np.random.default_rng(5)
    points = np.array([[0.0, 0.0, 0.0], [60.0, 10.0, 40.0], [80.0, -30.0, -20.0], [0.0, 50.0, 9.0]])
    sd = (0.6, 0.6, 2.5)
    drawn = points + chance.normal(size=(20_000, 4, 3)) * sd
    for of, count in ((path_length, 4), (angle_at, 3), (cobb_angle, 4)):
        seen = np.std([of(one[:count]) for one in drawn])
        told = propagated_sd(of, [tuple(one) for one in points[:count]], sd)
        assert told == pytest.approx(seen, rel=0.03), of.__name__


def test_angles_and_areas_are_those_of_geometry() -> None:
    assert angle_at(np.array([[1, 0, 0], [0, 0, 0], [0, 5, 0]], float)) == pytest.approx(90)
    lines = np.array([[0, 0, 0], [10, 0, 0], [0, 3, 0], [-10, 3 - 10 * math.tan(0.3), 0]], float)
    assert math.radians(cobb_angle(lines)) == pytest.approx(0.3)
    square = np.array([[0, 0, 5], [4, 0, 5], [4, 3, 5], [0, 3, 5]], float)
    assert polygon_area(square) == pytest.approx(12)


def test_an_area_is_told_with_its_border_half_a_voxel_in_and_out() -> None:
    square = [(0.0, 0.0, 0.0), (10.0, 0.0, 0.0), (10.0, 10.0, 0.0), (0.0, 10.0, 0.0)]

    told = area_quantity("area", square, 1.0)

    assert (told.low, told.value, told.high) == pytest.approx((80, 100, 120))
    assert told.sd is None


def test_repeats_give_mean_and_spread_of_the_observer() -> None:
    values = [Quantity("length", one, "mm", 0.1) for one in (10.0, 11.0, 12.0)]

    told = of_repeats(values)

    assert (told.value, told.sd, told.source) == (pytest.approx(11), pytest.approx(1), "repeats")
    with pytest.raises(Bug):
        of_repeats(values[:2])


def test_equal_clicks_make_no_landmark_surer_than_its_voxels() -> None:
    same = [(1.0, 2.0, 3.0)] * 4

    assert np.diag(spread_of_repeats(same, (1.0, 1.0, 2.0))) == pytest.approx(
        [1 / 16, 1 / 16, 4 / 16]
    )
    assert np.diag(spread_of_repeats(same[:1], (1.0, 1.0, 2.0))) == pytest.approx([1, 1, 4])


@pytest.mark.parametrize("language", Language)
def test_a_number_says_its_95_percent_and_a_short_length_that_it_reads_too_long(
    language: Language,
) -> None:
    sure = said(Quantity("length", 40.0, "mm", 1.0, source="clicks"), language)
    short = said(Quantity("length", 2.9, "mm", math.sqrt(2), source="clicks"), language)

    assert "95" in sure
    assert "2.0" in sure.replace(",", ".")
    assert ";" in short
    assert ";" not in sure
