"""Writing the index as log and objects tell it: a rebuilt database, a new table of an old one."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import islice
from typing import TypeVar

from archive.ports import Blobs, UnitOfWork
from archive.proof import merkle
from archive.records import LogEntry
from archive.services.replay import Expected, replay
from virtopsy.jobs import Progress

T = TypeVar("T")
_ROWS = 2000


def fill_log(work: UnitOfWork, entries: Iterable[LogEntry], progress: Progress) -> set[str]:
    """Write the log with the kept nodes of its tree; return the numbers of the cases it names."""
    cases: set[str] = set()

    def leaves() -> Iterator[bytes]:
        for rows in _portions(entries):
            progress.check()
            work.log.add_many(rows)
            cases.update(one.case_number for one in rows)
            yield from (bytes.fromhex(one.hash) for one in rows)

    for node in merkle.grown(leaves()):
        work.tree.add(*node)
    return cases - {""}


def fill(work: UnitOfWork, expected: Expected) -> None:
    """Write every row that is expected into tables that hold none of them yet."""
    for person in expected.persons.values():
        work.persons.add(person)
    for case in expected.cases.values():
        work.cases.add(case)
    for series in expected.series.values():
        work.cases.put_series(series)
    for files in _portions(expected.files.values()):
        work.cases.add_files(files)
    for thing in expected.things.values():
        work.cases.add_thing(thing)


def fill_archive(work: UnitOfWork, blobs: Blobs) -> None:
    """Write what belongs to no case: the log in `work` tells it."""
    fill(work, replay(work.log.entries(""), blobs))


def fill_cases(work: UnitOfWork, cases: Iterable[str], blobs: Blobs, progress: Progress) -> None:
    """Write case after case, so that no more than one is in memory."""
    wanted = sorted(cases)
    for done, number in enumerate(wanted):
        progress.tick(done, len(wanted))
        fill(work, replay(work.log.entries(number), blobs))
    progress.tick(len(wanted), len(wanted))


def _portions(rows: Iterable[T]) -> Iterator[list[T]]:
    rest = iter(rows)
    while portion := list(islice(rest, _ROWS)):
        yield portion
