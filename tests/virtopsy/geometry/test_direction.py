"""Directions against closed forms and against a Monte Carlo of scattered ends."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from virtopsy.geometry.direction import (
    azimuth,
    elevation,
    from_end_scatter,
    plane_angle_sds,
    plane_angles,
)


def _direction(az_deg: float, el_deg: float) -> tuple[float, float, float]:
    az, el = math.radians(az_deg), math.radians(el_deg)
    return math.cos(el) * math.sin(az), math.cos(el) * math.cos(az), math.sin(el)


@pytest.mark.parametrize(
    ("d", "az_deg"),
    [((0, 1, 0), 0), ((1, 0, 0), 90), ((-1, 0, 0), -90), ((0, -1, 0), 180)],
)
def test_azimuth_is_0_front_to_back_and_positive_from_right_to_left(
    d: tuple[float, float, float], az_deg: float
) -> None:
    assert math.degrees(azimuth(d)) == pytest.approx(az_deg)


@given(st.floats(-179, 179), st.floats(-89, 89))
def test_azimuth_and_elevation_come_back_from_the_direction_they_made(
    az_deg: float, el_deg: float
) -> None:
    d = _direction(az_deg, el_deg)

    assert math.degrees(azimuth(d)) == pytest.approx(az_deg, abs=1e-6)
    assert math.degrees(elevation(d)) == pytest.approx(el_deg, abs=1e-6)


@given(st.floats(-180, 180), st.floats(-90, 90))
def test_the_sines_squared_of_the_plane_angles_sum_to_one(az_deg: float, el_deg: float) -> None:
    angles = plane_angles(_direction(az_deg, el_deg))

    assert sum(math.sin(angle) ** 2 for angle in angles) == pytest.approx(1.0)


def test_a_plane_angle_is_not_the_angle_of_a_projection() -> None:
    sagittal = plane_angles(_direction(25, -20))[0]

    assert math.degrees(sagittal) == pytest.approx(23.4, abs=0.05)


def test_isotropic_scatter_gives_the_published_short_forms() -> None:
    s, length, el = 2.0, 200.0, math.radians(30)
    end = tuple(length * part for part in _direction(40, 30))

    spread = from_end_scatter((0, 0, 0), (end[0], end[1], end[2]), np.eye(3) * s**2)

    assert spread.elevation_sd == pytest.approx(math.sqrt(2) * s / length)
    assert spread.azimuth_sd == pytest.approx(math.sqrt(2) * s / (length * math.cos(el)))
    assert spread.cone95_half_angle == pytest.approx(3.46 * s / length, rel=1e-3)
    assert math.degrees(spread.elevation_sd) == pytest.approx(0.81, abs=0.005)
    assert math.degrees(spread.cone95_half_angle) == pytest.approx(1.98, abs=0.01)
    assert spread.length_sd_mm == pytest.approx(math.sqrt(2) * s)


def test_thick_slices_agree_with_a_monte_carlo_of_the_clicks() -> None:
    rng = np.random.default_rng(7)
    sd = np.array([1.0, 1.0, 3.0])
    start, end = np.zeros(3), 150 * np.array(_direction(-60, 20))
    scattered = (end + rng.normal(0, sd, (20_000, 3))) - rng.normal(0, sd, (20_000, 3))
    unit = scattered / np.linalg.norm(scattered, axis=1, keepdims=True)

    spread = from_end_scatter((0, 0, 0), (end[0], end[1], end[2]), np.diag(sd**2))

    assert spread.elevation_sd == pytest.approx(np.arcsin(unit[:, 2]).std(), rel=0.03)
    assert spread.azimuth_sd == pytest.approx(np.arctan2(unit[:, 0], unit[:, 1]).std(), rel=0.03)
    inside = np.arccos(np.clip(unit @ end / 150, -1, 1)) <= spread.cone95_half_angle
    assert 0.94 <= inside.mean() <= 0.995
    assert np.all(start == 0)


def test_a_vertical_track_has_no_azimuth() -> None:
    spread = from_end_scatter((0, 0, 0), (0, 0, 100), np.eye(3))

    assert not spread.azimuth_defined
    assert math.isfinite(spread.elevation_sd)


def test_plane_angle_scatter_agrees_with_a_monte_carlo_and_never_vanishes() -> None:
    rng = np.random.default_rng(11)
    for d in (_direction(40, 20), (1.0, 0.0, 0.0)):
        end = 120 * np.array(d)
        scattered = (end + rng.normal(0, 1.5, (20_000, 3))) - rng.normal(0, 1.5, (20_000, 3))
        unit = scattered / np.linalg.norm(scattered, axis=1, keepdims=True)
        stated = plane_angle_sds((0, 0, 0), (end[0], end[1], end[2]), np.eye(3) * 1.5**2)
        for axis in range(3):
            away = np.arcsin(unit[:, axis]) - math.asin(d[axis])
            inside = np.abs(away) <= 1.96 * stated[axis]
            assert 0.94 <= inside.mean() <= 0.96
