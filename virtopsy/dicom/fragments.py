"""Compressed pixel data of many frames (PS3.5 A.4): which fragments are which frame.

Fragments stand in the order of the frames. The offset tables in front of them are written wrongly
often enough; they are asked only where a frame may have several fragments, and believed only where
they point at fragments, in order, once a frame.
"""

from __future__ import annotations

from itertools import pairwise
from os import SEEK_CUR
from struct import Struct
from typing import IO, Final, NamedTuple, TypeAlias

_HEADER: Final = Struct("<HHI").unpack
_HEADER_BYTES: Final = 8
_ITEM: Final = (0xFFFE, 0xE000)
_SEQUENCE_END: Final = (0xFFFE, 0xE0DD)
_END_OF_CODESTREAM: Final = b"\xff\xd9"
_PADS: Final = b"\0\xff"  # writers even out the length with either
_MOST_PADS: Final = 64


class Fragment(NamedTuple):
    """Where a fragment lies in its file, in bytes."""

    offset: int
    length: int


Frame: TypeAlias = tuple[Fragment, ...]


def frames_of(file: IO[bytes], start: int, count: int) -> tuple[Frame, ...]:
    """Return the fragments of each frame; fewer frames where the file was cut.

    Args:
        file: one that can be read at any place.
        start: where the first item lies, that of the offset table.
        count: frames the file announces.

    Raises:
        EOFError: the fragments are not those of so many frames.
    """
    (table, *fragments), whole = _items(file, start)
    if count == 1 and fragments:
        return (tuple(fragments),)
    if len(fragments) == count or not whole:
        return tuple((one,) for one in fragments)
    starts = _by_table(file, table, fragments, count) or _by_codestreams(file, fragments)
    if len(starts) != count:
        raise EOFError(f"{len(fragments)} fragments for {count} frames")
    ends = [*starts[1:], len(fragments)]
    return tuple(tuple(fragments[a:b]) for a, b in zip(starts, ends, strict=True))


def joined(file: IO[bytes], frame: Frame) -> bytes:
    """Return the bytes of a frame.

    Raises:
        EOFError: the file ends within it.
    """
    parts = []
    for one in frame:
        file.seek(one.offset)
        parts.append(file.read(one.length))
        if len(parts[-1]) < one.length:
            raise EOFError(f"the fragment at {one.offset} is cut")
    return b"".join(parts)


def _items(file: IO[bytes], start: int) -> tuple[list[Fragment], bool]:
    """Return all items, the offset table first, and whether what closes them is there."""
    file.seek(start)
    found: list[Fragment] = []
    while len(head := file.read(_HEADER_BYTES)) == _HEADER_BYTES:
        group, element, length = _HEADER(head)
        if (group, element) != _ITEM:
            if not found or (group, element) != _SEQUENCE_END:
                raise EOFError("no item among the fragments")
            return found, True
        found.append(Fragment(file.tell(), length))
        file.seek(length, SEEK_CUR)
    if not found:
        raise EOFError("no offset table")
    return found, False


def _by_table(file: IO[bytes], table: Fragment, fragments: list[Fragment], count: int) -> list[int]:
    """Return the first fragment of each frame as the offset table tells; none where it lies."""
    if table.length != 4 * count or not fragments:
        return []
    raw = joined(file, (table,))
    told = Struct(f"<{count}I").unpack(raw)
    places = {one.offset - fragments[0].offset: at for at, one in enumerate(fragments)}
    starts = [places.get(offset, -1) for offset in told]
    in_order = starts[0] == 0 and all(a < b for a, b in pairwise(starts))
    return starts if in_order else []


def _by_codestreams(file: IO[bytes], fragments: list[Fragment]) -> list[int]:
    """Return the first fragment of each frame: the one behind the end of a codestream."""
    starts, begins = [], True
    for at, one in enumerate(fragments):
        if begins:
            starts.append(at)
        tail = min(one.length, _MOST_PADS)
        ending = joined(file, (Fragment(one.offset + one.length - tail, tail),))
        begins = ending.rstrip(_PADS).endswith(_END_OF_CODESTREAM)
    return starts
