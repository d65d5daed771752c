"""A stretch of the log as it is stored: read here, or by a worker process."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from archive.ports import Database
from archive.proof.stretch import SIZE, Stretch
from archive.proof.walk import Walk
from archive.services.replay import NAMES_NOTHING
from archive.services.verify_findings import DAMAGE


@dataclass(frozen=True)
class Task:
    """A stretch to be checked.

    Attributes:
        log: the archive's uuid.
        first: its first seq.
        last: the last one of the log.
        sizes: log sizes within it whose root is asked for.
        case: whose objects are asked for; None: all.
    """

    database: Database
    log: str
    first: int
    last: int
    sizes: tuple[int, ...]
    case: str | None


def walk(task: Task) -> Stretch:
    """Check one stretch; up to the first damaged page."""
    found = Walk(task.log, task.first, task.sizes, names_nothing=NAMES_NOTHING, case=task.case)
    try:
        with task.database.reading() as work:
            end = min(task.first + SIZE - 1, task.last)
            for rows in work.log.rows(task.first, end):
                found.add_all(rows)
            if found.one_by_one:
                for seq in work.log.no_texts(task.first, end):
                    found.fault(seq, "log_columns_differ")
    except DAMAGE:
        return found.done(broken=True)
    return found.done()


def bodies(task: Task) -> dict[int, Any]:
    """Return the bodies of a stretch by seq, as far as they can be read."""
    found: dict[int, Any] = {}
    try:
        with task.database.reading() as work:
            for rows in work.log.rows(task.first, min(task.first + SIZE - 1, task.last)):
                found.update((row[0], row[1]) for row in rows)
    except DAMAGE:
        return found
    return found
