"""A direction in a body's frame: closed forms, both parts of the error, and what is withheld."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest

from tests.bench.body_frame import Case, cases, holds, withheld_wrongly
from tests.constructed_body import (
    ANYBODY,
    GIRDLES,
    HEAD,
    MIDLINE,
    any_rotation,
    any_scatter,
    placed,
)
from virtopsy.errors import Bug
from virtopsy.geometry.body import BodyFrame, head_frame, trunk_frame
from virtopsy.geometry.body_direction import DirectionReadings, Withheld, in_body, in_scanner
from virtopsy.geometry.camera import Point, as_point
from virtopsy.geometry.direction import CHI2_2_95, azimuth, elevation, from_end_scatter
from virtopsy.geometry.frame import Floats

_HEAD = head_frame(placed(HEAD), ANYBODY)
_STILL = np.zeros((3, 3))


def _turn(azimuth_deg: float, elevation_deg: float) -> Point:
    az, el = math.radians(azimuth_deg), math.radians(elevation_deg)
    return math.cos(el) * math.sin(az), math.cos(el) * math.cos(az), math.sin(el)


def _of_track(direction: Point, scatter: Floats, length: float) -> Floats:
    across = np.eye(3) - np.outer(direction, direction)
    spread: Floats = across @ (2 * scatter) @ across / length**2
    return spread


def _known(frame: BodyFrame, nod: float, tilt: float, turn: float) -> BodyFrame:
    return replace(frame, covariance=np.diag(np.square((nod, tilt, turn))))


def _values(readings: DirectionReadings) -> list[float | None]:
    angles = (readings.azimuth, readings.elevation, *readings.planes, *readings.projections)
    return [None if one.value is None else round(math.degrees(one.value), 1) for one in angles]


def test_angles_to_planes_and_of_projections_are_told_apart() -> None:
    readings = in_scanner(_turn(25, -20), _STILL)

    assert _values(readings) == [25.0, -20.0, 23.4, 58.4, 20.0, -21.9, -40.7, 25.0]
    assert sum(math.sin(one.value or 0.0) ** 2 for one in readings.planes) == pytest.approx(1.0)


@pytest.mark.parametrize("azimuth_deg", [25, 155, -25, -155])
def test_a_projection_is_read_from_the_horizontal_and_up_is_plus(azimuth_deg: float) -> None:
    for elevation_deg in (20, -20):
        side, front, top = in_scanner(_turn(azimuth_deg, elevation_deg), _STILL).projections
        sign = math.copysign(1, elevation_deg)
        assert math.degrees(side.value or 0) == pytest.approx(sign * 21.88, abs=0.01)
        assert math.degrees(front.value or 0) == pytest.approx(sign * 40.74, abs=0.01)
        assert math.degrees(top.value or 0) == pytest.approx(azimuth_deg)


@pytest.mark.parametrize("seed", range(8))
def test_the_angles_are_those_of_the_direction_seen_from_the_body(seed: int) -> None:
    random = np.random.default_rng(seed)
    rotation = any_rotation(random)
    frame = replace(_HEAD, rotation=rotation)
    own = as_point((d := random.standard_normal(3)) / np.linalg.norm(d))

    readings = in_body(as_point(rotation @ np.asarray(own)), _STILL, _known(frame, 0, 0, 0))

    assert readings.azimuth.value == pytest.approx(azimuth(own))
    assert readings.elevation.value == pytest.approx(elevation(own))


def test_the_track_part_is_that_of_the_scanners_frame() -> None:
    scatter, start, end = np.diag([1.0, 1.0, 9.0]), (0.0, 0.0, 0.0), (60.0, 130.0, 40.0)
    direction = as_point(np.array(end) / math.dist(start, end))
    expected = from_end_scatter(start, end, scatter)

    readings = in_scanner(direction, _of_track(direction, scatter, math.dist(start, end)))

    assert readings.azimuth.track_sd == pytest.approx(expected.azimuth_sd)
    assert readings.elevation.track_sd == pytest.approx(expected.elevation_sd)
    assert readings.azimuth.frame_sd == 0.0


def test_isotropic_ends_give_the_closed_form_in_any_body() -> None:
    s, length, own = 2.0, 200.0, _turn(25, -20)
    frame = replace(_HEAD, rotation=any_rotation(np.random.default_rng(3)))
    direction = as_point(frame.rotation @ np.asarray(own))

    readings = in_body(direction, _of_track(direction, s**2 * np.eye(3), length), frame)

    assert readings.elevation.track_sd == pytest.approx(math.sqrt(2) * s / length)
    assert readings.azimuth.track_sd == pytest.approx(
        math.sqrt(2) * s / (length * math.cos(math.radians(20)))
    )


@pytest.mark.parametrize(
    ("direction", "azimuth_sd", "elevation_sd"),
    [
        (_turn(0, 0), 0.03, 0.01),  # forward: turning is azimuth, nodding is elevation
        (_turn(90, 0), 0.03, 0.02),  # to the left: tilting is elevation
        (_turn(45, 0), 0.03, math.sqrt((0.01**2 + 0.02**2) / 2)),
        (_turn(0, 60), math.hypot(0.03, 0.02 * math.tan(math.radians(60))), 0.01),
    ],
)
def test_the_frame_part_follows_how_the_head_nods_tilts_and_turns(
    direction: Point, azimuth_sd: float, elevation_sd: float
) -> None:
    readings = in_body(direction, _STILL, _known(_HEAD, 0.01, 0.02, 0.03))

    assert readings.azimuth.frame_sd == pytest.approx(azimuth_sd)
    assert readings.elevation.frame_sd == pytest.approx(elevation_sd)
    assert readings.azimuth.track_sd == 0.0


def test_the_parts_add_as_squares_and_the_95_percent_is_that_of_the_sum() -> None:
    direction = _turn(25, -20)
    readings = in_body(direction, _of_track(direction, np.eye(3), 150.0), _HEAD)

    for one in (readings.azimuth, readings.elevation, *readings.planes, *readings.projections):
        assert min(one.track_sd, one.frame_sd) > 0
        assert one.sd**2 == pytest.approx(one.track_sd**2 + one.frame_sd**2)
        assert one.half95 == pytest.approx(1.959964 * one.sd)


@pytest.mark.parametrize("seed", range(10))
def test_the_stated_errors_are_those_of_many_draws(seed: int) -> None:
    random = np.random.default_rng((11, seed))
    direction = _turn(float(random.uniform(-180, 180)), float(random.uniform(-60, 60)))
    of_track = _of_track(direction, any_scatter(random, 0.5, 3.0), 180.0)
    of_frame = any_scatter(random, 0.004, 0.012)
    frame = replace(_HEAD, covariance=of_frame)
    d = np.asarray(direction)

    drawn = d + random.multivariate_normal(np.zeros(3), of_track, 40_000, method="svd")
    turned = np.cross(drawn, random.multivariate_normal(np.zeros(3), of_frame, 40_000)) + drawn
    turned /= np.linalg.norm(turned, axis=1, keepdims=True)
    x, y, z = turned.T
    off = np.arctan2(x * d[1] - y * d[0], x * d[0] + y * d[1])

    readings = in_body(direction, of_track, frame)

    assert readings.azimuth.sd == pytest.approx(off.std(), rel=0.03)
    assert readings.elevation.sd == pytest.approx(np.arcsin(z).std(), rel=0.03)
    side, front, _ = readings.projections
    if side.value is not None and abs(d[1]) > 0.2:
        assert side.sd == pytest.approx(np.arctan2(z, np.abs(y)).std(), rel=0.05)
    if front.value is not None and abs(d[0]) > 0.2:
        assert front.sd == pytest.approx(np.arctan2(z, np.abs(x)).std(), rel=0.05)


# --- what is withheld ---


def test_nobody_confirmed_the_sides_so_nothing_depends_on_them() -> None:
    frame = head_frame(placed({**HEAD, "nasion": MIDLINE["nasion"]}))
    direction = _turn(25, -20)

    readings = in_body(direction, _of_track(direction, np.eye(3), 150.0), frame)

    for one in (*readings.components, readings.azimuth, readings.projections[2]):
        assert (one.value, one.why_not) == (None, Withheld.SIDES)
        assert one.sd > 0
    assert readings.elevation.value == pytest.approx(math.radians(-20))
    assert all(one.value is not None for one in readings.planes)


def test_a_head_that_swapped_sides_would_stand_on_its_head_gives_no_elevation_either() -> None:
    unconfirmed = in_body(_turn(25, -20), _STILL, head_frame(placed(HEAD)))
    trunk = in_body(_turn(25, -20), _STILL, trunk_frame(placed(GIRDLES)))

    assert unconfirmed.elevation.why_not is Withheld.SIDES
    assert unconfirmed.projections[0].why_not is Withheld.SIDES
    assert trunk.elevation.value == pytest.approx(math.radians(-20))


def test_an_azimuth_is_not_defined_where_its_95_percent_exceeds_45_degrees() -> None:
    for steep, defined in ((60.0, True), (89.0, False), (90.0, False)):
        direction = _turn(25, steep)
        readings = in_body(direction, _of_track(direction, np.eye(3), 60.0), _HEAD)
        assert (readings.azimuth.value is not None) is defined
        assert (readings.azimuth.why_not is None) is defined


def test_upright_on_a_plane_the_95_percent_is_that_of_the_tilt() -> None:
    direction = _turn(0, 90)
    readings = in_body(direction, _of_track(direction, np.eye(3), 100.0), _known(_HEAD, 0, 0, 0))

    tilt = math.sqrt(2) / 100.0
    assert readings.elevation.half95 == pytest.approx(math.sqrt(CHI2_2_95) * tilt)
    assert readings.planes[2].half95 == pytest.approx(math.sqrt(CHI2_2_95) * tilt)


def test_a_direction_without_the_length_one_is_our_bug() -> None:
    with pytest.raises(Bug, match="length 1"):
        in_scanner((1.0, 1.0, 0.0), _STILL)


# --- the stated 95% ---


def _share(some: list[Case], angle: str) -> float:
    held = [hit for case in some if (hit := holds(case, angle)) is not None]
    return sum(held) / len(held)


@pytest.mark.parametrize("angle", ["azimuth", "elevation"])
def test_the_stated_95_percent_holds_the_truth_in_90_to_99_of_100_constructed_cases(
    angle: str,
) -> None:
    assert 0.90 <= _share(cases(300), angle) <= 0.99


def test_an_azimuth_is_rarely_withheld_of_a_track_that_is_far_from_upright() -> None:
    assert withheld_wrongly(cases(300)) == 0
