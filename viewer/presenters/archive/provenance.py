"""What is asked when evidence comes in, and what silence will be called in the log."""

from __future__ import annotations

from archive.services.statement import Statement
from virtopsy.language import Language, say

ASKED = ("basis", "deliverer", "carrier", "seal")
"""The questions to which "none" is an answer."""
AGREEMENTS = ("", "yes", "no")
"""What can be said of body tag, scout and name; nothing yet comes first."""
_AGREES = {"": None, "yes": True, "no": False}


def stated(answers: dict[str, str], agreement: str, words: str) -> Statement:
    """Return the answers as the archive takes them.

    Args:
        answers: to each question of `ASKED`.
        agreement: one of `AGREEMENTS`.
        words: in what body tag, scout and name differ, or how their agreement was confirmed.
    """
    return Statement(**answers, agrees=_AGREES[agreement], agrees_words=words)


def silence(statement: Statement, language: Language) -> str:
    """Say what the log will call not stated; empty where everything was answered."""
    missing = [say(f"keeping.silent.{name}", language) for name in statement.not_stated]
    if not missing:
        return ""
    return say("keeping.silent", language, missing=", ".join(missing))
