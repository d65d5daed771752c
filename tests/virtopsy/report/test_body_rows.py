"""A track's angles in the body's frame stand under those of the scanner's, each with its shares."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from tests.constructed_body import HEAD, ORIGIN
from virtopsy.findings.landmark import Landmark
from virtopsy.findings.trajectory import Trajectory
from virtopsy.geometry.camera import as_point
from virtopsy.language import Language
from virtopsy.report.body_rows import body_directions, body_rows, frame_texts

_TRACK = Trajectory(
    ((40.0, 10.0, 20.0), (-50.0, 30.0, 40.0)), finding_id="t", name="T", series_uid="1.2"
).stated(0, "A")


def marks(by: str | None) -> tuple[Landmark, ...]:
    return tuple(
        Landmark(
            as_point(np.asarray(place) + np.asarray(ORIGIN)),
            code,
            side_confirmed_by=by,
            finding_id=code,
            name=code,
            series_uid="1.2",
        )
        for code, place in HEAD.items()
    )


def test_without_landmarks_there_is_the_scanners_projection_alone() -> None:
    (projected,) = body_rows(_TRACK, (), Language.EN)
    assert projected[0] == "Scanner's frame, angle of the projection"
    assert projected[1:4] == ["", "", ""]
    assert all("±" in one for one in projected[4:])
    assert frame_texts((), "1.2", Language.EN) == ()


def test_nothing_is_said_of_travel_until_the_entry_is_stated() -> None:
    unstated = replace(_TRACK, entry=None, direction_by=None, stated_by=None)
    assert body_rows(unstated, marks("A"), Language.EN) == []
    assert body_directions(unstated, marks("A"), Language.EN) == ()


@pytest.mark.parametrize("language", Language)
def test_the_heads_frame_adds_its_angles_with_the_shares_of_their_error(language: Language) -> None:
    rows = body_rows(_TRACK, marks("Ә. Сарапшы"), language)
    assert len(rows) == 3
    for cell in rows[1][2:]:
        value, shares = cell.split("\n")
        assert "±" in value
        assert "|" in shares
    (text,) = frame_texts(marks("Ә. Сарапшы"), "1.2", language)
    assert "Ә. Сарапшы" in text
    assert body_directions(_TRACK, marks("A"), language)


def test_what_needs_a_left_is_withheld_until_a_person_confirmed_it() -> None:
    rows = body_rows(_TRACK, marks(None), Language.EN)
    assert "withheld" in rows[1]
    assert "nobody has confirmed" in " ".join(body_directions(_TRACK, marks(None), Language.EN))


@pytest.mark.parametrize("language", Language)
def test_landmarks_that_make_no_frame_say_what_is_missing(language: Language) -> None:
    (text,) = frame_texts(marks("A")[:1], "1.2", language)
    assert text
    assert body_rows(_TRACK, marks("A")[:1], language) == body_rows(_TRACK, (), language)
