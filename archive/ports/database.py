"""The way to a transaction."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from types import TracebackType
from typing import Final, Protocol, Self

from archive.ports.log import LogRows, TreeRows
from archive.ports.rows import CaseRows, PersonRows, SearchRows, WitnessRows
from archive.records import FileRow, Person, Shut

NAMED: Final = "setting/archive"
"""What is changed in an index that names another archive than it should, or none."""


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
        """Change the shape; return the old and the new revision, equal where nothing was to do.

        Raises:
            IntegrityError: what was there is not the shape that an older program gave.
        """
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
    def shut(self) -> Shut | None:
        """Why the index is read, never written to; None where it is written to as well."""
        ...

    def changed(self, archive: str) -> Sequence[str]:
        """Return what was changed in the shape of the index past the program, by name.

        `archive` is the uuid that it must name.

        Raises:
            IntegrityError, StorageError: it cannot be read.
        """
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

    def in_passing(self) -> Database:
        """Return the same index, which waits for another program's lock a moment only."""
        ...
