"""Where the largest piece of metal in the body lies: a lodged bullet, if anything is one.

Nothing here names a calibre or a metal: it is dense, and it is the largest.
"""

from __future__ import annotations

import numpy as np
from scipy import ndimage

from virtopsy.geometry.camera import Point, as_point
from virtopsy.imaging.sheet import METAL_HU
from virtopsy.imaging.volume import Volume

LEAST_MM3 = 40.0
"""A ball of 4.2 mm; smaller pieces are fragments."""
NEAREST_MM = 15.0
"""What lies nearer to an entry may be a part of its rim."""
_ROUND_MM = 10.0  # so that a whole projectile is in view


def largest_metal(volume: Volume, entry: Point) -> Point | None:
    """Return the centre of the largest piece of metal, LPS mm; None where there is none.

    Args:
        volume: HU.
        entry: LPS mm; what lies within 15 mm of it is left out, as it may be a part of the rim.
    """
    dense = volume.voxels > METAL_HU
    labels, count = ndimage.label(dense, np.ones((3, 3, 3)))
    if count == 0:
        return None
    voxel_mm3 = float(np.prod(volume.frame.spacing_mm))
    best: tuple[float, Point] | None = None
    for label, box in enumerate(ndimage.find_objects(labels), 1):
        where = np.argwhere(labels[box] == label) + [side.start for side in box]
        size = len(where) * voxel_mm3
        centre = as_point(volume.frame.to_lps(where.mean(axis=0)[::-1]))
        far = float(np.linalg.norm(np.subtract(centre, entry))) > NEAREST_MM
        if far and size >= LEAST_MM3 and (best is None or size > best[0]):
            best = (size, centre)
    return None if best is None else best[1]


def in_metal(volume: Volume, point: Point, reach_mm: float = 6.0) -> bool:
    """Tell whether a piece of metal as large as a projectile lies within reach of a point."""
    reach = reach_mm + _ROUND_MM
    index = volume.frame.to_index(point)
    half = reach / np.array(volume.frame.spacing_mm)
    sizes = np.array(volume.frame.shape[::-1])
    low = np.clip(np.floor(index - half).astype(int), 0, sizes - 1)
    high = np.clip(np.ceil(index + half).astype(int) + 1, low + 1, sizes)
    box = tuple(slice(a, b) for a, b in zip(low[::-1], high[::-1], strict=True))
    labels, count = ndimage.label(volume.voxels[box] > METAL_HU, np.ones((3, 3, 3)))
    for label in range(1, count + 1):
        where = np.argwhere(labels == label)
        places = volume.frame.to_lps(where[:, ::-1] + low)
        near = np.linalg.norm(places - np.asarray(point), axis=1).min() <= reach_mm
        if near and len(where) * float(np.prod(volume.frame.spacing_mm)) >= LEAST_MM3:
            return True
    return False
