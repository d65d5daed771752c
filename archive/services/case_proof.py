"""The entries of one case with proofs that they are in the log, and nothing of any other case.

What is handed out is what lies in a bundle's `log/`, and the bundle's verifier has the functions
that check it: each entry against the root by its inclusion proof, the root against the signed
checkpoint, and `case_seq` and `case_prev` against an entry that was left out.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from archive.proof.acts import ActName
from archive.proof.chain import Act
from archive.records import Actor, LogQuery
from archive.services import bag
from archive.services.access import Access
from archive.services.gate import Session, who
from archive.services.journal import Journal
from archive.services.log_reader import LogReader
from archive.services.rights import Right
from archive.services.target import NewTarget, refuse_place
from virtopsy.errors import InputError


@dataclass(frozen=True)
class Proven:
    """What was handed out.

    Attributes:
        entries: of the case, all that the checkpoint covers.
        size, root: of the checkpoint.
    """

    path: Path
    entries: int
    size: int
    root: str


class CaseProofs:
    """Hands the entries of a case out."""

    def __init__(
        self,
        access: Access,
        journal: Journal,
        target: NewTarget,
        folder: Path,
        public_key: Callable[[], bytes],
    ) -> None:
        self._journal = journal
        self._reader = LogReader(access, journal)
        self._target = target
        self._folder = folder
        self._public_key = public_key

    def write(self, actor: Actor | None, number: str, out: Path, *, reason: str = "") -> Proven:
        """Write the entries and their proofs into a new folder.

        The act is an entry of the case itself. Where the person may seal, a checkpoint made now
        covers it; else the newest one serves, and later entries are not among those proven.

        Raises:
            AccessDenied: no right to it, or the case is another person's.
            InputError: `out` is taken, lies in the archive, or its folder is not there.
            StorageError: the disk refused; nothing is at `out`.
        """
        wanted = LogQuery(number)
        session, own = self._reader.admitted(actor, Right.PROVE_LOG, wanted)
        refuse_place(out, self._folder)
        self._record(session, number, reason)
        point = self._journal.checkpoint_for(session.seal)
        cut = list(self._reader.entries(wanted, own, point.size))
        proofs = self._journal.inclusion([one.seq for one in cut], point.size)
        target = self._target(out.absolute())
        try:
            target.write("log/entries.jsonl", bag.entries(cut))
            target.write("log/proofs.json", bag.proofs(proofs, point))
            target.write("log/checkpoint.txt", point.note.encode())
            target.write("log/persons.json", bag.persons(cut))
            target.write("log/key.pem", bag.public_key_pem(self._public_key()))
            target.settle()
            target.publish(target.folder)
        finally:
            target.discard()
        return Proven(out, len(cut), point.size, point.root.hex())

    def _record(self, session: Session, number: str, reason: str) -> None:
        """Write the act, with how many entries the case then has: one left out would show."""
        with self._journal.database.writing() as work:
            count = work.log.count(number)
            if count == 0:
                raise InputError("archive.case.unknown", number=number)
            by, data = who(session.actor), {"entries": count + 1}
            act = Act(ActName.PROVE_LOG, by, case=number, reason=reason, data=data)
            self._journal.append(work, act)
            work.commit()
        self._journal.copy_out()
