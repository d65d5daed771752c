"""Numbers of a trajectory as a reader meets them: rounded, in degrees, each with its 95%."""

from __future__ import annotations

import math
from collections.abc import Sequence

from virtopsy.findings.trajectory import Trajectory
from virtopsy.findings.words import direction_words
from virtopsy.geometry.direction import CHI2_2_95, NORMAL_95, Vector, component_sd, plane_angles
from virtopsy.language import Language, has, say

_MINUS = "\u2212"


def number(value: float, language: Language, decimals: int = 1) -> str:
    """Return a number with the decimal mark of the language and a true minus."""
    text = f"{value:.{decimals}f}"
    if float(text) == 0:
        text = text.removeprefix("-")
    text = text.replace("-", _MINUS)
    return text if language is Language.EN else text.replace(".", ",")


def with_95(value: float, half_width: float, unit: str, language: Language) -> str:
    """Return "value ± half-width unit"; what the half-width is stands in the heading."""
    return f"{number(value, language)}\u00a0±\u00a0{number(half_width, language)}{unit}"


def length(track: Trajectory, language: Language) -> str:
    """Return the length and its 95%, mm."""
    return with_95(track.length_mm, NORMAL_95 * track.uncertainty.length_sd_mm, "", language)


def readings(track: Trajectory, language: Language) -> tuple[str, str]:
    """Return azimuth and elevation; both readings of the axis while no entry is stated."""
    directions = [track.direction] if track.direction is not None else _both(track)
    scatter = track.uncertainty
    or_ = f" {say('report.or', language)}\n"
    azimuth = say("report.azimuth_undefined", language)
    if scatter.azimuth_defined:
        azimuth = or_.join(
            with_95(math.degrees(math.atan2(d[0], d[1])), _deg(scatter.azimuth95), "°", language)
            for d in directions
        )
    elevation = or_.join(
        with_95(math.degrees(math.asin(_unit(d[2]))), _deg(scatter.elevation95), "°", language)
        for d in directions
    )
    return azimuth, elevation


def planes(track: Trajectory, language: Language) -> tuple[str, str, str]:
    """Return the angles to the sagittal, coronal and transverse plane (not of a projection)."""
    x, y, z = (
        with_95(math.degrees(angle), _deg(NORMAL_95 * sd), "°", language)
        for angle, sd in zip(plane_angles(track.axis), _plane_sds(track), strict=True)
    )
    return x, y, z


def source(track: Trajectory, language: Language) -> str:
    """Say where the numbers come from and how well an end is known."""
    x, y, z = (number(sd, language, 2) for sd in track.end_sd_mm)
    key = f"findings.sd.{track.sd_source}"
    if has(key, language):
        how = say(key, language, x=x, y=y, z=z)
    else:
        how = f"{x} · {y} · {z} mm, {track.sd_source}"
    return say("report.source", language, how=how)


def statement(track: Trajectory, language: Language) -> str:
    """Say who stated the direction on which grounds, or that nobody did."""
    words = direction_words(track, language)
    if words is None:
        return say("report.direction_not_stated", language)
    grounds = [say(f"findings.ground.{one}", language) for one in track.grounds]
    return say(
        "report.direction_stated",
        language,
        who=track.stated_by or say("report.not_stated", language),
        words=words,
        grounds=", ".join(grounds) or say("report.no_grounds", language),
    )


def _both(track: Trajectory) -> Sequence[Vector]:
    x, y, z = track.axis
    return [(x, y, z), (-x, -y, -z)]


def _plane_sds(track: Trajectory) -> Vector:
    """Return the SD (1 SD), radians, of each angle to a plane.

    First order: SD(asin d) = SD(d) / sqrt(1 - d^2). Where the track stands upright on a plane
    that ratio loses its meaning; then the scatter of the axis itself bounds it.
    """
    largest = track.uncertainty.cone95_half_angle / math.sqrt(CHI2_2_95)
    spread = component_sd(*track.ends_lps_mm, track.end_covariance)
    x, y, z = (
        min(largest, sd / max(math.sqrt(max(1 - part * part, 0.0)), 1e-12))
        for part, sd in zip(track.axis, spread, strict=True)
    )
    return x, y, z


def _deg(radians: float) -> float:
    return math.degrees(radians)


def _unit(part: float) -> float:
    return max(-1.0, min(1.0, part))
