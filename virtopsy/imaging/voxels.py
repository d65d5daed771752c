"""Which types of numbers voxels are of, and how others become one of these, without a loss.

Everything that draws, searches and measures is made for these few types; so a volume lets in no
other, and nothing after it has to ask.
"""

from __future__ import annotations

from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from virtopsy.errors import Bug

Voxels: TypeAlias = NDArray[Any]

KINDS: tuple[type[np.generic], ...] = (np.int16, np.uint16, np.int32, np.float32)
"""What voxels are of: HU, unsigned signal, whole numbers beyond 16 bits, fractions."""


def as_voxels(values: NDArray[Any]) -> Voxels:
    """Return values as one of `KINDS`: themselves where they are, else the smallest that has room.

    Whole numbers, flags among them, keep their value. Fractions of other widths become float32,
    seven digits of each: finer than any scanner stores.

    Args:
        values: any shape.

    Raises:
        Bug: no kind has room for them; or a value is no finite number. Who makes a volume says
            which slices are missing (`gaps`), or what stands where nothing is known.
    """
    if values.dtype.isnative and values.dtype.type in KINDS:
        voxels = values
    elif values.dtype.kind in "biu":
        voxels = values.astype(_room_for(values))
    elif values.dtype.kind == "f":
        with np.errstate(over="ignore"):  # what becomes infinite is refused below
            voxels = values.astype(np.float32)
    else:
        raise Bug(f"voxels are no {values.dtype}")
    if voxels.dtype.kind == "f" and not _finite(voxels):
        raise Bug("a voxel is NaN or infinite: name missing slices as gaps, or fill them")
    return voxels


def _room_for(values: NDArray[Any]) -> type[np.generic]:
    low, high = (int(values.min()), int(values.max())) if values.size else (0, 0)
    for kind in (np.int16, np.uint16, np.int32):
        if np.iinfo(kind).min <= low and high <= np.iinfo(kind).max:
            return kind
    raise Bug(f"no voxel has room for {low} to {high}")


def _finite(values: NDArray[Any]) -> bool:
    """Tell whether every value is a finite number: NaN and infinities reach the ends."""
    return values.size == 0 or bool(np.isfinite(values.min()) and np.isfinite(values.max()))
