"""The log as persons may read it: whole for auditors, their own cases for the others."""

from __future__ import annotations

from collections.abc import Sequence

from archive.proof.chain import Act
from archive.proof.checkpoint import Checkpoint
from archive.records import Actor, Inclusion, LogEntry
from archive.services.access import Access, who
from archive.services.journal import Journal
from archive.services.rights import Right
from virtopsy.errors import AccessDenied


class Log:
    """Entries, head, proofs and checkpoints."""

    def __init__(self, access: Access, journal: Journal) -> None:
        self._access = access
        self._journal = journal

    def entries(self, actor: Actor | None, case_number: str | None = None) -> tuple[LogEntry, ...]:
        """Return the entries (of a case), by seq, with the names of those who acted.

        An administrator or auditor reads all; everybody else who may read the log at all reads
        the entries of own cases and own acts.

        Raises:
            AccessDenied: nobody is logged in, or the case is another person's.
        """
        session = self._access.require(actor, Right.READ_LOG)
        person = session.actor
        whole = self._access.allows(person, Right.READ_WHOLE_LOG)
        if case_number is not None and not whole:
            self._access.require_case(person, Right.READ_LOG, case_number)
        self._journal.write(Act(Right.READ_LOG, who(person), case=case_number or ""))
        found = self._journal.entries(case_number)
        if whole or case_number is not None:
            return found
        own = self._own_cases(person)
        return tuple(
            one for one in found if one.case_number in own or one.actor == person.person_id
        )

    @property
    def size(self) -> int:
        """How many entries the log has."""
        with self._journal.database.reading() as work:
            return work.log.count()

    @property
    def root(self) -> bytes:
        """The Merkle root over all entries (RFC 6962), 32 bytes."""
        return self._journal.head()[1]

    def head(self) -> tuple[int, bytes]:
        """Return size and root of one and the same moment."""
        return self._journal.head()

    def inclusion(self, seqs: Sequence[int], size: int) -> tuple[Inclusion, ...]:
        """Return proofs that entries are in the log's first `size` entries; reveals no other."""
        return self._journal.inclusion(seqs, size)

    def newest_checkpoint(self) -> Checkpoint | None:
        """Return the newest checkpoint kept here."""
        return self._journal.newest_checkpoint()

    def checkpoint(self, actor: Actor) -> Checkpoint:
        """Sign the log as it is now with the archive's key, and keep the note.

        Raises:
            AccessDenied: the person's password does not unlock the key.
        """
        session = self._access.require(actor, Right.CHECKPOINT)
        if session.seal is None:
            raise AccessDenied("archive.access.no_key", name=session.actor.name)
        return self._journal.checkpoint(session.seal)

    def _own_cases(self, actor: Actor) -> set[str]:
        with self._journal.database.reading() as work:
            return {one.number for one in work.cases.summaries(actor.person_id)}
