"""Proposed tracks with their rims refined where the bone allows it; no entry, no direction."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from virtopsy.errors import InputError
from virtopsy.findings.refine import with_refined
from virtopsy.findings.trajectory import Trajectory
from virtopsy.imaging.proposal import Proposal, proposals
from virtopsy.imaging.refine import refine
from virtopsy.imaging.refined import RefinedTrack
from virtopsy.imaging.volume import Volume
from virtopsy.jobs import Progress

_REFINED = 3
ROUGH_SD_MM = 4.0
"""Of an end that was only seen from afar."""


@dataclass(frozen=True, eq=False)
class Proposed:
    """A proposed track.

    Attributes:
        track: its ends, without any statement.
        proposal: how it was found, with its score.
        found: what was measured of its holes; None where it was not refined.
    """

    track: Trajectory
    proposal: Proposal
    found: RefinedTrack | None


def proposed(
    volume: Volume, series_uid: str, progress: Progress | None = None
) -> tuple[Proposed, ...]:
    """Return the tracks a skull might hold, best first.

    Raises:
        InputError: as `proposal.proposals`.
    """
    return tuple(_each(volume, series_uid, proposals(volume, progress)))


def _each(volume: Volume, series_uid: str, found: tuple[Proposal, ...]) -> Iterator[Proposed]:
    for n, one in enumerate(found):
        track = Trajectory(
            finding_id="proposal",
            name="",
            series_uid=series_uid,
            frame_of_reference_uid=volume.identity.frame_of_reference_uid,
            ends_lps_mm=one.ends,
            end_sd_mm=(ROUGH_SD_MM,) * 3,
            sd_source="proposal",
        )
        refined = _refined(volume, one) if n < _REFINED else None
        if refined is not None:
            track = with_refined(track, refined)
        yield Proposed(track, one, refined)


def _refined(volume: Volume, one: Proposal) -> RefinedTrack | None:
    if one.lodged:
        return None
    try:
        return refine(volume, one.ends)
    except InputError:
        return None  # it stays as rough as it was seen, with the scatter that says so
