"""Entries as the database gives them, and what the check of a log says of them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import astuple
from datetime import UTC, datetime, timedelta

from archive.proof import chain
from archive.proof.chain import Act, Moment
from archive.proof.plain_rows import Row
from archive.proof.stretch import Fault, Join
from archive.proof.walk import Walk
from archive.records import LogEntry, Surroundings

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
_HERE = Surroundings("host", "boot", "unknown", "1", "0" * 64)


def written(acts: Sequence[Act], seconds: Iterable[int] | None = None) -> list[LogEntry]:
    """Return the entries of the log "log" about acts, one a second or at these seconds."""
    made: list[LogEntry] = []
    last: dict[str, LogEntry] = {}
    for act, second in zip(acts, seconds or range(len(acts)), strict=False):
        moment = Moment(NOON + timedelta(seconds=second), 2**60 + second, _HERE)
        before, in_case = (made[-1] if made else None), last.get(act.case)
        made.append(chain.entry("log", act, moment, before=before, before_in_case=in_case))
        last[act.case] = made[-1]
    return made


def row(one: LogEntry) -> Row:
    """Return an entry as a row: texts in UTF-8."""
    texts = (part.encode() if isinstance(part, str) else part for part in astuple(one)[2:9])
    return (one.seq, one.body, *texts, 1)


def faults(log: str, entries: Iterable[LogEntry]) -> Iterator[Fault]:
    """Yield what is wrong with entries that are one stretch."""
    walk = Walk(log, 1)
    walk.add_all(list(map(row, entries)))
    yield from Join().add(walk.done())
