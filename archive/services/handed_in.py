"""What a finding from outside must be before it is recorded: whose statement, in which words."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import fields, replace
from typing import Any
from uuid import uuid4

from archive.records import Actor
from virtopsy.case.changes import Change
from virtopsy.errors import InputError
from virtopsy.findings import record as finding_record
from virtopsy.findings.finding import Finding
from virtopsy.findings.region import Region
from virtopsy.findings.trajectory import Trajectory
from virtopsy.findings.wound import Wound

LONGEST_NAME = 200
"""Of a finding: what a person still reads on a picture."""


def added(record: Mapping[str, Any], actor: Actor) -> Change:
    """Return the adding of a finding that came as JSON; one without an id is given one.

    Raises:
        InputError: it is no finding, or one that a person could not read.
    """
    inner = record.get("record") if record.get("t") == "finding" else record
    if not isinstance(inner, Mapping):
        raise InputError("findings.record.not_an_object")
    given = dict(inner)
    given.setdefault("finding_id", uuid4().hex)
    finding = finding_record.from_record(given)
    unknown = sorted(map(str, {*given} - {"kind", *(one.name for one in fields(finding))}))
    if unknown:  # a misspelt field would be lost without a word
        raise InputError("findings.record.unknown_field", field=ascii(unknown[0][:40])[1:-1])
    _require_readable(finding)
    read = finding_record.to_record(_stated(finding, actor))
    _refuse_odd_words(read)
    return Change("finding", str(read["finding_id"]), None, read)


def _stated(finding: Finding, actor: Actor) -> Finding:
    """Return the finding with a statement nobody put a name to as that of who hands it in."""
    if isinstance(finding, Trajectory) and finding.entry is not None and not finding.stated_by:
        return replace(finding, stated_by=actor.name)
    if isinstance(finding, Wound) and finding.wound and not finding.stated_by:
        return replace(finding, stated_by=actor.name)
    return finding


def _require_readable(finding: Finding) -> None:
    """Refuse a region whose mask is none: it would be found when somebody wants to see it.

    Raises:
        InputError: says what is wrong with it.
    """
    if not isinstance(finding, Region):
        return
    try:
        finding.voxels()
    except ValueError as error:
        raise InputError("findings.record.malformed", detail=str(error)) from error


def _refuse_odd_words(record: Mapping[str, Any]) -> None:
    """Refuse a name or id that a person could not read in a picture, a page or a log.

    Raises:
        InputError: names it, with what cannot be shown left out.
    """
    name, thing_id = str(record["name"]), str(record["finding_id"])
    if not name.strip() or len(name) > LONGEST_NAME or not name.isprintable():
        shown = "".join(c if c.isprintable() else " " for c in name[:LONGEST_NAME])
        raise InputError("archive.finding.name", name=shown)
    if not re.fullmatch(r"[0-9A-Za-z][0-9A-Za-z._-]{0,63}", thing_id):
        raise InputError("archive.finding.id", id=ascii(thing_id[:64])[1:-1])
