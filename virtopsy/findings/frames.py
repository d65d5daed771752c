"""The body's own frames from the landmarks that were marked, and what they say of other findings.

A frame is not kept by itself: it follows from the landmarks, so that whoever moves one moves it.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import replace
from functools import lru_cache
from itertools import chain

import numpy as np

from virtopsy.errors import InputError
from virtopsy.findings.body_words import (
    angle_lines,
    body_lines,
    height_line,
    landmark_line,
    midline_line,
)
from virtopsy.findings.finding import CLICKS, Finding
from virtopsy.findings.fragment import Fragment
from virtopsy.findings.landmark import Landmark
from virtopsy.findings.trajectory import Trajectory
from virtopsy.findings.words import Line
from virtopsy.findings.wound import Wound
from virtopsy.geometry.body import BodyFrame, Kind, Sides, head_frame, trunk_frame
from virtopsy.geometry.body_direction import in_body, in_scanner
from virtopsy.geometry.body_place import (
    Flexion,
    Height,
    Posture,
    distance_to_landmark,
    distance_to_midline,
    entered_height,
    height_above,
)
from virtopsy.geometry.direction import direction_covariance
from virtopsy.geometry.frame import Floats
from virtopsy.geometry.landmark import (
    MarkedLandmark,
    Scatter,
    landmark_terms,
    marked,
    matrix,
)
from virtopsy.language import Language

_HAND_MM = 1.0
"""What `clicks.sd_of_click` puts in for the hand, which the observers' scatter holds already."""


_FOREMOST = 3  # direction in words, azimuth, elevation
_HEELS = ("heel_left", "heel_right")


def marked_landmark(finding: Landmark) -> MarkedLandmark:
    """Return a landmark finding as the geometry takes it, with all that is known of its scatter.

    Raises:
        InputError: its code is none of the list.
    """
    known = marked(finding.landmark, (*finding.repeats_lps_mm, finding.at_lps_mm))
    if finding.sd_source != CLICKS:
        return known
    of_voxels = np.maximum(np.square(finding.point_sd_mm) - _HAND_MM**2, 0.0)
    return replace(
        known,
        covariance=matrix(np.asarray(known.covariance) + np.diag(of_voxels)),
        scatter=(*known.scatter, Scatter.SPACING),
    )


def landmarks_of(kind: Kind, findings: Iterable[Finding], series_uid: str) -> tuple[Landmark, ...]:
    """Return the landmarks of a series that can carry a frame of a kind; the last of each code."""
    terms = landmark_terms()
    newest = {
        one.landmark: one
        for one in findings
        if isinstance(one, Landmark)
        and one.series_uid == series_uid
        and one.landmark in terms
        and kind.value in terms[one.landmark].frames
    }
    return tuple(newest.values())


def body_frame(kind: Kind, findings: Iterable[Finding], series_uid: str) -> BodyFrame:
    """Return the frame of the head or the trunk on a series.

    Raises:
        InputError: landmarks are missing or contradict each other; says which.
    """
    carrying = landmarks_of(kind, findings, series_uid)
    points = [marked_landmark(one) for one in carrying]
    return _made(kind, tuple(points), _sides(carrying))


@lru_cache(maxsize=32)  # a panel asks at every change, and propagating takes 20 ms
def _made(kind: Kind, points: tuple[MarkedLandmark, ...], sides: Sides | None) -> BodyFrame:
    return (head_frame if kind is Kind.HEAD else trunk_frame)(points, sides)


def frames_of(findings: Sequence[Finding], series_uid: str) -> tuple[BodyFrame, ...]:
    """Return the frames that can be made of the landmarks of a series: head, then trunk."""
    made = []
    for kind in Kind:
        if not landmarks_of(kind, findings, series_uid):
            continue
        try:
            made.append(body_frame(kind, findings, series_uid))
        except InputError:
            continue  # `why_not` says it where somebody asks
    return tuple(made)


def why_not(kind: Kind, findings: Sequence[Finding], series_uid: str) -> InputError | None:
    """Return why there is no frame of a kind; None where there is one."""
    try:
        body_frame(kind, findings, series_uid)
    except InputError as error:
        return error
    return None


