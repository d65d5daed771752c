"""A track in the body's own frames, as rows under the row of the scanner's frame.

Each angle has the share of the track and of the frame in its error beside it, and angles of a
projection stand in a row of their own, named as such.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

from virtopsy.findings.body_words import body_direction_words, frame_lines
from virtopsy.findings.finding import Finding
from virtopsy.findings.frames import frames_of, landmarks_of, why_not
from virtopsy.findings.trajectory import Trajectory
from virtopsy.findings.words import number, with_95
from virtopsy.geometry.body import BodyFrame, Kind
from virtopsy.geometry.body_direction import DirectionReadings, Reading, in_body, in_scanner
from virtopsy.geometry.direction import direction_covariance
from virtopsy.geometry.frame import Floats
from virtopsy.language import Language, say

_NONE = ""


def body_rows(
    track: Trajectory, findings: Sequence[Finding], language: Language
) -> list[list[str]]:
    """Return the angles of projections, then all angles in each frame of the body.

    A row is a name and what stands under length, azimuth, elevation and the three planes; there
    are none until a person stated the entry.
    """
    if track.direction is None:
        return []
    rows = [_projected(in_scanner(track.direction, _scatter(track)), language)]
    for one in _in_bodies(track, findings):
        rows += [_angles(one, language), _projected(one, language)]
    return rows


def body_directions(
    track: Trajectory, findings: Sequence[Finding], language: Language
) -> tuple[str, ...]:
    """Return where the track goes in each frame of the body, in words."""
    told = []
    for one in _in_bodies(track, findings):
        words = body_direction_words(one, language)
        words = say("bodyframe.words.unconfirmed", language) if words is None else words
        told.append(f"{_of(one, language)}: {words}.")
    return tuple(told)


def frame_texts(
    findings: Sequence[Finding], series_uid: str, language: Language
) -> tuple[str, ...]:
    """Return where each frame of the body comes from and how well it is known, once for all.

    Where landmarks were marked that make no frame, it is said why.
    """
    told = [_text(one, language) for one in frames_of(findings, series_uid)]
    for kind in Kind:
        error = why_not(kind, findings, series_uid)
        if error is not None and landmarks_of(kind, findings, series_uid):
            told.append(error.sentence(language))
    return tuple(told)


def _text(frame: BodyFrame, language: Language) -> str:
    return " ".join(f"{line.label}: {line.text}." for line in frame_lines(frame, language))


def _in_bodies(track: Trajectory, findings: Sequence[Finding]) -> list[DirectionReadings]:
    if track.direction is None:
        return []
    scatter = _scatter(track)
    frames = frames_of(findings, track.series_uid)
    return [in_body(track.direction, scatter, one) for one in frames]


def _scatter(track: Trajectory) -> Floats:
    """Return the covariance of the direction of travel, (3, 3)."""
    return direction_covariance(*track.ends_lps_mm, track.end_covariance)[1]


def _angles(readings: DirectionReadings, language: Language) -> list[str]:
    name = f"{_of(readings, language)}\n{say('conclusion5.shares', language)}"
    angles = (readings.azimuth, readings.elevation, *readings.planes)
    return [name, _NONE, *(_angle(one, language) for one in angles)]


def _projected(readings: DirectionReadings, language: Language) -> list[str]:
    name = say("conclusion5.projected", language, frame=_of(readings, language))
    planes = (_angle(one, language) for one in readings.projections)
    return [name, _NONE, _NONE, _NONE, *planes]


def _angle(reading: Reading, language: Language) -> str:
    """Return an angle with its 95%, and below it 1 SD of the track and of the body's frame."""
    if reading.value is None:
        return say(f"conclusion5.withheld.{reading.why_not}", language)
    value, half = math.degrees(reading.value), math.degrees(reading.half95)
    told = with_95(value, half, "°", language)
    if reading.frame_sd == 0.0:
        return told
    track, frame = (
        number(math.degrees(sd), language) for sd in (reading.track_sd, reading.frame_sd)
    )
    return f"{told}\n{track} | {frame}"


def _of(readings: DirectionReadings, language: Language) -> str:
    return say(f"bodyframe.of.{readings.kind or 'scanner'}", language)
