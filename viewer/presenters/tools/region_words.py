"""The statistics of a region in words: a few short lines that stand beside it.

Everywhere else in the product "±" is a 95%; here it is how the voxels vary, so it says "SD".
"""

from __future__ import annotations

from virtopsy.findings.words import number
from virtopsy.imaging.roi import Region, Statistics
from virtopsy.imaging.volume import Quantity
from virtopsy.language import Language, say

_LARGE_MM2 = 1000.0


def region_lines(
    region: Region, found: Statistics | None, language: Language, *, slab: bool
) -> tuple[str, ...]:
    """Return the lines: mean, range, how much was measured, and what is not plain about it.

    Args:
        region: that was drawn.
        found: what its voxels hold; None where there is none.
        language: of the words.
        slab: the picture shows more than the one slice that is measured.
    """
    area = number(region.area_mm2, language, 0 if region.area_mm2 >= _LARGE_MM2 else 1)
    if found is None:
        return (
            say("region.empty", language),
            say("region.area", language, n=0, area=area),
        )
    kind = "hu" if found.quantity is Quantity.HU else "signal"
    mean = number(found.mean, language)
    lines = [
        say(f"region.one.{kind}", language, mean=mean)
        if found.sd is None
        else say(f"region.mean.{kind}", language, mean=mean, sd=number(found.sd, language)),
        say(
            "region.range",
            language,
            low=_value(found.minimum, language),
            high=_value(found.maximum, language),
        ),
        say("region.area", language, n=found.n, area=area),
    ]
    if found.resampled:
        lines.append(say("region.resampled", language))
    if slab:
        lines.append(say("region.slab", language))
    return tuple(lines)


def _value(value: float, language: Language) -> str:
    return number(value, language, 0 if value.is_integer() else 1)
