"""What the index holds besides the log."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Protocol

from archive.records import (
    CaseRow,
    CaseSummary,
    FileRow,
    Person,
    SearchItem,
    SeriesRow,
    ThingRow,
    Tombstone,
    Witness,
)


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
