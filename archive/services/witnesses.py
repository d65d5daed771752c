"""The archive's side of its witnesses: who they are, what they are asked, what they signed."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TypeAlias

from archive.ports import AnchorFiles, Blobs, Stick
from archive.proof import anchor_name, checkpoint, cosignature
from archive.proof.acts import ActName
from archive.proof.chain import Act, utc
from archive.proof.checkpoint import Checkpoint
from archive.proof.cosignature import Cosigner, Request
from archive.records import Actor, ObjectName, Out, Witness
from archive.services.access import Access
from archive.services.anchor_keeping import keep
from archive.services.gate import Session, who
from archive.services.journal import Journal
from archive.services.persons import salted
from archive.services.rights import Right
from virtopsy.errors import (
    InputError,
    IntegrityError,
    StorageError,
    UsageError,
    VirtopsyError,
)

_AHEAD_S = 24 * 3600
"""How far a witness's clock may be ahead of ours; they are two machines without a network."""

NewStick: TypeAlias = Callable[[Path], Stick]
PublicKeys: TypeAlias = Callable[[], Sequence[bytes]]
"""Every key the archive ever sealed with, newest last."""


@dataclass(frozen=True)
class Asked:
    """What was put on the stick.

    Attributes:
        size: entries of the checkpoint to be signed.
        old: entries that the witness had seen.
    """

    size: int
    old: int


@dataclass(frozen=True)
class Taken:
    """What came back.

    Attributes:
        name: of the witness.
        size: entries covered.
        when: of the signature, as the witness's clock had it, UTC.
        path: of the file kept, within the archive.
    """

    name: str
    size: int
    when: datetime
    path: str


