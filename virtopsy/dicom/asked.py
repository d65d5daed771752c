"""How the header of a file asks to be shown. It only proposes: nonsense here loses no file."""

from __future__ import annotations

from functools import lru_cache
from math import isfinite
from typing import Final

from virtopsy.dicom.header import Header
from virtopsy.imaging.display import Display
from virtopsy.language import printable

TAGS: Final = (
    0x00281050,  # Window Center
    0x00281051,  # Window Width
    0x00281055,  # Window Center & Width Explanation
    0x00281056,  # VOI LUT Function
    0x00180015,  # Body Part Examined
    0x00181210,  # Convolution Kernel
)
_LONGEST: Final = 64


def asked(header: Header) -> Display:
    """Return what a header says of windows, region and kernel."""
    return _asked(*(header.text(tag) for tag in TAGS))


@lru_cache(maxsize=512)
def _asked(  # noqa: PLR0913, PLR0917 -- the six elements, in order of `TAGS`
    centres: str, widths: str, explanations: str, function: str, part: str, kernel: str
) -> Display:
    centre, width = _linear(_first(centres), _first(widths), function or "LINEAR")
    return Display(
        centre=centre,
        width=width,
        explanation=_plain(explanations.partition("\\")[0]) if centre is not None else "",
        body_part=_plain(part).upper(),
        kernel=_plain(kernel.partition("\\")[0]),
    )


def _linear(
    centre: float | None, width: float | None, function: str
) -> tuple[float | None, float | None]:
    """Return a stated window as the function LINEAR counts it; None where it is another curve.

    LINEAR_EXACT of centre c and width w is black at c - w / 2 and white at c + w / 2 (PS3.3
    C.11.2.1.3.2); LINEAR has these ends for c + 0.5 and w + 1. A sigmoid has no ends.
    """
    if centre is None or width is None:
        return None, None
    if function == "LINEAR_EXACT" and width > 0:
        return centre + 0.5, width + 1
    return (centre, width) if function == "LINEAR" and width >= 1 else (None, None)


def _first(texts: str) -> float | None:
    text = texts.partition("\\")[0].strip()
    try:
        number = float(text)
    except ValueError:
        return None  # absent or no number: nothing is asked
    return number if isfinite(number) and "_" not in text else None


def _plain(text: str) -> str:
    return printable(text.strip(" \0"))[:_LONGEST]
