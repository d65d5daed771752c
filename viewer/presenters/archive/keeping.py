"""Keeping the case: open an archive, say who one is, save, and open a case again."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict, replace
from datetime import datetime
from pathlib import Path
from typing import TypeAlias

from archive.opening import (
    Archive,
    create,
    encryption_of,
    is_archive,
    is_older,
    open_archive,
)
from archive.proof.acts import ActName
from archive.records import Actor, Encryption, IntakeReport
from archive.services.rights import Right
from archive.services.statement import Statement
from viewer.presenters.archive.case_recorder import CaseRecorder
from viewer.presenters.archive.destroyed import LeftOut, left_out
from viewer.presenters.archive.kept_scan import assembled, scan_case
from viewer.presenters.examine.opening import Opened, Opening
from viewer.presenters.session import Session
from viewer.presenters.value import Event, Value
from viewer.presenters.work import Work
from virtopsy.case.case import Case
from virtopsy.case.commands import ChangeFindings
from virtopsy.dicom.series import Scan, Study
from virtopsy.errors import UsageError, VirtopsyError
from virtopsy.findings.finding import Finding
from virtopsy.findings.landmark import Landmark
from virtopsy.findings.trajectory import Trajectory
from virtopsy.findings.wound import Wound
from virtopsy.jobs import Progress
from virtopsy.language import Language, say
from virtopsy.walkthrough.stop import Stop

Clock: TypeAlias = Callable[[], datetime]


class Keeping:
    """The archive from the screen's side.

    Attributes:
        archive: the open archive, or None.
        person: name of who acts; empty before anybody said so.
        problem: what failed, for the strip.
        held: the studies of the case that was opened last; None before one was.
        saved: told after a case was saved.
        told: message key of something the person should know, and need not act on.
    """

    def __init__(
        self,
        session: Session,
        opening: Opening,
        work: Work,
        clock: Clock,
        *,
        state: Path | None = None,
    ) -> None:
        """Join the archive to the screen.

        Args:
            session: the case on the screen.
            opening: the scan on the screen.
            work: runs what takes long.
            clock: the time that entries say.
            state: where a check remembers what it saw, see `open_archive`.
        """
        self._state = state
        self._session = session
        self._opening = opening
        self._work = work
        self._clock = clock
        self._actor: Actor | None = None
        self._disk: Encryption | None = None
        self._doubt: VirtopsyError | None = None
        self.archive: Value[Archive | None] = Value(None)
        self.person: Value[str] = Value("")
        self.held: Value[Scan | None] = Value(None)
        self.problem: Event[VirtopsyError] = Event()
        self.saved: Event[IntakeReport] = Event()
        self.told: Event[str] = Event()
        opening.leaving.subscribe(self._before_loading)
        opening.opened.subscribe(self._leave_other_case)

    @property
    def signed_in(self) -> bool:
        """Whether an archive is open and a person acts in it."""
        return self._actor is not None

    def who(self, language: Language) -> str:
        """Say who acts."""
        if not self.signed_in:
            return say("ui.archive.nobody", language)
        return say("ui.archive.who", language, person=self.person.now)

    def lasting(self, language: Language) -> str:
        """Say of the open archive, as long as it is so, what limits its promises; mostly nothing.

        That is: nothing is recorded, the disk is not encrypted, the key may be a forger's; of a new
        archive whatever is known of its disk.
        """
        archive, disk = self.archive.now, self._disk
        if archive is None:
            return ""
        keys = (archive.shut.told if archive.shut else "", disk.told if disk else "")
        told = [say(key, language) for key in keys if key]
        return "\n\n".join([*told, self._doubt.sentence(language)] if self._doubt else told)

    def allows(self, right: Right) -> bool:
        """Tell whether the person who is signed in has a right; nobody has none."""
        archive, actor = self.archive.now, self._actor
        return archive is not None and actor is not None and archive.access.allows(actor, right)

    def is_archive(self, folder: Path) -> bool:
        """Tell whether there is an archive in this folder already."""
        return is_archive(folder)

    def enter(self, folder: Path, person: str, password: str, again: str) -> None:
        """Sign in to the archive in `folder`, or make one where there is none.

        Args:
            folder: where evidence is kept.
            person: who acts.
            password: of that person; a new archive takes it only when `again` repeats it.
            again: the repeated password, unused where the archive is there already.

        Raises:
            UsageError: a field is empty, or the two passwords differ.
        """
        if not person.strip() or not password or folder == Path():
            raise UsageError("ui.sign_in.incomplete")
        if is_archive(folder) and is_older(folder):
            self._migrate(folder, person.strip(), password)
            return
        if is_archive(folder):
            self.sign_in(folder, person.strip(), password)
            return
        if password != again:
            raise UsageError("ui.sign_in.differ")
        self.create(folder, person.strip(), password)

    def create(self, folder: Path, person: str, password: str) -> None:
        """Make a new archive whose keeper is `person`, and sign in; say whether its disk is secret.

        Who takes a disk reads what lies on it: nothing but the disk's own encryption is against it.
        """
        create(folder, person=person, password=password, clock=self._clock)
        self._enter(folder, person, password, encryption_of(folder))
        if self._disk is not None:
            self.told.announce(self._disk.told)

    def sign_in(self, folder: Path, person: str, password: str) -> None:
        """Open the archive and log in; what was open before is closed only when that worked."""
        disk = encryption_of(folder)
        self._enter(folder, person, password, disk if disk is Encryption.PLAIN else None)

    def _enter(self, folder: Path, person: str, password: str, disk: Encryption | None) -> None:
        archive = open_archive(folder, clock=self._clock, state=self._state)
        try:
            actor = archive.access.login(person, password)
        except VirtopsyError:
            archive.close()
            raise
        self.close()
        self._actor, self._disk, self._doubt = actor, disk, archive.replaced_key
        self.archive.set(archive)
        self.person.set(person)
        if archive.shut:
            self.told.announce(archive.shut.told)
        elif archive.open_elsewhere:
            self.told.announce("keeping.open_elsewhere")
        elif archive.interrupted:
            self.told.announce("intake.interrupted")
        for fault in archive.unsealed[:1]:
            self.problem.announce(fault)

    def _migrate(self, folder: Path, person: str, password: str) -> None:
        """Bring an older archive's index up to date, which may take long, and then sign in."""

        def job(progress: Progress) -> None:
            open_archive(folder, clock=self._clock, progress=progress).close()

        def done(_: None) -> None:
            try:
                self.sign_in(folder, person, password)
            except VirtopsyError as error:
                self.problem.announce(error)

        self._work.start("migration.job", job, done, self.problem.announce, lane="archive")

    def close(self) -> None:
        """Close the archive; the case on the screen stays, no longer recorded."""
        if self.archive.now is not None:
            self.archive.now.close()
            self._actor = None
            self.archive.set(None)
            self._session.let_go()

    def still_there(self) -> bool:
        """Note that the person uses the window; False where the session has ended.

        Nobody signed in is nobody to be missed.
        """
        archive, actor = self.archive.now, self._actor
        if archive is None or actor is None:
            return True
        if not archive.access.alive(actor):
            return False
        archive.access.touch(actor)
        return True

    def session_ended(self) -> bool:
        """Tell whether the session of who signed in has ended: too long idle, or put out."""
        archive, actor = self.archive.now, self._actor
        return archive is not None and actor is not None and not archive.access.alive(actor)

    def renew(self, password: str) -> None:
        """Log the same person in anew; the case on the screen goes on as it was.

        Raises:
            AccessDenied: the password is wrong, or the person may not log in any more.
        """
        archive, actor = self._signed_in()
        self._actor = archive.access.login(actor.name, password)
        if self._session.recorded:
            number = self._session.case.number
            self._session.record_by(CaseRecorder(archive, self._actor, number))

    def save(self, number: str, statement: Statement) -> None:
        """Take the files of the shown study in, then record every finding and stop.

        Raises:
            UsageError: nothing is shown, nobody is signed in, there is no case number, or an
                answer of the statement is none.
        """
        archive, actor = self._signed_in()
        stated = asdict(statement.checked())
        opened = self._opening.opened.now
        if opened is None:
            raise UsageError("keeping.nothing_to_save")
        if not number.strip():
            raise UsageError("keeping.no_number")
        self._claim_statements(actor)
        files = {one.path for series in opened.study.series for one in series.instances}
        looked = self._opening.path.now
        below = looked.parent if looked is not None and looked.is_file() else looked

        def job(progress: Progress) -> IntakeReport:
            return archive.intake.take_in(
                actor,
                sorted(files),
                case_number=number.strip(),
                below=below,
                progress=progress,
                **stated,
            )

        def done(report: IntakeReport) -> None:
            self._record_from_now(archive, actor, report)

        self._work.start("keeping.job.save", job, done, self.problem.announce, lane="archive")

    def reopen(self, number: str) -> None:
        """Open a case of the archive again: its series from the kept bytes, findings, stops.

        Raises:
            UsageError: nobody is signed in, or what is marked now is in no archive yet.
        """
        archive, actor = self._signed_in()
        self._refuse_to_lose()

        def job(progress: Progress) -> tuple[Case, Scan, Opened | None, LeftOut]:
            case = archive.cases.open(actor, number)
            gone = left_out(archive, actor, case)
            held = scan_case(archive, actor, case, progress, without=gone.uids)
            return case, held, assembled(held, case, progress, without=gone.uids), gone

        def done(found: tuple[Case, Scan, Opened | None, LeftOut]) -> None:
            case, held, opened, gone = found
            self.held.set(held)
            if opened is not None:
                self._opening.show(opened)
            self._session.open(case, CaseRecorder(archive, actor, number))
            if gone.uids:
                self.problem.announce(gone.notice())

        self._work.start("keeping.job.open", job, done, self.problem.announce, lane="archive")

    def note_showing(self, stops: tuple[Stop, ...]) -> None:
        """Write the log entry that showing the walkthrough is; nothing before the case is kept."""
        if self.archive.now is not None and self._actor is not None and self._session.recorded:
            shown = {"stops": [one.stop_id for one in stops]}
            self.archive.now.cases.note(self._actor, self._session.case.number, ActName.SHOW, shown)

    def acting(self) -> tuple[Archive, Actor]:
        """Return the open archive and who acts in it.

        Raises:
            UsageError: nobody is signed in.
        """
        return self._signed_in()

    def _record_from_now(self, archive: Archive, actor: Actor, report: IntakeReport) -> None:
        try:
            kept = archive.cases.open(actor, report.case)
            self._session.keep(kept, CaseRecorder(archive, actor, report.case))
        except VirtopsyError as error:
            self.problem.announce(error)
            return
        self.saved.announce(report)

    def _before_loading(self, study: Study) -> None:
        opened = self._opening.opened.now
        if opened is not None and opened.study.uid != study.uid:
            self._refuse_to_lose()

    def _refuse_to_lose(self) -> None:
        if not self._session.saved:
            raise UsageError("keeping.unsaved")

    def _leave_other_case(self, opened: Opened | None) -> None:
        """Begin anew when a series is shown that the kept case does not hold.

        What is marked on it must not be recorded in another person's case.
        """
        session = self._session
        held = {one.series_uid for one in session.case.series}
        kept = session.recorded or (session.saved and session.case.number)
        if opened is not None and kept and opened.series.uid not in held:
            session.open(Case(), None)

    def _claim_statements(self, actor: Actor) -> None:
        """Put the name of who signed in on statements made before anybody had."""
        nameless = (one for one in self._session.case.findings if _claimed(one, actor) != one)
        claimed = tuple(_claimed(one, actor) for one in nameless)
        if claimed:
            self._session.do(ChangeFindings(claimed))

    def _signed_in(self) -> tuple[Archive, Actor]:
        if self.archive.now is None or self._actor is None:
            raise UsageError("keeping.not_signed_in")
        return self.archive.now, self._actor


def _claimed(finding: Finding, actor: Actor) -> Finding:
    """Return a finding with the person's name where a statement has none yet."""
    if isinstance(finding, Trajectory | Wound) and finding.stated_by == "":
        return replace(finding, stated_by=actor.name)
    if isinstance(finding, Landmark) and finding.side_confirmed_by == "":
        return replace(finding, side_confirmed_by=actor.name)
    return finding
