"""What makes a person: two salted objects, from which the index row can be made again."""

from __future__ import annotations

import secrets
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any
from uuid import uuid4

from archive.ports import Blobs, UnitOfWork
from archive.proof import canonical, chain
from archive.proof.acts import ActName
from archive.proof.chain import ANONYMOUS, SYSTEM, Act, Who
from archive.proof.signing import Locksmith, Password
from archive.records import Document, LogEntry, ObjectName, Out, Person, Role
from archive.services.rights import may_seal
from virtopsy.errors import InputError, UsageError

LONGEST_NAME = 100
PASSWORDS = (ActName.ADD_PERSON, ActName.CHANGE_PASSWORD, ActName.RESET_PASSWORD)
"""Acts that set a password."""


@dataclass(frozen=True)
class Passwords:
    """Who knows whose password, as far as the log tells.

    Attributes:
        foreign: who set the password of a person that is not the person's own, by ids: at
            adding or by a reset, until the person sets another.
        resets: who reset a person's password last, whatever came after.
    """

    foreign: Mapping[str, str]
    resets: Mapping[str, str]

    def knowing(self, person_id: str) -> frozenset[str]:
        """Return who knows a person's password: the person, and who set it."""
        return frozenset({person_id, self.foreign.get(person_id, person_id)})


def passwords(entries: Iterable[LogEntry]) -> Passwords:
    """Return what the entries of `PASSWORDS`, by seq, tell of who set which password."""
    foreign: dict[str, str] = {}
    resets: dict[str, str] = {}
    for entry in entries:
        if entry.out != Out.OK:
            continue
        for person_id in {one["id"] for one in chain.read(entry)["obj"]}:
            if person_id == entry.actor:
                foreign.pop(person_id, None)
                continue
            foreign[person_id] = entry.actor
            if entry.act == ActName.RESET_PASSWORD:
                resets[person_id] = entry.actor
    return Passwords(foreign, resets)


def new_person(
    blobs: Blobs, smith: Locksmith, name: str, password: Password, roles: tuple[Role, ...]
) -> Person:
    """Keep what makes a person."""
    name = checked_name(name, password)
    person = Person(
        person_id=uuid4().hex,
        name=name,
        roles=roles,
        disabled=False,
        person_sha256=described(blobs, name, roles),
        credential_sha256="",
    )
    return replace(person, credential_sha256=credential(blobs, smith, password, person))


def described(blobs: Blobs, name: str, roles: Sequence[Role]) -> str:
    """Keep name and roles and return the object's SHA-256."""
    return blobs.put(salted("person", {"name": name, "roles": [role.value for role in roles]}))


def credential(blobs: Blobs, smith: Locksmith, password: Password, person: Person) -> str:
    """Keep the proof of a password (and the locked key) and return the object's SHA-256."""
    made = smith.credential(password, person.person_id, may_seal=may_seal(person.roles))
    return blobs.put(salted("credential", made))


def rehanded(blobs: Blobs, smith: Locksmith, person: Person, roles: Sequence[Role]) -> Person:
    """Return the person with the locksmith's key in the credential; the password stays.

    Whoever has no box of their own (a credential of the first format) is left without the key.
    """
    made = smith.handed(kept_credential(blobs, person), person.person_id, may_seal=may_seal(roles))
    return replace(person, credential_sha256=blobs.put(salted("credential", made)))


def kept_credential(blobs: Blobs, person: Person) -> Document:
    """Return what is kept of a person's password; IntegrityError where it is damaged."""
    kept: Document = canonical.decode(blobs.read(person.credential_sha256))["data"]
    return kept


def credential_name(person: Person) -> ObjectName:
    """Return how an entry names a person's credential."""
    return ObjectName("credential", person.person_id, person.credential_sha256)


def person_name(person: Person) -> ObjectName:
    """Return how an entry names a person."""
    return ObjectName("person", person.person_id, person.person_sha256)


def added(by: Who, person: Person, reason: str = "", data: dict[str, Any] | None = None) -> Act:
    """Return the act of adding a person."""
    objects = (person_name(person), credential_name(person))
    return Act(ActName.ADD_PERSON, by, objects=objects, reason=reason, data=data or {})


def salted(kind: str, described: object) -> bytes:
    """Return the object that holds what is personal: its hash, in the log, reveals nothing."""
    salt = secrets.token_hex(16)
    return canonical.encode(
        {"v": 1, "t": kind, "salt": salt, "data": canonical.normalised(described)}
    )


def checked_name(name: str, password: Password) -> str:
    """Return a name as it is kept.

    Raises:
        InputError: nobody could read it.
        UsageError: no password came with it, or the log calls somebody else so.
    """
    clean = " ".join(canonical.text(name).split())
    if not clean or len(clean) > LONGEST_NAME or not clean.isprintable():
        raise InputError("archive.person.name", name=clean[:LONGEST_NAME])
    if clean.casefold() in {SYSTEM.id, ANONYMOUS.id}:  # the log's own actors
        raise UsageError("archive.person.taken", name=clean)
    if not password:
        raise UsageError("archive.person.no_password", name=clean)
    return clean


def checked_roles(name: str, roles: Sequence[Role]) -> tuple[Role, ...]:
    """Return roles without twins; UsageError where there is none."""
    if not roles:
        raise UsageError("archive.person.no_role", name=name)
    return tuple(dict.fromkeys(roles))


def active(work: UnitOfWork, name: str) -> Person:
    """Return the person of that name who has access; UsageError where there is none."""
    person = work.persons.by_name(canonical.text(name).strip())
    if person is None or person.disabled:
        raise UsageError("archive.person.unknown", name=name)
    return person


def administrators(work: UnitOfWork) -> frozenset[str]:
    """Return the ids of the administrators who have access."""
    return frozenset(
        one.person_id
        for one in work.persons.all()
        if not one.disabled and Role.ADMINISTRATOR in one.roles
    )
