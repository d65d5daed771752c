"""Destruction by act: the one way in which evidence ever leaves the archive.

The entry comes first, then a checkpoint over it, then the bytes go: a kill before the checkpoint
leaves a destruction that nobody vouches for (`services.unsealed`), and one after it bytes that
are told to be destroyed, which the next login removes. Bytes that another case rests on stay;
whoever destroys them in one case does not learn that. The series' manifests stay, so the hash of
every destroyed file goes on being known.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import uuid4

from archive.ports import Blobs, UnitOfWork
from archive.proof import canonical, chain
from archive.proof.acts import ActName
from archive.proof.chain import Act, Who
from archive.records import Actor, FileRow, LogEntry, ObjectName, Out, Tombstone
from archive.services.access import Access
from archive.services.destroyed_within import containers_of
from archive.services.gate import who
from archive.services.journal import Journal
from archive.services.persons import salted
from archive.services.rights import Right
from archive.services.tombstones import KIND, proven
from virtopsy.errors import InputError, IntegrityError, StorageError, UsageError

_ELSEWHERE = (ActName.BACKUP, ActName.EXPORT, ActName.RECEIPT)
"""Acts after which bytes, or what tells of them, may lie outside the archive."""


@dataclass(frozen=True)
class Concerned:
    """An entry after which destroyed bytes may still lie elsewhere."""

    seq: int
    act: str
    when: str


@dataclass(frozen=True)
class Destroyed:
    """What a destruction did.

    Attributes:
        seq: its entry.
        objects: what was destroyed, by SHA-256.
        concerned: backups, bundles and receipts made since; destroying those is another act.
        containers: files of the case that hold the same bytes still: the zips they came in.
        sealed: False where no checkpoint over the entry could be kept; then all bytes are there.
        complete: False where the disk refused; the next login tries again.
    """

    case: str
    seq: int
    when: str
    objects: tuple[Tombstone, ...]
    concerned: tuple[Concerned, ...]
    containers: tuple[FileRow, ...]
    sealed: bool
    complete: bool


class Destruction:
    """Destroys source files of the acting person's own cases, with a second person present."""

    def __init__(
        self,
        access: Access,
        journal: Journal,
        blobs: Blobs,
        public_keys: Callable[[], Sequence[bytes]],
    ) -> None:
        self._access = access
        self._journal = journal
        self._blobs = blobs
        self._public_keys = public_keys

    def destroy(  # noqa: PLR0913 -- what is destroyed, why, and who stands by; by name
        self,
        actor: Actor | None,
        number: str,
        *,
        sha256s: Sequence[str] = (),
        series_uid: str = "",
        basis: str,
        second: Actor | None,
        reason: str = "",
    ) -> Destroyed:
        """Destroy source files of a case, for ever.

        Args:
            actor: the case's expert.
            number: of the case.
            sha256s: the files, or
            series_uid: all files of a series.
            basis: the order: number, date and body.
            second: an administrator or another expert, who logged in as well.
            reason: kept in the entry.

        Raises:
            AccessDenied: not this person's case, one person alone keeps the archive, nobody to
                be the second person, both may be one (`Access.require_two`), or neither has the
                archive's key.
            UsageError: no basis, or nothing was named.
            InputError: the case has no such file or series, or it is destroyed already.
            StorageError: nothing was destroyed.
        """
        session = self._access.require_case(actor, Right.DESTROY, number)
        if self._access.single_keeper():
            key = "destruction.single_keeper"
            raise self._access.refusal(session, Right.DESTROY, number, key)
        witness = self._access.require_second(session, second, Right.SECOND_DESTRUCTION)
        self._access.require_two(session, witness, Right.DESTROY, number)
        if not basis.strip():
            raise UsageError("destruction.no_basis")
        seal = session.seal or witness.seal or self._access.key_of(session, Right.DESTROY, number)
        with self._journal.database.reading() as work:
            rows = _chosen(work, number, sha256s, series_uid)
            held = _held(work, number)
        within = containers_of(self._blobs, held, rows)  # reads much: before anybody has to wait
        with self._journal.database.writing() as work:
            rows = _chosen(work, number, sha256s, series_uid)
            concerned = tuple(self._concerned(work, number, rows))
            kept = self._blobs.put(salted(KIND, _described(number, basis, rows)))
            act = Act(
                Right.DESTROY,
                who(session.actor),
                case=number,
                objects=(ObjectName(KIND, uuid4().hex, kept),),
                reason=reason,
                data=_data(who(witness.actor), rows, concerned, within),
            )
            entry = self._journal.append(work, act)
            tombs = tuple(Tombstone(number, one.sha256, one.size, entry.seq) for one in rows)
            work.cases.add_tombstones(tombs)
            work.commit()
        # Entry, copy and checkpoint are there before the bytes go.
        self._journal.checkpoint_after(seal, at_once=True, knowing=(entry.seq,))
        sealed = entry.seq not in self._unsealed(seal.fingerprint)
        complete = self._removed((entry.seq,) if sealed else ())
        return Destroyed(number, entry.seq, entry.ts, tombs, concerned, within, sealed, complete)

    def complete(self) -> bool:
        """Remove the bytes of everything that a sealed entry says is destroyed; needs no person.

        Only a key counts that is known by more than its own signature (`services.keys`): whoever
        can write the folder can bring in another and lock it for a person who then logs in.

        It holds the write lock: an import that brings the same bytes meanwhile is recorded
        before, and then they stay, or finds them gone and keeps its own.

        Returns:
            False where the disk refused, or an entry waits for its seal; the next login tries
            again.
        """
        return self._removed(())

    # --- inside

    def _removed(self, done: Collection[int]) -> bool:
        """Do as `complete`, also for acts that two persons did just now, by their entries."""
        with self._journal.database.reading() as work:
            found = proven(work, self._blobs, self._left(work.cases.tombstones()))
        if not found:
            return True
        unsealed = self._unsealed().difference(done)
        told = {one.sha256: one.size for one in found if one.seq not in unsealed}
        try:
            with self._journal.database.writing() as work:
                rested_on = work.cases.resting(sorted(told))
                self._blobs.destroy({k: told[k] for k in told.keys() - rested_on})
        except StorageError:
            return False
        return all(one.seq not in unsealed for one in found)

    def _left(self, tombs: Sequence[Tombstone]) -> list[Tombstone]:
        """Return those whose bytes are there still: as objects, or copied by a stopped import."""
        staged = self._blobs.staged({one.sha256: one.size for one in tombs}) if tombs else {}
        return [one for one in tombs if self._blobs.holds(one.sha256) or one.sha256 in staged]

    def _unsealed(self, *given: str) -> set[int]:
        return {one.seq for one in self._journal.unsealed(self._public_keys(), given)}

    def _concerned(
        self, work: UnitOfWork, number: str, rows: Sequence[FileRow]
    ) -> Iterable[Concerned]:
        """Yield backups, and bundles and receipts of the case, made since the bytes came."""
        since = self._since(work, number, {one.sha256 for one in rows})
        for entry in work.log.of_acts(_ELSEWHERE, after=since):
            if entry.out == Out.OK and entry.case_number in {number, ""}:
                yield Concerned(entry.seq, entry.act, entry.ts)

    def _since(self, work: UnitOfWork, number: str, sha256s: set[str]) -> int:
        """Return the entry of the first import that brought any of the files; 0 where unknown."""
        for entry in work.log.entries(number):
            if (entry.act, entry.out) == (ActName.IMPORT, Out.OK) and self._brought(
                entry
            ) & sha256s:
                return entry.seq
        return 0

    def _brought(self, entry: LogEntry) -> set[str]:
        """Return the files an import brought; none where its record is damaged."""
        try:
            kept = self._blobs.read(chain.read(entry)["obj"][0]["sha256"])
            return {one["sha256"] for one in canonical.decode(kept)["data"]["files"]}
        except (IntegrityError, canonical.NotCanonical):
            return set()


