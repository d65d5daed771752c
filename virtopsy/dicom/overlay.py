"""Graphics that a file lays over its picture: lines of slices, marks, text (PS3.3 C.9.2).

Overlays within the unused bits of the pixels (retired in 2004) are not drawn.
"""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from typing import Final, Self

import numpy as np
from numpy.typing import NDArray
from pydicom import Dataset

from virtopsy.dicom.multiframe import UNUSABLE

_GROUPS: Final = range(0x6000, 0x6020, 2)
_ROWS, _COLUMNS, _FRAMES, _ORIGIN, _FIRST_FRAME, _DATA = 0x10, 0x11, 0x15, 0x50, 0x51, 0x3000
ELEMENTS: Final = tuple(
    group << 16 | element
    for group in _GROUPS
    for element in (_ROWS, _COLUMNS, _FRAMES, _ORIGIN, _FIRST_FRAME, _DATA)
)
"""The tags that are read from a file's description here."""


def drawn(
    shape: tuple[int, int], described: Dataset, frame: int, *, big_endian: bool
) -> NDArray[np.bool_]:
    """Return where (rows, columns) graphics lie on a picture.

    Args:
        shape: rows and columns of the picture.
        described: the file's elements.
        frame: which frame of the file the picture is, from 1.
        big_endian: words of the file begin with their most significant byte.
    """
    whole = np.zeros(shape, dtype=bool)
    for group in _GROUPS:
        if (group << 16 | _DATA) in described:
            # Graphics that are not what they claim cannot be drawn; the picture still is.
            with suppress(*UNUSABLE):
                _draw(whole, _Overlay.of(described, group, big_endian=big_endian), frame)
    return whole


@dataclass(frozen=True)
class _Overlay:
    """One plane of graphics: `frames` 0 lies over every frame of the picture."""

    rows: int
    columns: int
    top: int
    left: int
    frames: int
    first_frame: int
    bits: bytes

    @classmethod
    def of(cls, described: Dataset, group: int, *, big_endian: bool) -> Self:
        def numbers(element: int, *default: int) -> list[int]:
            tag = group << 16 | element
            value = described[tag].value if tag in described else None
            if value is None:
                return list(default)
            many = [value] if isinstance(value, int | str) else value
            return [int(one) for one in many]

        data = described[group << 16 | _DATA]
        bits = bytes(data.value)
        if big_endian and data.VR == "OW":
            bits = np.frombuffer(bits, ">u2").astype("<u2").tobytes()
        top, left = numbers(_ORIGIN, 1, 1)
        return cls(
            rows=numbers(_ROWS, 0)[0],
            columns=numbers(_COLUMNS, 0)[0],
            top=top - 1,
            left=left - 1,
            frames=numbers(_FRAMES, 0)[0],
            first_frame=numbers(_FIRST_FRAME, 1)[0],
            bits=bits,
        )


def _draw(whole: NDArray[np.bool_], overlay: _Overlay, frame: int) -> None:
    """Add a plane of graphics, cut at the edges of the picture."""
    place = frame - overlay.first_frame if overlay.frames else 0
    size = overlay.rows * overlay.columns
    if overlay.frames and not 0 <= place < overlay.frames:
        return
    if min(overlay.rows, overlay.columns) <= 0 or (place + 1) * size > 8 * len(overlay.bits):
        raise ValueError("an overlay without its bits")
    begin = place * size
    content = np.frombuffer(overlay.bits[begin // 8 : (begin + size + 7) // 8], np.uint8)
    plane = np.unpackbits(content, bitorder="little")[begin % 8 :][:size]
    plane = plane.reshape(overlay.rows, overlay.columns)
    rows, columns = whole.shape
    top, left = max(overlay.top, 0), max(overlay.left, 0)
    seen = plane[top - overlay.top :, left - overlay.left :][: rows - top, : columns - left]
    if seen.size and top < rows and left < columns:
        whole[top : top + seen.shape[0], left : left + seen.shape[1]] |= seen.astype(bool)
