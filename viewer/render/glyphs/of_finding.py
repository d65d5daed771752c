"""Which glyphs a finding has: the one place that knows both."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import cache
from importlib.resources import files
from types import MappingProxyType
from typing import Any, TypeAlias

import numpy as np

from viewer.render.glyphs.before import BeforeGlyph, before_entry
from viewer.render.glyphs.glyph import Form
from viewer.render.glyphs.mark import MarkGlyph
from viewer.render.glyphs.trajectory import TrajectoryGlyph
from virtopsy.findings.finding import Finding
from virtopsy.findings.fracture import Fracture
from virtopsy.findings.fragment import Fragment
from virtopsy.findings.landmark import Landmark
from virtopsy.findings.measure import Measure, MeasureKind
from virtopsy.findings.note import Note
from virtopsy.findings.region import Region
from virtopsy.findings.trajectory import Method, Trajectory
from virtopsy.findings.wound import Wound
from virtopsy.geometry.camera import Point, as_point

AnyGlyph: TypeAlias = TrajectoryGlyph | MarkGlyph | BeforeGlyph

# A kind without a colour of its own has that of what it is most like.
_LIKE = MappingProxyType({"landmark": "measure", "region": "measure", "key_picture": "note"})
_ROUND = 33  # corners of a drawn ellipse
_WOUND_MM, _LANDMARK_MM, _REGION_MM = 5.0, 4.0, 5.0
_FRAGMENT_MM, _ROUND_IT_MM = 2.5, 0.8  # smallest half size of a box, and how far round the metal


def glyphs_of(
    finding: Finding, number: int = 0, *, selected: bool = False, before: bool = False
) -> tuple[AnyGlyph, ...]:
    """Return what is drawn of a finding; nothing for a view that was kept.

    Args:
        finding: what was marked.
        number: in list and labels; 0: it has no label.
        selected: drawn thicker.
        before: the tube before a stated entry as well, which its limits must stand beside.
    """
    brief = str(number) if number else ""
    name = f"{number}. {finding.name}" if number else ""
    said: dict[str, Any] = {
        "name": name,
        "brief": brief,
        "colour": colour_of(finding),
        "selected": selected,
    }
    if isinstance(finding, Trajectory):
        tube = before_entry(finding, colour_of(finding)) if before else None
        return (_track(finding, said), *(() if tube is None else (tube,)))
    make = _MARKS.get(type(finding))
    return () if make is None else (replace(make(finding), **said),)


def colour_of(finding: Finding) -> str:
    """Return the finding's own colour, else that of its kind."""
    return finding.colour or _colours()[_LIKE.get(finding.kind, finding.kind)]


def _track(track: Trajectory, said: Mapping[str, Any]) -> TrajectoryGlyph:
    return TrajectoryGlyph(
        track.ends_lps_mm,
        track.entry,
        via_lps_mm=track.via_lps_mm,
        lodged_lps_mm=track.lodged_lps_mm,
        chord=track.method is Method.CHORD,
        **said,
    )


def _wound(one: Wound) -> MarkGlyph:
    lines = tuple(line for line in (one.long_lps_mm, one.short_lps_mm) if line)
    return MarkGlyph(one.at_lps_mm, Form.RINGS, _WOUND_MM, lines)


def _fragment(one: Fragment) -> MarkGlyph:
    half = _FRAGMENT_MM if one.size_mm is None else max(one.size_mm) / 2 + _ROUND_IT_MM
    return MarkGlyph(one.centre_lps_mm, Form.BOX, max(half, _FRAGMENT_MM))


def _fracture(one: Fracture) -> MarkGlyph:
    if len(one.line_lps_mm) == 1:
        return MarkGlyph(one.line_lps_mm[0], Form.DOT, 1.5)
    middle = one.line_lps_mm[len(one.line_lps_mm) // 2]
    return MarkGlyph(middle, lines=(one.line_lps_mm,))


def _region(one: Region) -> MarkGlyph:
    return MarkGlyph(one.centre_lps_mm, Form.DIAMOND, _REGION_MM)


def _landmark(one: Landmark) -> MarkGlyph:
    return MarkGlyph(one.at_lps_mm, Form.CROSS, _LANDMARK_MM)


def _measure(one: Measure) -> MarkGlyph:
    points = one.points_lps_mm
    if len(points) == 1:
        return MarkGlyph(points[0], Form.DOT, 1.5)
    return MarkGlyph(points[0], lines=_lines(one))


def _lines(one: Measure) -> tuple[tuple[Point, ...], ...]:
    points = one.points_lps_mm
    if one.measure is MeasureKind.COBB:
        return (points[:2], points[2:])
    if one.measure is MeasureKind.AREA:
        return ((*points, points[0]),)
    return (_outline(one),) if one.measure is MeasureKind.ROI else (points,)


def _outline(one: Measure) -> tuple[Point, ...]:
    """Return the border of an ROI, closed."""
    centre, right, down = (np.array(point) for point in one.points_lps_mm)
    angles = np.linspace(0, 2 * np.pi, _ROUND if one.outline == "ellipse" else 5)
    across, along = np.cos(angles), np.sin(angles)
    if one.outline != "ellipse":
        across, along = np.sign(np.cos(angles + np.pi / 4)), np.sign(np.sin(angles + np.pi / 4))
    return tuple(
        as_point(centre + x * (right - centre) + y * (down - centre))
        for x, y in zip(across, along, strict=True)
    )


def _note(one: Note) -> MarkGlyph:
    if one.from_lps_mm is None or one.from_lps_mm == one.at_lps_mm:
        return MarkGlyph(one.at_lps_mm, Form.DOT, 1.5)
    return MarkGlyph(one.at_lps_mm, lines=((one.from_lps_mm, one.at_lps_mm),), arrow=True)


_MARKS: Mapping[type[Finding], Callable[[Any], MarkGlyph]] = MappingProxyType(
    {
        Wound: _wound,
        Fragment: _fragment,
        Fracture: _fracture,
        Region: _region,
        Landmark: _landmark,
        Measure: _measure,
        Note: _note,
    }
)


@cache
def _colours() -> Mapping[str, str]:
    text = (files("resources") / "themes" / "dark.json").read_text(encoding="utf-8")
    read: dict[str, str] = json.loads(text)
    return MappingProxyType(read)
