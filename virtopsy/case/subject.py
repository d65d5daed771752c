"""The state of the person examined: stated by a person, never guessed from a scan."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import Any

from virtopsy import records
from virtopsy.errors import Bug, InputError
from virtopsy.language import Language, say

_LONGEST = 40


class Subject(StrEnum):
    """Whose left is meant; unknown until somebody states it."""

    DECEASED = "deceased"
    LIVING = "living"
    UNKNOWN = "unknown"


def subject_mark(subject: Subject, language: Language) -> str:
    """Return the mark on every view and picture; empty while nothing was stated."""
    if subject is Subject.UNKNOWN:
        return ""
    return say(f"case.mark.{subject.value}", language)


def to_record(subject: Subject) -> dict[str, Any]:
    """Return a stated state as JSON values; what is not stated has no record."""
    if subject is Subject.UNKNOWN:
        raise Bug("what nobody stated is not recorded")
    return {"state": subject.value}


def from_record(record: object) -> Subject:
    """Read a stated state back.

    Raises:
        InputError: it is none, or says more than a state.
    """
    try:
        return _stated(records.fields(record))
    except ValueError as error:
        raise InputError("case.subject.malformed", detail=str(error)) from error


def _stated(given: Mapping[str, Any]) -> Subject:
    if set(given) != {"state"}:
        raise ValueError(f"not a state alone: {sorted(map(str, given))!r:.60}")
    subject = Subject(records.text(given["state"], _LONGEST))
    if subject is Subject.UNKNOWN:
        raise ValueError("nothing is stated")
    return subject
