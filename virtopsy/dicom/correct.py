"""Tilted, uneven and broken stacks onto a regular grid, every plane at its true place.

The grid is square: its axes are row, column and normal of the planes. A plane that lies sideways
of the first (gantry tilt) is shifted within itself by linear interpolation; where the spacing is
uneven, values between two neighbouring planes are interpolated along the normal. A missing plane
is left empty: nothing is invented there. What no plane covers holds `empty`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from virtopsy.dicom.stack import Stack
from virtopsy.imaging.volume import Voxels
from virtopsy.jobs import Progress

Floats = NDArray[np.float64]
# A grid this many times finer than the stack is finer than any slice is thick.
_MOST_PLANES = 6
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
    def own(self) -> bool:
        """Tell whether every plane of the grid is a plane of the stack, only shifted."""
        return bool((self.weights == 0).all() and (self.sources >= 0).all())


def grid_of(stack: Stack) -> Grid:
    """Return the grid for a stack; costs no pixels.

    The spacing is that of the stack's own grid, or, where it is uneven, its smallest gap, so
    that no plane is lost.
    """
    depth = stack.distances - stack.distances[0]
    if stack.step_mm > 0:
        step, count = stack.step_mm, int(stack.places[-1]) + 1
        sources = np.full((count, 2), -1)
        sources[stack.places] = np.arange(len(depth))[:, None]
        weights = np.zeros(count)
    else:
        gaps = np.diff(depth)
        step = max(float(gaps.min()), float(depth[-1]) / (_MOST_PLANES * len(depth)))
        count = int(np.floor(depth[-1] / step + _ON_PLANE)) + 1
        sources, weights = _between(depth, np.arange(count, dtype=np.float64) * step, step)
    rows, first_row = _grown(stack.instances[0].rows, stack.sideways[:, 1], _pixel(stack)[1])
    columns, first_column = _grown(
        stack.instances[0].columns, stack.sideways[:, 0], _pixel(stack)[0]
    )
    return Grid(step, count, rows, columns, first_row, first_column, sources, weights)


def _pixel(stack: Stack) -> tuple[float, float]:
    i, j = stack.instances[0].pixel_mm or (1.0, 1.0)
    return i, j


def _grown(size: int, sideways: Floats, pixel: float) -> tuple[int, int]:
    """Return the size that holds all planes and the pixels added before the first."""
    before = int(np.ceil(max(0.0, -sideways.min() / pixel) - 1e-3))
    after = int(np.ceil(max(0.0, sideways.max() / pixel) - 1e-3))
    return size + before + after, before


def _between(depth: Floats, wanted: Floats, step: float) -> tuple[NDArray[np.int64], Floats]:
    """Return the neighbours of each wanted depth and the share of the second."""
    upper = np.clip(np.searchsorted(depth, wanted), 1, len(depth) - 1)
    lower = upper - 1
    weights = (wanted - depth[lower]) / (depth[upper] - depth[lower])
    near_lower = np.abs(wanted - depth[lower]) < _ON_PLANE * step
    near_upper = np.abs(wanted - depth[upper]) < _ON_PLANE * step
    lower, upper = np.where(near_upper, upper, lower), np.where(near_lower, lower, upper)
    weights = np.where(near_lower | near_upper, 0.0, np.clip(weights, 0.0, 1.0))
    return np.column_stack((lower, upper)), weights


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
    straight: dict[int, Any] = {}
    for k in range(grid.count):
        one, other = (int(place) for place in grid.sources[k])
        if one >= 0:
            for place in (one, other):
                if place not in straight:
                    straight[place] = _straight(voxels[place], stack, place, grid, empty)
            for place in [known for known in straight if known < one]:
                del straight[place]
            plane = straight[one]
            if grid.weights[k] > 0:
                plane = plane + grid.weights[k] * (straight[other] - plane)
            out[k] = plane if out.dtype.kind == "f" else np.rint(plane)
        progress.tick(k + 1, grid.count)
    return out


def _straight(
    plane: Voxels, stack: Stack, place: int, grid: Grid, empty: float
) -> NDArray[np.float32]:
    """Return one plane within the grown matrix, shifted to where it truly lies."""
    i, j = _pixel(stack)
    right = stack.sideways[place, 0] / i + grid.first_column
    down = stack.sideways[place, 1] / j + grid.first_row
    out = np.full((grid.rows, grid.columns), empty, dtype=np.float32)
    shifted = _shifted(_shifted(plane.astype(np.float32), down % 1, 0), right % 1, 1)
    top, left = int(down // 1), int(right // 1)
    height, width = shifted.shape
    out[top : top + height, left : left + width] = shifted[: grid.rows - top, : grid.columns - left]
    return out


def _shifted(plane: NDArray[np.float32], share: float, axis: int) -> NDArray[np.float32]:
    """Shift by a share of a pixel, linearly; the first and last pixel keep their value."""
    if share < 1e-3:
        return plane
    if share > 1 - 1e-3:
        pad = [(0, 0), (0, 0)]
        pad[axis] = (1, 0)
        return np.pad(plane, pad, mode="edge")
    pad = [(0, 0), (0, 0)]
    pad[axis] = (1, 1)
    wide = np.pad(plane, pad, mode="edge")
    before = np.take(wide, range(wide.shape[axis] - 1), axis=axis)
    after = np.take(wide, range(1, wide.shape[axis]), axis=axis)
    moved: NDArray[np.float32] = (before * share + after * (1 - share)).astype(np.float32)
    return moved
