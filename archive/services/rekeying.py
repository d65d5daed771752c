"""A new key for the archive: in peace, after a loss, after a compromise.

The entry is the act; archive.json follows it. A kill between the two leaves a card that lags by
one key, which the next opening completes from the entry itself.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from archive.ports import Blobs, Cards, UnitOfWork
from archive.proof import signing
from archive.proof.chain import Act, utc
from archive.proof.signing import Cost, Locksmith, Seal
from archive.records import Actor, ObjectName, Person
from archive.services import keys
from archive.services.access import Access
from archive.services.gate import Session, who
from archive.services.journal import Journal
from archive.services.keys import KeyRing, Why
from archive.services.persons import credential_name, kept_credential, rehanded
from archive.services.rights import Right, may_seal
from virtopsy.errors import AccessDenied, IntegrityError, StorageError, UsageError

_RIGHTS: dict[Why, Right] = {
    "lost": Right.LOSE_KEY,
    "compromised": Right.COMPROMISE_KEY,
}


@dataclass(frozen=True)
class NewKey:
    """What became of a change of keys.

    Attributes:
        old, new: fingerprints.
        without: names of persons who may seal but could not be given the new key: an
            administrator must set their passwords anew.
    """

    old: str
    new: str
    without: tuple[str, ...]


class Keys:
    """The archive's keys."""

    def __init__(
        self, access: Access, journal: Journal, blobs: Blobs, cards: Cards, cost: Cost
    ) -> None:
        self._access = access
        self._journal = journal
        self._blobs = blobs
        self._cards = cards
        self._cost = cost

    def rotate(self, actor: Actor | None, *, reason: str = "") -> NewKey:
        """Seal with a new key from now on; old and new one sign that the one follows the other.

        Raises:
            AccessDenied: no right, or the password does not unlock the old key.
        """
        session = self._access.require(actor, Right.ROTATE_KEY)
        old = self._access.key_of(session, Right.ROTATE_KEY)
        return self._changed(session, "rotate", old, (), reason)

    def lost(
        self, actor: Actor | None, *, since: datetime | None = None, reason: str = ""
    ) -> NewKey:
        """Say that nobody can unlock the key any more, and make a new one.

        Raises:
            AccessDenied: no right.
            UsageError: `since` lies in the future.
        """
        session = self._access.require(actor, Right.LOSE_KEY)
        return self._declared(session, "lost", since, reason)

    def compromised(
        self, actor: Actor | None, *, since: datetime | None = None, reason: str = ""
    ) -> NewKey:
        """Say that somebody else may have the key, since when, and make a new one.

        Only the acting person is given the new one: whoever had the old key may know how another
        person's copy is locked. The others need a new password from an administrator.

        Raises:
            AccessDenied: no right.
            UsageError: `since` lies in the future.
        """
        session = self._access.require(actor, Right.COMPROMISE_KEY)
        return self._declared(session, "compromised", since, reason)

    def ring(self) -> KeyRing:
        """Return the archive's keys: public halves and when each was in use; no secret at all."""
        with self._journal.database.reading() as work:
            return self._ring(work)

    def complete(self) -> bool:
        """Bring a card that lags behind the log up to it.

        Returns:
            False where that was not possible now; the next opening tries again.
        """
        try:
            if self.ring().card_fault != "card_lags":
                return True
            with self._journal.database.writing() as work:  # for its lock; no row is written
                card = self._cards.read()
                self._cards.replace(replace(card, public_keys=self._ring(work).known))
        except (StorageError, IntegrityError):
            return False  # `verify` says what is wrong
        return True

    # --- inside

    def _declared(self, session: Session, why: Why, since: datetime | None, reason: str) -> NewKey:
        if since is not None and since > self._journal.clock():
            raise UsageError("access.key.future")
        data = {} if since is None else {"from": utc(since)}
        right = _RIGHTS[why]
        act = Act(right, who(session.actor), reason=reason, data=data)
        return self._changed(session, why, None, (act,), reason)

    def _changed(
        self, session: Session, why: Why, old: Seal | None, before: Sequence[Act], reason: str
    ) -> NewKey:
        """Write the entries, then the card, then a checkpoint with the new key."""
        new = Seal.new()
        with self._journal.database.writing() as work:
            was = self._ring(work).newest
            name = signing.fingerprint(was)
            if old is not None and old.fingerprint != name:
                raise AccessDenied("access.key.ended", fingerprint=old.fingerprint)
            given, without = self._handed(work, session, new, only_actor=why == "compromised")
            for act in before:  # under the lock: what is later than its entry is not believed
                data = {"from": utc(self._journal.clock()), **act.data, "key": name}
                self._journal.append(work, replace(act, data=data))
            said = keys.statement(self._journal.archive, was, new.public_key, why)
            by, told = who(session.actor), keys.signed(said, old, new)
            act = Act(Right.ROTATE_KEY, by, objects=given, reason=reason, data=told)
            self._journal.append(work, act)
            work.commit()
        self.complete()
        self._journal.checkpoint_after(new, at_once=True)
        return NewKey(name, new.fingerprint, without)

    def _handed(
        self, work: UnitOfWork, session: Session, new: Seal, *, only_actor: bool
    ) -> tuple[tuple[ObjectName, ...], tuple[str, ...]]:
        """Lock the new key for those who may seal; return what was made, and who lacks it."""
        smith = Locksmith(self._journal.archive, new, self._cost)
        given, without = [], []
        for person in work.persons.all():
            if person.disabled or not may_seal(person.roles):
                continue
            mine = person.person_id == session.actor.person_id
            if (only_actor and not mine) or not self._has_box(person):
                without.append(person.name)
                continue
            changed = rehanded(self._blobs, smith, person, person.roles)
            work.persons.update(changed)
            given.append(credential_name(changed))
        return tuple(given), tuple(without)

    def _has_box(self, person: Person) -> bool:
        return bool(kept_credential(self._blobs, person).get("box"))

    def _ring(self, work: UnitOfWork) -> KeyRing:
        return keys.ring(work.log.of_acts(keys.ACTS), self._cards.read().public_keys)
