"""What came in, against the case it is to join: nothing is ever overwritten."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from virtopsy.case.case import Case
from virtopsy.exchange.omission import Omission, Taken, omitted
from virtopsy.findings.finding import Finding
from virtopsy.findings.record import to_record

LONGEST_NAME: Final = 200
_ID: Final = re.compile(r"[0-9A-Za-z][0-9A-Za-z._-]{0,63}")


def joining(taken: Taken, case: Case) -> Taken:
    """Return what a case has not yet; what it has already is named, whatever its version."""
    there = {one.finding_id: to_record(one) for one in case.findings}
    new: list[Finding] = []
    left: list[Omission] = []
    for one in taken.findings:
        problem = next(_problems(one, there), None)
        if problem is None:
            new.append(one)
            there[one.finding_id] = to_record(one)
        else:
            left.append(problem)
    return Taken(tuple(new), (*taken.omissions, *left))


def _problems(finding: Finding, there: dict[str, dict[str, object]]) -> Iterator[Omission]:
    name = finding.name
    if not name.strip() or len(name) > LONGEST_NAME or not name.isprintable():
        yield omitted("name", id=finding.finding_id[:64])
    if not _ID.fullmatch(finding.finding_id):
        yield omitted("id", name=name)
    if finding.finding_id in there:
        same = there[finding.finding_id] == to_record(finding)
        yield omitted("already" if same else "other_version", name=name)
