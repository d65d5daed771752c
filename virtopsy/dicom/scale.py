"""Stored values to HU or signal: per-plane rescale, the type that holds them, padding, plateaus."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from virtopsy.dicom.pixels import Raw
from virtopsy.dicom.series import CT_CLASSES, Instance
from virtopsy.imaging.volume import Quantity
from virtopsy.imaging.voxels import Voxels

_AIR_HU: Final = -1000
_NOTHING_HU: Final = -1024
_INT16: Final = np.iinfo(np.int16)
_INT32: Final = np.iinfo(np.int32)
# Denser than any bone (cortical bone and enamel end below 3000); a plateau there is a limit of
# the scale, not of the body.
_PLATEAU_HU: Final = 2000
_PLATEAU_VOXELS: Final = 8
# Scales of 12 to 16 bits end at 2^n - 1 above these: air at 0, at 24, water at 0, extended.
_SCALE_BITS: Final = range(12, 17)
_SCALE_BEGINS_HU: Final = (-1024.0, -1000.0, 0.0, -8192.0)


def quantity_of(instances: Sequence[Instance], modality: str) -> Quantity:
    """Tell what the rescaled values of a series mean: HU where each of its planes holds HU."""
    every = all(_holds_hu(instance, modality) for instance in instances)
    return Quantity.HU if every else Quantity.SIGNAL


def _holds_hu(instance: Instance, modality: str) -> bool:
    """Tell whether the rescaled values of a plane are HU (PS3.3 C.8.2.1, C.11.1.1.2)."""
    if instance.sop_class not in CT_CLASSES and not (not instance.sop_class and modality == "CT"):
        return False
    if instance.intercept is None:
        return False
    original = instance.image_type[:1] == ("ORIGINAL",)
    return instance.rescale_type in {"", "HU"} or (instance.rescale_type == "US" and original)


class TooWide(Exception):  # noqa: N818 -- another type of values is tried then
    """A value does not fit the type chosen from the header."""


def types_for(instances: Sequence[Instance]) -> tuple[type[np.generic], ...]:
    """Return the types that may hold the rescaled values, the smallest first."""
    whole = all(
        slope == int(slope) and intercept == int(intercept)
        for slope, intercept in map(_rescale, instances)
    )
    return (np.int16, np.int32, np.float32) if whole else (np.float32,)


def put(raw: Raw, instance: Instance, quantity: Quantity, out: NDArray[Any]) -> float:
    """Rescale the stored values of a plane into its place; return the highest.

    Args:
        raw: (rows, columns) as stored; changed where it holds padding.
        instance: the plane.
        quantity: what the rescaled values mean.
        out: (rows, columns) of one of `types_for`.

    Raises:
        TooWide: a value does not fit into `out`.
    """
    slope, intercept = _rescale(instance)
    padding = _bright_padding(instance, quantity)
    hidden = None if padding is None else raw == padding
    if hidden is not None:
        raw[hidden] = raw.min()
    lowest, highest = float(raw.min()), float(raw.max())
    ends = sorted((lowest * slope + intercept, highest * slope + intercept))
    if out.dtype == np.float32:
        np.multiply(raw, np.float32(slope), out=out, casting="unsafe")
        out += np.float32(intercept)
    else:
        _whole(raw, int(slope), int(intercept), ends, out)
    if hidden is not None:
        out[hidden] = _NOTHING_HU
    return ends[1]


def _bright_padding(instance: Instance, quantity: Quantity) -> int | None:
    """Return a padding value that would look like tissue or metal.

    Padding below air is left as stored: it is darker than anything in a body and equals what
    every other reader shows.
    """
    if instance.padding is None or quantity is not Quantity.HU:
        return None
    slope, intercept = _rescale(instance)
    return instance.padding if instance.padding * slope + intercept > _AIR_HU else None


def plateau(
    voxels: Voxels,
    places: NDArray[np.int64],
    tops: NDArray[np.float64],
    instances: Sequence[Instance],
) -> tuple[int, int] | None:
    """Return (value, voxels) of a plateau at the top of a CT scale, None without.

    Args:
        voxels: (slices, rows, columns) HU.
        places: (n,) the slice of each plane.
        tops: (n,) the highest value of each plane.
        instances: the planes.
    """
    top = float(tops.max())
    at_end = 0
    for k, highest, instance in zip(places, tops, instances, strict=True):
        if highest >= _PLATEAU_HU and _ends_there(instance, float(highest), top):
            half_a_step = abs(_rescale(instance)[0]) / 2
            at_end += int((voxels[k] > highest - half_a_step).sum())
    return (int(top), at_end) if at_end >= _PLATEAU_VOXELS else None


def ceiling(tops: NDArray[np.float64], instances: Sequence[Instance]) -> float | None:
    """Return the highest value of a CT series where its scale ends there, else None.

    Args:
        tops: (n,) the highest value of each plane.
        instances: the planes.
    """
    top = float(tops.max())
    at_top = (one for one, highest in zip(instances, tops, strict=True) if highest == top)
    ends = top >= _PLATEAU_HU and any(_ends_there(one, top, top) for one in at_top)
    return top if ends else None


def _rescale(instance: Instance) -> tuple[float, float]:
    slope = 1.0 if instance.slope in {None, 0.0} else instance.slope
    return slope or 1.0, instance.intercept or 0.0


def _ends_there(instance: Instance, highest: float, top: float) -> bool:
    """Tell whether the scale of a plane ends at its highest value.

    Args:
        instance: the plane.
        highest: its highest value.
        top: the highest value of the series. There the scale may also end below the largest
            value that can be stored: a scanner of 12 bits ends at 3071 HU in files of 16 too.
    """
    slope, intercept = _rescale(instance)
    storage = instance.storage
    if highest == ((1 << (storage.stored - storage.signed)) - 1) * slope + intercept:
        return True
    begins = {intercept, *_SCALE_BEGINS_HU}
    return highest == top and any(
        highest == (1 << bits) - 1 + begin for bits in _SCALE_BITS for begin in begins
    )


def _whole(raw: Raw, slope: int, intercept: int, ends: list[float], out: NDArray[Any]) -> None:
    """Rescale whole numbers into int16 or int32; the ends say whether they fit."""
    limits = _INT16 if out.dtype == np.int16 else _INT32
    if ends[0] < limits.min or ends[1] > limits.max:
        raise TooWide
    if slope == 1 and raw.dtype.itemsize == out.dtype.itemsize:
        # Sums wrap around at the width of the type, so unsigned and signed give the same bits.
        step = np.array(intercept).astype(out.dtype)
        np.add(raw.view(out.dtype), step, out=out)
        return
    np.multiply(raw.astype(np.int64), slope, out=out, casting="unsafe")
    np.add(out, np.array(intercept).astype(out.dtype), out=out)
