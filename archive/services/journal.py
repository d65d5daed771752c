"""The log: every act becomes one entry; entries, proofs and checkpoints out of it."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from functools import lru_cache
from typing import Final

from archive.ports import BodyCopy, Clock, Database, Machine, Notes, UnitOfWork
from archive.proof import canonical, chain, checkpoint, clock, merkle
from archive.proof.acts import ActName
from archive.proof.chain import SYSTEM, Act, Moment
from archive.proof.checkpoint import Checkpoint
from archive.proof.signing import Seal
from archive.records import Inclusion, LogEntry, Out
from archive.services import keys
from archive.services.explain import named
from archive.services.filling import add_entry
from archive.services.unsealed import Unvouched, refuse, refuse_changed, sealed_size, unsealed
from virtopsy.errors import AccessDenied, Bug, IntegrityError, StorageError, UsageError

CHECKPOINT_EVERY: Final = 100
CHECKPOINT_AFTER: Final = timedelta(minutes=10)
WEIGHTY: Final = frozenset(
    {ActName.DESTROY, ActName.IMPORT, ActName.RESTORE, ActName.ADD_WITNESS}
    | {ActName.ROTATE_KEY, ActName.LOSE_KEY, ActName.COMPROMISE_KEY}
    | {ActName.ADD_PERSON, ActName.DISABLE_PERSON, ActName.CHANGE_ROLE}
    | {ActName.CHANGE_PASSWORD, ActName.RESET_PASSWORD, ActName.ACKNOWLEDGE_RESET}
)
"""Acts that the next person who may seal signs at once, and `verify` tells until then."""
CONTENT: Final = frozenset(
    {ActName.CREATE_CASE, ActName.RECORD, ActName.NOTE, ActName.SEAL, ActName.SETTING}
    | {ActName.EXPORT, ActName.PRINT, ActName.PICTURE, ActName.VIDEO, ActName.RECEIPT}
    | {ActName.EXPORT_LOG, ActName.PROVE_LOG}
)
"""Acts that say something of evidence or hand it out: too many to sign each at once. The end of a
session signs them, and `verify` tells until then."""
LOOKING: Final = frozenset(
    {ActName.LOGIN, ActName.LOGOUT, ActName.LIST_PERSONS, ActName.SEARCH, ActName.READ_LOG}
    | {ActName.LIST_CASES, ActName.OPEN_CASE, ActName.READ_SOURCE, ActName.READ_HISTORY}
    | {ActName.VIEW, ActName.SHOW, ActName.READ}
)
"""Acts that change nothing and hand nothing out."""


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
        """Append an entry within a writing transaction; before it one that the clock was moved.

        Raises:
            IntegrityError: the copy outside has entries that the database lacks. An older
                database was put in its place, and another entry would fork the log. Or the
                entry that this one follows was changed.
        """
        moment = Moment(self.clock(), self.machine.monotonic_ns(), self.machine.surroundings())
        before = work.log.last()
        there = before.seq if before else 0
        jump = _jump(before, moment)
        if jump is not None:
            before = self._add(work, jump, moment, before)
        entry = self._add(work, act, moment, before)
        self._refuse_fork(there)
        return entry

    def _refuse_fork(self, there: int) -> None:
        """Leave the transaction where the copy outside has more entries than there were.

        Under the database's lock the copy is never ahead: it is written under it too, and only
        after a commit. Asked after the row was added: a database that was made anew meanwhile
        (`rebuild`) refuses that, and says so.
        """
        ahead = self.bodies.last_seq() - there
        if ahead > 0:
            raise IntegrityError("archive.log.copy_ahead", count=ahead)

    def _add(self, work: UnitOfWork, act: Act, moment: Moment, before: LogEntry | None) -> LogEntry:
        before_in_case = work.log.last(act.case) if act.case else None
        for one in (before, before_in_case):
            _refuse_changed_row(one)
        entry = chain.entry(self.archive, act, moment, before=before, before_in_case=before_in_case)
        add_entry(work, entry)
        return entry

    def write(self, act: Act, seal: Seal | None = None, *, at_once: bool = False) -> LogEntry:
        """Append an entry in a transaction of its own; after it sign as `checkpoint_after` does.

        Looking into an archive that is only read (`records.Shut`) leaves no entry, which is said
        when it is opened. Everything else is refused there.
        """
        if self.database.shut and act.name in LOOKING:
            return self._unrecorded(act)
        with self.database.writing() as work:
            entry = self.append(work, act)
            work.commit()
        self.checkpoint_after(seal, at_once=at_once)
        return entry

    def _unrecorded(self, act: Act) -> LogEntry:
        """Return the entry that this would be."""
        moment = Moment(self.clock(), self.machine.monotonic_ns(), self.machine.surroundings())
        with self.database.reading() as work:
            before = work.log.last()
        return chain.entry(self.archive, act, moment, before=before, before_in_case=None)

    def copy_out(self) -> bool:
        """Bring the copy outside the database up to date, after an act that is recorded already.

        Returns:
            False where the disk refused. The act stays recorded; the next one tries again.
        """
        return self.checkpoint_after(None)

    def catch_up(self) -> None:
        """Bring the copy outside the database up to date.

        Raises:
            StorageError: the disk refused.
        """
        with self.database.writing() as work:  # for its lock; nothing is written
            self._copy_entries(work)

    def _copy_entries(self, work: UnitOfWork) -> None:
        self.bodies.catch_up(lambda seq: work.log.entries(after=seq))

    def _caught_up(self, seal: Seal | None) -> tuple[bool, bool]:
        """Bring the copy up to date.

        Returns:
            Whether it is, and whether whoever has a key must sign the log now: also where the
            copy is damaged, or its disk full, else a line added to it would end all signing.
        """
        with self.database.writing() as work:  # for its lock; nothing is written
            try:
                self._copy_entries(work)
                copied = True
            except StorageError:
                copied = False
            return copied, seal is not None and self._is_due(work, seal)

    def head(self) -> tuple[int, bytes]:
        """Return size and Merkle root of the log.

        Raises:
            IntegrityError: entries are missing.
        """
        with self.database.reading() as work:
            return _head(work)

    def root(self, size: int) -> bytes:
        """Return the Merkle root over the log's first `size` entries."""
        with self.database.reading() as work:
            return _whole(work, size).root(size)

    def inclusion(self, seqs: Sequence[int], size: int) -> tuple[Inclusion, ...]:
        """Return the proofs that entries are in the log's first `size` entries."""
        with self.database.reading() as work:
            tree = _whole(work, size)
            return tuple(Inclusion(seq, size, tree.inclusion(seq - 1, size)) for seq in seqs)

    def consistency(self, older: int, newer: int) -> tuple[bytes, ...]:
        """Return the proof that the log of `newer` entries begins with that of `older` ones."""
        with self.database.reading() as work:
            return _whole(work, newer).consistency(older, newer)

    def unsealed(self, known: Sequence[bytes], given: Collection[str] = ()) -> tuple[LogEntry, ...]:
        """Return the destructions that no checkpoint covers, see `services.unsealed`.

        Args:
            known: the archive's public keys, beside those the log tells by itself.
            given: fingerprints known from outside the log, see `services.keys`.
        """
        with self.database.reading() as work:
            ring = keys.ring(work.log.of_acts(keys.ACTS), known, given)
            return unsealed(work, self.notes, self.archive, ring, work.log.size())

    def sealed_size(self, known: Sequence[bytes], given: Collection[str] = ()) -> int:
        """Return how many entries the newest good checkpoint covers, see `unsealed`."""
        with self.database.reading() as work:
            ring = keys.ring(work.log.of_acts(keys.ACTS), known, given)
            return sealed_size(work, self.notes, self.archive, ring, work.log.size())

    def checkpoint(self, seal: Seal, *, knowing: Collection[int] = ()) -> Checkpoint:
        """Sign the log as it is now and keep the note.

        Args:
            seal: the archive's key.
            knowing: destructions that it may be the first to cover, by their entries.

        Raises:
            Unvouched: it would be the first to cover another destruction, or an entry that is
                not as it was written.
            AccessDenied: the key was rotated, lost or compromised meanwhile.
            StorageError: the archive is only read.
        """
        if self.database.shut:
            raise self.database.shut.refusal
        made = self._signed(seal, knowing)
        if made is None:
            raise AccessDenied("access.key.ended", fingerprint=seal.fingerprint)
        return made

    def checkpoint_after(
        self, seal: Seal | None, *, at_once: bool = False, knowing: Collection[int] = ()
    ) -> bool:
        """Bring the log's copy up to date and sign the log, after an act that is recorded already.

        Sign at once, or where a weighty act, a hundred entries or ten minutes lie behind the newest
        checkpoint.

        Args:
            seal: the session's key; None where the person has none.
            at_once: whatever lies behind.
            knowing: destructions that it may be the first to cover, by their entries.

        Returns:
            False where the disk refused the note or the log's copy, or where the note would be
            the first to cover what nobody vouches for, see `checkpoint`. The act stays recorded
            and must not be reported as failed; the next act tries again.
        """
        if self.database.shut:
            return True
        try:
            copied, due = self._caught_up(seal)
        except StorageError:
            copied, due = False, False
        try:
            if seal is not None and (due or at_once):
                self._signed(seal, knowing)
        except (StorageError, Unvouched):
            return False
        return copied

    def in_passing(self) -> Journal:
        """Return the same log, for what is not worth waiting for another program's lock."""
        return replace(self, database=self.database.in_passing())

    def sign_rest(self, seal: Seal, end: Act) -> bool:
        """Sign what no checkpoint covers yet, where a session ends; False as `checkpoint_after`.

        Mere looks wait for the next signature: each session would leave a note of its own else.

        Args:
            seal: the session's key.
            end: the entry that says that the session ends. It is written where a forged note has
                the name of the one to be signed: no file is overwritten, so the log goes on by one.

        Raises:
            IntegrityError: the log is damaged.
            StorageError: it cannot be read, or not be written to.
        """
        if self.database.shut:
            return True
        with self.database.reading() as work:
            last = work.log.size()
            covered = self._covered(last, seal)
            if all(_only_looks(one) for one in work.log.entries(after=covered)):
                return True
        if _note_name(last) in self.notes.names():
            self.write(end)
        return self.checkpoint_after(seal, at_once=True)

    def _signed(self, seal: Seal, knowing: Collection[int]) -> Checkpoint | None:
        """Sign the log as it is now; None where another key is in use at that size."""
        with self.database.reading() as work:
            size, root = _head(work)
            # Who unlocked the key with a password knows it; after a loss work must go on.
            known, given = (seal.public_key,), (seal.fingerprint,)
            ring = keys.ring(work.log.of_acts(keys.ACTS), known, given)
            sealed = sealed_size(work, self.notes, self.archive, ring, size)
            refuse_changed(work, self.archive, sealed, size)
            found = unsealed(work, self.notes, self.archive, ring, size)
        refuse([one for one in found if one.seq not in knowing])
        if not ring.may_sign(seal.public_key, size):
            return None
        made = checkpoint.sign(checkpoint.origin_of(self.archive), size, root, seal)
        self.notes.add(size, made.note)
        return made

    def _is_due(self, work: UnitOfWork, seal: Seal) -> bool:
        last = work.log.last()
        if last is None:
            return False
        size = self._covered(last.seq, seal)
        if size == 0 or last.seq - size >= CHECKPOINT_EVERY:
            return True
        if size == last.seq:
            return False
        covered = work.log.at(size)
        if covered is None or next(work.log.of_acts(WEIGHTY, after=size), None) is not None:
            return True
        try:
            return chain.when(last) - chain.when(covered) >= CHECKPOINT_AFTER
        except canonical.NotCanonical:
            return True  # `verify` says so; a checkpoint more than due harms nobody

    def _covered(self, size: int, seal: Seal) -> int:
        """Return how many entries the newest note covers; 0 where it is not signed by that key.

        Whoever can write the folder can lay one there, which must keep nobody from signing. Only
        the newest is looked at, as every act asks: above a forged one another is signed.

        Args:
            size: of the log; notes of a larger one are none of it.
            seal: the key of whoever would sign.
        """
        names = self.notes.names()
        place = bisect_right(names, _note_name(size))
        if place == 0:
            return 0
        try:
            note = self.notes.read(names[place - 1])
        except StorageError:  # `verify` names it; here it covers nothing
            return 0
        found = _genuine(note, checkpoint.origin_of(self.archive), seal.public_key)
        return found if names[place - 1] == _note_name(found) else 0

    def checkpoint_for(self, seal: Seal | None, covers: int = 0) -> Checkpoint:
        """Return a checkpoint made now or, for whoever may not sign, the newest one.

        Args:
            seal: the archive's key, of a person who has it.
            covers: entries that it must cover.

        Raises:
            UsageError: nobody signed one yet that covers so many.
        """
        if seal is not None:
            return self.checkpoint(seal)
        newest = self.newest_checkpoint()
        if newest is None or newest.size < covers:
            raise UsageError("anchor.no_checkpoint")
        return newest

    def newest_checkpoint(self) -> Checkpoint | None:
        """Return the largest checkpoint kept here of this log; None before the first."""
        with self.database.reading() as work:
            size = work.log.size()
        return next(self._checkpoints(size), None)

    def _checkpoints(self, size: int) -> Iterator[Checkpoint]:
        """Yield checkpoints, largest first, without those of a log larger than this one."""
        for name in reversed(self.notes.names()):
            found = checkpoint.read(self.notes.read(name))
            if found is not None and found.size <= size:
                yield found

    def entries(self, case_number: str | None = None) -> tuple[LogEntry, ...]:
        """Return the entries (of a case) with the names of the persons who acted."""
        with self.database.reading() as work:
            names = {one.person_id: one.name for one in work.persons.all()}
            found = tuple(work.log.entries(case_number))
        return tuple(named(one, names) for one in found)


