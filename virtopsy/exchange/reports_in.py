"""A structured report back to findings: our own without loss, another program's by what it holds.

A group that we wrote bears the whole record of its finding as text. It is believed only where the
coded content beside it says the same: whoever changed a number or a point with another program
and not the record, or the other way round, is told, and the finding is left out.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Final

import numpy as np
from pydicom.dataset import Dataset

from virtopsy.errors import InputError
from virtopsy.exchange import codes, foreign
from virtopsy.exchange.content import Item, evidence_of, tree
from virtopsy.exchange.drawn import drawn
from virtopsy.exchange.group import DECIMALS, tracking_uid
from virtopsy.exchange.omission import Omission, Taken, omitted
from virtopsy.exchange.source import Source
from virtopsy.findings.finding import Finding
from virtopsy.findings.record import from_record

_GROUP: Final = ("125007", "DCM")
_TRACKING: Final = ("112039", "DCM")
_TRACKING_UID: Final = ("112040", "DCM")
_RECORD: Final = (codes.RECORD.value, codes.RECORD.scheme_designator)
_READ_ELSEWHERE: Final = frozenset({"125007", "126010", "111028"})
_SAME_MM: Final = 2e-3
"""Records round to a micrometre, coordinates of a report to single precision."""


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
    if taken.findings and not _agrees(group, taken.findings[0]):
        return Taken(omissions=(omitted("differs", name=name),))
    return taken


def _agrees(group: Item, finding: Finding) -> bool:
    """Tell whether the coded content beside a record says the same."""
    names = [one.text for one in group.of(_TRACKING)]
    uids = [one.text for one in group.of(_TRACKING_UID)]
    if names != [finding.name.strip()] or uids != [tracking_uid(finding)]:
        return False
    return _numbers_agree(group, finding) and _places_agree(group, finding)


def _numbers_agree(group: Item, finding: Finding) -> bool:
    told = {
        (codes.of_group("quantity", one.code).value, round(one.value, DECIMALS) + 0.0)
        for one in finding.quantities
    }
    stated = {(one.name.value, one.number) for one in group.kinds("NUM")}
    return all(
        any(name == other and _near(number, value) for other, value in told)
        for name, number in stated
    ) and len(stated) == len(told)


def _near(number: float | None, value: float) -> bool:
    return number is not None and abs(number - value) <= _SAME_MM * max(1.0, abs(value))


def _places_agree(group: Item, finding: Finding) -> bool:
    """Tell whether the points of a report are those of the record, and all of them."""
    stated = [one.points for one in group.kinds("SCOORD3D")]
    marked = [np.array(one.points).ravel() for one in drawn(finding)]
    return len(stated) == len(marked) and all(
        len(one) == len(other) and bool(np.abs(np.subtract(one, other)).max() < _SAME_MM)
        for one, other in zip(stated, marked, strict=True)
    )


def _beside(root: Item) -> Iterator[Omission]:
    """Name what the report holds beside its groups: evaluations of the whole examination."""
    for one in root.kinds("CONTAINER"):
        held = sum(item.kind in {"NUM", "CODE", "TEXT"} for item in one.children)
        if held and one.name.value not in _READ_ELSEWHERE:
            yield omitted("beside", name=one.name.meaning, count=held)
