"""A blade that shall be tested against a stab, typed as "22 × 3" or as its width alone."""

from __future__ import annotations

import re
from dataclasses import replace

from virtopsy.errors import InputError
from virtopsy.findings.words import number
from virtopsy.findings.wound import Wound
from virtopsy.language import Language

FIELD = "blade"
_MM = r"(\d{1,3}(?:[.,]\d+)?)"
_TYPED = re.compile(rf"{_MM}(?:\s*[×xхX*]\s*{_MM})?\s*(?:mm|мм)?")


def shown(wound: Wound, language: Language) -> str:
    """Return width and thickness of the blade, mm; empty where none was entered."""
    told = [one for one in (wound.blade_width_mm, wound.blade_thickness_mm) if one is not None]
    return " × ".join(number(one, language) for one in told)


def entered(wound: Wound, text: str) -> Wound:
    """Return the wound with a blade that was typed; an empty text takes it back.

    Raises:
        InputError: it is not a width, nor a width and a thickness.
    """
    read = _TYPED.fullmatch(text) if text else None
    if text and (read is None or _mm(read[1]) == 0 or _mm(read[2]) == 0):
        raise InputError("panel.blade.form", text=text)
    width, thickness = (None, None) if read is None else (_mm(read[1]), _mm(read[2]))
    return replace(wound, blade_width_mm=width, blade_thickness_mm=thickness)


def _mm(text: str | None) -> float | None:
    return None if text is None else float(text.replace(",", "."))
