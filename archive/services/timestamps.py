"""Timestamps of the log from outside, by file: asked for on a stick, taken in from a stick."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, TypeAlias

from archive.ports import AnchorFiles
from archive.proof import anchor_name, canonical, chain, timestamp, timestamp_signature
from archive.proof.acts import ActName
from archive.proof.chain import Act, utc
from archive.proof.timestamp import Refused, Stamp
from archive.records import Actor, Out
from archive.services.access import Access
from archive.services.anchor_keeping import keep
from archive.services.gate import Session, who
from archive.services.journal import Journal
from archive.services.rights import Right
from virtopsy.errors import InputError, IntegrityError, VirtopsyError

Chain: TypeAlias = Callable[[bytes, bytes, Path, datetime], bool | None]
"""Whether an answer leads up to a trusted authority; see `archive.storage.openssl`."""
_OPEN_REQUESTS = 1000
"""How many requests back an answer is looked for."""


@dataclass(frozen=True)
class Asking:
    """A request to be carried to an authority.

    Attributes:
        tsq: TimeStampReq in DER.
        size: entries of the checkpoint it is over.
    """

    tsq: bytes
    size: int


@dataclass(frozen=True)
class Stamped:
    """A timestamp that was taken in.

    Attributes:
        size: entries it covers.
        time: as the authority states it, UTC.
        authority: name in its certificate.
        checked: "chain", "signature" (the chain was not verified here) or "not_verified_here".
        path: of the file kept, within the archive.
    """

    size: int
    time: datetime
    authority: str
    checked: str
    path: str


@dataclass(frozen=True)
class _Asked:
    """What a `timestamp.request` entry remembers."""

    size: int
    imprint: str
    nonce: str


class Timestamps:
    """Asks for timestamps of checkpoints, and takes them in."""

    def __init__(
        self, access: Access, journal: Journal, kept: AnchorFiles, chain_holds: Chain
    ) -> None:
        self._access = access
        self._journal = journal
        self._kept = kept
        self._chain_holds = chain_holds

    def request(self, actor: Actor | None, *, reason: str = "") -> Asking:
        """Return a request over the newest checkpoint's note; one is made by who may seal.

        Raises:
            AccessDenied: no right to it.
            StorageError: the disk refused; nothing was recorded.
        """
        session = self._access.require(actor, Right.REQUEST_TIMESTAMP)
        point = self._journal.checkpoint_for(session.seal)
        imprint = timestamp.imprint_of(point.note.encode())
        nonce = secrets.randbits(timestamp.NONCE_BITS)
        data = {
            "size": point.size,
            "root": point.root.hex(),
            "imprint": imprint.hex(),
            "nonce": str(nonce),
        }
        act = Act(ActName.REQUEST_TIMESTAMP, who(session.actor), reason=reason, data=data)
        self._journal.write(act)
        return Asking(timestamp.request(imprint, nonce), point.size)

    def take(
        self, actor: Actor | None, brought: bytes, *, ca: Path | None = None, reason: str = ""
    ) -> Stamped:
        """Check an answer and keep it beside its checkpoint.

        Args:
            actor: who brings it.
            brought: TimeStampResp in DER, PEM armour or base64.
            ca: certificates of authorities that the person trusts; None: the chain is not
                verified.
            reason: kept in the entry.

        Raises:
            AccessDenied: no right to it.
            InputError: no answer, the authority refused, or it is here already.
            IntegrityError: a timestamp of something else, a signature that is not genuine, or
                something else lies in its place.
            StorageError: the disk refused; nothing was recorded.
        """
        session = self._access.require(actor, Right.TAKE_TIMESTAMP)
        try:
            answer = timestamp.unwrapped(brought)
            stamp = timestamp.read(answer)
            asked = self._asked(stamp)
            note = self._note(asked)
            checked = self._checked(stamp, answer, note, ca)
            return self._keep(session, asked, stamp, answer, {"checked": checked}, reason)
        except Refused as refused:
            error = _said(refused)
            self._failed(session, error)
            raise error from refused
        except IntegrityError as error:
            self._failed(session, error)
            raise

    def _asked(self, stamp: Stamp) -> _Asked:
        """Return the request that an answer answers."""
        imprint, met = stamp.imprint.hex(), False
        for one in self._requests():
            if one.imprint == imprint:
                met = True
                if one.nonce == str(stamp.nonce):
                    return one
        raise Refused("nonce" if met else "imprint")

    def _requests(self) -> list[_Asked]:
        act, out = ActName.REQUEST_TIMESTAMP, Out.OK
        with self._journal.database.reading() as work:
            rows = list(work.log.newest_first(act, out, _OPEN_REQUESTS))
        found = [chain.legible(one).get("data") for one in rows]
        return [_remembered(one) for one in found if isinstance(one, dict)]

    def _note(self, asked: _Asked) -> bytes:
        """Return the very bytes that were asked about."""
        for name in self._journal.notes.names():
            if anchor_name.checkpoint_size(name) != asked.size:
                continue
            note = self._journal.notes.read(name).encode()
            if timestamp.imprint_of(note).hex() == asked.imprint:
                return note
        raise IntegrityError("anchor.timestamp.no_note", size=asked.size)

    def _checked(self, stamp: Stamp, answer: bytes, note: bytes, ca: Path | None) -> str:
        if not timestamp_signature.is_checkable(stamp):
            return "not_verified_here"
        timestamp_signature.check(stamp)
        if ca is None:
            return "signature"
        holds = self._chain_holds(answer, note, ca, stamp.time)
        if holds is None:
            return "signature"
        if not holds:
            raise IntegrityError("anchor.timestamp.chain", authority=stamp.authority)
        return "chain"

    def _keep(  # noqa: PLR0913, PLR0917 -- what was found, one after the other
        self,
        session: Session,
        asked: _Asked,
        stamp: Stamp,
        answer: bytes,
        found: dict[str, Any],
        reason: str,
    ) -> Stamped:
        sha256 = canonical.sha256(answer)
        name = anchor_name.of_timestamp(asked.size, sha256)
        data = {
            "size": asked.size,
            "imprint": asked.imprint,
            "time": utc(stamp.time),
            "authority": canonical.text(stamp.authority),
            "sha256": sha256,
            **found,
        }
        act = Act(ActName.TAKE_TIMESTAMP, who(session.actor), reason=reason, data=data)
        keep(self._journal, self._kept, name, answer, act, session.seal)
        return Stamped(asked.size, stamp.time, stamp.authority, found["checked"], name)

    def _failed(self, session: Session, error: VirtopsyError) -> None:
        data = {"why": error.key}
        act = Act(ActName.TAKE_TIMESTAMP, who(session.actor), Out.FAIL, data=data)
        self._journal.write(act)


def _remembered(data: dict[str, Any]) -> _Asked:
    size = data.get("size")
    return _Asked(
        size if isinstance(size, int) else 0, str(data.get("imprint")), str(data.get("nonce"))
    )


def _said(refused: Refused) -> VirtopsyError:
    """Return the sentence: an answer that is none is an input, a wrong one breaks a promise."""
    key = f"anchor.timestamp.{refused.code}"
    if refused.code in {"malformed", "refused"}:
        return InputError(key, detail=refused.detail)
    return IntegrityError(key)
