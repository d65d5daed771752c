"""Marking by clicks, whatever the kind: a draft of points becomes one finding, and one command.

The draft lives here only. What the case learns is one act: at the last click, at Enter or a double
click where a person says when it ends, and, for a fracture marked in 3D, once a person has seen it
on a source slice.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

import numpy as np

from viewer.presenters.examine.findings import Findings
from viewer.presenters.examine.views import Views
from viewer.presenters.session import Session
from viewer.presenters.tools.again import EXTENTS, again_form, changed
from viewer.presenters.tools.forms import At, Form, form_named
from viewer.presenters.tools.maker import FindingMaker
from viewer.presenters.tools.snap import LEVELS, snapped
from viewer.presenters.value import Value
from virtopsy.case.commands import AddFinding, ChangeFinding, WithdrawFinding
from virtopsy.errors import Bug, UsageError
from virtopsy.findings.finding import Finding
from virtopsy.language import Language, say

_SAME_MM = 0.05  # two clicks nearer than this are one: a double click
_LEANS = 1e-3  # sine of the angle between two planes that are one, but for rounding
_ON_SLICE_MM = 1e-3


@dataclass(frozen=True)
class PointsDraft:
    """What is being marked; drawn, not yet recorded.

    Attributes:
        form: what of.
        places: that were clicked, in their order.
        ahead: where the next one would be; None where that is not known.
        changed: the finding that is measured again; None: a new one is marked.
        asked: whether all is marked, and a source slice that shows it is asked for.
    """

    form: Form
    places: tuple[At, ...] = ()
    ahead: At | None = None
    changed: Finding | None = None
    asked: bool = False

    @property
    def with_ahead(self) -> tuple[At, ...]:
        """The places, and the one ahead where another one may come."""
        more = self.ahead is not None and not self.asked and len(self.places) < self.form.most
        return (*self.places, self.ahead) if self.ahead is not None and more else self.places


class PointsTool:
    """Draft state machine: nothing -> points -> (asked for a source slice ->) recorded.

    Attributes:
        form: what the next click marks.
        draft: what is being marked.
        maker: fills in what every finding has.
        snap: bone or skin: clicks are brought to that surface; empty: they stay where they are.
    """

    def __init__(
        self, session: Session, views: Views, findings: Findings, maker: FindingMaker
    ) -> None:
        self._session, self._views, self._findings = session, views, findings
        self.maker = maker
        self.form: Value[Form] = Value(form_named("measure.length"))
        self.draft: Value[PointsDraft | None] = Value(None)
        self.snap: Value[str] = Value("")
        views.volume.subscribe(lambda _: self.leave())

    # what is marked

    def choose(self, form: Form) -> None:
        """Let the next click begin a form; what was begun is given up."""
        self.leave()
        self.form.set(form)

    def again(self, finding_id: str, *, extents: bool = False) -> None:
        """Begin to mark a finding's points once more, or the extents of a wound."""
        finding = self._session.case.finding(finding_id)
        form = EXTENTS if extents else again_form(finding)
        if form is None:
            raise Bug(f"a {finding.kind} is not marked again")
        self._findings.selected.set(finding_id)
        self.draft.set(PointsDraft(form, changed=finding))

    def click(self, at: At) -> None:
        """Mark a place; the last one of a form records it.

        Raises:
            UsageError: nothing of that form can be marked there; the draft waits.
        """
        draft = self.draft.now or PointsDraft(self.form.now)
        if draft.asked:
            self._confirm(draft, at)
            return
        kept = draft.places[: draft.form.most - 1]
        at = self._placed(replace(draft, places=kept), at)
        if kept and math.dist(kept[-1].lps_mm, at.lps_mm) < _SAME_MM:
            return
        draft = replace(draft, places=(*kept, at), ahead=None)
        self.draft.set(draft)
        if len(draft.places) == draft.form.most:
            self._end(draft)

    def hover(self, at: At) -> None:
        """Let the next place follow the mouse."""
        draft = self.draft.now
        if draft is None or draft.asked:
            return
        if draft.form.flat and draft.places and not _same_plane(draft.places[0], at):
            self.draft.set(replace(draft, ahead=None))
        else:
            self.draft.set(replace(draft, ahead=self._aimed(draft, at)))

    def take_back(self) -> None:
        """Take the last place back; the first one gives the draft up."""
        draft = self.draft.now
        if draft is None:
            return
        left = draft.places if draft.asked else draft.places[:-1]
        self.draft.set(replace(draft, places=left, asked=False) if left else None)

    def finish(self) -> None:
        """End a form whose end a person says; too few points go on waiting."""
        draft = self.draft.now
        if draft is not None and not draft.asked and len(draft.places) >= draft.form.least:
            self._end(draft)

    def leave(self) -> None:
        """Give the draft up."""
        self.draft.set(None)

    def hint(self, language: Language) -> str:
        """Say what to do next."""
        draft = self.draft.now
        form = self.form.now if draft is None else draft.form
        if draft is not None and draft.asked:
            return say("marking.hint.source", language)
        where = form.where(language)
        if where:
            return say(
                "marking.hint.landmark.at", language, what=form.called(language), where=where
            )
        return say(f"marking.hint.{form.name if form.tool == 'measure' else form.tool}", language)

    def keep(self, finding: Finding) -> None:
        """Record a finding that was made otherwise, and select it."""
        self._session.do(AddFinding(finding))
        self._findings.selected.set(finding.finding_id)

    # snapping

    def next_snap(self) -> None:
        """Bring clicks to bone, then to skin, then to nothing."""
        order = ("", *LEVELS)
        self.snap.set(order[(order.index(self.snap.now) + 1) % len(order)])

    def brought(self, at: At, tissue: str = "") -> At:
        """Return a place brought to the surface that is asked for; as it is where none is near."""
        volume, asked = self._views.volume.now, tissue or self.snap.now
        if volume is None or not asked or at.snapped:
            return at
        found = snapped(volume, at.lps_mm, at.axes, asked)
        return at if found is None else replace(at, lps_mm=found, snapped=asked)

    # what it would be

    def finding(self, draft: PointsDraft, *, whole: bool = False) -> Finding | None:
        """Return the finding a draft makes with the place ahead; None while there are too few."""
        places = draft.places if whole else draft.with_ahead
        if len(places) < draft.form.least:
            return None
        if draft.changed is not None:
            return changed(draft.form, draft.changed, places)
        return draft.form.make(self.maker.made(draft.form, places, whole=whole))

    # what is done with a mark

    def withdraw(self, finding_id: str) -> None:
        """Take a finding back; its history stays."""
        self._session.do(WithdrawFinding(finding_id))

    def _placed(self, draft: PointsDraft, at: At) -> At:
        """Return where a click on a place belongs; refuse one that cannot belong to the draft."""
        form, first = draft.form, draft.places[0] if draft.places else at
        if form.flat and at.normal is None:
            raise UsageError("marking.not_in_3d")
        if form.flat and not _same_plane(first, at):
            raise UsageError("marking.other_slice")
        aimed = self._aimed(draft, at)
        if _to_landmark(draft) and self.maker.landmark_near(at.lps_mm) is None:
            raise UsageError("marking.no_landmark")
        return aimed

    def _aimed(self, draft: PointsDraft, at: At) -> At:
        """Return a place at the landmark that is meant, or at the surface that is asked for."""
        near = self.maker.landmark_near(at.lps_mm) if _to_landmark(draft) else None
        return self.brought(at) if near is None else replace(at, lps_mm=near.mean_lps_mm)

    def _end(self, draft: PointsDraft) -> None:
        if draft.form.tool == "fracture" and not draft.changed and self.maker.unseen(draft.places):
            self.draft.set(replace(draft, ahead=None, asked=True))
            self._views.go(draft.places[0].lps_mm)
            if self._views.layout.now == "volume":
                self._views.layout.set("all")
            return
        self._record(draft)

    def _confirm(self, draft: PointsDraft, at: At) -> None:
        """Take the slice that was clicked for the one that shows what was marked."""
        if not self.maker.acquired(at):
            raise UsageError("marking.not_a_source")
        self._record(draft, seen_at=at)

    def _record(self, draft: PointsDraft, seen_at: At | None = None) -> None:
        finding = self.finding(draft, whole=True) if seen_at is None else self._seen(draft, seen_at)
        if finding is None:
            raise Bug("a finding of too few points")
        command = AddFinding(finding) if draft.changed is None else ChangeFinding(finding)
        self._session.do(command)  # where that fails, the draft waits for another try
        self.leave()
        self._findings.selected.set(finding.finding_id)

    def _seen(self, draft: PointsDraft, seen_at: At) -> Finding:
        made = self.maker.made(draft.form, draft.places, whole=True)
        known = {**made.known, "seen_on_slice": self.maker.source_at(seen_at.lps_mm)}
        return draft.form.make(replace(made, known=known))


def _to_landmark(draft: PointsDraft) -> bool:
    """Tell whether the next place of a draft is a landmark."""
    return draft.form.name == "measure.to_landmark" and bool(draft.places)


def _same_plane(one: At, other: At) -> bool:
    if one.normal is None or other.normal is None:
        return False
    off = np.subtract(other.lps_mm, one.lps_mm)
    aside = float(np.linalg.norm(np.cross(one.normal, other.normal)))
    return aside < _LEANS and abs(float(off @ np.array(one.normal))) < _ON_SLICE_MM
