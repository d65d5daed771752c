"""What the services ask of storage: protocols, so that no service knows a database."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from contextlib import AbstractContextManager
from datetime import datetime
from pathlib import Path
from types import TracebackType
from typing import Any, Protocol, Self, TypeAlias

from archive.records import (
    Card,
    CaseRow,
    CaseSummary,
    Copied,
    FileRow,
    Interrupted,
    LogEntry,
    LogQuery,
    OwnEntries,
    Person,
    SearchItem,
    SeriesRow,
    Surroundings,
    ThingRow,
    Tombstone,
    Witness,
)
from virtopsy.dicom.carrier import Address
from virtopsy.jobs import Progress

Clock: TypeAlias = Callable[[], datetime]


class Machine(Protocol):
    """The machine the program runs on."""

    def surroundings(self) -> Surroundings:
        """Return machine, start and program."""
        ...

    def monotonic_ns(self) -> int:
        """Return nanoseconds that no clock setting moves."""
        ...


class Blobs(Protocol):
    """Objects by the SHA-256 of their bytes."""

    def put(self, content: bytes) -> str:
        """Keep `content` durably and return its SHA-256."""
        ...

    def read(self, sha256: str) -> bytes:
        """Return the bytes; IntegrityError where they are missing or not what they were."""
        ...

    def checked_path(self, sha256: str) -> Path:
        """Return the object's path after reading it through; IntegrityError as for `read`."""
        ...

    def holds(self, sha256: str) -> bool:
        """Tell whether the object lies there, without reading it."""
        ...

    def fault(self, sha256: str, tick: Callable[[], None] = ...) -> tuple[str, int]:
        """Return "" or the code of what is wrong with the object, and the bytes read.

        Reads past the cache. `tick` is called often, so that the person can stop.
        """
        ...

    def state(self, sha256: str) -> tuple[int, ...] | None:
        """Return size, times and place on the disk, which change with the bytes; None: gone."""
        ...

    def blocks(self, sha256: str) -> Iterator[bytes]:
        """Yield the bytes; errors as for `read`, a change known only after the last."""
        ...

    def sizes(self, start: str) -> Iterator[tuple[str, int]]:
        """Yield the objects whose SHA-256 starts with two digits, and their sizes, in order."""
        ...

    def names(self) -> Sequence[str]:
        """Return the SHA-256 of every object that is there."""
        ...

    def listed(self, start: str) -> tuple[Sequence[str], Sequence[str]]:
        """Return the objects whose SHA-256 starts with two digits, and paths that are none.

        Both in order; empty where the folder cannot be read.
        """
        ...

    def destroy(self, sha256: str) -> None:
        """Remove the bytes, under every name the archive gave them; they may be gone."""
        ...

    def relative_path(self, sha256: str) -> str:
        """Return where the object lies within the archive's folder."""
        ...


class Staging(Protocol):
    """The place where an intake's files wait until they are known to be whole."""

    def copied(self, key: str) -> Copied | None:
        """Return what an interrupted intake copied of the source of that key."""
        ...

    def place(self) -> Path:
        """Return where the next file goes; called by one thread."""
        ...

    def copy(self, source: Address, key: str, place: Path, count: Callable[[int], None]) -> Copied:
        """Copy a file, hashing in the same pass; several threads may. InputError: unreadable.

        `count` is called for every block, so that the person can stop within gigabytes.
        """
        ...

    def settle(self) -> None:
        """Wait until the disk has all that was copied; a failure is final."""
        ...

    def publish(self, staged: Sequence[Copied]) -> frozenset[str]:
        """Give staged files their final names durably; return what was there before."""
        ...

    def read_back(self, sha256: str, *, there: bool, tick: Callable[[], None]) -> None:
        """Read an object past the cache; an error where the disk keeps something else."""
        ...

    def clear(self) -> None:
        """Remove what is staged."""
        ...

    def leave(self) -> None:
        """Keep what was copied, for the next try."""
        ...


class StagingPlace(Protocol):
    """Where every intake has its staging."""

    def enter(self, owner: str, boot: str, keys: Collection[str]) -> Staging:
        """Return the staging of an intake: that of the same one where it was interrupted."""
        ...

    def interrupted(self) -> Sequence[Interrupted]:
        """Return the intakes whose programs are gone."""
        ...

    def tell(self, name: str) -> None:
        """Note that an interruption stands in the log."""
        ...

    def free_bytes(self) -> int:
        """Return the space left."""
        ...


