"""Rows in and out, on the connection of one transaction."""

from __future__ import annotations

import sqlite3
from collections.abc import Collection, Iterator, Sequence
from dataclasses import asdict, fields
from functools import cache
from typing import Any, TypeVar

from sqlalchemy import (
    ColumnElement,
    Connection,
    ScalarSelect,
    Select,
    Table,
    delete,
    exists,
    func,
    insert,
    or_,
    select,
    tuple_,
    update,
)
from sqlalchemy.dialects import sqlite

from archive.records import (
    CaseRow,
    CaseSummary,
    FileRow,
    LogEntry,
    LogQuery,
    Out,
    OwnEntries,
    Person,
    Role,
    SeriesRow,
    ThingRow,
    Tombstone,
    Witness,
)
from archive.storage import tables
from virtopsy.errors import IntegrityError

_AT_ONCE = 1000
_TEXTS = ("prev", "hash", "ts", "actor", "act", "out", "case_number")
_ROWS = f"SELECT seq, body, {', '.join(_TEXTS)} FROM log WHERE seq BETWEEN ? AND ? ORDER BY seq"  # noqa: S608
_OTHER = " OR ".join(f"typeof({one}) <> 'text'" for one in _TEXTS)
_NO_TEXTS = f"SELECT seq FROM log WHERE seq BETWEEN ? AND ? AND ({_OTHER})"  # noqa: S608

R = TypeVar("R", LogEntry, CaseRow, SeriesRow, FileRow, ThingRow, Tombstone)


_AT_ONCE = 500
"""Values in one condition: SQLite takes some thousands, each of them costs a parse."""


class LogTable:
    """The log."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def add(self, entry: LogEntry) -> None:
        """Append a row."""
        self.add_many([entry])

    def add_many(self, entries: Sequence[LogEntry]) -> None:
        """Append rows, in one statement."""
        columns = [one.name for one in tables.log.columns]  # the rest is for whoever reads
        rows = [{name: getattr(one, name) for name in columns} for one in entries]
        self._connection.execute(insert(tables.log), rows)

    def last(self, case_number: str | None = None) -> LogEntry | None:
        """Return the newest entry (of a case)."""
        wanted = self._of(case_number).order_by(tables.log.c.seq.desc()).limit(1)
        found = self._connection.execute(wanted).mappings().first()
        return LogEntry(**found) if found else None

    def at(self, seq: int) -> LogEntry | None:
        """Return an entry by its number."""
        wanted = select(tables.log).where(tables.log.c.seq == seq)
        found = self._connection.execute(wanted).mappings().first()
        return LogEntry(**found) if found else None

    def count(self, case_number: str | None = None) -> int:
        """Return how many entries there are (of a case)."""
        counted = select(func.count()).select_from(self._of(case_number).subquery())
        return self._connection.execute(counted).scalar_one()

    def newest(self, case_number: str, act: str, out: str) -> LogEntry | None:
        """Return the newest entry of a case about one act that ended so."""
        about = (tables.log.c.act == act, tables.log.c.out == out)
        wanted = self._of(case_number).where(*about).order_by(tables.log.c.seq.desc()).limit(1)
        found = self._connection.execute(wanted).mappings().first()
        return LogEntry(**found) if found else None

    def newest_first(self, act: str, out: str, most: int) -> Iterator[LogEntry]:
        """Yield the newest entries about one act that ended so, at most `most`, newest first."""
        about = (tables.log.c.act == act, tables.log.c.out == out)
        wanted = select(tables.log).where(*about).order_by(tables.log.c.seq.desc()).limit(most)
        for row in self._connection.execute(wanted).mappings():
            yield LogEntry(**row)

    def entries(self, case_number: str | None = None, after: int = 0) -> Iterator[LogEntry]:
        """Return the entries (of a case) later than `after`, by seq."""
        wanted = self._of(case_number).where(tables.log.c.seq > after).order_by(tables.log.c.seq)
        for row in self._connection.execute(wanted).mappings():
            yield LogEntry(**row)

    def page(
        self, wanted: LogQuery, most: int, *, before: int | None, own: OwnEntries | None
    ) -> Iterator[LogEntry]:
        """Yield the entries that are wanted, newest first, at most `most`."""
        seq = tables.log.c.seq
        asked = _asked(wanted, own).order_by(seq.desc()).limit(most)
        if before is not None:
            asked = asked.where(seq < before)
        for row in self._connection.execute(asked).mappings():
            yield LogEntry(**row)

    def stretch(
        self, wanted: LogQuery, most: int, *, until: int, own: OwnEntries | None
    ) -> Iterator[LogEntry]:
        """Yield the entries that are wanted, by seq, at most `most`, none later than `until`."""
        seq = tables.log.c.seq
        asked = _asked(wanted, own).where(seq <= until).order_by(seq).limit(most)
        for row in self._connection.execute(asked).mappings():
            yield LogEntry(**row)

    def of_acts(
        self, acts: Collection[str], case_number: str | None = None, after: int = 0
    ) -> Iterator[LogEntry]:
        """Yield the entries (of a case) about any of these acts later than `after`, by seq."""
        entry = tables.log.c
        about = self._of(case_number).where(entry.act.in_(acts), entry.seq > after)
        wanted = about.order_by(entry.seq).execution_options(yield_per=1000)
        for row in self._connection.execute(wanted).mappings():
            yield LogEntry(**row)

    def rows(self, first: int, last: int) -> Iterator[tuple[Any, ...]]:
        """Yield rows as they are stored, whatever they hold; texts as UTF-8.

        Raises:
            IntegrityError: a page is damaged; what lies before it was yielded.
        """
        driver: Any = self._connection.connection.driver_connection
        driver.text_factory = bytes
        try:
            found = self._connection.exec_driver_sql(_ROWS, (first, last))
            while some := found.cursor.fetchmany(_AT_ONCE):
                yield from some
        except sqlite3.Error as error:
            raise IntegrityError("archive.problem.database_damaged", path="db") from error
        finally:
            driver.text_factory = str

    def no_texts(self, first: int, last: int) -> Iterator[int]:
        """Yield the seqs of rows with something else than text in a column that is shown."""
        yield from self._connection.exec_driver_sql(_NO_TEXTS, (first, last)).scalars()

    def following(self, seq: int) -> int | None:
        """Return the smallest seq above `seq`."""
        wanted = select(func.min(tables.log.c.seq)).where(tables.log.c.seq > seq)
        return self._connection.execute(wanted).scalar()

    def _of(self, case_number: str | None) -> Select[Any]:
        wanted = select(tables.log)
        if case_number is not None:
            wanted = wanted.where(tables.log.c.case_number == case_number)
        return wanted


class WitnessTable:
    """Witnesses of the log."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def add(self, witness: Witness) -> None:
        """Add a witness."""
        self._connection.execute(insert(tables.witnesses).values(asdict(witness)))

    def all(self) -> Sequence[Witness]:
        """Return every witness, by name."""
        columns = tables.witnesses.c
        wanted = select(tables.witnesses).order_by(columns.name, columns.key_sha256)
        return [Witness(**row) for row in self._connection.execute(wanted).mappings()]


