"""JPEG-LS by CharLS."""

from __future__ import annotations

import jpeg_ls
import numpy as np

from virtopsy.dicom.codestream import FrameHeader, Raw


def values(codestream: bytes, header: FrameHeader, _: str) -> Raw:
    """Return the values of a codestream, one behind the other, as its header types them.

    Raises:
        Any of `codestream.DECODER_ERRORS`.
    """
    content, _found = jpeg_ls.decode_pixel_data(codestream)
    return np.frombuffer(content, header.kind)
