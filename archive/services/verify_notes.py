"""The checkpoints beside the log, against its entries and the archive's keys."""

from __future__ import annotations

from collections import deque

from archive.proof import checkpoint, merkle, signing
from archive.proof.checkpoint import Checkpoint
from archive.proof.stretch import Join
from archive.records import Out
from archive.services.journal import CHECKPOINT_EVERY, CONTENT, WEIGHTY, Journal
from archive.services.keys import KeyRing
from archive.services.verify_findings import DAMAGE, DATABASE, Findings
from virtopsy.errors import IntegrityError, StorageError


class NoteCheck:
    """Checkpoints, judged as soon as the entries that they cover were read."""

    def __init__(self, journal: Journal, ring: KeyRing, found: Findings) -> None:
        self._journal = journal
        self._ring, self._believed = ring, ring.believed
        self._keys = ring.known
        self._found = found
        self._newest = 0
        self._waiting = deque(sorted(self._read(), key=lambda pair: pair[1].size))

    @property
    def sizes(self) -> list[int]:
        """The sizes whose root is asked for."""
        return sorted({one.size for _, one in self._waiting})

    def check(self, join: Join) -> None:
        """Judge the checkpoints over entries that were read."""
        while self._waiting and self._waiting[0][1].size <= join.last:
            path, one = self._waiting.popleft()
            lacking = (merkle.EMPTY_ROOT if one.size == 0 else b"", "")
            root, ts = join.roots.get(one.size, lacking)
            key = self._key_in_use(path, one)
            if key is None:
                continue
            if self._ring.doubts(key, ts):
                self._found.note("checkpoint_doubted", path, fingerprint=signing.fingerprint(key))
            if root != one.root:
                self._found.add("checkpoint_mismatch", path, size=one.size)
            else:
                self._newest, self._found.sealed_when = one.size, ts
                if self._ring.counts(key, one.size):
                    self._found.sealed = one.size
                if self._believed.counts(key, one.size):
                    self._found.signed = one.size

    def end(self, join: Join) -> None:
        """Judge those of a larger log than there is."""
        self.check(join)
        for path, one in self._waiting:  # which keys were in use then, the lost end would tell
            if self._signer(path, one) is not None:
                self._found.add("log_tail_cut", path, size=one.size, left=join.entries)
        uncovered = join.last - self._newest
        if self._newest and uncovered > CHECKPOINT_EVERY:
            self._found.note("checkpoint_behind", "log", count=uncovered)
        if self._newest:
            self._tell_unsealed()

    def _tell_unsealed(self) -> None:
        """Say which acts that count nobody signed yet: a kill leaves them so, and a forger too."""
        try:
            with self._journal.database.reading() as work:
                later = [
                    (one.seq, one.act)
                    for one in work.log.of_acts(WEIGHTY | CONTENT, after=self._found.sealed)
                    if one.out == Out.OK
                ]
        except DAMAGE:
            self._found.damaged()
            return
        for code, acts in (("acts_unsealed", WEIGHTY), ("records_unsealed", CONTENT)):
            seqs = [seq for seq, act in later if act in acts]
            if seqs:
                self._found.note(code, DATABASE, count=len(seqs), seq=seqs[0])

    def _read(self) -> list[tuple[str, Checkpoint]]:
        found = []
        names = self._journal.notes.names()
        if not names:
            self._found.add("checkpoint_missing", "log")
        for name in names:
            self._found.signatures += 1
            one = self._note(name)
            if one is None or one.origin != checkpoint.origin_of(self._journal.archive):
                self._found.add("checkpoint_unreadable", name)
            else:
                found.append((name, one))
        return found

    def _note(self, name: str) -> Checkpoint | None:
        try:
            return checkpoint.read(self._journal.notes.read(name))
        except (StorageError, IntegrityError):
            return None

    def _key_in_use(self, path: str, one: Checkpoint) -> bytes | None:
        """Return the key that signed it and was in use then; names it where there is none."""
        key = self._signer(path, one)
        if key is None or self._ring.may_sign(key, one.size):
            return key
        name = signing.fingerprint(key)
        self._found.add("checkpoint_key_ended", path, fingerprint=name)
        return None

    def _signer(self, path: str, one: Checkpoint) -> bytes | None:
        for key in self._keys:
            own = checkpoint.alone(one, key)
            if own is None:
                continue
            if own != one:  # a witness signs a copy; what stands here besides, somebody added
                break
            return key
        self._found.add("checkpoint_unsigned", path)
        return None
