"""What differs between two cases: the form in which an act reaches archive and screen."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal, TypeAlias

from virtopsy.case import subject as subject_record
from virtopsy.case.case import Case
from virtopsy.case.subject import Subject
from virtopsy.findings import record as finding_record
from virtopsy.walkthrough import stop as stop_record

Thing: TypeAlias = Literal["finding", "stop", "subject"]
THE_SUBJECT = "subject"
"""The id of the one person a case is about."""


@dataclass(frozen=True)
class Change:
    """A finding, a stop or the subject's state that is new, other or gone.

    Attributes:
        thing: what changed.
        thing_id: its id, the same through every version.
        before, after: the JSON records; None where there was or is none.
    """

    thing: Thing
    thing_id: str
    before: dict[str, Any] | None
    after: dict[str, Any] | None

    @property
    def act(self) -> Literal["add", "change", "withdraw"]:
        """What happened to it."""
        if self.before is None:
            return "add"
        return "withdraw" if self.after is None else "change"


def changes(before: Case, after: Case) -> tuple[Change, ...]:
    """Return what an act (or its undo) did, in the order the things stand in the cases."""
    findings = _changes("finding", _findings(before), _findings(after))
    stops = _changes("stop", _stops(before), _stops(after))
    return findings + stops + _changes("subject", _subject(before), _subject(after))


def _findings(case: Case) -> dict[str, Any]:
    return {one.finding_id: one for one in case.findings}


def _stops(case: Case) -> dict[str, Any]:
    return {one.stop_id: one for one in case.stops}


def _subject(case: Case) -> dict[str, Any]:
    """Return what was stated; what is unknown is no record."""
    return {} if case.subject is Subject.UNKNOWN else {THE_SUBJECT: case.subject}


_RECORD: dict[Thing, Callable[[Any], dict[str, Any]]] = {
    "finding": finding_record.to_record,
    "stop": stop_record.to_record,
    "subject": subject_record.to_record,
}


def _changes(thing: Thing, old: dict[str, Any], new: dict[str, Any]) -> tuple[Change, ...]:
    def record(value: Any) -> dict[str, Any] | None:
        return None if value is None else _RECORD[thing](value)

    return tuple(
        Change(thing, identity, record(old.get(identity)), record(new.get(identity)))
        for identity in dict.fromkeys((*old, *new))
        if old.get(identity) != new.get(identity)
    )
