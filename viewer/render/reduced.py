"""A smaller copy of a volume, for turning it without waiting."""

from __future__ import annotations

import numpy as np

from virtopsy.geometry.frame import Frame
from virtopsy.imaging.volume import Volume
from virtopsy.imaging.voxels import Voxels


def factors_for(frame: Frame, most_voxels: int) -> tuple[int, int, int]:
    """Return how many voxels along (i, j, k) become one, so that at most `most_voxels` remain.

    The finest axis is thinned first, so the reduced voxels come out nearly cubic.
    """
    factors = [1, 1, 1]
    sizes = frame.shape[::-1]

    def left() -> int:
        return int(np.prod([max(n // f, 1) for n, f in zip(sizes, factors, strict=True)]))

    while left() > most_voxels:
        steps = np.multiply(frame.spacing_mm, factors)
        factors[int(np.argmin(np.where(np.array(sizes) > factors, steps, np.inf)))] += 1
    return factors[0], factors[1], factors[2]


def reduce(volume: Volume, factors: tuple[int, int, int]) -> Volume:
    """Return the volume with blocks of voxels replaced by their mean; the rim left over is cut."""
    if factors == (1, 1, 1):
        return volume
    fi, fj, fk = factors
    depth, rows, columns = (n // f for n, f in zip(volume.frame.shape, (fk, fj, fi), strict=True))
    means = np.empty((depth, rows, columns), dtype=volume.voxels.dtype)
    whole = volume.voxels[: depth * fk, : rows * fj, : columns * fi]
    for k in range(depth):
        means[k] = _block_mean(whole[k * fk : (k + 1) * fk], fj, fi)
    affine = volume.frame.affine.copy()
    affine[:3, 3] = volume.frame.to_lps([(f - 1) / 2 for f in factors])
    affine[:3, :3] = affine[:3, :3] * np.array(factors)
    frame = Frame(affine, (depth, rows, columns))
    return Volume(means, frame, volume.quantity, volume.identity)


def _block_mean(slab: Voxels, fj: int, fi: int) -> Voxels:
    kind = np.int64 if np.issubdtype(slab.dtype, np.integer) else np.float64
    # Sums of 16 bits fit into 32 in blocks of any size that is asked for.
    thin = slab.sum(axis=0, dtype=np.int32 if slab.dtype.itemsize == 2 else kind)
    total = np.zeros(thin[::fj, ::fi].shape, dtype=kind)
    for j in range(fj):
        for i in range(fi):
            total += thin[j::fj, i::fi]
    mean: Voxels = total / (slab.shape[0] * fj * fi)
    return np.rint(mean) if kind is np.int64 else mean
