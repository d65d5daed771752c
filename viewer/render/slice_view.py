"""A slice or slab through a volume as a grey picture of exactly the asked pixels.

Values are interpolated first and windowed afterwards: scaling a windowed picture would
interpolate greys. Planes along the grid are made by `aligned`, all others by `oblique`.
"""

from __future__ import annotations

from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from viewer.render.aligned import Alignment, Part, part_of
from viewer.render.bands import Check
from viewer.render.oblique import oblique_part
from viewer.render.slice_camera import FlatCamera
from virtopsy.errors import Bug
from virtopsy.geometry.frame import Floats
from virtopsy.imaging.slab import Projection, Slab
from virtopsy.imaging.volume import Volume
from virtopsy.imaging.voxels import Voxels
from virtopsy.imaging.window import Window

_ON_THE_PLANE: Floats = np.zeros(1)
_SPARSE = 3  # voxels of a plane a pixel
_ROWS = 64


class SliceRenderer:
    """Slices of one volume; its voxels are shared, never copied.

    Where slices are missing nothing is interpolated into the gap nor out of it: the planes on
    each side are cut out of their own run of slices, up to half a slice beyond the last. A slab
    takes what was acquired within it.

    Not for two threads at once.
    """

    def __init__(self, volume: Volume) -> None:
        self.volume = volume
        self.outside = _outside(volume.voxels)
        self._runs = [
            _Run(first, volume.voxels[first : last + 1]) for first, last in _acquired_runs(volume)
        ]

    def values(
        self,
        camera: FlatCamera,
        slab: Slab | None = None,
        *,
        smooth: bool = True,
        every: int = 1,
        check: Check | None = None,
    ) -> Voxels:
        """Return (height, width) values in the dtype of the voxels.

        Outside the volume and in its gaps they are `outside`, the smallest value of that dtype.

        Args:
            camera: which pixels of which plane.
            slab: its thickness and what of it stands for all; it is sampled at
                `Slab.depths_mm`, each sample interpolated linearly. None: the plane alone.
            smooth: interpolate between voxels; else each shows its own value to its edges.
            every: only each of so many samples of the slab is taken, the plane's own among them.
            check: called again and again meanwhile; it may raise `Cancelled`.
        """
        depths = _ON_THE_PLANE if slab is None else slab.depths_mm(self.volume.frame.spacing_mm)
        depths = np.ascontiguousarray(depths[len(depths) // 2 % every :: every])
        projection = Projection.MIP if slab is None else slab.projection
        index = camera.index_from_pixel(self.volume.frame)
        joined = _Joined(camera, projection)
        for run in self._runs:
            part = run.part(camera, index, depths, projection, smooth=smooth, check=check)
            if part is not None:
                joined.take(part)
        return joined.result(self.volume.voxels.dtype, self.outside)

    def pixels(
        self,
        camera: FlatCamera,
        window: Window,
        slab: Slab | None = None,
        *,
        smooth: bool = True,
    ) -> NDArray[np.uint8]:
        """Return the (height, width) grey picture; outside the volume it is black."""
        return self.grey(self.values(camera, slab, smooth=smooth), window)

    def grey(self, values: Voxels, window: Window) -> NDArray[np.uint8]:
        """Return the grey picture of values of this volume; outside of it they are black."""
        grey = window.apply(values)
        if window.low < self.outside:
            grey[values == self.outside] = 0
        return grey


class _Joined:
    """What the runs of slices give, joined into one picture."""

    def __init__(self, camera: FlatCamera, projection: Projection) -> None:
        self._size = (camera.height, camera.width)
        self._projection = projection
        self._only: Part | None = None
        self._total: NDArray[np.float64] | None = None
        self._count: NDArray[np.int64] = np.zeros(self._size, np.int64)

    def take(self, part: Part) -> None:
        """Take what lies in one run."""
        if self._only is None and self._total is None:
            self._only = part
            return
        if self._only is not None:
            first, self._only = self._only, None
            self._total = np.zeros(self._size)
            self._lay(first)
        self._lay(part)

    def _lay(self, part: Part) -> None:
        if self._total is None:
            raise Bug("there is nothing to lay a part onto")
        left, right, top, bottom = part.box
        total = self._total[top:bottom, left:right]
        count = self._count[top:bottom, left:right]
        there = np.ones(total.shape, np.bool_) if part.covered is None else part.covered
        values = part.values.astype(np.float64)
        if self._projection is Projection.MEAN:
            samples = np.broadcast_to(part.samples, values.shape)[there]
            total[there] += values[there] * samples
            count[there] += samples
            return
        fold = np.maximum if self._projection is Projection.MIP else np.minimum
        known = count > 0
        total[there] = np.where(known, fold(total, values), values)[there]
        count[there] = 1

    def result(self, kind: np.dtype[np.generic], outside: float) -> Voxels:
        """Return the picture in the dtype of the voxels, `outside` where no run had a say."""
        made: Voxels = np.full(self._size, outside, dtype=kind)
        if self._only is not None:
            left, right, top, bottom = self._only.box
            _round_into(made[top:bottom, left:right], self._only.values, self._only.covered)
        elif self._total is not None:
            there = self._count > 0
            mean = self._total / np.maximum(self._count, 1)
            _round_into(made, mean, there)
        return made


class _Run:
    """An unbroken run of acquired slices.

    Args:
        first: the slice of the volume it begins with.
        voxels: of the run.
    """

    def __init__(self, first: int, voxels: Voxels) -> None:
        self._first, self._voxels = first, voxels

    def part(  # noqa: PLR0913 -- which pixels, where they are sampled, and how
        self,
        camera: FlatCamera,
        index: Floats,
        depths_mm: Floats,
        projection: Projection,
        *,
        smooth: bool,
        check: Check | None,
    ) -> Part | None:
        """Return what of a picture lies in this run, None where nothing does.

        Args:
            camera: which pixels.
            index: (4, 4), pixel to index of the whole volume.
            depths_mm: (n,) where behind the plane it is sampled.
            projection: what becomes of several samples.
            smooth: interpolate linearly.
            check: as of `bands`.
        """
        own = index.copy()
        own[2, 3] -= self._first
        size = (camera.width, camera.height)
        reach = float(np.abs(depths_mm).max())
        alignment = Alignment.of(own, *size, reach)
        if alignment is not None and not self._is_sparse(alignment, size, len(depths_mm)):
            return part_of(self._voxels, alignment, size, depths_mm, projection, smooth, check)
        box = _box(size, own[2], reach, -0.5, len(self._voxels) - 0.5)
        if box is None:
            return None
        return oblique_part(
            self._voxels, own, box, depths_mm, projection, smooth=smooth, check=check
        )

    def _is_sparse(self, alignment: Alignment, size: tuple[int, int], depths: int) -> bool:
        """Tell whether a slab takes so few of the voxels that they are better fetched singly."""
        x, y, _ = (self._voxels.shape[2 - axis] for axis in alignment.axes)
        return depths > 1 and size[0] * size[1] * _SPARSE < x * y


def _acquired_runs(volume: Volume) -> list[tuple[int, int]]:
    """Return the (first, last) of the runs of slices between the gaps."""
    depth = volume.frame.shape[0]
    missing = [-1, *volume.gaps, depth]
    return [(one + 1, other - 1) for one, other in pairwise(missing) if other - one > 1]


def _box(
    size: tuple[int, int], slices: Floats, reach_mm: float, low: float, high: float
) -> tuple[int, int, int, int] | None:
    """Return the pixels that hold every place whose slice index is between two values.

    The index is affine in the pixel; None where no pixel has such a place.
    """
    along_x, along_y, start = float(slices[0]), float(slices[1]), float(slices[3])
    thick = abs(float(slices[2])) * reach_mm
    wanted = (low - thick, high + thick)
    columns = _touched(start, along_x, size[0], along_y * (size[1] - 1), wanted)
    rows = _touched(start, along_y, size[1], along_x * (size[0] - 1), wanted)
    if columns is None or rows is None:
        return None
    return (*columns, *rows)


def _touched(
    start: float, along: float, count: int, across: float, wanted: tuple[float, float]
) -> tuple[int, int] | None:
    """Return which of `count` lines of pixels, without the last, reach the wanted values.

    A line n holds the values from start + n along to that plus `across`.
    """
    lines = start + along * np.arange(count)
    reached = np.flatnonzero(
        (lines + max(across, 0.0) >= wanted[0]) & (lines + min(across, 0.0) <= wanted[1])
    )
    return (int(reached[0]), int(reached[-1]) + 1) if len(reached) else None


def _round_into(target: Voxels, values: Voxels, there: NDArray[np.bool_] | None) -> None:
    """Write values in the dtype of the target, halves rounded up as VTK does.

    A few rows at a time: what is made between stays in the processor's cache, and no fresh memory
    is asked for, which costs more than the arithmetic.

    Args:
        target: (rows, columns), written to.
        values: likewise.
        there: where they are written; None: everywhere.
    """
    whole = np.issubdtype(target.dtype, np.integer) and values.dtype != target.dtype
    for first in range(0, len(values), _ROWS):
        rows = slice(first, first + _ROWS)
        made = np.floor(values[rows] + 0.5) if whole else values[rows]
        if there is None:
            target[rows] = made
        else:
            np.copyto(target[rows], made, where=there[rows], casting="unsafe")


def _outside(voxels: Voxels) -> float:
    if np.issubdtype(voxels.dtype, np.integer):
        return float(np.iinfo(voxels.dtype).min)
    return float(np.finfo(voxels.dtype).min)