class Witnesses:
    """Adds witnesses, asks them, and takes their signatures in."""

    def __init__(  # noqa: PLR0913, PLR0917 -- what it is joined from, see `archive.opening`
        self,
        access: Access,
        journal: Journal,
        blobs: Blobs,
        kept: AnchorFiles,
        stick: NewStick,
        public_keys: PublicKeys,
    ) -> None:
        self._access = access
        self._journal = journal
        self._blobs = blobs
        self._kept = kept
        self._stick = stick
        self._public_keys = public_keys

    def add(self, actor: Actor | None, name: str, vkey: str, *, reason: str = "") -> Witness:
        """Make a witness known by its key.

        Raises:
            AccessDenied: only an administrator may.
            InputError: that is no witness's key, or it is another name's.
            UsageError: the witness is known already.
        """
        session = self._access.require(actor, Right.ADD_WITNESS)
        found = cosignature.cosigner(vkey)
        if found is None:
            raise InputError("anchor.witness.no_vkey")
        if found.name != name:
            raise InputError("anchor.witness.other_name", name=name, found=found.name)
        added = Witness(found.fingerprint, found.name, found.public_key)
        described = {"name": found.name, "vkey": found.vkey}
        kept = self._blobs.put(salted("witness", described))
        act = Act(
            ActName.ADD_WITNESS,
            who(session.actor),
            objects=(ObjectName("witness", added.key_sha256, kept),),
            reason=reason,
            data={"key": added.key_sha256},
        )
        with self._journal.database.writing() as work:
            if added.key_sha256 in {one.key_sha256 for one in work.witnesses.all()}:
                raise UsageError("anchor.witness.known", name=name)
            work.witnesses.add(added)
            self._journal.append(work, act)
            work.commit()
        self._journal.checkpoint_after(session.seal, at_once=True)
        return added

    def all(self, actor: Actor | None) -> tuple[Witness, ...]:
        """Return the witnesses that are known."""
        self._access.require(actor, Right.REQUEST_WITNESS)
        with self._journal.database.reading() as work:
            return tuple(work.witnesses.all())

    def request(self, actor: Actor | None, place: Path, *, reason: str = "") -> Asked:
        """Put the newest checkpoint on the stick, with the proof that it continues what was seen.

        A person who may seal has a checkpoint made now, which covers the entry of this very act.

        Raises:
            AccessDenied: no right to it.
            InputError: there is no stick, or what lies on it cannot be read.
            IntegrityError: the witness has seen more entries than this log has.
            StorageError: the stick or the disk refused.
        """
        session = self._access.require(actor, Right.REQUEST_WITNESS)
        stick = self._stick(place)
        log = self._journal.archive
        old = cosignature.size_of(stick.read(log, "size") or "0")
        if old is None:
            raise InputError("anchor.witness.unreadable", path=stick.where(log, "size"))
        try:
            point = self._point(session, old, reason)
        except IntegrityError as error:
            self._failed(session, Right.REQUEST_WITNESS, error)
            raise
        proof = self._journal.consistency(old, point.size) if 0 < old < point.size else ()
        key, _ = self._signer(point)
        try:
            stick.write(log, "key", cosignature.log_vkey(point.origin, key) + "\n")
            stick.write(log, "request", Request(old, proof, point).text)
        except StorageError as error:
            self._failed(session, Right.REQUEST_WITNESS, error)
            raise
        return Asked(point.size, old)

    def _point(self, session: Session, old: int, reason: str) -> Checkpoint:
        size = self._journal.head()[0]
        if old > size:
            raise IntegrityError("anchor.witness.ahead", seen=old, size=size)
        act = Act(Right.REQUEST_WITNESS, who(session.actor), reason=reason, data={"old": old})
        self._journal.write(act)
        return self._journal.checkpoint_for(session.seal, old)

    def _signer(self, point: Checkpoint) -> tuple[bytes, Checkpoint]:
        """Return the archive's key that signed it, and the note without anybody else's line."""
        for key in reversed(self._public_keys()):
            own = checkpoint.alone(point, key)
            if own is not None:
                return key, own
        raise IntegrityError("anchor.own_note", size=point.size)

    def take(self, actor: Actor | None, place: Path, *, reason: str = "") -> Taken:
        """Check the witness's signature on the stick, and keep it.

        Raises:
            AccessDenied: no right to it.
            InputError: there is no stick or no signature on it, or it is here already.
            IntegrityError: it is not a known witness's signature under a checkpoint of this log,
                or something else lies in its place.
            StorageError: the disk refused; nothing was recorded.
        """
        session = self._access.require(actor, Right.TAKE_WITNESS)
        stick = self._stick(place)
        log = self._journal.archive
        note = stick.read(log, "cosigned")
        if not note:
            raise InputError("anchor.witness.no_answer", path=stick.where(log, "cosigned"))
        try:
            return self._take(session, self._checked(note), reason)
        except IntegrityError as error:
            self._failed(session, Right.TAKE_WITNESS, error)
            raise

    def _checked(self, note: str) -> _Found:
        point = checkpoint.read(note)
        with self._journal.database.reading() as work:
            known = [Cosigner(one.name, one.public_key) for one in work.witnesses.all()]
        if point is None or point.origin != checkpoint.origin_of(self._journal.archive):
            raise IntegrityError("anchor.take.other_log")
        _, own = self._signer(point)
        size = self._journal.head()[0]
        if point.size > size:
            raise IntegrityError("anchor.witness.ahead", seen=point.size, size=size)
        if self._journal.root(point.size) != point.root:
            raise IntegrityError("anchor.take.other_root", size=point.size)
        for one in known:
            time = cosignature.cosigned(note, one)
            if time is not None and time > self._journal.clock().timestamp() + _AHEAD_S:
                raise IntegrityError("anchor.take.future", name=one.name)
            if time is not None:
                text = cosignature.only_signed_by(note, one, own)
                return _Found(one, point, time, text)
        raise IntegrityError("anchor.take.no_witness", size=point.size)

    def _take(self, session: Session, found: _Found, reason: str) -> Taken:
        name = anchor_name.of_witness(found.point.size, found.witness)
        when = datetime.fromtimestamp(found.time, UTC)
        act = Act(
            Right.TAKE_WITNESS,
            who(session.actor),
            reason=reason,
            data={
                "size": found.point.size,
                "root": found.point.root.hex(),
                "key": found.witness.fingerprint,
                "time": utc(when),
            },
        )
        keep(self._journal, self._kept, name, found.note.encode(), act, session.seal)
        return Taken(found.witness.name, found.point.size, when, name)

    def _failed(self, session: Session, right: Right, error: VirtopsyError) -> None:
        act = Act(right, who(session.actor), Out.FAIL, data={"why": error.key})
        self._journal.write(act)


@dataclass(frozen=True)
class _Found:
    """A witness's signature that was found good.

    Attributes:
        time: POSIX seconds, as the witness's clock had it.
        note: the checkpoint with the archive's and this witness's lines.
    """

    witness: Cosigner
    point: Checkpoint
    time: int
    note: str
