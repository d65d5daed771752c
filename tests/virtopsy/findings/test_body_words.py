"""Words of a body's own frame go only as far as track, frame and a person's statement do."""

from __future__ import annotations

import math

import numpy as np
import pytest

from tests.constructed_body import ANYBODY, GIRDLES, HEAD, MIDLINE, SEEN, SPINE, placed
from virtopsy.errors import Bug
from virtopsy.findings.body_words import (
    angle_lines,
    body_direction_words,
    body_lines,
    height_line,
    landmark_line,
    midline_line,
)
from virtopsy.geometry.body import BodyFrame, head_frame, trunk_frame
from virtopsy.geometry.body_direction import in_body, in_scanner
from virtopsy.geometry.body_place import (
    Flexion,
    Posture,
    distance_to_landmark,
    distance_to_midline,
    entered_height,
    height_above,
)
from virtopsy.geometry.camera import Point
from virtopsy.geometry.landmark import marked
from virtopsy.language import Language, say

_HEAD = head_frame(placed(HEAD), ANYBODY)
_TRUNK = trunk_frame(placed(GIRDLES), ANYBODY)
_SURE = 1e-8 * np.eye(3)


def _unit(x: float, y: float, z: float) -> Point:
    length = math.hypot(x, y, z)
    return x / length, y / length, z / length


def _words(direction: Point, frame: BodyFrame, language: Language = Language.EN) -> str | None:
    return body_direction_words(in_body(direction, _SURE, frame), language)


def _all(frame: BodyFrame, language: Language, direction: Point | None = None) -> str:
    readings = in_body(direction or _unit(1, 2, -1), _SURE, frame)
    return "\n".join(f"{one.label}: {one.text}" for one in body_lines(readings, frame, language))


@pytest.mark.parametrize(
    ("direction", "frame", "words"),
    [
        (
            _unit(1, 1, 1),
            _HEAD,
            (
                "from front to back, from the person's own right to the person's own left, "
                "upward, towards the crown"
            ),
        ),
        (
            _unit(-1, -1, -1),
            _TRUNK,
            (
                "from back to front, from the person's own left to the person's own right, "
                "downward, towards the feet"
            ),
        ),
        (
            _unit(0, 1, 0),
            _HEAD,
            (
                "from front to back, no measurable deviation to the person's own right or left, "
                "no measurable deviation towards crown or neck"
            ),
        ),
    ],
)
def test_the_sides_are_the_persons_own(direction: Point, frame: BodyFrame, words: str) -> None:
    assert _words(direction, frame) == words


def test_a_component_within_the_error_of_the_frame_alone_is_not_named() -> None:
    slightly = _unit(math.tan(math.radians(0.6)), 1.0, 0.0)  # turning is known to 0.46 degrees

    assert "from the person's own right" not in str(_words(slightly, _HEAD))
    clearly = _unit(math.tan(math.radians(1.2)), 1.0, 0.0)
    assert "from the person's own right" in str(_words(clearly, _HEAD))


def test_a_body_laid_the_other_way_round_keeps_its_own_left() -> None:
    round_about = np.diag([-1.0, -1.0, 1.0])
    frame = head_frame(placed({**HEAD, **MIDLINE}, round_about), SEEN)

    words = _words(_unit(-1, -1, 0.5), frame)  # to the scanner's right and front

    assert words is not None
    assert words.startswith("from front to back, from the person's own right")


@pytest.mark.parametrize("language", Language)
def test_without_a_confirmation_there_are_neither_words_nor_azimuth(language: Language) -> None:
    frame = head_frame(placed(HEAD))
    readings = in_body(_unit(1, 2, -1), _SURE, frame)

    assert body_direction_words(readings, language) is None
    withheld = [line for line in angle_lines(readings, language) if "°" not in line.text]
    assert len(withheld) == 5  # azimuth, elevation and the three projections
    assert len(angle_lines(readings, language)) == 8


@pytest.mark.parametrize("language", Language)
def test_every_angle_tells_95_percent_1_sd_and_both_parts(language: Language) -> None:
    told = angle_lines(in_body(_unit(1, 2, -1), 1e-4 * np.eye(3), _HEAD), language)

    assert len({line.label for line in told}) == 8
    for line in told:
        assert line.text.count("°") == 4
        assert "±" in line.text
        assert "95" in line.label


