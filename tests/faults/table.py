"""The faults as figures: what was tried, what survived, what was lost."""

from __future__ import annotations

import traceback
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field

import pytest


@dataclass
class Tally:
    """Counts the tries of one test; a loss is noted and the rest still tried.

    Attributes:
        rows: fault -> (tries, survived).
    """

    rows: dict[str, tuple[int, int]] = field(default_factory=dict)
    losses: list[str] = field(default_factory=list)

    @contextmanager
    def attempt(self, row: str, detail: object = "") -> Iterator[None]:
        """Count what happens within as one try: survived, unless something is raised."""
        survived = 0
        try:
            yield
            survived = 1
        except (Exception, pytest.fail.Exception) as error:  # noqa: BLE001 -- each one is a loss
            notes = " ".join(getattr(error, "__notes__", ()))
            where = traceback.extract_tb(error.__traceback__)[-1]
            at = f"{where.filename.rsplit('/', 1)[-1]}:{where.lineno}"
            self.losses.append(f"{row}: {detail}: {type(error).__name__} {error} {notes} {at}")
        finally:
            self.count(row, 1, survived)

    def count(self, row: str, tries: int, survived: int) -> None:
        """Add tries to a row."""
        before = self.rows.get(row, (0, 0))
        self.rows[row] = (before[0] + tries, before[1] + survived)


def table(parts: Iterable[Mapping[str, tuple[int, int]]]) -> list[str]:
    """Return the lines of the table, rows in the order of the alphabet, with a sum."""
    sums: dict[str, tuple[int, int]] = {}
    for part in parts:
        for row, (tries, survived) in part.items():
            before = sums.get(row, (0, 0))
            sums[row] = (before[0] + tries, before[1] + survived)
    if not sums:
        return []
    width = max(map(len, [*sums, "fault"]))
    total = (sum(tries for tries, _ in sums.values()), sum(one for _, one in sums.values()))
    lines = [f"{'fault':{width}}  {'tries':>6}  {'survived':>8}  {'lost':>5}"]
    for row, (tries, survived) in [*sorted(sums.items()), ("all", total)]:
        lines.append(f"{row:{width}}  {tries:6}  {survived:8}  {tries - survived:5}")
    return lines
