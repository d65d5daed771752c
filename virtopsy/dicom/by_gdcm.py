"""The JPEG family by GDCM; 12 bits of the extended process as well, which pydicom refuses."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from ctypes import string_at
from typing import Any, Final

import gdcm
import numpy as np

from virtopsy.dicom.codestream import Broken, FrameHeader, Raw

_STANDARD_ERROR: Final = 2
_MOST_HEARD: Final = 4096
# What libjpeg says of entropy-coded data that end early or hold impossible codes.
_CORRUPT: Final = ("Corrupt JPEG data", "Premature end of JPEG")


def values(codestream: bytes, header: FrameHeader, transfer_syntax: str) -> Raw:
    """Return the values of a codestream, one behind the other, as its header types them.

    Raises:
        Broken: the decoder refused it, or complained of corrupt data.
        Any of `codestream.DECODER_ERRORS`.
    """
    fragment = gdcm.Fragment()
    fragment.SetByteStringValue(codestream)
    fragments = gdcm.SequenceOfFragments.New()
    fragments.AddFragment(fragment)
    element = gdcm.DataElement(gdcm.Tag(0x7FE0, 0x0010))
    element.SetValue(fragments.__ref__())
    image = gdcm.Image()
    image.SetNumberOfDimensions(2)
    image.SetDimensions((header.columns, header.rows, 1))
    image.SetDataElement(element)
    photometric = gdcm.PhotometricInterpretation.GetPIType("MONOCHROME2")
    image.SetPhotometricInterpretation(gdcm.PhotometricInterpretation(photometric))
    number = gdcm.TransferSyntax.GetTSType(transfer_syntax)
    image.SetTransferSyntax(gdcm.TransferSyntax(number))
    # Anything but whole bytes aborts the process where the codestream is of another precision.
    bits = 8 * header.kind.itemsize
    image.SetPixelFormat(gdcm.PixelFormat(1, bits, bits, bits - 1, 0))
    change = gdcm.ImageChangeTransferSyntax()
    change.SetTransferSyntax(gdcm.TransferSyntax(gdcm.TransferSyntax.ImplicitVRLittleEndian))
    change.SetInput(image)
    image.thisown = False  # it counts who holds it: two owners abort the process
    with _complaints() as complaints:
        changed = change.Change()
    # It tries one precision after the other, and complains of those that do not fit as well.
    corrupt = [one for one in complaints if one.startswith(_CORRUPT)]
    if corrupt or not changed:
        raise Broken("; ".join(corrupt) or "the decoder refused it")
    return _copied(change.GetOutput().GetDataElement().GetByteValue(), header)


def _copied(value: Any, header: FrameHeader) -> Raw:
    """Copy the bytes of a gdcm value from where they lie: its own way is a text of them, slowly."""
    size = header.rows * header.columns * header.kind.itemsize
    if value is None or int(str(value.GetLength())) != size:
        raise Broken("the decoder gave another number of bytes")
    return np.frombuffer(string_at(int(value.GetVoidPointer()), size), header.kind)


@contextmanager
def _complaints() -> Iterator[list[str]]:
    """Hear what a C library prints meanwhile; it tells of corrupt data there and nowhere else.

    For worker processes: standard error belongs to the whole process.
    """
    heard, mouth = os.pipe2(os.O_CLOEXEC | os.O_NONBLOCK)
    kept = os.dup(_STANDARD_ERROR)
    found: list[str] = []
    try:
        os.dup2(mouth, _STANDARD_ERROR)
        yield found
        with suppress(BlockingIOError):  # it printed nothing
            found += os.read(heard, _MOST_HEARD).decode("utf-8", "replace").splitlines()
    finally:
        os.dup2(kept, _STANDARD_ERROR)
        for file in (kept, heard, mouth):
            os.close(file)
