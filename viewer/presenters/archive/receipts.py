"""The receipt of an intake, made into paper: by the window and by the command line alike."""

from __future__ import annotations

from dataclasses import dataclass

from archive.opening import Archive
from archive.records import Actor
from virtopsy.language import Language
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
