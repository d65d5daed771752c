"""A witness of logs, on a machine of its own: signs what continues what it saw, nothing else.

It needs no archive, no database and no network. What it saw last of each log stands on its own
disk before its signature leaves it, so that nobody can show it a shorter or another log later.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime

from archive.ports import Clock, Stick, WitnessMemory
from archive.proof import canonical, checkpoint, cosignature, signing
from archive.proof.chain import utc
from archive.proof.cosignature import Cosigner, Request, Seen
from archive.proof.signing import Cost, Locksmith, Password, Seal
from virtopsy.errors import AccessDenied, InputError, IntegrityError, UsageError

_BOUND_TO = "virtopsy witness"
"""What the witness's locked key is bound to, as an archive's is to its uuid."""


@dataclass(frozen=True)
class Signed:
    """What the witness signed.

    Attributes:
        origin: which log.
        size: its entries.
        fresh: of them, those that the witness had not seen before.
        when: of the signature, UTC.
    """

    origin: str
    size: int
    fresh: int
    when: datetime


@dataclass(frozen=True)
class _Known:
    """What the witness saw last of a log, and the key it was signed with."""

    seen: Seen
    public_key: bytes


class Station:
    """Makes the witness's key, and signs."""

    def __init__(self, home: WitnessMemory, clock: Clock, cost: Cost) -> None:
        self._home = home
        self._clock = clock
        self._cost = cost

    def new(self, name: str, password: str) -> Cosigner:
        """Make the key of this witness.

        Raises:
            UsageError: the name does not serve, there is no password, or there is a key already.
            StorageError: the disk refused.
        """
        if not cosignature.is_name(name):
            raise UsageError("anchor.witness.name", name=name)
        if not password:
            raise UsageError("archive.person.no_password", name=name)
        seal = Seal.new()
        smith = Locksmith(_BOUND_TO, seal, self._cost)
        kept = {
            "v": 1,
            "name": canonical.text(name),
            "public": seal.public_key.hex(),
            "locked": smith.credential(Password(password), name, may_seal=True),
        }
        if not self._home.keep_key(canonical.encode(kept) + b"\n"):
            raise UsageError("anchor.witness.exists", path=self._home.folder)
        return Cosigner(name, seal.public_key)

    def sign(
        self,
        stick: Stick,
        password: str,
        *,
        key: str | None = None,
        confirm: Callable[[str, str], bool],
    ) -> tuple[Signed, ...]:
        """Sign every checkpoint that lies on the stick and continues what was seen.

        Args:
            stick: where the requests lie, and where the signatures go.
            password: of the witness.
            key: fingerprint that a log's key must have the first time, or from now on.
            confirm: asked the first time, with the log's name and its key's fingerprint: does it
                stand so on the paper?

        Raises:
            UsageError: there is no key here, or the fingerprint of a log's key was not confirmed.
            AccessDenied: the password is wrong.
            InputError: there is no request, one cannot be read, or starts elsewhere than at what
                was seen: a new request helps.
            IntegrityError: the log lost or changed entries, or another key signed it.
            StorageError: the disk or the stick refused.
        """
        who, seal = self._unlock(password)
        logs = stick.logs()
        if not logs:
            raise InputError("anchor.witness.no_request", path=stick.where("*", "request"))
        run = _Run(stick, who, seal, key, confirm)
        with self._home.alone():
            return tuple(self._sign(run, log) for log in logs)

    def _unlock(self, password: str) -> tuple[Cosigner, Seal]:
        content = self._home.key()
        if not content:
            raise UsageError("anchor.witness.no_key", path=self._home.folder)
        try:
            kept = canonical.decode(content.rstrip(b"\n"))
            who = Cosigner(kept["name"], bytes.fromhex(kept["public"]))
            lock = signing.proven(kept["locked"], Password(password))
            sealed = kept["locked"]["seal"]
            seal = lock.opened(sealed, person=who.name, archive=_BOUND_TO) if lock else None
        except (ValueError, KeyError, TypeError) as error:
            raise InputError("anchor.witness.bad_key", path=self._home.folder) from error
        if seal is None:
            raise AccessDenied("anchor.witness.password", name=who.name)
        return who, seal

    def _sign(self, run: _Run, log: str) -> Signed:
        asked = cosignature.request(run.stick.read(log, "request"))
        if asked is None:
            raise InputError("anchor.witness.unreadable", path=run.stick.where(log, "request"))
        known = self._known(asked.checkpoint.origin)
        public_key = run.log_key(log, asked, known)
        run.refuse(log, asked, known)
        return self._signed(run, log, asked, known, public_key)

    def _known(self, origin: str) -> _Known | None:
        content = self._home.newest(origin)
        if not content:
            return None
        try:
            kept = canonical.decode(content)
            seen = Seen(kept["size"], bytes.fromhex(kept["root"]))
            return _Known(seen, bytes.fromhex(kept["key"]))
        except (ValueError, KeyError, TypeError) as error:
            raise InputError("anchor.witness.bad_memory", path=self._home.folder) from error

    def _signed(
        self, run: _Run, log: str, asked: Request, known: _Known | None, public_key: bytes
    ) -> Signed:
        """Remember, then sign: a signature that left while the memory was lost could be misused."""
        point = asked.checkpoint
        now = self._clock()
        before = known.seen.size if known else 0
        if point.size > before or known is None:
            kept = {
                "v": 1,
                "origin": point.origin,
                "size": point.size,
                "root": point.root.hex(),
                "key": public_key.hex(),
                "ts": utc(now),
                "note": point.note,
            }
            self._home.remember(point.origin, point.size, canonical.encode(kept))
        seconds = int(now.timestamp())
        line = cosignature.line(run.who, run.seal.sign, seconds, point.note)
        run.stick.write(log, "cosigned", point.note + line)
        run.stick.write(log, "size", f"{point.size}\n")
        when = datetime.fromtimestamp(seconds, UTC)
        return Signed(point.origin, point.size, point.size - before, when)


