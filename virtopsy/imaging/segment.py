"""Which voxels count as bone, skin, metal or gas by their HU, and what lies outside the body.

A range of HU is a threshold for showing something. It names no tissue in a report, and does not
hold for a body changed by heat or decay.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from types import MappingProxyType

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from virtopsy.errors import InputError
from virtopsy.geometry.frame import Frame
from virtopsy.imaging import coarse as blocks
from virtopsy.imaging.coarse import Coarse, Labels, Mask
from virtopsy.imaging.pieces import Pieces, body_of, hull, pieces_of, table_way
from virtopsy.imaging.volume import Quantity, Volume
from virtopsy.imaging.voxels import Voxels
from virtopsy.jobs import Progress

METAL_HU = 2500
GAS_HU = -300
# Adult values for display as InVesalius has them; None: no upper end (an extended HU scale).
RANGES: Mapping[str, tuple[int, int | None]] = MappingProxyType(
    {
        "bone": (226, 3071),
        "compact": (662, 1988),
        "spongy": (148, 661),
        "enamel": (1553, 2850),
        "muscle": (-5, 135),
        "fat": (-205, -51),
        "skin": (-718, -177),
        "metal": (METAL_HU, None),
    }
)
LISTED_MM3 = 1000.0
_ACROSS = ((1, 2), (0, 2), (0, 1))  # the other two axes of each
_PART_HU = -500  # half way between air and soft tissue: where a surface lies


@dataclass(frozen=True)
class Part:
    """A connected part outside the body.

    Attributes:
        centre_mm: LPS mm, the mean place of its voxels.
        size_mm: its extent along the patient's x, y and z.
        volume_mm3: of its voxels above -500 HU; of what is denser than 2500 HU, of its voxels
            above half its largest value.
        max_hu: its largest value.
    """

    centre_mm: tuple[float, float, float]
    size_mm: tuple[float, float, float]
    volume_mm3: float
    max_hu: float


@dataclass(frozen=True, eq=False)
class Outside:
    """What is hidden together with table, head rest and body bag.

    Attributes:
        mask: bool [k, j, i]; True lies outside the body and is hidden: air, too. A rim of one
            to three millimetres round the body stays, so that nothing of its skin is lost.
        parts: every hidden connected part over 1 cm3, and each above 2500 HU once more by
            itself, wherever it lies or touches: a projectile on the table is not the table.
            Largest first.
    """

    mask: Mask
    parts: tuple[Part, ...]


def within(volume: Volume, name: str) -> Mask:
    """Return the voxels [k, j, i] of a range of `RANGES`; none in slices that are missing.

    Raises:
        InputError: the values are no HU.
    """
    _require_hu(volume)
    low, high = RANGES[name]
    found: Mask = volume.voxels >= low
    if high is not None:
        found &= volume.voxels <= high
    found[list(volume.gaps)] = False
    return found


@dataclass(frozen=True, eq=False)
class Inside:
    """What lies well inside the body, by blocks of voxels.

    Attributes:
        blocks: bool, (k, j, i) of blocks.
        factors: voxels a block has along (k, j, i).
    """

    blocks: Mask
    factors: tuple[int, int, int]

    def of(self, box: tuple[slice, slice, slice]) -> Mask:
        """Return which voxels of a box of the grid lie inside."""
        k, j, i = (
            np.minimum(np.arange(one.start, one.stop) // factor, size - 1)
            for one, factor, size in zip(box, self.factors, self.blocks.shape, strict=True)
        )
        found: Mask = self.blocks[np.ix_(k, j, i)]
        return found


def inside_body(volume: Volume, outside: Outside) -> Inside:
    """Return what lies inside the body.

    The outermost 2.5 mm are left out, because the air before the skin has the values of gas.
    """
    fi, fj, fk = blocks.factors_of(volume.frame)
    frame = blocks.frame_of(volume.frame)
    body = ~outside.mask[::fk, ::fj, ::fi]
    return Inside(blocks.eroded(body, 2 * max(frame.spacing_mm), frame), (fk, fj, fi))


def gas(volume: Volume, outside: Outside) -> Mask:
    """Return the voxels [k, j, i] of air density (below -300 HU) inside the body.

    Lung, airway, bowel and sinuses are among them: nothing here tells them apart. What
    `inside_body` leaves out is no gas either.

    Raises:
        InputError: the values are no HU.
    """
    _require_hu(volume)
    inside = inside_body(volume, outside)
    found: Mask = (volume.voxels < GAS_HU) & blocks.fine(inside.blocks, volume.frame)
    found[list(volume.gaps)] = False
    return found


def outside_body(volume: Volume, progress: Progress | None = None) -> Outside:
    """Tell the body from table, head rest, body bag and all else that lies in the field.

    The body is the largest piece with soft tissue and bone that a ball of 5 mm radius can go
    round in, with all that is attached to it and as small as an ear or a hand, all that it
    encloses, and every piece like a limb that touches it or leaves the scan (it may be attached
    beyond). What touches it and is thin and large, or leaves the scan, is not the body. In doubt
    a piece is body: it stays visible.

    Raises:
        InputError: the values are no HU.
        Cancelled: asked for through `progress`.
    """
    _require_hu(volume)
    progress = progress or Progress()
    grid = blocks.coarse(volume)
    progress.tick(1, 5)
    pieces = pieces_of(grid, table_way(volume))
    progress.tick(2, 5)
    is_body = body_of(pieces, grid.frame)
    progress.tick(3, 5)
    body = is_body[pieces.labels] & (pieces.labels > 0)
    apparatus = ~is_body[pieces.labels] & ~blocks.filled(body)  # a tube stays inside the body
    near = blocks.dilated(hull(body, grid.frame), max(grid.frame.spacing_mm), grid.frame)
    hidden = apparatus | ~near
    progress.tick(4, 5)
    parts = _parts(volume, grid, pieces, hidden)
    mask = blocks.fine(hidden, volume.frame)
    mask.setflags(write=False)
    progress.tick(5, 5)
    return Outside(mask, tuple(sorted(parts, key=lambda one: -one.volume_mm3)))


def _require_hu(volume: Volume) -> None:
    if volume.quantity is not Quantity.HU:
        raise InputError("surface.no_hu", modality=volume.identity.modality or "?")


def _parts(volume: Volume, grid: Coarse, pieces: Pieces, hidden: Mask) -> Iterator[Part]:
    stuff = hidden & (grid.peak > _PART_HU)
    cores = np.where(stuff & pieces.thick[pieces.labels], pieces.labels, 0)
    rest, _ = blocks.labelled(stuff & (cores == 0), over_corners=True)
    least = LISTED_MM3 / float(np.prod(grid.frame.spacing_mm))
    for labels in (cores, _without_specks(rest, least)):
        for start, where, values in _regions(labels, volume):
            part = _part(volume.frame, start, where, values, _PART_HU)
            if part is not None and part.volume_mm3 > LISTED_MM3:
                yield part
    rim = max(grid.frame.spacing_mm)
    dense, _ = blocks.labelled(hidden & (grid.peak > METAL_HU), over_corners=True)
    for start, where, values in _regions(blocks.spread(dense, hidden, rim, grid.frame), volume):
        part = _part(volume.frame, start, where, values, None)
        if part is not None:
            yield part


def _without_specks(labels: Labels, least_blocks: float) -> Labels:
    """Return only the labels that may come to the listed volume; noise has thousands more."""
    large = np.bincount(labels.ravel()) >= least_blocks
    large[0] = False
    return np.where(large[labels], labels, 0).astype(np.int32)


def _regions(labels: Labels, volume: Volume) -> Iterator[tuple[tuple[int, int, int], Mask, Voxels]]:
    """Yield where each label begins, [k, j, i], its voxels there and the values of that box."""
    fi, fj, fk = blocks.factors_of(volume.frame)
    boxes: list[tuple[slice, ...] | None] = list(ndimage.find_objects(labels))
    for label, box in enumerate(boxes, 1):
        if box is None:  # no block has this label
            continue
        own = labels[box] == label
        k, j, i = (side.start * f for side, f in zip(box, (fk, fj, fi), strict=True))
        where = own.repeat(fk, 0).repeat(fj, 1).repeat(fi, 2)
        depth, rows, columns = where.shape
        values = volume.voxels[k : k + depth, j : j + rows, i : i + columns]
        depth, rows, columns = values.shape
        yield (k, j, i), where[:depth, :rows, :columns], values


def _part(
    frame: Frame, start: tuple[int, int, int], where: Mask, values: Voxels, above: float | None
) -> Part | None:
    """Measure a part on the voxels themselves; None where no voxel is above the threshold."""
    highest = float(values[where].max())
    mask = where & (values > (highest / 2 if above is None else above))
    voxels = int(np.count_nonzero(mask))
    if voxels == 0:
        return None
    totals = [
        mask.sum(axis=other) @ np.arange(n) for other, n in zip(_ACROSS, mask.shape, strict=True)
    ]
    places = frame.to_lps((_row_ends(mask) + start)[:, ::-1])
    spacing = np.array(frame.spacing_mm)
    sizes = np.ptp(places, axis=0) + np.abs(frame.directions) @ spacing
    x, y, z = frame.to_lps((np.array(totals) / voxels + start)[::-1]).tolist()
    a, b, c = sizes.tolist()
    return Part((x, y, z), (a, b, c), voxels * float(np.prod(spacing)), highest)


def _row_ends(mask: Mask) -> NDArray[np.int64]:
    """Return [k, j, i] of both ends of each row of a mask: no voxel lies further out."""
    k, j = np.nonzero(mask.any(axis=2))
    first, last = mask.argmax(axis=2)[k, j], mask[:, :, ::-1].argmax(axis=2)[k, j]
    ends = [np.stack([k, j, i], axis=1) for i in (first, mask.shape[2] - 1 - last)]
    return np.concatenate(ends)
