"""The conclusion while it is being written, and its way out: as PDF, or in a court bundle."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import TypeAlias

from archive.opening import Archive
from archive.records import Actor
from archive.services.bundling import BundleReport
from archive.within import refuse_within
from viewer.presenters.archive.destroyed import LeftOut, left_out
from viewer.presenters.archive.keeping import Keeping
from viewer.presenters.archive.kept_scan import load_case
from viewer.presenters.court.export import Export, TakePictures, export_bundle, write_conclusion
from viewer.presenters.examine.findings import Findings
from viewer.presenters.examine.opening import Opened, Opening
from viewer.presenters.examine.overlay import person_name
from viewer.presenters.session import Session
from viewer.presenters.value import Event, Value
from viewer.presenters.work import Work
from virtopsy.errors import StorageError, UsageError, VirtopsyError
from virtopsy.findings.finding import Finding
from virtopsy.findings.quantity_words import quantity_lines
from virtopsy.findings.trajectory import Trajectory
from virtopsy.findings.vocabulary import called
from virtopsy.findings.words import Line, trajectory_lines
from virtopsy.jobs import Progress
from virtopsy.language import Language, say

Clock: TypeAlias = Callable[[], datetime]


class Writing:
    """What the protocol room shows and does.

    Attributes:
        text: the conclusion in the expert's own words.
        language: of page and bundle; not that of the screen.
        problem: what failed, for the strip.
        saved: told where a PDF was written.
        sealed: told about a finished bundle.
    """

    def __init__(  # noqa: PLR0913, PLR0917 -- the case, where it is kept, and what hands it out
        self,
        session: Session,
        opening: Opening,
        findings: Findings,
        keeping: Keeping,
        work: Work,
        pictures: TakePictures,
        clock: Clock,
        language: Language,
    ) -> None:
        self._session, self._opening, self._findings = session, opening, findings
        self._keeping, self._work = keeping, work
        self._pictures, self._clock = pictures, clock
        self.text: Value[str] = Value("")
        self.language: Value[Language] = Value(language)
        self.problem: Event[VirtopsyError] = Event()
        self.saved: Event[Path] = Event()
        self.sealed: Event[BundleReport] = Event()

    def facts(self, language: Language) -> tuple[Line, ...]:
        """Return what the page will state besides the expert's words."""
        opened = self._opening.opened.now
        if opened is None:
            return ()
        lines = [
            Line(say("report.fact.case_number", language), self._session.case.number or "—"),
            Line(say("report.fact.expert", language), self._keeping.person.now or "—"),
            Line(
                say("report.fact.subject", language),
                say(f"report.subject.{self._session.case.subject.value}", language),
            ),
            *_study_lines(opened, language),
        ]
        for number, finding in enumerate(self._findings.shown, start=1):
            lines.append(Line(f"{number}. {finding.name}", _told(finding, language)))
        warnings = [one.sentence(language) for one in opened.problems]
        lines.append(
            Line(
                say("ui.protocol.warnings", language),
                "\n".join(warnings) or say("ui.protocol.no_warnings", language),
            )
        )
        return tuple(lines)

    def save_pdf(self, out: Path) -> None:
        """Write the conclusion of the kept case as a PDF.

        Raises:
            UsageError: the case is not kept yet.
            InputError: the place lies in an archive.
        """
        archive, actor = self._kept()
        refuse_within(out)
        asked = self._asked(out)

        def job(progress: Progress) -> Path:
            opened = _from_archive(archive, actor, asked.number, progress)
            page = write_conclusion(
                archive, actor, asked, opened=opened, pictures=self._pictures, when=self._clock()
            )
            try:
                out.write_bytes(page)
            except OSError as error:
                raise StorageError("ui.protocol.cannot_write", path=out) from error
            return out

        self._work.start(
            "ui.job.pdf", job, self.saved.announce, self.problem.announce, lane="archive"
        )

    def export(self, out: Path) -> None:
        """Seal the kept case into a court bundle at `out`.

        Raises:
            UsageError: the case is not kept yet.
        """
        archive, actor = self._kept()
        asked = self._asked(out)

        def job(progress: Progress) -> tuple[BundleReport, LeftOut]:
            report = export_bundle(
                archive,
                actor,
                asked,
                opened=_from_archive(archive, actor, asked.number, progress),
                pictures=self._pictures,
                when=self._clock(),
                progress=progress,
            )
            return report, left_out(archive, actor, archive.cases.open(actor, asked.number))

        def done(made: tuple[BundleReport, LeftOut]) -> None:
            report, gone = made
            self.sealed.announce(report)
            if gone.uids:
                self.problem.announce(gone.notice())

        self._work.start("ui.job.bundle", job, done, self.problem.announce, lane="archive")

    def _asked(self, out: Path) -> Export:
        return Export(
            number=self._session.case.number,
            out=out,
            language=self.language.now,
            text=self.text.now.strip(),
        )

    def _kept(self) -> tuple[Archive, Actor]:
        if not self._session.recorded:
            raise UsageError("ui.protocol.not_kept")
        return self._keeping.acting()


def _from_archive(archive: Archive, actor: Actor, number: str, progress: Progress) -> Opened | None:
    """Assemble the series from the kept bytes: what is handed out rests on nothing else."""
    return load_case(archive, actor, archive.cases.open(actor, number), progress)


def _told(finding: Finding, language: Language) -> str:
    """Return the numbers of a finding, a line each; its kind where it has none."""
    if isinstance(finding, Trajectory):
        lines = trajectory_lines(finding, language)
    else:
        lines = quantity_lines(finding, language)
    told = [f"{one.label}: {one.text}" for one in lines]
    return "\n".join(told) or called("kind", finding.kind, language)


def _study_lines(opened: Opened, language: Language) -> list[Line]:
    study, series = opened.study, opened.series
    told = (
        ("patient", person_name(study.patient_name)),
        ("patient_id", study.patient_id),
        ("study_date", study.date),
        ("series", series.description),
    )
    return [Line(say(f"report.fact.{name}", language), text or "—") for name, text in told]
