"""Run lengths (PS3.5 annex G) by pydicom."""

from __future__ import annotations

from typing import Any

import numpy as np
from pydicom.encaps import encapsulate
from pydicom.pixels.decoders.base import get_decoder
from pydicom.uid import RLELossless

from virtopsy.dicom.codestream import DECODER_ERRORS
from virtopsy.dicom.pixels import Raw, stored_type, undecodable
from virtopsy.dicom.series import Instance


def values(compressed: bytes, instance: Instance) -> Raw:
    """Return (rows, columns) stored values of one frame.

    Raises:
        InputError: its segments are damaged.
    """
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
    return np.array(raw, dtype=stored_type(instance).newbyteorder("="))