@dataclass(frozen=True)
class _Run:
    """One visit with a stick."""

    stick: Stick
    who: Cosigner
    seal: Seal
    key: str | None
    confirm: Callable[[str, str], bool]

    def log_key(self, log: str, asked: Request, known: _Known | None) -> bytes:
        """Return the key that signed the checkpoint, which must be the one this witness knows."""
        origin = asked.checkpoint.origin
        brought = cosignature.log_key(self.stick.read(log, "key"))
        if brought is None or brought[0] != origin:
            if known is None:
                raise InputError("anchor.witness.unreadable", path=self.stick.where(log, "key"))
            brought = (origin, known.public_key)
        public_key = brought[1]
        fingerprint = signing.fingerprint(public_key)
        if known is None or public_key != known.public_key:
            self._accept(origin, fingerprint, known)
        if not checkpoint.signed_by(asked.checkpoint, public_key):
            raise IntegrityError("anchor.refused.unsigned", origin=origin, fingerprint=fingerprint)
        return public_key

    def _accept(self, origin: str, fingerprint: str, known: _Known | None) -> None:
        if self.key is not None and self.key != fingerprint:
            facts = {"origin": origin, "found": fingerprint, "wanted": self.key}
            raise IntegrityError("anchor.refused.other_key", **facts)
        if self.key == fingerprint:
            return
        if known is not None:
            before = signing.fingerprint(known.public_key)
            raise IntegrityError(
                "anchor.refused.new_key", origin=origin, found=fingerprint, wanted=before
            )
        if not self.confirm(origin, fingerprint):
            raise UsageError("anchor.witness.pin", origin=origin, fingerprint=fingerprint)

    def refuse(self, log: str, asked: Request, known: _Known | None) -> None:
        """Refuse loudly what is not a longer form of the log that was seen."""
        found = cosignature.objection(asked, known.seen if known else None)
        if not found:
            return
        size = known.seen.size if known else 0
        origin, facts = asked.checkpoint.origin, {"size": asked.checkpoint.size, "seen": size}
        if found != "old":
            raise IntegrityError(f"anchor.refused.{found}", origin=origin, **facts)
        self.stick.write(log, "size", f"{size}\n")
        raise InputError("anchor.witness.old", origin=origin, seen=size)
