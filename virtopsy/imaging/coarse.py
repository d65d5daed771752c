"""A volume in blocks of about 2.5 mm, where shapes of the size of a body are told apart quickly."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from virtopsy.geometry.frame import Floats, Frame
from virtopsy.imaging.volume import Volume
from virtopsy.imaging.voxels import Voxels

Mask: TypeAlias = NDArray[np.bool_]
Labels: TypeAlias = NDArray[np.int32]
_BLOCK_MM = 2.5
_MOST_BLOCKS = 16_000_000  # a whole body gets larger blocks instead of a longer wait
_WORKERS = 2
_CUBE = np.ones((3, 3, 3), np.bool_)


@dataclass(frozen=True, eq=False)
class Coarse:
    """A volume in blocks.

    Attributes:
        frame: where the blocks lie, LPS mm.
        mean: [k, j, i] mean value of each block.
        peak: [k, j, i] largest value of each block.
    """

    frame: Frame
    mean: Voxels
    peak: Voxels


def factors_of(frame: Frame) -> tuple[int, int, int]:
    """Return how many voxels along (i, j, k) make a block of about 2.5 mm, 1 where they are so."""
    wanted, sizes = _BLOCK_MM, np.array(frame.shape[::-1])
    while True:
        factors = np.maximum(wanted / np.array(frame.spacing_mm) + 1e-6, 1).astype(int)
        factors = np.minimum(factors, sizes)
        if np.prod(-(-sizes // factors)) <= _MOST_BLOCKS or (factors == sizes).all():
            i, j, k = factors.tolist()
            return i, j, k
        wanted *= 1.2


def frame_of(frame: Frame) -> Frame:
    """Return where the blocks of a volume's frame lie."""
    factors = factors_of(frame)
    affine = frame.affine.copy()
    affine[:3, 3] = frame.to_lps([(f - 1) / 2 for f in factors])
    affine[:3, :3] = affine[:3, :3] * np.array(factors)
    i, j, k = factors
    depth, rows, columns = (-(-n // f) for n, f in zip(frame.shape, (k, j, i), strict=True))
    return Frame(affine, (depth, rows, columns))


def fine(mask: Mask, frame: Frame) -> Mask:
    """Return a mask of blocks as a mask [k, j, i] of the voxels of `frame`."""
    found = np.empty(frame.shape, np.bool_)
    fi, fj, fk = factors_of(frame)
    for k, plane in enumerate(mask):
        wide = plane.repeat(fj, axis=0).repeat(fi, axis=1)
        found[k * fk : (k + 1) * fk] = wide[: frame.shape[1], : frame.shape[2]]
    return found


def coarse(volume: Volume) -> Coarse:
    """Return a volume in blocks; a missing slice counts as the nearest acquired one.

    So a body is not cut in two where a slice is missing.
    """
    fi, fj, fk = factors_of(volume.frame)
    slices = _acquired(volume)
    frame = frame_of(volume.frame)
    held = _held(volume.frame.shape[1], fj)[:, None] * _held(volume.frame.shape[2], fi)
    exact = np.issubdtype(volume.voxels.dtype, np.integer)
    mean = np.empty(frame.shape, np.int32 if exact else np.float32)
    peak = np.empty(frame.shape, volume.voxels.dtype)

    def take(k: int) -> None:
        planes = volume.voxels[slices[k * fk : (k + 1) * fk]]
        total = planes.sum(axis=0, dtype=np.int64 if exact else np.float64)
        peak[k] = _fold(_fold(planes.max(axis=0), fj, 0, np.maximum), fi, 1, np.maximum)
        total = _fold(_fold(total, fj, 0, np.add), fi, 1, np.add)
        mean[k] = total // (held * len(planes)) if exact else total / (held * len(planes))

    with ThreadPoolExecutor(_WORKERS) as pool:
        list(pool.map(take, range(frame.shape[0])))
    return Coarse(frame, mean, peak)


def _acquired(volume: Volume) -> NDArray[np.intp]:
    """Return for each slice the nearest one that was acquired."""
    every = np.arange(volume.frame.shape[0])
    there = np.setdiff1d(every, volume.gaps)
    if there.size == 0:
        return every
    after = np.searchsorted(there, every).clip(max=len(there) - 1)
    before = (after - 1).clip(min=0)
    nearer = np.abs(there[before] - every) <= np.abs(there[after] - every)
    nearest: NDArray[np.intp] = np.where(nearer, there[before], there[after])
    return nearest


def _held(size: int, factor: int) -> NDArray[np.int64]:
    """Return how many voxels each block of a row holds."""
    return np.minimum(factor, size - np.arange(0, size, factor)).astype(np.int64)


def _fold(plane: NDArray[Any], factor: int, axis: int, join: np.ufunc) -> NDArray[Any]:
    """Join every `factor` neighbours along an axis into one."""
    turned = np.moveaxis(plane, axis, 0)
    found = turned[::factor].copy()
    for offset in range(1, factor):
        other = turned[offset::factor]
        join(found[: len(other)], other, out=found[: len(other)])
    return np.moveaxis(found, 0, axis)


def eroded(mask: Mask, reach_mm: float, frame: Frame) -> Mask:
    """Return the mask less a rim of that width; beyond the volume it is taken to go on."""
    return ~dilated(~mask, reach_mm, frame)


def dilated(mask: Mask, reach_mm: float, frame: Frame) -> Mask:
    """Return the mask with a rim of that width, grown in turn over faces and over corners."""
    found = mask.copy()
    for axes, over_corners in _steps(reach_mm, frame):
        before = found.copy()
        for axis in axes:
            into = np.moveaxis(found, axis, 0)
            from_ = np.moveaxis(found.copy() if over_corners else before, axis, 0)
            into[:-1] |= from_[1:]
            into[1:] |= from_[:-1]
        if np.array_equal(found, before):  # nor will it grow over fewer axes
            break
    return found


def spread(labels: Labels, where: Mask, reach_mm: float, frame: Frame) -> Labels:
    """Return labels grown as `dilated` does, into the unlabelled blocks of `where`."""
    found = labels.copy()
    for axes, over_corners in _steps(reach_mm, frame):
        before = found.copy()
        for axis in axes:
            into, free = np.moveaxis(found, axis, 0), np.moveaxis(where, axis, 0)
            from_ = np.moveaxis(found.copy() if over_corners else before, axis, 0)
            for to, of in ((slice(None, -1), slice(1, None)), (slice(1, None), slice(None, -1))):
                np.copyto(into[to], from_[of], where=free[to] & (into[to] == 0))
        if np.array_equal(found, before):
            break
    return found


def _steps(reach_mm: float, frame: Frame) -> Iterator[tuple[list[int], bool]]:
    """Yield the axes of each step of one block, and whether it goes over corners.

    No further than across the grid: a hostile header can claim spacings ten powers apart.
    """
    sizes = zip(frame.spacing_mm[::-1], frame.shape, strict=True)
    counts = [round(min(reach_mm / spacing, size)) for spacing, size in sizes]
    for step in range(max(counts)):
        yield [axis for axis in range(3) if counts[axis] > step], bool(step % 2)


def filled(mask: Mask) -> Mask:
    """Return the mask with what it encloses in any plane across an axis of the grid.

    In planes, not in space: lungs and nose are open to the outside at some slice.
    """
    found = mask.copy()
    for axis in range(3):
        flat = _CUBE.copy()
        np.moveaxis(flat, axis, 0)[[0, 2]] = False
        labels, n = ndimage.label(~mask, flat)
        open_ = np.zeros(n + 1, np.bool_)
        for other in {0, 1, 2} - {axis}:
            ends = np.moveaxis(labels, other, 0)
            open_[ends[0]] = open_[ends[-1]] = True
        open_[0] = True
        found |= ~open_[labels]
    return found


def labelled(mask: Mask, *, over_corners: bool) -> tuple[Labels, int]:
    """Return the connected parts of a mask, numbered from 1, and how many there are."""
    labels, n = ndimage.label(mask, _CUBE if over_corners else None)
    return labels.astype(np.int32, copy=False), int(n)


def straight(mask: Mask, length_mm: float, frame: Frame, table: Floats) -> Mask:
    """Return the blocks that lie in an unbroken row of at least that length along the table.

    Args:
        mask: [k, j, i].
        length_mm: of the row.
        frame: of the blocks.
        table: (3,) LPS, the way the table moves; it is mostly across the slices.
    """
    run = frame.index_from_lps[:3, :3] @ table
    run /= run[2]
    shifts = [np.rint(run[1::-1] * k).astype(int) for k in range(len(mask))]
    rows = [np.roll(plane, -shift, (0, 1)) for plane, shift in zip(mask, shifts, strict=True)]
    least = length_mm / (float(np.linalg.norm(frame.affine[:3, :3] @ run)))
    before, after = np.zeros(mask.shape, np.int16), np.zeros(mask.shape, np.int16)
    for n, row in enumerate(rows):
        before[n] = (before[n - 1] + 1) * row if n else row
    for n in range(len(rows) - 1, -1, -1):
        after[n] = (after[n + 1] + 1) * rows[n] if n + 1 < len(rows) else rows[n]
    long = before + after - 1 >= least
    turned = [np.roll(plane, shift, (0, 1)) for plane, shift in zip(long, shifts, strict=True)]
    return np.stack(turned)