class TreeRows(Protocol):
    """The kept nodes of the log's Merkle tree (`proof.merkle.Nodes`)."""

    def hashes(self, level: int, first: int, count: int) -> Sequence[bytes]:
        """Return nodes of a level (0: the leaves); fewer where they are not there."""
        ...

    def add(self, level: int, place: int, node: bytes) -> None:
        """Keep a complete node."""
        ...

    def all(self) -> Iterator[tuple[int, int, bytes]]:
        """Yield (level, place, hash) of every kept node, by level and place."""
        ...


class Cards(Protocol):
    """The archive's card."""

    def read(self) -> Card:
        """Return what it says; IntegrityError where it cannot be read."""
        ...

    def is_exact(self) -> bool:
        """Tell whether it is written as the program writes it, byte for byte."""
        ...

    def replace(self, card: Card) -> None:
        """Put a new one in its place in one step."""
        ...


class Notes(Protocol):
    """Signed checkpoints."""

    def add(self, size: int, note: str) -> None:
        """Keep a checkpoint durably."""
        ...

    def names(self) -> Sequence[str]:
        """Return the names of the checkpoints, smallest first; cheap where none is new."""
        ...

    def read(self, name: str) -> str:
        """Return the text of a checkpoint."""
        ...


class CheckParts(Protocol):
    """What checks of the objects have seen: the parts of a stopped one, and the last whole one."""

    def parts(self) -> Sequence[int]:
        """Return the numbers of the parts, oldest first."""
        ...

    def lines(self, part: int | None) -> Iterator[bytes]:
        """Yield the whole lines of a part, or (None) of the last check that came to its end."""
        ...

    def append(self, part: int, lines: Iterable[bytes]) -> None:
        """Append lines to a part, on the disk."""
        ...

    def finish(self, lines: Iterable[bytes]) -> None:
        """Keep a check that came to its end in the place of the one before; forget the parts."""
        ...

    def forget(self) -> None:
        """Forget the parts."""
        ...


class AnchorFiles(Protocol):
    """What others signed of the log: files beside the checkpoints."""

    def add(self, name: str, content: bytes) -> bool:
        """Keep a file durably; False where that name is taken."""
        ...

    def names(self) -> Sequence[str]:
        """Return the names of all, within the archive."""
        ...

    def read(self, name: str) -> bytes:
        """Return what one holds."""
        ...


class BodyCopy(Protocol):
    """The second copy of the log's bodies, outside the database."""

    def catch_up(self, entries_after: Callable[[int], Iterable[LogEntry]]) -> None:
        """Append every entry that the copy lacks, on the disk."""
        ...

    def last_seq(self) -> int:
        """Return the number of the newest entry in the copy; 0 where its end cannot be read."""
        ...

    def bodies(self) -> Sequence[bytes]:
        """Return the bodies by seq."""
        ...

    def size(self) -> int:
        """Return how many bytes of whole lines there are."""
        ...

    def digest(self, start: int, length: int) -> bytes:
        """Return the SHA-256 of a part."""
        ...

    def lines(self, start: int, end: int) -> Iterator[bytes]:
        """Yield the whole lines between two places."""
        ...


