"""The log: every act becomes one entry; entries, proofs and checkpoints out of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from archive.ports import BodyCopy, Clock, Database, Machine, Notes, UnitOfWork
from archive.proof import chain, checkpoint, merkle
from archive.proof.chain import Act, Moment
from archive.proof.checkpoint import Checkpoint
from archive.proof.signing import Seal
from archive.records import Inclusion, LogEntry
from archive.services.explain import named
from virtopsy.errors import Bug, StorageError

CHECKPOINT_EVERY = 100


@dataclass(frozen=True)
class Journal:
    """Appends to the log and reads it; knows no rights (see `services.log`).

    Attributes:
        archive: the archive's uuid, the log's name.
    """

    archive: str
    database: Database
    notes: Notes
    bodies: BodyCopy
    clock: Clock
    machine: Machine

    def append(self, work: UnitOfWork, act: Act) -> LogEntry:
        """Append an entry within a writing transaction."""
        moment = Moment(self.clock(), self.machine.monotonic_ns(), self.machine.surroundings())
        before_in_case = work.log.last(act.case) if act.case else None
        entry = chain.entry(
            self.archive, act, moment, before=work.log.last(), before_in_case=before_in_case
        )
        work.log.add(entry)
        return entry

    def write(self, act: Act) -> LogEntry:
        """Append an entry in a transaction of its own."""
        with self.database.writing() as work:
            entry = self.append(work, act)
            work.commit()
        self.copy_out()
        return entry

    def copy_out(self) -> bool:
        """Bring the copy outside the database up to date, after an act that is recorded already.

        Returns:
            False where the disk refused. The act stays recorded; the next one tries again.
        """
        try:
            with self.database.writing() as work:  # for its lock; nothing is written
                self.bodies.catch_up(work.log.after)
        except StorageError:
            return False
        return True

    def head(self) -> tuple[int, bytes]:
        """Return size and Merkle root of the log."""
        leaves = self._leaves()
        return len(leaves), merkle.root(leaves)

    def inclusion(self, seqs: Sequence[int], size: int) -> tuple[Inclusion, ...]:
        """Return the proofs that entries are in the log's first `size` entries."""
        leaves = self._leaves()[:size]
        if len(leaves) != size:
            raise Bug(f"the log has {len(leaves)} entries, not {size}")
        return tuple(Inclusion(seq, size, merkle.inclusion(leaves, seq - 1)) for seq in seqs)

    def checkpoint(self, seal: Seal) -> Checkpoint:
        """Sign the log as it is now and keep the note."""
        size, root = self.head()
        made = checkpoint.sign(checkpoint.origin_of(self.archive), size, root, seal)
        self.notes.add(size, made.note)
        return made

    def checkpoint_after(self, seal: Seal | None, *, at_once: bool = False) -> bool:
        """Sign the log after an act that is recorded already: at once, or every hundred entries.

        Returns:
            False where the disk refused the note or the log's copy. The act stays recorded and
            must not be reported as failed; the next act tries again.
        """
        copied = self.copy_out()
        if seal is None:
            return copied
        try:
            if at_once or self._is_due():
                self.checkpoint(seal)
        except StorageError:
            return False
        return copied

    def _is_due(self) -> bool:
        newest = self.newest_checkpoint()
        with self.database.reading() as work:
            last = work.log.last()
        covered = newest.size if newest else 0
        return last is not None and last.seq - covered >= CHECKPOINT_EVERY

    def newest_checkpoint(self) -> Checkpoint | None:
        """Return the largest checkpoint kept here; None before the first."""
        for name in reversed(self.notes.names()):
            found = checkpoint.read(self.notes.read(name))
            if found is not None:
                return found
        return None

    def entries(self, case_number: str | None = None) -> tuple[LogEntry, ...]:
        """Return the entries (of a case) with the names of the persons who acted."""
        with self.database.reading() as work:
            names = {one.person_id: one.name for one in work.persons.all()}
            found = tuple(work.log.entries(case_number))
        return tuple(named(one, names) for one in found)

    def _leaves(self) -> list[bytes]:
        with self.database.reading() as work:
            return [bytes.fromhex(one) for one in work.log.hashes()]
