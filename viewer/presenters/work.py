"""Long work from the screen's side: what runs, how far it is, its end in the screen's thread."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import dataclass
from typing import Literal, TypeAlias, TypeVar

from viewer.presenters.value import Value
from virtopsy.errors import Cancelled, VirtopsyError
from virtopsy.jobs import Lanes, Progress

T = TypeVar("T")
Post: TypeAlias = Callable[[Callable[[], None]], None]
"""Runs a function in the screen's thread, soon; callable from any thread."""
_MOST_STEPS = 1_000_000


@dataclass(frozen=True, eq=False)
class Running:
    """One job on the bottom line.

    Attributes:
        label: message key of what is done.
        progress: its `cancel` stops the job.
        done: (steps behind, steps in all); (0, 0) while unknown.
    """

    label: str
    progress: Progress
    done: Value[tuple[int, int]]


def _steps(done: int, total: int) -> tuple[int, int]:
    """Return how far a job is in numbers a screen's bar can hold: bytes are too many for it."""
    return (done, total) if total <= _MOST_STEPS else (done * _MOST_STEPS // total, _MOST_STEPS)


class Work:
    """Starts jobs in the lanes and brings their ends back to the screen's thread."""

    def __init__(self, lanes: Lanes, post: Post) -> None:
        self._lanes = lanes
        self.post = post
        self.running: Value[tuple[Running, ...]] = Value(())

    def start(  # noqa: PLR0913 -- one argument for each way a job may end
        self,
        label: str,
        job: Callable[[Progress], T],
        done: Callable[[T], None],
        failed: Callable[[VirtopsyError], None],
        *,
        lane: Literal["work", "archive"] = "work",
        cancelled: Callable[[], None] = lambda: None,
        quiet: bool = False,
    ) -> Running:
        """Run `job` in the background; a quiet one, which nobody waits for, is not shown.

        `done`, `failed` or `cancelled` is called in the screen's thread. An
        error of ours (anything but `VirtopsyError`) is raised again in the screen's thread, where
        the last-resort reporter sees it.
        """
        steps: Value[tuple[int, int]] = Value((0, 0))
        progress = Progress(lambda a, b: self.post(lambda: steps.set(_steps(a, b))))
        running = Running(label, progress, steps)
        if not quiet:
            self.running.set((*self.running.now, running))
        submit = self._lanes.archive if lane == "archive" else self._lanes.work
        future = submit(lambda: job(progress))

        def finish(ended: Future[T]) -> None:
            self.post(lambda: self._end(running, ended, done, failed, cancelled))

        future.add_done_callback(finish)
        return running

    def _end(
        self,
        running: Running,
        ended: Future[T],
        done: Callable[[T], None],
        failed: Callable[[VirtopsyError], None],
        cancelled: Callable[[], None],
    ) -> None:
        self.running.set(tuple(one for one in self.running.now if one is not running))
        if ended.cancelled():
            cancelled()
            return
        error = ended.exception()
        if error is None:
            done(ended.result())
        elif isinstance(error, Cancelled):
            cancelled()
        elif isinstance(error, VirtopsyError):
            failed(error)
        else:
            raise error
