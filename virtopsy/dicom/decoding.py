"""The stored values of one plane that does not lie plainly in its file: packed or compressed.

Loaded only where there is such a plane; `pixels.plane` asks here.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from functools import lru_cache
from io import BytesIO
from struct import Struct
from typing import IO, Final

import numpy as np

from virtopsy.dicom import codestream, syntax
from virtopsy.dicom.carrier import ZIP_ERRORS, Address, open_file, opened
from virtopsy.dicom.codestream import DECODER_ERRORS
from virtopsy.dicom.fragments import Frame, frames_of, joined
from virtopsy.dicom.header import DEFLATED, Damaged, NotDicom, inflate
from virtopsy.dicom.pixels import Raw, stored_type, truncated, undecodable
from virtopsy.dicom.series import Instance
from virtopsy.errors import InputError
from virtopsy.late import Late

_run_lengths: Final = Late("virtopsy.dicom.run_lengths", "values")

_CHUNK: Final = 1 << 20
_MOST_KEPT: Final = 1 << 29  # bytes of a member of a zip; a worker has twice as many
_END_OF_CODESTREAM: Final = b"\xff\xd9"
_PADS: Final = b"\0\xff"  # writers even out the length with either
_ITEM_HEADER: Final = Struct("<HHI").unpack_from
_ITEM: Final = (0xFFFE, 0xE000)
_SEQUENCE_END: Final = (0xFFFE, 0xE0DD)


def decoded(instance: Instance) -> Raw:
    """Return one plane of a compressed or deflated file, or of a member of a zip.

    Raises:
        InputError: the file is gone, truncated, or cannot be decoded.
    """
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
    shape, kind = (instance.rows, instance.columns), stored_type(instance)
    size = shape[0] * shape[1] * kind.itemsize
    return _whole(content[(instance.frame_number - 1) * size :][:size], instance)


def _whole(frame: bytes, instance: Instance) -> Raw:
    shape, kind = (instance.rows, instance.columns), stored_type(instance)
    if len(frame) != shape[0] * shape[1] * kind.itemsize:
        raise truncated(instance, len(frame))
    return np.frombuffer(frame, kind).reshape(shape).copy()


def _codestream(file: IO[bytes], instance: Instance) -> bytes:
    """Return the compressed bytes of one frame, all its fragments joined.

    Raises:
        InputError: they are cut. Decoders fill what is missing with grey and say nothing.
    """
    try:
        if instance.storage.frames == 1:
            file.seek(instance.storage.offset)
            found = _only_frame(file.read())
        else:
            found = joined(file, _frames(file, instance)[instance.frame_number - 1])
    except (*DECODER_ERRORS, *ZIP_ERRORS) as error:
        raise _cut_short(instance) from error
    ends = found.rstrip(_PADS).endswith(_END_OF_CODESTREAM)
    if instance.storage.transfer_syntax in syntax.CODESTREAMS and not ends:
        raise _cut_short(instance)
    return found


def _only_frame(content: bytes) -> bytes:
    """Return the one frame of encapsulated pixel data.

    Raises:
        EOFError: there is none, or the delimiter that closes it is missing: the file was cut.
    """
    _check_end(content)
    file = BytesIO(content)
    return joined(file, frames_of(file, 0, 1)[0])


def _check_end(content: bytes) -> None:
    """Walk the items of PS3.5 A.4.

    Raises:
        EOFError: no sequence delimiter closes them.
    """
    offset = 0
    while offset + 8 <= len(content):
        group, element, length = _ITEM_HEADER(content, offset)
        if (group, element) == _SEQUENCE_END:
            return
        if (group, element) != _ITEM:
            break
        offset += 8 + length
    raise EOFError("no sequence delimiter")


def _cut_short(instance: Instance) -> InputError:
    return InputError("scan.problem.truncated_pixels.codestream", path=instance.place)


def _decompressed(compressed: bytes, instance: Instance) -> Raw:
    if instance.storage.transfer_syntax == syntax.RLE:
        unpacked: Raw = _run_lengths(compressed, instance)
        return unpacked
    storage, shape = instance.storage, (instance.rows, instance.columns)
    try:
        found = codestream.decode(compressed, storage.transfer_syntax, shape, storage.allocated)
    except codestream.Broken as error:
        raise undecodable(instance) from error
    return found.astype(stored_type(instance))
