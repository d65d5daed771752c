"""What the conclusion says about a trajectory beside its numbers."""

from __future__ import annotations

import math

from virtopsy.findings.quantity_words import said
from virtopsy.findings.segments import bends, chord_to_projectile, measurable, straight_parts
from virtopsy.findings.trajectory import Method, Trajectory
from virtopsy.findings.vocabulary import called
from virtopsy.findings.words import direction_words, number, scatter
from virtopsy.language import Language, say
from virtopsy.report.place import beside, certainty_words, place_words


def statement(track: Trajectory, language: Language) -> str:
    """Say how sure, who stated the direction on which grounds, or that nobody did."""
    told = (place_words(track, language), certainty_words(track, language))
    return ". ".join((*(one for one in told if one), direction(track, language)))


def course(track: Trajectory, language: Language) -> str:
    """Say what became of the projectile, where it turned, and in which order it was probed."""
    outcome = track.outcome.value or "unstated"
    told = [say(f"conclusion5.outcome.{outcome}", language)]
    if track.method is Method.CHORD:
        told.append(say("conclusion5.is_chord", language))
    chord = chord_to_projectile(track)
    if chord is not None:
        told.append(say("conclusion5.chord", language, length=said(chord, language)))
    elif track.lodged_lps_mm is not None:
        told.append(say("conclusion5.lodged_at", language))
    if track.deflected_at_entry:
        told.append(say("conclusion5.deflected_at_entry", language))
    if track.order is not None:
        told.append(say("conclusion5.order", language, n=track.order))
    return " ".join((*told, *beside(track, language)))


def deflections(track: Trajectory, language: Language) -> tuple[str, ...]:
    """Say of each deflection by how much the track turns there, and whether that is measurable."""
    told = []
    for n, one in enumerate(bends(track), 1):
        key = "conclusion5.deflection" if measurable(one) else "conclusion5.deflection.none"
        told.append(say(key, language, n=n, angle=said(one, language)))
    return tuple(told)


def directions(track: Trajectory, language: Language) -> tuple[str, ...]:
    """Say of each straight part of a deflected track where it goes, as far as it is measurable."""
    told = [direction_words(one, language) for one in straight_parts(track)]
    if len(told) == 1:
        return ()
    return tuple(
        say("conclusion5.part_direction", language, n=n, words=words)
        for n, words in enumerate(told, 1)
        if words is not None
    )


def source(track: Trajectory, language: Language) -> str:
    """Say how the ends came about, and how well each is known."""
    how = scatter(track, language)
    if track.joint_spread_mm:
        x, y, z = (number(one, language, 2) for one in track.end_sd_mm)
        how = say("conclusion5.scatter.fit", language, x=x, y=y, z=z)
    points = len(track.fitted_lps_mm)
    method = say(f"conclusion5.method.{track.method.value}", language, n=points)
    cone = number(math.degrees(track.uncertainty.cone95_half_angle), language)
    return say("report.source", language, method=method, how=how, cone=cone)


def direction(track: Trajectory, language: Language) -> str:
    """Say where it goes and who stated so on which grounds, or that nobody did."""
    words = direction_words(track, language)
    if words is None:
        return say("report.direction_not_stated", language)
    grounds = [called("ground", one, language) for one in track.grounds]
    return say(
        "report.direction_stated",
        language,
        who=track.stated_by or say("report.not_stated", language),
        words=words,
        grounds=", ".join(grounds) or say("report.no_grounds", language),
    )