class LogRows(Protocol):
    """The log in the database."""

    def add(self, entry: LogEntry) -> None:
        """Append a row."""
        ...

    def add_many(self, entries: Sequence[LogEntry]) -> None:
        """Append rows, in one statement."""
        ...

    def last(self, case_number: str | None = None) -> LogEntry | None:
        """Return the newest entry (of a case)."""
        ...

    def size(self) -> int:
        """Return the newest entry's number: the log has so many entries, where none is gone."""
        ...

    def at(self, seq: int) -> LogEntry | None:
        """Return an entry by its number."""
        ...

    def count(self, case_number: str | None = None) -> int:
        """Return how many entries there are (of a case)."""
        ...

    def newest(self, case_number: str, act: str, out: str) -> LogEntry | None:
        """Return the newest entry of a case about one act that ended so."""
        ...

    def newest_first(self, act: str, out: str, most: int) -> Iterator[LogEntry]:
        """Yield the newest entries about one act that ended so, at most `most`, newest first."""
        ...

    def entries(self, case_number: str | None = None, after: int = 0) -> Iterator[LogEntry]:
        """Return the entries (of a case) later than `after`, by seq."""
        ...

    def page(
        self, wanted: LogQuery, most: int, *, before: int | None, own: OwnEntries | None
    ) -> Iterator[LogEntry]:
        """Yield the entries that are wanted, newest first, at most `most`.

        Args:
            wanted: which entries.
            most: how many at most.
            before: only those earlier than this entry.
            own: only those that this person may see.
        """
        ...

    def stretch(
        self, wanted: LogQuery, most: int, *, until: int, own: OwnEntries | None
    ) -> Iterator[LogEntry]:
        """Yield the entries that are wanted, by seq, at most `most`, none later than `until`."""
        ...

    def of_acts(
        self, acts: Collection[str], case_number: str | None = None, after: int = 0
    ) -> Iterator[LogEntry]:
        """Yield the entries (of a case) about any of these acts later than `after`, by seq."""
        ...

    def rows(self, first: int, last: int) -> Iterator[tuple[Any, ...]]:
        """Yield rows as they are stored, whatever they hold: see `proof.stretch.Walk.add`."""
        ...

    def no_texts(self, first: int, last: int) -> Iterator[int]:
        """Yield the seqs of rows with something else than text in a column that is shown."""
        ...

    def following(self, seq: int) -> int | None:
        """Return the smallest seq above `seq`."""
        ...


class WitnessRows(Protocol):
    """Witnesses of the log in the index."""

    def add(self, witness: Witness) -> None:
        """Add a witness."""
        ...

    def all(self) -> Sequence[Witness]:
        """Return every witness, by name."""
        ...


class PersonRows(Protocol):
    """Persons in the index."""

    def add(self, person: Person) -> None:
        """Add a person."""
        ...

    def update(self, person: Person) -> None:
        """Put a person's new state in place of the old one."""
        ...

    def by_name(self, name: str) -> Person | None:
        """Find a person, small and capital letters alike."""
        ...

    def by_id(self, person_id: str) -> Person | None:
        """Find a person."""
        ...

    def all(self) -> Sequence[Person]:
        """Return every person, by name."""
        ...


class CaseRows(Protocol):
    """Cases and what they hold, in the index."""

    def add(self, case: CaseRow) -> None:
        """Add a case."""
        ...

    def get(self, number: str) -> CaseRow | None:
        """Find a case."""
        ...

    def all(self) -> Sequence[CaseRow]:
        """Return every case, oldest first."""
        ...

    def numbers(self, owner: str) -> Sequence[str]:
        """Return the numbers of a person's cases."""
        ...

    def summaries(
        self, owner: str, limit: int | None = None, after: str = ""
    ) -> Sequence[CaseSummary]:
        """Return cases of a person with counts, newest first: those older than case `after`."""
        ...

    def series(self, number: str) -> Sequence[SeriesRow]:
        """Return the series of a case, by series UID."""
        ...

    def put_series(self, row: SeriesRow) -> None:
        """Add a series, or put its new manifest in place of the old one."""
        ...

    def files(self, number: str) -> Sequence[FileRow]:
        """Return the source files of a case."""
        ...

    def add_files(self, rows: Sequence[FileRow]) -> None:
        """Add source files."""
        ...

    def holding(self, sha256s: Sequence[str]) -> set[str]:
        """Return those of the hashes that any case holds as a source file."""
        ...

    def tombstones(self, number: str | None = None) -> Sequence[Tombstone]:
        """Return what was destroyed by act (of a case), by SHA-256."""
        ...

    def add_tombstones(self, rows: Sequence[Tombstone]) -> None:
        """Note what was destroyed."""
        ...

    def lift_tombstones(self, number: str, sha256s: Sequence[str]) -> None:
        """Note that a case was given these bytes again; file rows and tombstones go."""
        ...

    def resting(self, sha256s: Sequence[str]) -> set[str]:
        """Return those of the hashes that any case still rests on."""
        ...

    def things(self, number: str) -> Sequence[ThingRow]:
        """Return every version of every finding and stop, in the order they were recorded."""
        ...

    def latest(self, number: str, thing: str, thing_id: str) -> ThingRow | None:
        """Return the newest version of a finding or stop."""
        ...

    def add_thing(self, row: ThingRow) -> None:
        """Add a version."""
        ...

    def add_things(self, rows: Sequence[ThingRow]) -> None:
        """Add versions, in this order."""
        ...


