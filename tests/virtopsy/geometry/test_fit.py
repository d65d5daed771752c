"""Lines through points: held by closed forms and by many draws."""

from __future__ import annotations

import math

import numpy as np
import pytest

from virtopsy.errors import InputError
from virtopsy.geometry.fit import deflection, fit_line, fit_segments, sd_of_equal_points
from virtopsy.geometry.frame import Floats

_WAY = np.array([0.6, -0.64, 0.48])


def _points(count: int, length: float, start: tuple[float, float, float] = (5, -9, 31)) -> Floats:
    points: Floats = np.array(start) + np.linspace(0, length, count)[:, None] * _WAY
    return points


@pytest.mark.parametrize("count", [2, 3, 5, 12, 40])
def test_equal_points_give_the_closed_form(count: int) -> None:
    found = fit_line(_points(count, 150.0), 4.0 * np.eye(3))

    assert found.direction_sd == pytest.approx(sd_of_equal_points(2.0, 150.0, count), rel=1e-6)
    assert found.direction == pytest.approx(_WAY, abs=1e-9)


def test_two_points_give_the_ends_back_with_their_own_covariance() -> None:
    spread = np.diag([1.0, 2.0, 9.0])

    found = fit_line(_points(2, 80.0), spread)

    assert found.ends[1] == pytest.approx(_points(2, 80.0)[1])
    across = np.eye(3) - np.outer(_WAY, _WAY)
    first, joint = found.covariance_mm2[:3, :3], found.covariance_mm2[:3, 3:]
    # What a straight line can know of a point lies across it, by the point's inverse covariance.
    basis = np.linalg.svd(across)[0][:, :2]
    assert basis.T @ first @ basis == pytest.approx(basis.T @ spread @ basis)
    assert joint == pytest.approx(np.zeros((3, 3)), abs=1e-9)


def test_the_stated_covariance_is_that_of_many_draws() -> None:
    random = np.random.default_rng(3)
    spreads = np.stack([np.diag([s, 2 * s, 5 * s]) for s in (0.2, 0.5, 1.0, 0.3, 2.0, 0.7)])
    true = _points(6, 120.0)
    told = fit_line(true, spreads).covariance_mm2
    drawn = []
    for _ in range(600):
        noise = [random.multivariate_normal(np.zeros(3), one) for one in spreads]
        drawn.append(np.ravel(fit_line(true + noise, spreads).ends))

    seen = np.cov(np.array(drawn).T)

    across = np.kron(np.eye(2), np.eye(3) - np.outer(_WAY, _WAY))
    assert across @ seen @ across == pytest.approx(across @ told @ across, abs=0.15 * told.max())


def test_a_rough_track_is_told_with_a_wider_scatter_where_asked() -> None:
    points = _points(8, 100.0) + np.random.default_rng(1).normal(0, 3.0, (8, 3))

    narrow = fit_line(points, np.eye(3))
    wide = fit_line(points, np.eye(3), scaled=True)

    assert wide.chi2 > wide.freedom
    expected = narrow.direction_sd * math.sqrt(narrow.chi2 / narrow.freedom)
    assert wide.direction_sd == pytest.approx(expected, rel=1e-3)


def test_a_precise_entry_counts_more_than_scattered_fragments() -> None:
    points = _points(5, 90.0)
    points[1:] += 2.0 * np.linalg.svd(np.eye(3) - np.outer(_WAY, _WAY))[0][:, 0]
    spreads = np.stack([0.04 * np.eye(3)] + [9.0 * np.eye(3)] * 4)

    found = fit_line(points, spreads)

    assert math.dist(found.ends[0], points[0]) < 0.05


def test_a_bent_track_has_a_covariance_of_each_part_and_an_angle_between() -> None:
    bend = _points(4, 60.0)[-1]
    turn = math.radians(20)
    side = np.linalg.svd(np.eye(3) - np.outer(_WAY, _WAY))[0][:, 0]
    after = bend + np.linspace(0, 50, 5)[:, None] * (math.cos(turn) * _WAY + math.sin(turn) * side)

    first, second = fit_segments([_points(4, 60.0), after], np.eye(3))

    angle, sd = deflection(first, second)
    assert math.degrees(angle) == pytest.approx(20.0, abs=1e-6)
    expected = math.hypot(sd_of_equal_points(1, 60, 4), sd_of_equal_points(1, 50, 5))
    assert sd == pytest.approx(expected, rel=1e-6)


def test_the_line_runs_from_the_first_point_to_the_last() -> None:
    found = fit_line(_points(4, 60.0)[::-1], np.eye(3))

    assert found.direction == pytest.approx(-_WAY)


def test_too_few_points_are_refused() -> None:
    with pytest.raises(InputError) as refused:
        fit_line(_points(1, 10.0), np.eye(3))
    assert refused.value.key == "refine.fit_few"


def test_points_of_one_place_are_refused() -> None:
    with pytest.raises(InputError) as refused:
        fit_line(_points(3, 0.4), np.eye(3))
    assert refused.value.key == "refine.fit_one_place"
