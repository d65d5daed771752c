"""Numbers of findings in words: value, unit, uncertainty and where it comes from, in one line."""

from __future__ import annotations

from virtopsy.findings.finding import Finding
from virtopsy.findings.quantity import Quantity
from virtopsy.findings.uncertainty import BIASED_BELOW
from virtopsy.findings.vocabulary import called
from virtopsy.findings.words import Line, number
from virtopsy.language import Language, say

_PLACES = {"mm": 1, "mm2": 0, "mm3": 0, "deg": 1, "HU": 0, "1": 0}


def quantity_lines(finding: Finding, language: Language) -> tuple[Line, ...]:
    """Return every number of a finding with its name."""
    return tuple(
        Line(called("quantity", one.code, language), said(one, language))
        for one in finding.quantities
    )


def said(quantity: Quantity, language: Language) -> str:
    """Return a number with its 95% or its range, and the source of either."""
    places = _PLACES[quantity.unit]
    unit = _unit(quantity, language)
    value = number(quantity.value, language, places)
    source = called("source", quantity.source, language)
    if quantity.half95 is not None:
        half = number(quantity.half95, language, places)
        told = say(
            "findings.quantity.sd", language, value=value, half=half, unit=unit, source=source
        )
        return f"{told}; {say('findings.quantity.biased', language)}" if _biased(quantity) else told
    if quantity.low is not None and quantity.high is not None:
        low, high = (number(one, language, places) for one in (quantity.low, quantity.high))
        return say(
            "findings.quantity.range",
            language,
            value=value,
            unit=unit,
            low=low,
            high=high,
            source=source,
        )
    return say("findings.quantity.plain", language, value=value, unit=unit)


def briefly(finding: Finding, language: Language) -> str:
    """Return the main number of a finding for a list or a label; empty where it has none."""
    for one in finding.quantities:
        half = one.half95
        unit = _unit(one, language)
        places = _PLACES[one.unit]
        value = number(one.value, language, places)
        spread = "" if half is None else f"\u00a0±\u00a0{number(half, language, places)}"
        return f"{value}{spread}{unit}".replace(" ", "\u00a0")
    return ""


def _unit(quantity: Quantity, language: Language) -> str:
    """Return the unit as it follows a number; a count has none, degrees stand at it."""
    if quantity.unit == "1":
        return ""
    unit = say(f"findings.unit.{quantity.unit}", language)
    return unit if quantity.unit == "deg" else f" {unit}"


def _biased(quantity: Quantity) -> bool:
    """Tell whether a length is so short against its scatter that it reads too long."""
    if quantity.unit != "mm" or quantity.sd is None or quantity.source == "repeats":
        return False
    of_a_point = quantity.sd / 2**0.5
    return 0 <= quantity.value < BIASED_BELOW * of_a_point
