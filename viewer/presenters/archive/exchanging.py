"""Findings out to a folder, and in from a file of another program.

The window and the command line call the same functions, so that both hand out and take in the same
thing. Handing out is an entry of the log before anything is in its place.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Final, TypeAlias

from archive.opening import Archive
from archive.proof.acts import ActName
from archive.records import Actor
from archive.within import refuse_within
from viewer.presenters.archive.keeping import Keeping
from viewer.presenters.archive.kept_scan import scan_case
from viewer.presenters.examine.opening import Opening
from viewer.presenters.session import Session
from viewer.presenters.value import Event, Value
from viewer.presenters.work import Work
from virtopsy.case.case import Case
from virtopsy.case.commands import AddFindings
from virtopsy.dicom.series import Study
from virtopsy.errors import InputError, UsageError, VirtopsyError
from virtopsy.exchange import folder
from virtopsy.exchange.author import Author
from virtopsy.exchange.form import DICOM, Form, Handed
from virtopsy.exchange.joining import joining
from virtopsy.exchange.omission import Omission, Taken
from virtopsy.exchange.reading import findings_in
from virtopsy.exchange.source import sources_of
from virtopsy.jobs import Progress
from virtopsy.language import Language
from virtopsy.late import Late

Clock: TypeAlias = Callable[[], datetime]
EVERY = frozenset(Form)
_handed_out: Final = Late("virtopsy.exchange.forms", "handed_out")
"""The libraries it takes are loaded when something is handed out, not when the window opens."""


@dataclass(frozen=True)
class Exchange:
    """What the person asked to hand out.

    Attributes:
        number: of the case.
        out: the folder, new or empty.
        forms: what to make.
        language: of the table.
        reason: kept in the log.
    """

    number: str
    out: Path
    forms: frozenset[Form]
    language: Language
    reason: str = ""


@dataclass(frozen=True)
class ExchangeReport:
    """What was handed out.

    Attributes:
        out: the folder.
        files: name and SHA-256 of each file in it.
        findings: how many findings the case has.
        omissions: what a form could not take, and why.
    """

    out: Path
    files: tuple[tuple[str, str], ...]
    findings: int
    omissions: tuple[Omission, ...]


def hand_out(
    archive: Archive, actor: Actor, asked: Exchange, *, when: datetime, progress: Progress
) -> ExchangeReport:
    """Write the findings of a kept case into a folder; the log says so.

    Raises:
        InputError: the case has no findings, or the folder cannot be used.
        AccessDenied, IntegrityError, StorageError, Cancelled: nothing is in the folder.
    """
    _refuse_place(archive, asked.out)
    case = archive.cases.open(actor, asked.number)
    if not case.findings:
        raise InputError("exchange.out.no_findings", number=asked.number)
    made = _made(archive, actor, case, asked, Author(actor.name, when, case.subject), progress)
    if not made.files:
        raise InputError("exchange.out.nothing_of_form", number=asked.number)
    files = tuple((name, hashlib.sha256(one).hexdigest()) for name, one in made.files.items())
    told = {
        "forms": sorted(one.value for one in asked.forms),
        "files": [{"name": name, "sha256": sha256} for name, sha256 in files],
        "findings": [one.finding_id for one in case.findings],
        "left_out": len(made.omissions),
    }

    def recorded() -> None:
        archive.cases.note(actor, asked.number, ActName.EXPORT, told, reason=asked.reason)

    folder.write(asked.out, made.files, recorded)
    return ExchangeReport(asked.out, files, len(case.findings), made.omissions)


def take_in(archive: Archive, actor: Actor, number: str, path: Path, progress: Progress) -> Taken:
    """Return what a DICOM file brings to a kept case; nothing is recorded yet.

    Raises:
        InputError: the file cannot be read.
        AccessDenied, IntegrityError, Cancelled: see there.
    """
    case = archive.cases.open(actor, number)
    studies = scan_case(archive, actor, case, progress).studies
    return joining(findings_in(path, sources_of(studies, progress), progress), case)


class Exchanging:
    """What the window does with files of findings.

    Attributes:
        problem: what failed, for the strip.
        handed: told what was handed out, and where.
        taken: told what came in, and what of the file did not.
    """

    def __init__(  # noqa: PLR0913, PLR0917 -- the case, where it is kept, and who works
        self,
        session: Session,
        opening: Opening,
        keeping: Keeping,
        work: Work,
        clock: Clock,
        language: Value[Language],
    ) -> None:
        self._session, self._opening, self._keeping = session, opening, keeping
        self._work, self._clock, self._language = work, clock, language
        self.problem: Event[VirtopsyError] = Event()
        self.handed: Event[ExchangeReport] = Event()
        self.taken: Event[Taken] = Event()

    def hand_out(self, out: Path, forms: frozenset[Form] = EVERY) -> None:
        """Write the findings of the kept case into a folder, in the background.

        Raises:
            UsageError: the case is not kept yet.
        """
        if not self._session.recorded:
            raise UsageError("exchange.out.not_kept")
        archive, actor = self._keeping.acting()
        asked = Exchange(self._session.case.number, out, forms, self._language.now)

        def job(progress: Progress) -> ExchangeReport:
            return hand_out(archive, actor, asked, when=self._clock(), progress=progress)

        self._work.start(
            "exchange.job.out", job, self.handed.announce, self.problem.announce, lane="archive"
        )

    def take_in(self, path: Path) -> None:
        """Read a file in the background and add what it brings, as one act that can be undone.

        Raises:
            UsageError: no series is shown.
        """
        studies = self._studies()
        if not studies:
            raise UsageError("exchange.in.nothing_shown")
        number = self._session.case.number

        def job(progress: Progress) -> Taken:
            return findings_in(path, sources_of(studies, progress), progress)

        def done(found: Taken) -> None:
            if self._session.case.number != number:
                return  # another case was opened meanwhile; nothing of this one goes into it
            self._join(found)

        self._work.start("exchange.job.in", job, done, self.problem.announce)

    def _join(self, found: Taken) -> None:
        joined = joining(found, self._session.case)
        try:
            if joined.findings:
                self._session.do(AddFindings(joined.findings))
        except VirtopsyError as error:
            self.problem.announce(error)
            return
        self.taken.announce(joined)

    def _studies(self) -> tuple[Study, ...]:
        """Return the studies of the kept case, else the one that is shown."""
        held, opened = self._keeping.held.now, self._opening.opened.now
        shown = () if opened is None else (opened.study,)
        if not self._session.recorded or held is None:
            return shown
        return held.studies or shown


def _made(  # noqa: PLR0913, PLR0917 -- the case, who asks, and for what
    archive: Archive,
    actor: Actor,
    case: Case,
    asked: Exchange,
    author: Author,
    progress: Progress,
) -> Handed:
    """Return the files; only DICOM forms need the source slices."""
    sources = {}
    if asked.forms & DICOM:
        sources = sources_of(scan_case(archive, actor, case, progress).studies, progress)
    made: Handed = _handed_out(
        case.findings, sources, asked.forms, author, asked.language, progress
    )
    return made


def _refuse_place(archive: Archive, out: Path) -> None:
    folder.refuse_place(out)
    if out.absolute().resolve().is_relative_to(archive.folder.resolve()):
        raise InputError("exchange.out.inside_archive", path=out)
    refuse_within(out)
