"""Compressed pictures: what a codestream says of itself, and its values as it stores them.

The codestream is believed, not the header of the file around it: a decoder told of other bits or
another shape aborts the process, shifts signs or cuts values off, and tells nobody. So the frame
header is read here first, decoders get what it says, and the caller compares the two.
"""

from __future__ import annotations

from dataclasses import dataclass
from struct import Struct
from struct import error as StructError  # noqa: N812 -- its own name says nothing alone
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from virtopsy.dicom import syntax
from virtopsy.late import Late

Raw = NDArray[Any]

_START: Final = b"\xff\xd8"
# ITU-T T.81 table B.1: baseline, extended, progressive; lossless. T.87 C.1.1: JPEG-LS.
_DISCRETE_COSINE: Final = frozenset({0xC0, 0xC1, 0xC2})
_LOSSLESS: Final = frozenset({0xC3})
_JPEG_LS: Final = frozenset({0xF7})
_STANDALONE: Final = frozenset({0x01, *range(0xD0, 0xD8)})
_SCAN: Final = 0xDA
_JPEG_FRAME: Final = Struct(">HBHHB").unpack_from  # length, bits, rows, columns, components
# ITU-T T.800 A.5.1, behind the marker: length, capabilities, size and offset of the image (x, y),
# those of the tiles, components, bits of the first.
_SIZE: Final = b"\xff\x4f\xff\x51"
_J2K_SIZE: Final = Struct(">HHIIIIIIIIHB").unpack_from
_SIGNED: Final = 0x80
_DECODERS: Final = {
    **dict.fromkeys(syntax.JPEG_LS, Late("virtopsy.dicom.by_charls", "values")),
    **dict.fromkeys(
        syntax.JPEG_2000 | syntax.HIGH_THROUGHPUT, Late("virtopsy.dicom.by_openjpeg", "values")
    ),
    **dict.fromkeys(
        syntax.JPEG_LOSSY | syntax.JPEG_LOSSLESS, Late("virtopsy.dicom.by_gdcm", "values")
    ),
}
# What decoders raise for a damaged codestream; they are not ours to enumerate more finely.
DECODER_ERRORS: Final = (
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


class Broken(Exception):  # noqa: N818 -- a finding about a picture, turned into words by its reader
    """The codestream cannot be decoded; the text says why, for the log."""


@dataclass(frozen=True, slots=True)
class FrameHeader:
    """What a codestream says of its picture.

    Attributes:
        bits: precision of a value.
        signed: the decoder returns negative values as such (JPEG 2000 alone can say so).
    """

    rows: int
    columns: int
    components: int
    bits: int
    signed: bool = False

    @property
    def kind(self) -> np.dtype[Any]:
        """Return the smallest type of its values."""
        size = 1 if self.bits <= 8 else 2 if self.bits <= 16 else 4
        return np.dtype(f"<{'i' if self.signed else 'u'}{size}")


def frame_header(codestream: bytes, transfer_syntax: str) -> FrameHeader:
    """Return what a codestream says of its picture.

    Raises:
        Broken: it is none of this transfer syntax.
    """
    try:
        if transfer_syntax in syntax.JPEG_2000 | syntax.HIGH_THROUGHPUT:
            return _j2k_header(codestream)
        return _jpeg_header(codestream, _frames_of(transfer_syntax))
    except StructError as error:
        raise Broken("it ends within its header") from error


def _frames_of(transfer_syntax: str) -> frozenset[int]:
    """Return the frame markers of a syntax; lossy data shall not pass for lossless."""
    if transfer_syntax in syntax.JPEG_LS:
        return _JPEG_LS
    return _LOSSLESS if transfer_syntax in syntax.JPEG_LOSSLESS else _DISCRETE_COSINE | _LOSSLESS


def _jpeg_header(codestream: bytes, frames: frozenset[int]) -> FrameHeader:
    """Walk the marker segments of ITU-T T.81 annex B up to the first scan."""
    if not codestream.startswith(_START):
        raise Broken("no start of image")
    found: FrameHeader | None = None
    place = 2
    while place + 4 <= len(codestream) and codestream[place] == 0xFF:
        marker = codestream[place + 1]
        if marker == _SCAN and found is not None:
            return found
        if marker in frames:
            _, bits, rows, columns, components = _JPEG_FRAME(codestream, place + 2)
            found = FrameHeader(rows, columns, components, bits)
        if marker == 0xFF:  # fill byte
            place += 1
        elif marker in _STANDALONE:
            place += 2
        else:
            place += 2 + int.from_bytes(codestream[place + 2 : place + 4], "big")
    raise Broken("no frame of its transfer syntax before its first scan")


def _j2k_header(codestream: bytes) -> FrameHeader:
    start = codestream.find(_SIZE)  # some writers wrap it into a JP2 file
    if start < 0:
        raise Broken("no size of the image")
    _, _, right, bottom, left, top, *_, components, depth = _J2K_SIZE(codestream, start + 4)
    bits = (depth & ~_SIGNED) + 1
    return FrameHeader(bottom - top, right - left, components, bits, bool(depth & _SIGNED))


def decode(codestream: bytes, transfer_syntax: str, shape: tuple[int, int], most: int) -> Raw:
    """Return the values of a codestream of one component.

    Args:
        codestream: all fragments of one frame.
        transfer_syntax: one of `syntax.CODESTREAMS`.
        shape: (rows, columns) the file around it tells.
        most: bits the file has room for in a value.

    Returns:
        (rows, columns) of the smallest type that holds the precision of the codestream.

    Raises:
        Broken: the decoder refused it, or it is another picture than the file tells.
    """
    header = frame_header(codestream, transfer_syntax)
    _compare(header, shape, most)
    try:
        found: Raw = _DECODERS[transfer_syntax](codestream, header, transfer_syntax)
        return found.reshape(shape)
    except DECODER_ERRORS as error:
        raise Broken(str(error)) from error


def _compare(header: FrameHeader, shape: tuple[int, int], most: int) -> None:
    if (header.rows, header.columns) != shape:
        raise Broken(f"{header.rows} x {header.columns} in a file of {shape}")
    if header.components != 1 or not 1 <= header.bits <= most:
        raise Broken(f"{header.components} components of {header.bits} in a file of {most} bits")


def modules_for(transfer_syntax: str) -> tuple[str, ...]:
    """Return the names of the modules that decode a transfer syntax, none where nothing does."""
    decoder = _DECODERS.get(transfer_syntax)
    return () if decoder is None else (decoder.module,)
