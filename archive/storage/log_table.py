"""The log, in and out, on the connection of one transaction."""

from __future__ import annotations

import sqlite3
from collections.abc import Collection, Iterator, Sequence
from typing import Any

from sqlalchemy import ColumnElement, Connection, Select, func, insert, or_, select

from archive.records import LogEntry, LogQuery, Out, OwnEntries
from archive.storage import tables
from virtopsy.errors import IntegrityError

_FETCHED = 1000
_TEXTS = ("prev", "hash", "ts", "actor", "act", "out", "case_number")
_ROWS = f"SELECT seq, body, {', '.join(_TEXTS)} FROM log WHERE seq BETWEEN ? AND ? ORDER BY seq"  # noqa: S608
_OTHER = " OR ".join(f"typeof({one}) <> 'text'" for one in _TEXTS)
_NO_TEXTS = f"SELECT seq FROM log WHERE seq BETWEEN ? AND ? AND ({_OTHER})"  # noqa: S608


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

    def size(self) -> int:
        """Return the newest entry's number: the log has so many entries, where none is gone."""
        newest = select(func.max(tables.log.c.seq))
        return self._connection.execute(newest).scalar() or 0

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
        wanted = about.order_by(entry.seq).execution_options(yield_per=_FETCHED)
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
            while some := found.cursor.fetchmany(_FETCHED):
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