def _note_name(size: int) -> str:
    """Return the name of the checkpoint over so many entries; names sort as their sizes do."""
    return f"log/checkpoint-{size:012d}.txt"


@lru_cache(maxsize=8)  # every act asks of the same note
def _genuine(note: str, origin: str, public_key: bytes) -> int:
    """Return the size in a note of that log that the key signed; 0 for any other text."""
    found = checkpoint.read(note)
    if found is None or found.origin != origin or not checkpoint.signed_by(found, public_key):
        return 0
    return found.size


def _head(work: UnitOfWork) -> tuple[int, bytes]:
    size = work.log.size()
    return size, merkle.Tree(work.tree).root(size)


def _whole(work: UnitOfWork, size: int) -> merkle.Tree:
    """Return the tree over at least `size` entries."""
    there = work.log.size()
    if size > there:
        raise Bug(f"the log has {there} entries, not {size}")
    return merkle.Tree(work.tree)


def _only_looks(one: LogEntry) -> bool:
    return one.act in LOOKING and one.out == Out.OK


def _refuse_changed_row(one: LogEntry | None) -> None:
    """Write nothing onto an entry that is not as it was written: the log could not be mended."""
    if one is not None and merkle.leaf_hash(one.body).hex() != one.hash:
        raise IntegrityError("archive.log.last_changed", seq=one.seq)


def _jump(before: LogEntry | None, moment: Moment) -> Act | None:
    """Return the entry that says that the clock was moved since the newest one."""
    try:
        earlier = clock.reading(canonical.decode(before.body)) if before else None
    except (canonical.NotCanonical, LookupError, ValueError, TypeError, AttributeError):
        return None  # the newest entry is damaged: `verify` says so
    moved = clock.jump(earlier, moment) if earlier else None
    return None if moved is None else Act(ActName.CLOCK_JUMP, SYSTEM, data=moved)
