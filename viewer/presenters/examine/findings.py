"""The list of findings, which of them is selected, and every change of the selected one."""

from __future__ import annotations

from dataclasses import dataclass

from viewer.presenters.examine.finding_facts import facts_of, name_of_kind, numbers_of
from viewer.presenters.examine.finding_fields import (
    GROUND,
    YES,
    Field,
    colour_of,
    fields_of,
    with_field,
)
from viewer.presenters.examine.key_view import look_again
from viewer.presenters.examine.views import Views
from viewer.presenters.session import Session
from viewer.presenters.value import Value
from virtopsy.case.commands import ChangeFinding, RestoreFinding, WithdrawFinding
from virtopsy.errors import Bug
from virtopsy.findings.finding import Finding
from virtopsy.findings.frames import all_angles
from virtopsy.findings.key_picture import KeyPicture
from virtopsy.findings.kinds import KINDS
from virtopsy.findings.quantity_words import briefly
from virtopsy.findings.stab import blade_lines
from virtopsy.findings.trajectory import Trajectory
from virtopsy.findings.vocabulary import called
from virtopsy.findings.words import Line
from virtopsy.findings.wound import Wound
from virtopsy.language import Language, say

MANY = 6
"""Findings from which a person looks for one rather than sees it."""


@dataclass(frozen=True)
class Row:
    """One line of the list.

    Attributes:
        number: as in the circle on the views, from 1.
        finding_id: what it stands for.
        kind: what the kind is called.
        name: as the expert calls it.
        summary: its main number with the 95%; empty where it has none.
        colour: #rrggbb, or the name of a kind whose colour it has.
        drawn: whether the views show it.
    """

    number: int
    finding_id: str
    kind: str
    name: str
    summary: str
    colour: str
    drawn: bool


