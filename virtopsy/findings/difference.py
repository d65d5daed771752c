"""What changed between two versions of a finding, field by field, in words."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, fields
from types import MappingProxyType
from typing import Any, TypeAlias

from virtopsy.findings.kinds import KINDS
from virtopsy.findings.place import place_words
from virtopsy.findings.quantity import Quantity
from virtopsy.findings.quantity_words import said
from virtopsy.findings.vocabulary import called, known
from virtopsy.findings.words import number
from virtopsy.language import Language, has, say

Record: TypeAlias = Mapping[str, Any]
_UNTOLD = frozenset({"kind", "finding_id"})
_GROUPS: Mapping[str, str] = MappingProxyType(
    {"region": "region_of_body", "sd_source": "source", "grounds": "ground"}
)
_UNITS = (("_mm3", "mm3"), ("_mm", "mm"), ("_hu", "HU"), ("_deg", "deg"))
_DECIMALS: Mapping[str, int] = MappingProxyType({"mm3": 0, "mm": 1, "HU": 0, "deg": 1})
_BY_SOMEBODY = frozenset({"stated_by", "side_confirmed_by"})
_SHORT = 40
_MOST_POINTS = 3


@dataclass(frozen=True)
class Difference:
    """One field that two versions differ in.

    Attributes:
        field: of the record.
        label: what it is called.
        old, new: what it was and is, in words.
    """

    field: str
    label: str
    old: str
    new: str


def differences(
    before: Record | None, after: Record | None, language: Language
) -> tuple[Difference, ...]:
    """Return what differs, in the order of the fields; nothing where one of the two is no version.

    Args:
        before: record of the earlier version; None: there was none, or it was withdrawn.
        after: record of the later version.
        language: of the words.
    """
    if before is None or after is None:
        return ()
    return tuple(
        Difference(name, _label(name, language), *_both(name, before, after, language))
        for name in _fields(before, after)
        if name not in _UNTOLD and before.get(name) != after.get(name)
    )


def _fields(before: Record, after: Record) -> Iterable[str]:
    """Return the names of all fields in the order of the kind; what was kept is sorted by name."""
    kind: type | None = KINDS.get(str(after.get("kind")))
    known = () if kind is None else (one.name for one in fields(kind))
    return dict.fromkeys((*known, *before, *after))


def _label(name: str, language: Language) -> str:
    """Return what a field is called; one that a later version brought keeps its name."""
    key = f"panel.field.{name}"
    return say(key, language) if has(key, language) else name


def _both(name: str, before: Record, after: Record, language: Language) -> tuple[str, str]:
    old, new = before.get(name), after.get(name)
    if name.endswith("_lps_mm") and _points(old) and _points(new):
        return _moved(_as_points(old), _as_points(new), language)
    return _told(name, old, language), _told(name, new, language)


def _points(value: Any) -> bool:
    """Tell whether a field holds one point or a list of them."""
    return bool(value) and (_is_point(value) or all(map(_is_point, value)))


def _is_point(value: Any) -> bool:
    numbers = isinstance(value, Sequence) and len(value) == 3
    return numbers and all(isinstance(one, int | float) for one in value)


def _as_points(value: Any) -> Sequence[Any]:
    return [value] if _is_point(value) else list(value)


def _moved(old: Sequence[Any], new: Sequence[Any], language: Language) -> tuple[str, str]:
    """Tell points that lie elsewhere now, and by how much."""
    if len(old) != len(new):
        return tuple(say("panel.points", language, n=len(one)) for one in (old, new))  # type: ignore[return-value]  # two of them
    other = [n for n, (a, b) in enumerate(zip(old, new, strict=True), 1) if a != b]
    if len(other) > _MOST_POINTS:
        both = say("panel.points", language, n=len(old))
        return both, say("panel.points.moved", language, n=len(other))
    alone = len(old) == 1
    olds = "; ".join(_place(n, old[n - 1], alone, language) for n in other)
    news = []
    for n in other:
        by = number(math.dist(old[n - 1], new[n - 1]), language)
        place = _place(n, new[n - 1], alone, language)
        news.append(say("panel.moved", language, place=place, mm=by))
    return olds, "; ".join(news)


def _place(n: int, point: Any, alone: bool, language: Language) -> str:
    place = place_words((point[0], point[1], point[2]), language)
    return place if alone else f"{n}: {place}"


def _told(name: str, value: Any, language: Language) -> str:
    if value == "" and name in _BY_SOMEBODY:  # stated by whoever had not signed in yet
        return say("findings.stated_by.nobody", language)
    if value is None or value in ("", []):
        return say("panel.nothing", language)
    for kind, tell in _TELL:
        if isinstance(value, kind):
            return tell(name, value, language)
    return str(value)


def _yes(_name: str, value: bool, language: Language) -> str:
    return say("panel.yes" if value else "panel.no", language)


def _word(name: str, value: str, language: Language) -> str:
    """Return a term as it is called, a text as it stands; what no person reads is only told of."""
    key = f"panel.{name}.{value}"
    if has(key, language):
        return say(key, language)
    group = _GROUPS.get(name, name)
    if known(group, value):
        return called(group, value, language)
    if name == "mask":
        return say("panel.voxels", language)
    return value if len(value) <= _SHORT or " " in value else f"…{value[-_SHORT:]}"


def _number(name: str, value: float, language: Language) -> str:
    key = f"panel.{name}.{value}"
    if isinstance(value, int) and has(key, language):
        return say(key, language)
    for ending, unit in _UNITS:
        if name.endswith(ending):
            told = number(value, language, _DECIMALS[unit])
            return f"{told}\u00a0{say(f'findings.unit.{unit}', language)}"
    return str(value) if isinstance(value, int) else number(value, language, 1)


def _list(name: str, value: Sequence[Any], language: Language) -> str:
    if name == "measured":
        return "; ".join(
            f"{called('quantity', one['code'], language)}: {said(Quantity(**one), language)}"
            for one in value
        )
    if _points(value) and name.endswith("_lps_mm"):
        places = _as_points(value)
        if len(places) > _MOST_POINTS:
            return say("panel.points", language, n=len(places))
        return "; ".join(
            _place(n, one, len(places) == 1, language) for n, one in enumerate(places, 1)
        )
    if len(value) > 6 or not all(isinstance(one, str | int | float) for one in value):
        return say("panel.values.count", language, n=len(value))
    return ", ".join(_told(name, one, language) for one in value)


_TELL: tuple[tuple[type, Callable[[str, Any, Language], str]], ...] = (
    (bool, _yes),
    (str, _word),
    (int, _number),
    (float, _number),
    (list, _list),
    (tuple, _list),
)
