"""Numbers as another program's report states them, in our units and codes."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from math import degrees
from types import MappingProxyType
from typing import Final

from virtopsy.exchange.content import Item
from virtopsy.findings.quantity import Quantity
from virtopsy.findings.vocabulary import terms

_UNITS: Final[Mapping[str, tuple[str, float]]] = MappingProxyType(
    {
        "mm": ("mm", 1.0),
        "cm": ("mm", 10.0),
        "m": ("mm", 1000.0),
        "um": ("mm", 0.001),
        "mm2": ("mm2", 1.0),
        "cm2": ("mm2", 100.0),
        "mm3": ("mm3", 1.0),
        "cm3": ("mm3", 1000.0),
        "ml": ("mm3", 1000.0),
        "mL": ("mm3", 1000.0),
        "deg": ("deg", 1.0),
        "rad": ("deg", degrees(1.0)),
        "[hnsf'U]": ("HU", 1.0),
        "HU": ("HU", 1.0),
        "1": ("1", 1.0),
    }
)
"""UCUM units, and what they are in ours."""
_OF_UNIT: Final[Mapping[str, str]] = MappingProxyType(
    {"mm": "length", "mm2": "area", "mm3": "volume", "deg": "angle"}
)
"""What a number of a unit is called where its concept is none of ours."""
_OTHER_CODES: Final[Mapping[str, str]] = MappingProxyType(
    {
        "G-D7FE": "length",
        "103339001": "length",
        "103340004": "length",
        "G-A185": "length",
        "G-A186": "length",
        "G-A166": "area",
        "G-D705": "volume",
        "R-00317": "mean",
        "386136009": "standard_deviation",
        "R-10047": "standard_deviation",
        "R-404FB": "minimum",
        "G-A437": "maximum",
    }
)
"""Concepts of SNOMED and its older form (SRT) that say the same as ours."""
_ABOVE: Final = (("371886008", "SCT"), ("R-00364", "SRT"))
_BELOW: Final = (("371885007", "SCT"), ("R-00363", "SRT"))


def quantities_of(numbers: Iterable[Item]) -> tuple[tuple[Quantity, ...], tuple[str, ...]]:
    """Return numbers as quantities that were entered, and those that make none in words."""
    made, words = [], []
    for one in numbers:
        quantity = _quantity(one)
        if quantity is None:
            words.append(said(one))
        else:
            made.append(quantity)
            if quantity.code != _own(one.name.value):  # its own name says more than ours
                words.append(said(one))
    return tuple(made), tuple(words)


def said(item: Item) -> str:
    """Return a number as the report says it: name, value and unit."""
    value = "" if item.number is None else f"{item.number:g}"
    return " ".join(filter(None, (f"{item.name.meaning}:", value, item.unit.value))).strip()


def _quantity(item: Item) -> Quantity | None:
    known = _UNITS.get(item.unit.value)
    if known is None or item.number is None:
        return None
    unit, factor = known
    code = _own(item.name.value) or _OTHER_CODES.get(item.name.value) or _OF_UNIT.get(unit)
    if code is None:
        return None
    value = item.number * factor
    above, below = _spread(item, _ABOVE), _spread(item, _BELOW)
    if above is None or below is None:
        return Quantity(code, value, unit, source="entered")
    low, high = value - abs(below) * factor, value + abs(above) * factor
    return Quantity(code, value, unit, low=low, high=high, source="entered")


def _spread(item: Item, names: tuple[tuple[str, str], ...]) -> float | None:
    """Return a range of uncertainty, which is in the number's own unit (TID 310)."""
    return next((one.number for one in item.of(*names)), None)


def _own(code: str) -> str:
    """Return our code of a concept, empty where it is none of ours."""
    for one in terms("quantity"):
        if code in {one.snomed, one.coded[0]} and code:
            return one.code
    return ""
