"""The stored values of one plane: read at their offset where plain, decoded where not.

Lengths are checked here, because the decoders accept pixel data that are too short.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from functools import lru_cache
from io import BytesIO
from struct import Struct
from typing import IO, Any, Final

import numpy as np
from numpy.typing import NDArray
from pydicom.encaps import encapsulate, get_frame
from pydicom.pixels.decoders.base import get_decoder
from pydicom.uid import RLELossless

from virtopsy.dicom import codestream, syntax
from virtopsy.dicom.carrier import ZIP_ERRORS, Address, open_file, opened
from virtopsy.dicom.codestream import DECODER_ERRORS
from virtopsy.dicom.fragments import Frame, frames_of, joined
from virtopsy.dicom.header import DEFLATED, EXPLICIT_BIG, Damaged, NotDicom, inflate
from virtopsy.dicom.series import Instance
from virtopsy.errors import InputError

Raw = NDArray[Any]

_CHUNK: Final = 1 << 20
_MOST_KEPT: Final = 1 << 29  # bytes of a member of a zip; a worker has twice as many
_END_OF_CODESTREAM: Final = b"\xff\xd9"
_PADS: Final = b"\0\xff"  # writers even out the length with either
_ITEM_HEADER: Final = Struct("<HHI").unpack_from
_ITEM: Final = (0xFFFE, 0xE000)
_SEQUENCE_END: Final = (0xFFFE, 0xE0DD)


def plane(instance: Instance) -> Raw:
    """Return the stored values of one plane.

    Returns:
        (rows, columns) in its stored integer type, the caller's own, with the unused high bits
        cleared or filled with the sign.

    Raises:
        InputError: the file is gone, truncated, or cannot be decoded.
    """
    raw = _plain(instance) if is_plain(instance) else _decoded(instance)
    return _significant(raw, instance)


def is_plain(instance: Instance) -> bool:
    """Tell whether its pixels are copied as they lie on the disk: nothing there can do harm."""
    return instance.member is None and instance.storage.transfer_syntax in syntax.PLAIN


def _plain(instance: Instance) -> Raw:
    """Read uncompressed pixels at their offset."""
    raw = np.empty((instance.rows, instance.columns), dtype=_stored_type(instance))
    start = instance.storage.offset + (instance.frame_number - 1) * raw.nbytes
    try:
        file = open_file(instance.path)
        try:
            found = os.preadv(file, [raw.data.cast("B")], start)
        finally:
            os.close(file)
    except OSError as error:
        raise InputError("scan.cannot_open", path=instance.path) from error
    if found != raw.nbytes:
        raise _truncated(instance, found)
    return raw


def _stored_type(instance: Instance) -> np.dtype[Any]:
    storage = instance.storage
    order = ">" if storage.transfer_syntax == EXPLICIT_BIG else "<"
    return np.dtype(f"{order}{'i' if storage.signed else 'u'}{storage.allocated // 8}")


def _truncated(instance: Instance, found: int) -> InputError:
    expected = instance.rows * instance.columns * instance.storage.allocated // 8
    return InputError(
        "scan.problem.truncated_pixels", path=instance.place, found=found, expected=expected
    )


def _decoded(instance: Instance) -> Raw:
    """Return one plane of a compressed or deflated file, or of a member of a zip."""
    transfer = instance.storage.transfer_syntax
    try:
        if transfer == DEFLATED:
            end = instance.storage.offset + max(instance.storage.length, 0)
            content = _inflated(instance.address, end, *_state(instance))
            return _cut(content[instance.storage.offset :], instance)
        if transfer in syntax.PLAIN:
            with _opened(instance) as file:
                return _unpacked(file, instance)
    except OSError as error:
        raise InputError("scan.cannot_open", path=instance.place) from error
    except (NotDicom, Damaged, *ZIP_ERRORS) as error:
        raise _cut_short(instance) from error
    return _decompressed(compressed_bytes(instance), instance)


def compressed_bytes(instance: Instance) -> bytes:
    """Return the compressed bytes of one frame, all its fragments joined.

    Raises:
        InputError: the file is gone, or they are cut.
    """
    try:
        with _opened(instance) as file:
            return _codestream(file, instance)
    except OSError as error:
        raise InputError("scan.cannot_open", path=instance.place) from error
    except ZIP_ERRORS as error:
        raise _cut_short(instance) from error


@lru_cache(maxsize=1)  # its frames are asked for one after the other
def _inflated(address: Address, end: int, *_: int) -> bytes:
    return inflate(address, end)


def _state(instance: Instance) -> tuple[int, int, int]:
    """Return what changes when a file does: what was kept of it is then read anew."""
    file = open_file(instance.path)
    try:
        known = os.fstat(file)
    finally:
        os.close(file)
    return known.st_mtime_ns, known.st_size, known.st_ino


@contextmanager
def _opened(instance: Instance) -> Iterator[IO[bytes]]:
    """Open the file of a plane; one of many frames in a zip is unpacked once, not once a frame."""
    storage = instance.storage
    if (
        instance.member is not None
        and storage.frames > 1
        and storage.offset + storage.available <= _MOST_KEPT
    ):
        yield BytesIO(_content(instance.address, *_state(instance)))
    else:
        with opened(instance.address) as file:
            yield file


@lru_cache(maxsize=1)
def _content(address: Address, *_: int) -> bytes:
    with opened(address) as file:
        return file.read()


_fragments: dict[tuple[object, ...], tuple[Frame, ...]] = {}  # of the file last asked for


def _frames(file: IO[bytes], instance: Instance) -> tuple[Frame, ...]:
    storage = instance.storage
    key = instance.address, storage.offset, storage.frames, *_state(instance)
    if key not in _fragments:
        _fragments.clear()
        _fragments[key] = frames_of(file, storage.offset, storage.frames)
    return _fragments[key]


def _unpacked(file: IO[bytes], instance: Instance) -> Raw:
    """Read uncompressed pixels of a member of a zip, which is checked to its end."""
    storage = instance.storage
    size = instance.rows * instance.columns * storage.allocated // 8
    start = (instance.frame_number - 1) * size
    file.seek(storage.offset + start)
    content = file.read(max(min(size, storage.length - start), 0))
    while not isinstance(file, BytesIO) and file.read(_CHUNK):
        pass
    return _whole(content, instance)


def _cut(content: bytes, instance: Instance) -> Raw:
    """Return one frame of uncompressed pixel data."""
    shape, kind = (instance.rows, instance.columns), _stored_type(instance)
    size = shape[0] * shape[1] * kind.itemsize
    return _whole(content[(instance.frame_number - 1) * size :][:size], instance)


def _whole(frame: bytes, instance: Instance) -> Raw:
    shape, kind = (instance.rows, instance.columns), _stored_type(instance)
    if len(frame) != shape[0] * shape[1] * kind.itemsize:
        raise _truncated(instance, len(frame))
    return np.frombuffer(frame, kind).reshape(shape).copy()


def _codestream(file: IO[bytes], instance: Instance) -> bytes:
    """Return the compressed bytes of one frame, all its fragments joined.

    Raises:
        InputError: they are cut. Decoders fill what is missing with grey and say nothing.
    """
    try:
        if instance.storage.frames == 1:
            file.seek(instance.storage.offset)
            content = file.read()
            found = get_frame(content[: _end_of_items(content)], 0, number_of_frames=1)
        else:
            found = joined(file, _frames(file, instance)[instance.frame_number - 1])
    except (*DECODER_ERRORS, *ZIP_ERRORS) as error:
        raise _cut_short(instance) from error
    ends = found.rstrip(_PADS).endswith(_END_OF_CODESTREAM)
    if instance.storage.transfer_syntax in syntax.CODESTREAMS and not ends:
        raise _cut_short(instance)
    return found


def _end_of_items(content: bytes) -> int:
    """Return where the fragments end (PS3.5 A.4).

    Raises:
        EOFError: the delimiter that closes them is missing: the file was cut.
    """
    offset = 0
    while offset + 8 <= len(content):
        group, element, length = _ITEM_HEADER(content, offset)
        if (group, element) == _SEQUENCE_END:
            return offset
        if (group, element) != _ITEM:
            break
        offset += 8 + length
    raise EOFError("no sequence delimiter")


def _cut_short(instance: Instance) -> InputError:
    return InputError("scan.problem.truncated_pixels.codestream", path=instance.place)


def undecodable(instance: Instance) -> InputError:
    """Return the sentence that names the file and how its pixels are stored."""
    name = syntax.name(instance.storage.transfer_syntax)
    return InputError("scan.problem.undecodable", path=instance.place, syntax=name)


def _decompressed(compressed: bytes, instance: Instance) -> Raw:
    if instance.storage.transfer_syntax == syntax.RLE:
        return _run_lengths(compressed, instance)
    storage, shape = instance.storage, (instance.rows, instance.columns)
    try:
        found = codestream.decode(compressed, storage.transfer_syntax, shape, storage.allocated)
    except codestream.Broken as error:
        raise undecodable(instance) from error
    return found.astype(_stored_type(instance))


def _run_lengths(compressed: bytes, instance: Instance) -> Raw:
    storage = instance.storage
    # pydicom declares these options as one typed dict that its own call does not take.
    options: dict[str, Any] = {
        # The Rust decoder of RLE panics on damaged segments, past every except clause.
        "decoding_plugin": "pydicom",
        "rows": instance.rows,
        "columns": instance.columns,
        "number_of_frames": 1,
        "samples_per_pixel": 1,
        "photometric_interpretation": storage.photometric,
        "pixel_representation": int(storage.signed),
        "bits_allocated": storage.allocated,
        "bits_stored": storage.stored,
        "pixel_keyword": "PixelData",
    }
    try:
        raw, _ = get_decoder(RLELossless).as_array(encapsulate([compressed]), raw=True, **options)
    except DECODER_ERRORS as error:
        raise undecodable(instance) from error
    return np.array(raw, dtype=_stored_type(instance).newbyteorder("="))


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
