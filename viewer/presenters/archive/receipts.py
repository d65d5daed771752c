"""The receipt of an intake, made into paper: by the window and by the command line alike."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from archive.opening import Archive
from archive.records import Actor, IntakeReport
from viewer.presenters import handed_out
from viewer.presenters.archive.keeping import Keeping
from viewer.presenters.value import Event
from viewer.presenters.work import Work
from virtopsy.errors import VirtopsyError
from virtopsy.jobs import Progress
from virtopsy.language import Language, count, say
from virtopsy.report.receipt import Receipt
from virtopsy.report.receipt_pdf import receipt_pdf


@dataclass(frozen=True)
class Paper:
    """A receipt that the log knows of.

    Attributes:
        receipt: what it states.
        pdf: the paper.
    """

    receipt: Receipt
    pdf: bytes


def make_receipt(  # noqa: PLR0913 -- whose, of what, in which words
    archive: Archive,
    actor: Actor,
    number: str,
    language: Language,
    *,
    intake_id: str = "",
    reason: str = "",
) -> Paper:
    """Return the receipt of an intake, the newest of the case where none is named.

    It is in the log before anybody has it in hand.

    Raises:
        AccessDenied: not this person's case.
        InputError: the case has no such intake.
        IntegrityError: a record of the intake is not what it was.
        StorageError: the log refused; then there is no paper either.
    """
    receipt = archive.receipts.of(actor, number, intake_id)
    pdf = receipt_pdf(receipt, language)
    archive.receipts.made(actor, receipt, pdf, reason=reason)
    return Paper(receipt, pdf)


class Receipts:
    """Writes receipts in the background.

    Attributes:
        problem: what failed, for the strip.
        written: told where a receipt lies.
    """

    def __init__(self, keeping: Keeping, work: Work) -> None:
        self._keeping = keeping
        self._work = work
        self.problem: Event[VirtopsyError] = Event()
        self.written: Event[Path] = Event()

    @staticmethod
    def taken_in(report: IntakeReport, language: Language) -> str:
        """Return what an intake brought and what was left unsaid, for the strip over the room."""
        told = say(
            "receipt.taken_in",
            language,
            number=report.case,
            files=count(report.files),
            stored=count(report.stored),
            conflicts=count(report.conflicts),
            opaque=count(report.opaque),
        )
        if not report.not_stated:
            return told
        missing = ", ".join(say(f"keeping.silent.{one}", language) for one in report.not_stated)
        return f"{told} {say('keeping.unsaid', language, missing=missing)}"

    def write(self, number: str, out: Path, language: Language) -> None:
        """Write the receipt of the newest intake of a case.

        Raises:
            UsageError: nobody is signed in, or the ending is not that of a PDF.
            InputError: something lies there: it may be a signed paper.
            StorageError: its folder is missing.
        """
        archive, actor = self._keeping.acting()
        handed_out.check(out, (".pdf",), new=True)

        def job(_: Progress) -> Path:
            paper = make_receipt(archive, actor, number, language)
            handed_out.write(paper.pdf, out)
            return out

        self._work.start(
            "receipt.job", job, self.written.announce, self.problem.announce, lane="archive"
        )
