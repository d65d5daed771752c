"""One transaction of SQLite, set up so that what was committed survives a pulled plug.

`journal_mode=DELETE` with `synchronous=EXTRA` syncs the folder after the journal is gone; WAL
waits for a library without the WAL-reset bug (3.51.3). Python's driver begins transactions too
late and too weakly, so the BEGIN is our own.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType
from typing import Any, Self
from urllib.parse import quote

from sqlalchemy import Connection, Engine, create_engine, event, insert, inspect, select
from sqlalchemy.exc import DBAPIError, NoSuchTableError
from sqlalchemy.pool import NullPool
from typing_extensions import override

from archive.ports import CaseRows, LogRows, PersonRows, TreeRows, UnitOfWork
from archive.storage import tables
from archive.storage.repositories import CaseTable, LogTable, PersonTable
from archive.storage.tree_table import TreeTable
from virtopsy.errors import IntegrityError, StorageError, VirtopsyError
from virtopsy.late import Late

BUSY_TIMEOUT_S = 10.0
FIRST = "0001"
"""The revision of an archive made before revisions were counted."""
_PRAGMAS = ("foreign_keys=ON", "journal_mode=DELETE", "synchronous=EXTRA", "trusted_schema=OFF")
_upgrade = Late("archive.storage.migrations.run", "upgrade")
_IMMEDIATE = "virtopsy_immediate"
_STEPS = 100_000  # of SQLite's machine between two looks whether the person stopped it
_FULL = (sqlite3.SQLITE_FULL,)
_BUSY = (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED)
_READ_ONLY = (sqlite3.SQLITE_READONLY, sqlite3.SQLITE_PERM)
_MOVED = sqlite3.SQLITE_READONLY_DBMOVED
"""The file has another name now: a rebuilt one took its place while this transaction waited."""
_DAMAGED = (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB)


def _silent() -> None:
    """Tell nobody how far the check is."""


class SqliteDatabase:
    """The file `db/archive.sqlite`; every transaction opens its own connection."""

    def __init__(self, path: Path, *, busy_timeout_s: float = BUSY_TIMEOUT_S) -> None:
        self.path = path
        self._engine = _engine(path, busy_timeout_s, create=False)

    @classmethod
    def create(cls, path: Path, archive: str) -> SqliteDatabase:
        """Make the tables in a new file."""
        engine = _engine(path, BUSY_TIMEOUT_S, create=True)
        with said(path), engine.begin() as connection:
            tables.metadata.create_all(connection)
            connection.execute(insert(tables.settings).values(name="archive", value=archive))
            connection.execute(insert(tables.revision).values(version_num=tables.REVISION))
        engine.dispose()
        return cls(path)

    def setting(self, name: str) -> str:
        """Return a setting; empty where there is none."""
        wanted = select(tables.settings.c.value).where(tables.settings.c.name == name)
        with said(self.path), self._engine.begin() as connection:
            return connection.execute(wanted).scalar() or ""

    def revision(self) -> str:
        """Return which revision of the schema the file has."""
        with said(self.path), self._engine.begin() as connection:
            if not inspect(connection).has_table(tables.revision.name):
                return FIRST
            return connection.execute(select(tables.revision.c.version_num)).scalar() or FIRST

    def upgrade(self) -> tuple[str, str]:
        """Bring the schema to the newest revision, in one transaction; return old and new.

        Only the shape changes: what new tables and columns hold is told by log and objects.
        """
        before = self.revision()
        with said(self.path), self._engine.begin() as connection:
            _upgrade(connection)
        return before, tables.REVISION

    def writing(self) -> UnitOfWork:
        """Return a transaction that holds the one write lock from its start."""
        return SqliteUnitOfWork(self._engine, self.path, immediate=True)

    def reading(self) -> UnitOfWork:
        """Return a transaction that sees one state and changes nothing."""
        return SqliteUnitOfWork(self._engine, self.path, immediate=False)

    def is_damaged(self, check: Callable[[], None] = _silent) -> bool:
        """Tell whether the database's own check finds a fault, or cannot even be run.

        Args:
            check: called often; what it raises ends the check.
        """
        try:
            with said(self.path), self._engine.connect() as connection:
                return bool(_own_check(connection, check) != "ok")
        except (StorageError, IntegrityError):
            check()  # it may have been ended, not failed
            return True

    @override
    def __reduce__(self) -> tuple[type[SqliteDatabase], tuple[Path]]:
        """Travel to a worker process, which opens the file for itself."""
        return type(self), (self.path,)

    def close(self) -> None:
        """Let go of the file."""
        self._engine.dispose()


class SqliteUnitOfWork:
    """One transaction. Leaving it without `commit` leaves everything as it was."""

    log: LogRows
    tree: TreeRows
    persons: PersonRows
    cases: CaseRows

    def __init__(self, engine: Engine, path: Path, *, immediate: bool) -> None:
        self._engine = engine
        self._path = path
        self._immediate = immediate
        self._connection: Connection | None = None

    def __enter__(self) -> Self:
        with said(self._path):
            connection = self._engine.connect().execution_options(**{_IMMEDIATE: self._immediate})
            try:
                connection.begin()
            except DBAPIError:
                connection.close()
                raise
        self._connection = connection
        self.log = LogTable(connection)
        self.tree = TreeTable(connection)
        self.persons = PersonTable(connection)
        self.cases = CaseTable(connection)
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._connection is not None:
            self._connection.close()
        if isinstance(error, DBAPIError):
            raise _sentence(self._path, error) from error

    def commit(self) -> None:
        """Make it durable; StorageError where that failed, and then nothing changed."""
        if self._connection is not None:
            with said(self._path):
                self._connection.commit()


@contextmanager
def said(path: Path) -> Iterator[None]:
    """Say a failure of the database in one sentence."""
    try:
        yield
    except DBAPIError as error:
        raise _sentence(path, error) from error
    except NoSuchTableError as error:
        raise IntegrityError("archive.problem.database_damaged", path=path) from error


def _own_check(connection: Connection, check: Callable[[], None]) -> Any:
    """Run SQLite's check; it ends where `check` raises, which is raised again by the caller."""

    def ended() -> int:
        try:
            check()
        except VirtopsyError:
            return 1
        return 0

    driver: Any = connection.connection.driver_connection
    driver.set_progress_handler(ended, _STEPS)
    try:
        return connection.exec_driver_sql("PRAGMA integrity_check(1)").scalar()
    finally:
        driver.set_progress_handler(None, 0)


