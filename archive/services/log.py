"""The log as persons may read it: whole for auditors, their own cases for the others."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import islice

from archive.proof.chain import Act
from archive.proof.checkpoint import Checkpoint
from archive.records import Actor, Inclusion, LogEntry
from archive.services.access import Access, who
from archive.services.journal import Journal
from archive.services.log_reading import LogReading, Wanted
from archive.services.rights import Right


class Log:
    """Entries, head, proofs and checkpoints."""

    def __init__(self, access: Access, journal: Journal) -> None:
        self._access = access
        self._journal = journal
        self._reading = LogReading(access, journal)

    def entries(
        self,
        actor: Actor | None,
        case_number: str | None = None,
        *,
        after: int = 0,
        limit: int | None = None,
        denied: bool = False,
    ) -> tuple[LogEntry, ...]:
        """Return entries (of a case), by seq, with the names of the persons in them.

        An auditor reads all; an administrator own acts and what belongs to no case; everybody
        else who may read the log at all reads the entries of own cases and own acts.

        Args:
            actor: who reads; the reading is an entry itself, and among those returned.
            case_number: of one case only.
            after: only those later than this entry.
            limit: at most so many.
            denied: only refused acts.

        Raises:
            AccessDenied: nobody is logged in, or the case is another person's.
        """
        wanted = Wanted(case_number, after, denied)
        session, shown = self._reading.admitted(actor, Right.READ_LOG, wanted)
        self._journal.write(Act(Right.READ_LOG, who(session.actor), case=case_number or ""))
        return tuple(islice(self._reading.entries(wanted, shown), limit))

    def head(self, actor: Actor | None) -> tuple[int, bytes]:
        """Return size and root of one and the same moment; without an entry, which would move it.

        Raises:
            AccessDenied: nobody is logged in who may read the log.
        """
        self._access.require(actor, Right.READ_LOG, acting=False)
        return self._journal.head()

    def inclusion(
        self, actor: Actor | None, seqs: Sequence[int], size: int
    ) -> tuple[Inclusion, ...]:
        """Return proofs that entries are in the log's first `size` entries; reveals no other.

        Raises:
            AccessDenied: nobody is logged in who may read the log.
        """
        self._access.require(actor, Right.READ_LOG)
        return self._journal.inclusion(seqs, size)

    def newest_checkpoint(self, actor: Actor | None) -> Checkpoint | None:
        """Return the newest checkpoint kept here.

        Raises:
            AccessDenied: nobody is logged in who may read the log.
        """
        self._access.require(actor, Right.READ_LOG)
        return self._journal.newest_checkpoint()

    def checkpoint(self, actor: Actor | None) -> Checkpoint:
        """Sign the log as it is now with the archive's key, and keep the note.

        Raises:
            AccessDenied: the person's password does not unlock the key.
        """
        session = self._access.require(actor, Right.CHECKPOINT)
        return self._journal.checkpoint(self._access.key_of(session, Right.CHECKPOINT))
