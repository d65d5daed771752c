"""A wall clock that was moved is told by the clock that nobody can set."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from archive.proof import clock
from archive.proof.chain import Moment, utc
from archive.proof.clock import Reading
from archive.records import Surroundings

_NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
_S = 1_000_000_000


def _moment(after_s: float, monotonic_s: float, boot: str = "first") -> Moment:
    where = Surroundings("host", boot, "unknown", "1", "0" * 64)
    return Moment(_NOON + timedelta(seconds=after_s), int(monotonic_s * _S), where)


_EARLIER = Reading(utc(_NOON), "first", 1000 * _S)


@pytest.mark.parametrize("after_s", [0, 59, 3600, 30 * 86400])
def test_a_clock_that_goes_with_the_other_was_not_moved(after_s: int) -> None:
    assert clock.jump(_EARLIER, _moment(after_s, 1000 + after_s)) is None


@pytest.mark.parametrize("moved_s", [-3600, -61, 61, 3600, 365 * 86400])
def test_a_moved_clock_is_told_with_how_far(moved_s: int) -> None:
    said = clock.jump(_EARLIER, _moment(10 + moved_s, 1010))
    assert said is not None
    assert said["moved_s"] == moved_s
    assert said["before"] == _EARLIER.ts
    assert said["after"] == utc(_NOON + timedelta(seconds=10 + moved_s))


@pytest.mark.parametrize("moved_s", [-60, -9, 60])
def test_what_a_time_service_corrects_is_no_jump(moved_s: int) -> None:
    assert clock.jump(_EARLIER, _moment(100 + moved_s, 1100)) is None


@pytest.mark.parametrize("boot", ["first", "second", ""])
def test_a_time_before_the_newest_entry_is_always_told(boot: str) -> None:
    said = clock.jump(_EARLIER, _moment(-1, 1000, boot))
    assert said is not None
    assert said["moved_s"] == (-1 if boot == "first" else None)


@pytest.mark.parametrize("boot", ["second", ""])
def test_after_a_start_of_the_machine_any_later_time_is_believed(boot: str) -> None:
    assert clock.jump(_EARLIER, _moment(7 * 86400, 5, boot)) is None
