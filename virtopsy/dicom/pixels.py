"""Stored pixels to a block of values: read at their offset where plain, decoded where not.

Two threads read: the system copies pages and numpy computes without the interpreter's lock.
Lengths are checked here, because the decoders accept pixel data that are too short.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from struct import Struct
from struct import error as StructError  # noqa: N812 -- its own name says nothing alone
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray
from pydicom import dcmread
from pydicom.encaps import get_frame
from pydicom.pixels.decoders.base import get_decoder
from pydicom.uid import UID

from virtopsy.dicom import syntax
from virtopsy.dicom.header import DEFLATED, EXPLICIT_BIG
from virtopsy.dicom.series import Instance
from virtopsy.errors import InputError
from virtopsy.jobs import Progress

Raw = NDArray[Any]
Take = Callable[[int, Raw], None]

_THREADS: Final = 2
_PLANES_A_TASK: Final = 8
_END_OF_CODESTREAM: Final = b"\xff\xd9"
_PADS: Final = b"\0\xff"  # writers even out the length with either
_ITEM_HEADER: Final = Struct("<HHI").unpack_from
_ITEM: Final = (0xFFFE, 0xE000)
_SEQUENCE_END: Final = (0xFFFE, 0xE0DD)
# First choice of decoder; what it cannot do, any other available one may.
_PLUGIN: Final = {
    **dict.fromkeys(syntax.JPEG_LS, "pyjpegls"),
    **dict.fromkeys(syntax.JPEG_2000, "pylibjpeg"),
    **dict.fromkeys(syntax.JPEG_LOSSLESS, "gdcm"),
    # The Rust decoder of RLE panics on damaged segments, past every except clause.
    syntax.RLE: "pydicom",
}
# What decoders raise for a damaged codestream; they are not ours to enumerate more finely.
_DECODER_ERRORS: Final = (
    RuntimeError,
    ValueError,
    TypeError,
    AttributeError,
    ArithmeticError,
    LookupError,
    OSError,
    EOFError,
    StructError,
)


def read_planes(instances: Sequence[Instance], take: Take, progress: Progress) -> None:
    """Hand the stored values of each plane to `take(k, raw)`, from two threads.

    Args:
        instances: the planes in the order of k.
        take: gets k and raw (rows, columns) in its stored integer type with the unused high
            bits cleared or filled with the sign; it may change raw.
        progress: ticks a plane.

    Raises:
        InputError: a file is gone, truncated, or cannot be decoded.
        Cancelled: the user asked for it.
    """
    tasks = _tasks(instances)
    done = 0
    with ThreadPoolExecutor(_THREADS, thread_name_prefix="pixels") as pool:
        running = [pool.submit(_run, instances, task, take) for task in tasks]
        try:
            for task, future in zip(tasks, running, strict=True):
                future.result()
                done += len(task)
                progress.tick(done, len(instances))
        except BaseException:
            pool.shutdown(wait=True, cancel_futures=True)
            raise


def _tasks(instances: Sequence[Instance]) -> list[range]:
    """Cut the planes into tasks; the frames of one compressed file stay together."""
    storage = instances[0].storage
    if storage.transfer_syntax not in syntax.PLAIN and storage.frames > 1:
        return [range(len(instances))]
    count = len(instances)
    return [range(k, min(k + _PLANES_A_TASK, count)) for k in range(0, count, _PLANES_A_TASK)]


def _run(instances: Sequence[Instance], task: range, take: Take) -> None:
    opened: tuple[Path, bytes] | None = None
    for k in task:
        instance = instances[k]
        if instance.storage.transfer_syntax in syntax.PLAIN:
            take(k, _significant(_plain(instance), instance))
            continue
        if opened is None or opened[0] != instance.path:
            opened = (instance.path, _pixel_bytes(instance))
        take(k, _significant(_decoded(opened[1], instance), instance))


def _plain(instance: Instance) -> Raw:
    """Read uncompressed pixels at their offset."""
    storage = instance.storage
    raw = np.empty((instance.rows, instance.columns), dtype=_stored_type(instance))
    start = storage.offset + (instance.frame_number - 1) * raw.nbytes
    try:
        file = os.open(instance.path, os.O_RDONLY | os.O_CLOEXEC)
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
        "scan.problem.truncated_pixels", path=instance.path, found=found, expected=expected
    )


def _pixel_bytes(instance: Instance) -> bytes:
    """Return the pixel data element of a compressed or deflated file."""
    try:
        if instance.storage.transfer_syntax == DEFLATED:
            return bytes(dcmread(instance.path).PixelData)
        with instance.path.open("rb") as file:
            file.seek(instance.storage.offset)
            content = file.read()
    except OSError as error:
        raise InputError("scan.cannot_open", path=instance.path) from error
    except _DECODER_ERRORS as error:
        raise _undecodable(instance) from error
    return content[: _end_of_items(content, instance)]


def _end_of_items(content: bytes, instance: Instance) -> int:
    """Return where the fragments end (PS3.5 A.4).

    Raises:
        InputError: the delimiter that closes them is missing: the file was cut.
    """
    offset = 0
    while offset + 8 <= len(content):
        group, element, length = _ITEM_HEADER(content, offset)
        if (group, element) == _SEQUENCE_END:
            return offset
        if (group, element) != _ITEM:
            break
        offset += 8 + length
    raise InputError("scan.problem.truncated_pixels.codestream", path=instance.path)


def _undecodable(instance: Instance) -> InputError:
    name = syntax.name(instance.storage.transfer_syntax)
    return InputError("scan.problem.undecodable", path=instance.path, syntax=name)


def _decoded(content: bytes, instance: Instance) -> Raw:
    """Decode one frame of a compressed or deflated file."""
    storage = instance.storage
    if storage.transfer_syntax in syntax.CODESTREAMS:
        _check_codestream(content, instance)
    decoder = get_decoder(UID(storage.transfer_syntax))
    plugin = _PLUGIN.get(storage.transfer_syntax, "")
    if plugin not in decoder.available_plugins:
        plugin = ""
    # pydicom declares these options as one typed dict that its own call does not take.
    options: dict[str, Any] = {
        "index": instance.frame_number - 1,
        "decoding_plugin": plugin,
        "rows": instance.rows,
        "columns": instance.columns,
        "number_of_frames": storage.frames,
        "samples_per_pixel": 1,
        "photometric_interpretation": storage.photometric,
        "pixel_representation": int(storage.signed),
        "bits_allocated": storage.allocated,
        "bits_stored": storage.stored,
        "pixel_keyword": "PixelData",
    }
    try:
        raw, _ = decoder.as_array(content, raw=True, **options)
    except _DECODER_ERRORS as error:
        raise _undecodable(instance) from error
    if raw.shape != (instance.rows, instance.columns):
        raise _undecodable(instance)
    return np.array(raw, dtype=_stored_type(instance).newbyteorder("="))


def _check_codestream(content: bytes, instance: Instance) -> None:
    """Refuse a codestream without its end marker: decoders fill the rest with grey."""
    try:
        codestream = get_frame(
            content, instance.frame_number - 1, number_of_frames=instance.storage.frames
        )
    except _DECODER_ERRORS as error:
        raise InputError("scan.problem.truncated_pixels.codestream", path=instance.path) from error
    if not codestream.rstrip(_PADS).endswith(_END_OF_CODESTREAM):
        raise InputError("scan.problem.truncated_pixels.codestream", path=instance.path)


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
