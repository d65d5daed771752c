"""The body's frames follow from the marked landmarks; only a person confirms the sides."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import numpy as np
import pytest

from tests.constructed_body import GIRDLES, HEAD, MIDLINE, ORIGIN
from virtopsy.findings.finding import Finding
from virtopsy.findings.frames import all_angles, body_frame, frame_lines_of, frames_of, why_not
from virtopsy.findings.landmark import Landmark
from virtopsy.findings.trajectory import Trajectory
from virtopsy.findings.wound import Wound
from virtopsy.geometry.body import Kind
from virtopsy.geometry.camera import Point, as_point
from virtopsy.language import Language

_SERIES = "1.2"
_TURNED = np.array([[0.0, 1.0, 0.0], [-1.0, 0.0, 0.0], [0.0, 0.0, 1.0]]).T
"""A body that was scanned on its side: its own left is the scanner's front."""


def _marks(
    places: Mapping[str, Point], by: str | None, rotation: object = None, **other: object
) -> tuple[Landmark, ...]:
    turned = np.eye(3) if rotation is None else np.asarray(rotation)
    return tuple(
        Landmark(
            as_point(turned @ np.asarray(place) + np.asarray(ORIGIN)),
            code,
            side_confirmed_by=by,
            finding_id=code,
            name=code,
            series_uid=_SERIES,
            **other,  # type: ignore[arg-type]
        )
        for code, place in places.items()
    )


def _track(entry: int | None = 0) -> Trajectory:
    start, end = (np.asarray(ORIGIN) + one for one in ((40.0, 10.0, 20.0), (-50.0, 30.0, 40.0)))
    return Trajectory(
        (as_point(start), as_point(end)),
        entry=entry,
        direction_by=None if entry is None else "expert",
        finding_id="t",
        name="t",
        series_uid=_SERIES,
    )


def _text(findings: tuple[Finding, ...], finding: Finding, language: Language) -> str:
    lines = frame_lines_of(finding, findings, language)
    if isinstance(finding, Trajectory):
        lines = (*lines, *all_angles(finding, findings, language))
    return "\n".join(f"{one.label}: {one.text}" for one in lines)


def test_four_landmarks_give_the_head_its_frame_and_no_landmark_gives_none() -> None:
    marks = _marks(HEAD, "Ә. Сарапшы")

    (head,) = frames_of(marks, _SERIES)

    assert head.kind is Kind.HEAD
    assert np.allclose(head.rotation, np.eye(3), atol=1e-6)
    assert frames_of((), _SERIES) == ()
    assert frames_of(marks, "another series") == ()


def test_what_is_missing_is_said_where_somebody_asks() -> None:
    marks = _marks({"porion_left": HEAD["porion_left"]}, None)

    error = why_not(Kind.HEAD, marks, _SERIES)

    assert error is not None
    assert error.sentence(Language.KK)
    assert frames_of(marks, _SERIES) == ()
    assert why_not(Kind.HEAD, _marks(HEAD, None), _SERIES) is None


@pytest.mark.parametrize("language", Language)
def test_left_and_right_are_unsaid_until_one_person_confirmed_all_of_them(
    language: Language,
) -> None:
    nobody, one = _marks(HEAD, None), _marks(HEAD, "Ә. Сарапшы")
    several = (*one[:2], *(replace(mark, side_confirmed_by="B") for mark in one[2:]))

    assert body_frame(Kind.HEAD, nobody, _SERIES).sides is None
    assert body_frame(Kind.HEAD, several, _SERIES).sides is None
    sides = body_frame(Kind.HEAD, one, _SERIES).sides
    assert sides is not None
    assert sides.confirmed_by == "Ә. Сарапшы"
    assert "Ә. Сарапшы" in _text(one, _track(), language)
    assert "Ә. Сарапшы" not in _text(nobody, _track(), language)


def test_a_moved_landmark_is_confirmed_no_longer() -> None:
    mark = _marks(HEAD, "Ә. Сарапшы")[0]

    assert mark.moved(0, (1.0, 2.0, 3.0)).side_confirmed_by is None


def test_a_body_on_its_side_has_its_own_angles() -> None:
    witness = {**HEAD, "nasion": MIDLINE["nasion"]}
    marks = _marks(witness, "Ә. Сарапшы", _TURNED, against_scanner=True)
    (head,) = frames_of(marks, _SERIES)

    assert np.allclose(head.rotation, _TURNED, atol=1e-6)


def test_without_a_stated_entry_a_track_has_no_angles_of_travel() -> None:
    assert frame_lines_of(_track(None), _marks(HEAD, "A"), Language.EN) == ()


def test_the_second_end_as_entry_turns_every_angle_about() -> None:
    marks = _marks(HEAD, "A")
    first, second = (_text(marks, _track(entry), Language.EN) for entry in (0, 1))

    assert "right to left" in second.replace("the person's own ", "") or first != second


def test_a_wound_tells_its_place_and_a_height_only_with_a_stated_posture() -> None:
    heel = {"heel_left": (60.0, 40.0, -800.0)}
    marks = _marks({**GIRDLES, **heel}, "A")
    at = as_point(np.add(ORIGIN, (30.0, -50.0, 300.0)))
    wound = Wound(at, finding_id="w", name="w", series_uid=_SERIES)

    plain = _text(marks, wound, Language.EN)
    stated = _text(marks, replace(wound, flexion="straight", posture_by="A"), Language.EN)
    entered = _text(
        (),
        replace(
            wound,
            flexion="straight",
            posture_by="A",
            entered_height_mm=1420.0,
            entered_height_sd_mm=10.0,
        ),
        Language.EN,
    )

    assert "30" in plain
    assert "1100" not in plain
    assert "1100" in stated
    assert "1420" in entered


def test_the_voxels_of_a_click_widen_a_landmark_and_the_hand_is_not_counted_twice() -> None:
    plain = _marks(HEAD, None)
    clicked = _marks(HEAD, None, point_sd_mm=(1.0, 1.0, 1.8), sd_source="clicks")

    one = body_frame(Kind.HEAD, plain, _SERIES).landmarks[0]
    other = body_frame(Kind.HEAD, clicked, _SERIES).landmarks[0]

    assert other.sd_mm[:2] == pytest.approx(one.sd_mm[:2])
    assert other.sd_mm[2] == pytest.approx(np.sqrt(one.sd_mm[2] ** 2 + 1.8**2 - 1))
