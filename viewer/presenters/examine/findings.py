"""The list of findings and the details of the selected one, as words and numbers."""

from __future__ import annotations

from dataclasses import dataclass, replace

from viewer.presenters.examine.views import Views
from viewer.presenters.session import Session
from viewer.presenters.value import Value
from virtopsy.case.commands import ChangeFinding, WithdrawFinding
from virtopsy.errors import Bug
from virtopsy.findings.finding import Finding
from virtopsy.findings.trajectory import Trajectory
from virtopsy.findings.words import Line, length, trajectory_lines
from virtopsy.language import Language, say


@dataclass(frozen=True)
class Row:
    """One line of the list.

    Attributes:
        number: as in the circle on the views, from 1.
        finding_id: what it stands for.
        kind: message key of the kind.
        name: as the expert calls it.
        summary: its main number with the 95%.
    """

    number: int
    finding_id: str
    kind: str
    name: str
    summary: str


class Findings:
    """What the right-hand panel shows and does.

    Attributes:
        selected: id of the selected finding.
        hidden: ids of those that are not drawn; a state of the view, nothing is recorded.
        unlocked: id of the one whose points can be dragged; every finding is locked once it was
            placed, and again as soon as another is selected.
    """

    def __init__(self, session: Session, views: Views, person: Value[str]) -> None:
        self._session = session
        self._views = views
        self._person = person
        self.selected: Value[str | None] = Value(None)
        self.hidden: Value[frozenset[str]] = Value(frozenset())
        self.unlocked: Value[str | None] = Value(None)
        self.selected.subscribe(self._lock)
        session.changed.subscribe(lambda _: self._drop_lost_selection())

    @property
    def shown(self) -> tuple[Finding, ...]:
        """Every finding of the series that is shown, in the order of their numbers from 1."""
        volume = self._views.volume.now
        if volume is None:
            return ()
        here = volume.identity.series_uid
        return tuple(one for one in self._session.case.findings if one.series_uid == here)

    def number(self, finding_id: str) -> int:
        """Return the number of a shown finding in list and circles; Bug where it is not shown."""
        for number, one in enumerate(self.shown, start=1):
            if one.finding_id == finding_id:
                return number
        raise Bug(f"finding {finding_id} is not shown")

    @property
    def visible(self) -> tuple[Finding, ...]:
        """Those of `shown` that are drawn."""
        return tuple(one for one in self.shown if one.finding_id not in self.hidden.now)

    @property
    def finding(self) -> Finding | None:
        """The selected finding."""
        chosen = self.selected.now
        return next((one for one in self.shown if one.finding_id == chosen), None)

    def unlock(self, finding_id: str) -> None:
        """Select a finding and let its points be dragged."""
        self.selected.set(finding_id)
        self.unlocked.set(finding_id)

    @property
    def tracks(self) -> tuple[Trajectory, ...]:
        """The trajectories of the series that is shown, in the order of their numbers."""
        return tuple(one for one in self.shown if isinstance(one, Trajectory))

    def rows(self, language: Language) -> tuple[Row, ...]:
        """Return the list, oldest first."""
        return tuple(
            Row(
                number,
                track.finding_id,
                say("findings.kind.trajectory", language),
                track.name,
                length(track, language, f" {say('findings.mm95', language)}"),
            )
            for number, track in enumerate(self.tracks, start=1)
        )

    def default_name(self, language: Language) -> str:
        """Return what the next track is called until it is renamed."""
        return say("findings.trajectory.default_name", language, n=len(self.tracks) + 1)

    def details(self, language: Language) -> tuple[Line, ...]:
        """Return the numbers of the selected track, each with its 95% and where it comes from."""
        track = self.track
        return () if track is None else trajectory_lines(track, language)

    @property
    def track(self) -> Trajectory | None:
        """The selected track."""
        chosen = self.selected.now
        return next((one for one in self.tracks if one.finding_id == chosen), None)

    def rename(self, name: str) -> None:
        """Give the selected track another name; an empty or equal one changes nothing."""
        track = self._selected_track()
        if name.strip() and name.strip() != track.name:
            self._session.do(ChangeFinding(replace(track, name=name.strip())))

    def state_entry(self, entry: int | None) -> None:
        """Record that the acting person states which end is the entry, or takes it back."""
        track = self._selected_track()
        if entry != track.entry:
            stated = track.stated(entry, self._person.now, track.grounds)
            self._session.do(ChangeFinding(stated))

    def tick_grounds(self, ground: str, ticked: bool) -> None:
        """Record what the statement rests on."""
        track = self._selected_track()
        if ground not in Trajectory.GROUNDS:
            raise Bug(f"no such ground: {ground}")
        kept = {*track.grounds, ground} if ticked else {*track.grounds} - {ground}
        grounds = tuple(one for one in Trajectory.GROUNDS if one in kept)
        if grounds != track.grounds:
            self._session.do(ChangeFinding(replace(track, grounds=grounds)))

    def withdraw(self) -> None:
        """Take the selected track back; its history stays, and undo brings it again."""
        self._session.do(WithdrawFinding(self._selected_track().finding_id))

    def jump_to(self, end: int = 0) -> None:
        """Put the crosshair on an end of the selected track."""
        self._views.go(self._selected_track().ends_lps_mm[end])

    def _selected_track(self) -> Trajectory:
        if self.track is None:
            raise Bug("no track is selected")
        return self.track

    def _drop_lost_selection(self) -> None:
        if self.finding is None:
            self.selected.set(None)

    def _lock(self, selected: str | None) -> None:
        if self.unlocked.now != selected:
            self.unlocked.set(None)
