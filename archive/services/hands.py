"""Two threads that copy and hash, counted in bytes: the disk and the hash need not wait in turn.

Hashing, reading and writing let other threads run, so two of them use two processors.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor, wait
from contextlib import contextmanager
from threading import Event, Lock

from virtopsy.jobs import Progress, silent

HANDS = 2
_TELL_EVERY_S = 0.04


class Stopped(Exception):  # noqa: N818 -- not a failure: another thread failed, or the person
    """The work these threads do is wanted no longer."""


class Tally:
    """Bytes done of all there are, told by one thread and counted by several.

    Args:
        progress: hears of it, and asks for cancelling.
        total: bytes expected; more may be found on the way.
    """

    def __init__(self, progress: Progress, total: int) -> None:
        self.progress = progress
        self._done = 0
        self._total = total
        self._lock = Lock()
        self._stop = Event()

    def expect(self, more: int) -> None:
        """Add to what there is to do."""
        self._total += more

    def count(self, size: int) -> None:
        """Count bytes done; called within a file, so that it can be left in its middle.

        Raises:
            Cancelled: the person asked for it.
            Stopped: the work is wanted no longer.
        """
        with self._lock:
            self._done += size
        self.check()

    def check(self) -> None:
        """Stop here where nothing more is wanted; raises as `count`."""
        self.progress.check()
        if self._stop.is_set():
            raise Stopped

    def stop(self) -> None:
        """Let every thread end at its next look."""
        self._stop.set()

    def tell(self) -> None:
        """Tell how far it is; never that it is done, which is not so before it is recorded."""
        total = max(self._total, 1)
        self.progress.tick(min(self._done, total - 1), total)


@contextmanager
def hands(
    work: Callable[[int], None], count: int, tally: Tally, ended: Callable[[], None] = silent
) -> Iterator[None]:
    """Do `work(0)` ... `work(count - 1)` in two threads beside the block, which ends after them.

    The first failure ends the rest, and is raised.

    Args:
        work: to be done.
        count: how often.
        tally: asked for an early end, and told how far it is.
        ended: called by each of the `HANDS` threads when it ends.
    """
    numbers = iter(range(count))  # one iterator for all: taking the next is one step

    def all_there_is() -> None:
        try:
            for number in numbers:
                tally.check()
                work(number)
        except BaseException:
            tally.stop()
            raise
        finally:
            ended()

    with ThreadPoolExecutor(HANDS, thread_name_prefix="intake") as pool:
        futures = [pool.submit(all_there_is) for _ in range(HANDS)]
        try:
            yield
        except BaseException:
            tally.stop()
            raise
        while wait(futures, _TELL_EVERY_S).not_done:
            try:
                tally.tell()
            except BaseException:
                tally.stop()
                raise
    failures = [error for one in futures if (error := one.exception()) is not None]
    for error in sorted(failures, key=lambda one: isinstance(one, Stopped)):
        raise error


def side_by_side(work: Callable[[int], None], count: int, tally: Tally) -> None:
    """Do `work(0)` ... `work(count - 1)` in two threads and wait; the first failure is raised."""
    with hands(work, count, tally):
        pass
