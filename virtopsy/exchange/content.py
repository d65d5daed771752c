"""The content tree of a structured report as plain values, whoever wrote it.

Nothing is taken for granted: an item without a name, a number without a unit or a coordinate that
is none is there with what it has, and who reads it says what is missing.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from math import isfinite
from typing import Any, Final, NamedTuple

from pydicom.dataset import Dataset

_DEEPEST: Final = 30
_MOST_POINTS: Final = 100_000


class Code(NamedTuple):
    """A coded concept."""

    value: str = ""
    scheme: str = ""
    meaning: str = ""

    @property
    def key(self) -> tuple[str, str]:
        """Return what tells it from others."""
        return self.value, self.scheme


NO_CODE: Final = Code()


@dataclass(frozen=True)
class Item:
    """One content item.

    Attributes:
        kind: value type, such as NUM or SCOORD3D.
        name: its concept.
        code: of a CODE.
        text: of a TEXT, PNAME, UIDREF or date.
        number, unit: of a NUM; None where it states none.
        graphic: graphic type of coordinates.
        points: their numbers as they stand, in one row.
        frame_of_reference_uid: in which they hold.
        sop_class, sop_uid, frames, states: what an IMAGE or COMPOSITE points at, its frames and
            the presentation states it is to be shown by.
        children: of it, in their order.
    """

    kind: str
    name: Code = NO_CODE
    code: Code = NO_CODE
    text: str = ""
    number: float | None = None
    unit: Code = NO_CODE
    graphic: str = ""
    points: tuple[float, ...] = ()
    frame_of_reference_uid: str = ""
    sop_class: str = ""
    sop_uid: str = ""
    frames: tuple[int, ...] = ()
    states: tuple[str, ...] = ()
    children: tuple[Item, ...] = ()

    def of(self, *names: tuple[str, str]) -> Iterator[Item]:
        """Yield the children of these concepts."""
        return (one for one in self.children if one.name.key in names)

    def kinds(self, *kinds: str) -> Iterator[Item]:
        """Yield the children of these value types."""
        return (one for one in self.children if one.kind in kinds)

    def below(self) -> Iterator[Item]:
        """Yield everything below, an item before what it holds."""
        for one in self.children:
            yield one
            yield from one.below()


def tree(dataset: Dataset, depth: int = 0) -> Item:
    """Return an item with all below it; nesting without end is cut."""
    inner = dataset.get("ContentSequence") or ()
    children = tuple(tree(one, depth + 1) for one in inner) if depth < _DEEPEST else ()
    measured = _first(dataset, "MeasuredValueSequence")
    pointed = _first(dataset, "ReferencedSOPSequence")
    states = pointed.get("ReferencedSOPSequence") or ()
    return Item(
        kind=_text(dataset, "ValueType"),
        name=code(_first(dataset, "ConceptNameCodeSequence")),
        code=code(_first(dataset, "ConceptCodeSequence")),
        text=next(filter(None, (_text(dataset, one) for one in _TEXTS)), ""),
        number=_number(measured),
        unit=code(_first(measured, "MeasurementUnitsCodeSequence")),
        graphic=_text(dataset, "GraphicType"),
        points=_numbers(dataset.get("GraphicData")),
        frame_of_reference_uid=_text(dataset, "ReferencedFrameOfReferenceUID"),
        sop_class=_text(pointed, "ReferencedSOPClassUID"),
        sop_uid=_text(pointed, "ReferencedSOPInstanceUID"),
        frames=tuple(int(one) for one in _numbers(pointed.get("ReferencedFrameNumber"))),
        states=tuple(_text(one, "ReferencedSOPInstanceUID") for one in states),
        children=children,
    )


_TEXTS: Final = ("TextValue", "PersonName", "UID", "DateTime", "Date", "Time")


def evidence_of(dataset: Dataset) -> frozenset[str]:
    """Return the SOP Instance UIDs of everything an object says it was made from."""
    found: set[str] = set()
    for keyword in ("CurrentRequestedProcedureEvidenceSequence", "PertinentOtherEvidenceSequence"):
        for study in dataset.get(keyword) or ():
            for series in study.get("ReferencedSeriesSequence") or ():
                pointed = series.get("ReferencedSOPSequence") or ()
                found.update(_text(one, "ReferencedSOPInstanceUID") for one in pointed)
    return frozenset(found)


def code(dataset: Dataset) -> Code:
    """Return a coded concept, empty where there is none."""
    values = ("CodeValue", "LongCodeValue", "URNCodeValue")
    value = next(filter(None, (_text(dataset, one) for one in values)), "")
    return Code(value, _text(dataset, "CodingSchemeDesignator"), _text(dataset, "CodeMeaning"))


def _first(dataset: Dataset, keyword: str) -> Dataset:
    items = dataset.get(keyword)
    return items[0] if isinstance(items, Sequence) and len(items) else Dataset()


def _text(dataset: Dataset, keyword: str) -> str:
    value = dataset.get(keyword)
    return "" if value is None else str(value).strip()


def _number(measured: Dataset) -> float | None:
    values = (
        *_numbers(measured.get("FloatingPointValue")),
        *_numbers(measured.get("NumericValue")),
    )
    return values[0] if values else None


def _numbers(value: Any) -> tuple[float, ...]:
    if value is None or isinstance(value, str):
        return ()
    given = value if isinstance(value, Sequence) else (value,)
    numbers = tuple(float(one) for one in given[: 3 * _MOST_POINTS])
    return numbers if all(map(isfinite, numbers)) else ()
