"""The log as persons may read it: whole for auditors, their own cases for the others."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import islice

from archive.proof.chain import Act
from archive.proof.checkpoint import Checkpoint
from archive.records import Actor, Inclusion, LogEntry, LogQuery, OwnEntries
from archive.services.access import Access
from archive.services.gate import who
from archive.services.journal import Journal
from archive.services.log_reader import LogPage, LogReader
from archive.services.rights import Right
from archive.services.unsealed import refuse
from virtopsy.errors import UsageError

PAGE = 100


class Log:
    """Entries, head, proofs and checkpoints."""

    def __init__(self, access: Access, journal: Journal) -> None:
        self._access = access
        self._journal = journal
        self._reader = LogReader(access, journal)

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

        An auditor reads all; everybody else who may read the log at all the entries of own cases
        and own acts; an administrator also what belongs to no case.

        Args:
            actor: who reads; the reading is an entry itself, and among those returned.
            case_number: of one case only.
            after: only those later than this entry.
            limit: at most so many.
            denied: only refused acts.

        Raises:
            AccessDenied: nobody is logged in, or the case is another person's.
        """
        wanted = LogQuery(case_number or "", refused=denied, after=after)
        own = self._begin(actor, wanted)
        until = self._reader.last_seq()
        return tuple(islice(self._reader.entries(wanted, own, until), limit))

    def page(
        self, actor: Actor, wanted: LogQuery, *, before: int | None = None, most: int = PAGE
    ) -> LogPage:
        """Return the newest entries that are wanted, of those before an entry where one is named.

        Reading is an act: it is an entry itself.

        Args:
            actor: who reads.
            wanted: which entries.
            before: number of an entry; only earlier ones are returned.
            most: at most so many.

        Raises:
            AccessDenied: nobody is logged in, the person may not read the log, or the case is
                another person's.
        """
        own = self._begin(actor, wanted)
        return self._reader.page(wanted, own, before, most)

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

    def checkpoint(
        self, actor: Actor | None, *, destructions: Sequence[int] = (), reason: str = ""
    ) -> Checkpoint:
        """Sign the log as it is now with the archive's key, and keep the note.

        Args:
            actor: who may seal.
            destructions: entries of destructions that no checkpoint covers yet, and for which
                the person vouches; that is an entry of its own.
            reason: kept in such an entry, which is written for it alone too.

        Raises:
            AccessDenied: the person's password does not unlock the key.
            IntegrityError: a destruction is unsealed for which the person does not vouch.
            UsageError: one of `destructions` is none, or sealed already.
        """
        session = self._access.require(actor, Right.CHECKPOINT)
        key = self._access.key_of(session, Right.CHECKPOINT)
        pending = self._journal.unsealed((key.public_key,), (key.fingerprint,))
        for seq in sorted(set(destructions).difference(one.seq for one in pending)):
            raise UsageError("destruction.not_unsealed", seq=seq)
        refuse([one for one in pending if one.seq not in destructions])
        if destructions or reason:
            data = {"destructions": sorted(set(destructions))} if destructions else {}
            by = who(session.actor)
            self._journal.write(Act(Right.CHECKPOINT, by, reason=reason, data=data))
        return self._journal.checkpoint(key, knowing=destructions)

    def _begin(self, actor: Actor | None, wanted: LogQuery) -> OwnEntries | None:
        """Record that the log is read; return which entries the person may see."""
        session, own = self._reader.admitted(actor, Right.READ_LOG, wanted)
        self._journal.write(Act(Right.READ_LOG, who(session.actor), case=wanted.case_number))
        return own
