"""DICOM headers at the speed of the disk: the wanted elements only, never the pixels.

A walk over the elements of PS3.5 section 7.1 that jumps over every value it was not asked for.
It believes no length: a value that ends behind the file, a nesting without end or an element
that is no element end the walk with `Damaged`. Raw bytes come back; who knows the meaning of a
tag turns them into text or numbers.
"""

from __future__ import annotations

import os
import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from struct import Struct
from typing import IO, Final, Protocol

from virtopsy.dicom.carrier import ZIP_ERRORS, Address, open_file, open_member, opened

_CHUNK = 16_384
_LONGEST_WANTED = 1 << 20  # a text header element beyond this is no text
_DEEPEST = 40
_MOST_AHEAD = 1 << 26  # inflated; what lies before the pixels of any scan is far less
_BEYOND_MEASURE: Final = 1e15
_UNDEFINED: Final = 0xFFFFFFFF
_ITEM: Final = 0xFFFEE000
_ITEM_END: Final = 0xFFFEE00D
_SEQUENCE_END: Final = 0xFFFEE0DD
_PIXELS: Final = frozenset({0x7FE00008, 0x7FE00009, 0x7FE00010})
# PS3.5 table 7.1-1: these value representations carry a 32-bit length.
_LONG_VR: Final = frozenset(
    {b"OB", b"OD", b"OF", b"OL", b"OV", b"OW", b"SQ", b"SV", b"UC", b"UN", b"UR", b"UT", b"UV"}
)
_TRANSFER_SYNTAX: Final = 0x00020010
_MEDIA_CLASS: Final = 0x00020002
_META: Final = frozenset({_TRANSFER_SYNTAX, _MEDIA_CLASS})

IMPLICIT_LITTLE: Final = "1.2.840.10008.1.2"
EXPLICIT_LITTLE: Final = "1.2.840.10008.1.2.1"
EXPLICIT_BIG: Final = "1.2.840.10008.1.2.2"
DEFLATED: Final = "1.2.840.10008.1.2.1.99"
DIRECTORY_CLASS: Final = "1.2.840.10008.1.3.10"


class NotDicom(Exception):  # noqa: N818 -- a finding about a file, turned into words by the scan
    """The file does not begin as a DICOM file does."""


class Damaged(Exception):  # noqa: N818 -- a finding about a file, turned into words by the scan
    """The file begins as DICOM and then breaks; the text says where, for the log."""


@dataclass(frozen=True, slots=True)
class Header:
    """The wanted elements of one file, as raw bytes.

    Attributes:
        elements: value bytes by tag (group << 16 | element).
        transfer_syntax: UID; guessed from the bytes where the file has no meta information.
        media_class: Media Storage SOP Class UID, empty where there is no meta information.
        pixel_tag: 0x7FE00010, 0x7FE00008 (float) or 0x7FE00009 (double); 0 without pixels.
        pixel_offset: position of the first pixel byte in the file (in the inflated bytes where
            the transfer syntax is deflated).
        pixel_length: bytes the file announces, -1 where encapsulated.
        size: bytes the file has (inflated where deflated).
    """

    elements: Mapping[int, bytes]
    transfer_syntax: str
    media_class: str
    pixel_tag: int
    pixel_offset: int
    pixel_length: int
    size: int

    @property
    def big_endian(self) -> bool:
        """Tell whether binary values are stored most significant byte first."""
        return self.transfer_syntax == EXPLICIT_BIG

    def text(self, tag: int) -> str:
        """Return a value of plain ASCII (UIDs, codes, dates), empty where absent."""
        return self.elements.get(tag, b"").decode("latin-1").strip(" \0")

    def texts(self, tag: int) -> tuple[str, ...]:
        """Return the values of a plain ASCII element of several values."""
        text = self.text(tag)
        return tuple(part.strip(" \0") for part in text.split("\\")) if text else ()

    def numbers(self, tag: int) -> tuple[float, ...]:
        """Return the values of a decimal string.

        Raises:
            Damaged: a value is no finite number, or missing before another.
        """
        texts = self.texts(tag)
        while texts and not texts[-1]:
            texts = texts[:-1]
        try:
            numbers = tuple(map(float, texts))
        except ValueError as error:
            raise Damaged(f"({tag:08X}) is no number") from error
        if any("_" in text for text in texts):  # for Python alone 1_0 is ten
            raise Damaged(f"({tag:08X}) is no number")
        return finite(numbers, f"({tag:08X})")

    def number(self, tag: int) -> float | None:
        """Return the first value of a decimal string, None where absent."""
        numbers = self.numbers(tag)
        return numbers[0] if numbers else None

    def short(self, tag: int, *, signed: bool = False) -> int | None:
        """Return a 16-bit value, None where absent."""
        raw = self.elements.get(tag, b"")
        if len(raw) < 2:
            return None
        return int.from_bytes(raw[:2], "big" if self.big_endian else "little", signed=signed)


