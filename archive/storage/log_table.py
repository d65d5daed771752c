"""The log, in and out, on the connection of one transaction."""

from __future__ import annotations

import sqlite3
from collections.abc import Collection, Iterator, Mapping, Sequence
from functools import cache
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    Select,
    bindparam,
    false,
    func,
    insert,
    or_,
    select,
)

from archive.records import LogEntry, LogQuery, Out, OwnEntries
from archive.storage import tables
from virtopsy.errors import IntegrityError

_FETCHED = 1000
_AT_ONCE = 256  # rows with their bodies: what a processor holds near itself
_TEXTS = ("prev", "hash", "ts", "actor", "act", "out", "case_number")
_SURE = " AND ".join((*(f"{one} < x''" for one in _TEXTS), "body >= x''"))
"""Texts are neither a BLOB, which SQLite sorts behind every text, nor NULL, and the body is one."""
_WITHIN = "FROM log WHERE seq BETWEEN ? AND ?"
_ROWS = f"SELECT seq, body, {', '.join(_TEXTS)}, {_SURE} {_WITHIN} ORDER BY seq"
_OTHER = " OR ".join((*(f"typeof({one}) <> 'text'" for one in _TEXTS), "typeof(body) <> 'blob'"))
_NO_TEXTS = f"SELECT seq {_WITHIN} AND ({_OTHER})"
_LOG = tables.log.c
_COLUMNS = tuple(one.name for one in _LOG)
"""The first fields of an entry, in their order; the rest is for whoever reads."""

# Statements are made once: making one takes longer than what it asks.
_ENTRIES = select(tables.log)
_OF_CASE = _ENTRIES.where(_LOG.case_number == bindparam("case_number"))
_LATER = _LOG.seq > bindparam("after")
_NEWEST_FIRST = _LOG.seq.desc()
_LAST = _ENTRIES.order_by(_NEWEST_FIRST).limit(1)
_LAST_OF_CASE = _OF_CASE.order_by(_NEWEST_FIRST).limit(1)
_SIZE = select(func.max(_LOG.seq))
_AT = _ENTRIES.where(_LOG.seq == bindparam("seq"))
_AFTER = _ENTRIES.where(_LATER).order_by(_LOG.seq)
_AFTER_OF_CASE = _OF_CASE.where(_LATER).order_by(_LOG.seq)
_ABOUT = (_LOG.act == bindparam("act"), _LOG.out == bindparam("out"))
_NEWEST_OF_CASE = _OF_CASE.where(*_ABOUT).order_by(_NEWEST_FIRST).limit(1)
_COUNT = select(func.count()).select_from(tables.log)
_COUNT_OF_CASE = _COUNT.where(_LOG.case_number == bindparam("case_number"))
_ADD = insert(tables.log)
_NOTHING: Mapping[str, object] = {}


