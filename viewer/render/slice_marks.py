"""Glyphs on a flat picture: full where they lie in the slice, dashed where they are projected."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from itertools import pairwise
from types import MappingProxyType

import numpy as np

from viewer.render.annotate import Circle, Label, Stroke
from viewer.render.glyphs.glyph import Form, Glyph, Spot, Strand
from viewer.render.slice_camera import FlatCamera
from virtopsy.geometry.camera import Point

Drawn = Stroke | Circle
_DOT_PX = 3.0
_SMALLEST_PX = 4.0


def on_slice(glyph: Glyph, camera: FlatCamera, thickness_mm: float) -> list[Drawn]:
    """Return what a slice shows of a glyph; nothing of what lies before or behind it.

    Only a strand that is `projected` is drawn beyond the slice, thin and dashed.

    Args:
        glyph: of a finding.
        camera: of the picture.
        thickness_mm: of the slice.
    """
    marks: list[Drawn] = []
    for strand in glyph.strands:
        for ends in pairwise(strand.points):
            marks += _straight(glyph, strand, ends, camera, thickness_mm / 2)
    for spot in glyph.spots:
        if abs(camera.distance_mm(spot.at)) <= max(spot.radius_mm, thickness_mm / 2):
            marks += _SPOTS[spot.form](glyph, spot, camera)
    return marks


def label_of(glyph: Glyph, place: tuple[float, float]) -> list[Label]:
    """Return the name of a glyph for the margin; none where it has no name."""
    return [Label(place, glyph.name, glyph.colour, glyph.brief)] if glyph.name else []


def _straight(
    glyph: Glyph, strand: Strand, ends: tuple[Point, Point], camera: FlatCamera, half_mm: float
) -> list[Drawn]:
    first, second = (np.array(end) for end in ends)
    places = [camera.to_pixel(end) for end in ends]
    width = 3 if glyph.selected else 2
    marks: list[Drawn] = []
    if strand.projected:
        marks.append(Stroke(places[0], places[1], glyph.colour, 1, solid=False))
    span = _within(camera.distance_mm(first), camera.distance_mm(second), half_mm)
    if span is None:
        return marks
    inner = [camera.to_pixel(first + share * (second - first)) for share in span]
    marks.append(Stroke(inner[0], inner[1], glyph.colour, width, solid=strand.solid))
    if strand.projected and strand.solid:
        centre = ((inner[0][0] + inner[1][0]) / 2, (inner[0][1] + inner[1][1]) / 2)
        marks.append(Circle(centre, 3.0 * width, glyph.colour, width))
    return marks


def _within(first: float, second: float, half: float) -> tuple[float, float] | None:
    """Return the shares of a line from depth `first` to `second` that lie within +-`half`."""
    if first == second:
        return (0.0, 1.0) if abs(first) <= half else None
    near, far = sorted(((-half - first) / (second - first), (half - first) / (second - first)))
    low, high = max(near, 0.0), min(far, 1.0)
    return (low, high) if low <= high else None


def _ring(glyph: Glyph, spot: Spot, camera: FlatCamera) -> list[Drawn]:
    radius = max(spot.radius_mm / camera.mm_per_pixel, _SMALLEST_PX)
    return [Circle(camera.to_pixel(spot.at), radius, glyph.colour, 4 if spot.heavy else 2)]


def _dot(glyph: Glyph, spot: Spot, camera: FlatCamera) -> list[Drawn]:
    return [Circle(camera.to_pixel(spot.at), _DOT_PX, glyph.colour, 3)]


def _square(glyph: Glyph, spot: Spot, camera: FlatCamera) -> list[Drawn]:
    return _closed(glyph, spot, camera, ((-1, -1), (1, -1), (1, 1), (-1, 1)))


def _diamond(glyph: Glyph, spot: Spot, camera: FlatCamera) -> list[Drawn]:
    return _closed(glyph, spot, camera, ((0, -1), (1, 0), (0, 1), (-1, 0)))


def _cross(glyph: Glyph, spot: Spot, camera: FlatCamera) -> list[Drawn]:
    (x, y), half = camera.to_pixel(spot.at), _half_px(spot, camera)
    width = 3 if spot.heavy else 2
    return [
        Stroke((x - half, y), (x + half, y), glyph.colour, width),
        Stroke((x, y - half), (x, y + half), glyph.colour, width),
    ]


def _closed(
    glyph: Glyph, spot: Spot, camera: FlatCamera, corners: tuple[tuple[int, int], ...]
) -> list[Drawn]:
    (x, y), half = camera.to_pixel(spot.at), _half_px(spot, camera)
    places = [(x + half * right, y + half * down) for right, down in corners]
    width = 3 if spot.heavy else 2
    return [
        Stroke(one, other, glyph.colour, width) for one, other in pairwise((*places, places[0]))
    ]


def _half_px(spot: Spot, camera: FlatCamera) -> float:
    return max(spot.radius_mm / camera.mm_per_pixel, _SMALLEST_PX)


_SPOTS: Mapping[Form, Callable[[Glyph, Spot, FlatCamera], list[Drawn]]] = MappingProxyType(
    {
        Form.RINGS: _ring,
        Form.BOX: _square,
        Form.CROSS: _cross,
        Form.DIAMOND: _diamond,
        Form.DOT: _dot,
    }
)
