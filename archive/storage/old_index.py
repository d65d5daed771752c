"""What is left of an archive's log when its database must be made anew, and the exchange itself.

The old database may be gone, damaged, or another archive's. It is only read, and never deleted:
it goes to `quarantine/`, with a journal that lies beside it, which the new one must not meet.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager, suppress
from pathlib import Path
from uuid import uuid4

from archive.ports import Database
from archive.storage.exclusive import Exclusive
from archive.storage.files import Files
from archive.storage.place import database_uri
from archive.storage.unit_of_work import SqliteDatabase
from virtopsy.errors import IntegrityError, StorageError

DATABASE = "db/archive.sqlite"
COPY = "log/entries.jsonl"
_IS_TABLE = "SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = 'log'"
"""A view in its place would tell what somebody else thought out."""
_STORED = "SELECT seq, body, hash FROM log ORDER BY seq"
_BESIDE = ("-journal", "-wal", "-shm")


class OldIndex:
    """The old database and the copy of the log, and the place where the new ones are built."""

    def __init__(self, archive: Path, uuid: str, files: Files) -> None:
        self._archive = archive
        self._uuid = uuid
        self._files = files
        self._database = archive / DATABASE
        self._building = archive / "staging" / f"rebuild-{uuid4().hex}"

    @contextmanager
    def held(self) -> Iterator[None]:
        """Keep other rebuilds out, and writers too, where the old database can be locked.

        Raises:
            StorageError: another program is writing or rebuilding.
        """
        self._files.make_folder(self._database.parent)
        with ExitStack() as stack:
            stack.enter_context(Exclusive(self._database.parent / "lock", "rebuild.busy"))
            if self._files.size(self._database):
                self._lock(stack)
            yield

    def _lock(self, stack: ExitStack) -> None:
        """Take the old database's write lock; nobody can write into a damaged one anyway.

        SQLite deletes a journal that it cannot use, so that has a second name before.
        """
        journal = self._database.with_name(self._database.name + "-journal")
        if self._files.size(journal) is not None:
            self._files.make_folder(self._building)
            self._files.link(journal, self._building / "journal")
        with suppress(IntegrityError):
            stack.enter_context(SqliteDatabase(self._database).writing())
            self._files.remove_staged(self._building / "journal")

    def copied(self) -> Iterator[bytes]:
        """Yield the bodies in the copy of the log; a line that a kill tore off is none."""
        if self._files.size(self._archive / COPY) is None:
            return
        rest = b""
        for block in self._files.blocks(self._archive / COPY):
            *whole, rest = (rest + block).split(b"\n")
            yield from whole

    def stored(self) -> Iterator[tuple[int, bytes, str]]:
        """Yield seq, body and hash of the old database's log, up to the first damage.

        Nothing where it is gone. Whose entries they are, the bodies alone say: another name may
        have been written into the settings.
        """
        if self._files.size(self._database) is None:
            return
        uri = database_uri(self._database, "ro")
        # Whatever SQLite says of a damaged file, what was read before it counts.
        with suppress(sqlite3.Error), closing(sqlite3.connect(uri, uri=True)) as connection:
            if connection.execute(_IS_TABLE).fetchone() is None:
                return
            for seq, body, kept in connection.execute(_STORED):
                if isinstance(seq, int) and isinstance(body, bytes):
                    yield seq, body, str(kept)

    def takes_entries(self) -> bool:
        """Tell whether an act can be recorded in the old database.

        It is this archive's and of today's shape; a damaged one, for which one rebuilds, is not.
        """
        if not self._files.size(self._database):
            return False
        with suppress(IntegrityError, StorageError):
            return SqliteDatabase(self._database).age(self._uuid) == "same"
        return False

    def new(self) -> Database:
        """Return a new database, empty, that nobody else sees."""
        self._files.make_folder(self._building)
        return SqliteDatabase.create(self._building / "database", self._uuid)

    def free_bytes(self) -> int:
        """Return the space left."""
        return self._files.free_bytes(self._archive)

    def exchange(self, moment: str, copy: Iterator[bytes] | None) -> tuple[str, ...]:
        """Put the new database in place of the old one, which goes to quarantine.

        Args:
            moment: names what goes there.
            copy: a new copy of the log, in place of one that is damaged; None: it stays.

        Returns:
            What lies in quarantine now, by paths within the archive.
        """
        moved = []
        self._files.make_folder(self._archive / "quarantine")
        self._files.sync_file(self._building / "database")
        if copy is not None:
            self._files.write_blocks(self._building / "copy", copy)
            moved += self._put(self._building / "copy", self._archive / COPY, moment)
        moved += self._kept_journal(moment)
        for end in _BESIDE:
            beside = self._database.with_name(self._database.name + end)
            if self._files.size(beside) is not None:
                moved.append(self._away(beside, moment))
        moved += self._put(self._building / "database", self._database, moment)
        return tuple(moved)

    def clear(self) -> None:
        """Remove what was built and not used."""
        self._files.remove_staging(self._building)

    def _kept_journal(self, moment: str) -> list[str]:
        """Bring into quarantine the journal that SQLite deleted; none where it lies there still."""
        kept = self._building / "journal"
        journal = self._database.with_name(self._database.name + "-journal")
        if self._files.size(kept) is None or self._files.size(journal) is not None:
            return []
        aside = self._aside(journal, moment)
        self._files.give_name(kept, aside)
        self._files.sync_folder(aside.parent)
        return [aside.relative_to(self._archive).as_posix()]

    def _put(self, made: Path, final: Path, moment: str) -> list[str]:
        """Give `made` the name `final`, at once; what lay there has a second name before."""
        moved = []
        if self._files.size(final) is not None:
            aside = self._aside(final, moment)
            self._files.link(final, aside)
            self._files.sync_folder(aside.parent)
            moved.append(aside.relative_to(self._archive).as_posix())
        self._files.replace(made, final)
        self._files.sync_folder(final.parent)
        return moved

    def _away(self, path: Path, moment: str) -> str:
        aside = self._aside(path, moment)
        self._files.give_name(path, aside)
        self._files.sync_folder(aside.parent)
        self._files.sync_folder(path.parent)
        return aside.relative_to(self._archive).as_posix()

    def _aside(self, path: Path, moment: str) -> Path:
        name = f"{moment}-{path.name}"
        found = self._archive / "quarantine" / name
        number = 1
        while found.exists():
            number += 1
            found = self._archive / "quarantine" / f"{moment}-{number}-{path.name}"
        return found