class SearchRows(Protocol):
    """What can be searched for."""

    def add(self, items: Iterable[SearchItem]) -> None:
        """Add items that are not there yet."""
        ...

    def put(self, items: Iterable[SearchItem]) -> None:
        """Add items in place of those of the same case, kind and id."""
        ...

    def remove(self, case_number: str, kind: str, item_id: str) -> None:
        """Take an item out; it may be gone."""
        ...

    def numbers(self) -> Iterator[SearchItem]:
        """Return the items that stand for cases."""
        ...

    def of_case(self, case_number: str) -> Iterator[SearchItem]:
        """Return what a case holds, without the item that stands for it."""
        ...

    def find(self, person: str, words: Sequence[str], limit: int) -> Sequence[SearchItem]:
        """Return items of a person's cases that hold every word, newest first."""
        ...

    def count(self, person: str, words: Sequence[str], most: int) -> int:
        """Return how many there are, counted no further than `most`."""
        ...


class UnitOfWork(Protocol):
    """One transaction. Leaving it without `commit` leaves everything as it was."""

    log: LogRows
    tree: TreeRows
    persons: PersonRows
    witnesses: WitnessRows
    cases: CaseRows
    search: SearchRows

    def __enter__(self) -> Self: ...

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None: ...

    def commit(self) -> None:
        """Make it durable; StorageError where that failed, and then nothing changed."""
        ...


class Migration(UnitOfWork, Protocol):
    """A transaction that brings an older index into today's shape."""

    def upgrade(self) -> tuple[str, str]:
        """Change the shape; return the old and the new revision, equal where nothing was to do."""
        ...

    def state_persons(self, persons: Iterable[Person]) -> None:
        """Write what the log tells of persons and an older index did not hold."""
        ...

    def state_files(self, files: Iterable[FileRow]) -> None:
        """Write what intakes tell of files and an older index did not hold."""
        ...


class Database(Protocol):
    """The way to a transaction."""

    @property
    def read_only(self) -> bool:
        """Whether a newer program made the index: it is read, never written to."""
        ...

    def migrating(self) -> Migration:
        """Return a transaction that brings the index into today's shape."""
        ...

    def search_is_whole(self) -> bool:
        """Tell whether the index of words holds just what the items say."""
        ...

    def writing(self) -> UnitOfWork:
        """Return a transaction that holds the one write lock from its start."""
        ...

    def is_damaged(self, check: Callable[[], None] = ...) -> bool:
        """Tell whether the database's own check finds a fault, or cannot even be run.

        `check` is called often; what it raises ends the check.
        """
        ...

    def reading(self) -> UnitOfWork:
        """Return a transaction that sees one state and changes nothing."""
        ...


class BackupFolder(Protocol):
    """The folder of one archive on a backup disk; see `archive.storage.backup_disk`."""

    folder: Path

    def cards(self) -> Sequence[bytes]:
        """Return backup.json and its copy, those that are there; none: no backup yet."""
        ...

    def put_card(self, content: bytes) -> None:
        """Write backup.json and its copy durably, in place of those that may be there."""
        ...

    def exclusive(self) -> AbstractContextManager[object]:
        """Return the lock that whoever writes holds."""
        ...

    def clear(self) -> None:
        """Remove what was being written and never got a name."""
        ...

    def size(self, name: str) -> int | None:
        """Return how long the file of that name is; None where there is none."""
        ...

    def free_bytes(self) -> int:
        """Return the space left."""
        ...

    def stage(self, name: str, blocks: Iterable[bytes]) -> None:
        """Write a file; it has its name after `settle`."""
        ...

    def settle(self) -> None:
        """Give what was written its names, durably, and read it back past the cache."""
        ...

    def blocks(self, name: str, *, past_cache: bool = False) -> Iterator[bytes]:
        """Yield the bytes of a file."""
        ...

    def snapshots(self) -> Sequence[str]:
        """Return the names of the snapshots, oldest first."""
        ...


class Cut(Protocol):
    """One moment of the archive; see `archive.storage.archive_cut`."""

    def take(self, progress: Progress) -> Database:
        """Copy the database and return the copy."""
        ...

    def database_size(self) -> int:
        """Return the size of the database, in bytes."""
        ...

    def free_bytes(self) -> int:
        """Return the space left where the copy goes."""
        ...

    def database_blocks(self) -> Iterator[bytes]:
        """Yield the copy's bytes."""
        ...

    def others(self) -> Iterator[tuple[str, int]]:
        """Yield path and size of every file but objects, staged ones and the database."""
        ...

    def blocks(self, path: str) -> Iterator[bytes]:
        """Yield the bytes of one of the others."""
        ...

    def clear(self) -> None:
        """Remove the copy."""
        ...


