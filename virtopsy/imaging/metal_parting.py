"""Fragments that touch in a scan are told apart where a valley or a neck lies between them.

The values are cut at rising levels; where a part falls in two and both rise clearly above the
level, they are two pieces (the multi-threshold deblending of Bertin and Arnouts 1996). Metal that
stands at the end of the scale has no valley; there the same is done with the distance to the
edge, so that a neck is cut which is much thinner than both sides. In doubt it stays one piece.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

import numpy as np
from scipy import ndimage

from virtopsy.geometry.frame import Floats
from virtopsy.imaging import coarse as blocks
from virtopsy.imaging.coarse import Labels, Mask
from virtopsy.imaging.metal_seeds import Seed
from virtopsy.imaging.volume import Volume

_VALLEY_HU = 400.0  # many times the noise
_VALLEY_SHARE = 0.15
_NECK_SHARE = 0.6
_LEVELS = 16
_FEWEST = 2  # voxels of a part
_LARGEST_MM3 = 20_000.0  # an implant has necks of its own
_MOST_CELLS = 4_000_000


def parted(volume: Volume, seed: Seed) -> Iterator[Seed]:
    """Yield the pieces of one connected part, itself where nothing tells them apart."""
    spacing = np.array(volume.frame.spacing_mm[::-1])
    box = seed.box
    cells = np.prod([side.stop - side.start for side in box])
    if len(seed.points) * np.prod(spacing) > _LARGEST_MM3 or cells > _MOST_CELLS:
        yield seed
        return
    start = np.array([side.start for side in box])
    mask = np.zeros([side.stop - side.start for side in box], np.bool_)
    mask[tuple((seed.points - start).T)] = True
    for part in _by_value(volume.voxels[box].astype(np.float64), mask, spacing):
        for piece in _by_neck(part, spacing):
            yield Seed((np.argwhere(piece) + start).astype(np.int32), seed.found_by)


def _by_value(values: Floats, mask: Mask, spacing: Floats) -> Iterator[Mask]:
    def rises(top: float, level: float) -> bool:
        return top - level >= max(_VALLEY_HU, _VALLEY_SHARE * top)

    yield from _split(values, mask, rises, spacing)


def _by_neck(mask: Mask, spacing: Floats) -> Iterator[Mask]:
    depth = ndimage.distance_transform_edt(np.pad(mask, 1), sampling=spacing)[1:-1, 1:-1, 1:-1]
    least = 2 * float(spacing.max())

    def rises(top: float, level: float) -> bool:
        return top >= least and level <= _NECK_SHARE * top

    yield from _split(np.asarray(depth, np.float64), mask, rises, spacing)


def _split(
    field: Floats, mask: Mask, rises: Callable[[float, float], bool], spacing: Floats
) -> Iterator[Mask]:
    """Yield the parts of a mask that rise above a level between them."""
    low, high = float(field[mask].min()), float(field[mask].max())
    for level in np.linspace(low, high, _LEVELS, endpoint=False)[1:]:
        if not rises(high, float(level)):
            break
        labels, n = blocks.labelled(mask & (field > level), over_corners=True)
        if n < 2:
            continue
        sizes = np.bincount(labels.ravel(), minlength=n + 1)
        tops = ndimage.maximum(field, labels, np.arange(1, n + 1))
        kept = [
            label
            for label, top in enumerate(np.asarray(tops).tolist(), 1)
            if sizes[label] >= _FEWEST and rises(top, float(level))
        ]
        if len(kept) > 1:
            cores = np.where(np.isin(labels, kept), labels, 0).astype(np.int32)
            owner = nearest(cores, spacing)
            for label in kept:
                yield from _split(field, mask & (owner == label), rises, spacing)
            return
    yield mask


def nearest(labels: Labels, spacing: Floats) -> Labels:
    """Return for each cell the label that lies nearest to it.

    Args:
        labels: [k, j, i], 0 where there is none.
        spacing: (3,) mm along k, j, i.
    """
    at = ndimage.distance_transform_edt(
        labels == 0, sampling=spacing, return_distances=False, return_indices=True
    )
    found: Labels = labels[tuple(at)]
    return found
