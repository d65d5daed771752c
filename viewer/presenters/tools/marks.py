"""What is drawn over the anatomy: recorded tracks, and the draft in the place of what it moves."""

from __future__ import annotations

from dataclasses import dataclass

from viewer.presenters.examine.findings import Findings
from viewer.presenters.tools.trajectory import Draft
from virtopsy.geometry.camera import Point


@dataclass(frozen=True)
class Mark:
    """One track as the views draw it.

    Attributes:
        number: in the circle, as in the list, from 1.
        finding_id: None for a track that is being marked.
        name: as the expert calls it.
        ends_lps_mm: the two ends.
        entry: which end was stated to be the entry, or None.
        selected: whether its details are open.
        draft: whether it is not recorded yet.
    """

    number: int
    finding_id: str | None
    name: str
    ends_lps_mm: tuple[Point, Point]
    entry: int | None
    selected: bool = False
    draft: bool = False


def marks(findings: Findings, draft: Draft | None) -> tuple[Mark, ...]:
    """Return the tracks of the shown series, and the draft."""
    chosen = findings.selected.now
    recorded = tuple(
        Mark(
            number,
            track.finding_id,
            track.name,
            track.ends_lps_mm,
            track.entry,
            track.finding_id == chosen,
        )
        if draft is None or draft.finding_id != track.finding_id
        else Mark(number, track.finding_id, track.name, draft.ends_lps_mm, track.entry, True, True)
        for number, track in enumerate(findings.tracks, start=1)
    )
    if draft is None or draft.finding_id is not None:
        return recorded
    return (*recorded, Mark(len(recorded) + 1, None, "", draft.ends_lps_mm, 0, True, True))
