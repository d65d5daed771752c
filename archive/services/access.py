"""Persons: who may come in, with which roles and which password.

Two persons are needed from the moment two administrators exist: for every change of roles, and
for adding, disabling or resetting an administrator (a reset only where a third one could be the
second person; else one who forgot the password would be lost). Nobody gives rights to himself,
and nobody whose rights grow stands by as the second person.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from archive.ports import UnitOfWork
from archive.proof.chain import Act
from archive.proof.signing import Locksmith, Password
from archive.records import Actor, ObjectName, Person, Role
from archive.services.gate import Gate, Session, who
from archive.services.persons import (
    PASSWORDS,
    active,
    added,
    administrators,
    checked_name,
    checked_roles,
    credential,
    credential_name,
    described,
    new_person,
    passwords,
    person_name,
    rehanded,
)
from archive.services.rights import Right, may_seal
from virtopsy.errors import UsageError


class Access(Gate):
    """The gate, and the desk where persons are added and changed."""

    def add_person(  # noqa: PLR0913 -- what is stated of a person, and how; by name
        self,
        actor: Actor | None,
        name: str,
        password: str,
        roles: Sequence[Role],
        *,
        second: Actor | None = None,
        reason: str = "",
    ) -> Person:
        """Add a person with a password and roles.

        Raises:
            AccessDenied: no right; nobody to be the second person; or no key to hand on.
            UsageError: no name, no password, no role, or the name is taken.
        """
        secret = Password(password)
        del password
        session = self.require(actor, Right.ADD_PERSON)
        clean = checked_name(name, secret)
        wanted = checked_roles(clean, roles)
        self._require_key(session, wanted, Right.ADD_PERSON)
        data: dict[str, Any] = {}
        if Role.ADMINISTRATOR in wanted:
            data = self._second(session, second, Right.ADD_PERSON)
        with self._journal.database.reading() as work:
            _refuse_taken(work, clean)  # before objects are kept that no entry would name
        person = new_person(self._blobs, self._smith(session), clean, secret, wanted)
        with self._journal.database.writing() as work:
            _refuse_taken(work, clean)  # another program may have been quicker
            work.persons.add(person)
            self._journal.append(work, added(who(session.actor), person, reason, data))
            work.commit()
        self._journal.checkpoint_after(session.seal, at_once=True)
        return person

    def disable(
        self,
        actor: Actor | None,
        name: str,
        *,
        second: Actor | None = None,
        reason: str = "",
    ) -> None:
        """Take a person's access away; the last administrator stays.

        Raises:
            AccessDenied: no right, or nobody to be the second person.
            UsageError: there is no such person, or it is the last administrator.
        """
        session = self.require(actor, Right.DISABLE_PERSON)
        person = self._person(name)
        data: dict[str, Any] = {}
        if Role.ADMINISTRATOR in person.roles:
            data = self._second(session, second, Right.DISABLE_PERSON)
        with self._journal.database.writing() as work:
            person = active(work, name)
            _refuse_last(work, person)
            act = Act(Right.DISABLE_PERSON, who(session.actor), objects=(person_name(person),))
            self._change(work, replace(person, disabled=True), act, data, reason)
        self._journal.checkpoint_after(session.seal, at_once=True)

    def change_roles(
        self,
        actor: Actor | None,
        name: str,
        roles: Sequence[Role],
        *,
        second: Actor | None = None,
        reason: str = "",
    ) -> Person:
        """Give a person other roles; the sessions of that person end.

        Raises:
            AccessDenied: no right, one's own rights would grow, or nobody to be the second person.
            UsageError: no such person, no role, or it is the last administrator's.
        """
        session = self.require(actor, Right.CHANGE_ROLE)
        person = self._person(name)
        wanted = checked_roles(person.name, roles)
        grown = set(wanted) - set(person.roles)
        self._require_key(session, wanted if grown else (), Right.CHANGE_ROLE)
        data = self._second(session, second, Right.CHANGE_ROLE)
        gainers = {session.actor.person_id, data.get("second")}
        if grown and person.person_id in gainers:
            raise self.refusal(session, Right.CHANGE_ROLE, "", "access.role.own")
        smith = self._smith(session)
        with self._journal.database.writing() as work:
            person = active(work, name)
            if Role.ADMINISTRATOR not in wanted:
                _refuse_last(work, person)
            changed = replace(
                person, roles=wanted, person_sha256=described(self._blobs, person.name, wanted)
            )
            if may_seal(wanted) != may_seal(person.roles):
                changed = rehanded(self._blobs, smith, changed, wanted)
            act = Act(Right.CHANGE_ROLE, who(session.actor), objects=_named(changed))
            self._change(work, changed, act, data, reason)
        self._journal.checkpoint_after(session.seal, at_once=True)
        return changed

    def change_password(self, actor: Actor | None, old: str, new: str, *, reason: str = "") -> None:
        """Choose another password for oneself; other sessions of that person end.

        A reset that waits to be acknowledged is acknowledged by it.

        Raises:
            AccessDenied: the old password is wrong (it counts as a wrong password at login).
            UsageError: the new one is empty, or the old one: whoever set that knows it.
        """
        was, chosen = Password(old), Password(new)
        del old, new
        session = self.require(actor, Right.CHANGE_PASSWORD)
        if was.typed == chosen.typed:
            raise UsageError("access.password.same")
        checked_name(session.actor.name, chosen)
        person = self.prove(session, was)
        made = credential(self._blobs, self._smith(session), chosen, person)
        with self._journal.database.writing() as work:
            person = active(work, person.name)
            if person.reset:
                self._journal.append(work, Act(Right.ACKNOWLEDGE_RESET, who(session.actor)))
            changed = replace(person, credential_sha256=made, reset=False)
            act = Act(
                Right.CHANGE_PASSWORD, who(session.actor), objects=(credential_name(changed),)
            )
            self._change(work, changed, act, {}, reason)
        self._keep(session, changed, chosen)
        self._journal.checkpoint_after(session.seal, at_once=True)

    def reset_password(
        self,
        actor: Actor | None,
        name: str,
        password: str,
        *,
        second: Actor | None = None,
        reason: str = "",
    ) -> None:
        """Set another person's password; that person must acknowledge it at the next login.

        The key is locked anew with the acting person's, so a person who lost it has it again.

        Raises:
            AccessDenied: no right, one's own password, no key to hand on, or nobody to be the
                second person.
            UsageError: no such person, or no password.
        """
        secret = Password(password)
        del password
        session = self.require(actor, Right.RESET_PASSWORD)
        person = self._person(name)
        checked_name(person.name, secret)
        if person.person_id == session.actor.person_id:
            raise self.refusal(session, Right.RESET_PASSWORD, "", "access.reset.own")
        self._require_key(session, person.roles, Right.RESET_PASSWORD)
        data: dict[str, Any] = {}
        if Role.ADMINISTRATOR in person.roles:
            data = self._second(session, second, Right.RESET_PASSWORD, besides=person)
        made = credential(self._blobs, self._smith(session), secret, person)
        with self._journal.database.writing() as work:
            person = active(work, name)
            changed = replace(
                person, credential_sha256=made, reset=True, failures=0, last_failure=""
            )
            act = Act(Right.RESET_PASSWORD, who(session.actor), objects=(credential_name(changed),))
            self._change(work, changed, act, data, reason)
        self._journal.checkpoint_after(session.seal, at_once=True)

    def acknowledge_reset(self, actor: Actor | None, *, reason: str = "") -> None:
        """Say that one knows that somebody else set one's password.

        Raises:
            AccessDenied: nobody is logged in.
            UsageError: there is nothing to acknowledge.
        """
        session = self.require(actor, Right.ACKNOWLEDGE_RESET)
        with self._journal.database.writing() as work:
            person = active(work, session.actor.name)
            if not person.reset:
                raise UsageError("access.reset.none", name=person.name)
            act = Act(Right.ACKNOWLEDGE_RESET, who(session.actor))
            self._change(work, replace(person, reset=False), act, {}, reason)
        self._journal.checkpoint_after(session.seal)

    def list(self, actor: Actor | None) -> tuple[Person, ...]:
        """Return every person the archive knows."""
        session = self.require(actor, Right.LIST_PERSONS)
        self._journal.write(Act(Right.LIST_PERSONS, who(session.actor)))
        with self._journal.database.reading() as work:
            return tuple(work.persons.all())

    def require_two(self, first: Session, second: Session, right: Right, case: str) -> None:
        """Refuse two persons who may well be one, by what the log tells of their passwords.

        Raises:
            AccessDenied: somebody knows the passwords of both as they are now, or one of them
                once reset the other's.
        """
        with self._journal.database.reading() as work:
            told = passwords(work.log.of_acts(PASSWORDS))
        one, other = first.actor, second.actor
        if told.resets.get(one.person_id) == other.person_id or (
            told.resets.get(other.person_id) == one.person_id
        ):
            raise self.refusal(first, right, case, "destruction.puppet")
        if told.knowing(one.person_id) & told.knowing(other.person_id):
            whose = other if other.person_id in told.foreign else one
            key = "destruction.foreign_password"
            raise self.refusal(first, right, case, key, person=whose.name)

    # --- inside

    def _person(self, name: str) -> Person:
        with self._journal.database.reading() as work:
            return active(work, name)

    def _smith(self, session: Session) -> Locksmith:
        return Locksmith(self._journal.archive, session.seal, self._cost)

    def _require_key(self, session: Session, roles: Sequence[Role], right: Right) -> None:
        """Refuse to make a person who may seal where there is no key to hand on."""
        if may_seal(roles):
            self.key_of(session, right)

    def _second(
        self,
        session: Session,
        second: Actor | None,
        right: Right,
        *,
        besides: Person | None = None,
    ) -> dict[str, Any]:
        """Return what the entry says about the second person; nothing where none is needed.

        With `besides`, that person is not counted among those who could be the second.
        """
        with self._journal.database.reading() as work:
            others = administrators(work) - {session.actor.person_id}
        if besides is not None:
            others -= {besides.person_id}
        if not others:
            return {}
        witness = self.require_second(session, second, right)
        by = who(witness.actor)
        return {"second": by.id, "second_session": by.session}

    def _change(
        self, work: UnitOfWork, person: Person, act: Act, data: dict[str, Any], reason: str
    ) -> None:
        work.persons.update(person)
        self._journal.append(work, replace(act, data=data, reason=reason))
        work.commit()


def _refuse_taken(work: UnitOfWork, name: str) -> None:
    if work.persons.by_name(name):
        raise UsageError("archive.person.taken", name=name)


def _refuse_last(work: UnitOfWork, person: Person) -> None:
    if administrators(work) == {person.person_id}:
        raise UsageError("archive.person.last_administrator", name=person.name)


def _named(person: Person) -> tuple[ObjectName, ...]:
    return person_name(person), credential_name(person)
