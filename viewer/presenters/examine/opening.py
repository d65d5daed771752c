"""Opening a scan: look into a folder, choose a series, load it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from viewer.presenters.examine.views import Views
from viewer.presenters.value import Event, Value
from viewer.presenters.work import Running, Work
from virtopsy.dicom.assemble import Watch, assemble, problems_of
from virtopsy.dicom.scan import require_images, scan
from virtopsy.dicom.series import Problem, Scan, Series, Study
from virtopsy.errors import InputError, VirtopsyError
from virtopsy.geometry.camera import Point
from virtopsy.imaging.volume import Volume
from virtopsy.jobs import Progress

_REDRAWN = 20  # times while a volume arrives


@dataclass(frozen=True, eq=False)
class Opened:
    """The series that is shown, with the study its files belong to."""

    study: Study
    series: Series
    volume: Volume

    @property
    def problems(self) -> tuple[Problem, ...]:
        """What is wrong with it: found in the headers, and found in the pixels."""
        return problems_of(self.series, self.volume)


class _Arrival:
    """A volume on its way to the screen: its slices are shown as they come."""

    def __init__(
        self, views: Views, work: Work, first: Callable[[], None], back: Callable[[], None]
    ) -> None:
        self._views = views
        self._work = work
        self._first = first
        self._back = back
        self._volume: Volume | None = None
        self._drawn = 0
        self._ended = False

    def focus(self) -> Point | None:
        """Return where the person looks, None before anything is shown. From any thread."""
        return None if self._volume is None else self._views.position.now

    def begun(self, volume: Volume) -> None:
        """Take the volume whose first slices are there. From the job's thread."""
        self._work.post(lambda: self._show(volume))

    def follow(self, running: Running) -> None:
        """Draw again whenever a twentieth more is there, or the slice that is looked at."""
        running.done.subscribe(lambda _: self._draw_again())

    def give_up(self) -> None:
        """Go back to what was shown before."""
        if self._volume is not None and not self._ended:
            self._views.give_up_arriving()
            self._back()
        self.end()

    def end(self) -> None:
        """Show no more of it."""
        self._ended = True

    def _show(self, volume: Volume) -> None:
        if self._ended:
            return
        known, self._volume = self._volume, volume
        self._views.show_arriving(volume)
        if known is None:
            self._first()

    def _draw_again(self) -> None:
        if self._volume is None or self._volume.arrived is None or self._ended:
            return
        arrived = self._volume.arrived
        here = self._volume.slice_at(self._views.position.now) or 0
        shown = self._views.shown.now
        awaited = shown is not None and here in shown.gaps and arrived[here]
        count = int(arrived.sum())
        if awaited or count - self._drawn >= max(len(arrived) // _REDRAWN, 1):
            self._drawn = count
            self._views.show_arriving(self._volume)


class Opening:
    """From a path to a volume on the screen.

    Attributes:
        path: what was looked into last.
        found: the studies and series there; None before a scan has ended.
        opened: the series that is shown, once all of it is there.
        arriving: told when the first slices of a series can be seen.
        leaving: told before a series is loaded; who would lose something refuses by raising.
        problem: what could not be read, for the strip over the views.
    """

    def __init__(self, work: Work, views: Views) -> None:
        self._work = work
        self._views = views
        self._running: Running | None = None
        self.path: Value[Path | None] = Value(None)
        self.found: Value[Scan | None] = Value(None)
        self.opened: Value[Opened | None] = Value(None)
        self.arriving: Event[Series] = Event()
        self.leaving: Event[Study] = Event()
        self.problem: Event[VirtopsyError] = Event()

    def look_into(self, path: Path) -> None:
        """List what is in a folder; the answer arrives in `found`."""
        self.cancel()
        self.path.set(path)
        self.found.set(None)
        self._running = self._work.start(
            "examine.job.scan",
            lambda progress: scan(path, progress),
            self._list,
            self.problem.announce,
        )

    def _list(self, found: Scan) -> None:
        """Show what was found, also where it is nothing but files that had to be left out."""
        self.found.set(found)
        try:
            require_images(found, self.path.now or Path())
        except InputError as error:
            self.problem.announce(error)

    def open_scan(self, path: Path) -> None:
        """List what is in a folder, and load its volume where there is just one."""
        self.look_into(path)

        def choose(found: Scan | None) -> None:
            if found is None:
                return
            stop()
            volumes = [
                (study, one) for study in found.studies for one in study.series if one.volume
            ]
            if len(volumes) == 1 and self.path.now == path:
                self.load(*volumes[0])

        stop = self.found.subscribe(choose)

    def load(self, study: Study, series: Series) -> None:
        """Load a series; it is on the screen when `opened` changes."""
        try:
            self.leaving.announce(study)
        except VirtopsyError as error:
            self.problem.announce(error)
            return
        self.cancel()

        before = self.opened.now

        def first() -> None:
            self.opened.set(None)  # nothing may be said of the one before over this one
            self.arriving.announce(series)

        arrival = _Arrival(self._views, self._work, first, lambda: self.opened.set(before))

        def job(progress: Progress) -> Opened:
            watch = Watch(arrival.focus, arrival.begun)
            return Opened(study, series, assemble(series, study, progress, watch))

        def done(opened: Opened) -> None:
            arrival.end()
            self.show(opened)

        def failed(error: VirtopsyError) -> None:
            arrival.give_up()
            self.problem.announce(error)

        self._running = self._work.start(
            "examine.job.load", job, done, failed, cancelled=arrival.give_up
        )
        arrival.follow(self._running)

    def show(self, opened: Opened) -> None:
        """Put a loaded series on the screen."""
        self._views.show(opened.volume)
        self.opened.set(opened)

    def cancel(self) -> None:
        """Stop what is being read; what is shown stays."""
        if self._running is not None:
            self._running.progress.cancel()
