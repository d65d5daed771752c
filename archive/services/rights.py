"""Who may do what: everything that is not written here is refused."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from enum import StrEnum

from archive.records import Role


class Right(StrEnum):
    """What can be asked of the archive; also the name of a denied act in the log."""

    ADD_PERSON = "person.add"
    DISABLE_PERSON = "person.disable"
    LIST_PERSONS = "person.list"
    IMPORT = "import"
    LIST_CASES = "case.list"
    OPEN_CASE = "case.open"
    READ_SOURCE = "source.read"
    READ_HISTORY = "history.read"
    RECORD = "record"
    NOTE = "note"
    READ_LOG = "log.read"
    READ_WHOLE_LOG = "log.read.whole"
    CHECKPOINT = "checkpoint"
    SEAL = "seal"
    RECEIPT = "receipt"


_CASEWORK = frozenset(
    {Right.LIST_CASES, Right.OPEN_CASE, Right.READ_SOURCE, Right.READ_HISTORY, Right.NOTE}
)
_RIGHTS: Mapping[Role, frozenset[Right]] = {
    Role.EXPERT: _CASEWORK
    | {Right.IMPORT, Right.RECEIPT, Right.RECORD, Right.READ_LOG, Right.CHECKPOINT, Right.SEAL},
    Role.INVESTIGATOR: _CASEWORK | {Right.IMPORT, Right.RECEIPT, Right.READ_LOG, Right.CHECKPOINT},
    Role.ADMINISTRATOR: frozenset(
        {Right.ADD_PERSON, Right.DISABLE_PERSON, Right.LIST_PERSONS}
        | {Right.READ_LOG, Right.READ_WHOLE_LOG, Right.CHECKPOINT}
    ),
    Role.AUDITOR: frozenset({Right.LIST_PERSONS, Right.READ_LOG, Right.READ_WHOLE_LOG}),
    # What was released to them, document by document: nothing is released yet.
    Role.COURT: frozenset(),
    Role.PROSECUTOR: frozenset(),
    Role.PARTICIPANT: frozenset(),
}
SEALING = frozenset({Role.EXPERT, Role.INVESTIGATOR, Role.ADMINISTRATOR})
"""Whose password unlocks the archive's key: those whose acts end in a checkpoint."""


def rights_of(roles: Iterable[Role]) -> frozenset[Right]:
    """Return everything these roles allow together."""
    return frozenset().union(*(_RIGHTS.get(role, frozenset()) for role in roles))