@pytest.mark.parametrize("language", Language)
def test_the_scanners_own_frame_has_no_part_of_a_frame(language: Language) -> None:
    readings = in_scanner(_unit(1, 2, -1), 1e-4 * np.eye(3))
    with pytest.raises(Bug, match="scanner"):
        body_direction_words(readings, language)
    assert say("bodyframe.of.scanner", language) in angle_lines(readings, language)[0].label
    for line in angle_lines(readings, language):
        assert line.text.count("°") == 2


@pytest.mark.parametrize("language", Language)
@pytest.mark.parametrize(
    "frame", [_HEAD, _TRUNK, head_frame(placed({**HEAD, **MIDLINE})), trunk_frame(placed(SPINE))]
)
def test_it_says_where_the_frame_comes_from_and_what_it_leaves_out(
    frame: BodyFrame, language: Language
) -> None:
    said = _all(frame, language)

    for landmark in frame.landmarks:
        assert landmark.term.names[language] in said
    if frame.sides is not None:
        assert "A. Expert" in said
    assert said.isprintable() or "\n" in said
    assert not [word for word in ("bodyframe.", "{", "None") if word in said]


def test_a_confirmation_against_the_scanner_is_said() -> None:
    said = "against the scanner's own sides by A. Expert"
    whole = {**HEAD, **MIDLINE}

    assert said in _all(head_frame(placed(whole, np.diag([-1.0, -1.0, 1.0])), SEEN), Language.EN)
    assert said not in _all(head_frame(placed(whole), SEEN), Language.EN)


def test_a_frame_that_could_be_mirrored_says_so() -> None:
    assert "not mirrored" in _all(_HEAD, Language.EN)
    assert "not mirrored" not in _all(head_frame(placed({**HEAD, **MIDLINE})), Language.EN)
    assert "not mirrored" not in _all(_TRUNK, Language.EN)


def test_the_limit_of_a_head_is_said_beside_it() -> None:
    assert "fixes the head, not the trunk" in _all(_HEAD, Language.EN)


def test_assumed_scatter_is_never_called_published() -> None:
    assert "published" in _all(_HEAD, Language.EN)
    assert "published" not in _all(_TRUNK, Language.EN)
    assert "assumed" in _all(_TRUNK, Language.EN)


def test_a_nearly_vertical_track_has_no_azimuth_and_says_why() -> None:
    said = _all(_HEAD, Language.EN, (0.0, 0.0, 1.0))

    assert "not defined: the track stands nearly at right angles" in said


@pytest.mark.parametrize("language", Language)
def test_a_wound_is_placed_with_its_side_and_both_parts_of_the_error(language: Language) -> None:
    wound = (_HEAD.origin_mm + np.array([40.0, -50.0, 20.0])).tolist()

    line = midline_line(distance_to_midline(_HEAD, tuple(wound), np.eye(3)), language)

    side = {"en": "person's own left", "ru": "к левой стороне самого", "kk": "өз сол жағына"}
    assert side[language.value] in line.text
    assert "40" in line.text
    unconfirmed = distance_to_midline(head_frame(placed(HEAD)), tuple(wound), np.eye(3))
    assert side[language.value] not in midline_line(unconfirmed, language).text


@pytest.mark.parametrize("language", Language)
def test_a_height_says_how_it_came_about_and_how_the_body_lies(language: Language) -> None:
    posture = Posture(Flexion.FLEXED, "B. Expert")
    origin = _TRUNK.origin_mm
    heel = marked("heel_left", [tuple((origin + np.array([90.0, 0.0, -880.0])).tolist())])
    wound = tuple((origin + np.array([0.0, 0.0, 120.0])).tolist())

    measured = height_line(height_above(_TRUNK, heel, wound, np.eye(3), posture), language)
    entered = height_line(entered_height(1000.0, 10.0, posture), language)

    assert "1000" in measured.text
    assert "B. Expert" in measured.text
    words = {
        "en": ("measured in the images", "entered from", "bent"),
        "ru": ("измерено по снимкам", "введено по", "согнуто"),
        "kk": ("кескіндерде", "енгізілген", "бүгілген"),
    }[language.value]
    assert words[0] in measured.text
    assert words[1] in entered.text
    assert words[2] in measured.text


@pytest.mark.parametrize("language", Language)
def test_a_distance_names_its_landmark(language: Language) -> None:
    mark = marked("umbilicus", [(0.0, 0.0, 0.0)])

    line = landmark_line(mark, distance_to_landmark(mark, (0.0, 50.0, 0.0), np.eye(3)), language)

    assert mark.term.names[language] in line.label
    assert "50" in line.text
