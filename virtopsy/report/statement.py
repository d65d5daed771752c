"""What the conclusion says about a trajectory beside its numbers."""

from __future__ import annotations

from virtopsy.findings.trajectory import Trajectory
from virtopsy.findings.words import certainty, direction_words
from virtopsy.language import Language, say


def statement(track: Trajectory, language: Language) -> str:
    """Say who stated the direction on which grounds, or that nobody did, and any stated doubt."""
    doubt = certainty(track, language)
    told = _direction(track, language)
    if doubt is None:
        return told
    return f"{say('findings.certainty', language)}: {doubt}. {told}"


def _direction(track: Trajectory, language: Language) -> str:
    words = direction_words(track, language)
    if words is None:
        return say("report.direction_not_stated", language)
    grounds = [say(f"findings.ground.{one}", language) for one in track.grounds]
    return say(
        "report.direction_stated",
        language,
        who=track.stated_by or say("report.not_stated", language),
        words=words,
        grounds=", ".join(grounds) or say("report.no_grounds", language),
    )
