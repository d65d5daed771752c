"""Handing a case out: the conclusion is written, then the bundle; without Qt.

The window and the command line call the same function, so that both hand out the same thing.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from hashlib import sha256
from pathlib import Path
from typing import Any, Protocol

from archive.opening import Archive
from archive.proof.acts import ActName
from archive.records import Actor
from archive.services.bundling import BundleReport, Picture, verifier_sha256
from viewer.presenters.archive.destroyed import LeftOut, left_out
from viewer.presenters.examine.opening import Opened
from virtopsy.case.case import Case
from virtopsy.case.subject import Subject, subject_mark
from virtopsy.dicom.assemble import problems_of
from virtopsy.errors import InputError, UsageError
from virtopsy.findings.numbered import Numbered, numbered
from virtopsy.imaging.volume import Volume
from virtopsy.jobs import Progress
from virtopsy.language import Language, say
from virtopsy.report import conclusion
from virtopsy.report.conclusion import Conclusion, StudyFacts
from virtopsy.report.head import LogHead
from virtopsy.report.pdf import conclusion_pdf


class MadePicture(Protocol):
    """A finished picture, as `viewer.render.court_pictures` makes them."""

    @property
    def name(self) -> str:
        """Of its file, without extension."""

    @property
    def caption(self) -> str:
        """The sentence under it."""

    @property
    def png(self) -> bytes:
        """Its bytes."""

    @property
    def on_paper(self) -> bool:
        """Whether the conclusion shows it too."""

    @property
    def parameters(self) -> Mapping[str, Any]:
        """What is needed to make it again."""


class TakePictures(Protocol):
    """Makes the pictures; the window and the command line pass `court_pictures`."""

    def __call__(  # noqa: PLR0913 -- the series, what is said of it, and in which words
        self,
        volume: Volume,
        findings: Sequence[Numbered],
        language: Language,
        *,
        source_sha256: str,
        notes: Sequence[str],
        mark: str,
    ) -> Sequence[MadePicture]:
        """Return the pictures of these findings."""
        ...


@dataclass(frozen=True)
class _Shown:
    """What the page and the pictures show of the case.

    Attributes:
        findings: everything marked on the series shown.
        elsewhere: everything marked on other series of the case.
        manifest_sha256: the archive's list of the series' files.
        notes: what is wrong with the scan, in words.
        subject: the state of the person examined.
    """

    opened: Opened
    findings: tuple[Numbered, ...]
    elsewhere: tuple[Numbered, ...]
    language: Language
    manifest_sha256: str
    notes: tuple[str, ...]
    subject: Subject

    def pictured(self, take: TakePictures) -> Sequence[MadePicture]:
        """Return the pictures of what is shown."""
        return take(
            self.opened.volume,
            self.findings,
            self.language,
            source_sha256=self.manifest_sha256,
            notes=self.notes,
            mark=subject_mark(self.subject, self.language),
        )


@dataclass(frozen=True, kw_only=True)
class Export:
    """What the person asked for.

    Attributes:
        text: the conclusion in the expert's own words; empty: none yet.
        subject: whose left is meant, where the case says nothing of it; None: as the case says.
    """

    number: str
    out: Path
    language: Language
    text: str = ""
    subject: Subject | None = None
    zipped: bool = False
    reason: str = ""


def export_bundle(  # noqa: PLR0913 -- who hands what out, from what, with whose pictures
    archive: Archive,
    actor: Actor,
    asked: Export,
    *,
    opened: Opened | None,
    pictures: TakePictures,
    when: datetime,
    progress: Progress,
) -> BundleReport:
    """Write conclusion and bundle from what the archive holds.

    Args:
        archive: where the case lies.
        actor: who hands it out.
        asked: what is wanted.
        opened: the series shown, assembled from the archive's own files; None where destruction
            by act left nothing to picture: the bundle then has neither pictures nor a page.
        pictures: makes the pictures.
        when: the moment of writing, with its zone.
        progress: ticks a file, then stays at the end while the bundle is checked.

    Raises:
        InputError: the case has no volume and nothing of it was destroyed, words were written
            for a page that cannot be made, or `asked.out` cannot be used.
        AccessDenied, IntegrityError, StorageError, Cancelled: nothing is at `asked.out`.
    """
    archive.court.refuse_place(actor, asked.out)
    case = archive.cases.open(actor, asked.number)
    gone = left_out(archive, actor, case)
    taken: Sequence[MadePicture] = ()
    pages: dict[Language, bytes] = {}
    if opened is not None:
        shown = _shown(case, opened, asked)
        taken = shown.pictured(pictures)
        progress.tick(0, 1)
        written = _conclusion(archive, actor, asked, case, shown, taken, when)
        pages[asked.language] = conclusion_pdf(written, asked.language)
    elif asked.text or not gone.uids:  # words need a page, and a page a series it is about
        raise _nothing_shown(gone)
    return archive.court.bundle(
        actor,
        asked.number,
        asked.out,
        pictures=[Picture(one.name, one.png, one.parameters) for one in taken],
        conclusion_pdf=pages,
        zipped=asked.zipped,
        reason=asked.reason,
        progress=progress,
    )


def write_conclusion(  # noqa: PLR0913 -- who writes what, from what, with whose pictures
    archive: Archive,
    actor: Actor,
    asked: Export,
    *,
    opened: Opened | None,
    pictures: TakePictures,
    when: datetime,
) -> bytes:
    """Return the conclusion alone, as the PDF that a bundle would hold; the log names it.

    Raises:
        InputError: the case has no volume.
        AccessDenied: the person may not read the case.
    """
    case = archive.cases.open(actor, asked.number)
    if opened is None:
        raise _nothing_shown(left_out(archive, actor, case))
    shown = _shown(case, opened, asked)
    written = _conclusion(archive, actor, asked, case, shown, shown.pictured(pictures), when)
    page = conclusion_pdf(written, asked.language)
    printed = {
        "document": "conclusion",
        "paper_sha256": sha256(page).hexdigest(),
        "size": written.log.size,
        "root": written.log.root,
    }
    archive.cases.note(actor, case.number, ActName.PRINT, printed)  # before anybody has it in hand
    return page


def _nothing_shown(gone: LeftOut) -> InputError:
    """Return why there is no page: the case never had a volume, or it was destroyed by act."""
    key = "destruction.no_page" if gone.uids else "bundle.no_series"
    return InputError(key, number=gone.number)


def _shown(case: Case, opened: Opened, asked: Export) -> _Shown:
    """Number the findings: those of the series shown, and apart from them all others."""
    here = opened.volume.identity.series_uid
    found = numbered(case.findings)
    manifests = (one.manifest_sha256 for one in case.series if one.series_uid == opened.series.uid)
    problems = problems_of(opened.series, opened.volume)
    return _Shown(
        opened=opened,
        findings=tuple(one for one in found if one.finding.series_uid == here),
        elsewhere=tuple(
            replace(one, series=_series_words(case, one.finding.series_uid))
            for one in found
            if one.finding.series_uid != here
        ),
        language=asked.language,
        manifest_sha256=next(manifests, ""),
        notes=tuple(one.sentence(asked.language) for one in problems),
        subject=_subject(case, asked),
    )


def _series_words(case: Case, series_uid: str) -> str:
    """Return what another series of the case is called, with its identifier."""
    uid = series_uid.partition("#")[0]
    called = (f"{one.modality} {one.description}" for one in case.series if one.series_uid == uid)
    return " ".join([*next(called, "").split(), series_uid])


def _subject(case: Case, asked: Export) -> Subject:
    """Return what the case says, else what was asked for; nothing is taken for granted.

    Raises:
        UsageError: both say something, and not the same: page and records would contradict.
    """
    if asked.subject in (None, case.subject):
        return case.subject
    if case.subject is not Subject.UNKNOWN:
        said, wanted = (
            say(f"report.subject.{one}", asked.language) for one in (case.subject, asked.subject)
        )
        raise UsageError("bundle.subject_differs", said=said, asked=wanted)
    return asked.subject


def _conclusion(  # noqa: PLR0913, PLR0917 -- the parts of one page
    archive: Archive,
    actor: Actor,
    asked: Export,
    case: Case,
    shown: _Shown,
    taken: Sequence[MadePicture],
    when: datetime,
) -> Conclusion:
    gone = left_out(archive, actor, case)
    basis = archive.court.basis(actor, case.number)
    size, root = archive.log.head(actor)  # after the looks, so that the paper covers them
    return Conclusion(
        case_number=case.number,
        written_by=actor.name,
        when=when,
        basis=basis,
        subject=_subject(case, asked),
        study=_study(shown),
        findings=shown.findings,
        elsewhere=shown.elsewhere,
        warnings=(
            *problems_of(shown.opened.series, shown.opened.volume),
            *([gone] if gone.uids else []),
        ),
        text=asked.text,
        pictures=tuple(
            conclusion.Picture(caption=one.caption, png=one.png) for one in taken if one.on_paper
        ),
        log=LogHead(
            archive=archive.uuid,
            size=size,
            root=root.hex(),
            key_fingerprint=archive.fingerprint,
            single_keeper=bool(archive.access.single_keeper()),
        ),
        software=f"Virtopsy {archive.program}",
        verifier_sha256=verifier_sha256(),
    )


def _study(shown: _Shown) -> StudyFacts:
    volume, series = shown.opened.volume, shown.opened.series
    who = volume.identity
    depth, rows, columns = volume.frame.shape
    i, j, k = (float(one) for one in volume.frame.spacing_mm)
    return StudyFacts(
        patient_name=who.patient_name,
        patient_id=who.patient_id,
        study_date=who.study_date,
        description=who.series_description,
        modality=who.modality,
        series_uid=series.uid,
        spacing_mm=(i, j, k),
        shape=(columns, rows, depth),
        files=series.files,
        manifest_sha256=shown.manifest_sha256,
    )
