"""The archive as it is at one moment, for a backup: a copy of its database, and its other files.

The database is copied by SQLite's own backup, which sees one committed state while others write.
The copy lies in the archive's staging, never on the backup's disk: it is not encrypted.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from uuid import uuid4

from archive.ports import Database
from archive.storage.files import Files
from archive.storage.place import database_uri
from archive.storage.unit_of_work import SqliteDatabase
from virtopsy.errors import IntegrityError, StorageError
from virtopsy.jobs import Progress
from virtopsy.system_reason import quoted

DATABASE = "db/archive.sqlite"
_OWN = {"objects", "staging", "db"}
_PAGES = 2048
_PATIENCE = 3
"""How often others may write in between before the rest is copied in one go, holding them up."""
_DAMAGED = (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB)


class _Restarted(Exception):  # noqa: N818 -- what happened
    """Others wrote too often while the database was copied."""


@dataclass
class _Watch:
    """Follows SQLite's copying: what remains grows where others wrote and it began again."""

    progress: Progress
    patient: bool
    remaining: int = 0
    restarts: int = 0

    def tell(self, _status: int, remaining: int, total: int) -> None:
        self.progress.tick(total - remaining, total)
        self.restarts += remaining > self.remaining > 0
        self.remaining = remaining
        if self.patient and self.restarts > _PATIENCE:
            raise _Restarted


class ArchiveCut:
    """One moment of an archive; `clear` removes the copy."""

    def __init__(self, archive: Path, files: Files) -> None:
        self._archive = archive
        self._files = files
        self._folder = archive / "staging" / uuid4().hex
        self._copy = self._folder / "database"

    def take(self, progress: Progress) -> Database:
        """Copy the database and return the copy.

        Raises:
            IntegrityError: it is too damaged to be copied.
            StorageError: the disk refused, or others hold it.
        """
        self._files.make_folder(self._folder)
        try:
            copy_database(self._archive / DATABASE, self._copy, progress)
        except _Restarted:
            copy_database(self._archive / DATABASE, self._copy, progress, pages=-1)
        return SqliteDatabase(self._copy)

    def database_size(self) -> int:
        """Return the size of the database, in bytes."""
        return self._files.size(self._archive / DATABASE) or 0

    def free_bytes(self) -> int:
        """Return the space left where the copy goes."""
        return self._files.free_bytes(self._archive)

    def database_blocks(self) -> Iterator[bytes]:
        """Yield the copy's bytes."""
        yield from self._files.blocks(self._copy)

    def others(self) -> Iterator[tuple[str, int]]:
        """Yield path and size of every file but objects, staged ones and the database."""
        for path in sorted(self._walk(self._archive)):
            size = self._files.size(path)
            if size is not None:
                yield path.relative_to(self._archive).as_posix(), size

    def blocks(self, path: str) -> Iterator[bytes]:
        """Yield the bytes of one of the others."""
        yield from self._files.blocks(self._archive / path)

    def clear(self) -> None:
        """Remove the copy."""
        self._files.remove_staging(self._folder)

    def _walk(self, folder: Path) -> Iterator[Path]:
        for one in folder.iterdir():
            if one.is_symlink() or (folder == self._archive and one.name in _OWN):
                continue
            if one.is_dir():
                yield from self._walk(one)
            else:
                yield one


def copy_database(source: Path, target: Path, progress: Progress, *, pages: int = _PAGES) -> None:
    """Copy a database by SQLite's online backup; others may write meanwhile.

    The copy is not put on the disk for good: it is read once and removed.
    """
    watch = _Watch(progress, patient=pages > 0)
    target.unlink(missing_ok=True)
    try:
        with closing(_opened(source)) as from_, closing(sqlite3.connect(target)) as to:
            to.execute("PRAGMA synchronous=OFF")
            from_.backup(to, pages=pages, progress=watch.tell, sleep=0.05)
    except sqlite3.Error as error:
        code = (getattr(error, "sqlite_errorcode", 0) or 0) & 0xFF
        if code in _DAMAGED:
            raise IntegrityError("archive.problem.database_damaged", path=source) from error
        if code == sqlite3.SQLITE_FULL:
            raise StorageError("archive.storage.full", path=target) from error
        if code in {sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED}:
            raise StorageError("archive.storage.busy", path=source) from error
        why = quoted(str(error))
        raise StorageError("archive.storage.failed", path=source, detail=why) from error


def _opened(path: Path) -> sqlite3.Connection:
    return sqlite3.connect(database_uri(path, "rw"), uri=True, timeout=10.0)
