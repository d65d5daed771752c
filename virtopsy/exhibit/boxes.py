"""The boxes of an ISO base media file (ISO/IEC 14496-12): MP4, MOV, M4A, 3GP, HEIC."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final, NamedTuple

from virtopsy.exhibit.exhibit import Broken, Content

_MOST: Final = 100_000


class Box(NamedTuple):
    """One box: its kind and where its content lies."""

    kind: bytes
    start: int
    end: int

    @property
    def length(self) -> int:
        """Return the bytes of its content."""
        return self.end - self.start


def boxes(content: Content, start: int, end: int) -> Iterator[Box]:
    """Yield the boxes between two offsets, which they must fill.

    Raises:
        Broken: a box ends behind its place, or there are more than anybody needs.
    """
    at = start
    for _ in range(_MOST):
        if at == end:
            return
        head = content.at(at, 8)
        size, kind, begin = int.from_bytes(head[:4], "big"), head[4:8], at + 8
        if size == 1:
            size, begin = int.from_bytes(content.at(at + 8, 8), "big"), at + 16
        elif size == 0:  # to the end of the file
            size = end - at
        if begin > at + size or at + size > end:
            raise Broken
        yield Box(kind, begin, at + size)
        at += size
    raise Broken
