"""A real process is killed at any instant: what it announced until then is there for ever."""

from __future__ import annotations

import random
from pathlib import Path

import pytest

from archive.opening import Archive, open_archive
from archive.records import Actor
from tests.archive.conftest import CASE, CHEAP, PASSWORD
from tests.faults.acts import KEEPER, later_clock
from tests.faults.conftest import ALL, Workshop, clear
from tests.faults.forked import Forked
from tests.faults.loops import LOOPS, Announced
from tests.faults.table import Tally

_SEED = 20261126
_KILLS = 60 if ALL else 4
_LONGEST_S = 0.4
_ONE_ARCHIVE = 10
"""So many kills one archive suffers before a fresh one is taken."""


@pytest.mark.parametrize("loop", list(LOOPS))
def test_a_kill_at_any_instant_loses_nothing_that_was_announced(
    loop: str, forked: Forked, workshop: Workshop, tally: Tally
) -> None:
    chance = random.Random(f"{_SEED} {loop}")  # noqa: S311
    place, announced, said = Path(), set[Announced](), 0
    for run in range(_KILLS):
        if run % _ONE_ARCHIVE == 0:
            place, announced = workshop.place("finding"), set()
        # The first ones of a run are let work, so that something was announced.
        after_s = _LONGEST_S * (4 if run % _ONE_ARCHIVE == 0 else chance.random())
        with tally.attempt(f"kill -9 at a random instant: {loop}", (run, after_s)):
            made = forked.kill_at_work(loop, place, run, after_s)
            announced.update(made)
            said += len(made)
            _all_is_there(place, announced)
        if run % _ONE_ARCHIVE == _ONE_ARCHIVE - 1 or run == _KILLS - 1:
            clear(place)
    assert said, "it was at work when it was killed"


def _all_is_there(place: Path, announced: set[Announced]) -> None:
    with open_archive(place / "evidence", clock=later_clock(999), cost=CHEAP) as archive:
        report = archive.verify.run()
        assert report.ok, [str(one) for one in report.problems]
        keeper = archive.access.login(KEEPER, PASSWORD)
        missing = announced - _found(archive, keeper)
        assert not missing, f"announced and lost: {sorted(missing)}"


def _found(archive: Archive, keeper: Actor) -> set[Announced]:
    case = archive.cases.open(keeper, CASE)
    found = {("finding", one.finding_id) for one in case.findings}
    with archive._journal.database.reading() as work:
        for one in archive.cases.list(keeper):
            found |= {(one.number, row.sha256) for row in work.cases.files(one.number)}
    return found
