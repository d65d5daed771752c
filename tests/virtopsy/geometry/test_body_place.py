"""Where a wound lies on the body: exact in every position, with the error that many draws show."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest

from tests.constructed_body import (
    ANYBODY,
    GIRDLES,
    HEAD,
    MIDLINE,
    SEEN,
    Body,
    any_head,
    any_rotation,
    any_scatter,
    any_trunk,
    marked_exactly,
)
from virtopsy.errors import InputError
from virtopsy.geometry.body import BodyFrame, Kind, head_frame
from virtopsy.geometry.body_place import (
    Basis,
    Flexion,
    Posture,
    along_axis,
    distance_to_landmark,
    distance_to_midline,
    entered_height,
    height_above,
)
from virtopsy.geometry.camera import Point, as_point
from virtopsy.geometry.landmark import MarkedLandmark, Side, marked

_STRAIGHT = Posture(Flexion.STRAIGHT, "A. Expert")
_FINE = 1e-4 * np.eye(3)
_HEEL: Point = (90.0, 30.0, -880.0)


def _head(seed: int) -> Body:
    random = np.random.default_rng(seed)
    places = {**HEAD, **MIDLINE}
    scatters = {code: any_scatter(random, 0.3, 1.5) for code in places}
    return marked_exactly(Kind.HEAD, places, any_rotation(random), scatters)


def _trunk(seed: int) -> Body:
    random = np.random.default_rng(seed)
    scatters = {code: any_scatter(random, 0.5, 3.0) for code in GIRDLES}
    return marked_exactly(Kind.TRUNK, GIRDLES, any_rotation(random), scatters)


@pytest.mark.parametrize("seed", range(5))
@pytest.mark.parametrize(("aside", "side"), [(40.0, Side.LEFT), (-40.0, Side.RIGHT)])
def test_a_wound_lies_as_far_from_the_midline_as_it_was_put(
    seed: int, aside: float, side: Side
) -> None:
    body = _head(seed)

    found = distance_to_midline(body.frame(), body.lps((aside, -50.0, 60.0)), _FINE)

    assert found.distance.mm == pytest.approx(40.0)
    assert found.side is side


def test_no_side_is_named_within_the_95_percent_of_the_midline() -> None:
    body = _head(1)
    found = distance_to_midline(body.frame(), body.lps((0.3, -50.0, 60.0)), np.eye(3))

    assert found.distance.half95_mm > found.distance.mm
    assert (found.side, found.sides_confirmed) == (None, True)


def test_no_side_is_named_until_somebody_confirmed_the_sides() -> None:
    body = marked_exactly(Kind.HEAD, HEAD, np.eye(3), dict.fromkeys(HEAD, np.eye(3)))
    wound = body.lps((40.0, -50.0, 60.0))

    found = distance_to_midline(head_frame(body.marks), wound, _FINE)

    assert found.distance.mm == pytest.approx(40.0)
    assert (found.side, found.sides_confirmed) == (None, False)
    confirmed = head_frame(body.marks).confirmed(ANYBODY)
    assert distance_to_midline(confirmed, wound, _FINE).side is Side.LEFT


def test_the_error_of_the_midline_distance_is_the_closed_form() -> None:
    s, half = 0.8, 62.0
    body = marked_exactly(Kind.HEAD, HEAD, np.eye(3), dict.fromkeys(HEAD, s**2 * np.eye(3)))
    ahead, wound_sd = -50.0, 1.3

    found = distance_to_midline(body.frame(), body.lps((40.0, ahead, 0.0)), wound_sd**2 * np.eye(3))

    # The midpoint moves aside by s / sqrt(2); the line of the porions turns by sqrt(2) s / 2 half.
    # Both porions moved forward together leave aside what turns the plane, so that is all there is.
    turned = math.sqrt(2) * s / (2 * half) * ahead
    assert found.distance.wound_sd_mm == pytest.approx(wound_sd)
    assert found.distance.frame_sd_mm == pytest.approx(math.hypot(s / math.sqrt(2), turned))
    assert found.distance.sd_mm == pytest.approx(
        math.hypot(found.distance.wound_sd_mm, found.distance.frame_sd_mm)
    )


@pytest.mark.parametrize("seed", range(5))
def test_a_wound_lies_as_high_above_the_heel_as_it_was_put(seed: int) -> None:
    body = _trunk(seed)
    heel = marked("heel_left", [body.lps(_HEEL)])

    found = height_above(body.frame(), heel, body.lps((-60.0, -90.0, 310.0)), _FINE, _STRAIGHT)

    assert found.distance.mm == pytest.approx(1190.0)
    assert found.basis is Basis.MEASURED
    assert found.posture is _STRAIGHT
    assert found.distance.frame_sd_mm > 3.0  # the heel alone scatters by as much


def test_a_height_is_not_taken_along_the_head() -> None:
    body = _head(1)
    heel = marked("heel_left", [body.lps(_HEEL)])

    with pytest.raises(InputError, match="trunk"):
        height_above(body.frame(), heel, body.lps((0.0, 0.0, 0.0)), _FINE, _STRAIGHT)


def test_an_entered_height_is_marked_as_such_and_keeps_its_own_error() -> None:
    found = entered_height(1340.0, 10.0, _STRAIGHT)

    assert found.basis is Basis.ENTERED
    assert (found.distance.mm, found.distance.sd_mm) == (1340.0, 10.0)


@pytest.mark.parametrize(
    ("mm", "sd_mm"),
    [
        (-1.0, 10.0),
        (3000.0, 10.0),
        (1300.0, 0.0),
        (1300.0, 900.0),
        (math.nan, 10.0),
        (1e3, math.nan),
    ],
)
def test_an_impossible_height_is_refused(mm: float, sd_mm: float) -> None:
    with pytest.raises(InputError, match="height"):
        entered_height(mm, sd_mm, _STRAIGHT)


def test_nobody_states_no_posture() -> None:
    with pytest.raises(InputError, match="name"):
        Posture(Flexion.FLEXED, " ")


def test_the_distance_to_a_landmark_is_that_of_two_scattered_points() -> None:
    s, mark = 2.0, marked("umbilicus", [(0.0, 0.0, 0.0)], observer_sd_mm=2.0)

    found = distance_to_landmark(mark, (30.0, 40.0, 120.0), s**2 * np.eye(3))

    assert found.mm == pytest.approx(130.0)
    assert found.sd_mm == pytest.approx(math.sqrt(2) * s)


def test_a_wound_on_the_landmark_itself_still_has_an_error() -> None:
    mark = marked("umbilicus", [(1.0, 2.0, 3.0)], observer_sd_mm=2.0)

    found = distance_to_landmark(mark, (1.0, 2.0, 3.0), 4.0 * np.eye(3))

    assert found.mm == 0.0
    assert found.sd_mm == pytest.approx(math.sqrt(8))


@pytest.mark.parametrize("axis", range(3))
def test_how_far_along_an_axis_a_wound_lies_from_a_landmark_has_a_sign(axis: int) -> None:
    body = _trunk(4)
    notch = next(one for one in body.marks if one.code == "sternal_notch")
    own = np.asarray(GIRDLES["sternal_notch"]) + np.array([20.0, -30.0, -40.0])

    found = along_axis(body.frame(), axis, notch, body.lps(as_point(own)), _FINE)

    assert found.mm == pytest.approx((20.0, -30.0, -40.0)[axis])


@pytest.mark.parametrize("seed", range(8))
def test_the_stated_errors_are_those_of_many_draws(seed: int) -> None:
    random = np.random.default_rng((21, seed))
    kind = Kind.HEAD if seed % 2 else Kind.TRUNK
    places = any_head(random) if kind is Kind.HEAD else any_trunk(random)
    scatters = {code: any_scatter(random, 0.3, 1.5) for code in places}
    body = marked_exactly(kind, places, any_rotation(random), scatters)
    frame, wound = body.frame(SEEN), body.lps((35.0, -60.0, 110.0))
    far = marked("heel_right", [body.lps(_HEEL)])
    own = frame.landmarks[int(random.integers(len(places)))]
    marks = (*frame.landmarks, far)
    at = np.array([one.lps_mm for one in marks])
    roots = [np.linalg.cholesky(one.covariance) for one in marks]
    chosen = frame.landmarks.index(own)

    drawn = []
    for _ in range(1500):
        moved = at + np.array([root @ random.standard_normal(3) for root in roots])
        origin, axes = frame.axes_of(moved[:-1])
        drawn.append(
            (
                (wound - origin) @ axes[:, 0],
                (wound - moved[-1]) @ axes[:, 2],
                (wound - moved[chosen]) @ axes[:, 1],
            )
        )

    stated = (
        distance_to_midline(frame, wound, _FINE).distance.frame_sd_mm,
        along_axis(frame, 2, far, wound, _FINE).frame_sd_mm,
        along_axis(frame, 1, own, wound, _FINE).frame_sd_mm,
    )
    np.testing.assert_allclose(np.std(drawn, axis=0), stated, rtol=0.08)


def test_a_frame_moved_with_its_landmarks_leaves_every_distance_as_it_was() -> None:
    body, turn = _trunk(2), any_rotation(np.random.default_rng(9))
    wound: Point = (33.0, -44.0, 155.0)
    shift = np.array([5.0, 6.0, 7.0])
    moved_marks = tuple(_moved(one, turn, shift) for one in body.marks)
    there = as_point(turn @ np.asarray(body.lps(wound)) + shift)

    here = _told(body.frame(), body.lps(wound))
    moved = _told(replace(body, marks=moved_marks).frame(), there)

    assert moved == pytest.approx(here)


def _moved(mark: MarkedLandmark, turn: np.ndarray, shift: np.ndarray) -> MarkedLandmark:
    place = as_point(turn @ np.asarray(mark.lps_mm) + shift)
    rows = turn @ np.asarray(mark.covariance) @ turn.T
    first, second, third = (as_point(row) for row in (rows + rows.T) / 2)
    return replace(mark, lps_mm=place, covariance=(first, second, third))


def _told(frame: BodyFrame, wound: Point) -> tuple[float, ...]:
    aside = distance_to_midline(frame, wound, np.eye(3)).distance
    upward = along_axis(frame, 2, frame.landmarks[0], wound, np.eye(3))
    return (aside.mm, aside.wound_sd_mm, aside.frame_sd_mm, upward.mm, upward.frame_sd_mm)
