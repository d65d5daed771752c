"""A measurement group of another program's report, as findings with what it holds.

The numbers of the other program stay as it stated them, marked as entered; what is reckoned here
from its points stands beside. What has no field of a finding stands in its remark, and what makes
no finding at all is named.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, Final
from uuid import UUID, uuid5

import numpy as np

from virtopsy.errors import InputError
from virtopsy.exchange.content import Code, Item
from virtopsy.exchange.omission import Omission, Taken, omitted
from virtopsy.exchange.placing import Shape, Unplaced, placed
from virtopsy.exchange.source import Source
from virtopsy.exchange.stated import quantities_of
from virtopsy.findings.finding import LONGEST_TEXT, Finding, Side
from virtopsy.findings.measure import Measure, MeasureKind
from virtopsy.findings.note import Note
from virtopsy.findings.quantity import Quantity
from virtopsy.findings.vocabulary import terms
from virtopsy.geometry.camera import Point
from virtopsy.language import printable

_TRACKING: Final = ("112039", "DCM")
_TRACKING_UID: Final = ("112040", "DCM")
_FINDING: Final = ("121071", "DCM")
_SITES: Final = (("363698007", "SCT"), ("G-C0E3", "SRT"))
_SIDES: Final = (("272741003", "SCT"), ("G-C171", "SRT"))
_SEGMENTS: Final = (("121191", "DCM"), ("121214", "DCM"), ("121231", "DCM"))
_SILENT: Final = frozenset({_TRACKING, _TRACKING_UID, _FINDING, *_SITES, *_SIDES})
_NAMESPACE: Final = UUID("0f0a4c0e-6f7e-4a61-9a0b-7b9b9e6d8a11")
_LONGEST_NAME: Final = 200
_OLD_SIDES: Final[Mapping[str, str]] = MappingProxyType(
    {"G-A100": "right", "G-A101": "left", "G-A102": "both"}
)


@dataclass(frozen=True)
class _Group:
    """What holds for every finding of a group."""

    name: str
    key: str
    side: Side
    region: str
    level: str
    remark: str


def group(
    item: Item, number: int, sources: Mapping[str, Source], evidence: frozenset[str]
) -> Taken:
    """Return the findings of a group.

    Args:
        item: the group.
        number: which of the report, from 1.
        sources: the series of the case, by the key that findings call them.
        evidence: SOP Instance UIDs of what the report was made from.
    """
    told = _of_group(item, number)
    findings: list[Finding] = []
    left: list[Omission] = [
        omitted("segment", name=told.name, uid=one.sop_uid) for one in item.of(*_SEGMENTS)
    ]
    drawn = list(_shapes(item))
    for place, (coordinates, numbers) in enumerate(drawn):
        shape = placed(coordinates, item, sources, evidence)
        if isinstance(shape, Unplaced):
            left.append(omitted(shape.why, name=told.name, kind=coordinates.graphic))
            continue
        try:
            findings.extend(_findings(told, shape, numbers, place))
        except (InputError, ValueError) as error:
            left.append(_refused(told.name, shape.graphic, error))
    if not drawn and not left:
        left.append(omitted("no_place", name=told.name, count=len(list(item.kinds("NUM")))))
    return Taken(tuple(findings), tuple(left))


def _refused(name: str, kind: str, error: Exception) -> Omission:
    if isinstance(error, InputError):
        return Omission("record", {"name": name}, error)
    return omitted("shape", name=name, kind=kind)


def _shapes(item: Item) -> Iterator[tuple[Item, Sequence[Item]]]:
    """Yield every outline, line or point once, with the numbers that were measured on it."""
    numbers = list(item.kinds("NUM"))
    on: dict[tuple[float, ...], tuple[Item, list[Item]]] = {}
    for one in numbers:
        for coordinates in one.kinds("SCOORD", "SCOORD3D"):
            on.setdefault(coordinates.points, (coordinates, []))[1].append(one)
    free = [one for one in numbers if not any(one.kinds("SCOORD", "SCOORD3D"))]
    for coordinates in item.kinds("SCOORD", "SCOORD3D"):
        on.setdefault(coordinates.points, (coordinates, []))
    for coordinates, measured in on.values():
        yield coordinates, [*measured, *free]


def _of_group(item: Item, number: int) -> _Group:
    found = next(iter(item.of(_FINDING)), Item(""))
    name = next((one.text for one in item.of(_TRACKING)), "") or found.code.meaning
    key = next((one.text for one in item.of(_TRACKING_UID)), "") or f"{name}/{number}"
    sites = list(item.of(*_SITES))
    region, level = _site(sites[0].code) if sites else ("", "")
    sides = [side for one in (item, *sites) for side in one.of(*_SIDES)]
    return _Group(
        name=printable(name.strip())[:_LONGEST_NAME] or f"SR {number}",
        key=key,
        side=_side(sides[0].code) if sides else Side.UNSTATED,
        region=region,
        level=level,
        remark="\n".join(_remarks(item, found.code, sites[1:])),
    )


def _remarks(item: Item, found: Code, more: Sequence[Item]) -> Iterator[str]:
    """Yield what a group says that has no field of a finding."""
    if found.meaning:
        yield found.meaning
    for one in more:
        yield f"{one.name.meaning}: {one.code.meaning}"
    for one in item.kinds("CODE", "TEXT"):
        if one.name.key not in _SILENT and (one.text or one.code.meaning):
            yield f"{one.name.meaning}: {one.text or one.code.meaning}"


def _site(code: Code) -> tuple[str, str]:
    """Return the body region of a site and, where it is none of ours, the site in its words."""
    for one in terms("region_of_body"):
        if one.snomed == code.value:
            return one.code, ""
    return "", code.meaning


def _side(code: Code) -> Side:
    for one in terms("side"):
        if code.value in {one.snomed, one.coded[0]}:
            return Side(one.code)
    return Side(_OLD_SIDES.get(code.value, ""))


def _findings(told: _Group, shape: Shape, numbers: Sequence[Item], place: int) -> Iterator[Finding]:
    measured, rest = quantities_of(numbers)
    for number, (kind, points) in enumerate(_made(shape, measured)):
        common = _common(told, shape, (*told.remark.split("\n"), *rest), (place, number))
        if kind is None:
            yield Note(points[0], **common)
            continue
        outline = "ellipse" if kind is MeasureKind.ROI else ""
        yield Measure(kind, points, outline=outline, measured=measured, **common)


def _made(
    shape: Shape, measured: tuple[Quantity, ...]
) -> Iterator[tuple[MeasureKind | None, tuple[Point, ...]]]:
    """Yield what is made of a shape: a kind of measure and its points, or None for a note."""
    points = shape.points
    if shape.graphic in {"POINT", "MULTIPOINT"}:
        yield from ((None, (one,)) for one in points)
    elif shape.graphic == "POLYLINE":
        yield _line(points, measured), points
    elif shape.graphic == "POLYGON":
        yield MeasureKind.AREA, points[:-1] if points[0] == points[-1] else points
    elif shape.graphic == "ELLIPSE":
        yield MeasureKind.ROI, _three(points)
    else:
        raise ValueError(f"{shape.graphic} makes no finding")


def _line(points: tuple[Point, ...], measured: tuple[Quantity, ...]) -> MeasureKind:
    turned = any(one.unit == "deg" for one in measured)
    if turned and len(points) in {3, 4}:
        return MeasureKind.ANGLE if len(points) == 3 else MeasureKind.COBB
    return MeasureKind.LENGTH if len(points) == 2 else MeasureKind.CURVE


def _three(points: tuple[Point, ...]) -> tuple[Point, ...]:
    """Return centre and two middles of sides from the ends of both axes of an ellipse."""
    x, y, z = np.mean(points, axis=0).tolist()
    return (x, y, z), points[1], points[3]


def _common(
    told: _Group, shape: Shape, remarks: Sequence[str], place: tuple[int, int]
) -> dict[str, Any]:
    """Return what every finding has; its id follows from where it stood, so that it is known."""
    identity = chr(0).join((told.key, shape.source.uid, *map(str, place)))
    suffix = f" ({place[0] + place[1] + 1})" if sum(place) else ""
    return {
        "finding_id": uuid5(_NAMESPACE, identity).hex,
        "name": told.name[: _LONGEST_NAME - len(suffix)] + suffix,
        "series_uid": shape.source.key,
        "frame_of_reference_uid": shape.source.frame_of_reference_uid,
        "side": told.side,
        "region": told.region,
        "level": told.level,
        "remark": "\n".join(filter(None, remarks))[:LONGEST_TEXT],
        "seen_on_slice": shape.sop_uid,
    }
