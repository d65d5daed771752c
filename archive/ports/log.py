"""The log in the database, and its tree."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from typing import Any, Protocol

from archive.records import (
    LogEntry,
    LogQuery,
    OwnEntries,
)


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

    def rows(self, first: int, last: int) -> Iterator[Sequence[tuple[Any, ...]]]:
        """Yield rows as they are stored, whatever they hold, some at a time.

        See `proof.plain_rows.Row`.
        """
        ...

    def no_texts(self, first: int, last: int) -> Iterator[int]:
        """Yield the seqs of rows with something else than text in a column that is shown."""
        ...

    def following(self, seq: int) -> int | None:
        """Return the smallest seq above `seq`."""
        ...
