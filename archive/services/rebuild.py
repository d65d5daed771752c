"""Making the database anew from the log's bodies and the objects.

The log is taken from its copy and from what is left of the old database, entry by entry from the
one that continues the chain; so either may be damaged, or gone. A log that neither tells whole,
or that a genuine checkpoint contradicts, is not rebuilt over: an index made of it would look
whole. Then a backup is the way (`services.restore`).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from itertools import count

from archive.ports import Blobs, Clock, Database, IndexRemains, Notes, UnitOfWork
from archive.proof import canonical, chain, checkpoint, merkle, signing
from archive.proof.checkpoint import Checkpoint
from archive.proof.signing import Password
from archive.records import Card, LogEntry, Role
from archive.services import keys, lockout
from archive.services.filling import add_entry, fill_archive, fill_cases, fill_log
from archive.services.journal import Journal
from archive.services.persons import kept_credential
from archive.services.rights import Right
from archive.services.verify_findings import Findings, Phase
from archive.services.verify_log import LogCheck
from archive.services.verify_rows import RowCheck
from virtopsy.errors import AccessDenied, IntegrityError
from virtopsy.jobs import Progress

_OF_THE_DATABASE = (*("row_", "database_", "log_body_", "log_columns_", "log_chain_", "log_case_"),)
"""Faults of the database itself; what is wrong with the log's copy or the notes is said later."""


@dataclass(frozen=True)
class Rebuilt:
    """What was made.

    Attributes:
        entries: of the log.
        cases: that it tells of.
        from_database: entries that only the old database had whole.
        copy_renewed: the copy of the log was damaged and made anew.
        untold: cases (empty: the persons) that a damaged object alone tells: rows are missing.
        quarantine: where the old files lie, by paths within the archive.
    """

    entries: int
    cases: int
    from_database: int
    copy_renewed: bool
    untold: tuple[str, ...]
    quarantine: tuple[str, ...]


@dataclass
class Rebuilding:
    """One rebuild; `run` does it all."""

    card: Card
    old: IndexRemains
    blobs: Blobs
    notes: Notes
    clock: Clock
    journal_of: Callable[[Database], Journal]
    progress: Progress
    _joined: _Joined = field(init=False)

    def run(self, name: str, password: Password, moment: str) -> Rebuilt:
        """Build, check, and exchange.

        Args:
            name: of an administrator, as the log tells it.
            password: of that person.
            moment: names what goes to quarantine.

        Raises:
            AccessDenied: no such administrator, or another password; nothing was changed
                (`recovery` notes it).
            IntegrityError: the log is broken; nothing was changed.
            StorageError, Cancelled: nothing was changed.
        """
        with self.old.held():
            try:
                return self._run(name, password, moment)
            finally:
                self.old.clear()

    def _run(self, name: str, password: Password, moment: str) -> Rebuilt:
        self._joined = _Joined(self.card.uuid, self.old.copied(), self.old.stored())
        database = self.old.new()
        with database.writing() as work:
            fill_log(work, self._joined.entries(), self.progress)
            self._add_end(work)
            self._check_notes(work)
            cases, untold = fill_archive(work, self.blobs, self.progress)
            self._admit(work, name, password)
            untold |= fill_cases(work, cases, self.blobs, self.progress)
            work.commit()
        self._compare(database)
        with database.reading() as work:
            size = work.log.size()
            damaged = self._joined.copy_damaged
            copy = (one.body + b"\n" for one in work.log.entries()) if damaged else None
            moved = self.old.exchange(moment, copy)
        return Rebuilt(
            entries=size,
            cases=len(cases),
            from_database=self._joined.from_database,
            copy_renewed=damaged,
            untold=tuple(sorted(untold)),
            quarantine=moved,
        )

    def _compare(self, database: Database) -> None:
        """Let `verify` compare the new database with log and objects, before it is used."""
        found = Findings()
        phase = Phase(Progress(), 0, 1)
        journal = self.journal_of(database)
        with database.reading() as work:
            ring = keys.ring(work.log.of_acts(keys.ACTS), self.card.public_keys)
        log = LogCheck(journal, ring, found, phase).run(None)
        RowCheck(database, self.blobs, log, found, phase).run(None)
        for one in found.problems:
            if one.code.startswith(_OF_THE_DATABASE):
                raise IntegrityError("rebuild.differs", code=one.code, path=one.path)

    def _add_end(self, work: UnitOfWork) -> None:
        """Write the newest entry where the two sources differ in it.

        A genuine checkpoint tells which one it is, or else the hash beside the old database's.
        """
        if not self._joined.ends:
            return
        seq = self._joined.ends[0].entry.seq
        signed = {note.root for _, note in self._genuine(work) if note.size == seq}
        tree = merkle.Tree(work.tree)

        def is_signed(one: _Candidate) -> bool:
            return tree.followed(seq - 1, bytes.fromhex(one.entry.hash)) in signed

        add_entry(work, self._joined.ended(is_signed))

    def _genuine(self, work: UnitOfWork) -> Iterator[tuple[str, Checkpoint]]:
        """Yield the checkpoints that a key of this archive signed, by name."""
        ring = keys.ring(work.log.of_acts(keys.ACTS), self.card.public_keys)
        for name in self.notes.names():
            note = checkpoint.read(self.notes.read(name))
            if note is None or note.origin != checkpoint.origin_of(self.card.uuid):
                continue
            if any(checkpoint.signed_by(note, key) for key in ring.known):
                yield name, note

    def _check_notes(self, work: UnitOfWork) -> None:
        """Refuse a log that a genuine checkpoint contradicts."""
        last = work.log.last()
        if last is None:
            raise IntegrityError("rebuild.empty")
        tree = merkle.Tree(work.tree)
        for name, note in self._genuine(work):
            if note.size > last.seq:
                raise IntegrityError("rebuild.cut", path=name, size=note.size, left=last.seq)
            if note.size and tree.root(note.size) != note.root:
                raise IntegrityError("rebuild.rewritten", path=name, size=note.size)

    def _admit(self, work: UnitOfWork, name: str, password: Password) -> None:
        person = work.persons.by_name(canonical.text(name).strip())
        if person is None or person.disabled or lockout.is_locked(person, self.clock()):
            raise AccessDenied("archive.access.login")
        if signing.proven(kept_credential(self.blobs, person), password) is None:
            raise AccessDenied("archive.access.login")
        if Role.ADMINISTRATOR not in person.roles:
            raise AccessDenied("archive.access.right", name=person.name, right=Right.REBUILD.phrase)


