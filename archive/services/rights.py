"""Who may do what: everything that is not written here is refused."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from enum import StrEnum

from archive.records import Role


class Right(StrEnum):
    """What can be asked of the archive; also the name of a denied act in the log."""

    LOG_IN = "login"
    LOG_OUT = "logout"
    ADD_PERSON = "person.add"
    DISABLE_PERSON = "person.disable"
    LIST_PERSONS = "person.list"
    CHANGE_ROLE = "person.role"
    CHANGE_PASSWORD = "person.password"  # noqa: S105 -- the name of an act
    RESET_PASSWORD = "person.reset"  # noqa: S105 -- the name of an act
    ACKNOWLEDGE_RESET = "person.acknowledge"
    IMPORT = "import"
    LIST_CASES = "case.list"
    SEARCH = "search"
    OPEN_CASE = "case.open"
    READ_SOURCE = "source.read"
    READ_HISTORY = "history.read"
    RECORD = "record"
    NOTE = "note"
    READ_LOG = "log.read"
    READ_HOUSE_LOG = "log.read.house"
    READ_WHOLE_LOG = "log.read.whole"
    EXPORT_LOG = "log.export"
    PROVE_LOG = "log.prove"
    ADD_WITNESS = "witness.add"
    REQUEST_WITNESS = "witness.request"
    TAKE_WITNESS = "witness.take"
    REQUEST_TIMESTAMP = "timestamp.request"
    TAKE_TIMESTAMP = "timestamp.take"
    CHECKPOINT = "checkpoint"
    SEAL = "seal"
    RECEIPT = "receipt"
    ROTATE_KEY = "key.rotate"
    LOSE_KEY = "key.lost"
    COMPROMISE_KEY = "key.compromised"
    DESTROY = "destroy"
    SECOND_DESTRUCTION = "destroy.second"
    BACKUP = "backup"
    REBUILD = "rebuild"


OF_EVERYBODY = frozenset(
    {Right.LOG_IN, Right.LOG_OUT, Right.CHANGE_PASSWORD, Right.ACKNOWLEDGE_RESET}
)
"""What is about one's own login; left also to a person who has a reset to acknowledge."""
_CASEWORK = frozenset(
    {
        Right.LIST_CASES,
        Right.SEARCH,
        Right.OPEN_CASE,
        Right.READ_SOURCE,
        Right.READ_HISTORY,
        Right.NOTE,
    }
)
_LOG = frozenset({Right.READ_LOG, Right.EXPORT_LOG, Right.PROVE_LOG})
_ANCHORS = frozenset(
    {Right.REQUEST_WITNESS, Right.TAKE_WITNESS, Right.REQUEST_TIMESTAMP, Right.TAKE_TIMESTAMP}
)
_RIGHTS: Mapping[Role, frozenset[Right]] = {
    Role.EXPERT: _CASEWORK
    | _LOG
    | _ANCHORS
    | {Right.IMPORT, Right.RECEIPT, Right.RECORD, Right.CHECKPOINT, Right.SEAL}
    | {Right.DESTROY, Right.SECOND_DESTRUCTION},
    Role.INVESTIGATOR: _CASEWORK | _LOG | {Right.IMPORT, Right.RECEIPT, Right.CHECKPOINT},
    # No content: of the log only own acts and what belongs to no case.
    Role.ADMINISTRATOR: frozenset(
        {Right.ADD_PERSON, Right.DISABLE_PERSON, Right.LIST_PERSONS}
        | {Right.CHANGE_ROLE, Right.RESET_PASSWORD}
        | {Right.READ_LOG, Right.READ_HOUSE_LOG, Right.EXPORT_LOG, Right.CHECKPOINT}
        | {Right.ROTATE_KEY, Right.LOSE_KEY, Right.COMPROMISE_KEY}
        | {Right.SECOND_DESTRUCTION, Right.BACKUP, Right.REBUILD, Right.ADD_WITNESS}
        | _ANCHORS
    ),
    Role.AUDITOR: _LOG | _ANCHORS | {Right.LIST_PERSONS, Right.READ_WHOLE_LOG},
    # What was released to them, document by document: nothing is released yet.
    Role.COURT: frozenset(),
    Role.PROSECUTOR: frozenset(),
    Role.PARTICIPANT: frozenset(),
}
SEALING = frozenset({Role.EXPERT, Role.INVESTIGATOR, Role.ADMINISTRATOR})
"""Whose password unlocks the archive's key: those whose acts end in a checkpoint."""


def rights_of(roles: Iterable[Role]) -> frozenset[Right]:
    """Return everything these roles allow together; without a role there is no right."""
    held = [_RIGHTS[role] | OF_EVERYBODY for role in roles if role in _RIGHTS]
    return frozenset().union(*held)


def may_seal(roles: Iterable[Role]) -> bool:
    """Tell whether one of these roles unlocks the archive's key."""
    return bool(SEALING & set(roles))