class EmptyPlace(Protocol):
    """Where the archive goes; see `archive.storage.restored_folder`."""

    folder: Path

    def is_free(self) -> bool:
        """Tell whether nothing is there yet."""
        ...

    def mark(self) -> bytes | None:
        """Return what the unfinished restore says of itself; None where there is none."""
        ...

    def begin(self, mark: bytes, folders: Iterable[str]) -> None:
        """Make the folders, and mark them as unfinished first."""
        ...

    def clear(self) -> None:
        """Remove what was being written and never got a name."""
        ...

    def free_bytes(self) -> int:
        """Return the space left."""
        ...

    def holds(self, sha256: str, size: int) -> bool:
        """Tell whether an object lies there already, with its length."""
        ...

    def put_object(self, sha256: str, blocks: Iterable[bytes]) -> None:
        """Write an object; it has its name after `settle`."""
        ...

    def put(self, path: str, blocks: Iterable[bytes]) -> None:
        """Write another file, in place of one that an earlier try left."""
        ...

    def settle(self) -> None:
        """Give what was written its names, durably."""
        ...

    def remove_others(self, folder: str, kept: Collection[str]) -> None:
        """Remove what an earlier try added to a folder, beside the files that were brought."""
        ...

    def finish(self) -> None:
        """Take the mark away: from now on it is an archive."""
        ...


class IndexRemains(Protocol):
    """What is left of the old index; see `archive.storage.old_index`."""

    def held(self) -> AbstractContextManager[None]:
        """Keep other rebuilds and writers out."""
        ...

    def copied(self) -> Iterator[bytes]:
        """Yield the bodies in the copy of the log."""
        ...

    def stored(self) -> Iterator[tuple[int, bytes]]:
        """Yield seq and body of the old database's log, up to the first damage."""
        ...

    def new(self) -> Database:
        """Return a new database, empty, that nobody else sees."""
        ...

    def exchange(self, moment: str, copy: Iterator[bytes] | None) -> tuple[str, ...]:
        """Put the new database in place of the old one; return what lies in quarantine now."""
        ...

    def clear(self) -> None:
        """Remove what was built and not used."""
        ...


class Target(Protocol):
    """A new folder or zip that grows beside its place; see `archive.storage.bundle_folder`."""

    folder: Path

    def free_bytes(self) -> int:
        """Return the space left where the bundle goes."""
        ...

    def write(self, name: str, content: bytes) -> None:
        """Write one file durably."""
        ...

    def copy(self, source: Path, name: str, progress: Progress) -> tuple[str, int]:
        """Copy one file durably; return SHA-256 and size."""
        ...

    def settle(self) -> None:
        """Put the names in every folder on the disk."""
        ...

    def zipped(self, when: datetime, progress: Progress) -> Path:
        """Return one zip of it all."""
        ...

    def publish(self, made: Path) -> None:
        """Give the finished folder or zip its final name; never overwrites."""
        ...

    def discard(self) -> None:
        """Remove what is left of the work."""
        ...


class Stick(Protocol):
    """What travels; see `archive.storage.stick`."""

    def logs(self) -> Any:
        """Return the ids of the logs that ask for a signature."""
        ...

    def where(self, log: str, kind: str) -> Path:
        """Return the path of a text."""
        ...

    def read(self, log: str, kind: str) -> str:
        """Return a text; empty where there is none."""
        ...

    def write(self, log: str, kind: str, text: str) -> None:
        """Put a text on the stick."""
        ...


class WitnessMemory(Protocol):
    """What the witness keeps; see `archive.storage.witness_home`."""

    @property
    def folder(self) -> Path:
        """Where it is."""
        ...

    def key(self) -> bytes:
        """Return what is kept of the witness's key; empty where there is none."""
        ...

    def keep_key(self, content: bytes) -> bool:
        """Keep a key; False where there is one already."""
        ...

    def newest(self, origin: str) -> bytes:
        """Return what was seen of a log last; empty where it was never seen."""
        ...

    def remember(self, origin: str, size: int, content: bytes) -> None:
        """Keep what was seen of a log."""
        ...

    def alone(self) -> AbstractContextManager[None]:
        """Let nobody else sign meanwhile."""
        ...
