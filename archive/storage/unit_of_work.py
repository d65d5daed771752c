"""One transaction of SQLite, set up so that what was committed survives a pulled plug.

`journal_mode=DELETE` with `synchronous=EXTRA` syncs the folder after the journal is gone; WAL
waits for a library without the WAL-reset bug (3.51.3). Python's driver begins transactions too
late and too weakly, so the BEGIN is our own.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterable, Iterator
from contextlib import closing, contextmanager
from functools import partial
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from sqlalchemy import (
    Connection,
    Engine,
    bindparam,
    create_engine,
    event,
    insert,
    update,
)
from sqlalchemy.exc import DBAPIError, DisconnectionError, NoSuchTableError
from sqlalchemy.pool import NullPool, QueuePool
from typing_extensions import override

from archive.ports import (
    CaseRows,
    LogRows,
    PersonRows,
    SearchRows,
    TreeRows,
    UnitOfWork,
    WitnessRows,
)
from archive.records import FileRow, Person, Shut
from archive.storage import shape, tables
from archive.storage.case_table import CaseTable
from archive.storage.log_table import LogTable
from archive.storage.person_table import PersonTable, WitnessTable
from archive.storage.place import database_uri
from archive.storage.search_table import SearchTable
from archive.storage.shape import Age, Shape
from archive.storage.tree_table import TreeTable
from virtopsy.errors import Bug, IntegrityError, StorageError, VirtopsyError
from virtopsy.jobs import silent
from virtopsy.language import Phrase
from virtopsy.late import Late
from virtopsy.system_reason import quoted

BUSY_TIMEOUT_S = 10.0
_IN_PASSING_S = 1.0  # whoever closes a window does not wait longer
_PRAGMAS = ("foreign_keys=ON", "journal_mode=DELETE", "synchronous=EXTRA", "trusted_schema=OFF")
_CACHE_KIB = 8192  # a page of cases and its counts do not fit the usual two thousand
_PASSING_CACHE_KIB = 256  # pages that are read once each stay near the processor
_upgrade = Late("archive.storage.migrations.run", "upgrade")
_IMMEDIATE = "virtopsy_immediate"
_STEPS = 100_000  # of SQLite's machine between two looks whether the person stopped it
_REFUSED = {
    sqlite3.SQLITE_FULL: "archive.storage.full",
    sqlite3.SQLITE_BUSY: "archive.storage.busy",
    sqlite3.SQLITE_LOCKED: "archive.storage.busy",
    sqlite3.SQLITE_READONLY: "archive.storage.read_only",
    sqlite3.SQLITE_PERM: "archive.storage.read_only",
}
_MOVED = sqlite3.SQLITE_READONLY_DBMOVED
"""The file has another name now: a rebuilt one took its place while this transaction waited."""
_FAILURES = (DBAPIError, sqlite3.Error)
"""A failure of the database as SQLAlchemy tells it, and as its driver tells it of a BEGIN."""
_REASONS = {
    sqlite3.SQLITE_IOERR: "system.fault",
    sqlite3.SQLITE_CANTOPEN: "system.unopened",
    sqlite3.SQLITE_NOMEM: "system.memory",
}
_DAMAGED = (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB)


class SqliteDatabase:
    """The file `db/archive.sqlite`.

    Connections are kept between transactions: without one they hold no lock, and what they
    remember of the file SQLite compares with the file's own counter.

    Args:
        path: the file.
        busy_timeout_s: how long another program's transaction is waited for.
        kept: False: a connection, and what it remembers, ends with its transaction.
    """

    def __init__(
        self, path: Path, *, busy_timeout_s: float = BUSY_TIMEOUT_S, kept: bool = True
    ) -> None:
        self.path = path
        self._busy_timeout_s, self._kept = busy_timeout_s, kept
        self._engine = _engine(path, busy_timeout_s, kept=kept)
        self._shut: Shut | None = None

    @classmethod
    def create(cls, path: Path, archive: str) -> SqliteDatabase:
        """Make the tables in a new file."""
        engine = _engine(path, BUSY_TIMEOUT_S, mode="rwc")
        with said(path), engine.begin() as connection:
            tables.metadata.create_all(connection)
            connection.execute(insert(tables.settings).values(name="archive", value=archive))
            connection.execute(insert(tables.revision).values(version_num=tables.REVISION))
        engine.dispose()
        return cls(path)

    def shape(self) -> Shape:
        """Return what the file says of itself.

        Raises:
            IntegrityError: it has not even a log.
        """
        with self._looking() as connection:
            found = shape.read(connection)
        if found is None:
            raise IntegrityError("archive.problem.database_damaged", path=self.path)
        return found

    def changed(self, archive: str) -> tuple[str, ...]:
        """Return what was changed in its shape past the program (see `shape`)."""
        return self.shape().changed(archive)

    def age(self, archive: str) -> Age:
        """Tell whether an older or a newer program gave the file its shape.

        Args:
            archive: the uuid on the archive's card.

        Raises:
            IntegrityError: no program gave it this shape, or the file is another archive's.
        """
        found = self.shape()
        if named := found.anothers(archive):
            raise IntegrityError(
                "migration.other_archive", path=self.path, named=named, archive=archive
            )
        older = found.age == "older"  # `upgrade` tells the rest of it
        if found.archive != archive if older else found.changed(archive):
            raise IntegrityError("migration.changed", path=self.path)
        return found.age

    @property
    def shut(self) -> Shut | None:
        """Why the file is only read; None where it is written to as well."""
        return self._shut

    def only_read(self, why: Shut) -> None:
        """Write nothing from now on."""
        self._engine.dispose()
        self._engine = _engine(self.path, self._busy_timeout_s, mode="ro", kept=self._kept)
        self._shut = why

    def writing(self) -> UnitOfWork:
        """Return a transaction that holds the one write lock from its start.

        Raises:
            StorageError: the file is only read.
        """
        if self._shut is not None:
            raise self._shut.refusal
        return SqliteUnitOfWork(self._engine, self.path, immediate=True)

    def reading(self) -> UnitOfWork:
        """Return a transaction that sees one state and changes nothing."""
        return SqliteUnitOfWork(self._engine, self.path, immediate=False)

    def in_passing(self) -> SqliteDatabase:
        """Return the same file, for what waits a moment only where another program has it locked.

        It keeps no connection: it needs no closing.
        """
        made = SqliteDatabase(self.path, busy_timeout_s=_IN_PASSING_S, kept=False)
        if self._shut is not None:
            made.only_read(self._shut)
        return made

    def migrating(self) -> SqliteMigration:
        """Return a transaction that brings the file into today's shape."""
        return SqliteMigration(self._engine, self.path, immediate=True)

    def copy_to(self, path: Path) -> SqliteDatabase:
        """Return a copy in one state, made while others may write (SQLite's backup)."""
        with (
            said(self.path),
            self._engine.connect() as connection,
            closing(sqlite3.connect(path)) as target,
        ):
            connection.connection.driver_connection.backup(target)  # type: ignore[union-attr]
        return SqliteDatabase(path)

    def is_damaged(self, check: Callable[[], None] = silent) -> bool:
        """Tell whether the database's own check finds a fault, or cannot even be run.

        Args:
            check: called often; what it raises ends the check.
        """
        self._engine.dispose()  # the check sees the disk, not what a connection remembers of it
        try:
            with said(self.path), self._engine.connect() as connection:
                return bool(_own_check(connection, check) != "ok")
        except (StorageError, IntegrityError):
            check()  # it may have been ended, not failed
            return True

    def search_is_whole(self) -> bool:
        """Tell whether the index of words holds just what the items say.

        FTS5's own check against the items; it needs the write lock and changes nothing. Where
        nothing can be written it is left out.
        """
        check = "INSERT INTO search_text(search_text, rank) VALUES ('integrity-check', 1)"
        try:
            with said(self.path), self._engine.connect() as connection, connection.begin() as held:
                connection.exec_driver_sql(check)
                held.rollback()
        except IntegrityError:
            return False
        except StorageError:
            return True
        return True

    @contextmanager
    def _looking(self) -> Iterator[Connection]:
        with said(self.path), self._engine.connect() as connection:
            looking = connection.execution_options(**{_IMMEDIATE: False})
            with looking.begin():
                yield looking

    @override
    def __reduce__(self) -> tuple[Callable[[Path], SqliteDatabase], tuple[Path]]:
        """Travel to a worker process, which opens the file for itself, for this one time."""
        return partial(type(self), kept=False), (self.path,)

    def close(self) -> None:
        """Let go of the file."""
        self._engine.dispose()


