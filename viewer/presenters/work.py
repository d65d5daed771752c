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


class Work:
    """Starts jobs in the lanes and brings their ends back to the screen's thread."""

    def __init__(self, lanes: Lanes, post: Post) -> None:
        self._lanes = lanes
        self._post = post
        self.running: Value[tuple[Running, ...]] = Value(())

    def start(
        self,
        label: str,
        job: Callable[[Progress], T],
        done: Callable[[T], None],
        failed: Callable[[VirtopsyError], None],
        *,
        lane: Literal["work", "archive"] = "work",
    ) -> Running:
        """Run `job` in the background.

        `done` or `failed` is called in the screen's thread. A cancelled job calls neither. An
        error of ours (anything but `VirtopsyError`) is raised again in the screen's thread, where
        the last-resort reporter sees it.
        """
        steps: Value[tuple[int, int]] = Value((0, 0))
        progress = Progress(lambda a, b: self._post(lambda: steps.set((a, b))))
        running = Running(label, progress, steps)
        self.running.set((*self.running.now, running))
        submit = self._lanes.archive if lane == "archive" else self._lanes.work
        future = submit(lambda: job(progress))

        def finish(ended: Future[T]) -> None:
            self._post(lambda: self._end(running, ended, done, failed))

        future.add_done_callback(finish)
        return running

    def _end(
        self,
        running: Running,
        ended: Future[T],
        done: Callable[[T], None],
        failed: Callable[[VirtopsyError], None],
    ) -> None:
        self.running.set(tuple(one for one in self.running.now if one is not running))
        if ended.cancelled():
            return
        error = ended.exception()
        if error is None:
            done(ended.result())
        elif isinstance(error, VirtopsyError):
            if not isinstance(error, Cancelled):
                failed(error)
        else:
            raise error
