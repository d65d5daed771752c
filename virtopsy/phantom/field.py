"""Smooth quantities known on a coarse lattice and asked for at every voxel.

A signed distance changes slowly, so a lattice of one to three millimetres holds it; cubic
interpolation along each axis in turn is three matrix products, which is what makes a head of
thirty million voxels a matter of seconds.
"""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from itertools import product

import numpy as np
from numpy.typing import ArrayLike

from virtopsy.geometry.frame import Floats, Frame
from virtopsy.phantom.shapes import Limb, Places, Single

_BLOCK = 24  # lattice nodes along one edge of a block computed at once: fits the cache
WORKERS = 2


@dataclass(frozen=True, eq=False)
class Pose:
    """How the head lies in the scanner: lps = turn @ head + origin.

    Attributes:
        turn: (3, 3) rotation.
        origin: (3,) the midpoint of the porions, LPS mm.
    """

    turn: Floats
    origin: Floats

    def to_lps(self, head_mm: ArrayLike) -> Floats:
        """Map (..., 3) head-frame mm to LPS mm."""
        world: Floats = np.asarray(head_mm, np.float64) @ self.turn.T + self.origin
        return world

    def to_head(self, lps_mm: ArrayLike) -> Floats:
        """Map (..., 3) LPS mm to the head frame."""
        local: Floats = (np.asarray(lps_mm, np.float64) - self.origin) @ self.turn
        return local

    def box(self, limb: Limb, margin: float) -> tuple[Floats, Floats]:
        """Return the corners of the LPS box round a solid of the head frame and a margin, mm."""
        reach = np.maximum(limb.ra, limb.rb)
        if limb.turn:
            reach[:2] = reach[:2].max()
        ends = np.stack([limb.a, limb.b])
        low, high = ends.min(axis=0) - reach, ends.max(axis=0) + reach
        middle, half = self.to_lps((low + high) / 2), np.abs(self.turn) @ ((high - low) / 2)
        return middle - half - margin, middle + half + margin

    def places(self, x: Floats, y: Floats, z: Floats) -> Places:
        """Return the head-frame coordinates of the grid [z, y, x] spanned by three LPS axes."""
        head = [
            (
                (x - self.origin[0])[None, None, :] * self.turn[0, axis]
                + (y - self.origin[1])[None, :, None] * self.turn[1, axis]
                + (z - self.origin[2])[:, None, None] * self.turn[2, axis]
            ).astype(np.float32)
            for axis in range(3)
        ]
        return Places(*head)


@dataclass(frozen=True, eq=False)
class Field:
    """Samples on a lattice along the axes of LPS, interpolated by cubic convolution.

    Attributes:
        samples: (nz, ny, nx) float32.
        start: (3,) LPS mm of samples[0, 0, 0].
        step: distance of neighbours, mm.
    """

    samples: Single
    start: Floats
    step: float

    def inside(self, axis: int, places: Floats) -> slice:
        """Return which of the rising `places` along an axis the lattice covers."""
        nodes = self.samples.shape[2 - axis]
        low = self.start[axis] + self.step
        high = self.start[axis] + (nodes - 2) * self.step
        return slice(*np.searchsorted(places, (low, high)))

    def on(self, x: Floats, y: Floats, z: Floats) -> Single:
        """Return the values on the grid [z, y, x] of three LPS axes, float32."""
        wx, wy, wz = (self._weights(axis, places) for axis, places in enumerate((x, y, z)))
        used = np.flatnonzero(wz.any(axis=0))
        if used.size == 0:
            return np.zeros((z.size, y.size, x.size), np.float32)
        first, last = used[0], used[-1] + 1
        planes = np.tensordot(wz[:, first:last], self.samples[first:last], axes=(1, 0))
        rows = np.matmul(wy, planes)
        values: Single = np.matmul(rows, wx.T)
        return values

    def at(self, lps_mm: ArrayLike) -> Floats:
        """Return the values at (n, 3) LPS points, inf outside; the same interpolation as `on`."""
        points = np.atleast_2d(np.asarray(lps_mm, np.float64))
        position = (points - self.start) / self.step
        base = np.floor(position).astype(int)
        covered = ((base >= 1) & (base <= np.array(self.samples.shape[::-1]) - 3)).all(axis=1)
        values = np.full(len(points), np.inf)
        nodes = base[covered][:, None, :] + np.arange(-1, 3)[None, :, None]
        weights = _keys(np.abs(position[covered][:, None, :] - nodes))
        around = self.samples[
            nodes[:, :, None, None, 2], nodes[:, None, :, None, 1], nodes[:, None, None, :, 0]
        ]
        planes = np.einsum("nkji,ni->nkj", around, weights[:, :, 0])
        rows = np.einsum("nkj,nj->nk", planes, weights[:, :, 1])
        values[covered] = np.einsum("nk,nk->n", rows, weights[:, :, 2])
        return values

    def _weights(self, axis: int, places: Floats) -> Single:
        nodes = self.samples.shape[2 - axis]
        position = (places - self.start[axis]) / self.step
        gap = np.abs(position[:, None] - np.arange(nodes)[None, :])
        return _keys(gap).astype(np.float32)


