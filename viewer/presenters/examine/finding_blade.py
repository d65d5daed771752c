"""A blade that is to be tested against a stab, typed as "18 x 2": width and thickness, mm."""

from __future__ import annotations

import re
from dataclasses import replace

from virtopsy.errors import InputError
from virtopsy.findings.words import number
from virtopsy.findings.wound import Wound
from virtopsy.language import Language

FIELD = "blade"
_NUMBER = r"(\d{1,3}(?:[.,]\d+)?)"
_TYPED = re.compile(rf"{_NUMBER}(?:\s*[xх×*]\s*{_NUMBER})?\s*(?:mm|мм)?")


def shown(wound: Wound, language: Language) -> str:
    """Return the blade's width and thickness, mm; empty where none was entered."""
    if wound.blade_width_mm is None:
        return ""
    width = number(wound.blade_width_mm, language)
    if wound.blade_thickness_mm is None:
        return width
    return f"{width} × {number(wound.blade_thickness_mm, language)}"


def entered(wound: Wound, text: str) -> Wound:
    """Return the wound with a blade that was typed; an empty text takes it back.

    Raises:
        InputError: it is no width, or no width and thickness.
    """
    if not text:
        return replace(wound, blade_width_mm=None, blade_thickness_mm=None)
    read = _TYPED.fullmatch(text)
    sizes = [] if read is None else [_mm(one) for one in read.groups()]
    if not sizes or 0 in sizes:
        raise InputError("stab.blade.form", text=text)
    return replace(wound, blade_width_mm=sizes[0], blade_thickness_mm=sizes[1])


def _mm(text: str | None) -> float | None:
    return None if text is None else float(text.replace(",", "."))
