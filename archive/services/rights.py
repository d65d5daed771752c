"""Who may do what: everything that is not written here is refused."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from enum import StrEnum

from archive.proof.acts import ActName
from archive.records import Role
from virtopsy.language import Phrase


class Right(StrEnum):
    """What can be asked of the archive; a refusal stands in the log by this name."""

    LOG_IN = ActName.LOGIN
    LOG_OUT = ActName.LOGOUT
    ADD_PERSON = ActName.ADD_PERSON
    DISABLE_PERSON = ActName.DISABLE_PERSON
    LIST_PERSONS = ActName.LIST_PERSONS
    CHANGE_ROLE = ActName.CHANGE_ROLE
    CHANGE_PASSWORD = ActName.CHANGE_PASSWORD
    RESET_PASSWORD = ActName.RESET_PASSWORD
    ACKNOWLEDGE_RESET = ActName.ACKNOWLEDGE_RESET
    IMPORT = ActName.IMPORT
    LIST_CASES = ActName.LIST_CASES
    SEARCH = ActName.SEARCH
    OPEN_CASE = ActName.OPEN_CASE
    READ_SOURCE = ActName.READ_SOURCE
    READ_HISTORY = ActName.READ_HISTORY
    RECORD = ActName.RECORD
    NOTE = ActName.NOTE
    READ_LOG = ActName.READ_LOG
    READ_HOUSE_LOG = ActName.READ_HOUSE_LOG
    READ_WHOLE_LOG = ActName.READ_WHOLE_LOG
    EXPORT_LOG = ActName.EXPORT_LOG
    PROVE_LOG = ActName.PROVE_LOG
    ADD_WITNESS = ActName.ADD_WITNESS
    REQUEST_WITNESS = ActName.REQUEST_WITNESS
    TAKE_WITNESS = ActName.TAKE_WITNESS
    REQUEST_TIMESTAMP = ActName.REQUEST_TIMESTAMP
    TAKE_TIMESTAMP = ActName.TAKE_TIMESTAMP
    CHECKPOINT = ActName.CHECKPOINT
    SEAL = ActName.SEAL
    RECEIPT = ActName.RECEIPT
    ROTATE_KEY = ActName.ROTATE_KEY
    LOSE_KEY = ActName.LOSE_KEY
    COMPROMISE_KEY = ActName.COMPROMISE_KEY
    DESTROY = ActName.DESTROY
    SECOND_DESTRUCTION = ActName.SECOND_DESTRUCTION
    BACKUP = ActName.BACKUP
    REBUILD = ActName.REBUILD

    @property
    def phrase(self) -> Phrase:
        """What it is in words: those in which the log tells of its denial."""
        return Phrase(f"entry.what.{self}")


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
