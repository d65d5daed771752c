"""The log as persons may read it: whole for auditors, their own cases for the others."""

from __future__ import annotations

from collections.abc import Sequence

from archive.proof.chain import Act
from archive.proof.checkpoint import Checkpoint
from archive.records import Actor, Inclusion, LogEntry
from archive.services.access import Access, who
from archive.services.journal import Journal
from archive.services.rights import Right


class Log:
    """Entries, head, proofs and checkpoints."""

    def __init__(self, access: Access, journal: Journal) -> None:
        self._access = access
        self._journal = journal

    def entries(self, actor: Actor | None, case_number: str | None = None) -> tuple[LogEntry, ...]:
        """Return the entries (of a case), by seq, with the names of those who acted.

        An auditor reads all; an administrator own acts and what belongs to no case; everybody
        else who may read the log at all reads the entries of own cases and own acts.

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

    def _own_cases(self, actor: Actor) -> set[str]:
        """Return the cases whose entries the person reads; "" stands for those of no case."""
        with self._journal.database.reading() as work:
            own = {one.number for one in work.cases.summaries(actor.person_id)}
        house = self._access.allows(actor, Right.READ_HOUSE_LOG)
        return own | {""} if house else own
