"""A number with its unit, its uncertainty, and where both come from."""

from __future__ import annotations

import math
from dataclasses import dataclass

from virtopsy.errors import InputError
from virtopsy.geometry.direction import NORMAL_95

UNITS = ("mm", "mm2", "mm3", "deg", "HU", "1")
"""Millimetres, their squares and cubes, degrees, Hounsfield units, plain counts and shares."""


@dataclass(frozen=True)
class Quantity:
    """One measured number.

    Attributes:
        code: What was measured, a code of resources/vocabularies/findings.json.
        value: The number.
        unit: One of mm, mm2, mm3, deg, HU and 1 (a count or share).
        sd: Measuring error, 1 SD; null where it is told as a range, or there is none to tell.
        low: Lower end of the range, where there is one.
        high: Upper end of the range, where there is one.
        source: Where the uncertainty comes from: clicks, spacing, fit, repeats, threshold, entered,
            assumed, or none for a description of values that has no error of its own.
    """

    code: str
    value: float
    unit: str
    sd: float | None = None
    low: float | None = None
    high: float | None = None
    source: str = "none"

    def __post_init__(self) -> None:
        told = [one for one in (self.value, self.sd, self.low, self.high) if one is not None]
        if self.unit not in UNITS or not all(map(math.isfinite, told)):
            raise InputError("findings.quantity", code=self.code, unit=self.unit)
        if (self.sd is not None and self.sd < 0) or (self.low is None) != (self.high is None):
            raise InputError("findings.quantity", code=self.code, unit=self.unit)

    @property
    def half95(self) -> float | None:
        """Half-width of the 95% interval; None without a standard deviation."""
        return None if self.sd is None else NORMAL_95 * self.sd
