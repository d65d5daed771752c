"""Judging an archive that came out of a backup: is it the newest, and of this history?"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from archive.ports import UnitOfWork
from archive.proof import checkpoint, merkle
from archive.proof.acts import ActName
from archive.proof.chain import SYSTEM, Act
from archive.proof.checkpoint import Checkpoint
from archive.proof.signing import Password
from archive.proof.snapshot import Snapshot
from archive.records import Actor, Out, Problem
from archive.services.access import Access
from archive.services.gate import who
from archive.services.journal import Journal
from archive.services.keys import KeyRing
from archive.services.rebuild import Rebuilt
from archive.services.restore import Source, problem_of
from archive.services.rights import Right
from virtopsy.errors import AccessDenied, Bug, IntegrityError


@dataclass(frozen=True)
class Outside:
    """A checkpoint that was kept outside the archive, and where it was read."""

    path: str
    checkpoint: Checkpoint


class Restored:
    """The archive that came out of it: is it the newest, and what its log says of that."""

    def __init__(self, access: Access, journal: Journal, unfinished: Callable[[], bool]) -> None:
        """Join it to the log.

        Args:
            access: the gate.
            journal: the log.
            unfinished: whether a restore into this archive is still going on.
        """
        self._access = access
        self._journal = journal
        self._unfinished = unfinished

    def judged(
        self,
        brought: Snapshot,
        source: Source,
        outside: Sequence[Outside],
        ring: Callable[[], KeyRing],
    ) -> list[Problem]:
        """Compare the log with everything that tells of it from outside.

        Args:
            brought: what was restored.
            source: the backup; its newest snapshot is one of the witnesses.
            outside: checkpoints kept elsewhere.
            ring: gives the archive's keys.
        """
        others, problems = source.readable()
        try:
            known = ring()
            with self._journal.database.reading() as work:
                return problems + _judged(work, brought, others, outside, known)
        except IntegrityError as error:
            return [*problems, problem_of(error)]

    def enter(  # noqa: PLR0913 -- what was done by name, who and why
        self,
        brought: Snapshot,
        source: Source,
        password: Password,
        problems: Sequence[Problem],
        *,
        user: str = "",
        reason: str = "",
    ) -> None:
        """Record the restore, before it ends; a log that is damaged is not written to.

        Raises:
            AccessDenied: who is named as acting does not log in with this password, or has no
                right to the log.
            Bug: nothing is being restored here, so the entry would be false.
        """
        if not self._unfinished():
            raise Bug("no restore is going on")
        codes = sorted({one.code for one in problems})
        if any(one.startswith(("log_", "checkpoint_", "database_")) for one in codes):
            return
        data = {
            "backup": source.backup,
            "snapshot": brought.number,
            "size": brought.size,
            "root": brought.root,
            "missing_entries": missing_entries(problems),
            "problems": len(problems),
            "codes": codes,
        }
        out = Out.FAIL if problems else Out.OK
        named = self._access.login(user, password.typed) if user else None
        actor = named or self._person(source.person, password)
        session = self._access.require(actor, Right.READ_LOG) if actor else None
        by = who(session.actor) if session else SYSTEM
        self._journal.write(Act(ActName.RESTORE, by, out, reason=reason, data=data))
        if session is not None:
            self._journal.checkpoint_after(session.seal, at_once=True)

    def enter_rebuilt(self, actor: Actor, made: Rebuilt, reason: str) -> None:
        """Record that the database was made anew."""
        session = self._access.require(actor, Right.REBUILD)
        data = {
            "entries": made.entries,
            "cases": made.cases,
            "from_database": made.from_database,
            "copy_renewed": made.copy_renewed,
            "untold": len(made.untold),
            "quarantine": list(made.quarantine),
        }
        out = Out.FAIL if made.untold else Out.OK
        self._journal.write(Act(Right.REBUILD, who(actor), out, reason=reason, data=data))
        self._journal.checkpoint_after(session.seal, at_once=True)

    def _person(self, person: str, password: Password) -> Actor | None:
        """Return the person whose password opened the backup, where that person logs in here."""
        with self._journal.database.reading() as work:
            known = work.persons.by_id(person) if person else None
        if known is None or known.disabled:
            return None
        try:
            return self._access.login(known.name, password.typed)
        except (AccessDenied, IntegrityError):
            return None  # the password was changed since, or what proves it was not brought


def missing_entries(problems: Iterable[Problem]) -> int:
    """Return how many entries of the log are known to be missing."""
    lost = (one.facts["missing"] for one in problems if one.code == "restore_rolled_back")
    return max((one for one in lost if isinstance(one, int)), default=0)


@dataclass(frozen=True)
class _Log:
    """The log that was restored.

    Attributes:
        size: its entries, without those of check and restore.
    """

    size: int
    tree: merkle.Tree

    def against(self, path: str, size: int, root: str) -> list[Problem]:
        """Compare it with a size and root that something tells."""
        if size > self.size:
            facts = {"size": size, "left": self.size, "missing": size - self.size}
            return [Problem("restore_rolled_back", path, facts)]
        if self.tree.root(size).hex() != root:
            return [Problem("restore_forked", path, {"size": size})]
        return []


def _judged(
    work: UnitOfWork,
    brought: Snapshot,
    others: Iterable[Snapshot],
    outside: Iterable[Outside],
    ring: KeyRing,
) -> list[Problem]:
    log = _Log(min(work.log.size(), brought.size), merkle.Tree(work.tree))
    newest = max(others, key=lambda one: (one.size, one.number), default=brought)
    problems = []
    for one in {brought.name: brought, newest.name: newest}.values():
        problems += log.against(one.name, one.size, one.root)
    for kept in outside:
        note = kept.checkpoint
        signers = [key for key in ring.known if checkpoint.signed_by(note, key)]
        own = note.origin == checkpoint.origin_of(brought.archive)
        if own and any(ring.may_sign(key, note.size) for key in signers):
            problems += log.against(kept.path, note.size, note.root.hex())
        else:
            problems.append(Problem("restore_foreign_checkpoint", kept.path))
    return problems
