"""Stored values to HU or signal: per-plane rescale, the type that holds them, padding, plateaus."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from virtopsy.dicom.pixels import Raw, read_planes
from virtopsy.dicom.series import CT_CLASSES, Instance
from virtopsy.errors import Bug, InputError
from virtopsy.imaging.volume import Quantity, Voxels
from virtopsy.jobs import Progress

_AIR_HU: Final = -1000
_NOTHING_HU: Final = -1024
_INT16: Final = np.iinfo(np.int16)
_INT32: Final = np.iinfo(np.int32)
# Denser than any bone (cortical bone and enamel end below 3000); a plateau there is a limit of
# the scale, not of the body.
_PLATEAU_HU: Final = 2000
_PLATEAU_VOXELS: Final = 8
_BELOW: Final = 16


def quantity_of(instance: Instance, modality: str) -> Quantity:
    """Tell what the rescaled values of a plane mean (PS3.3 C.8.2.1, C.11.1.1.2)."""
    if instance.sop_class not in CT_CLASSES and not (not instance.sop_class and modality == "CT"):
        return Quantity.SIGNAL
    if instance.intercept is None:
        return Quantity.SIGNAL
    original = instance.image_type[:1] == ("ORIGINAL",)
    if instance.rescale_type in {"", "HU"} or (instance.rescale_type == "US" and original):
        return Quantity.HU
    return Quantity.SIGNAL


class _TooWide(Exception):  # noqa: N818 -- control flow within this file
    """A value does not fit the type chosen from the header."""


class Values:
    """Rescaled voxels while they come in; the type grows where the data need it."""

    def __init__(self, instances: Sequence[Instance], quantity: Quantity) -> None:
        self._instances = instances
        self._quantity = quantity
        self.tops = np.zeros(len(instances))

    def read(self, progress: Progress) -> Voxels:
        """Return (k, j, i) values: int16 where they fit, else int32, float32 for fractions.

        Raises:
            InputError: see `read_planes`.
        """
        first = self._instances[0]
        shape = (len(self._instances), first.rows, first.columns)
        for kind in self._types():
            voxels = _room(shape, kind)
            try:
                read_planes(self._instances, partial(self._take, voxels), progress)
            except _TooWide:
                continue
            return voxels
        raise Bug("float32 holds every stored value")

    def _types(self) -> tuple[type[np.generic], ...]:
        whole = all(
            slope == int(slope) and intercept == int(intercept)
            for slope, intercept in map(_rescale, self._instances)
        )
        return (np.int16, np.int32, np.float32) if whole else (np.float32,)

    def _take(self, voxels: Voxels, k: int, raw: Raw) -> None:
        """Rescale one plane into its place."""
        instance = self._instances[k]
        slope, intercept = _rescale(instance)
        padding = self._bright_padding(instance)
        hidden = None if padding is None else raw == padding
        if hidden is not None:
            raw[hidden] = raw.min()
        lowest, highest = float(raw.min()), float(raw.max())
        ends = sorted((lowest * slope + intercept, highest * slope + intercept))
        self.tops[k] = ends[1]
        out = voxels[k]
        if out.dtype == np.float32:
            np.multiply(raw, np.float32(slope), out=out, casting="unsafe")
            out += np.float32(intercept)
        else:
            _whole(raw, int(slope), int(intercept), ends, out)
        if hidden is not None:
            out[hidden] = _NOTHING_HU

    def _bright_padding(self, instance: Instance) -> int | None:
        """Return a padding value that would look like tissue or metal.

        Padding below air is left as stored: it is darker than anything in a body and equals
        what every other reader shows.
        """
        if instance.padding is None or self._quantity is not Quantity.HU:
            return None
        slope, intercept = _rescale(instance)
        return instance.padding if instance.padding * slope + intercept > _AIR_HU else None

    def plateau(self, voxels: Voxels) -> tuple[int, int] | None:
        """Return (value, voxels) of a plateau at the top of a CT scale, None without."""
        top = float(self.tops.max())
        if self._quantity is not Quantity.HU or top < _PLATEAU_HU:
            return None
        at_top, below = 0, 0
        for k in np.flatnonzero(self.tops >= top - _BELOW):
            at_top += int((voxels[k] == top).sum())
            below += int((voxels[k] >= top - _BELOW).sum())
        below -= at_top
        storable = any(_largest(one) == top for one in self._instances)
        if at_top >= _PLATEAU_VOXELS and (storable or at_top > 4 * below):
            return int(top), at_top
        return None


def _room(shape: tuple[int, int, int], kind: type[np.generic]) -> Voxels:
    try:
        return np.empty(shape, dtype=kind)
    except MemoryError as error:
        gigabytes = np.prod(shape, dtype=float) * np.dtype(kind).itemsize / 1e9
        raise InputError("scan.problem.too_large", gigabytes=round(gigabytes, 1)) from error


def _rescale(instance: Instance) -> tuple[float, float]:
    slope = 1.0 if instance.slope in {None, 0.0} else instance.slope
    return slope or 1.0, instance.intercept or 0.0


def _largest(instance: Instance) -> float:
    """Return the largest value the plane can store, rescaled."""
    slope, intercept = _rescale(instance)
    storage = instance.storage
    return ((1 << (storage.stored - storage.signed)) - 1) * slope + intercept


def _whole(raw: Raw, slope: int, intercept: int, ends: list[float], out: NDArray[Any]) -> None:
    """Rescale whole numbers into int16 or int32; the ends say whether they fit."""
    limits = _INT16 if out.dtype == np.int16 else _INT32
    if ends[0] < limits.min or ends[1] > limits.max:
        raise _TooWide
    if slope == 1 and raw.dtype.itemsize == out.dtype.itemsize:
        # Sums wrap around at the width of the type, so unsigned and signed give the same bits.
        step = np.array(intercept).astype(out.dtype)
        np.add(raw.view(out.dtype), step, out=out)
        return
    np.multiply(raw.astype(np.int64), slope, out=out, casting="unsafe")
    np.add(out, np.array(intercept).astype(out.dtype), out=out)
