"""What can be marked by clicks: how many points each form takes, and the finding they make."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any

import numpy as np

from viewer.presenters.tools.measured import profile
from virtopsy.errors import Bug
from virtopsy.findings.clicks import sd_of_click
from virtopsy.findings.finding import CLICKS, Finding
from virtopsy.findings.fracture import Fracture
from virtopsy.findings.fragment import Fragment, FragmentKind
from virtopsy.findings.landmark import Landmark
from virtopsy.findings.measure import POINTS, Measure, MeasureKind
from virtopsy.findings.note import Note
from virtopsy.findings.vocabulary import called
from virtopsy.findings.wound import Wound, WoundKind
from virtopsy.geometry.camera import Point
from virtopsy.geometry.frame import Frame
from virtopsy.geometry.landmark import landmark_terms
from virtopsy.imaging.volume import Volume
from virtopsy.language import Language, say

MOST_POINTS = 1000
_LANDMARK = "landmark"


@dataclass(frozen=True)
class At:
    """A place that was pointed at.

    Attributes:
        lps_mm: where.
        view: axial, coronal, sagittal, along, across or 3d.
        axes: LPS unit vectors along which the place may yet be moved to a surface: right and down
            of a flat view, the line of sight in 3D.
        snapped: bone or skin where it was brought to that surface; else empty.
    """

    lps_mm: Point
    view: str
    axes: tuple[Point, ...] = ()
    snapped: str = ""

    @property
    def normal(self) -> Point | None:
        """Unit vector across the view it was pointed at in; None in 3D."""
        if len(self.axes) != 2:
            return None
        x, y, z = np.cross(*self.axes).tolist()
        return x, y, z


@dataclass(frozen=True)
class Made:
    """What a finding is made of.

    Attributes:
        known: the fields that every finding has.
        places: the points, in the order they were marked.
        volume: that they were marked on.
        person: who marked them.
        landmark_id: of the landmark that the last point is; empty: it is none.
        whole: whether it is to be recorded; else values between points are not read yet.
    """

    known: Mapping[str, Any]
    places: tuple[At, ...]
    volume: Volume
    person: str
    landmark_id: str = ""
    whole: bool = True

    @property
    def points(self) -> tuple[Point, ...]:
        """The points, LPS mm."""
        return tuple(one.lps_mm for one in self.places)

    @property
    def sd(self) -> Mapping[str, Any]:
        """How well a point is known, and why."""
        sd_mm = sd_of_click(self.volume.frame, self.volume.measured_mm)
        return {"point_sd_mm": sd_mm, "sd_source": CLICKS}


@dataclass(frozen=True)
class Form:
    """One thing that can be marked.

    Attributes:
        name: unique, "tool" or "tool.code".
        least, most: points it takes.
        make: the finding of its points.
        flat: whether all its points lie on one slice; it is not marked in 3D.
        closed: whether its line comes back to its beginning.
        pairs: whether its points are the ends of lines, two by two.
    """

    name: str
    least: int
    most: int
    make: Callable[[Made], Finding] = field(compare=False)
    flat: bool = False
    closed: bool = False
    pairs: bool = False

    @property
    def tool(self) -> str:
        """The tool that marks it."""
        return self.name.partition(".")[0]

    @property
    def code(self) -> str:
        """What of its tool it is; empty: nothing in particular."""
        return self.name.partition(".")[2]

    def called(self, language: Language) -> str:
        """Return what it is called, as its finding is until it is renamed."""
        if self.tool == _LANDMARK and self.code:
            return landmark_terms()[self.code].names[language]
        return called(self.tool, self.code, language) if self.code else self._kind(language)

    def _kind(self, language: Language) -> str:
        return called("kind", self.tool, language)

    def where(self, language: Language) -> str:
        """Return which point exactly is marked; empty where the form does not say it."""
        known = self.tool == _LANDMARK and self.code
        return landmark_terms()[self.code].where[language] if known else ""

    def named(self, n: int, language: Language) -> str:
        """Return the name of the n-th of its kind; a named landmark is one of its own."""
        if self.tool == _LANDMARK and self.code and n == 1:
            return self.called(language)
        return say("marking.name", language, what=self.called(language), n=n)


def form_named(name: str) -> Form:
    """Return a form; Bug where there is none."""
    if name not in _FORMS:
        raise Bug(f"nothing is marked as {name}")
    return _FORMS[name]


def forms_of(tool: str) -> tuple[Form, ...]:
    """Return what a tool marks, the usual one first."""
    return tuple(one for one in _FORMS.values() if one.tool == tool)


def landmark_groups() -> Mapping[str, tuple[Form, ...]]:
    """Return the landmarks of the list: those of the head's frame, of the trunk's, of neither."""
    groups: dict[str, list[Form]] = {"head": [], "trunk": [], "other": []}
    for code, term in landmark_terms().items():
        groups[term.frames[0] if term.frames else "other"].append(form_named(f"landmark.{code}"))
    return {group: tuple(forms) for group, forms in groups.items()}


def is_of(form: Form, finding: Finding) -> bool:
    """Tell whether a finding is what a form marks."""
    if finding.kind != form.tool:
        return False
    if isinstance(finding, Measure):
        return finding.measure.value == form.code
    if isinstance(finding, Landmark):
        return finding.landmark == form.code
    if isinstance(finding, Wound):
        return finding.wound.value == form.code
    return not isinstance(finding, Fragment) or finding.fragment.value == form.code


def in_plane_mm(frame: Frame, spacing_mm: Point, axes: tuple[Point, ...]) -> float:
    """Return the edge of an acquired voxel along the plane of two unit vectors, mm: the longer."""
    directions = frame.directions
    return max(
        math.sqrt(float(np.square((np.array(one) @ directions) * spacing_mm).sum())) for one in axes
    )


def _wound(code: WoundKind) -> Callable[[Made], Finding]:
    def make(made: Made) -> Finding:
        by = made.person if code else None
        return Wound(**made.known, at_lps_mm=made.points[0], wound=code, stated_by=by, **made.sd)

    return make


def _fragment(code: FragmentKind) -> Callable[[Made], Finding]:
    def make(made: Made) -> Finding:
        return Fragment(**made.known, centre_lps_mm=made.points[0], fragment=code, **made.sd)

    return make


def _fracture(made: Made) -> Finding:
    return Fracture(**made.known, line_lps_mm=made.points, **made.sd)


def _landmark(code: str) -> Callable[[Made], Finding]:
    def make(made: Made) -> Finding:
        at = made.points[0]
        return Landmark(**made.known, at_lps_mm=at, landmark=code, **made.sd)

    return make


def _note(made: Made) -> Finding:
    tail = made.points[1] if len(made.points) > 1 else None
    return Note(**made.known, at_lps_mm=made.points[0], from_lps_mm=tail)


def _measure(code: MeasureKind) -> Callable[[Made], Finding]:
    def make(made: Made) -> Finding:
        return Measure(**made.known, measure=code, points_lps_mm=made.points, **made.sd)

    return make


def _area(made: Made) -> Finding:
    volume, axes = made.volume, made.places[0].axes
    return Measure(
        **made.known,
        measure=MeasureKind.AREA,
        points_lps_mm=made.points,
        voxel_mm=in_plane_mm(volume.frame, volume.measured_mm, axes),
        **made.sd,
    )


def _profile(made: Made) -> Finding:
    start, end = made.points
    return Measure(
        **made.known,
        measure=MeasureKind.PROFILE,
        points_lps_mm=made.points,
        profile=profile(made.volume, start, end) if made.whole else (),
        **made.sd,
    )


def _to_landmark(made: Made) -> Finding:
    return Measure(
        **made.known,
        measure=MeasureKind.TO_LANDMARK,
        points_lps_mm=made.points,
        landmark_id=made.landmark_id,
        **made.sd,
    )


_OF_POINTS = (MeasureKind.LENGTH, MeasureKind.CURVE, MeasureKind.ANGLE, MeasureKind.COBB)


def _forms() -> Mapping[str, Form]:
    made = [
        Form(f"measure.{code}", *POINTS[code], _measure(code), pairs=code is MeasureKind.COBB)
        for code in _OF_POINTS
    ]
    least, most = POINTS[MeasureKind.AREA]
    made += [
        Form("measure.area", least, most, _area, flat=True, closed=True),
        Form("measure.profile", 2, 2, _profile),
        Form("measure.to_landmark", 2, 2, _to_landmark),
        *(Form(f"wound.{code}" if code else "wound", 1, 1, _wound(code)) for code in WoundKind),
        *(Form(f"fragment.{code}", 1, 1, _fragment(code)) for code in FragmentKind),
        Form("fracture", 1, MOST_POINTS, _fracture),
        Form(_LANDMARK, 1, 1, _landmark("")),
        *(Form(f"landmark.{code}", 1, 1, _landmark(code)) for code in landmark_terms()),
        Form("note", 1, 2, _note),
    ]
    return MappingProxyType({one.name: one for one in made})


_FORMS = _forms()
