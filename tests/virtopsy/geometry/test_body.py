"""The frame of a body lies as its landmarks say, knows how well, and refuses what no body is."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence

import numpy as np
import pytest
from scipy.spatial.transform import Rotation

from tests.constructed_body import (
    ANYBODY,
    GIRDLES,
    HEAD,
    MIDLINE,
    ORIGIN,
    SEEN,
    SPINE,
    any_head,
    any_rotation,
    any_scatter,
    any_trunk,
    marked_exactly,
    placed,
)
from virtopsy.errors import InputError
from virtopsy.geometry.body import BodyFrame, Kind, Sides, head_frame, trunk_frame
from virtopsy.geometry.body_axes import Method
from virtopsy.geometry.camera import Point
from virtopsy.geometry.frame import Floats
from virtopsy.geometry.landmark import MarkedLandmark, marked, stacked
from virtopsy.phantom.anatomy import build as build_phantom

_BUILD: Mapping[Kind, Callable[[Sequence[MarkedLandmark], Sides | None], BodyFrame]] = {
    Kind.HEAD: head_frame,
    Kind.TRUNK: trunk_frame,
}
_WHOLE: Mapping[str, tuple[Kind, Mapping[str, Point]]] = {
    "head": (Kind.HEAD, {**HEAD, **MIDLINE}),
    "girdles": (Kind.TRUNK, GIRDLES),
    "spine": (Kind.TRUNK, SPINE),
}
_MIRRORS = [np.diag(signs) for signs in ((-1.0, 1, 1), (1.0, -1, 1), (1.0, 1, -1), (-1.0, -1, -1))]


def _frame(name: str, rotation: Floats, sides: Sides | None = SEEN) -> BodyFrame:
    kind, places = _WHOLE[name]
    return _BUILD[kind](placed(places, rotation), sides)


def _small(rotation: Floats) -> Floats:
    return np.array([rotation[2, 1], rotation[0, 2], rotation[1, 0]])


# --- where the axes lie ---


@pytest.mark.parametrize("name", _WHOLE)
@pytest.mark.parametrize("seed", range(12))
def test_the_axes_are_found_however_the_body_lies(name: str, seed: int) -> None:
    rotation = any_rotation(np.random.default_rng(seed))

    frame = _frame(name, rotation)

    np.testing.assert_allclose(frame.rotation, rotation, atol=1e-9)
    assert np.linalg.det(frame.rotation) == pytest.approx(1.0)


@pytest.mark.parametrize("name", _WHOLE)
@pytest.mark.parametrize("axis", range(3))
def test_prone_feet_first_and_turned_round_are_found_once_a_person_saw_them(
    name: str, axis: int
) -> None:
    rotation = np.asarray(Rotation.from_rotvec(math.pi * np.eye(3)[axis]).as_matrix())

    np.testing.assert_allclose(_frame(name, rotation).rotation, rotation, atol=1e-9)


@pytest.mark.parametrize(
    ("places", "method"),
    [
        (HEAD, Method.PORIONS),
        ({**HEAD, "nasion": MIDLINE["nasion"]}, Method.PORIONS),
        ({**HEAD, **MIDLINE}, Method.MIDLINE),
    ],
)
def test_the_midline_carries_the_midsagittal_plane_where_both_its_ends_are_marked(
    places: Mapping[str, Point], method: Method
) -> None:
    assert head_frame(placed(places)).method is method
    assert head_frame(placed(places), midline=False).method is Method.PORIONS


@pytest.mark.parametrize("left", ["orbitale_left", "orbitale_right"])
def test_one_orbitale_is_enough(left: str) -> None:
    places = {code: place for code, place in HEAD.items() if code != left}

    np.testing.assert_allclose(head_frame(placed(places)).rotation, np.eye(3), atol=1e-12)


def test_the_frankfurt_horizontal_of_an_uneven_head_is_that_of_its_three_points() -> None:
    places = {
        "porion_left": (60.0, 1.0, 2.0),
        "porion_right": (-63.0, -2.0, -1.0),
        "orbitale_left": (31.0, -79.0, 3.0),
    }
    por_left, por_right, orbitale = (np.array(one) for one in places.values())
    up = np.cross(por_left - por_right, por_right - orbitale)
    up /= np.linalg.norm(up)
    left = (por_left - por_right) / np.linalg.norm(por_left - por_right)

    frame = head_frame(placed(places))

    np.testing.assert_allclose(frame.rotation[:, 2], up, atol=1e-12)
    np.testing.assert_allclose(frame.rotation[:, 0], left, atol=1e-12)
    np.testing.assert_allclose(frame.rotation[:, 1], np.cross(up, left), atol=1e-12)


def test_porions_that_lie_aslant_do_not_turn_a_midsagittal_plane_from_the_midline() -> None:
    aslant = {**HEAD, "porion_left": (62.0, 4.0, 0.0), "porion_right": (-60.0, -4.0, 0.0)}
    marks = placed({**aslant, **MIDLINE})

    by_midline, by_porions = head_frame(marks), head_frame(marks, midline=False)

    np.testing.assert_allclose(by_midline.rotation, np.eye(3), atol=1e-9)
    turned = _small(by_porions.rotation)[2]
    assert turned == pytest.approx(math.atan2(8.0, 122.0), rel=0.01)
    assert by_midline.coordinates((ORIGIN[0], ORIGIN[1], ORIGIN[2]))[0] == pytest.approx(0.0)


def test_the_axis_of_the_spine_is_the_line_its_bodies_lie_nearest_to() -> None:
    bent = {**SPINE, "vertebral_body_t8": (4.0, 9.0, 100.0), "vertebral_body_l3": (-3.0, -6, -100)}
    points = np.array([place for code, place in bent.items() if code.startswith("vertebral")])
    along = np.linalg.eigh(np.cov(points.T))[1][:, 2]

    frame = trunk_frame(placed(bent))

    assert abs(frame.rotation[:, 2] @ along) == pytest.approx(1.0)
    assert frame.rotation[2, 2] > 0.99
    np.testing.assert_allclose(frame.origin_mm, points.mean(axis=0) + ORIGIN)


def test_the_phantoms_head_lies_as_its_truth_says() -> None:
    for seed in (1, 2):
        truth = build_phantom(seed).truth()
        marks = [
            marked(code, [place]) for code, place in truth.landmarks_mm.items() if code in HEAD
        ]

        frame = head_frame(marks, ANYBODY)

        # No face is even, and the phantom's is not: its right side is not the mirror of its left.
        off = _small(frame.rotation.T @ np.array(truth.frankfurt_axes))
        assert np.abs(np.degrees(off)).max() < 0.6
        assert off @ np.linalg.solve(frame.covariance, off) < 7.81  # chi-squared, 3, 95%
        assert frame.rotation_sd[0] == pytest.approx(math.radians(0.5), rel=0.03)


# --- how well they are known ---


def test_the_published_observers_leave_the_frankfurt_horizontal_half_a_degree() -> None:
    nod, tilt, turn = np.degrees(head_frame(placed(HEAD)).rotation_sd)

    assert nod == pytest.approx(0.5, abs=0.01)
    assert 0.35 < tilt < 0.55
    assert 0.35 < turn < 0.55


def test_three_points_scatter_as_the_closed_form_says() -> None:
    s, half, eye, depth = 0.9, 62.0, 33.0, 80.0
    places = {code: HEAD[code] for code in ("porion_left", "porion_right", "orbitale_left")}
    origin = np.asarray(ORIGIN)
    marks = [
        marked(code, [tuple((origin + place).tolist())], observer_sd_mm=s)
        for code, place in places.items()
    ]

    covariance = head_frame(marks).covariance

    # z of the porions tilts; z of the orbitale against the line of the porions nods.
    tilt = 2 * s**2 / (2 * half) ** 2
    beside = eye / (2 * half)
    nod = (s**2 + s**2 * ((0.5 + beside) ** 2 + (0.5 - beside) ** 2)) / depth**2
    assert covariance[1, 1] == pytest.approx(tilt, rel=1e-6)
    assert covariance[2, 2] == pytest.approx(tilt, rel=1e-6)
    assert covariance[0, 0] == pytest.approx(nod, rel=1e-6)


@pytest.mark.parametrize("seed", range(14))
def test_the_propagated_covariance_is_that_of_many_marked_again(seed: int) -> None:
    random = np.random.default_rng((5, seed))
    kind = Kind.HEAD if seed % 2 else Kind.TRUNK
    places = any_head(random) if kind is Kind.HEAD else any_trunk(random)
    rotation = any_rotation(random)
    scatters = {code: any_scatter(random, 0.3, 1.5) for code in places}

    frame = marked_exactly(kind, places, rotation, scatters).frame()

    at, _ = stacked(frame.landmarks)
    lower = [np.linalg.cholesky(scatters[one.code]) for one in frame.landmarks]
    turns = []
    for _ in range(1500):
        slips = [one @ random.standard_normal(3) for one in lower]
        turns.append(_small(frame.axes_of(at + np.array(slips))[1].T @ rotation))

    scale = np.sqrt(np.outer(np.diag(frame.covariance), np.diag(frame.covariance)))
    # 1500 draws fix a variance to 3.7% (1 SD) and a correlation to 0.026.
    np.testing.assert_allclose(
        np.cov(np.array(turns).T) / scale, frame.covariance / scale, atol=0.15
    )


# --- left and right ---


@pytest.mark.parametrize("name", _WHOLE)
@pytest.mark.parametrize("mirror", _MIRRORS)
@pytest.mark.parametrize("sides", [None, ANYBODY, SEEN])
def test_a_mirrored_image_is_refused_whoever_confirms_it(
    name: str, mirror: Floats, sides: Sides | None
) -> None:
    with pytest.raises(InputError, match=r"mirrored|to the right|contradict"):
        _frame(name, mirror, sides)


@pytest.mark.parametrize("name", _WHOLE)
def test_swapped_names_are_refused(name: str) -> None:
    kind, places = _WHOLE[name]
    swapped = {
        code.replace("left", "*").replace("right", "left").replace("*", "right"): place
        for code, place in places.items()
    }

    with pytest.raises(InputError, match=r"mirrored"):
        _BUILD[kind](placed(swapped), SEEN)


def test_a_left_on_the_right_stops_the_work_until_a_person_saw_it() -> None:
    round_about = np.diag([-1.0, -1.0, 1.0])
    marks = placed({**HEAD, **MIDLINE}, round_about)

    for sides in (None, ANYBODY):
        with pytest.raises(InputError, match="to the right of its partner"):
            head_frame(marks, sides)
    assert head_frame(marks, SEEN).sides is SEEN


def test_a_left_on_the_right_needs_a_landmark_that_shows_it_is_no_swap() -> None:
    marks = placed(HEAD, np.diag([-1.0, -1.0, 1.0]))

    with pytest.raises(InputError, match="mark one more"):
        head_frame(marks, SEEN)


def test_confirming_later_asks_the_same_questions() -> None:
    frame = head_frame(placed({**HEAD, **MIDLINE}))
    assert frame.sides is None
    assert frame.confirmed(ANYBODY).sides is ANYBODY
    assert frame.confirmed(ANYBODY).confirmed(None).sides is None

    round_about = head_frame(placed({**HEAD, **MIDLINE}, np.diag([-1.0, -1.0, 1.0])), SEEN)
    with pytest.raises(InputError, match="to the right of its partner"):
        round_about.confirmed(ANYBODY)


def test_nobody_confirms_nothing() -> None:
    with pytest.raises(InputError, match="name"):
        Sides("  ")


def test_up_is_only_known_without_the_sides_where_a_landmark_shows_it() -> None:
    assert not head_frame(placed(HEAD)).up_known
    assert head_frame(placed(HEAD), ANYBODY).up_known
    assert head_frame(placed({**HEAD, "nasion": MIDLINE["nasion"]})).up_known
    assert trunk_frame(placed(GIRDLES)).up_known


# --- what is no body ---


@pytest.mark.parametrize(
    ("places", "said"),
    [
        ({}, "needs both porions"),
        ({code: HEAD[code] for code in ("porion_left", "orbitale_left")}, "needs both porions"),
        ({code: HEAD[code] for code in ("porion_left", "porion_right")}, "at least one orbitale"),
        ({**HEAD, "porion_left": (150.0, 0.0, 0.0)}, "212 mm apart"),
        ({**HEAD, "orbitale_left": (50.0, -10.0, 0.0)}, "apart"),
        ({**HEAD, "orbitale_left": HEAD["orbitale_right"]}, "apart"),
        (
            {**HEAD, "orbitale_left": (-50.0, -80, 0), "orbitale_right": (20.0, -80, 0)},
            "contradict",
        ),
        ({**HEAD, "orbitale_left": (33.0, -80.0, 45.0)}, "off one plane"),
        ({**HEAD, "nasion": (0.0, 60.0, 30.0)}, "midline landmarks contradict"),
        ({**HEAD, **MIDLINE, "inion": (60.0, 85, 0)}, "midline landmarks contradict"),
        ({**HEAD, "opisthion": (0.0, 35.0, 28.0)}, "mirrored"),
        ({**HEAD, "c7": (0.0, 60.0, -90.0)}, "no landmark of the head"),
        (
            {
                "porion_left": (62.0, 0, 0),
                "porion_right": (-62.0, 0, 0),
                "orbitale_left": (17.0, -2, 0),
            },
            "one line",
        ),
    ],
)
def test_a_head_that_is_none_is_refused(places: Mapping[str, Point], said: str) -> None:
    with pytest.raises(InputError, match=said):
        head_frame(placed(places), ANYBODY)


@pytest.mark.parametrize(
    ("places", "said"),
    [
        ({}, "needs C7"),
        ({code: GIRDLES[code] for code in ("c7", "asis_left", "asis_right")}, "needs C7"),
        ({**GIRDLES, "asis_left": (400.0, 0.0, 0.0)}, "apart"),
        ({**GIRDLES, "c7": (0.0, -50.0, 400.0)}, "apart"),
        ({**GIRDLES, "c7": (0.0, -120.0, 430.0)}, "mirrored"),
        ({**SPINE, "vertebral_body_t8": (0.0, 0.0, 900.0)}, "apart"),
        ({**SPINE, "vertebral_body_t8": (0.0, 0.0, -60.0)}, "order of their numbers"),
        ({code: SPINE[code] for code in SPINE if "transverse" not in code}, "needs C7"),
        ({**SPINE, "nasion": (0.0, -80.0, 500.0)}, "no landmark of the trunk"),
    ],
)
def test_a_trunk_that_is_none_is_refused(places: Mapping[str, Point], said: str) -> None:
    with pytest.raises(InputError, match=said):
        trunk_frame(placed(places), ANYBODY)


def test_a_landmark_marked_twice_is_refused() -> None:
    marks = placed(HEAD)

    with pytest.raises(InputError, match="marked twice"):
        head_frame((*marks, marks[0]))


def test_landmarks_known_too_badly_make_no_frame() -> None:
    marks = [marked(one.code, [one.lps_mm], observer_sd_mm=20.0) for one in placed(HEAD)]

    with pytest.raises(InputError, match="more than 10°"):
        head_frame(marks)
