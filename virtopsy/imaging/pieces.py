"""The solid pieces of a scan in blocks, and which of them are the body."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from virtopsy.geometry.frame import Floats, Frame
from virtopsy.imaging import coarse as blocks
from virtopsy.imaging.coarse import Coarse, Labels, Mask
from virtopsy.imaging.volume import Volume

_SOLID_HU = -300
_TISSUE_HU, _BONE_HU = (-250, 250), (250, 2500)
_THIN_MM = 5.0  # what a ball of this radius does not fit into joins two bodies by touch only
_CLOSED_MM = 10.0  # a wound, a nostril or an ear canal is no wider than twice this
_SMALL_MM = 120.0  # an ear, a nose or a hand; no table, head rest or bag
_WIDE_MM = 250.0
_FOLD_MM = 60.0
_STRAIGHT_MM = 80.0  # no ear is: an ear that lies on a head rest is cut from it by this


@dataclass(frozen=True, eq=False)
class Pieces:
    """The solid blocks, cut where only a touch joins them; index 0 is what is not solid.

    Attributes:
        labels: [k, j, i] of the blocks.
        thick: (n + 1,) a ball of 5 mm radius goes round in it.
        straight: (n + 1,) thin, and a row along the table.
        blocks: (n + 1,) size of each piece.
        tissue: (n + 1,) share of a piece with values of soft tissue.
        bone: (n + 1,) share with values of bone.
        extent_mm: (n + 1, 3) sides of its box along k, j, i.
        leaves: (n + 1,) whether it reaches the end of the scan.
    """

    labels: Labels
    thick: Mask
    straight: Mask
    blocks: NDArray[np.int64]
    tissue: Floats
    bone: Floats
    extent_mm: Floats
    leaves: Mask

    @property
    def limbs(self) -> Mask:
        """(n + 1,) thick, of soft tissue with some bone in it."""
        return self.thick & (self.tissue > 0.5) & (self.bone > 0.01)


def table_way(volume: Volume) -> Floats:
    """Return the way the table moved, (3,) LPS: across the slices, but for a tilted gantry."""
    way: Floats = volume.frame.directions[:, 2]
    if volume.acquired is not None and len(volume.acquired.voxels) > 1:
        way = np.asarray(volume.acquired.origins_mm[-1] - volume.acquired.origins_mm[0])
    return way


def pieces_of(grid: Coarse, table: Floats) -> Pieces:
    """Return the solid pieces of a scan.

    Args:
        grid: the scan in blocks.
        table: (3,) LPS, the way the table moved (`table_way`).
    """
    solid, frame = (grid.mean > _SOLID_HU) | (grid.peak > _BONE_HU[1]), grid.frame
    cores, thick = blocks.labelled(blocks.eroded(solid, _THIN_MM, frame), over_corners=False)
    labels = blocks.spread(cores, solid, _THIN_MM + max(frame.spacing_mm), frame)
    thin = solid & (labels == 0)
    row = blocks.straight(thin, _STRAIGHT_MM, frame, table)
    rows, straight = blocks.labelled(row, over_corners=True)
    others, rest = blocks.labelled(thin & ~row, over_corners=True)
    labels = np.where(rows > 0, rows + np.int32(thick), labels)
    labels = np.where(others > 0, others + np.int32(thick + straight), labels)
    n = thick + straight + rest + 1
    sizes = np.bincount(labels.ravel(), minlength=n)

    def share(low: int, high: int) -> Floats:
        inside = (grid.mean >= low) & (grid.mean <= high)
        counted: Floats = np.bincount(labels[inside], minlength=n) / np.maximum(sizes, 1)
        return counted

    boxes = [(0, 0, 0, 0, 0, 0), *map(_ends, ndimage.find_objects(labels, n - 1))]
    low, high = np.array(boxes).reshape(n, 2, 3).swapaxes(0, 1)
    return Pieces(
        labels=labels,
        thick=np.arange(n) <= thick,
        straight=(np.arange(n) > thick) & (np.arange(n) <= thick + straight),
        blocks=sizes,
        tissue=share(*_TISSUE_HU),
        bone=share(*_BONE_HU),
        extent_mm=(high - low) * frame.spacing_mm[::-1],
        leaves=((low == 0) | (high == frame.shape)).any(axis=1),
    )


def _ends(box: tuple[slice, ...]) -> tuple[int, ...]:
    return (*(side.start for side in box), *(side.stop for side in box))


def body_of(pieces: Pieces, frame: Frame) -> Mask:
    """Return which pieces are body, (n + 1,); what is not solid counts as body.

    The largest thick piece of soft tissue and bone is, and so is a limb that leaves the scan: it
    may be attached beyond. So is what touches these, unless it plainly is apparatus, and what
    lies mostly inside the body's outline.
    """
    found = np.zeros(len(pieces.blocks), np.bool_)
    found[0] = True
    if len(found) == 1:
        return found
    tissue = pieces.blocks * pieces.tissue * np.where(pieces.limbs, 1.0, 0.01)
    found[1 + int(np.argmax(tissue[1:]))] = True
    found |= pieces.limbs & pieces.leaves
    may_touch = _may_touch(pieces)
    while True:
        near = blocks.dilated(_solid(found, pieces), max(frame.spacing_mm), frame)
        touching = np.zeros(len(found), np.bool_)
        touching[np.unique(pieces.labels[near])] = True
        new = touching & may_touch & ~found
        if not new.any():
            break
        found |= new
    inside = hull(_solid(found, pieces), frame)
    enclosed = np.bincount(pieces.labels[inside], minlength=len(found))
    return found | (enclosed > pieces.blocks / 2)


def _solid(chosen: Mask, pieces: Pieces) -> Mask:
    taken = chosen.copy()
    taken[0] = False
    found: Mask = taken[pieces.labels]
    return found


def _may_touch(pieces: Pieces) -> Mask:
    """Return which pieces are body if they touch it: all but what plainly is apparatus."""
    longest = pieces.extent_mm.max(axis=1)
    small = (longest <= _SMALL_MM) | ((longest <= _WIDE_MM) & ~pieces.leaves)
    fold = pieces.straight & (pieces.extent_mm[:, 1:].max(axis=1) <= _FOLD_MM)
    found: Mask = np.where(
        pieces.thick,
        (pieces.tissue > 0.5) | (longest <= _SMALL_MM),
        np.where(pieces.straight, small | fold, longest <= _WIDE_MM),
    )
    return found


def hull(body: Mask, frame: Frame) -> Mask:
    """Return the body with wounds, nostrils, ear canals and all that it encloses closed."""
    closed = blocks.eroded(blocks.dilated(body, _CLOSED_MM, frame), _CLOSED_MM, frame)
    return blocks.filled(closed | body)