def finite(numbers: tuple[float, ...], name: str) -> tuple[float, ...]:
    """Return `numbers`.

    Raises:
        Damaged: one of them is none, or beyond all measure.
    """
    if not all(abs(number) < _BEYOND_MEASURE for number in numbers):
        raise Damaged(f"{name} is no finite number")
    return numbers


class _Window(Protocol):
    """Bytes of a data set at any offset."""

    size: int
    bytes: bytes

    def at(self, offset: int, need: int) -> int:
        """Return the place of `offset` in `self.bytes`, with `need` bytes behind it.

        Raises:
            Damaged: the data set ends before.
        """


class _FileWindow:
    """A file, read in chunks."""

    def __init__(self, file: int, size: int) -> None:
        self._file = file
        self.size = size
        self.base = 0
        self.bytes = os.pread(file, _CHUNK, 0)

    def at(self, offset: int, need: int) -> int:
        """Return the place of `offset`; reads the next chunk where it is not in memory."""
        place = offset - self.base
        if place < 0 or place + need > len(self.bytes):
            if offset + need > self.size:
                raise Damaged(f"an element at {offset} ends behind the file")
            self.bytes = os.pread(self._file, max(_CHUNK, need), offset)
            self.base = offset
            if len(self.bytes) < need:
                raise Damaged(f"the file ended while it was read at {offset}")
            return 0
        return place


class _StreamWindow:
    """A member of a zip, inflated as far as it is asked for."""

    def __init__(self, stream: IO[bytes], size: int) -> None:
        self._stream = stream
        self.size = size
        self.bytes = b""
        self._reach(min(_CHUNK, size))

    def at(self, offset: int, need: int) -> int:
        """Return `offset` itself; reads on where it is not in memory."""
        if offset + need > self.size:
            raise Damaged(f"an element at {offset} ends behind the file")
        if offset + need > len(self.bytes):
            self._reach(min(max(offset + need, 2 * len(self.bytes)), self.size))
        return offset

    def _reach(self, end: int) -> None:
        if end > _MOST_AHEAD:
            raise Damaged(f"{end} bytes before the pixels")
        try:
            self.bytes += self._stream.read(end - len(self.bytes))
        except ZIP_ERRORS as error:
            raise Damaged("it does not unpack") from error
        if len(self.bytes) < end:
            raise Damaged("it is shorter than its zip says")


class _MemoryWindow:
    """An inflated data set."""

    def __init__(self, content: bytes) -> None:
        self.size = len(content)
        self.bytes = content

    def at(self, offset: int, need: int) -> int:
        """Return `offset` itself."""
        if offset + need > self.size:
            raise Damaged(f"an element at {offset} ends behind the file")
        return offset


class _Walk:
    """One pass over the elements of a data set."""

    def __init__(self, window: _Window, *, implicit: bool, big_endian: bool = False) -> None:
        order = ">" if big_endian else "<"
        self._window = window
        self._implicit = implicit
        self._tag_length = Struct(order + "HHI").unpack_from
        self._short_length = Struct(order + "H").unpack_from
        self._long_length = Struct(order + "I").unpack_from

    def element(self, offset: int, *, implicit: bool) -> tuple[int, int, int]:
        """Return (tag, length, offset of the value) of the element at `offset`."""
        window = self._window
        place = window.at(offset, 8)
        content = window.bytes
        group, number, length = self._tag_length(content, place)
        if implicit or group == 0xFFFE:
            return group << 16 | number, length, offset + 8
        representation = content[place + 4 : place + 6]
        if representation in _LONG_VR:
            place = window.at(offset, 12)
            return (
                group << 16 | number,
                self._long_length(window.bytes, place + 8)[0],
                offset + 12,
            )
        if not representation.isalpha() or not representation.isupper():
            raise Damaged(f"no value representation at {offset}")
        return group << 16 | number, self._short_length(content, place + 6)[0], offset + 8

    def collect(
        self, offset: int, wanted: frozenset[int], *, group: int | None = None
    ) -> tuple[dict[int, bytes], tuple[int, int, int]]:
        """Return the wanted values and (tag, offset, length) of the pixels, zeros without.

        Of a sequence without length nothing is kept but that it is there.

        Args:
            offset: where the data set begins.
            wanted: tags to keep.
            group: stop in front of the first element of another group.
        """
        window, size = self._window, self._window.size
        found: dict[int, bytes] = {}
        while offset + 8 <= size:
            if group is not None and self._group(offset) != group:
                return found, (0, offset, 0)
            tag, length, value = self.element(offset, implicit=self._implicit)
            if tag in _PIXELS:
                return found, (tag, value, -1 if length == _UNDEFINED else length)
            if length == _UNDEFINED:
                if tag in wanted:
                    found[tag] = b""
                offset = self._behind_sequence(value, self._implicit, 0)
                continue
            if value + length > size:
                raise Damaged(f"({tag:08X}) ends behind the file")
            if tag in wanted and length <= _LONGEST_WANTED:
                place = window.at(value, length)
                found[tag] = window.bytes[place : place + length]
            offset = value + length
        return found, (0, offset, 0)

    def _group(self, offset: int) -> int:
        place = self._window.at(offset, 2)
        return int.from_bytes(self._window.bytes[place : place + 2], "little")

    def _behind_sequence(self, offset: int, implicit: bool, depth: int) -> int:
        if depth > _DEEPEST:
            raise Damaged(f"sequences are nested deeper than {_DEEPEST}")
        while True:
            tag, length, value = self.element(offset, implicit=implicit)
            if tag == _SEQUENCE_END:
                return value
            if tag != _ITEM:
                raise Damaged(f"no item at {offset}")
            offset = (
                self._behind_item(value, implicit, depth)
                if length == _UNDEFINED
                else value + length
            )

    def _behind_item(self, offset: int, implicit: bool, depth: int) -> int:
        while True:
            tag, length, value = self.element(offset, implicit=implicit)
            if tag == _ITEM_END:
                return value
            offset = (
                self._behind_sequence(value, implicit, depth + 1)
                if length == _UNDEFINED
                else value + length
            )


