"""A place in words: each coordinate with the side of the patient it lies on."""

from __future__ import annotations

from virtopsy.findings.words import number
from virtopsy.geometry.camera import Point
from virtopsy.language import Language

_SIDES = (("L", "R"), ("P", "A"), ("S", "I"))


def place_words(lps_mm: Point, language: Language) -> str:
    """Return an LPS point with the side of each coordinate, mm."""
    return " ".join(
        f"{plus if value >= 0 else minus} {number(abs(value), language)}"
        for value, (plus, minus) in zip(lps_mm, _SIDES, strict=True)
    )
