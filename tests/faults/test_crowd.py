"""Many programs at one archive at once: one whole log, and nothing that was announced is lost."""

from __future__ import annotations

import pytest

from tests.faults.conftest import ALL, Workshop, clear, some
from tests.faults.facts import all_is_there
from tests.faults.forked import Forked
from tests.faults.table import Tally

_TIMES = 5 if ALL else 1
_CROWDS: dict[str, tuple[list[tuple[str, int]], int]] = {
    "8 writers, findings": ([("finding", 4)] * 8, 0),
    "8 writers, findings and imports": ([("finding", 3), ("intake", 10)] * 4, 0),
    "the same study at once": ([("the same intake", 8)] * 4, 0),
    "lock holders killed": ([("finding", 3), ("intake", 5)] * 2, 2),
}


@pytest.mark.parametrize("crowd", some(list(_CROWDS), 2))
def test_a_crowd_keeps_one_whole_log_and_loses_nothing(
    crowd: str, forked: Forked, workshop: Workshop, tally: Tally
) -> None:
    works, kill = _CROWDS[crowd]
    for time in range(_TIMES):
        with tally.attempt(f"concurrency: {crowd}", time):
            place = workshop.place("finding")
            announced = forked.crowd(place, works, kill)
            assert len(announced) == sum(count for _, count in works)
            all_is_there(place, set(announced))
            clear(place)
