"""Entries as the database gives them, and what the check of a log says of them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import astuple

from archive.proof.plain_rows import Row
from archive.proof.stretch import Fault, Join
from archive.proof.walk import Walk
from archive.records import LogEntry


def row(one: LogEntry) -> Row:
    """Return an entry as a row: texts in UTF-8."""
    texts = (part.encode() if isinstance(part, str) else part for part in astuple(one)[2:9])
    return (one.seq, one.body, *texts, 1)


def faults(log: str, entries: Iterable[LogEntry]) -> Iterator[Fault]:
    """Yield what is wrong with entries that are one stretch."""
    walk = Walk(log, 1)
    walk.add_all(list(map(row, entries)))
    yield from Join().add(walk.done())