def frame_lines_of(
    finding: Finding, findings: Sequence[Finding], language: Language
) -> tuple[Line, ...]:
    """Return what the body's frames say of a track, a wound or another place, a line each.

    Of a track that is its direction in words, azimuth and elevation; the rest is `all_angles`.
    """
    frames = frames_of(findings, finding.series_uid)
    if isinstance(finding, Trajectory):
        return tuple(
            line for lines in _by_frame(finding, frames, language)[1:] for line in lines[:_FOREMOST]
        )
    if isinstance(finding, Wound | Fragment | Landmark):
        return _of_place(finding, frames, findings, language)
    return ()


def all_angles(
    track: Trajectory, findings: Sequence[Finding], language: Language
) -> tuple[Line, ...]:
    """Return every angle of a track, of planes and projections, in the scanner's and body's frames.

    Nothing without a stated direction.
    """
    frames = frames_of(findings, track.series_uid)
    return tuple(chain.from_iterable(_by_frame(track, frames, language)))


def _by_frame(
    track: Trajectory, frames: Sequence[BodyFrame], language: Language
) -> list[tuple[Line, ...]]:
    """Return the lines of the scanner's frame, then of each frame of the body."""
    if track.entry is None or track.direction is None:
        return []
    start, end = track.ends_lps_mm[track.entry], track.ends_lps_mm[1 - track.entry]
    _, scatter = direction_covariance(start, end, _in_order(track))
    return [
        angle_lines(in_scanner(track.direction, scatter), language),
        *(
            body_lines(in_body(track.direction, scatter, frame), frame, language)
            for frame in frames
        ),
    ]


def _in_order(track: Trajectory) -> Floats:
    """Return the covariance of entry and other end, in that order."""
    covariance = track.end_covariance
    if covariance.shape == (3, 3) or track.entry == 0:
        return covariance
    turned = [3, 4, 5, 0, 1, 2]
    return covariance[np.ix_(turned, turned)]


def _of_place(
    finding: Wound | Fragment | Landmark,
    frames: Sequence[BodyFrame],
    findings: Sequence[Finding],
    language: Language,
) -> tuple[Line, ...]:
    """Return how far a place lies from the midline, the nearest landmark and the heel."""
    at, scatter = finding.places[0], np.diag(np.square(finding.point_sd_mm))
    told = [midline_line(distance_to_midline(one, at, scatter), language) for one in frames]
    near = _nearest(finding, findings)
    if near is not None:
        told.append(landmark_line(near, distance_to_landmark(near, at, scatter), language))
    height = _height(finding, frames, findings) if isinstance(finding, Wound) else None
    if height is not None:
        told.append(height_line(height, language))
    return tuple(told)


def _nearest(finding: Finding, findings: Sequence[Finding]) -> MarkedLandmark | None:
    """Return the landmark of the same series that is nearest to a finding, itself left out."""
    marks = [
        marked_landmark(one)
        for one in findings
        if isinstance(one, Landmark)
        and one.series_uid == finding.series_uid
        and one.finding_id != finding.finding_id
        and one.landmark in landmark_terms()
    ]
    at = finding.places[0]
    return min(marks, key=lambda one: math.dist(one.lps_mm, at), default=None)


def _height(
    wound: Wound, frames: Sequence[BodyFrame], findings: Sequence[Finding]
) -> Height | None:
    """Return the height of a wound: entered, or above a marked heel; None without a posture."""
    if not wound.flexion or not wound.posture_by:
        return None
    posture = Posture(Flexion(wound.flexion), wound.posture_by)
    if wound.entered_height_mm is not None and wound.entered_height_sd_mm is not None:
        return entered_height(wound.entered_height_mm, wound.entered_height_sd_mm, posture)
    trunk = next((one for one in frames if one.kind is Kind.TRUNK), None)
    heels = [
        marked_landmark(one)
        for one in findings
        if isinstance(one, Landmark)
        and one.landmark in _HEELS
        and one.series_uid == wound.series_uid
    ]
    if trunk is None or not heels:
        return None
    scatter = np.diag(np.square(wound.point_sd_mm))
    return height_above(trunk, heels[-1], wound.at_lps_mm, scatter, posture)


def _sides(landmarks: Sequence[Landmark]) -> Sides | None:
    """Return who confirmed left and right: of every landmark that has a side, the same person."""
    lateral = [one for one in landmarks if landmark_terms()[one.landmark].side is not None]
    by = {one.side_confirmed_by for one in lateral}
    name = by.pop() if len(by) == 1 else None
    if not name:
        return None
    return Sides(name, against_scanner=all(one.against_scanner for one in lateral))
