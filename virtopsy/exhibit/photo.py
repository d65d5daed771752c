"""Photographs: JPEG, PNG, TIFF, HEIC. Dimensions, the camera and its time as EXIF has them.

Facts: "pixels" (width x height as stored), "taken" (the camera's clock, no time zone unless EXIF
names one), "camera". A photograph that does not decode to its end is broken.
"""

from __future__ import annotations

import re
import struct
import warnings
from typing import Any, Final

from PIL import Image, UnidentifiedImageError

from virtopsy.exhibit.boxes import Box, boxes
from virtopsy.exhibit.exhibit import Broken, Content, Exhibit, Kind, fact

# Beyond it a photograph is not decoded: it would fill the memory a reader may have.
_MOST_PIXELS: Final = 150_000_000
_EXIF: Final = 0x8769
_TAKEN: Final = 0x9003
_OFFSET: Final = 0x9011
_CHANGED: Final = 0x0132
_MAKER: Final = 0x010F
_MODEL: Final = 0x0110
_TIME: Final = re.compile(r"(\d{4}):(\d\d):(\d\d) (\d\d:\d\d:\d\d)")
_ZONE: Final = re.compile(r"[+-]\d\d:\d\d")
_HEIC: Final = frozenset({b"heic", b"heix", b"hevc", b"heim", b"heis", b"mif1", b"avif"})
_MAGIC: Final = (
    (b"\xff\xd8\xff", "JPEG"),
    (b"\x89PNG\r\n\x1a\n", "PNG"),
    (b"II*\0", "TIFF"),
    (b"MM\0*", "TIFF"),
)
_DECODE: Final = (
    *(OSError, SyntaxError, ValueError, TypeError, KeyError, IndexError, OverflowError),
    *(EOFError, ZeroDivisionError, struct.error, UnidentifiedImageError, RuntimeError),
)


def format_of(head: bytes) -> str:
    """Return the format of a photograph by its first bytes; empty for anything else."""
    found = next((name for magic, name in _MAGIC if head.startswith(magic)), "")
    if not found and head[4:8] == b"ftyp" and head[8:12] in _HEIC:
        return "HEIC"
    return found


def read(content: Content, name: str) -> Exhibit:
    """Return a photograph.

    Raises:
        Broken: it does not decode.
    """
    if name == "HEIC":
        return _heic(content)
    content.file.seek(0)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # remarks about odd tags
            Image.MAX_IMAGE_PIXELS = None  # the process has limits of its own
            with Image.open(content.file, formats=(name,)) as image:
                width, height = image.size
                facts = {"pixels": f"{width} x {height}", **_exif(image.getexif())}
                if width * height <= _MOST_PIXELS:
                    image.load()
    except _DECODE as error:
        raise Broken from error
    return Exhibit(Kind.PHOTO, name, facts)


def _exif(found: Image.Exif) -> dict[str, str]:
    """Return what a camera wrote, as far as it is a time and a name."""
    try:
        inner: dict[int, Any] = found.get_ifd(_EXIF)
    except _DECODE:
        inner = {}
    taken = _time(inner.get(_TAKEN) or found.get(_CHANGED))
    zone = str(inner.get(_OFFSET, "")).strip(" \0")
    camera = fact(f"{found.get(_MAKER, '')} {found.get(_MODEL, '')}".replace("\0", " "))
    facts = {}
    if taken:
        facts["taken"] = f"{taken} {zone}" if _ZONE.fullmatch(zone) else taken
    if camera:
        facts["camera"] = camera
    return facts


def _time(value: object) -> str:
    matched = _TIME.match(str(value).strip(" \0")) if value is not None else None
    if matched is None:
        return ""
    year, month, day, clock = matched.groups()
    return f"{year}-{month}-{day} {clock}"


def _heic(content: Content) -> Exhibit:
    """Return a HEIC: its boxes must tile the file; ISO/IEC 23008-12 keeps the size in `ispe`."""
    top = {box.kind: box for box in boxes(content, 0, content.size)}
    if not {b"ftyp", b"meta"} <= top.keys():
        raise Broken
    sizes = [content.at(one.start + 4, 8) for one in _ispe(content, top[b"meta"])]
    if not sizes:
        raise Broken
    width, height = max((struct.unpack(">II", one) for one in sizes), key=lambda s: s[0] * s[1])
    facts = {"pixels": f"{width} x {height}"}
    return Exhibit(Kind.PHOTO, "HEIC", facts | _heic_exif(content))


def _ispe(content: Content, meta: Box) -> list[Box]:
    found = []
    for one in boxes(content, meta.start + 4, meta.end):
        if one.kind == b"iprp":
            for part in boxes(content, one.start, one.end):
                if part.kind == b"ipco":
                    inside = boxes(content, part.start, part.end)
                    found += [box for box in inside if box.kind == b"ispe" and box.length >= 12]
    return found


def _heic_exif(content: Content) -> dict[str, str]:
    """Return the EXIF facts of a HEIC: the item begins with the word, two zeros, a TIFF header."""
    content.file.seek(0)
    begin = content.file.read(1 << 20)
    for order in (b"Exif\0\0II*\0", b"Exif\0\0MM\0*"):
        at = begin.find(order)
        if at >= 0:
            exif = Image.Exif()
            try:
                exif.load(begin[at : at + (1 << 16)])
                return _exif(exif)
            except _DECODE:
                return {}
    return {}
