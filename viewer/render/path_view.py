"""Slices along a path, straightened: the curved counterpart of `slice_view`.

The picture of a straight path is that of the plane it lies in, pixel for pixel.
"""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import cache
from itertools import groupby

import numpy as np
from numpy.typing import NDArray

from viewer.render.aligned import RIM
from viewer.render.bands import Check
from viewer.render.gaps import Pixel, gap_areas, runs
from viewer.render.path_camera import PathCamera
from viewer.render.slice_view import SliceRenderer
from virtopsy.geometry.frame import Floats
from virtopsy.imaging.slab import Projection, Slab
from virtopsy.imaging.volume import Volume
from virtopsy.imaging.voxels import Voxels
from virtopsy.imaging.window import Window

_ROWS = 16  # a block of them stays in the processor's cache
_THREADS = 2
_CORNERS = [(k, j, i) for k in (0, 1) for j in (0, 1) for i in (0, 1)]


class PathRenderer:
    """Pictures along paths through one volume; nothing is interpolated into a gap or out of it.

    Args:
        slices: of the volume; it makes the pictures of straight paths.
    """

    def __init__(self, slices: SliceRenderer) -> None:
        self._slices = slices
        self._volume = slices.volume
        self._low, self._high = _neighbours(self._volume)

    @property
    def volume(self) -> Volume:
        """What is pictured."""
        return self._volume

    def values(
        self,
        camera: PathCamera,
        slab: Slab | None = None,
        *,
        smooth: bool = True,
        every: int = 1,
        check: Check | None = None,
    ) -> Voxels:
        """Return (height, width) values in the dtype of the voxels.

        Outside the volume and in its gaps they are `SliceRenderer.outside`. A slab has half its
        thickness before and behind the picture, at right angles to the path, and takes what was
        acquired within it.

        Args:
            camera: which pixels.
            slab: its thickness and what of it stands for all; None: the picture alone.
            smooth: interpolate between voxels; else each shows its own value to its edges.
            every: only each of so many samples of the slab is taken, the picture's own among them.
            check: called again and again meanwhile; it may raise `Cancelled`.
        """
        flat = camera.flat()
        if flat is not None:
            return self._slices.values(flat, slab, smooth=smooth, every=every, check=check)
        if slab is None:
            return self._layer(camera, 0.0, smooth=smooth, check=check)
        depths = slab.depths_mm(self._volume.frame.spacing_mm)
        depths = depths[len(depths) // 2 % every :: every]
        folding = _Folding(slab.projection, camera, self._slices.outside)
        for depth in depths.tolist():
            folding.take(self._layer(camera, depth, smooth=smooth, check=check))
        return folding.result(self._volume.voxels.dtype)

    def pixels(
        self, camera: PathCamera, window: Window, slab: Slab | None = None, *, smooth: bool = True
    ) -> NDArray[np.uint8]:
        """Return the (height, width) grey picture; outside the volume and in gaps it is black."""
        return self.grey(self.values(camera, slab, smooth=smooth), window)

    def grey(self, values: Voxels, window: Window) -> NDArray[np.uint8]:
        """Return the grey picture of values of this volume; outside of it they are black."""
        return self._slices.grey(values, window)

    def _layer(
        self, camera: PathCamera, behind_mm: float, *, smooth: bool, check: Check | None
    ) -> Voxels:
        """Return the values some mm behind the picture."""
        tops, steps = camera.columns(self._volume.frame, behind_mm)
        shape = (camera.height, camera.width)
        made: Voxels = np.full(shape, self._slices.outside, self._volume.voxels.dtype)

        def fill(first: int) -> None:
            if check is not None:
                check()
            block = made[first : first + _ROWS]
            rows = np.arange(first, first + len(block))[:, None, None]
            self._sample(tops + rows * steps, block, smooth=smooth)

        # numpy lets go of the interpreter's lock, so blocks are made at the same time
        list(_threads().map(fill, range(0, camera.height, _ROWS)))
        return made

    def _sample(self, index: Floats, out: Voxels, *, smooth: bool) -> None:
        """Write the values at (..., 3) indices (i, j, k) where there are any."""
        voxels = self._volume.voxels
        size = np.array(voxels.shape[::-1])
        near = np.floor(index[..., 2] + 0.5).clip(0, size[2] - 1).astype(np.intp)
        # Half way between an acquired slice and a missing one it is the acquired one.
        before = np.maximum(near - 1, 0)
        edge = (self._low[near] < 0) & (index[..., 2] - before <= 0.5 + RIM)
        near = np.where(edge, before, near)
        low, high = self._low[near], self._high[near]
        there = (low >= 0) & ((index >= -0.5 - RIM) & (index <= size - 0.5 + RIM)).all(axis=-1)
        if not there.any():
            return
        held = np.clip(index[there], 0, size - 1)
        held[:, 2] = np.clip(held[:, 2], low[there], high[there])
        if not smooth:
            i, j, k = np.floor(held + 0.5).astype(np.intp).T
            out[there] = voxels[k, j, i]
            return
        values = _trilinear(voxels, held)
        if np.issubdtype(out.dtype, np.integer):
            values = np.floor(values + np.float32(0.5))
        out[there] = values.astype(out.dtype)


class _Folding:
    """The layers of a slab, one after another."""

    def __init__(self, projection: Projection, camera: PathCamera, outside: float) -> None:
        self._projection, self._outside = projection, outside
        self._total = np.zeros((camera.height, camera.width))
        self._count = np.zeros(self._total.shape, np.intp)

    def take(self, layer: Voxels) -> None:
        """Take one layer where it was acquired."""
        there = layer != self._outside
        value, before = layer[there].astype(np.float64), self._total[there]
        if self._projection is Projection.MEAN:
            self._total[there] = before + value
        else:
            fold = np.maximum if self._projection is Projection.MIP else np.minimum
            known = self._count[there] > 0
            self._total[there] = np.where(known, fold(before, value), value)
        self._count[there] += 1

    def result(self, kind: np.dtype[np.generic]) -> Voxels:
        """Return the picture in the dtype of the voxels."""
        values = self._total
        if self._projection is Projection.MEAN:
            values = values / np.maximum(self._count, 1)
        if np.issubdtype(kind, np.integer):
            values = np.floor(values + 0.5)
        folded: Voxels = np.where(self._count > 0, values, self._outside).astype(kind)
        return folded


def _trilinear(voxels: Voxels, index: Floats) -> NDArray[np.float32]:
    """(n,) values at (n, 3) indices (i, j, k) within the outermost voxels."""
    _, rows, columns = voxels.shape
    last = np.maximum(np.array(voxels.shape[::-1]) - 2, 0)
    low = np.minimum(index.astype(np.intp), last)
    share = (index - low).astype(np.float32)
    begin = (low[:, 2] * rows + low[:, 1]) * columns + low[:, 0]
    steps = [size > 1 for size in voxels.shape]
    flat = voxels.reshape(-1)
    total = np.zeros(len(index), np.float32)
    weights = [(1 - share[:, axis], share[:, axis]) for axis in range(3)]
    for k, j, i in _CORNERS:
        at = begin + (k * steps[0] * rows + j * steps[1]) * columns + i * steps[2]
        total += weights[2][k] * weights[1][j] * weights[0][i] * flat.take(at)
    return total


def _neighbours(volume: Volume) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """Return of each slice the first and last slice of its run; -1 of a missing one."""
    depth = volume.frame.shape[0]
    low, high = np.full((2, depth), -1, np.intp)
    absent = set(volume.gaps)
    for first, last in runs([k for k in range(depth) if k not in absent]):
        low[first : last + 1], high[first : last + 1] = first, last
    return low, high


def path_gap_areas(
    volume: Volume, camera: PathCamera, slab: Slab | None = None
) -> tuple[tuple[Pixel, ...], ...]:
    """Return the outline of each part of a picture that was not acquired, pixels.

    The index is affine along a column: each gap covers one piece of it, and pieces of columns
    beside one another are one area. Of a slab it is every part in which something before or
    behind the picture was not acquired.
    """
    if not volume.missing:
        return ()
    flat = camera.flat()
    if flat is not None:
        return gap_areas(volume, flat, slab)
    half = 0.0 if slab is None else slab.thickness_mm / 2
    layers = [_Columns.of(volume, camera, behind) for behind in sorted({-half, 0.0, half})]
    areas: list[tuple[Pixel, ...]] = []
    for first, last in runs(volume.missing):
        pieces = [one.between(first - 0.5, last + 0.5) for one in layers]
        # The index is affine across the picture too: what the faces hold lies between them.
        begin = np.min([np.where(end > low, low, np.inf) for low, end in pieces], axis=0)
        end = np.max([np.where(end > low, end, -np.inf) for low, end in pieces], axis=0)
        areas += _outlines(begin, end)
    return tuple(areas)


@dataclass(frozen=True, eq=False)
class _Columns:
    """Where the columns of a picture lie in the grid.

    Attributes:
        begin, end: (width,) rows between which a column is within the scan.
        top, step: (width,) slice index in row 0, and its change from row to row.
    """

    begin: Floats
    end: Floats
    top: Floats
    step: Floats

    @classmethod
    def of(cls, volume: Volume, camera: PathCamera, behind_mm: float) -> _Columns:
        """Return the columns of a picture, some mm behind it."""
        tops, steps = camera.columns(volume.frame, behind_mm)
        _, rows, columns = volume.frame.shape
        begin, end = np.full(camera.width, -0.5), np.full(camera.width, camera.height - 0.5)
        for axis, size in ((0, columns), (1, rows)):
            within = (-0.5, size - 0.5)
            begin, end = _narrowed(begin, end, tops[:, axis], steps[:, axis], within)
        return cls(begin, end, tops[:, 2], steps[:, 2])

    def between(self, low: float, high: float) -> tuple[Floats, Floats]:
        """Return (width,) ends of the pieces whose slice index lies between two values."""
        return _narrowed(self.begin, self.end, self.top, self.step, (low, high))


def _narrowed(
    begin: Floats, end: Floats, top: Floats, step: Floats, within: tuple[float, float]
) -> tuple[Floats, Floats]:
    """Return (width,) ends of the pieces of columns in which an index lies between two values."""
    moving = np.abs(step) > 1e-12
    rate = np.where(moving, step, 1.0)
    one, other = (within[0] - top) / rate, (within[1] - top) / rate
    always = ~moving & (top >= within[0]) & (top <= within[1])
    low = np.where(moving, np.minimum(one, other), np.where(always, -np.inf, np.inf))
    high = np.where(moving, np.maximum(one, other), np.where(always, np.inf, -np.inf))
    return np.maximum(begin, low), np.minimum(end, high)


def _outlines(begin: Floats, end: Floats) -> list[tuple[Pixel, ...]]:
    """Return the areas that pieces of columns beside one another form, half a pixel wider."""
    areas = []
    filled = np.flatnonzero(end > begin).tolist()
    for _, group in groupby(enumerate(filled), key=lambda one: one[1] - one[0]):
        columns = [column for _, column in group]
        x = [columns[0] - 0.5, *columns, columns[-1] + 0.5]
        at = [columns[0], *columns, columns[-1]]
        upper = [(float(px), float(begin[n])) for px, n in zip(x, at, strict=True)]
        lower = [(float(px), float(end[n])) for px, n in zip(x, at, strict=True)]
        areas.append((*upper, *reversed(lower)))
    return areas


@cache
def _threads() -> ThreadPoolExecutor:
    return ThreadPoolExecutor(_THREADS, thread_name_prefix="path")
