"""Backups, and the empty places and remains of which an archive is made anew."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Protocol

from archive.ports.database import Database
from virtopsy.jobs import Progress


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

    def stored(self) -> Iterator[tuple[int, bytes, str]]:
        """Yield seq, body and hash of the old database's log, up to the first damage."""
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
