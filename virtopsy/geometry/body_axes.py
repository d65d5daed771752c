"""From the places of landmarks to the axes of a body: the definitions, and nothing else.

Axes are columns: the body's own left, posterior and cranial, as unit vectors in LPS. All functions
are smooth in the places, so that a scatter can be carried through them.

Head: cranial is the normal of the Frankfurt horizontal, the plane through both porions and the
lower rim of the orbit (with both orbitalia the least-squares plane of the four). Left is the line
of the porions within it, or at right angles to the line of the midline landmarks.
Trunk: cranial runs along the vertebral bodies, or from the midpoint of both anterior superior
iliac spines to the midpoint of C7 and the sternal notch; left is the line of the paired landmarks,
at right angles to it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from enum import StrEnum
from typing import TypeAlias

import numpy as np

from virtopsy.errors import Bug
from virtopsy.geometry.frame import Floats
from virtopsy.geometry.landmark import landmark_terms

Places: TypeAlias = Mapping[str, Floats]
"""Landmark code to (3,) LPS mm."""
Axes: TypeAlias = tuple[Floats, Floats]
"""Origin (3,) LPS mm, and rotation (3, 3)."""

FOREHEAD, OCCIPUT = ("nasion", "glabella"), ("opisthion", "inion")
PAIRS = ("porion", "orbitale", "asis", "transverse_process")


class Method(StrEnum):
    """By which definition the axes were found."""

    PORIONS = "porions"  # Frankfurt horizontal, midsagittal plane across the line of the porions
    MIDLINE = "midline"  # Frankfurt horizontal, midsagittal plane through midline landmarks
    GIRDLES = "girdles"  # both iliac spines, C7 and the sternal notch
    SPINE = "spine"  # vertebral bodies and a pair


def axes(method: Method, places: Places) -> Axes:
    """Return the origin and the axes of a body by one of the definitions.

    The origin lies in the midsagittal plane: between the porions, between the iliac spines, or in
    the middle of the vertebral bodies.
    """
    return _DEFINITIONS[method](places)


def present(places: Places, codes: Sequence[str]) -> list[Floats]:
    """Return the places of those of the codes that are marked."""
    return [places[code] for code in codes if code in places]


def pair(places: Places, name: str) -> Floats | None:
    """Return the vector from the right to the left landmark of a pair, if both are marked."""
    left, right = places.get(f"{name}_left"), places.get(f"{name}_right")
    return None if left is None or right is None else left - right


def bodies(places: Places) -> tuple[Floats, Floats]:
    """Return the levels (n,) and the places (n, 3) of the vertebral bodies, cranial first."""
    terms = landmark_terms()
    levels = {code: terms[code].level for code in places}
    found = sorted((level, code) for code, level in levels.items() if level is not None)
    points = np.array([places[code] for _, code in found], np.float64).reshape(-1, 3)
    return np.array([level for level, _ in found], np.float64), points


def left_by_midline(places: Places, cranial: Floats) -> Floats | None:
    """Return left across the line from forehead to occiput; None without one of either."""
    front, back = present(places, FOREHEAD), present(places, OCCIPUT)
    if not front or not back:
        return None
    backward = np.mean(back, axis=0) - np.mean(front, axis=0)
    return unit(np.cross(backward, cranial))


def frankfurt_normal(places: Places) -> Floats:
    """Return cranial: the normal of the plane of porions and orbitalia."""
    porions = present(places, ("porion_left", "porion_right"))
    orbitalia = present(places, ("orbitale_left", "orbitale_right"))
    points = np.array([*porions, *orbitalia])
    normal = np.linalg.svd(points - points.mean(axis=0))[2][2]
    backward = np.mean(porions, axis=0) - np.mean(orbitalia, axis=0)
    upward = np.cross(porions[0] - porions[1], backward)
    cranial: Floats = normal if normal @ upward > 0 else -normal
    return cranial


def unit(vector: Floats) -> Floats:
    """Return the direction of a vector that is not zero."""
    return vector / np.linalg.norm(vector)


def _across(left: Floats, cranial: Floats) -> Floats:
    """Return the axes of a cranial unit vector and of a left that is only roughly across it."""
    own_left = unit(left - (left @ cranial) * cranial)
    return np.column_stack([own_left, np.cross(cranial, own_left), cranial])


def _by_porions(places: Places) -> Axes:
    left, right = places["porion_left"], places["porion_right"]
    return (left + right) / 2, _across(left - right, frankfurt_normal(places))


def _by_midline(places: Places) -> Axes:
    cranial = frankfurt_normal(places)
    left = left_by_midline(places, cranial)
    if left is None:
        raise Bug("the midline needs a landmark of the forehead and one of the occiput")
    middle = (places["porion_left"] + places["porion_right"]) / 2
    ends = [np.mean(present(places, codes), axis=0) for codes in (FOREHEAD, OCCIPUT)]
    aside = float((np.mean(ends, axis=0) - middle) @ left)
    return middle + aside * left, _across(left, cranial)


def _by_girdles(places: Places) -> Axes:
    left, right = places["asis_left"], places["asis_right"]
    lower = (left + right) / 2
    upper = (places["c7"] + places["sternal_notch"]) / 2
    return lower, _across(left - right, unit(upper - lower))


def _by_spine(places: Places) -> Axes:
    levels, points = bodies(places)
    middle = points.mean(axis=0)
    along = np.linalg.svd(points - middle)[2][0]
    upward = (levels.mean() - levels) @ (points - middle)
    cranial = along if along @ upward > 0 else -along
    pairs = [one for name in PAIRS if (one := pair(places, name)) is not None]
    return middle, _across(np.sum(pairs, axis=0), cranial)


_DEFINITIONS = {
    Method.PORIONS: _by_porions,
    Method.MIDLINE: _by_midline,
    Method.GIRDLES: _by_girdles,
    Method.SPINE: _by_spine,
}
