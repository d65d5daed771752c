"""Tilted, uneven and broken stacks onto a regular grid, every plane at its true place.

The grid is square: its axes are row, column and normal of the planes. A plane that lies sideways
of the first (gantry tilt) is shifted within itself by linear interpolation; where the spacing is
uneven, values between two neighbouring planes are interpolated along the normal. A missing plane
is left empty, in uneven stacks too: nothing is invented there. What no plane covers holds
`empty`. The planes as they were acquired are kept beside, for measurement.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from virtopsy.dicom.stack import Stack
from virtopsy.imaging.volume import Acquired
from virtopsy.imaging.voxels import Voxels
from virtopsy.jobs import Progress

Floats = NDArray[np.float64]
# A grid this many times finer than the stack is finer than any slice is thick.
_MOST_PLANES = 6
_MOST_EMPTY = 4096
_WHOLE = 1e-3  # of a pixel: a shift this near to whole pixels needs no interpolation
_ON_PLANE = 0.02  # of the step: a grid plane this near to a source plane is that plane


@dataclass(frozen=True, eq=False)
class Grid:
    """The regular grid that takes a flawed stack.

    Attributes:
        step_mm: spacing along the normal.
        count: planes.
        rows, columns: of every plane, grown where planes lie sideways.
        first_row, first_column: whole pixels by which the grid begins before the first plane.
        sources: (count, 2) indices of the planes around each grid plane; -1 where empty.
        weights: (count,) share of the second.
    """

    step_mm: float
    count: int
    rows: int
    columns: int
    first_row: int
    first_column: int
    sources: NDArray[np.int64]
    weights: Floats

    @property
    def gaps(self) -> tuple[int, ...]:
        """Return the planes where none was acquired."""
        return tuple(np.flatnonzero(self.sources[:, 0] < 0).tolist())


def grid_of(stack: Stack) -> Grid:
    """Return the grid for a stack; costs no pixels.

    The spacing is that of the stack's own grid, or, where it is uneven, its smallest gap, so
    that no plane is lost, made to end on the last plane.
    """
    depth = stack.distances - stack.distances[0]
    if stack.step_mm > 0:
        step, count = stack.step_mm, int(stack.places[-1]) + 1
        sources = np.full((count, 2), -1)
        sources[stack.places] = np.arange(len(depth))[:, None]
        weights = np.zeros(count)
    else:
        step, count = _even(depth, stack.lost)
        sources, weights = _between(depth, np.arange(count, dtype=np.float64) * step, stack.lost)
    rows, first_row = _grown(stack.instances[0].rows, stack.sideways[:, 1], _pixel(stack)[1])
    columns, first_column = _grown(
        stack.instances[0].columns, stack.sideways[:, 0], _pixel(stack)[0]
    )
    return Grid(step, count, rows, columns, first_row, first_column, sources, weights)


def acquired_of(voxels: Voxels, stack: Stack) -> Acquired | None:
    """Return the planes as they were acquired, sharing `voxels`.

    None where the grid holds them unchanged: they only leave some of its planes empty.
    """
    if not stack.corrected:
        return None
    origins = np.array([one.position for one in stack.instances], dtype=np.float64)
    return Acquired(voxels, origins, stack.axes, _pixel(stack))


def _pixel(stack: Stack) -> tuple[float, float]:
    i, j = stack.instances[0].pixel_mm or (1.0, 1.0)
    return i, j


def _grown(size: int, sideways: Floats, pixel: float) -> tuple[int, int]:
    """Return the size that holds all planes and the pixels added before the first."""
    before = int(np.ceil(max(0.0, -sideways.min() / pixel) - 1e-3))
    after = int(np.ceil(max(0.0, sideways.max() / pixel) - 1e-3))
    return size + before + after, before


def _even(depth: Floats, lost: NDArray[np.bool_]) -> tuple[float, int]:
    """Return spacing and number of even planes from the first plane to the last."""
    held = np.diff(depth)[~lost]
    finest = float(held.sum()) / (_MOST_PLANES * len(depth))
    bounded = float(depth[-1]) / (_MOST_PLANES * len(depth) + _MOST_EMPTY)
    step = max(float(held.min()), finest, bounded)
    steps = int(np.ceil(depth[-1] / step - _ON_PLANE))
    return float(depth[-1]) / steps, steps + 1


def _between(
    depth: Floats, wanted: Floats, lost: NDArray[np.bool_]
) -> tuple[NDArray[np.int64], Floats]:
    """Return the neighbours of each wanted depth and the share of the second; -1 where lost."""
    near = _ON_PLANE * float(wanted[1])
    upper = np.clip(np.searchsorted(depth, wanted), 1, len(depth) - 1)
    lower = upper - 1
    weights = (wanted - depth[lower]) / (depth[upper] - depth[lower])
    on_lower = np.abs(wanted - depth[lower]) < near
    on_upper = np.abs(wanted - depth[upper]) < near
    empty = lost[lower] & ~on_lower & ~on_upper
    sources = np.column_stack(
        (np.where(on_upper, upper, lower), np.where(on_lower & ~on_upper, lower, upper))
    )
    weights = np.where(on_lower | on_upper | empty, 0.0, np.clip(weights, 0.0, 1.0))
    sources[empty] = -1
    # A plane between two gaps has no neighbour to compute with: the nearest grid plane shows it.
    alone = np.flatnonzero(np.append(lost, True) & np.append(True, lost))
    for place in alone.tolist():
        k = int(np.rint(depth[place] / wanted[1]))
        if sources[k, 0] < 0:
            sources[k] = place
    return sources, weights


@dataclass(frozen=True, eq=False)
class _Straight:
    """One plane shifted to whole pixels of the grid.

    Attributes:
        pixels: (rows, columns), as stored where no shift by a share of a pixel was needed.
        top, left: where its first pixel lies in the grid's matrix.
    """

    pixels: Voxels
    top: int
    left: int

    @property
    def bottom(self) -> int:
        """Return the row after its last."""
        return self.top + len(self.pixels)

    @property
    def right(self) -> int:
        """Return the column after its last."""
        return self.left + len(self.pixels[0])


def resample(voxels: Voxels, stack: Stack, grid: Grid, empty: float, progress: Progress) -> Voxels:
    """Return the planes of `stack` on `grid`.

    Args:
        voxels: (k, j, i) as stored, in the order of the stack.
        stack: where the planes lie.
        grid: where they shall lie.
        empty: the value where no plane is.
        progress: ticks a plane of the grid.
    """
    shape = (grid.count, grid.rows, grid.columns)
    out: Voxels = np.full(shape, empty, dtype=voxels.dtype)
    straight: dict[int, _Straight] = {}
    for k in range(grid.count):
        one, other = (int(place) for place in grid.sources[k])
        if one >= 0:
            for place in {one, other} - straight.keys():
                straight[place] = _straight(voxels[place], stack, place, grid)
            for place in [known for known in straight if known < one]:
                del straight[place]
            _blend(straight[one], straight[other], float(grid.weights[k]), out[k])
        progress.tick(k + 1, grid.count)
    return out


def _blend(one: _Straight, other: _Straight, share: float, out: Voxels) -> None:
    """Write (1 - share) of one plane and `share` of the other where both were acquired."""
    top, left = max(one.top, other.top), max(one.left, other.left)
    bottom = min(one.bottom, other.bottom, out.shape[0])
    right = min(one.right, other.right, out.shape[1])
    first = one.pixels[top - one.top : bottom - one.top, left - one.left : right - one.left]
    if share > 0:
        second = other.pixels[
            top - other.top : bottom - other.top, left - other.left : right - other.left
        ]
        first = first * np.float32(1 - share) + second * np.float32(share)
    if out.dtype.kind != "f" and first.dtype.kind == "f":
        first = np.rint(first)
    out[top:bottom, left:right] = first


def _straight(plane: Voxels, stack: Stack, place: int, grid: Grid) -> _Straight:
    """Return one plane shifted to where it truly lies."""
    i, j = _pixel(stack)
    right = stack.sideways[place, 0] / i + grid.first_column
    down = stack.sideways[place, 1] / j + grid.first_row
    (left, share_right), (top, share_down) = _parted(right), _parted(down)
    return _Straight(_shifted(_shifted(plane, share_down, 0), share_right, 1), top, left)


def _parted(pixels: float) -> tuple[int, float]:
    """Return whole pixels and the share that is left; next to nothing counts as nothing."""
    whole = round(pixels)
    if abs(pixels - whole) < _WHOLE:
        return whole, 0.0
    whole = int(np.floor(pixels))
    return whole, pixels - whole


def _shifted(plane: Voxels, share: float, axis: int) -> Voxels:
    """Shift by a share of a pixel, linearly; one pixel longer, its ends keep their value."""
    if share == 0:
        return plane
    pad = [(0, 0), (0, 0)]
    pad[axis] = (1, 1)
    wide = np.pad(plane.astype(np.float32, copy=False), pad, mode="edge")
    if axis == 0:
        before, after = wide[:-1], wide[1:]
    else:
        before, after = wide[:, :-1], wide[:, 1:]
    moved: Voxels = before * np.float32(share) + after * np.float32(1 - share)
    return moved
