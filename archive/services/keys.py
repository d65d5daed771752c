"""The archive's keys, one after another: pure, told by the log's entries about them.

A checkpoint belongs to the key that was in use at its size, not at its hour: a key signs trees
that end before the entry by which it was rotated, lost or compromised. So it makes no difference
when a file with the note was written, and nobody needs to trust a clock.

A key that follows a lost or compromised one is signed by itself alone: whoever can write the
archive's folder can forge that without any key. What it signed counts only for who knows its
fingerprint from outside the archive (a paper). That a password unlocks it says nothing: whoever
can write the folder can lock a key of their own for a person, as nothing but the public half of the
person's own key is needed for that.

A rotation without the signatures it needs brings no key and ends none.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import lru_cache
from itertools import pairwise
from typing import Any, Literal, TypeAlias

from archive.ports import LogRows
from archive.proof import canonical, chain, signing
from archive.proof.acts import ActName
from archive.proof.signing import Seal
from archive.records import Document, LogEntry, Out

ACTS = (
    *(ActName.CREATE_ARCHIVE, ActName.ROTATE_KEY),
    *(ActName.LOSE_KEY, ActName.COMPROMISE_KEY),
)
Why: TypeAlias = Literal["rotate", "lost", "compromised"]


@dataclass(frozen=True)
class KeyLife:
    """A key and the entries between which it seals.

    Attributes:
        fingerprint: SHA-256 of its public half, hexadecimal.
        public_key: empty for the first one, until the statement that ended it tells it too.
        first_seq: the entry that brought it.
        last_seq: the entry that ended it; None while it is in use.
        ended_by: that entry's act; empty while it is in use.
        doubted_from: from this instant (as log bodies spell it) its signatures prove nothing;
            empty for a key that was rotated in peace.
        followed: the key before it signed that statement, and was good then; so did the founder
            with the first one, by the commissioning act.
    """

    fingerprint: str
    public_key: bytes
    first_seq: int
    last_seq: int | None = None
    ended_by: str = ""
    doubted_from: str = ""
    followed: bool = True


@lru_cache(maxsize=8)  # every act asks, and the same few entries tell
def _told(entries: tuple[LogEntry, ...]) -> tuple[tuple[KeyLife, ...], tuple[int, ...]]:
    """Return the keys, oldest first, and the rotations that nothing vouches for.

    What cannot be read tells nothing.
    """
    found: list[KeyLife] = []
    unvouched: list[int] = []
    for entry in entries:
        if entry.act in ACTS and entry.out == Out.OK:
            try:
                _tell(found, unvouched, entry.seq, chain.read(entry))
            except (canonical.NotCanonical, ValueError, KeyError, TypeError):
                continue  # the check of the chain names it
    return tuple(found), tuple(unvouched)


def in_use(log: LogRows) -> str:
    """Return the fingerprint of the key in use; empty where the log tells of none."""
    found, _ = _told(tuple(log.of_acts(ACTS)))
    return found[-1].fingerprint if found and found[-1].last_seq is None else ""


def _tell(found: list[KeyLife], unvouched: list[int], seq: int, body: Document) -> None:
    data, act = body["data"], body["act"]
    if act == ActName.CREATE_ARCHIVE:
        if seq == 1:  # an archive is made once
            found.append(KeyLife(str(data["key"]), b"", seq))
    elif act == ActName.ROTATE_KEY:
        statement = data["statement"]
        new = bytes.fromhex(statement["new"])
        before = found[-1] if found else None
        followed = _followed(data, before)
        if not followed and not _replaced(data, before):
            unvouched.append(seq)  # anybody can write one: else it would end all signing
            return
        found[-1] = replace(found[-1], public_key=bytes.fromhex(statement["old"]))
        _end(found, seq, ActName.ROTATE_KEY)
        found.append(KeyLife(signing.fingerprint(new), new, seq, followed=followed))
    elif found and data["key"] == found[-1].fingerprint and _is_past(data["from"], body["ts"]):
        found[-1] = replace(found[-1], doubted_from=data["from"])
        _end(found, seq, act)


def _end(found: list[KeyLife], seq: int, act: str) -> None:
    if found and found[-1].last_seq is None:
        found[-1] = replace(found[-1], last_seq=seq, ended_by=act)


def statement(archive: str, old: bytes, new: bytes, why: Why) -> dict[str, str]:
    """Return what old and new key sign when one follows the other."""
    return {"t": "key", "archive": archive, "old": old.hex(), "new": new.hex(), "why": why}


def signed(said: dict[str, str], old: Seal | None, new: Seal) -> dict[str, Any]:
    """Return the data of an entry `key.rotate`; a lost or compromised key does not sign."""
    text = canonical.encode(said)
    return {
        "key": new.fingerprint,
        "statement": said,
        "old_signature": old.sign(text).hex() if old else "",
        "new_signature": new.sign(text).hex(),
    }


def _is_past(since: str, ts: str) -> bool:
    """Tell whether a key is said to be bad since an instant that had come when that was said."""
    return datetime.fromisoformat(since) <= datetime.fromisoformat(ts)


def _replaced(data: Document, before: KeyLife | None) -> bool:
    """Tell whether the new key signs that it follows one that was lost or compromised."""
    return before is not None and bool(before.ended_by) and _signed_by_new(data, before)


def _followed(data: Document, before: KeyLife | None) -> bool:
    """Tell whether both keys sign that one follows the other, and the old one was good."""
    if before is None or before.ended_by == ActName.COMPROMISE_KEY:
        return False  # in other hands its signature proves nothing
    if not _signed_by_new(data, before):
        return False
    said = data["statement"]
    by_old = bytes.fromhex(data["old_signature"])
    return signing.genuine(bytes.fromhex(said["old"]), canonical.encode(said), by_old)


def _signed_by_new(data: Document, before: KeyLife) -> bool:
    said = data["statement"]
    if signing.fingerprint(bytes.fromhex(said["old"])) != before.fingerprint:
        return False
    by_new = bytes.fromhex(data["new_signature"])
    return signing.genuine(bytes.fromhex(said["new"]), canonical.encode(said), by_new)


@dataclass(frozen=True)
class KeyRing:
    """The keys of the log beside those of archive.json.

    Attributes:
        lives: as the log tells them.
        public_keys: as archive.json tells them, oldest first.
        given: fingerprints that whoever asks knows to be the archive's, from outside it.
        unvouched: entries that tell of a key without the signatures they need.
    """

    lives: tuple[KeyLife, ...]
    public_keys: tuple[bytes, ...]
    given: frozenset[str] = frozenset()
    unvouched: tuple[int, ...] = ()

    @property
    def card_fault(self) -> str:
        """What is wrong with archive.json: "card_differs", "card_lags" (a kill came) or ""."""
        told = [one.fingerprint for one in self.lives]
        on_card = [signing.fingerprint(key) for key in self.public_keys]
        if on_card == told or not told:
            return ""
        return "card_lags" if on_card and on_card == told[: len(on_card)] else "card_differs"

    @property
    def known(self) -> tuple[bytes, ...]:
        """The public keys of the card and those the log brought later, oldest first."""
        if self.card_fault != "card_lags":
            return self.public_keys
        later = self.lives[len(self.public_keys) :]
        return (*self.public_keys, *(one.public_key for one in later))

    @property
    def newest(self) -> bytes:
        """The public key in use, or the last one that was, as the log tells before the card."""
        last = self.lives[-1].fingerprint if self.lives else ""
        named = (key for key in (*self.told, *self.public_keys) if signing.fingerprint(key) == last)
        return next(named, self.known[-1])

    @property
    def told(self) -> tuple[bytes, ...]:
        """The public keys that the log tells by itself: all but a first one that is in use."""
        return tuple(one.public_key for one in self.lives if one.public_key)

    @property
    def believed(self) -> KeyRing:
        """The same for who believes the key in use, as whoever seals with it does."""
        return replace(self, given=self.given | _names(self.lives[-1:]))

    def replaced(self) -> tuple[KeyLife, ...]:
        """Return the keys that nothing but their own signature tells of, and nobody knows."""
        known = self._known_from_outside
        return tuple(one for one in self.lives if not one.followed and one.fingerprint not in known)

    def counts(self, public_key: bytes, size: int) -> bool:
        """Tell whether a key's checkpoint over `size` entries seals them for whoever asks."""
        if not self.may_sign(public_key, size):
            return False
        if not self.lives:
            return not self.unvouched
        return signing.fingerprint(public_key) in self._known_from_outside

    @property
    def _known_from_outside(self) -> frozenset[str]:
        """The first key, those given, and all that followed one another from or to these."""
        known = [run for run in self._runs() if run[0].followed or self.given & _names(run)]
        return frozenset().union(*map(_names, known))

    def _runs(self) -> Iterator[tuple[KeyLife, ...]]:
        """Yield the keys, those together of which each signed the next one."""
        starts = [at for at, one in enumerate(self.lives) if at == 0 or not one.followed]
        for start, end in pairwise((*starts, len(self.lives))):
            yield self.lives[start:end]

    def may_sign(self, public_key: bytes, size: int) -> bool:
        """Tell whether a key was in use when the log had `size` entries."""
        name = signing.fingerprint(public_key)
        for one in self.lives:
            if one.fingerprint == name:
                return one.first_seq <= size and (one.last_seq is None or size < one.last_seq)
        return not self.lives  # a log that cannot be read says nothing against a key

    def rotated(self, former: str, now: str) -> KeyLife | None:
        """Return the life of the key that followed `former`, if it led to `now` in peace.

        Every key between them was rotated, and the old and the new one signed that; after one
        that was lost or compromised nothing of `former` vouches for what came.

        Args:
            former: fingerprint of a key that was.
            now: fingerprint of the key in use, as archive.json tells it.
        """
        told = [one.fingerprint for one in self.lives]
        if former not in told[:-1] or told[-1] != now:
            return None
        before = told.index(former)
        if any(one.ended_by != ActName.ROTATE_KEY for one in self.lives[before:-1]):
            return None
        return self.lives[before + 1]

    def doubts(self, public_key: bytes, ts: str) -> bool:
        """Tell whether a key's signature over entries up to `ts` proves nothing any more."""
        name = signing.fingerprint(public_key)
        return any(
            one.fingerprint == name and one.doubted_from and one.doubted_from <= ts
            for one in self.lives
        )


def ring(
    entries: Iterable[LogEntry], public_keys: Sequence[bytes], given: Collection[str] = ()
) -> KeyRing:
    """Return the keys of a log beside those of its card, and those known from outside."""
    lives, unvouched = _told(tuple(entries))
    return KeyRing(lives, tuple(public_keys), frozenset(given), unvouched)


def _names(lives: Iterable[KeyLife]) -> frozenset[str]:
    return frozenset(one.fingerprint for one in lives)
