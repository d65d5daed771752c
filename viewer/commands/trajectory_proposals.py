"""`virtopsy trajectory` without a click: tracks to look at, best first, and nothing stated."""

from __future__ import annotations

from viewer.commands import speech
from viewer.commands.trajectory_facts import joint_covariance, listed, track_facts
from virtopsy.findings.proposed import Proposed, proposed
from virtopsy.findings.words import length, number
from virtopsy.imaging.volume import Volume
from virtopsy.language import Language, say


def propose(volume: Volume, series_uid: str, language: Language, *, as_json: bool) -> None:
    """Print the proposals of a series.

    Raises:
        InputError: the values are no HU, or the slices were computed.
    """
    found = proposed(volume, series_uid, speech.progress("trajectory.progress", language))
    if as_json:
        speech.facts({"proposals": [_facts(one, language) for one in found]})
        return
    speech.line(say("trajectory.proposals", language, count=len(found)))
    for n, one in enumerate(found, 1):
        speech.line(_line(n, one, language))


def _facts(one: Proposed, language: Language) -> dict[str, object]:
    more = {
        "method": one.track.method.value,
        "lodged": one.proposal.lodged,
        "end_covariance_mm2": listed(joint_covariance(one.track)),
    }
    return track_facts(one.track, language, one.proposal.score) | more


def _line(n: int, one: Proposed, language: Language) -> str:
    ends = [", ".join(number(part, language) for part in end) for end in one.track.ends_lps_mm]
    key = "trajectory.proposal.lodged" if one.proposal.lodged else "trajectory.proposal"
    return say(
        key,
        language,
        n=n,
        first=ends[0],
        second=ends[1],
        length=length(one.track, language),
        score=number(one.proposal.score, language, 2),
    )