class SqliteUnitOfWork:
    """One transaction. Leaving it without `commit` leaves everything as it was."""

    log: LogRows
    tree: TreeRows
    persons: PersonRows
    witnesses: WitnessRows
    cases: CaseRows
    search: SearchRows

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
            except _FAILURES:
                connection.close()
                raise
        self._connection = connection
        self.log = LogTable(connection)
        self.tree = TreeTable(connection)
        self.persons = PersonTable(connection)
        self.witnesses = WitnessTable(connection)
        self.cases = CaseTable(connection)
        self.search = SearchTable(connection)
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._connection is not None:
            self._connection.close()
        if isinstance(error, _FAILURES):
            raise _sentence(self._path, error) from error

    def commit(self) -> None:
        """Make it durable; StorageError where that failed, and then nothing changed."""
        if self._connection is not None:
            with said(self._path):
                self._connection.commit()


class SqliteMigration(SqliteUnitOfWork):
    """The transaction of a migration: new shape, what belongs into it and its entry, or nothing."""

    def upgrade(self) -> tuple[str, str]:
        """Change the shape; return the old and the new revision, equal where nothing was to do.

        Raises:
            IntegrityError: what was there is not the shape that an older program gave.
        """
        connection = self._connected()
        with said(self._path):
            try:
                before = _upgrade(connection)
            except DBAPIError as error:
                if _code(error) != sqlite3.SQLITE_ERROR:
                    raise
                raise IntegrityError("migration.changed", path=self._path) from error
            made = shape.read(connection)
        if made is None or shape.differences(made.made):
            raise IntegrityError("migration.changed", path=self._path)
        return before, tables.REVISION

    def state_persons(self, persons: Iterable[Person]) -> None:
        """Write what the log tells of persons and an older index did not hold."""
        column = tables.persons.c
        for one in persons:
            stated = {"failures": one.failures, "last_failure": one.last_failure}
            wanted = update(tables.persons).where(column.person_id == one.person_id)
            self._connected().execute(wanted.values(**stated, reset=one.reset))

    def state_files(self, files: Iterable[FileRow]) -> None:
        """Write what intakes tell of files and an older index did not hold."""
        column = tables.files.c
        wanted = update(tables.files).where(
            column.case_number == bindparam("of_case"), column.sha256 == bindparam("of_sha256")
        )
        rows = [
            {"of_case": one.case_number, "of_sha256": one.sha256, "kind": one.kind}
            for one in files
            if one.kind != "dicom"  # which is what the column begins with
        ]
        if rows:
            self._connected().execute(wanted.values(kind=bindparam("kind")), rows)

    def _connected(self) -> Connection:
        if self._connection is None:
            raise Bug("a migration outside of its transaction")
        return self._connection


