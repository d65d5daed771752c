"""Restoring an archive into an empty place; what came out is judged by `restored`.

A restore is good only if everything verifies, and if the log it brings is not behind, or another
than, what outside checkpoints and the backup's own newest snapshot tell. An old backup put in
place of a newer archive looks whole from within; only something outside shows it.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from archive.ports import BackupFolder, EmptyPlace
from archive.proof import canonical, slots, snapshot
from archive.proof.signing import Password
from archive.proof.snapshot import Snapshot
from archive.records import Problem
from archive.services.backup_key import read_card
from archive.services.kept import Kept
from virtopsy.errors import AccessDenied, InputError, IntegrityError, StorageError, UsageError
from virtopsy.jobs import Progress, checked

CARD = "archive.json"
DATABASE = "db/archive.sqlite"
LOG = "log/entries.jsonl"
FOLDERS = ("objects/sha256", "staging", "quarantine", "log", "db")
_ROOM = 1.02


@dataclass(frozen=True)
class Source:
    """A backup that was unlocked.

    Attributes:
        backup: its id.
        person: whose password opened it; empty for a passphrase or a plain backup.
    """

    kept: Kept
    archive: str
    backup: str
    person: str

    def snapshots(self) -> tuple[Snapshot, ...]:
        """Return every snapshot, oldest first.

        Raises:
            IntegrityError: one is damaged.
        """
        return tuple(self.kept.snapshot(name) for name in self.kept.disk.snapshots())

    def readable(self) -> tuple[list[Snapshot], list[Problem]]:
        """Return the snapshots that can be read, and what is wrong with the others."""
        found, problems = [], []
        for name in self.kept.disk.snapshots():
            try:
                found.append(self.kept.snapshot(name))
            except IntegrityError as error:
                problems.append(problem_of(error))
        return found, problems


def unlock(disk: BackupFolder, password: Password) -> Source:
    """Open a backup with a password of any of its slots; a plain one needs none.

    Raises:
        InputError: there is no backup.
        AccessDenied: the password opens none of its slots.
        IntegrityError: backup.json and its copy are damaged.
    """
    card = read_card(disk)
    if card is None:
        raise InputError("backup.none", path=disk.folder)
    if not card.encrypted:
        return Source(Kept(disk, None), card.archive, card.id, "")
    found = slots.opened_by_password(card.slots, card.id, password)
    if found is None:
        raise AccessDenied("backup.wrong_password", path=disk.folder)
    key, slot = found
    person = str(slot["id"]) if slot["kind"] == slots.PERSON else ""
    return Source(Kept(disk, key), card.archive, card.id, person)


def chosen(source: Source, name: str | None) -> Snapshot:
    """Return the snapshot asked for, by its name or number; the newest where none is.

    Raises:
        UsageError: there is no such snapshot.
        InputError: there is none at all.
        IntegrityError: it is damaged.
    """
    names = source.kept.disk.snapshots()
    if not names:
        raise InputError("backup.no_snapshot", path=source.kept.disk.folder)
    if name is None:
        return source.kept.snapshot(names[-1])
    wanted = [one for one in names if name == one or name.lstrip("0") == _number(one)]
    if not wanted:
        raise UsageError("backup.unknown_snapshot", name=name, path=source.kept.disk.folder)
    return source.kept.snapshot(wanted[0])


@dataclass
class Restoring:
    """One restore; `copy` does it.

    Attributes:
        problems: what could not be brought.
        brought: every file but the objects.
    """

    source: Source
    snapshot: Snapshot
    target: EmptyPlace
    progress: Progress
    problems: list[Problem] = field(default_factory=list)
    brought: set[str] = field(default_factory=set)

    def copy(self) -> None:
        """Write everything that is not there yet, the card last.

        Raises:
            InputError: the place is not empty.
            UsageError: an unfinished restore of another snapshot lies there.
            IntegrityError: the backup of what makes an archive is damaged.
            StorageError, Cancelled: it can go on later.
        """
        self.check_place()
        self.target.begin(self._mark, FOLDERS)
        self.target.clear()
        try:
            self._room()
            self._objects()
            card = self._small()
            self._large()
            self.target.settle()
            for folder in ("log", "db"):
                self.target.remove_others(folder, self.brought)
            self.target.put(CARD, [card])
            self.target.settle()
        finally:
            self.target.clear()

    @property
    def _mark(self) -> bytes:
        said = {"backup": self.source.backup, "snapshot": self.snapshot.name}
        return canonical.encode(said) + b"\n"

    def check_place(self) -> None:
        """Refuse a place that is neither empty nor holds this restore, unfinished.

        Raises:
            InputError: something lies there.
            UsageError: an unfinished restore of another snapshot lies there.
        """
        there = self.target.mark()
        if there is None and not self.target.is_free():
            raise InputError("backup.not_empty", path=self.target.folder)
        if there is not None and there != self._mark:
            raise UsageError("backup.other_unfinished", path=self.target.folder)

    def _room(self) -> None:
        needed = sum(one.size for one in self.snapshot.files.values())
        needed += sum(s for h, s in self._listed() if not self.target.holds(h, s))
        needed, free = int(needed * _ROOM), self.target.free_bytes()
        if free < needed:
            megabytes = {"needed_mb": -(-needed // 1_000_000), "free_mb": free // 1_000_000}
            raise StorageError("backup.space", **megabytes)

    def _listed(self) -> Iterator[tuple[str, int]]:
        try:
            yield from snapshot.objects_of(self.source.kept.stream(self.snapshot.objects))
        except canonical.NotCanonical as error:
            path = self.source.kept.disk.folder / "snapshots" / self.snapshot.name
            raise IntegrityError("archive.problem.backup_changed", path=path, chunk=0) from error

    def _objects(self) -> None:
        for done, (sha256, size) in enumerate(self._listed()):
            self.progress.tick(done, self.snapshot.count)
            if self.target.holds(sha256, size):
                continue
            try:
                self.target.put_object(
                    sha256, checked(self.source.kept.blocks(sha256), self.progress.check)
                )
            except IntegrityError as error:
                self.problems.append(problem_of(error))

    def _small(self) -> bytes:
        """Write the small files; return the card, which comes last."""
        card = b""
        for path, content in snapshot.small_of(self.source.kept.stream(self.snapshot.small)):
            self.brought.add(path)
            if path == CARD:
                card = content
            else:
                self.target.put(path, [content])
        if not card:
            raise IntegrityError("archive.problem.card_damaged", path=CARD)
        return card

    def _large(self) -> None:
        for path, one in self.snapshot.files.items():
            self.brought.add(path)
            try:
                self.target.put(path, checked(self.source.kept.stream(one), self.progress.check))
            except IntegrityError as error:
                if path == DATABASE:
                    raise
                self.problems.append(problem_of(error))  # of the log the database holds all


def problem_of(error: IntegrityError) -> Problem:
    """Return a failure as a fault that a report names."""
    facts = {key: value for key, value in error.facts.items() if key != "path"}
    return Problem(error.key.rpartition(".")[2], str(error.facts["path"]), facts)


def _number(name: str) -> str:
    return name.partition("-")[0].lstrip("0")
