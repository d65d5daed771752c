"""The points and lines of each kind of finding, with what each of them is."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType
from typing import Any, Final

import numpy as np
from highdicom.sr import CodedConcept

from virtopsy.exchange.codes import CENTER, PATH, own
from virtopsy.findings.finding import Finding
from virtopsy.findings.fracture import Fracture
from virtopsy.findings.fragment import Fragment
from virtopsy.findings.key_picture import KeyPicture
from virtopsy.findings.landmark import Landmark
from virtopsy.findings.measure import Measure, MeasureKind
from virtopsy.findings.note import Note
from virtopsy.findings.region import Region
from virtopsy.findings.trajectory import Trajectory
from virtopsy.findings.wound import Wound
from virtopsy.geometry.camera import Point

_FLAT_MM: Final = 1e-3


class Graphic(StrEnum):
    """Graphic types of three-dimensional coordinates (PS3.3 C.18.9.1.2)."""

    POINT = "POINT"
    MULTIPOINT = "MULTIPOINT"
    POLYLINE = "POLYLINE"
    POLYGON = "POLYGON"
    ELLIPSE = "ELLIPSE"
    ELLIPSOID = "ELLIPSOID"


@dataclass(frozen=True)
class Drawn:
    """One point, line or outline.

    Attributes:
        role: what it is of the finding.
        graphic: how its points go together.
        points: LPS mm, as the graphic type wants them: a polygon closed, an ellipse as the ends of
            its major, then of its minor axis.
        codes: the quantities that were measured on it.
        outline: whether it goes round a plane region.
    """

    role: CodedConcept
    graphic: Graphic
    points: tuple[Point, ...]
    codes: tuple[str, ...] = ()
    outline: bool = False


def drawn(finding: Finding) -> tuple[Drawn, ...]:
    """Return everything a finding has drawn, the place to jump to first."""
    return _OF_KIND[type(finding)](finding)


def ellipse(centre: Point, right: Point, lower: Point) -> tuple[Point, ...]:
    """Return the ends of the longer, then of the shorter axis, from the middles of two sides."""
    axes = sorted((right, lower), key=lambda one: -float(np.linalg.norm(np.subtract(one, centre))))
    return tuple(one for end in axes for one in (_opposite(centre, end), end))


def _wound(one: Wound) -> tuple[Drawn, ...]:
    extents = (
        (own("wound_length", "Longest extent"), one.long_lps_mm, "wound_length"),
        (own("wound_width", "Extent across"), one.short_lps_mm, "wound_width"),
    )
    lines = (_line(role, ends, code) for role, ends, code in extents if ends)
    return (_point(CENTER, one.at_lps_mm), *lines)


def _trajectory(one: Trajectory) -> tuple[Drawn, ...]:
    start, end = one.ends_lps_mm
    codes = ("length", "cone95", "azimuth", "elevation")
    found = [_line(PATH, (start, *one.via_lps_mm, end), *codes)]
    if one.entry_lps_mm is not None and one.exit_lps_mm is not None:
        found.append(_point(own("end.entry", "Entry, as the expert states"), one.entry_lps_mm))
        found.append(_point(own("end.far", "End opposite to the entry"), one.exit_lps_mm))
    if one.lodged_lps_mm is not None:
        found.append(_point(own("lodged", "Lodged projectile"), one.lodged_lps_mm))
    return tuple(found)


def _fracture(one: Fracture) -> tuple[Drawn, ...]:
    return (_line(PATH, one.line_lps_mm, "length"),)


def _note(one: Note) -> tuple[Drawn, ...]:
    if one.from_lps_mm is None:
        return (_point(CENTER, one.at_lps_mm),)
    return (_line(own("arrow", "Arrow, its tip last"), (one.from_lps_mm, one.at_lps_mm)),)


def _landmark(one: Landmark) -> tuple[Drawn, ...]:
    return (_point(own("landmark", "Landmark"), one.at_lps_mm),)


def _centre(one: Any) -> tuple[Drawn, ...]:
    return (_point(CENTER, one.centre_lps_mm),)


def _measure(one: Measure) -> tuple[Drawn, ...]:
    points, code = one.points_lps_mm, one.measure.value
    if one.measure is MeasureKind.COBB:
        first = own("cobb.first", "First line of the angle")
        second = own("cobb.second", "Second line of the angle")
        return (_line(first, points[:2], code), _line(second, points[2:], code))
    if one.measure is MeasureKind.AREA:
        return (_outline(Graphic.POLYGON, (*points, points[0])),)
    if one.measure is MeasureKind.ROI:
        return (_roi(one, *points),)
    return (_line(PATH, points, code),)


def _roi(one: Measure, centre: Point, right: Point, lower: Point) -> Drawn:
    if one.outline != "rectangle":
        return _outline(Graphic.ELLIPSE, ellipse(centre, right, lower))
    across, down = np.subtract(right, centre), np.subtract(lower, centre)
    turns = ((-1, -1), (1, -1), (1, 1), (-1, 1), (-1, -1))
    corners = (np.array(centre) + i * across + j * down for i, j in turns)
    return _outline(Graphic.POLYGON, tuple((float(x), float(y), float(z)) for x, y, z in corners))


def _outline(graphic: Graphic, points: tuple[Point, ...]) -> Drawn:
    """Return an outline; one that does not lie in a plane is a line that ends where it began."""
    if not _flat(points):
        return Drawn(PATH, Graphic.POLYLINE, points, ("area",))
    return Drawn(PATH, graphic, points, ("area",), outline=True)


def _flat(points: tuple[Point, ...]) -> bool:
    """Tell whether points lie in one plane, as outlines must (PS3.3 C.18.9.1.2)."""
    from_middle = np.array(points) - np.mean(points, axis=0)
    return bool(np.linalg.svd(from_middle, compute_uv=False)[2:].max(initial=0.0) < _FLAT_MM)


def _point(role: CodedConcept, at: Point) -> Drawn:
    return Drawn(role, Graphic.POINT, (at,))


def _line(role: CodedConcept, points: tuple[Point, ...], *codes: str) -> Drawn:
    graphic = Graphic.POINT if len(points) == 1 else Graphic.POLYLINE
    return Drawn(role, graphic, points, codes)


def _opposite(centre: Point, end: Point) -> Point:
    x, y, z = (2 * np.array(centre) - end).tolist()
    return x, y, z


_OF_KIND: Final[Mapping[type[Finding], Callable[[Any], tuple[Drawn, ...]]]] = MappingProxyType(
    {
        Wound: _wound,
        Trajectory: _trajectory,
        Fragment: _centre,
        Fracture: _fracture,
        Region: _centre,
        Landmark: _landmark,
        Measure: _measure,
        Note: _note,
        KeyPicture: _centre,
    }
)
