"""Checking the archive from the screen: a job, and its answer in words."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from archive.records import Problem, VerifyReport
from archive.services.paper import PrintedHead, head_of
from archive.services.verify import Scope
from viewer.presenters.archive.keeping import Keeping
from viewer.presenters.value import Event, Value
from viewer.presenters.work import Running, Work
from virtopsy.errors import VirtopsyError
from virtopsy.jobs import Progress
from virtopsy.language import Language, count, say
from virtopsy.report.moments import logged_words


@dataclass(frozen=True)
class Remark:
    """One thing the check has to say.

    Attributes:
        code: of the manual's table; empty for what is no fault.
        text: what it means and what to do.
    """

    code: str
    text: str


class Checking:
    """Runs the check.

    Attributes:
        report: what was found; None before a check and while one runs.
        running: the check that runs, or None.
        problem: what failed, for the strip.
    """

    def __init__(self, keeping: Keeping, work: Work) -> None:
        self._keeping = keeping
        self._work = work
        self._paper: PrintedHead | None = None
        self.report: Value[VerifyReport | None] = Value(None)
        self.running: Value[Running | None] = Value(None)
        self.problem: Event[VirtopsyError] = Event()
        keeping.archive.subscribe(lambda _: self._leave())

    def start(self, scope: Scope = Scope.FULL, paper: str = "") -> None:
        """Check the whole archive, or of its objects those that changed.

        Args:
            scope: which objects are read.
            paper: a printed head as typed, with which the log must begin; empty for none.

        Raises:
            UsageError: nobody is signed in, or what was typed is no head.
        """
        archive, _ = self._keeping.acting()
        if self.running.now is not None:
            return
        head = head_of(paper) if paper.strip() else None
        self._paper = head
        self.report.set(None)

        def job(progress: Progress) -> VerifyReport:
            return archive.verify.run(None, progress, scope=scope, paper=head)

        def done(report: VerifyReport) -> None:
            self.running.set(None)
            self.report.set(report)

        def failed(error: VirtopsyError) -> None:
            self.running.set(None)
            self.problem.announce(error)

        self.running.set(
            self._work.start(
                "logroom.job.check", job, done, failed, cancelled=lambda: self.running.set(None)
            )
        )

    def stop(self) -> None:
        """Stop the check; the next full one goes on there. What it found until then is not told."""
        if self.running.now is not None:
            self.running.now.progress.cancel()

    def summary(self, language: Language) -> str:
        """Return the answer in one or two sentences; empty before there is one."""
        report = self.report.now
        if report is None:
            return ""
        if not report.ok:
            return say("logroom.faults", language, n=len(report.problems))
        facts = {
            "files": count(report.checked.files),
            "entries": count(report.checked.log_entries),
            "signatures": count(report.checked.signatures),
            "when": logged_words(report.sealed_when),
        }
        told = say("logroom.whole", language, **facts)
        if self._paper is None:
            return told
        return f"{say('logroom.paper_fits', language, size=count(self._paper.size))} {told}"

    def remarks(self, language: Language) -> Sequence[Remark]:
        """Return every fault and every note in words, faults first."""
        report = self.report.now
        if report is None:
            return ()
        faults = [Remark(one.code, one.sentence(language)) for one in report.problems]
        return [*faults, *(Remark("", _note(one, language)) for one in report.notes)]

    def _leave(self) -> None:
        self.stop()
        self.report.set(None)


def _note(note: Problem, language: Language) -> str:
    return say("logroom.note", language, text=note.sentence(language))
