"""A direction and a wound in the body's own frame, in words and numbers.

As of the scanner's frame (`virtopsy.findings.words`): a component is named only where it exceeds
its own 95%, here of track and frame together, and every number carries its error. Sides are the
person's own, and unsaid until a person confirmed them.
"""

from __future__ import annotations

import math

from virtopsy.errors import Bug
from virtopsy.findings.words import Line, number, with_95
from virtopsy.geometry.body import BodyFrame
from virtopsy.geometry.body_direction import DirectionReadings, Reading
from virtopsy.geometry.body_place import Basis, Distance, Height, MidlineDistance
from virtopsy.geometry.landmark import MarkedLandmark
from virtopsy.language import Language, say

# Front and back, right and left, up and down: the order in which they are said.
_ORDER = ((1, "y"), (0, "x"), (2, "z"))
_PLANES = ("sagittal", "coronal", "transverse")


def body_direction_words(readings: DirectionReadings, language: Language) -> str | None:
    """Return where a track goes in the body, in words; None until the sides are confirmed."""
    if readings.kind is None:
        raise Bug("these words are of a body; those of the scanner are findings.words")
    parts = []
    for axis, letter in _ORDER:
        component = readings.components[axis]
        if component.value is None:
            return None
        sign = "none"
        if component.stands_out:
            sign = "plus" if component.value > 0 else "minus"
        tail = f"{sign}.{readings.kind.value}" if letter == "z" else sign
        parts.append(say(f"bodyframe.words.{letter}.{tail}", language))
    return say("bodyframe.words", language, first=parts[0], second=parts[1], third=parts[2])


def body_lines(
    readings: DirectionReadings, frame: BodyFrame, language: Language
) -> tuple[Line, ...]:
    """Return all there is to say about a direction in a body's frame, a line each."""
    words = body_direction_words(readings, language)
    if words is None:
        words = say("bodyframe.words.unconfirmed", language)
    return (
        Line(say("bodyframe.line.direction", language, frame=_of(readings, language)), words),
        *angle_lines(readings, language),
        *frame_lines(frame, language),
    )


def angle_lines(readings: DirectionReadings, language: Language) -> tuple[Line, ...]:
    """Return azimuth, elevation, angles to planes and of projections; also of the scanner's."""
    told = [("azimuth", readings.azimuth), ("elevation", readings.elevation)]
    for part, angles in (("plane", readings.planes), ("projection", readings.projections)):
        told += [(f"{part}.{name}", one) for name, one in zip(_PLANES, angles, strict=True)]
    frame = _of(readings, language)
    return tuple(
        Line(say(f"bodyframe.line.{name}", language, frame=frame), angle(one, language))
        for name, one in told
    )


def frame_lines(frame: BodyFrame, language: Language) -> tuple[Line, ...]:
    """Return where a frame comes from, how well it is known, and who confirmed its sides."""
    nod, tilt, turn = (_degrees(sd, language, 2) for sd in frame.rotation_sd)
    told = (
        ("frame", say(f"bodyframe.frame.{frame.method.value}", language)),
        ("frame_sd", say("bodyframe.frame_sd", language, nod=nod, tilt=tilt, turn=turn)),
        ("sides", _sides(frame, language)),
        ("landmarks", _landmarks(frame, language)),
        ("limit", say(f"bodyframe.limit.{frame.kind.value}", language)),
    )
    return tuple(Line(say(f"bodyframe.line.{name}", language), text) for name, text in told)


def angle(reading: Reading, language: Language) -> str:
    """Return an angle with its 95%, its 1 SD and the parts of it; or why there is none."""
    if reading.value is None:
        return say(f"bodyframe.withheld.{reading.why_not}", language)
    value = with_95(math.degrees(reading.value), math.degrees(reading.half95), "°", language)
    sd, track = (_degrees(one, language) for one in (reading.sd, reading.track_sd))
    if reading.frame_sd == 0.0:  # the scanner's own frame
        return say("bodyframe.angle.scanner", language, value=value, sd=sd)
    frame = _degrees(reading.frame_sd, language)
    return say("bodyframe.angle", language, value=value, sd=sd, track=track, frame=frame)


def midline_line(measured: MidlineDistance, language: Language) -> Line:
    """Return how far a wound lies from the midsagittal plane, and on which side."""
    side = "unconfirmed" if not measured.sides_confirmed else measured.side or "within"
    text = say(
        "bodyframe.place.of",
        language,
        place=_distance(measured.distance, language),
        more=say(f"bodyframe.midline.{side}", language),
    )
    return Line(say("bodyframe.line.midline", language), text)


def height_line(height: Height, language: Language) -> Line:
    """Return how high a wound lies, how that came about and how the body lies."""
    if height.basis is Basis.ENTERED:
        place = _with_mm(height.distance, language)
        sd = number(height.distance.sd_mm, language)
        basis = say("bodyframe.height.entered", language, sd=sd)
    else:
        place = _distance(height.distance, language)
        basis = say("bodyframe.height.measured", language)
    text = say(
        "bodyframe.height",
        language,
        place=place,
        basis=basis,
        flexion=say(f"bodyframe.flexion.{height.posture.flexion.value}", language),
        name=height.posture.stated_by,
    )
    return Line(say("bodyframe.line.height", language), text)


def landmark_line(landmark: MarkedLandmark, distance: Distance, language: Language) -> Line:
    """Return how far a wound lies from a named landmark."""
    name = landmark.term.names[language]
    return Line(
        say("bodyframe.line.to_landmark", language, name=name), _distance(distance, language)
    )


def _of(readings: DirectionReadings, language: Language) -> str:
    return say(f"bodyframe.of.{readings.kind or 'scanner'}", language)


def _distance(distance: Distance, language: Language) -> str:
    return say(
        "bodyframe.place",
        language,
        value=_with_mm(distance, language),
        sd=number(distance.sd_mm, language),
        wound=number(distance.wound_sd_mm, language),
        frame=number(distance.frame_sd_mm, language),
    )


def _with_mm(distance: Distance, language: Language) -> str:
    unit = f" {say('findings.mm', language)}"
    return with_95(distance.mm, distance.half95_mm, unit, language)


def _sides(frame: BodyFrame, language: Language) -> str:
    if frame.sides is None:
        text = say("bodyframe.sides.open", language)
    else:
        key = "against" if frame.contradicts_scanner else "confirmed"
        text = say(f"bodyframe.sides.{key}", language, name=frame.sides.confirmed_by)
    if frame.handed:
        return text
    return say("bodyframe.sides.no_witness", language, text=text)


def _landmarks(frame: BodyFrame, language: Language) -> str:
    """Return the landmarks with their scatter; those that scatter alike are named together."""
    alike: dict[tuple[str, str], list[str]] = {}
    for one in frame.landmarks:
        why = ", ".join(say(f"bodyframe.scatter.{part.value}", language) for part in one.scatter)
        names = alike.setdefault((_sd_mm(one, language), why), [])
        names.append(one.term.names[language])
    return "; ".join(
        say("bodyframe.landmark", language, name=", ".join(names), sd=sd, scatter=why)
        for (sd, why), names in alike.items()
    )


def _sd_mm(landmark: MarkedLandmark, language: Language) -> str:
    sds = [number(sd, language) for sd in landmark.sd_mm]
    return sds[0] if len(set(sds)) == 1 else " · ".join(sds)


def _degrees(radians: float, language: Language, decimals: int = 1) -> str:
    return number(math.degrees(radians), language, decimals)
