"""Blades against stabs: what can be excluded, and why nothing can be matched.

Plain CT often shows no channel, and with contrast its depth read 11% short (2016); tissue gives
way, so a channel may be deeper than the blade is long, and skin stretches. Only bone keeps the
size of what went through it: a blade that is larger than the hole in bone by more than the 95% of
the measurement is excluded. Everything else is "not excluded", which is no match.
"""

from __future__ import annotations

from virtopsy.findings.quantity import Quantity
from virtopsy.findings.words import Line, number
from virtopsy.findings.wound import Wound, WoundKind
from virtopsy.language import Language, say

BONE = "bone"


def is_excluded(extent: Quantity, blade_mm: float) -> bool:
    """Tell whether a blade is too large for a hole in bone beyond its 95%.

    Args:
        extent: of the hole, with its SD.
        blade_mm: the blade's measure in the same direction.
    """
    return extent.half95 is not None and blade_mm > extent.value + extent.half95


def blade_lines(wound: Wound, language: Language) -> tuple[Line, ...]:
    """Return what a stab says of the blade that was entered; none where none was."""
    if wound.wound is not WoundKind.STAB:
        return ()
    limit = Line(say("stab.limit", language), say("stab.limit.text", language))
    if wound.blade_width_mm is None:
        return (limit,)
    blade = say(
        "stab.blade.text",
        language,
        width=number(wound.blade_width_mm, language),
        thickness="\u2013"
        if wound.blade_thickness_mm is None
        else number(wound.blade_thickness_mm, language),
    )
    verdict = say(f"stab.{_verdict(wound)}", language)
    return (Line(say("stab.blade", language), f"{blade}: {verdict}"), limit)


def _verdict(wound: Wound) -> str:
    """Return excluded, not_excluded, or why nothing can be said."""
    if wound.tissue != BONE:
        return "not_in_bone"
    extents = {one.code: one for one in wound.quantities}
    length, width = extents.get("wound_length"), extents.get("wound_width")
    tests = ((length, wound.blade_width_mm), (width, wound.blade_thickness_mm))
    known = [(extent, blade) for extent, blade in tests if extent is not None and blade is not None]
    if not known:
        return "not_measured"
    excluded = any(is_excluded(extent, blade) for extent, blade in known)
    return "excluded" if excluded else "not_excluded"
