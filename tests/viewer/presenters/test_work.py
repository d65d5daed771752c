"""A job's way is told in numbers that a bar on the screen can hold."""

from __future__ import annotations

from collections.abc import Callable

from viewer.presenters.work import Work
from virtopsy.jobs import Lanes, Progress


def test_gigabytes_are_told_in_steps_a_bar_can_hold() -> None:
    told: list[tuple[int, int]] = []
    waiting: list[Callable[[], None]] = []
    lanes = Lanes()
    work = Work(lanes, waiting.append)

    def job(progress: Progress) -> None:
        progress.tick(6_000_000_000, 6_000_000_000)

    running = work.start("keeping.job.save", job, lambda _: None, lambda _: None)
    running.done.subscribe(told.append)
    lanes.close()
    for one in waiting:
        one()
    done, total = told[-1]
    assert done == total
    assert total < 2**31