class Findings:
    """What the right-hand panel shows and does.

    Attributes:
        selected: id of the selected finding.
        hidden: ids of those that are not drawn; a state of the view, nothing is recorded.
        unlocked: id of the one whose points can be dragged; every finding is locked once it was
            placed, and again as soon as another is selected.
        text: words that a listed finding has in its name, kind, place or remark; empty: all are.
        kind: the kind that is listed; empty: every kind.
    """

    def __init__(self, session: Session, views: Views, person: Value[str]) -> None:
        self._session = session
        self._views = views
        self._person = person
        self.selected: Value[str | None] = Value(None)
        self.hidden: Value[frozenset[str]] = Value(frozenset())
        self.unlocked: Value[str | None] = Value(None)
        self.text: Value[str] = Value("")
        self.kind: Value[str] = Value("")
        self.selected.subscribe(self._lock)
        session.changed.subscribe(lambda _: self._drop_lost_selection())
        views.volume.subscribe(lambda _: self._list_all())

    # which there are

    @property
    def shown(self) -> tuple[Finding, ...]:
        """Every finding of the series that is shown, in the order of their numbers from 1."""
        volume = self._views.volume.now
        if volume is None:
            return ()
        here = volume.identity.series_uid
        return tuple(one for one in self._session.case.findings if one.series_uid == here)

    @property
    def elsewhere(self) -> int:
        """How many findings the case has on other series than the shown one."""
        if self._views.volume.now is None:
            return 0
        return len(self._session.case.findings) - len(self.shown)

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

    @property
    def tracks(self) -> tuple[Trajectory, ...]:
        """The trajectories of the series that is shown, in the order of their numbers."""
        return tuple(one for one in self.shown if isinstance(one, Trajectory))

    @property
    def track(self) -> Trajectory | None:
        """The selected track."""
        chosen = self.finding
        return chosen if isinstance(chosen, Trajectory) else None

    # the list

    def rows(self, language: Language) -> tuple[Row, ...]:
        """Return what the list shows, oldest first; numbers do not depend on what is filtered."""
        told = (self._row(n, one, language) for n, one in enumerate(self.shown, start=1))
        wanted = self.text.now.casefold().split()
        found = []
        for row, one in zip(told, self.shown, strict=True):
            words = _words(one, row)
            of_kind = self.kind.now in {"", one.kind}
            if of_kind and all(part in words for part in wanted):
                found.append(row)
        return tuple(found)

    @property
    def filterable(self) -> bool:
        """Whether there are so many that one is looked for, or some are filtered out now."""
        return len(self.shown) >= MANY or bool(self.text.now or self.kind.now)

    def kinds(self, language: Language) -> tuple[tuple[str, str], ...]:
        """Return the kinds that are shown, each with what it is called; first that all are."""
        there = {one.kind for one in self.shown}
        return (
            ("", say("panel.kind.all", language)),
            *((one, called("kind", one, language)) for one in KINDS if one in there),
        )

    def quiet_words(self, language: Language) -> str:
        """Say what stands behind the numbers, and what is not listed or lies on other series."""
        rows = self.rows(language)
        said = [say("panel.error", language)] if any("±" in one.summary for one in rows) else []
        listed, shown = len(rows), len(self.shown)
        if listed < shown:
            said.append(say("panel.filtered", language, listed=listed, shown=shown))
        if self.elsewhere:
            said.append(say("panel.elsewhere", language, n=self.elsewhere))
        return " · ".join(said)

    def choose(self, finding_id: str) -> None:
        """Select a finding of the list and look at its first place."""
        self.selected.set(finding_id)
        self.look()

    def look(self, place: int = 0) -> None:
        """Put the crosshair on a place of the selected finding; nothing where it has none."""
        finding = self._selected()
        places = finding.places
        if isinstance(finding, KeyPicture):
            look_again(self._views, finding)
        elif places:
            self._views.go(places[place])

    def draw(self, finding_id: str, *, drawn: bool) -> None:
        """Show a finding on the views, or not."""
        hidden = self.hidden.now
        self.hidden.set(hidden - {finding_id} if drawn else hidden | {finding_id})

    def toggle(self, finding_id: str) -> None:
        """Show a finding on the views where it is not, and the other way round."""
        self.draw(finding_id, drawn=finding_id in self.hidden.now)

    @property
    def all_drawn(self) -> bool:
        """Whether the views show every finding."""
        return self.visible == self.shown

    def toggle_all(self) -> None:
        """Show every finding on the views; none where all are shown."""
        every = frozenset(one.finding_id for one in self.shown)
        self.hidden.set(self.hidden.now | every if self.all_drawn else self.hidden.now - every)

    def unlock(self, finding_id: str) -> None:
        """Select a finding and let its points be dragged."""
        self.selected.set(finding_id)
        self.unlocked.set(finding_id)

    def toggle_lock(self) -> None:
        """Let the points of the selected finding be dragged, or no longer."""
        chosen = self._selected().finding_id
        self.unlocked.set(None if self.unlocked.now == chosen else chosen)

    def default_name(self, language: Language) -> str:
        """Return what the next track is called until it is renamed."""
        return say("findings.trajectory.default_name", language, n=len(self.tracks) + 1)

    # the selected one

    def fields(self, language: Language) -> tuple[Field, ...]:
        """Return what can be stated of the selected finding."""
        chosen = self.finding
        return () if chosen is None else fields_of(chosen, self._session.case.subject, language)

    def numbers(self, language: Language) -> tuple[Line, ...]:
        """Return the numbers of the selected finding, each with its 95% or its range.

        Of a stab also which blade they exclude: it is read beside the field that was typed into.
        """
        chosen = self.finding
        if chosen is None:
            return ()
        return (*numbers_of(chosen, language), *_blades(chosen, language)[:-1])

    def details(self, language: Language) -> tuple[Line, ...]:
        """Return what else the selected finding says of itself."""
        chosen = self.finding
        if chosen is None:
            return ()
        every = self._session.case.findings
        return (
            *facts_of(chosen, every, self._views.volume.now, language),
            *_blades(chosen, language)[-1:],
        )

    def angles(self, language: Language) -> tuple[Line, ...]:
        """Return every angle of the selected track in every frame; nothing of another finding."""
        track = self.track
        return () if track is None else all_angles(track, self._session.case.findings, language)

    def state(self, name: str, value: str, *, of: str | None = None) -> None:
        """Record one field of a finding, see `finding_fields`; the same value is no act.

        Args:
            name: of the field.
            value: of the field.
            of: the finding it was typed for; None: the selected one. Nothing where it is gone.
        """
        wanted = self._selected().finding_id if of is None else of
        for before in self.shown:
            if before.finding_id == wanted:
                self._change(before, with_field(before, name, value, self._person.now))

    def tick_grounds(self, ground: str, ticked: bool) -> None:
        """Record what the selected finding rests on."""
        self.state(f"{GROUND}{ground}", YES if ticked else "")

    def rename(self, name: str) -> None:
        """Give the selected finding another name; an empty or equal one changes nothing."""
        self.state("name", name)

    def state_entry(self, entry: int | None) -> None:
        """Record that the acting person states which end is the entry, or takes it back."""
        track = self._selected_track()
        if entry != track.entry:
            self._change(track, track.stated(entry, self._person.now, track.grounds))

    def withdraw(self) -> None:
        """Take the selected finding back; its history stays, and undo brings it again."""
        self._session.do(WithdrawFinding(self._selected().finding_id))

    def restore(self, version: Finding) -> None:
        """Put an earlier version of a finding in its place again, as a new version."""
        if version != self._selected():
            self._session.do(RestoreFinding(version))

    def jump_to(self, end: int = 0) -> None:
        """Put the crosshair on an end of the selected track."""
        self._views.go(self._selected_track().ends_lps_mm[end])

    def _change(self, before: Finding, after: Finding) -> None:
        if after != before:
            self._session.do(ChangeFinding(after))

    def _row(self, number: int, finding: Finding, language: Language) -> Row:
        return Row(
            number,
            finding.finding_id,
            name_of_kind(finding, language),
            finding.name,
            briefly(finding, language),
            colour_of(finding),
            finding.finding_id not in self.hidden.now,
        )

    def _selected(self) -> Finding:
        if self.finding is None:
            raise Bug("no finding is selected")
        return self.finding

    def _selected_track(self) -> Trajectory:
        if self.track is None:
            raise Bug("no track is selected")
        return self.track

    def _drop_lost_selection(self) -> None:
        if self.finding is None:
            self.selected.set(None)

    def _list_all(self) -> None:
        """List everything of another series: a filter would hide what nobody has seen yet."""
        self.text.set("")
        self.kind.set("")

    def _lock(self, selected: str | None) -> None:
        if self.unlocked.now != selected:
            self.unlocked.set(None)


def _blades(finding: Finding, language: Language) -> tuple[Line, ...]:
    """Return what a stab says of a blade, its limit last; nothing of another finding."""
    return blade_lines(finding, language) if isinstance(finding, Wound) else ()


def _words(finding: Finding, row: Row) -> str:
    """Return what a finding is looked for by, small letters: its kind in every language."""
    kinds = (called("kind", finding.kind, one) for one in Language)
    region = (called("region_of_body", finding.region, one) for one in Language)
    own = (str(row.number), row.name, row.kind, row.summary, finding.level, finding.remark)
    return " ".join((*own, *kinds, *region)).casefold()
