"""What is drawn over the anatomy: every finding that is not hidden, and what is being marked."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from viewer.presenters.examine.findings import Findings
from viewer.presenters.examine.views import Views
from viewer.presenters.session import Session
from viewer.presenters.tools.handles import Dragged, Handles
from viewer.presenters.tools.measured import region_of
from viewer.presenters.tools.points import PointsTool
from viewer.presenters.tools.trajectory import TrajectoryTool
from viewer.presenters.value import Value
from virtopsy.findings.finding import Finding
from virtopsy.findings.fracture import Fracture
from virtopsy.findings.key_picture import KeyPicture
from virtopsy.findings.measure import Measure, MeasureKind
from virtopsy.findings.note import Note
from virtopsy.findings.quantity_words import briefly
from virtopsy.findings.trajectory import Trajectory
from virtopsy.findings.wound import Wound
from virtopsy.geometry.camera import Point, as_point
from virtopsy.imaging.roi import Outline
from virtopsy.imaging.volume import Quantity
from virtopsy.language import Language

_ROUND = 48  # corners of a drawn ellipse
Line = tuple[Point, ...]


@dataclass(frozen=True)
class Mark:
    """One finding as the views draw it.

    Attributes:
        number: in the circle, as in the list, from 1; 0 of what is not recorded yet.
        finding_id: None for what is being marked anew.
        kind: of the finding.
        name: as the expert calls it; empty while it is being marked.
        points: that mark it, LPS mm, the first one is where it is.
        lines: to be drawn, each through its points, LPS mm; a closed one ends where it begins.
        colour: #rrggbb; empty: the colour of the kind.
        told: its main number.
        entry: which end of a track was stated to be the entry; None: no statement.
        arrow: whether an arrow head stands at the first point.
        selected: whether its details are open.
        unlocked: whether its points can be dragged.
        draft: whether it is not recorded yet.
        snapped: bone or skin where its newest point was brought to that surface.
        view: the one the mouse is in that draws or drags it; empty: of none.
    """

    number: int
    finding_id: str | None
    kind: str
    name: str
    points: Line
    lines: tuple[Line, ...] = ()
    colour: str = ""
    told: str = ""
    entry: int | None = None
    arrow: bool = False
    selected: bool = False
    unlocked: bool = False
    draft: bool = False
    snapped: str = ""
    view: str = ""

    @property
    def anchor(self) -> Point:
        """Where its label points: of a track the entry, else its first point."""
        return self.points[self.entry or 0]


@dataclass(frozen=True)
class Profile:
    """The curve of the selected profile.

    Attributes:
        values: at equal steps along its line.
        length_mm: of the line.
        unit: "hu", or "signal" without Hounsfield units.
    """

    values: tuple[float, ...]
    length_mm: float
    unit: str


class Marks:
    """The marks of one scan, kept until something they are made of changes.

    Attributes:
        shown: the marks.
    """

    def __init__(  # noqa: PLR0913, PLR0917 -- all that is drawn
        self,
        session: Session,
        views: Views,
        findings: Findings,
        trajectory: TrajectoryTool,
        points: PointsTool,
        handles: Handles,
        language: Value[Language],
    ) -> None:
        self._views, self._findings, self._trajectory = views, findings, trajectory
        self._points, self._handles, self._language = points, handles, language
        self._told: dict[str, tuple[Finding, Language, str]] = {}
        self.shown: Value[tuple[Mark, ...]] = Value(())
        session.changed.subscribe(self._renew)
        views.volume.subscribe(self._renew)
        findings.selected.subscribe(self._renew)
        findings.hidden.subscribe(self._renew)
        findings.unlocked.subscribe(self._renew)
        trajectory.draft.subscribe(self._renew)
        points.draft.subscribe(self._renew)
        handles.drag.subscribe(self._renew)
        language.subscribe(self._renew)

    @property
    def profile(self) -> Profile | None:
        """The curve of the selected finding, where it is a profile and not hidden."""
        finding, volume = self._findings.finding, self._views.volume.now
        if not isinstance(finding, Measure) or len(finding.profile) < 2 or volume is None:
            return None
        if finding.finding_id in self._findings.hidden.now:
            return None
        unit = "hu" if volume.quantity is Quantity.HU else "signal"
        return Profile(finding.profile, math.dist(*finding.points_lps_mm), unit)

    def _renew(self, _: object) -> None:
        self.shown.set((*self._recorded(), *self._track(), *self._marked()))

    def _recorded(self) -> Iterator[Mark]:
        drag, hidden = self._handles.drag.now, self._findings.hidden.now
        for number, one in enumerate(self._findings.shown, start=1):
            dragged = drag is not None and drag.before.finding_id == one.finding_id
            if isinstance(one, KeyPicture) or (one.finding_id in hidden and not dragged):
                continue
            yield self._mark(number, one, drag if dragged else None)

    def _mark(self, number: int, recorded: Finding, drag: Dragged | None) -> Mark:
        finding = recorded if drag is None else drag.now
        return Mark(
            number=number,
            finding_id=finding.finding_id,
            kind=finding.kind,
            name=finding.name,
            points=finding.places,
            lines=lines_of(finding),
            colour=finding.colour,
            told=self._main_number(finding),
            entry=finding.entry if isinstance(finding, Trajectory) else None,
            arrow=isinstance(finding, Note) and finding.from_lps_mm is not None,
            selected=finding.finding_id == self._findings.selected.now,
            unlocked=finding.finding_id == self._findings.unlocked.now,
            draft=drag is not None,
            snapped="" if drag is None or drag.at is None else drag.at.snapped,
            view="" if drag is None or drag.at is None else drag.at.view,
        )

    def _main_number(self, finding: Finding) -> str:
        """Return the main number, reckoned once for each version."""
        language, key = self._language.now, finding.finding_id
        known = self._told.get(key)
        if known is None or known[0] is not finding or known[1] is not language:
            known = self._told[key] = (finding, language, briefly(finding, language))
        return known[2]

    def _track(self) -> Iterator[Mark]:
        draft = self._trajectory.draft.now
        if draft is not None:
            ends = draft.ends_lps_mm
            yield Mark(0, None, "trajectory", "", ends, (ends,), entry=0, selected=True, draft=True)

    def _marked(self) -> Iterator[Mark]:
        draft = self._points.draft.now
        if draft is None or not draft.with_ahead:
            return
        finding, places = self._points.finding(draft), draft.with_ahead
        points = tuple(one.lps_mm for one in places)
        yield Mark(
            number=0,
            finding_id=None,
            kind=draft.form.tool if draft.changed is None else draft.changed.kind,
            name="",
            points=points,
            lines=_lines_through(points, pairs=draft.form.pairs, closed=draft.form.closed),
            told="" if finding is None else briefly(finding, self._language.now),
            arrow=draft.form.tool == "note" and len(points) > 1,
            selected=True,
            draft=True,
            snapped=places[-1].snapped,
            view=places[-1].view,
        )


def lines_of(finding: Finding) -> tuple[Line, ...]:
    """Return the lines a finding is drawn by."""
    if isinstance(finding, Trajectory):
        start, end = finding.ends_lps_mm
        lodged = () if finding.lodged_lps_mm is None else ((end, finding.lodged_lps_mm),)
        return ((start, *finding.via_lps_mm, end), *lodged)
    if isinstance(finding, Wound):
        return tuple(one for one in (finding.long_lps_mm, finding.short_lps_mm) if one)
    if isinstance(finding, Measure) and finding.measure is MeasureKind.ROI:
        return (_outline(finding),)
    if isinstance(finding, (Measure, Note, Fracture)):
        kind = finding.measure if isinstance(finding, Measure) else None
        pairs, closed = kind is MeasureKind.COBB, kind is MeasureKind.AREA
        return _lines_through(finding.places, pairs=pairs, closed=closed)
    return ()


def _lines_through(points: Line, *, pairs: bool, closed: bool) -> tuple[Line, ...]:
    if pairs:
        return tuple(points[n : n + 2] for n in range(0, len(points) - 1, 2))
    if len(points) < 2:
        return ()
    return ((*points, points[0]),) if closed and len(points) > 2 else (points,)


def _outline(roi: Measure) -> Line:
    """Return the corners of a rectangle, or of a polygon that stands for an ellipse."""
    region = region_of(roi)
    if region.outline is Outline.RECTANGLE:
        signs = np.array([(-1, -1), (1, -1), (1, 1), (-1, 1), (-1, -1)], dtype=np.float64)
    else:
        angles = np.linspace(0.0, math.tau, _ROUND + 1)
        signs = np.stack((np.cos(angles), np.sin(angles)), axis=1)
    halves = np.array((region.half_right_mm, region.half_down_mm))
    axes = np.array((region.right, region.down))
    corners = np.array(region.centre_mm) + (signs * halves) @ axes
    return tuple(as_point(one) for one in corners)
