"""Opening a scan: look into a folder, choose a series, load it."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from viewer.presenters.examine.views import Views
from viewer.presenters.value import Event, Value
from viewer.presenters.work import Running, Work
from virtopsy.dicom.assemble import assemble, problems_of
from virtopsy.dicom.scan import require_images, scan
from virtopsy.dicom.series import Problem, Scan, Series, Study
from virtopsy.errors import InputError, VirtopsyError
from virtopsy.imaging.volume import Volume
from virtopsy.jobs import Progress


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


class Opening:
    """From a path to a volume on the screen.

    Attributes:
        path: what was looked into last.
        found: the studies and series there; None before a scan has ended.
        opened: the series that is shown.
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

        def job(progress: Progress) -> Opened:
            return Opened(study, series, assemble(series, study, progress))

        self._running = self._work.start("examine.job.load", job, self.show, self.problem.announce)

    def show(self, opened: Opened) -> None:
        """Put a loaded series on the screen."""
        self._views.show(opened.volume)
        self.opened.set(opened)

    def cancel(self) -> None:
        """Stop what is being read; what is shown stays."""
        if self._running is not None:
            self._running.progress.cancel()
