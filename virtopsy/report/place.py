"""What every finding says beside its numbers: where it is, how sure, on which grounds, seen where.

"Definite" is what every finding begins as, so it is no statement worth printing; the page says once
what that silence means.
"""

from __future__ import annotations

from virtopsy.findings.finding import Certainty, Finding, Side
from virtopsy.findings.vocabulary import called
from virtopsy.language import Language, say

_UID_TAIL = 16


def place_words(finding: Finding, language: Language) -> str:
    """Return region, level and side as far as they are stated; empty where none is."""
    told = []
    if finding.region:
        told.append(called("region_of_body", finding.region, language))
    if finding.level:
        told.append(finding.level)
    if finding.side is not Side.UNSTATED:
        told.append(called("side", finding.side.value, language))
    return ", ".join(told)


def certainty_words(finding: Finding, language: Language) -> str:
    """Return the doubt the expert stated, with its name; empty where no doubt was stated."""
    if finding.certainty is Certainty.DEFINITE:
        return ""
    sure = called("certainty", finding.certainty.value, language)
    return f"{say('findings.certainty', language)}: {sure}"


def ground_words(finding: Finding, language: Language) -> str:
    """Return the ticked grounds, or that none is; empty for a kind that has none to tick."""
    if not finding.GROUNDS:
        return ""
    ticked = ", ".join(called("ground", one, language) for one in finding.grounds)
    return say(
        "conclusion5.grounds", language, grounds=ticked or say("report.no_grounds", language)
    )


def beside(finding: Finding, language: Language) -> tuple[str, ...]:
    """Return where it was seen and made, and what the expert remarks."""
    told = []
    if finding.seen_on_slice:
        tail = finding.seen_on_slice[-_UID_TAIL:]
        shown = tail if tail == finding.seen_on_slice else f"…{tail}"
        told.append(say("conclusion5.seen_on_slice", language, uid=shown))
    if finding.made_in == "3d":
        told.append(say("conclusion5.made_in_3d", language))
    if finding.resampled:
        told.append(f"{_capital(say('findings.resampled', language))}.")
    if finding.remark.strip():
        told.append(say("conclusion5.remark", language, remark=finding.remark.strip()))
    return tuple(told)


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]
