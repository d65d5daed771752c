"""Slices along the axes of the grid: several times faster there than VTK's reslice.

A picture along the axes needs no search a pixel. Two rows of voxels, one behind the other, are
blended into one, that is widened along the picture and then blended with the row beside it:
trilinear interpolation one axis at a time, in compiled loops whose few rows stay in the
processor's cache. They use no compiled function of another file: what is kept on disk for the next
start is renewed only when its own file changes.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from viewer.render.bands import Check, bands
from virtopsy.compiled import compiled
from virtopsy.geometry.frame import Floats
from virtopsy.imaging.slab import Projection
from virtopsy.imaging.voxels import Voxels

Singles: TypeAlias = NDArray[np.float32]
Places: TypeAlias = NDArray[np.intp]
_DRIFT = 1e-7  # voxels over the whole picture
RIM = 2.0**-17  # voxels beyond the half voxel of rim; VTK's own tolerance
_RULES = {Projection.MIP: 0, Projection.MINIP: 1, Projection.MEAN: 2}


@dataclass(frozen=True)
class Alignment:
    """Which axis of the grid each direction of a picture runs along.

    Attributes:
        axes: the index axis (0, 1, 2 for i, j, k) along x, along y and behind the picture.
        rates: change of that index a pixel along x, along y, and a mm behind.
        starts: its value at the top left pixel, on the plane.
    """

    axes: tuple[int, int, int]
    rates: tuple[float, float, float]
    starts: tuple[float, float, float]

    @classmethod
    def of(cls, index: Floats, width: int, height: int, depth_mm: float) -> Alignment | None:
        """Return how a picture lies along the grid, None where it lies obliquely.

        Args:
            index: (4, 4), maps (x, y, z, 1) of a pixel to (i, j, k, 1); z is mm behind it.
            width: of the picture, pixels.
            height: likewise.
            depth_mm: how far behind the plane it reaches.
        """
        matrix = index[:3, :3]
        axes = np.argmax(np.abs(matrix), axis=0)
        along = matrix[axes, range(3)]
        rest = matrix.copy()
        rest[axes, range(3)] = 0
        drift = np.abs(rest) @ (width, height, depth_mm)
        if len({*axes.tolist()}) < 3 or drift.max() > _DRIFT:
            return None
        starts = index[axes, 3]
        return cls(
            (int(axes[0]), int(axes[1]), int(axes[2])),
            (float(along[0]), float(along[1]), float(along[2])),
            (float(starts[0]), float(starts[1]), float(starts[2])),
        )


@dataclass(frozen=True)
class Part:
    """The part of a picture that lies in a run of slices.

    Attributes:
        box: (left, right, top, bottom) pixels, without the last.
        values: (bottom - top, right - left), float32; of the voxels' type where nothing was
            interpolated.
        samples: how many lie behind each of its pixels: one number for all, or one each.
        covered: which of its pixels lie in the run; None: all.
    """

    box: tuple[int, int, int, int]
    values: Voxels
    samples: int | NDArray[np.int32]
    covered: NDArray[np.bool_] | None = None


def part_of(  # noqa: PLR0913, PLR0917 -- voxels, where they are cut, and how
    voxels: Voxels,
    alignment: Alignment,
    size: tuple[int, int],
    depths_mm: Floats,
    projection: Projection,
    smooth: bool,
    check: Check | None = None,
) -> Part | None:
    """Return what of a picture lies in some voxels, None where nothing does.

    Args:
        voxels: (k, j, i), a run of slices.
        alignment: of the picture, its index counted in these voxels.
        size: width and height of the picture.
        depths_mm: (n,) mm behind the plane where it is sampled.
        projection: what becomes of several samples.
        smooth: interpolate linearly; else the nearest voxel stands for its surroundings.
        check: as of `bands`.
    """
    counts = [voxels.shape[2 - axis] for axis in alignment.axes]
    lines = []
    for start, rate, count, number in zip(
        alignment.starts, alignment.rates, counts, (*size, None), strict=True
    ):
        steps = depths_mm if number is None else np.arange(number, dtype=np.float64)
        places = start + rate * steps
        within = np.flatnonzero((places >= -0.5 - RIM) & (places <= count - 0.5 + RIM))
        if not len(within):
            return None
        first, last = int(within[0]), int(within[-1]) + 1
        lines.append((first, last, _Line.at(places[first:last], count, smooth=smooth)))
    (left, right, x), (top, bottom, y), (_, _, behind) = lines
    turned = voxels.transpose([2 - axis for axis in reversed(alignment.axes)])  # [behind, y, x]
    made = _project(turned, x, y, behind, projection, check)
    return Part((left, right, top, bottom), made, len(behind.low))


@dataclass(frozen=True)
class _Line:
    """Where samples along one axis lie between voxels: at low + share."""

    low: Places
    share: Singles

    @classmethod
    def at(cls, places: Floats, count: int, *, smooth: bool) -> _Line:
        held = np.clip(places, 0, count - 1)
        if not smooth:
            # The nearest one; half way the one further on, as VTK has it.
            return cls(np.floor(held + 0.5).astype(np.intp), np.zeros(len(held), np.float32))
        low = np.minimum(held.astype(np.intp), max(count - 2, 0))
        return cls(low, (held - low).astype(np.float32))

    @property
    def blends(self) -> bool:
        return bool(self.share.any())

    def part(self, first: int, last: int) -> _Line:
        return _Line(self.low[first:last], self.share[first:last])


def _project(  # noqa: PLR0913, PLR0917 -- three axes of voxels, a rule and a way to stop
    voxels: Voxels,
    x: _Line,
    y: _Line,
    behind: _Line,
    projection: Projection,
    check: Check | None,
) -> Voxels:
    """Return the (len(y), len(x)) picture of [behind, y, x] voxels."""
    if len(behind.low) == 1 and not (x.blends or y.blends or behind.blends):
        picked: Voxels = voxels[behind.low[0]][y.low[:, None], x.low]
        return picked
    out = np.empty((len(y.low), len(x.low)), np.float32)

    def band(first: int, end: int) -> None:
        rows = y.part(first, end)
        _draw(
            voxels,
            x.low,
            x.share,
            rows.low,
            rows.share,
            behind.low,
            behind.share,
            _RULES[projection],
            out[first:end],
        )
        if projection is Projection.MEAN and len(behind.low) > 1:
            out[first:end] /= len(behind.low)

    bands(len(out), band, check)
    return out


@partial(compiled, exact=True)
def _widen(  # noqa: PLR0913, PLR0917 -- a loop as numba wants it
    near: NDArray[Any],
    far: NDArray[Any],
    share: np.float32,
    x_low: Places,
    x_share: Singles,
    flat: Singles,
    wide: Singles,
) -> None:
    """Blend two rows of voxels, one behind the other, and write them as wide as the picture.

    Args:
        near: (m,) voxels.
        far: likewise.
        share: of the far ones.
        x_low: (columns,) the voxel before each column.
        x_share: likewise, of the voxel behind it.
        flat: (m,) room for the blended row.
        wide: (columns,) written to.
    """
    for c in range(len(flat)):
        one = np.float32(near[c])
        flat[c] = one + (np.float32(far[c]) - one) * share
    last = len(flat) - 1
    for x in range(len(wide)):
        one = flat[x_low[x]]
        wide[x] = one + (flat[min(x_low[x] + 1, last)] - one) * x_share[x]


@partial(compiled, exact=True)
def _fold(above: Singles, below: Singles, share: np.float32, rule: int, out: Singles) -> None:
    """Blend two rows of the picture's width into one, and fold it into what is there.

    Args:
        above: (columns,).
        below: likewise.
        share: of the row below.
        rule: -1 nothing is there yet, 0 the largest, 1 the smallest, 2 the sum.
        out: (columns,), written to.
    """
    for x in range(len(out)):
        value = above[x] + (below[x] - above[x]) * share
        if rule == 0:
            out[x] = max(out[x], value)
        elif rule == 1:
            out[x] = min(out[x], value)
        elif rule == 2:
            out[x] += value
        else:
            out[x] = value


@partial(compiled, exact=True)
def _draw(  # noqa: PLR0913, PLR0917 -- a loop as numba wants it
    voxels: NDArray[Any],
    x_low: Places,
    x_share: Singles,
    y_low: Places,
    y_share: Singles,
    z_low: Places,
    z_share: Singles,
    rule: int,
    out: Singles,
) -> None:
    """Make some rows of a picture, each from the two rows of voxels it lies between.

    A row of voxels is blended in depth and widened once for all rows of the picture beside it.

    Args:
        voxels: [behind, y, x].
        x_low: (columns,) the voxel before each column.
        x_share: likewise, of the voxel behind it.
        y_low: (rows,) likewise.
        y_share: likewise.
        z_low: (n,) likewise, of each sample behind.
        z_share: likewise.
        rule: what becomes of several samples, as of `_fold`.
        out: (rows, columns), written to.
    """
    flat = np.empty(voxels.shape[2], np.float32)
    above, below = np.empty(len(x_low), np.float32), np.empty(len(x_low), np.float32)
    for n in range(len(z_low)):
        near, far = z_low[n], min(z_low[n] + 1, voxels.shape[0] - 1)
        held_above, held_below = -1, -1
        for y in range(len(y_low)):
            first, second = y_low[y], min(y_low[y] + 1, voxels.shape[1] - 1)
            if first == held_below or second == held_above:  # the rows run on, down or up
                above, below = below, above
                held_above, held_below = held_below, held_above
            if first != held_above:
                one, other = voxels[near, first], voxels[far, first]
                _widen(one, other, z_share[n], x_low, x_share, flat, above)
                held_above = first
            if second != held_below:
                one, other = voxels[near, second], voxels[far, second]
                _widen(one, other, z_share[n], x_low, x_share, flat, below)
                held_below = second
            _fold(above, below, y_share[y], rule if n else -1, out[y])
