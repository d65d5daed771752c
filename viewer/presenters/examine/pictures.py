"""Looking at what is no volume: the pictures of one series, one at a time."""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass, replace
from itertools import accumulate

from viewer.presenters.examine.opening import Opening
from viewer.presenters.examine.overlay import whose
from viewer.presenters.value import Value
from viewer.presenters.work import Running, Work
from virtopsy.dicom.picture import Picture, confined_picture, viewable
from virtopsy.dicom.refusal import kind_of_plane
from virtopsy.dicom.series import Instance, Series, Study
from virtopsy.errors import VirtopsyError
from virtopsy.imaging.compression import lossy_words
from virtopsy.imaging.volume import Identity
from virtopsy.language import Language, say


@dataclass(frozen=True, eq=False)
class Look:
    """What is looked at.

    Attributes:
        instance: the plane or frame.
        number, count: which picture of how many, from 1.
        picture: None while it is read, and where it cannot be.
        problem: why there is no picture.
    """

    study: Study
    series: Series
    instance: Instance
    number: int
    count: int
    picture: Picture | None = None
    problem: VirtopsyError | None = None

    def whose(self, language: Language) -> tuple[str, ...]:
        """Return the left corner: patient; sex and age; date, modality and series."""
        study, series = self.study, self.series
        identity = Identity(
            patient_name=study.patient_name,
            study_date=study.date,
            series_description=" · ".join(filter(None, (series.modality, series.description))),
            birth_date=study.birth_date,
            sex=study.sex,
            age=study.age,
        )
        return whose(identity, language)

    def title(self, language: Language) -> str:
        """Return what the series is called."""
        return self.series.description or say("ui.found.untitled", language)

    def what(self, language: Language) -> str:
        """Return what it is, and that nothing can be measured in it as in a volume."""
        kind = say(f"picture.kind.{kind_of_plane(self.instance, self.series.modality)}", language)
        return say("picture.what", language, kind=kind[:1].upper() + kind[1:])

    def place(self, language: Language) -> str:
        """Return "3 of 12"."""
        return say("picture.place", language, number=self.number, count=self.count)

    def mark(self, language: Language) -> str:
        """Return that it was compressed with loss, empty where it was not."""
        storage = self.instance.storage
        return lossy_words(storage.ratio, language) if storage.lossy else ""


def can_look(series: Series) -> bool:
    """Tell whether a series that is no volume has something to look at."""
    return not series.volume and any(viewable(one, series.modality) for one in series.instances)


class Pictures:
    """One picture at a time; a new folder ends the looking.

    Attributes:
        shown: what is looked at, None when nothing is. While the next picture is read, the one
            before stays, with its own number.
    """

    def __init__(self, work: Work, opening: Opening) -> None:
        self.shown: Value[Look | None] = Value(None)
        self._work = work
        self._wanted: Look | None = None
        self._reading: Look | None = None
        self._running: Running | None = None
        opening.found.subscribe(lambda _: self.close())
        opening.opened.subscribe(lambda _: self.close())

    def look(self, study: Study, series: Series) -> None:
        """Look at the first picture of a series that `can_look` allows."""
        self.close()
        first = _page(study, series, 1)
        self.shown.set(first)
        self._want(first)

    def go(self, number: int) -> None:
        """Look at one picture of the series; beyond the ends is the last one there."""
        now = self._wanted
        if now is not None:
            number = min(max(number, 1), now.count)
            if number != now.number:
                self._want(_page(now.study, now.series, number))

    def step(self, pictures: int) -> None:
        """Look at another picture, so many further on (or back, below 0)."""
        if self._wanted is not None:
            self.go(self._wanted.number + pictures)

    def close(self) -> None:
        """Look at nothing."""
        if self._running is not None:
            self._running.progress.cancel()
        self._wanted = self._reading = self._running = None
        self.shown.set(None)

    def _want(self, page: Look) -> None:
        """Read a page; what is being read is shown first, so that pages pass by under the wheel."""
        self._wanted = page
        if self._running not in self._work.running.now:
            self._read(page)

    def _read(self, page: Look) -> None:
        self._reading = page
        self._running = self._work.start(
            "picture.job",
            lambda progress: confined_picture(page.instance, progress),
            lambda picture: self._end(page, replace(page, picture=picture)),
            lambda problem: self._end(page, replace(page, problem=problem)),
        )

    def _end(self, page: Look, read: Look) -> None:
        if self._reading is not page:
            return  # closed meanwhile
        self._reading = None
        self.shown.set(read)
        if self._wanted is not None and self._wanted is not page:
            self._read(self._wanted)


def _page(study: Study, series: Series, number: int) -> Look:
    """Return the picture of this number, not yet read; the frames of a file are one each."""
    ends = list(accumulate(one.frames for one in series.instances))
    place = bisect_right(ends, number - 1)
    whole = series.instances[place]
    frame = whole
    if whole.frames > 1:
        frame = replace(whole, frame_number=number - ends[place] + whole.frames)
    return Look(study, series, frame, number, ends[-1])
