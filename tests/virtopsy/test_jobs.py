"""Long work: it can be watched, it can be stopped, and the archive's lane is serial."""

from __future__ import annotations

import os
import sys
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import CancelledError
from functools import partial

import pytest

from virtopsy.errors import Cancelled
from virtopsy.jobs import Lanes, Progress, give_way


@pytest.fixture
def lanes() -> Iterator[Lanes]:
    made = Lanes()
    yield made
    made.close()


def test_the_first_and_the_last_tick_are_always_reported() -> None:
    seen: list[tuple[int, int]] = []
    progress = Progress(lambda done, total: seen.append((done, total)))
    for done in range(1001):
        progress.tick(done, 1000)
    assert seen[0] == (0, 1000)
    assert seen[-1] == (1000, 1000)


def test_reports_are_throttled_to_thirty_a_second() -> None:
    seen: list[int] = []
    progress = Progress(lambda done, _: seen.append(done))
    begun = time.monotonic()
    while time.monotonic() - begun < 0.2:
        progress.tick(1, 2)
    took = time.monotonic() - begun
    assert 1 <= len(seen) <= took * 30 + 1


def test_a_silent_progress_costs_nothing_and_says_nothing() -> None:
    Progress().tick(1, 2)


def test_a_cancelled_job_stops_at_its_next_tick_and_not_before() -> None:
    progress = Progress()
    progress.tick(0, 3)
    progress.cancel()
    with pytest.raises(Cancelled):
        progress.tick(1, 3)


def test_a_job_is_stopped_from_another_thread(lanes: Lanes) -> None:
    progress, started = Progress(), threading.Event()

    def endless() -> None:
        while True:
            progress.tick(0, 1)
            started.set()

    running = lanes.work(endless)
    assert started.wait(5)
    progress.cancel()
    with pytest.raises(Cancelled):
        running.result(5)


def test_archive_jobs_run_one_after_another_in_the_order_given(lanes: Lanes) -> None:
    inside, most, order = [0], [0], []

    def job(number: int) -> int:
        inside[0] += 1
        most[0] = max(most[0], inside[0])
        time.sleep(0.002)
        order.append(number)
        inside[0] -= 1
        return number

    futures = [lanes.archive(partial(job, number)) for number in range(20)]
    assert [future.result(5) for future in futures] == list(range(20))
    assert order == list(range(20))
    assert most == [1]


def test_work_runs_beside_the_archive(lanes: Lanes) -> None:
    both = threading.Barrier(2, timeout=5)
    archive, work = lanes.archive(both.wait), lanes.work(both.wait)
    assert {archive.result(5), work.result(5)} == {0, 1}


def test_closing_finishes_what_the_archive_was_given_and_drops_waiting_work() -> None:
    lanes = Lanes(workers=1)
    may_end = threading.Event()
    done: list[int] = []
    running = lanes.work(may_end.wait)
    waiting = lanes.work(partial(done.append, -1))
    for number in range(5):
        lanes.archive(partial(done.append, number))
    threading.Timer(0.05, may_end.set).start()
    lanes.close()
    assert running.result() is True
    assert done == [0, 1, 2, 3, 4]
    with pytest.raises(CancelledError):
        waiting.result()
    with pytest.raises(RuntimeError):
        lanes.archive(lambda: None)


def test_an_error_reaches_whoever_asked(lanes: Lanes) -> None:
    def fail() -> None:
        raise Cancelled

    with pytest.raises(Cancelled):
        lanes.archive(fail).result(5)


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux has priorities of single threads")
def test_a_thread_that_gives_way_and_what_it_starts_go_behind_the_others() -> None:
    found: list[int] = []

    def niceness() -> int:
        return os.getpriority(os.PRIO_PROCESS, threading.get_native_id())

    def ends(job: Callable[[], None]) -> None:
        thread = threading.Thread(target=job)
        thread.start()
        thread.join()

    def polite() -> None:
        give_way()
        found.append(niceness())
        ends(lambda: found.append(niceness()))

    before = niceness()
    ends(polite)
    assert min(found) > before
    assert niceness() == before
