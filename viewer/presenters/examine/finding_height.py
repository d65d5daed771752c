"""A height above the sole that was measured at the body itself, typed as "1320 ± 5"."""

from __future__ import annotations

import re
from dataclasses import replace

from virtopsy.errors import InputError
from virtopsy.findings.words import number
from virtopsy.findings.wound import Wound
from virtopsy.language import Language

FIELD = "entered_height"
_TYPED = re.compile(
    r"(\d{1,4}(?:[.,]\d+)?)\s*(?:±|\+-|\+/-|;)\s*(\d{1,3}(?:[.,]\d+)?)\s*(?:mm|мм)?"
)


def shown(wound: Wound, language: Language) -> str:
    """Return the entered height with its 1 SD, mm; empty where none was entered."""
    if wound.entered_height_mm is None or wound.entered_height_sd_mm is None:
        return ""
    height, sd = wound.entered_height_mm, wound.entered_height_sd_mm
    return f"{number(height, language, 0)} ± {number(sd, language, 0 if sd == round(sd) else 1)}"


def entered(wound: Wound, text: str, person: str) -> Wound:
    """Return the wound with a height that was typed; an empty text takes it back.

    Raises:
        InputError: it is not a height with its error, of which no measurement is free.
    """
    if not text and wound.entered_height_mm is None:
        return wound
    if not text:
        by = wound.posture_by if wound.flexion else ""
        return replace(wound, entered_height_mm=None, entered_height_sd_mm=None, posture_by=by)
    read = _TYPED.fullmatch(text)
    if read is None or float(read[2].replace(",", ".")) == 0:
        raise InputError("panel.height.form", text=text)
    height, sd = (float(one.replace(",", ".")) for one in read.groups())
    if (height, sd) == (wound.entered_height_mm, wound.entered_height_sd_mm):
        return wound
    return replace(wound, entered_height_mm=height, entered_height_sd_mm=sd, posture_by=person)
