"""A structured report back to findings: our own without loss, another program's by what it holds.

A group that we wrote bears the whole record of its finding as text. It is believed only where the
coded content beside it says the same: whoever changed a number or a point with another program
and not the record, or the other way round, is told, and the finding is left out.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Final

import numpy as np
from highdicom.sr import CodedConcept
from pydicom.dataset import Dataset

from virtopsy.errors import InputError
from virtopsy.exchange import codes, foreign
from virtopsy.exchange.content import Item, evidence_of, tree
from virtopsy.exchange.drawn import drawn
from virtopsy.exchange.group import tracking_uid
from virtopsy.exchange.omission import Omission, Taken, omitted
from virtopsy.exchange.source import Source
from virtopsy.findings.finding import Finding
from virtopsy.findings.record import from_record

_GROUP: Final = ("125007", "DCM")
_TRACKING: Final = ("112039", "DCM")
_TRACKING_UID: Final = ("112040", "DCM")
_RECORD: Final = (codes.RECORD.value, codes.RECORD.scheme_designator)
_READ_ELSEWHERE: Final = frozenset({"125007", "126010", "111028"})
_IMAGE_REGION: Final = ("111030", "DCM")
_SAME: Final = 1e-3
"""Of a number; what is taken is the record's, with all its digits."""
_SAME_MM: Final = 2e-3
"""Coordinates of a report have single precision: a micrometre at ten metres."""


def findings_of(dataset: Dataset, sources: Mapping[str, Source]) -> Taken:
    """Return the findings of a report and what of it could not be read.

    Args:
        dataset: the report.
        sources: the series of the case, by the key that findings call them.
    """
    root, seen = tree(dataset), evidence_of(dataset)
    groups = [one for one in root.below() if one.kind == "CONTAINER" and one.name.key == _GROUP]
    taken = Taken()
    for number, one in enumerate(groups, start=1):
        taken += _own(one, sources) if _records(one) else foreign.group(one, number, sources, seen)
    if not groups:
        return taken + Taken(omissions=(omitted("no_groups", name=root.name.meaning),))
    return taken + Taken(omissions=tuple(_beside(root)))


def record_of(text: str, sources: Mapping[str, Source], name: str = "") -> Taken:
    """Return the finding of a record that came with a DICOM object.

    Args:
        text: the record as JSON.
        sources: its series must be one of these.
        name: what to call it where the record cannot be read.
    """
    try:
        finding = from_record(json.loads(text))
    except InputError as error:
        return Taken(omissions=(Omission("record", {"name": name}, error),))
    except (ValueError, RecursionError):
        return Taken(omissions=(omitted("no_record", name=name),))
    if finding.series_uid not in sources:
        return Taken(omissions=(omitted("series", name=finding.name, series=finding.series_uid),))
    return Taken((finding,))


def _records(group: Item) -> list[str]:
    return [one.text for one in group.of(_RECORD) if one.kind == "TEXT"]


def _own(group: Item, sources: Mapping[str, Source]) -> Taken:
    name = next((one.text for one in group.of(_TRACKING)), "")
    taken = record_of(_records(group)[0], sources, name)
    if not taken.findings:
        return taken
    finding = taken.findings[0]
    if not _agrees(group, finding):
        return Taken(omissions=(omitted("differs", name=name),))
    added = _names(group) - {*_numbers(finding), *_places(finding)}
    if added:
        left = omitted("added", name=name, count=len(added))
        return taken + Taken(omissions=(left,))
    return taken


def _agrees(group: Item, finding: Finding) -> bool:
    """Tell whether the coded content beside a record says the same, as far as it says anything.

    What the one says and the other does not is no contradiction: a later version of the program
    may reckon one number more from the same points.
    """
    names = [one.text for one in group.of(_TRACKING)]
    uids = [one.text for one in group.of(_TRACKING_UID)]
    if names != [finding.name.strip()] or uids != [tracking_uid(finding)]:
        return False
    numbers, places = _numbers(finding), _places(finding)
    return all(
        any(_same_number(one.number, value) for value in numbers[one.name.key])
        for one in group.kinds("NUM")
        if one.name.key in numbers
    ) and all(
        any(_same_points(one.points, points) for points in places[one.name.key])
        for one in group.kinds("SCOORD3D")
        if one.name.key in places
    )


def _names(group: Item) -> set[tuple[str, str]]:
    return {one.name.key for one in group.kinds("NUM", "SCOORD3D")}


def _numbers(finding: Finding) -> dict[tuple[str, str], list[float]]:
    """Return the numbers of a finding by their concept, as a report says them."""
    told: dict[tuple[str, str], list[float]] = {}
    for one in finding.quantities:
        told.setdefault(_key(codes.of_group("quantity", one.code)), []).append(one.value)
    return told


def _places(finding: Finding) -> dict[tuple[str, str], list[Sequence[float]]]:
    """Return the points of a finding by what they are, as a report says them."""
    told: dict[tuple[str, str], list[Sequence[float]]] = {}
    for one in drawn(finding):
        key = _IMAGE_REGION if one.outline else _key(one.role)
        told.setdefault(key, []).append(np.array(one.points).ravel().tolist())
    return told


def _key(concept: CodedConcept) -> tuple[str, str]:
    return concept.value, concept.scheme_designator


def _same_number(stated: float | None, told: float) -> bool:
    return stated is not None and abs(stated - told) <= _SAME * max(1.0, abs(told))


def _same_points(stated: Sequence[float], told: Sequence[float]) -> bool:
    return len(stated) == len(told) and bool(np.allclose(stated, told, rtol=0.0, atol=_SAME_MM))


def _beside(root: Item) -> Iterator[Omission]:
    """Name what the report holds beside its groups: evaluations of the whole examination."""
    for one in root.kinds("CONTAINER"):
        held = sum(item.kind in {"NUM", "CODE", "TEXT"} for item in one.children)
        if held and one.name.value not in _READ_ELSEWHERE:
            yield omitted("beside", name=one.name.meaning, count=held)