def read_header(path: Path | str, wanted: frozenset[int]) -> Header:
    """Return the wanted elements of one file and where its pixels lie.

    Raises:
        NotDicom: the file is something else.
        Damaged: it begins as DICOM and then breaks.
        OSError: the system refused to read it.
    """
    file = open_file(path)
    try:
        return _header(_FileWindow(file, os.fstat(file).st_size), wanted)
    finally:
        os.close(file)


def read_member_header(address: Address, wanted: frozenset[int]) -> Header:
    """Return the wanted elements of a member of a zip; it is inflated up to its pixels only.

    Raises:
        NotDicom, Damaged, OSError: as `read_header`.
    """
    try:
        member, size = open_member(address)
        with member:
            return _header(_StreamWindow(member, size), wanted)
    except ZIP_ERRORS as error:
        raise Damaged("its zip is damaged") from error


def _header(window: _Window, wanted: frozenset[int]) -> Header:
    meta, start = _meta(window)
    syntax = meta.get(_TRANSFER_SYNTAX, b"").decode("latin-1").strip(" \0")
    syntax = syntax or _guess_syntax(window, start)
    media_class = meta.get(_MEDIA_CLASS, b"").decode("latin-1").strip(" \0")
    whole = True
    if syntax == DEFLATED:
        content, whole = _inflated(window, start, _MOST_AHEAD)
        window, start = _MemoryWindow(content), 0
    walk = _Walk(window, implicit=syntax == IMPLICIT_LITTLE, big_endian=syntax == EXPLICIT_BIG)
    elements, (tag, offset, length) = walk.collect(start, wanted)
    if not elements and media_class != DIRECTORY_CLASS:
        raise NotDicom
    if not whole and not tag:
        raise Damaged(f"{_MOST_AHEAD} bytes before the pixels")
    # Pixels that are not inflated yet are counted as there; who reads them sees.
    size = window.size if whole else offset + max(length, 0)
    return Header(elements, syntax, media_class, tag, offset, length, size)


def _meta(window: _Window) -> tuple[dict[int, bytes], int]:
    """Return the wanted elements of the meta information and where the data set begins."""
    start = 132 if window.bytes[128:132] == b"DICM" else 0
    if window.bytes[start : start + 2] != b"\x02\x00":
        return {}, start
    meta, (_, start, _) = _Walk(window, implicit=False).collect(start, _META, group=2)
    return meta, start


def _guess_syntax(window: _Window, start: int) -> str:
    """Guess how a file without meta information is written, from its first element."""
    first = window.bytes[start : start + 8]
    if len(first) < 8 or first[:2] != b"\x08\x00":
        raise NotDicom
    return EXPLICIT_LITTLE if first[4:6].isalpha() and first[4:6].isupper() else IMPLICIT_LITTLE


def inflate(address: Address, length: int) -> bytes:
    """Return the first bytes of the data set of a deflated file, `length` at most.

    Raises:
        NotDicom, Damaged: it is none, or does not inflate.
        OSError: the system refused to read it.
    """
    with opened(address) as file:
        window = _MemoryWindow(file.read())
    _, start = _meta(window)
    content, _ = _inflated(window, start, length)
    return content


def _inflated(window: _Window, start: int, most: int) -> tuple[bytes, bool]:
    """Return the first bytes behind `start`, inflated, and whether they are all."""
    place = window.at(start, window.size - start)
    unpack = zlib.decompressobj(-zlib.MAX_WBITS)
    try:
        content = unpack.decompress(window.bytes[place:], most)
    except zlib.error as error:
        raise Damaged("the deflated data set does not inflate") from error
    return content, not unpack.unconsumed_tail
