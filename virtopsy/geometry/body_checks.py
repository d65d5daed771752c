"""What landmarks of one body cannot be: too few, impossible, mirrored, or a left on the right.

The distances are no norms: they are wide enough for an infant and a giant and only keep out a
click on the wrong place. A scan that was mirrored cannot be put right by anybody's word, so it is
refused wherever a landmark off the plane of the others shows it.
"""

from __future__ import annotations

from collections.abc import Mapping
from itertools import pairwise

import numpy as np

from virtopsy.errors import InputError
from virtopsy.geometry.body_axes import (
    FOREHEAD,
    OCCIPUT,
    PAIRS,
    Method,
    Places,
    bodies,
    frankfurt_normal,
    left_by_midline,
    pair,
    present,
)
from virtopsy.geometry.frame import Floats
from virtopsy.geometry.landmark import Side, landmark_terms

_NEEDED: Mapping[Method, tuple[str, ...]] = {
    Method.PORIONS: ("porion_left", "porion_right"),
    Method.MIDLINE: ("porion_left", "porion_right"),
    Method.GIRDLES: ("asis_left", "asis_right", "c7", "sternal_notch"),
    Method.SPINE: (),
}
_APART_MM = {
    ("porion_left", "porion_right"): (50.0, 200.0),
    ("porion_left", "orbitale_left"): (35.0, 140.0),
    ("porion_right", "orbitale_right"): (35.0, 140.0),
    ("orbitale_left", "orbitale_right"): (20.0, 120.0),
    ("asis_left", "asis_right"): (50.0, 450.0),
    ("c7", "sternal_notch"): (25.0, 260.0),
    ("asis_left", "sternal_notch"): (90.0, 800.0),
    ("transverse_process_left", "transverse_process_right"): (15.0, 160.0),
}
_LEVEL_MM = (4.0, 70.0)
"""From one vertebral body to the next."""
_IN_LINE = 0.2
"""Sine of the angle below which two directions are one line."""
_OUT_OF_PLANE_MM = 10.0
"""No face is even, but four landmarks of the Frankfurt horizontal farther off it are not its."""
_BESIDE_MM = 60.0
"""How far beyond the marked vertebral bodies a landmark still lies beside them."""
_TURNED = np.deg2rad(10.0)
"""The line of the porions and the midline of one head do not disagree by more."""


def check_distances(places: Places) -> None:
    """Refuse what no body has.

    Raises:
        InputError: two landmarks are closer or farther apart than in any body.
    """
    for (first, second), (least, most) in _APART_MM.items():
        if first in places and second in places:
            _check_apart(first, second, float(_norm(places[first] - places[second])), least, most)
    levels, points = bodies(places)
    for (level, point), (below, next_point) in pairwise(zip(levels, points, strict=True)):
        least, most = (limit * float(below - level) for limit in _LEVEL_MM)
        apart = float(_norm(next_point - point))
        _check_apart(_body(places, level), _body(places, below), apart, least, most)


def check_shape(method: Method, places: Places) -> None:
    """Refuse landmarks that lie in one line, or that contradict one another.

    Raises:
        InputError: as above, in one sentence.
    """
    head = method in (Method.PORIONS, Method.MIDLINE)
    if any(code not in places for code in _NEEDED[method]):
        raise InputError("bodyframe.missing.head" if head else "bodyframe.missing.trunk")
    _check_pairs(places)
    if head:
        _check_head(places)
    elif method is Method.GIRDLES:
        across = places["asis_left"] - places["asis_right"]
        upper = (places["c7"] + places["sternal_notch"]) / 2
        _check_not_in_line(across, upper - places["asis_right"] - across / 2)
    else:
        _check_spine(places)


def handedness(method: Method, places: Places, origin: Floats, rotation: Floats) -> bool:
    """Tell whether landmarks beyond those of the axes show that left is left in a true image.

    Raises:
        InputError: they show the contrary: sides swapped, or an image that was mirrored.
    """
    witnesses = _WITNESSES[method](places, origin, rotation)
    if any(witness <= 0 for witness in witnesses):
        raise InputError("bodyframe.mirrored")
    return bool(witnesses)


def against_scanner(places: Places) -> str | None:
    """Return the first left landmark that by the scanner's LPS lies right of its partner."""
    for name in PAIRS:
        across = pair(places, name)
        if across is not None and across[0] <= 0:
            return f"{name}_left"
    return None


