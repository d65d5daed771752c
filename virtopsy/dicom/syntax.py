"""Transfer syntaxes: which are read at their offset, which need a decoder, which lost data."""

from __future__ import annotations

from typing import Final

from virtopsy.dicom.header import DEFLATED, EXPLICIT_BIG, EXPLICIT_LITTLE, IMPLICIT_LITTLE
from virtopsy.late import Late

PLAIN: Final = frozenset({IMPLICIT_LITTLE, EXPLICIT_LITTLE, EXPLICIT_BIG})
UNCOMPRESSED: Final = PLAIN | {DEFLATED}
_JPEG: Final = "1.2.840.10008.1.2.4."
JPEG_LOSSLESS: Final = frozenset({_JPEG + "57", _JPEG + "70"})
JPEG_LOSSY: Final = frozenset({_JPEG + "50", _JPEG + "51"})
JPEG_LS: Final = frozenset({_JPEG + "80", _JPEG + "81"})
JPEG_2000: Final = frozenset({_JPEG + "90", _JPEG + "91"})
HIGH_THROUGHPUT: Final = frozenset({_JPEG + "201", _JPEG + "202", _JPEG + "203"})
RLE: Final = "1.2.840.10008.1.2.5"
CODESTREAMS: Final = JPEG_LOSSLESS | JPEG_LOSSY | JPEG_LS | JPEG_2000 | HIGH_THROUGHPUT
DECODABLE: Final = UNCOMPRESSED | CODESTREAMS | {RLE}
# JPEG-LS near-lossless and the irreversible JPEG 2000 syntaxes may hold lossless data as well; a
# file that does not say so is taken at the syntax's word.
LOSSY: Final = JPEG_LOSSY | {_JPEG + "81", _JPEG + "91", _JPEG + "203"}

_name: Final = Late("virtopsy.dicom.registry", "name")


def name(uid: str) -> str:
    """Return the name of a transfer syntax or object class, its UID where it has none."""
    known: str = _name(uid)
    return known or uid
