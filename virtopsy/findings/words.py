"""A track in words and numbers, only as far as the measurement carries it."""

from __future__ import annotations

import math
from dataclasses import dataclass

from virtopsy.findings.trajectory import Trajectory
from virtopsy.geometry.direction import NORMAL_95, component_sd, plane_angles
from virtopsy.language import Language, say


@dataclass(frozen=True)
class Line:
    """One line of the details: what, how much, and the 95% in the same text."""

    label: str
    text: str


# The LPS axes in the order the words are said: front and back, right and left, up and down.
_ORDER = ((1, "y"), (0, "x"), (2, "z"))


def direction_words(track: Trajectory, language: Language) -> str | None:
    """Return where the track goes, in words; None while nobody stated the entry.

    A component is named only where it exceeds its own 95%; else its absence is said as "no
    measurable deviation", which is not "none".
    """
    if track.direction is None:
        return None
    spread = component_sd(*track.ends_lps_mm, track.end_covariance)
    parts = []
    for axis, letter in _ORDER:
        component = track.direction[axis]
        sign = "none"
        if abs(component) > NORMAL_95 * spread[axis]:
            sign = "plus" if component > 0 else "minus"
        parts.append(say(f"findings.words.{letter}.{sign}", language))
    return say("findings.words", language, first=parts[0], second=parts[1], third=parts[2])


def trajectory_lines(track: Trajectory, language: Language) -> tuple[Line, ...]:
    """Return a track's numbers in words; degrees and millimetres, each with its 95%."""
    lines = [Line(say("findings.length", language), length_text(track, language))]
    if track.direction is None:
        lines.append(Line(say("findings.direction", language), _two_ends(language)))
    else:
        lines += _direction_lines(track, language)
    lines += [
        Line(
            say("findings.cone", language),
            say(
                "findings.cone.text",
                language,
                deg=f"{math.degrees(track.uncertainty.cone95_half_angle):.1f}",
            ),
        ),
        Line(say("findings.frame", language), say("findings.frame.scanner", language)),
        Line(say("findings.sd", language), _scatter(track, language)),
    ]
    return tuple(lines)


def _direction_lines(track: Trajectory, language: Language) -> list[Line]:
    assert track.direction is not None and track.azimuth is not None  # noqa: S101, PT018
    assert track.elevation is not None  # noqa: S101
    spread = track.uncertainty
    angles = [f"{math.degrees(angle):.1f}" for angle in plane_angles(track.direction)]
    turned = say("findings.azimuth.undefined", language)
    if spread.azimuth_defined:
        turned = _angle(track.azimuth, spread.azimuth95, language)
    words = direction_words(track, language)
    return [
        Line(say("findings.words.label", language), words or ""),
        Line(say("findings.azimuth", language), turned),
        Line(
            say("findings.elevation", language),
            _angle(track.elevation, spread.elevation95, language),
        ),
        Line(
            say("findings.plane_angles", language),
            say(
                "findings.plane_angles.text",
                language,
                sagittal=angles[0],
                coronal=angles[1],
                transverse=angles[2],
            ),
        ),
        Line(
            say("findings.stated_by", language),
            track.stated_by or say("findings.stated_by.nobody", language),
        ),
    ]


def length_text(track: Trajectory, language: Language) -> str:
    """Return the length with its 95%."""
    half = NORMAL_95 * track.uncertainty.length_sd_mm
    return say("findings.mm95", language, mm=f"{track.length_mm:.1f}", half=f"{half:.1f}")


def _angle(angle: float, half: float, language: Language) -> str:
    return say(
        "findings.deg95",
        language,
        deg=f"{math.degrees(angle):.1f}",
        half=f"{math.degrees(half):.1f}",
    )


def _two_ends(language: Language) -> str:
    return say("findings.direction.not_stated", language)


def _scatter(track: Trajectory, language: Language) -> str:
    x, y, z = (f"{part:.2f}" for part in track.end_sd_mm)
    return say(f"findings.sd.{track.sd_source}", language, x=x, y=y, z=z)
