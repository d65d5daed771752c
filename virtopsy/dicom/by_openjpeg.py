"""JPEG 2000, high throughput as well, by OpenJPEG."""

from __future__ import annotations

from openjpeg.utils import decode

from virtopsy.dicom.codestream import Broken, FrameHeader, Raw


def values(codestream: bytes, header: FrameHeader, _: str) -> Raw:
    """Return (rows, columns) values of a codestream.

    Raises:
        Broken: they are of another type than its header tells.
        Any of `codestream.DECODER_ERRORS`.
    """
    found: Raw = decode(codestream)
    if found.dtype != header.kind:
        raise Broken(f"{found.dtype} of a codestream of {header.kind}")
    return found
