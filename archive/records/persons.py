"""Persons, their roles, and witnesses."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum


class Role(StrEnum):
    """What a person is to the archive."""

    EXPERT = "expert"
    INVESTIGATOR = "investigator"
    COURT = "court"
    PROSECUTOR = "prosecutor"
    PARTICIPANT = "participant"
    ADMINISTRATOR = "administrator"
    AUDITOR = "auditor"


@dataclass(frozen=True)
class Actor:
    """A person who logged in. `Access.login` alone makes one that the services accept."""

    person_id: str
    name: str
    roles: tuple[Role, ...]
    session: str = field(repr=False)


@dataclass(frozen=True)
class Person:
    """A person the archive knows.

    Attributes:
        person_sha256: the salted object with name and roles.
        credential_sha256: the object with the proof of the password and the locked key.
        failures: wrong passwords since the last good login.
        last_failure: when the last of them came; empty for none.
        reset: somebody else set the password, and the person has not acknowledged it yet.
    """

    person_id: str
    name: str
    roles: tuple[Role, ...]
    disabled: bool
    person_sha256: str
    credential_sha256: str
    failures: int = 0
    last_failure: str = ""
    reset: bool = False


@dataclass(frozen=True)
class Witness:
    """A witness of the log as the index knows it.

    Attributes:
        key_sha256: fingerprint of its key.
        name: of its key, as its signatures name it.
        public_key: 32 bytes.
    """

    key_sha256: str
    name: str
    public_key: bytes
