"""What only some kinds of finding state, in words for readers who have not this program."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import fields
from types import MappingProxyType
from typing import Any, Final

from virtopsy.findings.finding import Finding

_MEANINGS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "stated_by": "Stated by",
        "tissue": "Tissue the centre lies in",
        "shape": "Shape",
        "flexion": "Posture of legs and trunk",
        "posture_by": "Posture and entered height stated by",
        "outcome": "Outcome, as the expert states",
        "method": "How the ends came about",
        "deflected_at_entry": "Deflection at the entry, as the expert states",
        "order": "Order of probing",
        "site": "Where it lies",
        "may_be_dental": "Lies where teeth and fillings lie",
        "saturated": "Largest value is the largest the series could store",
        "threshold_hu": "Threshold, HU",
        "bone": "Bone",
        "how": "How the voxels were chosen",
        "confirmed": "Looked through by a person",
        "low_hu": "Lower threshold",
        "high_hu": "Upper threshold",
        "landmark": "Landmark",
        "side_confirmed_by": "Left and right confirmed by",
        "height_mm": "Height of the view, mm",
        "slab_mm": "Thickness of the slab, mm",
        "window_centre": "Window centre",
        "window_width": "Window width",
    }
)
"""By the field's name; numbers with an uncertainty are quantities and stand there."""


def particulars(finding: Finding) -> Iterator[tuple[str, str, str]]:
    """Yield code, meaning and value of what is stated; what is not stated is not told."""
    for one in fields(finding):
        value = getattr(finding, one.name)
        stated = value is not None and value is not False and value != ""
        if one.name in _MEANINGS and stated:
            yield one.name, _MEANINGS[one.name], _told(value)


def _told(value: Any) -> str:
    if value is True:
        return "yes"
    return f"{value:g}" if isinstance(value, float) else str(value)
