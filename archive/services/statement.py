"""What the person who receives evidence states about it; silence is not an answer and is flagged.

"None" is an answer (a copy without a seal has the seal "none"); an empty text is "not stated".
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from archive.proof.canonical import text
from virtopsy.errors import UsageError

LONGEST = 2000
"""Letters of one answer: an order with its number, date and body, a description of a carrier."""


@dataclass(frozen=True)
class Statement:
    """Where the evidence comes from, and whether what came is what was meant.

    Attributes:
        basis: order number, date and ordering body.
        deliverer: who handed it over.
        carrier: what it came on, with its serial number.
        seal: of the carrier or its envelope, and its state.
        agrees: whether body tag, scout and name agree; None: not stated.
        agrees_words: in which they differ, or how it was confirmed.
    """

    basis: str = ""
    deliverer: str = ""
    carrier: str = ""
    seal: str = ""
    agrees: bool | None = None
    agrees_words: str = ""

    def checked(self) -> Statement:
        """Return the statement as it is kept.

        Raises:
            UsageError: an answer is too long to be one, or "no" came without words.
        """
        answers = {
            name: text(getattr(self, name)).strip()
            for name in ("basis", "deliverer", "carrier", "seal", "agrees_words")
        }
        for answer in answers.values():
            if len(answer) > LONGEST:
                raise UsageError("intake.statement.long", most=LONGEST, begins=answer[:60])
        if self.agrees is False and not answers["agrees_words"]:
            raise UsageError("intake.statement.no_words")
        return Statement(agrees=self.agrees, **answers)

    @property
    def not_stated(self) -> tuple[str, ...]:
        """Return the names of what is missing."""
        names = ("basis", "deliverer", "carrier", "seal")
        silent = tuple(name for name in names if not getattr(self, name).strip())
        return silent if self.agrees is not None else (*silent, "agreement")

    def record(self) -> dict[str, Any]:
        """Return it as the intake object keeps it."""
        return {
            "basis": self.basis,
            "deliverer": self.deliverer,
            "carrier": self.carrier,
            "seal": self.seal,
            "agrees": self.agrees,
            "agrees_words": self.agrees_words,
        }


def statement_of(record: Mapping[str, Any]) -> Statement:
    """Return the statement of an intake object; the first archives asked for three answers only.

    Args:
        record: the object's data.
    """
    agrees = record.get("agrees")
    return Statement(
        basis=str(record.get("basis", "")),
        deliverer=str(record.get("deliverer", "")),
        carrier=str(record.get("carrier", "")),
        seal=str(record.get("seal", "")),
        agrees=agrees if isinstance(agrees, bool) else None,
        agrees_words=str(record.get("agrees_words", "")),
    )
