"""Cases and what they hold, in and out, on the connection of one transaction."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import fields
from typing import Any, Final, TypeVar, get_type_hints

from sqlalchemy import (
    Connection,
    ScalarSelect,
    Select,
    Table,
    bindparam,
    delete,
    exists,
    func,
    insert,
    select,
    tuple_,
)
from sqlalchemy.dialects import sqlite

from archive.records import CaseRow, CaseSummary, FileRow, SeriesRow, ThingRow, Tombstone
from archive.storage import odd_row, tables

R = TypeVar("R", CaseRow, CaseSummary, SeriesRow, FileRow, ThingRow, Tombstone)
_EVERY = -1  # SQLite's way to say that a limit is none
_AT_ONCE = 500
"""Values in one condition: SQLite takes some thousands, each of them costs a parse."""
_CASE, _THING, _TOMB = tables.cases.c, tables.things.c, tables.tombstones.c
_NAMES: Final[Mapping[type, str]] = {
    CaseRow: "case",
    CaseSummary: "case",
    SeriesRow: "series",
    FileRow: "file",
    ThingRow: "finding",
    Tombstone: "tombstone",
}
"""As `verify` calls the tables."""


def _types(kind: type) -> tuple[type, ...]:
    told = get_type_hints(kind)
    return tuple(told[one.name] for one in fields(kind))


_TYPES: Final[Mapping[type, tuple[type, ...]]] = {one: _types(one) for one in _NAMES}
"""Of the fields of each record, in their order."""
_NOTHING: Mapping[str, object] = {}


def _rows(kind: type[R], table: Table) -> Select[Any]:
    """Return the query of a table's rows, their columns in the order of the record's fields."""
    return select(*(table.c[one.name] for one in fields(kind)))


def _of(kind: type[R], table: Table, order: str) -> Select[Any]:
    wanted = _rows(kind, table).where(table.c.case_number == bindparam("number"))
    return wanted.order_by(table.c[order])


def _count_of_series() -> ScalarSelect[int]:
    of_case = tables.series.c.case_number == _CASE.number
    return select(func.count()).select_from(tables.series).where(of_case).scalar_subquery()


def _count_of_findings() -> ScalarSelect[int]:
    """Count findings, without those whose newest version is a withdrawal."""
    newer = tables.things.alias("newer")
    replaced = (
        select(1)
        .where(
            newer.c.case_number == _THING.case_number,
            newer.c.thing == _THING.thing,
            newer.c.thing_id == _THING.thing_id,
            newer.c.version > _THING.version,
        )
        .exists()
    )
    gone = func.count().filter(_THING.withdrawn.is_(True), ~replaced)
    return (
        select(func.count(_THING.thing_id.distinct()) - gone)
        .select_from(tables.things)
        .where(_THING.case_number == _CASE.number, _THING.thing == "finding")
        .scalar_subquery()
    )


# Statements are made once: making one takes longer than what it asks.
_CASES = _rows(CaseRow, tables.cases)
_GET = _CASES.where(_CASE.number == bindparam("number"))
_ALL = _CASES.order_by(_CASE.opened, _CASE.number)
_SUMMARIES = (
    select(*_CASES.selected_columns, _count_of_series(), _count_of_findings())
    .where(_CASE.owner == bindparam("owner"))
    .order_by(_CASE.opened.desc(), _CASE.number.desc())
    .limit(bindparam("limit"))
)
_PAGE_BEFORE = tables.cases.alias("page_before")
_OLDER_SUMMARIES = _SUMMARIES.where(
    tuple_(_CASE.opened, _CASE.number)
    < select(_PAGE_BEFORE.c.opened, _PAGE_BEFORE.c.number)
    .where(_PAGE_BEFORE.c.number == bindparam("after"))
    .scalar_subquery()
)
_SERIES = _of(SeriesRow, tables.series, "series_uid")
_FILES = _of(FileRow, tables.files, "sha256")
_TOMBSTONES = _rows(Tombstone, tables.tombstones).order_by(_TOMB.sha256, _TOMB.case_number)
_TOMBSTONES_OF_CASE = _TOMBSTONES.where(_TOMB.case_number == bindparam("number"))
_THINGS = _of(ThingRow, tables.things, "place")
_LATEST = (
    _rows(ThingRow, tables.things)
    .where(
        _THING.case_number == bindparam("number"),
        _THING.thing == bindparam("thing"),
        _THING.thing_id == bindparam("thing_id"),
    )
    .order_by(_THING.version.desc())
    .limit(1)
)
_ADD_CASE = insert(tables.cases)
_ADD_FILES = insert(tables.files)
_ADD_TOMBSTONES = insert(tables.tombstones)
_ADD_THINGS = insert(tables.things)


class CaseTable:
    """Cases and what they hold."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def add(self, case: CaseRow) -> None:
        """Add a case."""
        self._connection.execute(_ADD_CASE, vars(case))

    def get(self, number: str) -> CaseRow | None:
        """Find a case."""
        row = self._connection.execute(_GET, {"number": number}).first()
        return _record(CaseRow, row) if row else None

    def all(self) -> Sequence[CaseRow]:
        """Return every case, oldest first."""
        return self._rows(CaseRow, _ALL)

    def numbers(self, owner: str) -> Sequence[str]:
        """Return the numbers of a person's cases."""
        wanted = select(tables.cases.c.number).where(tables.cases.c.owner == owner)
        return list(self._connection.execute(wanted).scalars())

    def summaries(
        self, owner: str, limit: int | None = None, after: str = ""
    ) -> Sequence[CaseSummary]:
        """Return cases of a person with counts, newest first: those older than case `after`."""
        wanted = _OLDER_SUMMARIES if after else _SUMMARIES
        most = _EVERY if limit is None else limit
        return self._rows(CaseSummary, wanted, {"owner": owner, "limit": most, "after": after})

    def series(self, number: str) -> Sequence[SeriesRow]:
        """Return the series of a case, by series UID."""
        return self._rows(SeriesRow, _SERIES, {"number": number})

    def put_series(self, row: SeriesRow) -> None:
        """Add a series, or put its new manifest in place of the old one."""
        added = sqlite.insert(tables.series).values(vars(row))
        newer = {"manifest_sha256": row.manifest_sha256}
        self._connection.execute(
            added.on_conflict_do_update(index_elements=["case_number", "series_uid"], set_=newer)
        )

    def files(self, number: str) -> Sequence[FileRow]:
        """Return the source files of a case."""
        return self._rows(FileRow, _FILES, {"number": number})

    def add_files(self, rows: Sequence[FileRow]) -> None:
        """Add source files."""
        if rows:
            self._connection.execute(_ADD_FILES, [vars(row) for row in rows])

    def holding(self, sha256s: Sequence[str]) -> set[str]:
        """Return those of the hashes that any case holds as a source file."""
        found: set[str] = set()
        for first in range(0, len(sha256s), _AT_ONCE):
            some = sha256s[first : first + _AT_ONCE]
            wanted = select(tables.files.c.sha256).where(tables.files.c.sha256.in_(some))
            found.update(self._connection.execute(wanted).scalars())
        return found

    def tombstones(self, number: str | None = None) -> Sequence[Tombstone]:
        """Return what was destroyed by act (of a case), by SHA-256."""
        if number is None:
            return self._rows(Tombstone, _TOMBSTONES)
        return self._rows(Tombstone, _TOMBSTONES_OF_CASE, {"number": number})

    def add_tombstones(self, rows: Sequence[Tombstone]) -> None:
        """Note what was destroyed."""
        if rows:
            self._connection.execute(_ADD_TOMBSTONES, [vars(row) for row in rows])

    def lift_tombstones(self, number: str, sha256s: Sequence[str]) -> None:
        """Note that a case was given these bytes again; file rows and tombstones go."""
        for table in (tables.tombstones, tables.files):
            for sha256 in sha256s:
                column = table.c
                gone = delete(table).where(column.case_number == number, column.sha256 == sha256)
                self._connection.execute(gone)

    def resting(self, sha256s: Sequence[str]) -> set[str]:
        """Return those of the hashes that any case still rests on."""
        file, tomb = tables.files.c, tables.tombstones.c
        destroyed = exists().where(tomb.case_number == file.case_number, tomb.sha256 == file.sha256)
        found: set[str] = set()
        for first in range(0, len(sha256s), _AT_ONCE):
            some = sha256s[first : first + _AT_ONCE]
            wanted = select(file.sha256).where(file.sha256.in_(some), ~destroyed)
            found.update(self._connection.execute(wanted).scalars())
        return found

    def things(self, number: str) -> Sequence[ThingRow]:
        """Return every version of every finding and stop, in the order they were recorded."""
        return self._rows(ThingRow, _THINGS, {"number": number})

    def latest(self, number: str, thing: str, thing_id: str) -> ThingRow | None:
        """Return the newest version of a finding or stop."""
        given = {"number": number, "thing": thing, "thing_id": thing_id}
        found = self._rows(ThingRow, _LATEST, given)
        return found[0] if found else None

    def add_thing(self, row: ThingRow) -> None:
        """Add a version."""
        self.add_things([row])

    def add_things(self, rows: Sequence[ThingRow]) -> None:
        """Add versions, in this order."""
        if rows:
            self._connection.execute(_ADD_THINGS, [vars(row) for row in rows])

    def _rows(
        self, kind: type[R], wanted: Select[Any], given: Mapping[str, object] = _NOTHING
    ) -> list[R]:
        return [_record(kind, row) for row in self._connection.execute(wanted, given).all()]


def _record(kind: type[R], row: Sequence[Any]) -> R:
    """Return a row as a record; whether it says the truth, `verify` finds.

    Raises:
        IntegrityError: it holds what the program never writes, as a column of SQLite may.
    """
    if tuple(map(type, row)) != _TYPES[kind]:
        raise odd_row.refusal(_NAMES[kind], *row[:2])
    return kind(*row)
