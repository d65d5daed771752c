"""Persons, passwords and sessions: nobody acts without a login, and every denial is an entry.

On a file-based archive roles are kept by the program, not by the file system: whoever can write
the folder is detected by `verify`, not prevented here.
"""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from dataclasses import dataclass, field
from uuid import uuid4

from archive.ports import Blobs, UnitOfWork
from archive.proof import canonical, signing
from archive.proof.chain import ANONYMOUS, SYSTEM, Act, Who
from archive.proof.signing import Cost, Locksmith, Seal
from archive.records import Actor, ObjectName, Out, Person, Role
from archive.services.journal import Journal
from archive.services.rights import SEALING, Right, rights_of
from virtopsy.errors import AccessDenied, InputError, UsageError

LONGEST_NAME = 100


@dataclass(frozen=True)
class Session:
    """A login that is still good."""

    actor: Actor
    seal: Seal | None = field(repr=False)


class Access:
    """The only way to an `Actor`, and the gate every service asks."""

    def __init__(self, journal: Journal, blobs: Blobs, cost: Cost) -> None:
        self._journal = journal
        self._blobs = blobs
        self._cost = cost
        self._sessions: dict[str, Session] = {}

    def login(self, name: str, password: str) -> Actor:
        """Return the actor of a person who knows the password.

        Raises:
            AccessDenied: unknown name, wrong password or a disabled person; which, is not said.
        """
        with self._journal.database.reading() as work:
            person = work.persons.by_name(canonical.text(name).strip())
        right, seal = self._proven(person, password)
        if person is None or not right or person.disabled:
            facts = {"person": person.person_id} if person else {}
            self._journal.write(Act("login", ANONYMOUS, Out.DENIED, data=facts))
            raise AccessDenied("archive.access.login")
        actor = Actor(person.person_id, person.name, person.roles, secrets.token_hex(16))
        self._journal.write(Act("login", who(actor)))
        self._sessions[actor.session] = Session(actor, seal)
        return actor

    def logout(self, actor: Actor) -> None:
        """End a session; its key is forgotten."""
        if self._sessions.pop(actor.session, None) is not None:
            self._journal.write(Act("logout", who(actor)))

    def forget(self) -> None:
        """Forget every session without an entry (the archive is being closed)."""
        self._sessions.clear()

    def add_person(
        self, actor: Actor, name: str, password: str, roles: Sequence[Role], *, reason: str = ""
    ) -> Person:
        """Add a person with a password and roles.

        Raises:
            UsageError: no name, no password, no role, or the name is taken.
        """
        session = self.require(actor, Right.ADD_PERSON)
        clean = checked_name(name, password)
        if not roles:
            raise UsageError("archive.person.no_role", name=clean)
        if session.seal is None and SEALING & set(roles):
            raise AccessDenied("archive.access.no_key", name=actor.name)
        smith = Locksmith(self._journal.archive, session.seal, self._cost)
        person = new_person(self._blobs, smith, clean, password, tuple(dict.fromkeys(roles)))
        with self._journal.database.writing() as work:
            if work.persons.by_name(clean):
                raise UsageError("archive.person.taken", name=clean)
            work.persons.add(person)
            self._journal.append(work, added(who(actor), person, reason))
            work.commit()
        self._journal.checkpoint_after(session.seal, at_once=True)
        return person

    def disable(self, actor: Actor, name: str, *, reason: str = "") -> None:
        """Take a person's access away; the last administrator stays.

        Raises:
            UsageError: there is no such person, or it is the last administrator.
        """
        session = self.require(actor, Right.DISABLE_PERSON)
        with self._journal.database.writing() as work:
            person = work.persons.by_name(canonical.text(name).strip())
            if person is None or person.disabled:
                raise UsageError("archive.person.unknown", name=name)
            if _administrators(work) == {person.person_id}:
                raise UsageError("archive.person.last_administrator", name=person.name)
            work.persons.disable(person.person_id)
            gone = ObjectName("person", person.person_id, person.person_sha256)
            act = Act("person.disable", who(actor), objects=(gone,), reason=reason)
            self._journal.append(work, act)
            work.commit()
        self._journal.checkpoint_after(session.seal, at_once=True)

    def list(self, actor: Actor) -> tuple[Person, ...]:
        """Return every person the archive knows."""
        self.require(actor, Right.LIST_PERSONS)
        self._journal.write(Act(Right.LIST_PERSONS, who(actor)))
        with self._journal.database.reading() as work:
            return tuple(work.persons.all())

    def single_keeper(self) -> str:
        """Return the name of the one person who keeps the archive; empty where several do."""
        with self._journal.database.reading() as work:
            active = [one.name for one in work.persons.all() if not one.disabled]
        return active[0] if len(active) == 1 else ""

    def require(self, actor: Actor | None, right: Right, case: str = "") -> Session:
        """Return the actor's session, or refuse and say so in the log.

        The person's present state decides, not the one at login.

        Raises:
            AccessDenied: not logged in here, disabled since, or without that right.
        """
        session = self._sessions.get(actor.session) if isinstance(actor, Actor) else None
        if session is None or session.actor != actor:
            self._journal.write(Act(right, ANONYMOUS, Out.DENIED, case=case))
            raise AccessDenied("archive.access.no_session")
        with self._journal.database.reading() as work:
            person = work.persons.by_id(session.actor.person_id)
        if person is None or person.disabled or right not in rights_of(person.roles):
            raise self.denied(session.actor, right, case)
        return session

    def allows(self, actor: Actor, right: Right) -> bool:
        """Tell whether a logged-in person has a right, without refusing anything."""
        return self._sessions.get(actor.session) is not None and right in rights_of(actor.roles)

    def require_case(self, actor: Actor | None, right: Right, number: str) -> Session:
        """Return the session of a person who has `right` and keeps the case.

        A case that does not exist is refused in the same words as another person's case.
        """
        session = self.require(actor, right, "")
        with self._journal.database.reading() as work:
            case = work.cases.get(number)
        if case is None or case.owner != session.actor.person_id:
            raise self.denied(session.actor, right, number if case else "", number)
        return session

    def denied(self, actor: Actor, right: Right, case: str, asked: str = "") -> AccessDenied:
        """Write the denial into the log and return the error to raise."""
        self._journal.write(Act(right, who(actor), Out.DENIED, case=case))
        if asked:
            return AccessDenied("archive.access.case", name=actor.name, number=asked)
        return AccessDenied("archive.access.right", name=actor.name, right=right.value)

    def _proven(self, person: Person | None, password: str) -> tuple[bool, Seal | None]:
        if person is None:
            signing.waste(password, self._cost)
            return False, None
        kept = canonical.decode(self._blobs.read(person.credential_sha256))
        return signing.unlock(
            kept["data"], password, person=person.person_id, archive=self._journal.archive
        )


