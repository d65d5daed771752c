"""Where coordinates of a report lie: in which series of the case, and at which LPS points."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final

import numpy as np

from virtopsy.exchange.content import Item
from virtopsy.exchange.source import Plane, Source
from virtopsy.geometry.camera import Point

_CENTRE: Final = 0.5
"""Coordinates of an image count from the corner of its first pixel (PS3.3 C.18.6.1.2)."""


@dataclass(frozen=True)
class Shape:
    """One point, line or outline in the patient.

    Attributes:
        graphic: graphic type of DICOM; a circle has become the ellipse it is.
        points: LPS mm.
        source: the series it lies in.
        sop_uid: of the slice it was drawn on; empty: of none.
    """

    graphic: str
    points: tuple[Point, ...]
    source: Source
    sop_uid: str


@dataclass(frozen=True)
class Unplaced:
    """Coordinates whose place is not known, and why: a code of `Omission`."""

    why: str


def placed(
    coordinates: Item, group: Item, sources: Mapping[str, Source], evidence: frozenset[str]
) -> Shape | Unplaced:
    """Return where coordinates lie.

    Args:
        coordinates: an SCOORD or SCOORD3D.
        group: what they belong to; its images may name the slice.
        sources: the series of the case.
        evidence: SOP Instance UIDs of what the report was made from.
    """
    if coordinates.kind == "SCOORD":
        return _on_image(coordinates, sources)
    return _in_space(coordinates, group, sources, evidence)


def _on_image(coordinates: Item, sources: Mapping[str, Source]) -> Shape | Unplaced:
    images = [one for one in coordinates.kinds("IMAGE") if one.sop_uid]
    found = next((_plane(one, sources) for one in images), None)
    if found is None:
        return Unplaced("not_of_case")
    source, plane = found
    numbers = np.array(coordinates.points, dtype=np.float64)
    if not plane.placed or not len(numbers) or len(numbers) % 2:
        return Unplaced("no_coordinates")
    pixels = numbers.reshape(-1, 2) - _CENTRE
    graphic = coordinates.graphic
    if graphic == "CIRCLE" and len(pixels) == 2:
        graphic, pixels = "ELLIPSE", _circle(pixels)
    points = plane.to_lps((float(i), float(j)) for i, j in pixels)
    if graphic == "POLYLINE" and len(points) > 3 and points[0] == points[-1]:
        graphic = "POLYGON"  # an outline on an image is a line that is closed (PS3.3 C.18.6.1.2)
    return Shape(graphic, points, source, plane.sop_uid)


def _circle(
    pixels: np.ndarray[tuple[int, int], np.dtype[np.float64]],
) -> np.ndarray[tuple[int, int], np.dtype[np.float64]]:
    """Return the ends of two axes of a circle from its centre and a point on it."""
    centre, rim = pixels
    radius = float(np.linalg.norm(rim - centre))
    return centre + radius * np.array([(-1.0, 0.0), (1.0, 0.0), (0.0, -1.0), (0.0, 1.0)])


def _in_space(
    coordinates: Item, group: Item, sources: Mapping[str, Source], evidence: frozenset[str]
) -> Shape | Unplaced:
    numbers = np.array(coordinates.points, dtype=np.float64)
    if not len(numbers) or len(numbers) % 3:
        return Unplaced("no_coordinates")
    images = [one for one in (*coordinates.below(), *group.below()) if one.kind == "IMAGE"]
    drawn_on = {one.sop_uid for one in images}
    frame = coordinates.frame_of_reference_uid
    fit = [one for one in sources.values() if one.frame_of_reference_uid == frame]
    if not fit:
        return Unplaced("other_frame")
    source = max(fit, key=lambda one: _likeness(one, drawn_on, evidence))
    slices = [one for one in source.planes if one.sop_uid in drawn_on]
    points = tuple((float(x), float(y), float(z)) for x, y, z in numbers.reshape(-1, 3))
    return Shape(coordinates.graphic, points, source, slices[0].sop_uid if slices else "")


def _likeness(source: Source, drawn_on: set[str], evidence: frozenset[str]) -> tuple[int, ...]:
    """Return how much speaks for a series: its slices that are named here, then in the report."""
    uids = {one.sop_uid for one in source.planes}
    return len(uids & drawn_on), len(uids & evidence), int(source.frame is not None), len(uids)


def _plane(image: Item, sources: Mapping[str, Source]) -> tuple[Source, Plane] | None:
    return next(_planes(image, sources), None)


def _planes(image: Item, sources: Mapping[str, Source]) -> Iterator[tuple[Source, Plane]]:
    for source in sources.values():
        for plane in source.planes:
            if plane.sop_uid == image.sop_uid and (
                not plane.frame or plane.frame in (image.frames or (1,))
            ):
                yield source, plane
