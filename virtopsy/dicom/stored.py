"""Stored pixels of any picture, one frame at a time: bits, grey and palette values, colours."""

from __future__ import annotations

import warnings
from typing import Any, Final

import numpy as np
from pydicom.encaps import encapsulate
from pydicom.pixels.decoders.base import get_decoder
from pydicom.uid import UID

from virtopsy.dicom import syntax
from virtopsy.dicom.carrier import opened
from virtopsy.dicom.decoding import compressed_bytes
from virtopsy.dicom.header import DEFLATED, EXPLICIT_BIG, Damaged, NotDicom, inflate
from virtopsy.dicom.multiframe import UNUSABLE
from virtopsy.dicom.pixels import Raw, plane, undecodable
from virtopsy.dicom.series import Instance
from virtopsy.errors import InputError

# Pillow reads what colour transform a JPEG says it has, the other decoders guess.
_PLUGIN: Final = {
    **dict.fromkeys(syntax.JPEG_LOSSY, "pillow"),
    **dict.fromkeys(syntax.JPEG_LOSSLESS, "gdcm"),
    **dict.fromkeys(syntax.JPEG_LS, "pyjpegls"),
    **dict.fromkeys(syntax.JPEG_2000 | syntax.HIGH_THROUGHPUT, "pylibjpeg"),
    syntax.RLE: "pydicom",
}
# What decoders raise beyond what pydicom does: Pillow for a JPEG that is cut.
_DAMAGED: Final = (OSError, *UNUSABLE)


def grey_plane(instance: Instance) -> Raw:
    """Return (rows, columns) stored values of one sample a pixel.

    Raises:
        InputError: the file is gone, truncated or cannot be decoded.
    """
    return _bits(instance) if instance.storage.allocated == 1 else plane(instance)


def _bits(instance: Instance) -> Raw:
    """Return a frame of one bit a pixel; such frames do not begin at whole bytes (PS3.5 8.1.1)."""
    count = instance.rows * instance.columns
    begin = (instance.frame_number - 1) * count
    content = _stored_bytes(instance, begin // 8, (begin + count + 7) // 8)
    bits = np.unpackbits(np.frombuffer(content, np.uint8), bitorder="little")
    return bits[begin % 8 :][:count].reshape(instance.rows, instance.columns)


def _stored_bytes(instance: Instance, begin: int, end: int) -> bytes:
    """Return bytes of the pixel data of a file without compression of the pixels."""
    if instance.storage.allocated == 8 and _in_swapped_words(instance):
        even = begin // 2 * 2
        words = _read_bytes(instance, even, end + (end - even) % 2)
        return np.frombuffer(words, "<u2").byteswap().tobytes()[begin - even : end - even]
    return _read_bytes(instance, begin, end)


def _in_swapped_words(instance: Instance) -> bool:
    """Tell whether bytes lie in words of two, the second first: OW, most significant first."""
    if instance.storage.transfer_syntax != EXPLICIT_BIG:
        return False
    # The value representation stands 8 bytes before a long value (PS3.5 7.1.2).
    try:
        with opened(instance.address) as file:
            file.seek(max(instance.storage.offset - 8, 0))
            return file.read(2) == b"OW"
    except OSError as error:
        raise InputError("scan.cannot_open", path=instance.place) from error
    except UNUSABLE as error:
        raise undecodable(instance) from error


def _read_bytes(instance: Instance, begin: int, end: int) -> bytes:
    storage = instance.storage
    try:
        if storage.transfer_syntax == DEFLATED:
            content = inflate(instance.address, storage.offset + end)[storage.offset + begin :]
        else:
            with opened(instance.address) as file:
                file.seek(storage.offset + begin)
                content = file.read(max(min(end, storage.length) - begin, 0))
    except OSError as error:
        raise InputError("scan.cannot_open", path=instance.place) from error
    except (NotDicom, Damaged, *UNUSABLE) as error:
        raise undecodable(instance) from error
    if len(content) < end - begin:
        raise InputError(
            "scan.problem.truncated_pixels",
            path=instance.place,
            found=begin + len(content),
            expected=end,
        )
    return content


def colour_plane(instance: Instance, planar: int) -> Raw:
    """Return (rows, columns, 3) stored red, green and blue.

    Args:
        instance: one frame of three samples a pixel.
        planar: 1 where the three lie in planes one behind the other (0028,0006).

    Raises:
        InputError: the file is gone, truncated or cannot be decoded.
    """
    storage = instance.storage
    if storage.transfer_syntax in syntax.UNCOMPRESSED:
        samples = 2 if storage.photometric == "YBR_FULL_422" else 3
        size = instance.rows * instance.columns * samples * (storage.allocated // 8)
        begin = (instance.frame_number - 1) * size
        content = _stored_bytes(instance, begin, begin + size)
    else:
        content = encapsulate([compressed_bytes(instance)])
    decoder = get_decoder(UID(storage.transfer_syntax))
    plugin = _PLUGIN.get(storage.transfer_syntax, "")
    # pydicom declares these options as one typed dict that its own call does not take.
    options: dict[str, Any] = {
        "index": 0,
        "decoding_plugin": plugin if plugin in decoder.available_plugins else "",
        "rows": instance.rows,
        "columns": instance.columns,
        "number_of_frames": 1,
        "samples_per_pixel": 3,
        "planar_configuration": planar,
        "photometric_interpretation": storage.photometric,
        "pixel_representation": int(storage.signed),
        "bits_allocated": storage.allocated,
        "bits_stored": storage.stored,
        "pixel_keyword": "PixelData",
        "pixel_vr": "OB" if storage.allocated == 8 else "OW",
    }
    try:
        with warnings.catch_warnings():
            # Remarks about headers that their codestream contradicts; the codestream is believed.
            warnings.simplefilter("ignore")
            raw, _ = decoder.as_array(content, **options)
    except _DAMAGED as error:
        raise undecodable(instance) from error
    if raw.shape != (instance.rows, instance.columns, 3):
        raise undecodable(instance)
    return raw