@contextmanager
def said(path: Path) -> Iterator[None]:
    """Say a failure of the database in one sentence."""
    try:
        yield
    except _FAILURES as error:
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


def _code(error: DBAPIError | sqlite3.Error) -> int:
    """Return SQLite's precise result code; 0 where the driver itself refused."""
    told = error.orig if isinstance(error, DBAPIError) else error
    return getattr(told, "sqlite_errorcode", 0) or 0


def _sentence(path: Path, error: DBAPIError | sqlite3.Error) -> VirtopsyError:
    told = error.orig if isinstance(error, DBAPIError) else error
    precise = _code(error)
    if precise == _MOVED:
        return StorageError("rebuild.replaced", path=path)
    code = precise & 0xFF  # the primary result code
    if code == sqlite3.SQLITE_AUTH:  # see `_allowed`
        return IntegrityError("migration.changed", path=path)
    if code in _DAMAGED or "no such table" in str(told):
        return IntegrityError("archive.problem.database_damaged", path=path)
    if code in _REFUSED:
        return StorageError(_REFUSED[code], path=path)
    why = Phrase(_REASONS[code]) if code in _REASONS else quoted(str(told))
    return StorageError("archive.storage.failed", path=path, detail=why)


def _engine(path: Path, busy_timeout_s: float, *, mode: str = "rw", kept: bool = True) -> Engine:
    uri = database_uri(path, mode)

    def connect() -> sqlite3.Connection:
        return sqlite3.connect(
            uri, uri=True, timeout=busy_timeout_s, isolation_level=None, check_same_thread=False
        )

    def prepare(connection: Any, record: Any) -> None:
        cache = f"cache_size=-{_CACHE_KIB if kept else _PASSING_CACHE_KIB}"
        for pragma in (*_PRAGMAS, cache):
            connection.execute(f"PRAGMA {pragma}").close()
        connection.set_authorizer(_allowed)
        record.info["file"] = _identity(path)

    def look(_connection: Any, record: Any, _proxy: Any) -> None:
        if record.info["file"] != _identity(path):
            raise DisconnectionError  # another file lies there now: the pool connects to that one

    pool: dict[str, Any] = {"poolclass": NullPool}
    if kept:
        pool = {"poolclass": QueuePool, "max_overflow": -1}
    engine = create_engine("sqlite+pysqlite://", creator=connect, **pool)
    event.listen(engine, "connect", prepare)
    event.listen(engine, "checkout", look)
    event.listen(engine, "begin", _begin)
    return engine


def _allowed(
    _act: int, _of: str | None, _more: str | None, _where: str | None, within: str | None
) -> int:
    """Let no statement do what a trigger or a view says; SQLite asks when it prepares one.

    The shape is looked at when an archive is opened. This holds against what is laid into the
    file later, while it is open. Python 3.11 has no other way to switch triggers off.
    """
    return sqlite3.SQLITE_OK if within is None else sqlite3.SQLITE_DENY


def _identity(path: Path) -> tuple[int, int] | None:
    """Return what the system calls the file that lies at a path."""
    try:
        state = path.stat()
    except FileNotFoundError:
        return None
    return state.st_dev, state.st_ino


def _begin(connection: Connection) -> None:
    immediate = connection.get_execution_options().get(_IMMEDIATE, True)
    driver: Any = connection.connection.driver_connection  # a BEGIN has no result to be dressed
    driver.execute("BEGIN IMMEDIATE" if immediate else "BEGIN").close()