def _keys(gap: Floats) -> Floats:
    """Return the cubic convolution kernel (Keys 1981, a = -1/2): it passes through the samples."""
    near = (1.5 * gap - 2.5) * gap * gap + 1
    far = ((2.5 - 0.5 * gap) * gap - 4) * gap + 2
    return np.where(gap < 1, near, np.where(gap < 2, far, 0.0))


def sample(
    quantity: Callable[[Places], Single] | Callable[[Places], tuple[Single, ...]],
    pose: Pose,
    low: ArrayLike,
    high: ArrayLike,
    step: float,
) -> tuple[Field, ...]:
    """Compute one or more quantities on the lattice round a head-frame box.

    Args:
        quantity: maps places to values of the same shape; one array or several.
        pose: where the head lies.
        low: (3,) lowest corner of the box in the head frame, mm.
        high: (3,) highest corner, mm.
        step: lattice step, mm.
    """
    corners = pose.to_lps(list(product(*np.stack([low, high], axis=1))))
    start = corners.min(axis=0) - 2 * step
    nodes = np.ceil((corners.max(axis=0) - start) / step).astype(int) + 3
    axes = [start[axis] + step * np.arange(nodes[axis]) for axis in range(3)]
    blocks = list(product(*(range(0, n, _BLOCK) for n in nodes[::-1])))

    def compute(block: tuple[int, ...]) -> tuple[Single, ...]:
        z, y, x = (slice(begin, begin + _BLOCK) for begin in block)
        found = quantity(pose.places(axes[0][x], axes[1][y], axes[2][z]))
        return found if isinstance(found, tuple) else (found,)

    with ThreadPoolExecutor(WORKERS) as pool:
        computed = list(pool.map(compute, blocks))
    wholes = [np.empty(nodes[::-1], np.float32) for _ in computed[0]]
    for block, parts in zip(blocks, computed, strict=True):
        z, y, x = (slice(begin, begin + _BLOCK) for begin in block)
        for whole, part in zip(wholes, parts, strict=True):
            whole[z, y, x] = part
    return tuple(Field(whole, start, step) for whole in wholes)


def grain(frame: Frame, step: float, random: np.random.Generator) -> Field:
    """Return smooth noise over a frame: mean 0, SD about 1 at the nodes, one node per `step` mm."""
    low, high = frame.corners_mm.min(axis=0), frame.corners_mm.max(axis=0)
    start = low - 2 * step
    nodes = np.ceil((high - start) / step).astype(int) + 3
    return Field(random.standard_normal(tuple(nodes[::-1]), np.float32), start, step)
