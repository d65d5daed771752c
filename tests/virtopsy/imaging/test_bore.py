"""The model of a hole in bone: its slopes are those of its values, its volume that of a tube."""

from __future__ import annotations

import numpy as np
import pytest

from virtopsy.geometry.frame import Floats
from virtopsy.imaging.bore import (
    BLUR,
    INNER,
    OUTER,
    RADII,
    SIZE,
    Points,
    axes_of,
    centre_of,
    meeting,
    occupied,
)
from virtopsy.imaging.sheet import Place, across, monomials

_PLACE = Place(np.array([10.0, -20.0, 5.0]), np.eye(3))


def _parameters(random: np.random.Generator) -> Floats:
    p = np.zeros(SIZE)
    p[OUTER] = [0.3, 0.05, -0.04, 0.006, 0.001, 0.007]
    p[INNER] = [5.8, 0.02, -0.03, 0.006, 0.000, 0.006]
    p[12:22] = random.normal(0, 0.8, 10)
    p[RADII] = [4.0, 4.3, 5.6, 7.1, 8.0]
    p[BLUR] = np.log(0.8)
    return p


def _points(tilt: float, random: np.random.Generator, count: int = 400) -> Points:
    way = np.array([np.sin(tilt), 0.2 * np.sin(tilt), np.cos(tilt)])
    aside = np.stack(across(way / np.linalg.norm(way)))
    middles = _PLACE.origin + random.uniform((-11, -11, -2), (11, 11, 9), (count, 3))
    fine = np.array([[0, 0, -0.6], [0, 0, 0.0], [0, 0, 0.6]])
    return Points.of(middles[:, None] + fine, _PLACE, aside)


@pytest.mark.parametrize("tilt", [0.0, 0.7])
@pytest.mark.parametrize("cone", [False, True])
def test_the_slopes_are_those_of_the_values(tilt: float, cone: bool) -> None:
    random = np.random.default_rng(5)
    points, p = _points(tilt, random), _parameters(random)
    _, told, _ = occupied(points, p, cone)

    for n in range(SIZE):
        step = np.zeros(SIZE)
        step[n] = 1e-5
        above, _, _ = occupied(points, p + step, cone)
        below, _, _ = occupied(points, p - step, cone)
        seen = (above - below) / 2e-5
        # How fast the wall is blurred turns with the bevel as well; that is held fast in a step.
        off = np.abs(seen - told[:, n])
        assert np.median(off) < 0.02 * max(np.abs(seen).max(), 1e-3), n
        agree = float(seen @ told[:, n]) / max(float(np.linalg.norm(seen)) ** 2, 1e-12)
        assert np.linalg.norm(seen) < 1e-6 or agree == pytest.approx(1.0, abs=0.25), n


def test_a_straight_tube_takes_its_own_volume_of_bone() -> None:
    p = np.zeros(SIZE)
    p[INNER] = [6.0, 0, 0, 0, 0, 0]
    p[RADII], p[BLUR] = 4.0, np.log(0.5)
    side = np.arange(-9.75, 10, 0.5)
    grid = np.stack(np.meshgrid(side, side, np.arange(-2.75, 9, 0.5), indexing="ij"), axis=-1)
    points = Points.of(grid.reshape(-1, 1, 3) + _PLACE.origin, _PLACE, np.eye(3)[:2])

    bone, _, depth = occupied(points, p, cone=False)

    whole = 20.0 * 20.0 * 6.0
    hole = np.pi * (4.0**2 + 0.5**2) * 6.0  # blur moves a curved wall outward by sigma^2 / 2r
    assert bone.sum() * 0.5**3 == pytest.approx(whole - hole, rel=0.01)
    assert (depth.min(), depth.max()) == (0.0, 1.0)


def test_a_line_meets_a_curved_surface_where_it_says() -> None:
    random = np.random.default_rng(2)
    p, turned = _parameters(random), axes_of(_PLACE, np.stack(across(np.array([0.6, 0.0, 0.8]))))

    met = meeting(turned, centre_of(p, 1), p[OUTER])

    assert monomials(met.local[0], met.local[1]) @ p[OUTER] == pytest.approx(met.local[2], abs=1e-9)
    for n in (0, 1):
        step = np.zeros(2)
        step[n] = 1e-5
        moved = meeting(turned, centre_of(p, 1) + step, p[OUTER])
        assert (moved.s - met.s) / 1e-5 == pytest.approx(met.by_centre[n], rel=1e-3)
