"""A real process is killed at any instant: what it announced until then is there for ever."""

from __future__ import annotations

import random
from pathlib import Path

import pytest

from tests.faults.conftest import ALL, Workshop, clear, some
from tests.faults.facts import all_is_there
from tests.faults.forked import Forked
from tests.faults.loops import Announced
from tests.faults.table import Tally

_SEED = 20261126
_KILLS = 60 if ALL else 3
_ONE_ARCHIVE = 10
"""So many kills one archive suffers before a fresh one is taken."""


@pytest.mark.parametrize("loop", some(["intake", "finding", "restore", "backup"], 2))
def test_a_kill_at_any_instant_loses_nothing_that_was_announced(
    loop: str, forked: Forked, workshop: Workshop, tally: Tally
) -> None:
    chance = random.Random(f"{_SEED} {loop}")  # noqa: S311
    place, announced, said = Path(), list[Announced](), 0
    act_s: float | None = None
    for run in range(_KILLS):
        if run % _ONE_ARCHIVE == 0:
            place, announced = workshop.place("finding"), []
            act_s = None  # the first one is killed when it has announced something
        after_s = None if act_s is None else chance.uniform(0, 1.5 * act_s)
        with tally.attempt(f"kill -9 at a random instant: {loop}", (run, after_s)):
            made, lived_s = forked.kill_at_work(loop, place, run, after_s)
            act_s = act_s or lived_s
            announced += made
            said += len(made)
            all_is_there(place, announced)
        if run % _ONE_ARCHIVE == _ONE_ARCHIVE - 1 or run == _KILLS - 1:
            clear(place)
    assert said, "it was at work when it was killed"
