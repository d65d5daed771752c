"""Hair-line fractures round the two holes: where they run over the vault.

Each is traced over the outer table from its hole, turning a little at every step as brittle bone
does. Long ones fork; round the exit, where the vault is heaved outward, arcs join them.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from virtopsy.geometry.frame import Floats
from virtopsy.phantom.field import Field
from virtopsy.phantom.gunshot import Hole, Track, opening
from virtopsy.phantom.truth import Fracture

_STEP_MM = 1.5
_NUDGE_MM = 0.5  # for the slope of the outer table
_RADIAL_MM, _BRANCH_MM, _ARC_MM = (0.8, 0.35), (0.5, 0.3), (0.6, 0.4)  # gap: first end, last end


@dataclass(frozen=True, eq=False)
class Paths:
    """Lines traced side by side over the outer table, (steps, lines, 3), LPS mm.

    Attributes:
        points: on the table.
        headings: unit tangents.
        normals: unit normals, outward.
    """

    points: Floats
    headings: Floats
    normals: Floats


@dataclass(frozen=True, eq=False)
class Gap:
    """A fracture ready to be painted: (n, 3) points, (n, 3) outward normals, (n,) widths, mm."""

    points: Floats
    normals: Floats
    widths: Floats


def gap(one: Fracture, outer: Field) -> Gap:
    """Return a fracture with the normals of the outer table it runs over."""
    points = np.asarray(one.points)
    return Gap(points, _outward(outer, points)[1], np.linspace(*one.width_mm, len(points)))


def _outward(outer: Field, points: Floats) -> tuple[Floats, Floats]:
    """Return signed distances (n,) to the outer table and its unit normals (n, 3) there."""
    nudges = np.concatenate([np.zeros((1, 3)), np.eye(3), -np.eye(3)]) * _NUDGE_MM
    values = outer.at((points[None] + nudges[:, None]).reshape(-1, 3)).reshape(7, -1)
    slope = (values[1:4] - values[4:7]).T / (2 * _NUDGE_MM)
    size = np.linalg.norm(slope, axis=1, keepdims=True)
    return values[0] / size[:, 0], slope / size


def trace(outer: Field, starts: Floats, headings: Floats, turns: Floats) -> Paths:
    """Follow the outer table from (n, 3) points of it, turning by (steps, n) radians."""
    points, found = starts, []
    for turn in turns:
        depth, normals = _outward(outer, points)
        points = points - depth[:, None] * normals
        headings = headings - (headings * normals).sum(axis=1, keepdims=True) * normals
        headings = headings / np.linalg.norm(headings, axis=1, keepdims=True)
        found.append((points, headings, normals))
        headings = np.cos(turn)[:, None] * headings + np.sin(turn)[:, None] * np.cross(
            normals, headings
        )
        points = points + _STEP_MM * headings
    return Paths(*(np.stack(one) for one in zip(*found, strict=True)))


def fractures(track: Track, outer: Field, random: np.random.Generator) -> tuple[Fracture, ...]:
    """Return the fractures of both holes: radial ones, their branches, and arcs at the exit."""
    return (
        *_round(track, track.entry, outer, random),
        *_round(track, track.exit, outer, random),
    )


def _round(track: Track, hole: Hole, outer: Field, random: np.random.Generator) -> list[Fracture]:
    entering = hole is track.entry
    end = "entry" if entering else "exit"
    centre = np.asarray(track.point(0.0 if entering else track.length))
    count = int(random.integers(3, 5))
    angles = random.uniform(0, 2 * np.pi) + 2 * np.pi / count * (
        np.arange(count) + random.uniform(-0.28, 0.28, count)
    )
    headings = np.outer(np.cos(angles), track.across) + np.outer(np.sin(angles), track.beside)
    steps = (random.uniform(22, 50, count) / _STEP_MM).astype(int)
    paths = trace(outer, np.tile(centre, (count, 1)), headings, _wander(50, count, random))
    a, b = ((paths.points - centre) @ axis for axis in (track.across, track.beside))
    inside = opening(hole, a, b, np.full(a.shape, 0 if entering else 1, np.float32)) < 0
    first = np.argmin(inside, axis=0)
    last = np.minimum(first + steps, len(paths.points) - 1)
    found = [
        _fracture(end, "radial", paths.points[first[n] : last[n] + 1, n], _RADIAL_MM)
        for n in range(count)
    ]
    found += _branches(end, outer, paths, first, last, random)
    return found if entering else [*found, *_arcs(end, outer, paths, (first, angles), random)]


def _branches(  # noqa: PLR0913, PLR0917 -- a fracture is a place, a table and chance
    end: str,
    outer: Field,
    paths: Paths,
    first: Floats,
    last: Floats,
    random: np.random.Generator,
) -> list[Fracture]:
    """Return one branch from each of the two longest lines, and one from its far half."""
    lines = np.argsort(first - last)[:2]
    lines = np.append(lines, lines[0])
    share = np.array([0.3, 0.45, 0.7]) + random.uniform(-0.08, 0.08, 3)
    at = (first[lines] + share * (last - first)[lines]).astype(int)
    aside = random.choice((-1.0, 1.0)) * np.array([1, -1, -1]) * random.uniform(0.6, 0.95, 3)
    points, headings, normals = (
        whole[at, lines] for whole in (paths.points, paths.headings, paths.normals)
    )
    headings = np.cos(aside)[:, None] * headings + np.sin(aside)[:, None] * np.cross(
        normals, headings
    )
    branches = trace(outer, points, headings, _wander(16, 3, random))
    steps = (random.uniform(10, 22, 3) / _STEP_MM).astype(int)
    return [
        _fracture(end, "branch", branches.points[: steps[n] + 1, n], _BRANCH_MM) for n in range(3)
    ]


def _arcs(
    end: str,
    outer: Field,
    paths: Paths,
    rays: tuple[Floats, Floats],
    random: np.random.Generator,
) -> list[Fracture]:
    """Return two arcs round the exit, each from one radial line to the next."""
    first, angles = rays
    n = np.array([0, 1])
    at = first[n] + np.array([9, 13])
    points, headings, normals = (
        whole[at, n] for whole in (paths.points, paths.headings, paths.normals)
    )
    radius = at * _STEP_MM
    steps = ((angles[n + 1] - angles[n]) * radius / _STEP_MM).astype(int)
    wander = _wander(int(steps.max()) + 1, 2, random) * 0.7
    # Which way round the angles grow, seen from outside, decides the side the arc sets off to.
    way = np.sign(((np.cross(normals, headings)) * (paths.points[at, n + 1] - points)).sum(axis=1))
    arcs = trace(
        outer, points, np.cross(normals, headings) * way[:, None], wander + way * _STEP_MM / radius
    )
    return [
        _fracture(end, "concentric", arcs.points[: steps[line] + 1, line], _ARC_MM) for line in n
    ]


def _wander(steps: int, lines: int, random: np.random.Generator) -> Floats:
    """Return turns that jag from step to step and drift a little, but keep their way."""
    jag = random.normal(0, 0.22, (steps, lines))
    drift = np.clip(np.cumsum(random.normal(0, 0.05, (steps, lines)), axis=0), -0.3, 0.3)
    turns: Floats = np.diff(jag + drift, axis=0, prepend=0)
    return turns


def _fracture(end: str, course: str, points: Floats, width_mm: tuple[float, float]) -> Fracture:
    line = tuple((float(x), float(y), float(z)) for x, y, z in points)
    return Fracture(end, course, line, width_mm)
