"""Air cells of ethmoid and mastoid: a pneumatised solid divided by walls as thin as paper.

Every cell is what lies nearer to its own seed than to any other; where two are equally near
stands a wall. Cells are therefore many-sided, unlike in size and unlike on either side.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from virtopsy.geometry.frame import Floats
from virtopsy.phantom.shapes import Limb, Places, Single, mirrored, sculpt

_REACH_MM = 4.0


@dataclass(frozen=True, eq=False)
class Honeycomb:
    """A pneumatised part of the skull, in the head frame.

    Attributes:
        bounds: the solid that holds the cells.
        seeds: (n, 3) middles of the cells, mm.
        wall_mm: half the thickness of the walls between cells.
    """

    bounds: tuple[Limb, ...]
    seeds: Floats
    wall_mm: float

    def box(self) -> Limb:
        """Return a solid round all cells, for its corners."""
        low = np.min(
            [np.minimum(one.a, one.b) - np.maximum(one.ra, one.rb) for one in self.bounds], 0
        )
        high = np.max(
            [np.maximum(one.a, one.b) + np.maximum(one.ra, one.rb) for one in self.bounds], 0
        )
        middle, half = (low + high) / 2, (high - low) / 2
        x, y, z = (float(part) for part in middle)
        rx, ry, rz = (float(part) for part in half)
        return Limb((x, y, z), (x, y, z), (rx, ry, rz), (rx, ry, rz))

    def distances(self, at: Places) -> tuple[Single, Single]:
        """Return distances to the whole and to the air in its cells, mm."""
        whole = sculpt(self.bounds, at, far=_REACH_MM)
        near = np.full(at.x.shape, np.inf, np.float32)
        next_near = near.copy()
        for x, y, z in self.seeds.astype(np.float32):
            away = np.sqrt((at.x - x) ** 2 + (at.y - y) ** 2 + (at.z - z) ** 2)
            next_near = np.minimum(next_near, np.maximum(near, away))
            near = np.minimum(near, away)
        wall = (next_near - near) * np.float32(0.5)
        return whole, np.maximum(whole, np.float32(self.wall_mm) - wall)


def scattered(
    bounds: tuple[Limb, ...], apart_mm: float, wall_mm: float, random: np.random.Generator
) -> Honeycomb:
    """Return cells of about a size, but none like another, filling a solid."""
    bare = Honeycomb(bounds, np.zeros((0, 3)), wall_mm)
    around = bare.box()
    low, high = np.subtract(around.a, around.ra), np.add(around.a, around.ra)
    axes = [np.arange(a, b + apart_mm, apart_mm) for a, b in zip(low, high, strict=True)]
    seeds = np.stack(np.meshgrid(*axes, indexing="ij"), axis=-1).reshape(-1, 3)
    seeds = seeds + random.uniform(-0.48, 0.48, seeds.shape) * apart_mm
    x, y, z = (seeds[:, axis].astype(np.float32) for axis in range(3))
    inside = sculpt(bounds, Places(x, y, z), far=apart_mm) < apart_mm * 0.3
    return Honeycomb(bounds, seeds[inside], wall_mm)


def other_side(bounds: tuple[Limb, ...]) -> tuple[Limb, ...]:
    """Return the mirror image of a solid."""
    return tuple(mirrored(one) for one in bounds)
