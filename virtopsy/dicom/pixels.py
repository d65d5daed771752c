"""The stored values of one plane: read at their offset where plain, decoded where not.

Lengths are checked here, because the decoders accept pixel data that are too short.
"""

from __future__ import annotations

import os
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from virtopsy.dicom import syntax
from virtopsy.dicom.carrier import opened
from virtopsy.dicom.header import EXPLICIT_BIG
from virtopsy.dicom.series import Instance
from virtopsy.errors import InputError
from virtopsy.late import Late

Raw = NDArray[Any]

_decoded: Final = Late("virtopsy.dicom.decoding", "decoded")


def plane(instance: Instance) -> Raw:
    """Return the stored values of one plane.

    Returns:
        (rows, columns) in its stored integer type, the caller's own, with the unused high bits
        cleared or filled with the sign.

    Raises:
        InputError: the file is gone, truncated, or cannot be decoded.
        IntegrityError: it is not what it was when it was kept.
    """
    raw = _plain(instance) if is_plain(instance) else _decoded(instance)
    return _significant(raw, instance)


def is_plain(instance: Instance) -> bool:
    """Tell whether its pixels are copied as they lie on the disk: nothing there can do harm."""
    return instance.member is None and instance.storage.transfer_syntax in syntax.PLAIN


def _plain(instance: Instance) -> Raw:
    """Read uncompressed pixels at their offset."""
    raw = np.empty((instance.rows, instance.columns), dtype=stored_type(instance))
    start = instance.storage.offset + (instance.frame_number - 1) * raw.nbytes
    try:
        with opened(instance.address) as file:
            found = os.preadv(file.fileno(), [raw.data.cast("B")], start)
    except OSError as error:
        raise InputError("scan.cannot_open", path=instance.path) from error
    if found != raw.nbytes:
        raise truncated(instance, found)
    return raw


def stored_type(instance: Instance) -> np.dtype[Any]:
    """Return the type of the stored values, in the order of bytes of the file."""
    storage = instance.storage
    order = ">" if storage.transfer_syntax == EXPLICIT_BIG else "<"
    return np.dtype(f"{order}{'i' if storage.signed else 'u'}{storage.allocated // 8}")


def truncated(instance: Instance, found: int) -> InputError:
    """Return the sentence that names the file and how many bytes of a plane it has."""
    expected = instance.rows * instance.columns * instance.storage.allocated // 8
    return InputError(
        "scan.problem.truncated_pixels", path=instance.place, found=found, expected=expected
    )


def undecodable(instance: Instance) -> InputError:
    """Return the sentence that names the file and how its pixels are stored."""
    name = syntax.name(instance.storage.transfer_syntax)
    return InputError("scan.problem.undecodable", path=instance.place, syntax=name)


def _significant(raw: Raw, instance: Instance) -> Raw:
    """Clear the bits outside Bits Stored (old files keep overlays there), extend the sign."""
    storage = instance.storage
    raw = raw.astype(raw.dtype.newbyteorder("="), copy=False)
    if storage.stored == storage.allocated:
        return raw
    if storage.signed:
        unused = storage.allocated - storage.stored
        np.left_shift(raw, storage.allocated - 1 - storage.high, out=raw)
        np.right_shift(raw, unused, out=raw)
        return raw
    if storage.high + 1 > storage.stored:
        np.right_shift(raw, storage.high + 1 - storage.stored, out=raw)
    np.bitwise_and(raw, raw.dtype.type((1 << storage.stored) - 1), out=raw)
    return raw
