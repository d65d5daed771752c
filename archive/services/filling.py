"""Writing the index as log and objects tell it: a rebuilt database, a new table of an old one."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from typing import TypeVar

from archive.ports import Blobs, UnitOfWork
from archive.proof import merkle
from archive.records import LogEntry
from archive.services.replay import ACTS_OF_ARCHIVE, ACTS_OF_CASE, Expected, replay
from archive.services.searched import expected_items
from virtopsy.jobs import Progress

T = TypeVar("T")
_ROWS = 2000


def fill_log(work: UnitOfWork, entries: Iterable[LogEntry], progress: Progress) -> None:
    """Write the log with the kept nodes of its tree."""

    def leaves() -> Iterator[bytes]:
        for rows in _portions(entries):
            progress.check()
            work.log.add_many(rows)
            yield from (bytes.fromhex(one.hash) for one in rows)

    for node in merkle.grown(leaves()):
        work.tree.add(*node)


def add_entry(work: UnitOfWork, entry: LogEntry) -> None:
    """Write one more entry with the nodes of the tree that it completes."""
    work.log.add(entry)
    for level, place in merkle.completed(entry.seq):
        work.tree.add(level, place, merkle.Tree(work.tree).node(level, place))


def fill(work: UnitOfWork, expected: Expected, blobs: Blobs, progress: Progress) -> None:
    """Write every row that is expected into tables that hold none of them yet."""
    for person in expected.persons.values():
        work.persons.add(person)
    for witness in expected.witnesses.values():
        work.witnesses.add(witness)
    for case in expected.cases.values():
        work.cases.add(case)
    for series in expected.series.values():
        work.cases.put_series(series)
    for files in _portions(expected.files.values()):
        work.cases.add_files(files)
    for things in _portions(expected.things.values()):
        work.cases.add_things(things)
    work.cases.add_tombstones(list(expected.tombstones.values()))
    items, _ = expected_items(expected, blobs, progress.check)
    work.search.add(items.values())


def fill_archive(work: UnitOfWork, blobs: Blobs, progress: Progress) -> tuple[list[str], set[str]]:
    """Write what belongs to no case; the log in `work` tells it.

    Returns:
        The numbers of the cases; and what a damaged object alone tells, as `fill_cases`.
    """
    told = replay(work.log.of_acts(ACTS_OF_ARCHIVE), blobs)
    fill(work, told, blobs, progress)
    return sorted(told.cases), told.untold


def fill_cases(
    work: UnitOfWork, cases: Sequence[str], blobs: Blobs, progress: Progress
) -> set[str]:
    """Write case after case, so that no more than one is in memory.

    Returns:
        Cases that a damaged object alone tells: their rows are missing.
    """
    untold: set[str] = set()
    for done, number in enumerate(cases):
        progress.tick(done, len(cases))
        told = replay(work.log.of_acts(ACTS_OF_CASE, number), blobs)
        fill(work, told, blobs, progress)
        untold |= told.untold
    return untold


def _portions(rows: Iterable[T]) -> Iterator[list[T]]:
    rest = iter(rows)
    while portion := list(islice(rest, _ROWS)):
        yield portion
