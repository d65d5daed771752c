"""The trajectory tool: two clicks mark a track.

A draft lives here only; what the case learns is one command, at the second click.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

from viewer.presenters.examine.views import Views
from viewer.presenters.session import Session
from viewer.presenters.value import Value
from virtopsy.case.commands import AddFinding
from virtopsy.errors import Bug
from virtopsy.findings.clicks import sd_of_click
from virtopsy.findings.trajectory import SHORTEST_MM, Trajectory
from virtopsy.geometry.camera import Point

ENTRY_HINT = "examine.hint.trajectory.entry"
EXIT_HINT = "examine.hint.trajectory.exit"


@dataclass(frozen=True)
class Draft:
    """A track being marked; drawn, not yet recorded.

    Attributes:
        ends_lps_mm: the entry first, then what follows the mouse; both may coincide.
    """

    ends_lps_mm: tuple[Point, Point]


class TrajectoryTool:
    """Draft state machine: nothing -> first end -> recorded.

    Attributes:
        draft: what is drawn now.
        hint: message key of what to do next.
    """

    def __init__(
        self,
        session: Session,
        views: Views,
        selected: Value[str | None],
        new_id: Callable[[], str],
        person: Value[str],
    ) -> None:
        self._session = session
        self._views = views
        self._selected = selected
        self._new_id = new_id
        self._person = person
        self.draft: Value[Draft | None] = Value(None)
        self.hint: Value[str] = Value(ENTRY_HINT)
        views.volume.subscribe(lambda _: self.leave())  # no track has its ends in two scans

    def click(self, lps_mm: Point, name: str) -> None:
        """Mark the entry, then the exit; the second click records the track.

        The hint asked for the entry first, so the person who clicks states which end it is.

        Args:
            lps_mm: where.
            name: what the new track is called until the expert renames it.
        """
        draft = self.draft.now
        if draft is None:
            self.draft.set(Draft((lps_mm, lps_mm)))
            self.hint.set(EXIT_HINT)
            return
        track = replace(draft, ends_lps_mm=(draft.ends_lps_mm[0], lps_mm))
        if _length(track) < SHORTEST_MM:
            return  # a double click is no track; the draft waits for the other end
        finding = self._new_track(track, name)
        self._session.do(AddFinding(finding))  # where that fails, the draft waits for another try
        self.leave()
        self._selected.set(finding.finding_id)

    def hover(self, lps_mm: Point) -> None:
        """Let the free end of the draft follow the mouse."""
        draft = self.draft.now
        if draft is not None:
            self.draft.set(replace(draft, ends_lps_mm=(draft.ends_lps_mm[0], lps_mm)))

    def leave(self) -> None:
        """Give the draft up."""
        self.draft.set(None)
        self.hint.set(ENTRY_HINT)

    def _new_track(self, draft: Draft, name: str) -> Trajectory:
        volume = self._views.volume.now
        if volume is None:
            raise Bug("a track needs a volume")
        return Trajectory(
            finding_id=self._new_id(),
            name=name,
            series_uid=volume.identity.series_uid,
            frame_of_reference_uid=volume.identity.frame_of_reference_uid,
            ends_lps_mm=draft.ends_lps_mm,
            entry=0,
            direction_by="expert",
            stated_by=self._person.now,
            end_sd_mm=sd_of_click(volume.frame, volume.measured_mm),
            sd_source="clicks",
        )


def _length(draft: Draft) -> float:
    (ax, ay, az), (bx, by, bz) = draft.ends_lps_mm
    return float(((ax - bx) ** 2 + (ay - by) ** 2 + (az - bz) ** 2) ** 0.5)
