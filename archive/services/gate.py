"""Sessions and the gate every service asks: nobody acts without a login; a denial is an entry.

On a file-based archive roles are kept by the program, not by the file system: whoever can write
the folder is detected by `verify`, not prevented here.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable
from dataclasses import dataclass, field, replace

from archive.ports import Blobs, UnitOfWork
from archive.proof import canonical, signing
from archive.proof.chain import ANONYMOUS, Act, Who
from archive.proof.signing import Cost, Lock, Password, Seal
from archive.records import Actor, CaseRow, Document, Out, Person
from archive.services import keys, lockout
from archive.services.journal import Journal
from archive.services.persons import kept_credential
from archive.services.rights import OF_EVERYBODY, Right, rights_of
from virtopsy.errors import AccessDenied, IntegrityError, StorageError

IDLE_S = 30 * 60
"""A session without an act ends after so many seconds by the clock that nobody can set."""


@dataclass(frozen=True)
class Session:
    """A login that is still good.

    Attributes:
        seal: the archive's key, where the password unlocks it.
        lock: what the password opens.
    """

    actor: Actor
    seal: Seal | None = field(repr=False)
    lock: Lock = field(repr=False)


@dataclass
class _Live:
    """A session as the gate keeps it.

    Attributes:
        credential: the object that proved the password, or a later one with the same proof.
        proof: of the password; another one means another password.
        key: fingerprint of the key that was last looked for in the credential.
        seen_ns: when the person last acted.
    """

    session: Session
    credential: str
    proof: str = field(repr=False)
    key: str
    seen_ns: int


class Gate:
    """The only way to an `Actor`, and what every service asks before it does anything."""

    def __init__(
        self,
        journal: Journal,
        blobs: Blobs,
        cost: Cost,
        *,
        idle_s: float = IDLE_S,
        at_login: Callable[[], object] = lambda: None,
    ) -> None:
        """Join the gate to the log.

        Args:
            journal: where every denial goes.
            blobs: where credentials lie.
            cost: of a password that is set from now on.
            idle_s: a session without an act ends after so many seconds.
            at_login: what waits for the next act of a person.
        """
        self._journal = journal
        self._blobs = blobs
        self._cost = cost
        self._idle_ns = int(idle_s * 1e9)
        self._at_login = at_login
        self._sessions: dict[str, _Live] = {}  # by the name that entries give a session

    # --- sessions

    def login(self, name: str, password: str) -> Actor:
        """Return the actor of a person who knows the password.

        An unknown name, a wrong password, a locked and a disabled person are refused in the same
        words after the same work: which it was stands in the log only.

        Raises:
            AccessDenied: for any of these.
        """
        secret = Password(password)
        del password  # no traceback of what follows can show it
        asked, kept, lock = self._asked(name, secret)
        actor = self._let_in(asked, lock)
        if asked is None or kept is None or lock is None or actor is None:
            raise AccessDenied("archive.access.login")
        seal = lock.opened(kept["seal"], person=actor.person_id, archive=self._journal.archive)
        self._sessions[_name(actor.session)] = _Live(
            session=Session(actor, seal, lock),
            credential=asked.credential_sha256,
            proof=kept["proof"],
            key=seal.fingerprint if seal else "",
            seen_ns=self._journal.machine.monotonic_ns(),
        )
        self._at_login()
        return actor

    def _asked(
        self, name: str, password: Password
    ) -> tuple[Person | None, Document | None, Lock | None]:
        """Return the person of a name, a credential, and what the password opens of it.

        An unknown name is tried at somebody's credential: the work is the same.
        """
        with self._journal.database.reading() as work:
            asked = work.persons.by_name(canonical.text(name).strip())
            proven_by = asked or next(iter(work.persons.all()), None)
        kept = kept_credential(self._blobs, proven_by) if proven_by else None
        return asked, kept, signing.proven(kept, password) if kept else None

    def turned_away(self, name: str, password: Password, right: Right) -> None:
        """Write that somebody was refused who asked for an act without a session.

        A wrong password counts as one at login; with a good one it is the right that was denied.
        """
        asked, _, lock = self._asked(name, password)
        with self._journal.database.writing() as work:
            person = work.persons.by_id(asked.person_id) if asked else None
            why = self._refusal(asked, person, lock)
            if person is None or why:
                self._refuse_login(work, person, why)
            else:
                by = Who(person.person_id, tuple(person.roles))
                self._journal.append(work, Act(right, by, Out.DENIED))
            work.commit()
        self._journal.copy_out()

    def _let_in(self, asked: Person | None, lock: Lock | None) -> Actor | None:
        """Decide and write it down in one transaction, so that guesses at once count as many.

        Returns:
            None for a refusal.
        """
        if self._journal.database.shut:
            return self._let_read(asked, lock)
        with self._journal.database.writing() as work:
            person = work.persons.by_id(asked.person_id) if asked else None
            why = self._refusal(asked, person, lock)
            if person is None or why:
                actor = None
                self._refuse_login(work, person, why)
            else:
                token = secrets.token_hex(16)
                actor = Actor(person.person_id, person.name, person.roles, token)
                self._journal.append(work, Act(Right.LOG_IN, who(actor)))
                work.persons.update(lockout.after_login(person))
            work.commit()
        self._journal.copy_out()
        return actor

    def _let_read(self, asked: Person | None, lock: Lock | None) -> Actor | None:
        """Decide where nothing can be written down (`records.Shut`)."""
        with self._journal.database.reading() as work:
            person = work.persons.by_id(asked.person_id) if asked else None
        if person is None or self._refusal(asked, person, lock):
            return None
        return Actor(person.person_id, person.name, person.roles, secrets.token_hex(16))

    def _refusal(self, asked: Person | None, person: Person | None, lock: Lock | None) -> str:
        if asked is None or person is None:
            return "access.why.unknown"
        if lockout.is_locked(person, self._journal.clock()):
            return "access.why.locked"
        if lock is None or asked.credential_sha256 != person.credential_sha256:
            return lockout.WRONG_PASSWORD
        return "access.why.disabled" if person.disabled else ""

    def _refuse_login(self, work: UnitOfWork, person: Person | None, why: str) -> None:
        facts = {"person": person.person_id, "why": why} if person else {}
        entry = self._journal.append(work, Act(Right.LOG_IN, ANONYMOUS, Out.DENIED, data=facts))
        if person is not None and why == lockout.WRONG_PASSWORD:
            work.persons.update(lockout.after_failure(person, entry.ts))

    def prove(self, session: Session, password: Password) -> Person:
        """Return the person of a session after asking for the password once more.

        Raises:
            AccessDenied: it is wrong, which counts as at login.
        """
        with self._journal.database.reading() as work:
            asked = work.persons.by_id(session.actor.person_id)
        lock = signing.proven(kept_credential(self._blobs, asked), password) if asked else None
        with self._journal.database.writing() as work:
            person = work.persons.by_id(session.actor.person_id)
            why = self._refusal(asked, person, lock)
            if why:
                self._refuse_login(work, person, why)
                work.commit()
        if person is None or why:
            raise AccessDenied("archive.access.login")
        return person

    def logout(self, actor: Actor | None) -> None:
        """End a session; its key is forgotten.

        Raises:
            AccessDenied: it had ended already, or never began.
        """
        session = self.require(actor, Right.LOG_OUT)
        self._end(session.actor)

    def touch(self, actor: Actor | None) -> None:
        """Note that the person is still there (a key, the mouse), without an entry.

        Raises:
            AccessDenied: the session has ended.
        """
        self.require(actor, Right.LOG_IN)

    def alive(self, actor: Actor) -> bool:
        """Tell whether a session is still good; one that is over ends here. No act, no denial."""
        live = self._live(actor)
        if live is None:
            return False
        with self._journal.database.reading() as work:
            person = work.persons.by_id(live.session.actor.person_id)
        why = self._over(live, person, self._journal.machine.monotonic_ns())
        if why:
            self._end(live.session.actor, why)
        return not why

    def forget(self) -> None:
        """Forget every session without an entry (the archive is being closed); sign before."""
        for live in tuple(self._sessions.values()):
            self._sign_rest(live)
        self._sessions.clear()

    def single_keeper(self) -> str:
        """Return the name of the one person who keeps the archive; empty where several do."""
        with self._journal.database.reading() as work:
            active = [one.name for one in work.persons.all() if not one.disabled]
        return active[0] if len(active) == 1 else ""

    # --- the gate

    def require(
        self, actor: Actor | None, right: Right, case: str = "", *, acting: bool = True
    ) -> Session:
        """Return the actor's session, or refuse and say so in the log.

        The person's present state decides, not the one at login. What the screen asks by itself
        again and again is no act of the person (`acting`): it keeps no session alive.

        Raises:
            AccessDenied: not logged in here, away too long, disabled, given another password or
                other roles since, or without that right.
        """
        return self._admitted(actor, right, case, acting=acting)[0]

    def require_case(self, actor: Actor | None, right: Right, number: str) -> Session:
        """Return the session of a person who has `right` and keeps the case.

        A case that does not exist is refused in the same words as another person's case.
        """
        session, case = self._admitted(actor, right, asked=number)
        if case is None or case.owner != session.actor.person_id:
            raise self.denied(session.actor, right, number if case else "", number)
        return session

    def _admitted(
        self,
        actor: Actor | None,
        right: Right,
        case: str = "",
        *,
        acting: bool = True,
        asked: str = "",
    ) -> tuple[Session, CaseRow | None]:
        """Return the session of a person who has `right`, and the case of the number `asked`.

        Whoever the person is now, the key in use and the case are read in one transaction.
        """
        live = self._live(actor)
        if live is None:
            self._journal.write(Act(right, ANONYMOUS, Out.DENIED, case=case))
            raise AccessDenied("archive.access.no_session")
        now_ns = self._journal.machine.monotonic_ns()
        with self._journal.database.reading() as work:
            person = work.persons.by_id(live.session.actor.person_id)
            key = keys.in_use(work.log)
            # A number kept here is canonical; others never reach SQL.
            found = work.cases.get(asked) if asked and canonical.text(asked) == asked else None
        why = self._over(live, person, now_ns)
        if person is None or why:
            raise self._ended(live, right, case, why)
        if acting:
            live.seen_ns = now_ns
        if person.reset and right not in OF_EVERYBODY:
            raise self.refusal(live.session, right, case, "access.reset.unacknowledged")
        if right not in rights_of(person.roles):
            raise self.denied(live.session.actor, right, case)
        self._renew_key(live, person, key)
        return live.session, found

    def require_second(self, first: Session, second: Actor | None, right: Right) -> Session:
        """Return the session of a second person who is present and has `right`.

        Raises:
            AccessDenied: there is none, it is the same person, or one without that right.
        """
        if second is None:
            raise self.refusal(first, right, "", "access.second.wanted")
        session = self.require(second, right)
        if session.actor.person_id == first.actor.person_id:
            raise self.refusal(first, right, "", "access.second.same")
        return session

    def key_of(self, session: Session, right: Right, case: str = "") -> Seal:
        """Return the archive's key of a session.

        Raises:
            AccessDenied: the person's password does not unlock it.
        """
        if session.seal is None:
            raise self.refusal(session, right, case, "archive.access.no_key")
        return session.seal

    def allows(self, actor: Actor, right: Right) -> bool:
        """Tell whether a logged-in person has a right, without refusing anything."""
        return self._live(actor) is not None and right in rights_of(actor.roles)

    def denied(self, actor: Actor, right: Right, case: str, asked: str = "") -> AccessDenied:
        """Write the denial into the log and return the error to raise; see `_whom`."""
        self._journal.write(Act(right, self._whom(actor), Out.DENIED, case=case))
        if asked:
            return AccessDenied("archive.access.case", name=actor.name, number=asked)
        return AccessDenied("archive.access.right", name=actor.name, right=right.phrase)

    def refusal(
        self, session: Session, right: Right, case: str, key: str, **facts: str
    ) -> AccessDenied:
        """Write a denial that has a sentence of its own; return the error to raise."""
        by = self._whom(session.actor)
        self._journal.write(Act(right, by, Out.DENIED, case=case, data={"why": key}))
        return AccessDenied(key, name=session.actor.name, **facts)

    # --- inside

    def _whom(self, actor: Actor) -> Who:
        """Return whom a denial names: nobody, where a person was made up or is gone."""
        return ANONYMOUS if self._live(actor) is None else who(actor)

    def _live(self, actor: Actor | None) -> _Live | None:
        if type(actor) is not Actor or not isinstance(actor.session, str):
            return None
        live = self._sessions.get(_name(actor.session))
        return live if live is not None and live.session.actor == actor else None

    def _over(self, live: _Live, person: Person | None, now_ns: int) -> str:
        """Return the sentence that says why a session is over; empty where it is not."""
        if now_ns - live.seen_ns >= self._idle_ns:
            return "access.session.idle"
        return self._put_out(live, person)

    def _put_out(self, live: _Live, person: Person | None) -> str:
        """Return why a person may not go on in a session, however lately she acted."""
        if person is None or person.disabled:
            return "access.session.disabled"
        if person.roles != live.session.actor.roles:
            return "access.session.role"
        return "" if self._same_password(live, person) else "access.session.password"

    def _same_password(self, live: _Live, person: Person) -> bool:
        if person.credential_sha256 == live.credential:
            return True
        if kept_credential(self._blobs, person)["proof"] != live.proof:
            return False
        live.credential, live.key = person.credential_sha256, ""
        return True

    def _ended(self, live: _Live, right: Right, case: str, why: str) -> AccessDenied:
        actor = live.session.actor
        self._end(actor, why)
        self._journal.write(Act(right, who(actor), Out.DENIED, case=case, data={"why": why}))
        return AccessDenied(why, name=actor.name)

    def _end(self, actor: Actor, why: str = "") -> None:
        """End a session; of two threads that see at once that it is over, one says so."""
        live = self._sessions.pop(_name(actor.session), None)
        if live is not None:
            self._journal.write(Act(Right.LOG_OUT, who(actor), data={"why": why} if why else {}))
            self._sign_rest(live)

    def _sign_rest(self, live: _Live) -> None:
        """Sign what the session leaves unsigned, where it has the key and the person still may.

        Until somebody signs it, whoever can write the folder can alter it without removing a
        checkpoint.
        """
        if live.session.seal is None or self._journal.database.shut:
            return
        actor, journal = live.session.actor, self._journal.in_passing()
        try:
            with journal.database.reading() as work:
                person = work.persons.by_id(actor.person_id)
                key = keys.in_use(work.log)
            if person is None or self._put_out(live, person):
                return
            self._renew_key(live, person, key)
            if live.session.seal is not None:
                journal.sign_rest(live.session.seal, Act(Right.LOG_OUT, who(actor)))
        except (StorageError, IntegrityError):
            return  # what ends waits for nothing; `verify` tells what is damaged or unsigned

    def _renew_key(self, live: _Live, person: Person, key: str) -> None:
        """Look for the key in use where the session holds an older one (it was rotated since)."""
        if live.key == key:
            return
        kept: Document = kept_credential(self._blobs, person)
        seal = live.session.lock.opened(
            kept["seal"], person=person.person_id, archive=self._journal.archive
        )
        known = seal is not None and seal.fingerprint == key
        live.session = replace(live.session, seal=seal if known else None)
        live.key = key

    def _keep(self, session: Session, person: Person, chosen: Password) -> None:
        """Keep a session whose person just chose another password in it."""
        kept = kept_credential(self._blobs, person)
        lock = signing.proven(kept, chosen)
        live = self._sessions[_name(session.actor.session)]
        live.session = replace(session, lock=lock or session.lock)
        live.credential, live.proof, live.key = person.credential_sha256, kept["proof"], ""


def who(actor: Actor) -> Who:
    """Return the actor as log bodies name it: an id, never a name."""
    return Who(actor.person_id, tuple(actor.roles), session=_name(actor.session))


def _name(token: str) -> str:
    """Return what entries call a session; the token itself stands nowhere."""
    return canonical.sha256(token.encode("utf-8", "backslashreplace"))[:16]