def who(actor: Actor) -> Who:
    """Return the actor as log bodies name it: an id, never a name."""
    name_of_session = canonical.sha256(actor.session.encode())[:16]
    return Who(actor.person_id, tuple(actor.roles), session=name_of_session)


def new_person(
    blobs: Blobs, smith: Locksmith, name: str, password: str, roles: tuple[Role, ...]
) -> Person:
    """Keep what makes a person as two salted objects, from which a row can be made again."""
    name = checked_name(name, password)
    person_id = uuid4().hex
    may_seal = bool(SEALING & set(roles))
    credential = smith.credential(password, person_id, may_seal=may_seal)
    described = {"name": name, "roles": [role.value for role in roles]}
    return Person(
        person_id=person_id,
        name=name,
        roles=roles,
        disabled=False,
        person_sha256=blobs.put(salted("person", described)),
        credential_sha256=blobs.put(salted("credential", credential)),
    )


def added(by: Who, person: Person, reason: str = "") -> Act:
    """Return the act of adding a person."""
    objects = (
        ObjectName("person", person.person_id, person.person_sha256),
        ObjectName("credential", person.person_id, person.credential_sha256),
    )
    return Act("person.add", by, objects=objects, reason=reason)


def salted(kind: str, described: object) -> bytes:
    """Return the object that holds what is personal: its hash, in the log, reveals nothing."""
    salt = secrets.token_hex(16)
    return canonical.encode(
        {"v": 1, "t": kind, "salt": salt, "data": canonical.normalised(described)}
    )


def checked_name(name: str, password: str) -> str:
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


def _administrators(work: UnitOfWork) -> set[str]:
    return {
        one.person_id
        for one in work.persons.all()
        if not one.disabled and Role.ADMINISTRATOR in one.roles
    }