class LogTable:
    """The log."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def add(self, entry: LogEntry) -> None:
        """Append a row."""
        self.add_many([entry])

    def add_many(self, entries: Sequence[LogEntry]) -> None:
        """Append rows, in one statement.

        Raises:
            IntegrityError: the database left some out, as a table with other rules may.
        """
        rows = [{name: getattr(one, name) for name in _COLUMNS} for one in entries]
        if rows and self._connection.execute(_ADD, rows).rowcount != len(rows):
            raise IntegrityError("migration.changed", path="db")

    def last(self, case_number: str | None = None) -> LogEntry | None:
        """Return the newest entry (of a case)."""
        if case_number is None:
            return self._one(_LAST)
        return self._one(_LAST_OF_CASE, {"case_number": case_number})

    def size(self) -> int:
        """Return the newest entry's number: the log has so many entries, where none is gone."""
        return _number(self._connection.execute(_SIZE).scalar()) or 0

    def at(self, seq: int) -> LogEntry | None:
        """Return an entry by its number."""
        return self._one(_AT, {"seq": seq})

    def count(self, case_number: str | None = None) -> int:
        """Return how many entries there are (of a case)."""
        if case_number is None:
            return self._connection.execute(_COUNT).scalar_one()
        return self._connection.execute(_COUNT_OF_CASE, {"case_number": case_number}).scalar_one()

    def newest(self, case_number: str, act: str, out: str) -> LogEntry | None:
        """Return the newest entry of a case about one act that ended so."""
        return self._one(_NEWEST_OF_CASE, {"case_number": case_number, "act": act, "out": out})

    def newest_first(self, act: str, out: str, most: int) -> Iterator[LogEntry]:
        """Yield the newest entries about one act that ended so, at most `most`, newest first."""
        wanted = _ENTRIES.where(*_ABOUT).order_by(_NEWEST_FIRST).limit(most)
        return self._entries(wanted, {"act": act, "out": out})

    def entries(self, case_number: str | None = None, after: int = 0) -> Iterator[LogEntry]:
        """Return the entries (of a case) later than `after`, by seq."""
        if case_number is None:
            return self._entries(_AFTER, {"after": after})
        return self._entries(_AFTER_OF_CASE, {"case_number": case_number, "after": after})

    def page(
        self, wanted: LogQuery, most: int, *, before: int | None, own: OwnEntries | None
    ) -> Iterator[LogEntry]:
        """Yield the entries that are wanted, newest first, at most `most`."""
        asked = _asked(wanted, own).order_by(_NEWEST_FIRST).limit(most)
        if before is not None:
            asked = asked.where(_LOG.seq < before)
        return self._entries(asked)

    def stretch(
        self, wanted: LogQuery, most: int, *, until: int, own: OwnEntries | None
    ) -> Iterator[LogEntry]:
        """Yield the entries that are wanted, by seq, at most `most`, none later than `until`."""
        asked = _asked(wanted, own).where(_LOG.seq <= until).order_by(_LOG.seq).limit(most)
        return self._entries(asked)

    def of_acts(
        self, acts: Collection[str], case_number: str | None = None, after: int = 0
    ) -> Iterator[LogEntry]:
        """Yield the entries (of a case) about any of these acts later than `after`, by seq."""
        given = {"case_number": case_number, "after": after}
        return self._entries(_of_acts(frozenset(acts), case_number is not None), given)

    def rows(self, first: int, last: int) -> Iterator[Sequence[tuple[Any, ...]]]:
        """Yield rows as they are stored, whatever they hold, some at a time; texts as UTF-8.

        Raises:
            IntegrityError: a page is damaged; what lies before it was yielded.
        """
        driver: Any = self._connection.connection.driver_connection
        driver.text_factory = bytes
        try:
            found = self._connection.exec_driver_sql(_ROWS, (first, last))
            while some := found.cursor.fetchmany(_AT_ONCE):
                yield some
        except sqlite3.Error as error:
            raise IntegrityError("archive.problem.database_damaged", path="db") from error
        finally:
            driver.text_factory = str

    def no_texts(self, first: int, last: int) -> Iterator[int]:
        """Yield the seqs of rows with something else than text in a column that is shown."""
        yield from self._connection.exec_driver_sql(_NO_TEXTS, (first, last)).scalars()

    def following(self, seq: int) -> int | None:
        """Return the smallest seq above `seq`."""
        wanted = select(func.min(_LOG.seq)).where(_LOG.seq > seq)
        return _number(self._connection.execute(wanted).scalar())

    def _one(self, wanted: Select[Any], given: Mapping[str, object] = _NOTHING) -> LogEntry | None:
        found = self._connection.execute(wanted, given).first()
        return _entry(*found) if found else None

    def _entries(
        self, wanted: Select[Any], given: Mapping[str, object] = _NOTHING
    ) -> Iterator[LogEntry]:
        for row in self._connection.execute(wanted, given):
            yield _entry(*row)


def _entry(seq: int, body: Any, *texts: Any) -> LogEntry:
    """Return an entry as it is shown; what is no text is told as one, and `verify` names it."""
    if type(body) is not bytes:
        body = str(body).encode("utf-8", "replace")
    if any(type(one) is not str for one in texts):
        return LogEntry(seq, body, *map(_legible, texts))
    return LogEntry(seq, body, *texts)


def _legible(stored: Any) -> str:
    return stored.decode("utf-8", "replace") if isinstance(stored, bytes) else str(stored)


def _number(found: object) -> int | None:
    """Return the number of an entry.

    Raises:
        IntegrityError: it is none: another table stands in the place of the log.
    """
    if found is not None and not isinstance(found, int):
        raise IntegrityError("archive.problem.database_damaged", path="db")
    return found


@cache
def _of_acts(acts: frozenset[str], of_case: bool) -> Select[Any]:
    """Return the query of entries about acts; the program knows few lists of them.

    Said as alternatives: a list that grows with each question is spelt anew each time.
    """
    about = or_(false(), *(_LOG.act == one for one in sorted(acts)))
    return (_OF_CASE if of_case else _ENTRIES).where(about, _LATER).order_by(_LOG.seq)


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
