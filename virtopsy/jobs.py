"""Long work as a plain function of a `Progress`; the lanes it runs in.

A job never knows a screen: it calls ``progress.tick(done, total)`` as often as it likes. Ticks
reach the listener at most thirty times a second, because in a rival's import the progress
signals alone cost 72 of 83 seconds.
"""

from __future__ import annotations

import os
import sys
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from typing import TypeVar

from virtopsy.errors import Cancelled

T = TypeVar("T")
_GIVEN_WAY = 5  # nice: a third of the time of a thread at 0 that wants the same core
_INTERVAL_S = 1 / 30


class Progress:
    """How far a job is, and whether it shall stop.

    Args:
        report: called with (done, total) from the job's own thread, throttled; None is silent.
    """

    def __init__(self, report: Callable[[int, int], None] | None = None) -> None:
        self._report = report
        self._cancel = threading.Event()
        self._next_report = 0.0

    def cancel(self) -> None:
        """Ask the job to stop at its next tick. Callable from any thread."""
        self._cancel.set()

    def check(self) -> None:
        """Stop here where the user asked for it; tells nobody how far the job is.

        Raises:
            Cancelled: the user asked for it.
        """
        if self._cancel.is_set():
            raise Cancelled

    def tick(self, done: int, total: int) -> None:
        """Tell that `done` of `total` steps are behind.

        Raises:
            Cancelled: the user asked for it since the last tick.
        """
        self.check()
        if self._report is None:
            return
        now = time.monotonic()
        if now >= self._next_report or done >= total:
            self._next_report = now + _INTERVAL_S
            self._report(done, total)


def silent() -> None:
    """Tell nobody how far something is, where nobody asked."""


def checked(items: Iterable[T], check: Callable[[], None]) -> Iterator[T]:
    """Yield the items; `check` is called before each, and what it raises ends them."""
    for one in items:
        check()
        yield one


def give_way() -> None:
    """Let threads that a person waits for go before this one and those it starts.

    For threads that compute without the interpreter: one that is put off while it holds the
    interpreter's lock puts off everybody.

    Linux alone has priorities of single threads that need no rights; elsewhere nothing is done.
    """
    if sys.platform == "linux":
        os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), _GIVEN_WAY)


class Lanes:
    """Two lanes of background work: one serial for the archive, a pool for the rest."""

    def __init__(self, workers: int = 2) -> None:
        self._archive = ThreadPoolExecutor(1, thread_name_prefix="archive")
        self._pool = ThreadPoolExecutor(workers, thread_name_prefix="work")

    def archive(self, job: Callable[[], T]) -> Future[T]:
        """Run `job` after every earlier archive job has ended."""
        return self._archive.submit(job)

    def work(self, job: Callable[[], T]) -> Future[T]:
        """Run `job` beside others."""
        return self._pool.submit(job)

    def close(self) -> None:
        """Wait for what runs and accept nothing more."""
        self._pool.shutdown(wait=True, cancel_futures=True)
        self._archive.shutdown(wait=True)