def _sentence(path: Path, error: DBAPIError) -> VirtopsyError:
    precise = getattr(error.orig, "sqlite_errorcode", 0) or 0
    if precise == _MOVED:
        return StorageError("rebuild.replaced", path=path)
    code = precise & 0xFF  # the primary result code
    if code in _DAMAGED or "no such table" in str(error.orig):
        return IntegrityError("archive.problem.database_damaged", path=path)
    if code in _BUSY:
        return StorageError("archive.storage.busy", path=path)
    if code in _FULL:
        return StorageError("archive.storage.full", path=path)
    if code in _READ_ONLY:
        return StorageError("archive.storage.read_only", path=path)
    return StorageError("archive.storage.failed", path=path, detail=str(error.orig))


def _engine(path: Path, busy_timeout_s: float, *, create: bool) -> Engine:
    mode = "rwc" if create else "rw"
    uri = f"file:{quote(path.absolute().as_posix())}?mode={mode}"

    def connect() -> sqlite3.Connection:
        return sqlite3.connect(uri, uri=True, timeout=busy_timeout_s, isolation_level=None)

    engine = create_engine("sqlite+pysqlite://", creator=connect, poolclass=NullPool)
    event.listen(engine, "connect", _prepare)
    event.listen(engine, "begin", _begin)
    return engine


def _prepare(connection: Any, _record: Any) -> None:
    for pragma in _PRAGMAS:
        connection.execute(f"PRAGMA {pragma}").close()


def _begin(connection: Connection) -> None:
    immediate = connection.get_execution_options().get(_IMMEDIATE, True)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if immediate else "BEGIN")