def _head_witnesses(places: Places, origin: Floats, rotation: Floats) -> list[float]:
    """Return heights, mm: forehead above the Frankfurt horizontal, opisthion below it."""
    up = rotation[:, 2]
    above = [float((point - origin) @ up) for point in present(places, FOREHEAD)]
    below = [float((origin - point) @ up) for point in present(places, ("opisthion",))]
    return above + below


def _girdle_witnesses(places: Places, _: Floats, rotation: Floats) -> list[float]:
    """Return by how much C7 lies behind the sternal notch, mm."""
    return [float((places["c7"] - places["sternal_notch"]) @ rotation[:, 1])]


def _spine_witnesses(places: Places, origin: Floats, rotation: Floats) -> list[float]:
    """Return by how much sternal notch and iliac spines lie before the vertebral bodies, mm.

    Only where they lie beside the marked bodies: a short piece of a bent spine points elsewhere.
    """
    up = rotation[:, 2]
    _, points = bodies(places)
    reach = float(np.abs((points - origin) @ up).max()) + _BESIDE_MM
    before = present(places, ("sternal_notch",))
    if pair(places, "asis") is not None:
        before.append((places["asis_left"] + places["asis_right"]) / 2)
    return [
        float((origin - point) @ rotation[:, 1])
        for point in before
        if abs(float((point - origin) @ up)) <= reach
    ]


_WITNESSES = {
    Method.PORIONS: _head_witnesses,
    Method.MIDLINE: _head_witnesses,
    Method.GIRDLES: _girdle_witnesses,
    Method.SPINE: _spine_witnesses,
}


def _check_pairs(places: Places) -> None:
    found = [one for name in PAIRS if (one := pair(places, name)) is not None]
    for first, second in pairwise(found):
        if first @ second <= 0:
            raise InputError("bodyframe.pairs")


def _check_head(places: Places) -> None:
    orbitalia = present(places, ("orbitale_left", "orbitale_right"))
    if not orbitalia:
        raise InputError("bodyframe.missing.head")
    across = places["porion_left"] - places["porion_right"]
    middle = places["porion_right"] + across / 2
    forward = np.mean(orbitalia, axis=0) - middle
    _check_not_in_line(across, forward)
    _check_sides(places, across, middle)
    cranial = frankfurt_normal(places)
    corners = np.array([places["porion_left"], places["porion_right"], *orbitalia])
    if np.abs((corners - corners.mean(axis=0)) @ cranial).max() > _OUT_OF_PLANE_MM:
        raise InputError("bodyframe.not_a_plane", mm=_OUT_OF_PLANE_MM)
    if any((point - middle) @ forward <= 0 for point in present(places, FOREHEAD)) or any(
        (point - middle) @ forward >= 0 for point in present(places, OCCIPUT)
    ):
        raise InputError("bodyframe.midline")
    left = left_by_midline(places, cranial)
    if left is not None and left @ across < np.cos(_TURNED) * _norm(across):
        raise InputError("bodyframe.midline")


def _check_sides(places: Places, across: Floats, middle: Floats) -> None:
    """Refuse a single orbitale on the other side of the midline than its name says."""
    for code, point in places.items():
        side = landmark_terms()[code].side
        aside = float((point - middle) @ across)
        if side is not None and (aside > 0) is not (side is Side.LEFT):
            raise InputError("bodyframe.pairs")


def _check_spine(places: Places) -> None:
    levels, points = bodies(places)
    pairs = [one for name in PAIRS if (one := pair(places, name)) is not None]
    if len(levels) < 2 or not pairs:
        raise InputError("bodyframe.missing.trunk")
    along = points[0] - points[-1]
    _check_not_in_line(along, np.sum(pairs, axis=0))
    heights = points @ along
    if (np.diff(heights) >= 0).any():
        raise InputError("bodyframe.levels")


def _check_not_in_line(first: Floats, second: Floats) -> None:
    if _norm(np.cross(first, second)) <= _IN_LINE * _norm(first) * _norm(second):
        raise InputError("bodyframe.in_line")


def _check_apart(first: str, second: str, apart: float, least: float, most: float) -> None:
    if not least <= apart <= most:
        terms = landmark_terms()
        raise InputError(
            "bodyframe.distance",
            first=terms[first].latin,
            second=terms[second].latin,
            apart=apart,
            least=least,
            most=most,
        )


def _body(codes: Places, level: float) -> str:
    terms = landmark_terms()
    return next(code for code in codes if terms[code].level == level)


def _norm(vector: Floats) -> float:
    return float(np.linalg.norm(vector))
