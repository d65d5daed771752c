"""Where a picture of a slice is empty because nothing was acquired there, and how to say it."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import TypeAlias

from viewer.render.slice_camera import FlatCamera
from virtopsy.geometry.frame import Floats
from virtopsy.imaging.slab import Slab
from virtopsy.imaging.volume import Volume
from virtopsy.language import Language, say

Pixel: TypeAlias = tuple[float, float]
_ALONG = 0.999  # cosine; 2.5 degrees: a view this near to the planes shows one of them
# A plane half a step away still belongs to its neighbour, so that the edge between an acquired
# plane and a gap is never both.
_EDGE = 1e-6


def runs(gaps: Sequence[int]) -> tuple[tuple[int, int], ...]:
    """Return the (first, last) of each unbroken run of ascending slices."""
    if not gaps:
        return ()
    breaks = [n for n, (one, other) in enumerate(pairwise(gaps), start=1) if other != one + 1]
    starts, ends = [0, *breaks], [*breaks, len(gaps)]
    return tuple((gaps[a], gaps[b - 1]) for a, b in zip(starts, ends, strict=True))


def gap_areas(
    volume: Volume, camera: FlatCamera, slab: Slab | None = None
) -> tuple[tuple[Pixel, ...], ...]:
    """Return the outline of each part of the picture that no acquired plane covers, pixels.

    Of a slab it is every part in which something behind or before the plane was not acquired.
    """
    if not volume.missing:
        return ()
    index = camera.index_from_pixel(volume.frame)
    _, rows, columns = volume.frame.shape
    right, bottom = camera.width - 0.5, camera.height - 0.5
    whole: tuple[Pixel, ...] = ((-0.5, -0.5), (right, -0.5), (right, bottom), (-0.5, bottom))
    for axis, size in ((0, columns), (1, rows)):
        whole = _between(whole, index[axis], -0.5, size - 0.5)
    thick = 0.0 if slab is None else abs(float(index[2, 2])) * slab.thickness_mm / 2
    pieces = (
        _between(whole, index[2], first - 0.5 + _EDGE - thick, last + 0.5 - _EDGE + thick)
        for first, last in runs(volume.missing)
    )
    return tuple(piece for piece in pieces if len(piece) > 2)


def gap_words(volume: Volume, camera: FlatCamera, language: Language) -> str:
    """Say that the shown slice was not acquired, by its number where it has one; else empty."""
    axis = volume.frame.directions[:, 2]
    if not volume.missing or abs(float(axis @ camera.normal_mm)) < _ALONG:
        return ""
    k = volume.slice_at(camera.centre_mm)
    if k not in volume.missing:
        return ""
    if volume.numbered:
        return say("render.gap.slice", language, number=k + 1)
    return say("render.gap.here", language)


def _between(
    outline: tuple[Pixel, ...], index: Floats, low: float, high: float
) -> tuple[Pixel, ...]:
    """Keep what lies where an index, affine in the pixel, is between two values."""
    along_x, along_y, start = float(index[0]), float(index[1]), float(index[3])
    kept = _kept(outline, along_x, along_y, start - low)
    return _kept(kept, -along_x, -along_y, high - start)


def _kept(outline: tuple[Pixel, ...], a: float, b: float, c: float) -> tuple[Pixel, ...]:
    """Cut a convex outline by a line: keep a x + b y + c >= 0 (Sutherland and Hodgman 1974)."""
    sides = [a * x + b * y + c for x, y in outline]
    kept: list[Pixel] = []
    for n, (x, y) in enumerate(outline):
        here, before = sides[n], sides[n - 1]
        if (here >= 0) != (before >= 0):
            share = before / (before - here)
            u, v = outline[n - 1]
            kept.append((u + share * (x - u), v + share * (y - v)))
        if here >= 0:
            kept.append((x, y))
    return tuple(kept)