@dataclass(frozen=True)
class _Candidate:
    """What may be an entry: sources that were altered may both continue the chain for a moment."""

    entry: LogEntry
    in_copy: bool
    copy_goes_on: bool
    is_rows: bool
    """The old database keeps its hash beside the body, whatever became of that."""


class _Joined:
    """The log out of two sources, each entry from the one that continues the chain.

    Attributes:
        from_database: entries that the copy did not have whole.
        copy_damaged: one of these stands before the copy's end.
        ends: what may be the newest entry, where that is not plain (`ended`).
    """

    def __init__(
        self, archive: str, copied: Iterable[bytes], stored: Iterable[tuple[int, bytes, str]]
    ) -> None:
        self._archive = archive
        self._copied = iter(copied)
        self._named = f'"log":"{archive}"'.encode()
        self._stored = (row for row in stored if self._may_be_ours(row[1]))
        self._waiting = next(self._stored, None)
        self.from_database = 0
        self.copy_damaged = False
        self.ends: list[_Candidate] = []

    def entries(self) -> Iterator[LogEntry]:
        """Yield the entries by seq; not the newest where the sources end differently: `ends`.

        Raises:
            IntegrityError: neither source continues the chain.
        """
        before: list[_Candidate] = []
        for seq in count(1):
            copied, (stored, kept) = next(self._copied, None), self._row(seq)
            if copied is None and stored is None:
                break
            chosen, now = self._following(seq, before, copied, stored, kept)
            if chosen is not None:
                yield self._told(chosen)
            before = now
        last = before[0].entry.seq if before else 0
        if self._waiting is not None:
            raise IntegrityError("rebuild.broken", seq=last + 1)
        if len(before) > 1:
            self.ends = before
            return
        for one in before:
            yield self._told(one)

    def ended(self, is_signed: Callable[[_Candidate], bool]) -> LogEntry:
        """Return the newest entry.

        Raises:
            IntegrityError: nothing shows which of the two it is.
        """
        for bears_out in (is_signed, lambda one: one.is_rows):
            for one in filter(bears_out, self.ends):
                return self._told(one)
        raise IntegrityError("rebuild.two_ends", seq=self.ends[0].entry.seq)

    def _may_be_ours(self, body: bytes) -> bool:
        """Tell whether a row does not plainly name another archive: its whole database may lie
        in the place of this one's.
        """  # noqa: D205 -- one thought
        if self._named in body:
            return True
        try:
            return bool(canonical.decode(body)["log"] == self._archive)
        except (canonical.NotCanonical, LookupError, TypeError):
            return True  # damaged, or whatever else: the chain decides

    def _row(self, seq: int) -> tuple[bytes | None, str]:
        """Return the old database's body and hash of that number."""
        while self._waiting is not None and self._waiting[0] < seq:
            self._waiting = next(self._stored, None)
        if self._waiting is None or self._waiting[0] != seq:
            return None, ""
        _, body, kept = self._waiting
        self._waiting = next(self._stored, None)
        return body, kept

    def _following(
        self,
        seq: int,
        before: list[_Candidate],
        copied: bytes | None,
        stored: bytes | None,
        kept: str,
    ) -> tuple[_Candidate | None, list[_Candidate]]:
        """Return which candidate was the entry before, and what may be this one."""
        bodies = [body for body in dict.fromkeys((copied, stored)) if body is not None]
        read = [(body, self._entry(seq, body)) for body in bodies]
        starts: list[_Candidate | None] = [*before] or [None]
        for one in starts:
            prev = chain.BEGINNING if one is None else one.entry.hash
            now = [
                _Candidate(entry, body == copied, copied is not None, entry.hash == kept)
                for body, entry in read
                if entry is not None and entry.prev == prev
            ]
            if now:
                return one, now
        raise IntegrityError("rebuild.broken", seq=seq)

    def _entry(self, seq: int, body: bytes) -> LogEntry | None:
        try:
            entry = chain.from_body(body)
            # The chain binds every later entry to the first.
            own = seq > 1 or canonical.decode(body).get("log") == self._archive
        except canonical.NotCanonical:
            return None
        return entry if own and entry.seq == seq else None

    def _told(self, one: _Candidate) -> LogEntry:
        self.from_database += not one.in_copy
        self.copy_damaged = self.copy_damaged or (one.copy_goes_on and not one.in_copy)
        return one.entry
