"""A second scan beside the examined one, its slices going along with it.

Two scans of one frame of reference go together by themselves: a place has the same coordinates in
both. Others go together from where a person says that both show the same place.
"""

from __future__ import annotations

import numpy as np

from viewer.presenters.examine.lockstep import Link, Lockstep
from viewer.presenters.examine.opening import Opened, Opening
from viewer.presenters.examine.reading import Reading
from viewer.presenters.examine.views import PLANES, Views
from viewer.presenters.value import Value
from viewer.presenters.work import Work
from virtopsy.dicom.series import Scan, Series, Study
from virtopsy.errors import UsageError
from virtopsy.geometry.camera import as_point
from virtopsy.imaging.volume import Identity

_LOOKING = ("point", "window")


class Comparison:
    """The second scan and how it goes along.

    Attributes:
        views: of the second scan.
        opening: reads it.
        reading: helps the eye on it.
        tool: what the left button is there: nothing new can be marked.
        shown: whether it lies beside the examined scan.
        link: how both go together; None: each for itself.
    """

    def __init__(
        self, work: Work, first: Views, opening: Opening, active: Value[str], tool: Value[str]
    ) -> None:
        """Take who works, and of the examined scan its views, opening, plane in use and tool."""
        self._first, self._examined, self._active = first, opening, active
        self.views = Views()
        self.opening = Opening(work, self.views)
        self.reading = Reading(self.views)
        self.tool: Value[str] = Value("point")
        self.shown: Value[bool] = Value(False)
        self.link = Lockstep(first, self.views, self.shown).link
        self._joined = ("", "")
        tool.subscribe(lambda now: self.tool.set(now if now in _LOOKING else "point"), now=True)
        first.layout.subscribe(self._keep_plane)
        self.views.layout.subscribe(self._leave_full_view)
        for views in (first, self.views):
            views.shown.subscribe(lambda _: self._part_strangers())
        for reader in (opening, self.opening):
            reader.opened.subscribe(lambda _: self._join_same_frame())

    # what is compared

    def begin(self) -> None:
        """Put the second scan, or where it is chosen, beside the plane used last.

        Raises:
            UsageError: nothing is shown yet.
        """
        if self._first.shown.now is None:
            raise UsageError("compare.nothing_shown")
        if self._first.layout.now not in PLANES:
            self._first.layout.set(self._active.now)
        self.views.layout.set(self._first.layout.now)
        self.shown.set(True)

    def leave(self) -> None:
        """Show the examined scan alone; the second one stays at hand."""
        self.reading.cine.stop()
        self.shown.set(False)

    def toggle(self) -> None:
        """Begin, or go back to four views of the examined scan."""
        if self.shown.now:
            self._first.layout.set("all")
        else:
            self.begin()

    def choices(self, held: Scan | None) -> tuple[tuple[Study, Series], ...]:
        """Return the volumes that can be compared: of this study, its folder or case, and others.

        Args:
            held: what the open case keeps; None without one.
        """
        opened = self._examined.opened.now
        studies = [] if opened is None else [opened.study]
        for scan in (self._examined.found.now, held, self.opening.found.now):
            studies += [] if scan is None else scan.studies
        chosen: dict[tuple[str, str], tuple[Study, Series]] = {}
        for study in studies:
            for one in study.series:
                examined = opened is not None and _key(study, one) == _of(opened)
                if one.volume and not examined:
                    chosen.setdefault(_key(study, one), (study, one))
        return tuple(chosen.values())

    @property
    def chosen(self) -> tuple[str, str] | None:
        """The study and series that are compared, as their UID and key."""
        opened = self.opening.opened.now
        return None if opened is None else _of(opened)

    @property
    def other_patient(self) -> bool:
        """Whether both scans state a patient number and they differ."""
        one, other = self.patient_numbers
        return bool(one and other and one != other)

    @property
    def patient_numbers(self) -> tuple[str, str]:
        """The patient numbers of both scans as the files state them, empty where they do not."""
        return _identity(self._first).patient_id, _identity(self.views).patient_id

    # how both go together

    def join(self) -> None:
        """Go together by the common frame of reference, else from where both crosshairs are.

        Raises:
            UsageError: there are no two whole scans.
        """
        if self._first.volume.now is None or self.views.volume.now is None:
            raise UsageError("compare.not_two")
        self._join_same_frame()
        if self.link.now is None:
            shift = np.subtract(self.views.position.now, self._first.position.now)
            self._go_by(Link(as_point(shift), same_frame=False))

    def part(self) -> None:
        """Let each be scrolled for itself."""
        self.link.set(None)

    def _join_same_frame(self) -> None:
        one, other = self._first.volume.now, self.views.volume.now
        if one is None or other is None or self.link.now is not None:
            return
        frame = one.identity.frame_of_reference_uid
        if frame and frame == other.identity.frame_of_reference_uid:
            self._go_by(Link((0.0, 0.0, 0.0), same_frame=True))

    def _go_by(self, link: Link) -> None:
        self._joined = self._series()
        self.link.set(link)

    def _part_strangers(self) -> None:
        """Part as soon as another series begins to be shown on either side."""
        if self._series() != self._joined:
            self.part()

    def _series(self) -> tuple[str, str]:
        return _identity(self._first).series_uid, _identity(self.views).series_uid

    # which plane

    def _keep_plane(self, layout: str) -> None:
        """Show the same plane of both; a layout of more views shows one scan alone."""
        if layout not in PLANES:
            self.leave()
        elif self.shown.now:
            self.views.layout.set(layout)

    def _leave_full_view(self, layout: str) -> None:
        if self.shown.now:
            self._first.layout.set(layout)


def _identity(views: Views) -> Identity:
    return Identity() if views.shown.now is None else views.shown.now.identity


def _key(study: Study, series: Series) -> tuple[str, str]:
    return study.uid, series.key


def _of(opened: Opened) -> tuple[str, str]:
    return _key(opened.study, opened.series)