class PersonTable:
    """Persons."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def add(self, person: Person) -> None:
        """Add a person."""
        self._connection.execute(insert(tables.persons).values(_columns(person)))

    def update(self, person: Person) -> None:
        """Put a person's new state in place of the old one."""
        wanted = update(tables.persons).where(tables.persons.c.person_id == person.person_id)
        self._connection.execute(wanted.values(_columns(person)))

    def by_name(self, name: str) -> Person | None:
        """Find a person, small and capital letters alike."""
        return self._one(
            select(tables.persons).where(tables.persons.c.folded_name == name.casefold())
        )

    def by_id(self, person_id: str) -> Person | None:
        """Find a person."""
        return self._one(select(tables.persons).where(tables.persons.c.person_id == person_id))

    def all(self) -> Sequence[Person]:
        """Return every person, by name."""
        wanted = select(tables.persons).order_by(tables.persons.c.folded_name)
        return [_person(row) for row in self._connection.execute(wanted).mappings()]

    def _one(self, wanted: Select[Any]) -> Person | None:
        row = self._connection.execute(wanted).mappings().first()
        return _person(row) if row else None


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


def _columns(person: Person) -> dict[str, Any]:
    row = asdict(person)
    row["roles"] = " ".join(person.roles)
    row["folded_name"] = person.name.casefold()
    return row


def _asked(wanted: LogQuery, own: OwnEntries | None) -> Select[Any]:
    """Return the query of what is wanted, of that which the person may see."""
    log = tables.log.c
    asked = select(tables.log)
    if wanted.case_number:
        asked = asked.where(log.case_number == wanted.case_number)
    if wanted.act:
        asked = asked.where(log.act == wanted.act)
    if wanted.refused:
        asked = asked.where(log.out == Out.DENIED)
    if wanted.after:
        asked = asked.where(log.seq > wanted.after)
    return asked if own is None else asked.where(_of_own(own))


def _of_own(own: OwnEntries) -> ColumnElement[bool]:
    log, case = tables.log.c, tables.cases.c
    of_case = select(1).where(case.number == log.case_number, case.owner == own.person_id).exists()
    seen = or_(log.actor == own.person_id, of_case)
    return or_(seen, log.case_number == "") if own.house else seen


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


def _person(row: Any) -> Person:
    return Person(
        person_id=row["person_id"],
        name=row["name"],
        roles=tuple(Role(one) for one in row["roles"].split()),
        disabled=bool(row["disabled"]),
        failures=row["failures"],
        last_failure=row["last_failure"],
        reset=bool(row["reset"]),
        person_sha256=row["person_sha256"],
        credential_sha256=row["credential_sha256"],
    )
