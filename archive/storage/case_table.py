"""Cases and what they hold, in and out, on the connection of one transaction."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, fields
from functools import cache
from typing import Any, TypeVar

from sqlalchemy import (
    Connection,
    ScalarSelect,
    Select,
    Table,
    delete,
    exists,
    func,
    insert,
    select,
    tuple_,
)
from sqlalchemy.dialects import sqlite

from archive.records import CaseRow, CaseSummary, FileRow, SeriesRow, ThingRow, Tombstone
from archive.storage import tables

R = TypeVar("R", CaseRow, SeriesRow, FileRow, ThingRow, Tombstone)
_AT_ONCE = 500
"""Values in one condition: SQLite takes some thousands, each of them costs a parse."""


class CaseTable:
    """Cases and what they hold."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def add(self, case: CaseRow) -> None:
        """Add a case."""
        self._connection.execute(insert(tables.cases).values(asdict(case)))

    def get(self, number: str) -> CaseRow | None:
        """Find a case."""
        wanted = select(tables.cases).where(tables.cases.c.number == number)
        row = self._connection.execute(wanted).mappings().first()
        return CaseRow(**row) if row else None

    def all(self) -> Sequence[CaseRow]:
        """Return every case, oldest first."""
        return self._rows(CaseRow, tables.cases, select(tables.cases).order_by("opened", "number"))

    def numbers(self, owner: str) -> Sequence[str]:
        """Return the numbers of a person's cases."""
        wanted = select(tables.cases.c.number).where(tables.cases.c.owner == owner)
        return list(self._connection.execute(wanted).scalars())

    def summaries(
        self, owner: str, limit: int | None = None, after: str = ""
    ) -> Sequence[CaseSummary]:
        """Return cases of a person with counts, newest first: those older than case `after`."""
        column = tables.cases.c
        wanted = _summaries().where(column.owner == owner).limit(limit)
        if after:
            last = tables.cases.alias("last")
            place = select(last.c.opened, last.c.number).where(last.c.number == after)
            wanted = wanted.where(tuple_(column.opened, column.number) < place.scalar_subquery())
        return [CaseSummary(**row) for row in self._connection.execute(wanted).mappings()]

    def series(self, number: str) -> Sequence[SeriesRow]:
        """Return the series of a case, by series UID."""
        return self._rows(SeriesRow, tables.series, self._of(tables.series, number, "series_uid"))

    def put_series(self, row: SeriesRow) -> None:
        """Add a series, or put its new manifest in place of the old one."""
        added = sqlite.insert(tables.series).values(asdict(row))
        newer = {"manifest_sha256": row.manifest_sha256}
        self._connection.execute(
            added.on_conflict_do_update(index_elements=["case_number", "series_uid"], set_=newer)
        )

    def files(self, number: str) -> Sequence[FileRow]:
        """Return the source files of a case."""
        return self._rows(FileRow, tables.files, self._of(tables.files, number, "sha256"))

    def add_files(self, rows: Sequence[FileRow]) -> None:
        """Add source files."""
        if rows:
            self._connection.execute(insert(tables.files), [dict(vars(row)) for row in rows])

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
        wanted = select(tables.tombstones).order_by("sha256", "case_number")
        if number is not None:
            wanted = wanted.where(tables.tombstones.c.case_number == number)
        return self._rows(Tombstone, tables.tombstones, wanted)

    def add_tombstones(self, rows: Sequence[Tombstone]) -> None:
        """Note what was destroyed."""
        if rows:
            self._connection.execute(insert(tables.tombstones), [asdict(row) for row in rows])

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
        return self._rows(ThingRow, tables.things, self._of(tables.things, number, "place"))

    def latest(self, number: str, thing: str, thing_id: str) -> ThingRow | None:
        """Return the newest version of a finding or stop."""
        column = tables.things.c
        wanted = (
            select(tables.things)
            .where(column.case_number == number, column.thing == thing, column.thing_id == thing_id)
            .order_by(column.version.desc())
            .limit(1)
        )
        found = self._rows(ThingRow, tables.things, wanted)
        return found[0] if found else None

    def add_thing(self, row: ThingRow) -> None:
        """Add a version."""
        self.add_things([row])

    def add_things(self, rows: Sequence[ThingRow]) -> None:
        """Add versions, in this order."""
        if rows:
            self._connection.execute(insert(tables.things), [dict(vars(row)) for row in rows])

    def _of(self, table: Table, number: str, order: str) -> Select[Any]:
        return select(table).where(table.c.case_number == number).order_by(table.c[order])

    def _rows(self, kind: type[R], table: Table, wanted: Select[Any]) -> list[R]:
        columns = [one.name for one in fields(kind) if one.name in table.c]
        rows = self._connection.execute(wanted).mappings()
        return [kind(**{name: row[name] for name in columns}) for row in rows]


@cache
def _summaries() -> Select[Any]:
    """Return the query of cases with counts, newest first."""
    column = tables.cases.c
    series, findings = _count_of_series(), _count_of_findings()
    counted = select(tables.cases, series.label("series"), findings.label("findings"))
    return counted.order_by(column.opened.desc(), column.number.desc())


def _count_of_series() -> ScalarSelect[int]:
    of_case = tables.series.c.case_number == tables.cases.c.number
    return select(func.count()).select_from(tables.series).where(of_case).scalar_subquery()


def _count_of_findings() -> ScalarSelect[int]:
    """Count those whose newest version is no withdrawal."""
    one, newer = tables.things.c, tables.things.alias("newer")
    replaced = (
        select(1)
        .where(
            newer.c.case_number == one.case_number,
            newer.c.thing == one.thing,
            newer.c.thing_id == one.thing_id,
            newer.c.version > one.version,
        )
        .exists()
    )
    return (
        select(func.count())
        .select_from(tables.things)
        .where(one.case_number == tables.cases.c.number, one.thing == "finding")
        .where(one.withdrawn.is_(False), ~replaced)
        .scalar_subquery()
    )
