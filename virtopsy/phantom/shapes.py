"""Solids of the synthetic head: limbs and planes, blended as clay is.

Everything lies in the *head frame*: millimetres, origin midway between the porions, +x to the
left, +y posterior, +z cranial, the Frankfurt plane at z = 0. Distances are negative inside.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import TypeAlias, TypeVar

import numpy as np
from numpy.typing import NDArray

Single: TypeAlias = NDArray[np.float32]
Point: TypeAlias = tuple[float, float, float]
FAR_MM = 22.0  # distances are not followed further than this outside
_ROPE_MM = 13.0  # nor are those of ropes, which are bone or muscle


@dataclass(frozen=True)
class Places:
    """Where a field is asked for: head-frame coordinates, equal shapes, mm."""

    x: Single
    y: Single
    z: Single

    @property
    def low(self) -> Point:
        """Lowest coordinates of the box round all places, mm."""
        return float(self.x.min()), float(self.y.min()), float(self.z.min())

    @property
    def high(self) -> Point:
        """Highest coordinates of the box round all places, mm."""
        return float(self.x.max()), float(self.y.max()), float(self.z.max())


@dataclass(frozen=True)
class Limb:
    """An ellipsoid swept from `a` to `b`, its half axes going from `ra` to `rb`, mm.

    Attributes:
        blend: width over which it melts into what is there, mm.
        carve: take away instead of adding.
        turn: how far the half axes are turned about z, from +x towards +y, radians.
    """

    a: Point
    b: Point
    ra: Point
    rb: Point
    blend: float = 0.0
    carve: bool = False
    turn: float = 0.0

    def mirrored(self) -> Limb:
        """Return the like of the limb on the other side."""
        return replace(self, a=counterpart(self.a), b=counterpart(self.b), turn=-self.turn)

    def reaches(self, low: Point, high: Point, far: float) -> bool:
        """Tell whether a box may lie nearer than `far` mm to the surface."""
        margin = far + self.blend
        return all(
            min(a, b) - max(ra, rb) - margin <= top and max(a, b) + max(ra, rb) + margin >= bottom
            for a, b, ra, rb, bottom, top in zip(
                self.a, self.b, self.ra, self.rb, low, high, strict=True
            )
        )

    def distance(self, at: Places) -> Single:
        """Return about the signed distance, mm; exact for a sphere.

        First-order distance of the implicit ellipsoid, k0 (k0 - 1) / k1 with k0 = |q/r| and
        k1 = |q/r^2| (I. Quilez, "ellipsoid - distance").
        """
        q = [
            axis - np.float32(start) for axis, start in zip((at.x, at.y, at.z), self.a, strict=True)
        ]
        r: Sequence[Single | np.float32] = [np.float32(value) for value in self.ra]
        if self.a != self.b:
            # The nearest ellipsoid of the sweep, not the nearest point of its axis: on a slanting
            # plate the two differ, and chained plates would show ribs.
            step = np.subtract(self.b, self.a)
            weighed = step / np.add(self.ra, self.rb) ** 2
            along = (weighed / (weighed @ step)).astype(np.float32)
            t = np.clip(q[0] * along[0] + q[1] * along[1] + q[2] * along[2], 0, 1)
            q = [
                axis - t * np.float32(end - start)
                for axis, start, end in zip(q, self.a, self.b, strict=True)
            ]
            if self.ra != self.rb:
                r = [
                    np.float32(start) + t * np.float32(end - start)
                    for start, end in zip(self.ra, self.rb, strict=True)
                ]
        if self.turn:
            c, s = np.float32(np.cos(self.turn)), np.float32(np.sin(self.turn))
            q = [c * q[0] + s * q[1], c * q[1] - s * q[0], q[2]]
        u = [axis / radius for axis, radius in zip(q, r, strict=True)]
        k0 = np.sqrt(u[0] * u[0] + u[1] * u[1] + u[2] * u[2])
        v = [axis / radius for axis, radius in zip(u, r, strict=True)]
        k1 = np.sqrt(v[0] * v[0] + v[1] * v[1] + v[2] * v[2]) + np.float32(1e-6)
        found: Single = k0 * (k0 - 1) / k1
        # In the very middle the quotient vanishes although the surface is far.
        return np.where(k0 < 0.05, np.float32(-min(*self.ra, *self.rb)), found)


def ball(centre: Point, radii: Point | float, blend: float = 0.0, *, carve: bool = False) -> Limb:
    """Return an ellipsoid (three half axes) or a sphere (one), mm."""
    r = (radii, radii, radii) if isinstance(radii, float | int) else radii
    return Limb(centre, centre, r, r, blend, carve)


def limb(  # noqa: PLR0913 -- the six numbers of one solid, written thousands of times
    a: Point,
    b: Point,
    ra: Point | float,
    rb: Point | float | None = None,
    blend: float = 0.0,
    *,
    carve: bool = False,
) -> Limb:
    """Return a limb whose half axes may be given once for both ends, or as one radius."""
    start = (ra, ra, ra) if isinstance(ra, float | int) else ra
    end = start if rb is None else (rb, rb, rb) if isinstance(rb, float | int) else rb
    return Limb(a, b, start, end, blend, carve)


def chain(points: Sequence[Point], radii: Point | float, blend: float = 0.0) -> list[Limb]:
    """Return limbs that join the points one after the other."""
    return [limb(a, b, radii, None, blend) for a, b in pairwise(points)]


@dataclass(frozen=True)
class Rope:
    """Limbs that run on into each other: one smooth solid that melts into others as a whole.

    Attributes:
        limbs: one after the other; what each blends by is not used.
        blend: width over which the whole melts into what is there, mm.
    """

    limbs: tuple[Limb, ...]
    blend: float
    carve: bool = False

    def mirrored(self) -> Rope:
        """Return the like of the rope on the other side."""
        return replace(self, limbs=tuple(one.mirrored() for one in self.limbs))

    def reaches(self, low: Point, high: Point, far: float) -> bool:
        """Tell whether a box may lie nearer than `far` mm to the surface."""
        return any(one.reaches(low, high, far + self.blend) for one in self.limbs)

    def distance(self, at: Places) -> Single:
        """Return about the signed distance, mm, true where it is less than `_ROPE_MM`."""
        low, high = at.low, at.high
        near = [one for one in self.limbs if one.reaches(low, high, _ROPE_MM)]
        found = (near or self.limbs[:1])[0].distance(at)
        for one in near[1:]:
            found = np.minimum(found, one.distance(at))
        return found


Part: TypeAlias = Limb | Rope
One = TypeVar("One", Limb, Rope)


def rope(points: Sequence[Point], radii: Sequence[Point], blend: float = 0.0) -> Rope:
    """Return a solid round a smooth curve through the points (Catmull-Rom), half axes to each."""
    known = np.concatenate([points, radii], axis=1)
    ends = np.concatenate([[2 * known[0] - known[1]], known, [2 * known[-1] - known[-2]]])
    a, b, c, d = ends[:-3], ends[1:-2], ends[2:-1], ends[3:]
    middles = (9 * (b + c) - a - d) / 16
    rows = np.concatenate([np.stack([b, middles], axis=1).reshape(-1, 6), known[-1:]]).tolist()
    return Rope(
        tuple(
            Limb((p[0], p[1], p[2]), (q[0], q[1], q[2]), (p[3], p[4], p[5]), (q[3], q[4], q[5]))
            for p, q in pairwise(rows)
        ),
        blend,
    )


def both(parts: Iterable[One]) -> list[One]:
    """Return the parts given for the left side, each followed by its like on the right."""
    return [side for one in parts for side in (one, mirrored(one))]


def counterpart(place: Point) -> Point:
    """Return the point of the right side that answers to one of the left: no face is even."""
    x, y, z = place
    uneven = min(abs(x) / 24, 1.0)
    return (
        -x + uneven * (0.5 + 0.9 * float(np.sin(y / 34 + 0.6))),
        y + uneven * 1.1 * float(np.sin(z / 31 + 1.1)),
        z + uneven * (0.4 + 0.8 * float(np.sin(y / 41 + 2.2))),
    )


def mirrored(one: One) -> One:
    """Return the like of a part on the other side of the midsagittal plane."""
    return one.mirrored()


def melt(first: Single, second: Single, width: float) -> Single:
    """Return the union of two distances, rounded over `width` mm (quadratic smooth minimum)."""
    if width <= 0:
        return np.minimum(first, second)
    h = np.maximum(width - np.abs(first - second), 0)
    rounded: Single = np.minimum(first, second) - h * h * np.float32(0.25 / width)
    return rounded


def cut(first: Single, second: Single, width: float) -> Single:
    """Return the intersection of two distances, rounded over `width` mm."""
    return -melt(-first, -second, width)


def sculpt(
    limbs: Iterable[Part], at: Places, start: Single | None = None, far: float = FAR_MM
) -> Single:
    """Return the distance to the solid that the limbs make one after the other.

    Args:
        limbs: in the order in which they melt into, or are carved from, what is there.
        at: where.
        start: distance to what is there before the first limb; nothing if None.
        far: distances beyond this, mm, are not followed and read as this.
    """
    low, high = at.low, at.high
    found = np.full(at.x.shape, far, np.float32) if start is None else start
    for one in limbs:
        if one.reaches(low, high, far):
            surface = one.distance(at)
            if one.carve:
                found = cut(found, -surface, one.blend)
            else:
                found = melt(found, surface, one.blend)
    return np.clip(found, -3 * FAR_MM, far)