def _chosen(
    work: UnitOfWork, number: str, sha256s: Sequence[str], series_uid: str
) -> list[FileRow]:
    """Return the source files to destroy, by SHA-256.

    Raises:
        UsageError: nothing was named.
        InputError: the case has no such file or series, or it is destroyed already.
    """
    if bool(sha256s) == bool(series_uid):
        raise UsageError("destruction.nothing_named")
    held = {one.sha256: one for one in _held(work, number)}
    if series_uid:
        rows = [one for one in held.values() if one.series_uid == series_uid]
        if not rows:
            raise InputError("destruction.no_series", number=number, series=series_uid[:64])
        return rows
    asked = sorted({one.casefold() for one in sha256s})
    for sha256 in asked:
        if sha256 not in held:
            raise InputError("destruction.no_object", number=number, sha256=sha256[:64])
    return [held[one] for one in asked]


def _held(work: UnitOfWork, number: str) -> list[FileRow]:
    """Return the source files of a case that are not destroyed."""
    gone = {one.sha256 for one in work.cases.tombstones(number)}
    return [one for one in work.cases.files(number) if one.sha256 not in gone]


def _described(number: str, basis: str, rows: Sequence[FileRow]) -> dict[str, Any]:
    """Return what the salted object keeps: case, basis and the names on the carrier."""
    files = [{"sha256": one.sha256, "size": one.size, "path": one.path} for one in rows]
    return {"case": number, "basis": basis.strip(), "files": files}


def _data(
    witness: Who,
    rows: Sequence[FileRow],
    concerned: Sequence[Concerned],
    within: Sequence[FileRow],
) -> dict[str, Any]:
    return {
        "objects": [{"sha256": one.sha256, "size": one.size} for one in rows],
        "concerned": [{"seq": one.seq, "act": one.act} for one in concerned],
        "containers": len(within),
        "second": witness.id,
        "second_session": witness.session,
    }
