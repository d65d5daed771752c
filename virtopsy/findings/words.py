"""A track in words and numbers, only as far as the measurement carries it.

Window, command line and conclusion all take a track's numbers from here: rounded, in degrees and
millimetres, each with its 95%.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from virtopsy.findings.finding import Certainty
from virtopsy.findings.segments import straight_parts
from virtopsy.findings.trajectory import Method, Trajectory
from virtopsy.geometry.direction import (
    AZIMUTH_LIMIT,
    NORMAL_95,
    Vector,
    azimuth,
    component_sd,
    elevation,
    plane_angle_sds,
    plane_angles,
)
from virtopsy.language import Language, has, say

_MINUS = "\u2212"
_LEVEL = 0.5  # horizontal share of a direction above which nobody would call it vertical


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
    told = track.uncertainty.cone95_half_angle < AZIMUTH_LIMIT  # else the ends are too near
    parts = []
    for axis, letter in _ORDER:
        component = track.direction[axis]
        sign = "none"
        if told and abs(component) > NORMAL_95 * spread[axis]:
            sign = "plus" if component > 0 else "minus"
        parts.append(say(f"findings.words.{letter}.{sign}", language))
    return say("findings.words", language, first=parts[0], second=parts[1], third=parts[2])


def number(value: float, language: Language, decimals: int = 1) -> str:
    """Return a number with the decimal mark of the language and a true minus."""
    text = f"{value:.{decimals}f}"
    if float(text) == 0:
        text = text.removeprefix("-")
    text = text.replace("-", _MINUS)
    return text if language is Language.EN else text.replace(".", ",")


def with_95(value: float, half_width: float, unit: str, language: Language) -> str:
    """Return "value ± half-width unit"; that it is the 95% stands in the label or heading."""
    return f"{number(value, language)}\u00a0±\u00a0{number(half_width, language)}{unit}"


def length(track: Trajectory, language: Language, unit: str = "") -> str:
    """Return the length with its 95%, mm."""
    half = NORMAL_95 * track.uncertainty.length_sd_mm
    return with_95(track.length_mm, half, unit, language)


def readings(track: Trajectory, language: Language) -> tuple[str, str]:
    """Return azimuth and elevation; both readings of the axis while no entry is stated."""
    directions = [track.direction] if track.direction is not None else _both(track.axis)
    scatter = track.uncertainty
    or_ = f" {say('findings.or', language)} "
    too_near = say("findings.angles.too_near", language)
    level = math.hypot(track.axis[0], track.axis[1]) > _LEVEL
    turned = too_near if level else say("findings.azimuth.undefined", language)
    if scatter.azimuth_defined:
        turned = or_.join(_angle(azimuth(d), scatter.azimuth95, language) for d in directions)
    if scatter.elevation95 > AZIMUTH_LIMIT:
        return turned, too_near
    tilted = or_.join(_angle(elevation(d), scatter.elevation95, language) for d in directions)
    return turned, tilted


def planes(track: Trajectory, language: Language) -> tuple[str, str, str]:
    """Return the angles to the sagittal, coronal and transverse plane (not of a projection)."""
    sds = plane_angle_sds(*track.ends_lps_mm, track.end_covariance)
    x, y, z = (
        _angle(angle, NORMAL_95 * sd, language)
        for angle, sd in zip(plane_angles(track.axis), sds, strict=True)
    )
    return x, y, z


def scatter(track: Trajectory, language: Language) -> str:
    """Say how well an end is known, and where that comes from."""
    x, y, z = (number(sd, language, 2) for sd in track.end_sd_mm)
    key = f"findings.sd.{track.sd_source}"
    if has(key, language):
        return say(key, language, x=x, y=y, z=z)
    return say("findings.sd.other", language, x=x, y=y, z=z, source=track.sd_source)


def trajectory_lines(track: Trajectory, language: Language) -> tuple[Line, ...]:
    """Return all there is to say about a track, a line each; every "±" is a 95%."""
    turned, tilted = readings(track, language)
    sagittal, coronal, transverse = planes(track, language)
    angles = say(
        "findings.plane_angles.text",
        language,
        sagittal=sagittal,
        coronal=coronal,
        transverse=transverse,
    )
    cone = number(math.degrees(track.uncertainty.cone95_half_angle), language)
    bent = "chord.length" if track.via_lps_mm else "length"
    told = (
        (f"findings.{bent}", length(track, language, f" {say('findings.mm', language)}")),
        *_of_travel(track, _direction(track, language), turned, tilted),
        ("findings.plane_angles", angles),
        ("findings.stated_by", _stated_by(track, language)),
        ("findings.cone", say("findings.cone.text", language, deg=cone)),
        ("findings.frame", say("findings.frame.scanner", language)),
        ("findings.sd", scatter(track, language)),
    )
    lines = [*_parts(track, language), *(Line(say(label, language), text) for label, text in told)]
    if (doubt := certainty(track, language)) is not None:
        lines.insert(0, Line(say("findings.certainty", language), doubt))
    return tuple(lines)


def _parts(track: Trajectory, language: Language) -> list[Line]:
    """Return each straight part of a deflected track, in the order of travel; else nothing."""
    if not track.via_lps_mm:
        return []
    told = []
    for n, part in enumerate(straight_parts(track), start=1):
        turned, tilted = readings(part, language)
        text = say(
            "findings.part.text",
            language,
            length=length(part, language, f" {say('findings.mm', language)}"),
            azimuth=turned,
            elevation=tilted,
        )
        told.append(Line(say("findings.part", language, n=n), text))
    return told


def _of_travel(
    track: Trajectory, direction: str, turned: str, tilted: str
) -> tuple[tuple[str, str], ...]:
    """Return the keys of the labels with what is said.

    The chord to a projectile is no flight, nor is the line past a deflection.
    """
    if track.method is Method.CHORD or track.via_lps_mm:
        return (
            ("findings.chord.direction", direction),
            ("findings.chord.azimuth", turned),
            ("findings.chord.elevation", tilted),
        )
    return (
        ("findings.direction", direction),
        ("findings.azimuth", turned),
        ("findings.elevation", tilted),
    )


def certainty(track: Trajectory, language: Language) -> str | None:
    """Return how far from certain the expert stated the track to be; None where no doubt was.

    "Definite" is what every finding begins as, so it is no statement worth printing.
    """
    if track.certainty is Certainty.DEFINITE:
        return None
    return say(f"findings.certainty.{track.certainty.value}", language)


def _direction(track: Trajectory, language: Language) -> str:
    words = direction_words(track, language)
    return say("findings.direction.not_stated", language) if words is None else words


def _stated_by(track: Trajectory, language: Language) -> str:
    if track.entry is None:
        return say("findings.stated_by.nobody_yet", language)
    return track.stated_by or say("findings.stated_by.nobody", language)


def _angle(angle: float, half: float, language: Language) -> str:
    return with_95(math.degrees(angle), math.degrees(half), "°", language)


def _both(axis: Vector) -> Sequence[Vector]:
    x, y, z = axis
    return [(x, y, z), (-x, -y, -z)]
