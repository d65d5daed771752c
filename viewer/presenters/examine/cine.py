"""Slices passing by themselves: paced by the clock, so that a slow screen drops slices."""

from __future__ import annotations

from dataclasses import dataclass
from math import floor

from viewer.presenters.examine.travel import Run, run_of
from viewer.presenters.examine.views import Views
from viewer.presenters.value import Value
from virtopsy.geometry.plane import Plane

RATES = (2, 5, 10, 15, 20, 30)
"""Slices a second to choose from."""
_USUAL = 10
_ON_TIME = 1e-6  # of a slice


@dataclass(frozen=True, eq=False)
class Playing:
    """What passes by.

    Attributes:
        views: whose crosshair moves.
        plane: along whose normal.
    """

    views: Views
    plane: str


class Cine:
    """One plane at a time goes round and round; any input stops it.

    Attributes:
        playing: None while nothing moves.
        rate: slices a second.
        round: whether it begins anew at the end, or else turns back there.
    """

    def __init__(self) -> None:
        self.playing: Value[Playing | None] = Value(None)
        self.rate: Value[int] = Value(_USUAL)
        self.round: Value[bool] = Value(True)
        self._run: Run | None = None
        self._began_s: float | None = None
        self.rate.subscribe(lambda _: self._begin_here())
        self.round.subscribe(lambda _: self._begin_here())

    def toggle(self, views: Views, plane: str) -> None:
        """Let a plane move, or stop what moves."""
        if self.playing.now is not None or views.shown.now is None:
            self.stop()
            return
        self._take_run(views, plane)
        self.playing.set(Playing(views, plane))

    def stop(self) -> None:
        """Stay where it is."""
        self._run = self._began_s = None
        self.playing.set(None)

    def faster(self, by: int) -> None:
        """Choose the next rate, or the one before below 0."""
        place = RATES.index(self.rate.now) + by
        self.rate.set(RATES[min(max(place, 0), len(RATES) - 1)])

    def tick(self, now_s: float) -> None:
        """Show the slice that is due.

        Args:
            now_s: of a clock that never goes back, seconds.
        """
        playing, run = self.playing.now, self._run
        if playing is None or run is None:
            return
        if playing.views.shown.now is None:
            self.stop()
            return
        if self._began_s is None:
            self._began_s = now_s
        due = floor((now_s - self._began_s) * self.rate.now + _ON_TIME)
        playing.views.go(run.at(self._place(run, due)))

    def _place(self, run: Run, due: int) -> int:
        """Return the slice after `due` steps."""
        if self.round.now or run.count == 1:
            return (run.index + due) % run.count
        there_and_back = 2 * (run.count - 1)
        place = (run.index + due) % there_and_back
        return min(place, there_and_back - place)

    def _begin_here(self) -> None:
        playing = self.playing.now
        if playing is not None:
            self._take_run(playing.views, playing.plane)

    def _take_run(self, views: Views, plane: str) -> None:
        volume = views.shown.now
        if volume is not None:
            self._run = run_of(volume.frame, Plane(plane), views.turn.now, views.position.now)
            self._began_s = None
