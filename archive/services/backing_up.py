"""One backup being made: objects, the entry of the log, the moment that is cut, its snapshot."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

from archive.ports import Blobs, Cut, UnitOfWork
from archive.proof import anchor_name, canonical, chain, checkpoint, merkle, snapshot
from archive.proof.backup_card import BackupCard
from archive.proof.chain import Act
from archive.proof.snapshot import Snapshot, Stream
from archive.records import LogEntry, Out, Problem
from archive.services.gate import Session, who
from archive.services.journal import Journal
from archive.services.kept import Kept
from archive.services.object_copies import ObjectCopies
from archive.services.replay import NAMES_NOTHING
from archive.services.rights import Right
from archive.services.tombstones import proven
from archive.services.verify_log import Named
from virtopsy.errors import StorageError
from virtopsy.jobs import Progress

DATABASE = "db/archive.sqlite"
LOG = "log/entries.jsonl"
_SMALL = 64 << 10
_SLACK = 16 << 20
_DATABASE_ROOM = 1.1


@dataclass(frozen=True)
class Place:
    """Where a backup goes."""

    kept: Kept
    card: BackupCard


@dataclass(frozen=True)
class BackupReport:
    """What a backup did.

    Attributes:
        path: the archive's folder on the disk.
        snapshot: name of the new snapshot.
        objects, bytes: that it holds.
        written, written_bytes: of these, new on the disk.
        renewed: damaged ones on the disk that were written anew.
        problems: what is missing in it, and what it holds better than the archive.
        left_out: files that are none of the archive's.
        size, root: of the log it holds.
        seconds: it took.
    """

    path: str
    snapshot: str
    encrypted: bool
    objects: int
    bytes: int
    written: int
    written_bytes: int
    renewed: int
    problems: tuple[Problem, ...]
    left_out: tuple[str, ...]
    size: int
    root: str
    seconds: float

    @property
    def ok(self) -> bool:
        """It holds everything, as it was recorded."""
        return not self.problems


@dataclass
class BackingUp:
    """One run; `finish` does it all."""

    journal: Journal
    place: Place
    cut: Cut
    objects: ObjectCopies
    session: Session
    progress: Progress
    _problems: list[Problem] = field(default_factory=list)
    _left_out: list[str] = field(default_factory=list)

    @property
    def _kept(self) -> Kept:
        return self.place.kept

    def finish(self, reason: str) -> BackupReport:
        """Write what is new, the entry, and the snapshot; return what was done."""
        begun = self.journal.machine.monotonic_ns()
        with self.journal.database.reading() as work:
            self.objects.gone = _destroyed(work, self.objects.blobs)
        total = self._preflight()
        count = size = 0
        for first in range(256):
            for _, one in self.objects.copy(first, full=self._kept.full):
                self.progress.tick(count, total)
                count, size = count + 1, size + one
        self._kept.disk.settle()
        number = _number_after(self._kept.disk.snapshots())
        self._enter(number, count, size, reason)
        made = self._snapshot(number)
        self._kept.put_snapshot(made)
        self.progress.tick(total, total)
        seconds = (self.journal.machine.monotonic_ns() - begun) / 1e9
        return self._report(made, seconds)

    def _preflight(self) -> int:
        """Refuse where there is too little room; return how many objects there are."""
        total, needed = self.objects.needed()
        database = self.cut.database_size()
        needed += database + sum(size for _, size in self.cut.others()) + _SLACK
        _room("backup.space", needed, self._kept.disk.free_bytes())
        _room("archive.storage.space", int(database * _DATABASE_ROOM), self.cut.free_bytes())
        return total

    def _enter(self, number: int, count: int, size: int, reason: str) -> None:
        """Record the backup, before the moment is cut."""
        before, root = self.journal.head()
        data: dict[str, Any] = {
            "where": str(self._kept.disk.folder),
            "disk": self.place.card.id,
            "snapshot": number,
            "plain": not self.place.card.encrypted,
            "full": self._kept.full,
            "objects": count,
            "bytes": size,
            "written": self.objects.written,
            "damaged": len(self.objects.unsound),
            "size": before,
            "root": root.hex(),
        }
        self.journal.write(Act(Right.BACKUP, who(self.session.actor), reason=reason, data=data))
        self.journal.checkpoint_after(self.session.seal, at_once=True)

    def _snapshot(self, number: int) -> Snapshot:
        database = self.cut.take(self.progress)
        if database.is_damaged():
            self._problems.append(Problem("database_damaged", DATABASE))
        with database.reading() as work:
            length = work.log.size()
            root = merkle.Tree(work.tree).root(length)
            self.objects.gone = _destroyed(work, self.objects.blobs)
            named = _named(work)
            log = self._kept.put_stream(self._log(work.log.entries()))
        objects, missing, count, size = self._lists(named)
        files, small = self._others(length)
        files[DATABASE] = self._kept.put_stream(self.cut.database_blocks())
        files[LOG] = log
        return Snapshot(
            archive=self.journal.archive,
            number=number,
            ts=chain.utc(self.journal.clock()),
            size=length,
            root=root.hex(),
            checkpoint=self._checkpoint(length),
            count=count,
            total_bytes=size,
            objects=objects,
            missing=missing,
            small=small,
            files=files,
        )

    def _log(self, entries: Iterable[LogEntry]) -> Iterator[bytes]:
        """Yield the copy of the log up to the moment; what it lacks yet comes from the database."""
        copied = _whole_lines(self.cut.blocks(LOG))
        differ = False
        for entry in entries:
            try:
                line = next(copied, entry.body)
            except StorageError:  # gone or unreadable, which `verify` says of the archive
                line = entry.body
                copied = iter(())
            differ = differ or line != entry.body
            yield line + b"\n"
        if differ:
            self._problems.append(Problem("backup_log_differs", LOG))

    def _lists(self, named: Named) -> tuple[Stream, Stream, int, int]:
        """Return the list of objects held, the list of those missing, count and bytes."""
        totals = [0, 0]

        def held() -> Iterator[bytes]:
            for first in range(256):
                for sha256, size in self.objects.held(first, named.starting(first)):
                    totals[0] += 1
                    totals[1] += size
                    yield snapshot.object_line(sha256, size)

        objects = self._kept.put_stream(held())
        unsound = sorted(self.objects.unsound.items())
        lines = (snapshot.missing_line(code, one) for one, code in unsound)
        return objects, self._kept.put_stream(lines), totals[0], totals[1]

    def _others(self, size: int) -> tuple[dict[str, Stream], Stream]:
        """Keep every other file; small ones together."""
        large: dict[str, Stream] = {}
        little: list[str] = []
        for path, length in self.cut.others():
            if path == LOG:
                continue
            if not snapshot.may_be_kept(path):
                self._left_out.append(canonical.text(path))
            elif length > _SMALL:
                large[path] = self._kept.put_stream(self.cut.blocks(path))
            else:
                little.append(path)
        return large, self._kept.put_stream(self._small(little, size))

    def _small(self, paths: Iterable[str], size: int) -> Iterator[bytes]:
        for path in paths:
            content = b"".join(self.cut.blocks(path))
            if path.startswith("log/") and _later(path, content, size):
                continue  # made since; it would be larger than the log of this moment
            yield snapshot.small_line(path, content)

    def _checkpoint(self, size: int) -> str:
        for name in reversed(self.journal.notes.names()):
            found = checkpoint.read(self.journal.notes.read(name))
            if found is not None and found.size <= size:
                return found.note
        return ""

    def _report(self, made: Snapshot, seconds: float) -> BackupReport:
        path = self.objects.blobs.relative_path
        missing = [Problem(code, path(one)) for one, code in sorted(self.objects.unsound.items())]
        better = [Problem("backup_has_whole", path(one)) for one in sorted(self.objects.better)]
        return BackupReport(
            path=str(self._kept.disk.folder),
            snapshot=made.name,
            encrypted=self.place.card.encrypted,
            objects=made.count,
            bytes=made.total_bytes,
            written=self.objects.written,
            written_bytes=self.objects.written_bytes,
            renewed=self.objects.renewed,
            problems=(*self._problems, *missing, *better),
            left_out=tuple(self._left_out),
            size=made.size,
            root=made.root,
            seconds=seconds,
        )


def _room(key: str, needed: int, free: int) -> None:
    if free < needed:
        raise StorageError(key, needed_mb=-(-needed // 1_000_000), free_mb=free // 1_000_000)


def _number_after(names: Iterable[str]) -> int:
    return max((int(one.partition("-")[0]) for one in names), default=0) + 1


def _named(work: UnitOfWork) -> Named:
    """Return every object that log and index name."""
    named = Named()
    for entry in work.log.entries():
        if entry.out == Out.OK and entry.act not in NAMES_NOTHING:
            objects = chain.read(entry)["obj"]
            named.add(b"".join(bytes.fromhex(one["sha256"]) for one in objects))
    for case in work.cases.all():
        gone = {one.sha256 for one in work.cases.tombstones(case.number)}
        files = (one.sha256 for one in work.cases.files(case.number))
        named.add(b"".join(bytes.fromhex(one) for one in files if one not in gone))
    return named


def _destroyed(work: UnitOfWork, blobs: Blobs) -> set[str]:
    """Return what was destroyed by act and rests in no case; a kill may have left its bytes."""
    told = sorted({one.sha256 for one in proven(work, blobs, work.cases.tombstones())})
    return set(told) - set(work.cases.resting(told))


def _later(path: str, content: bytes, size: int) -> bool:
    """Tell whether a checkpoint, or what somebody signed of one, is of a larger log."""
    if (anchor_name.size_of(path) or 0) > size:
        return True
    note = checkpoint.read(content.decode("utf-8", "replace"))
    return note is not None and note.size > size


def _whole_lines(blocks: Iterable[bytes]) -> Iterator[bytes]:
    """Yield lines; one that a kill tore off is not there yet."""
    rest = b""
    for block in blocks:
        *whole, rest = (rest + block).split(b"\n")
        yield from whole
