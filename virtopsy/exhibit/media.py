"""Sound and film: the container is walked, nothing is decoded.

Facts: "seconds" (whole, rounded down) where the container says how long it is.
"""

from __future__ import annotations

import struct
from typing import Final

from virtopsy.exhibit.boxes import Box, boxes
from virtopsy.exhibit.exhibit import Broken, Content, Exhibit, Facts, Kind

_SOUND_BRANDS: Final = (b"M4A ", b"M4B ", b"F4A ")
_EBML: Final = b"\x1a\x45\xdf\xa3"
_ASF: Final = bytes.fromhex("3026b2758e66cf11a6d900aa0062ce6c")
_PACK: Final = (b"\0\0\1\xba", b"\0\0\1\xb3")
_WORDS: Final = (
    (b"fLaC", Kind.AUDIO, "FLAC"),
    (b"ID3", Kind.AUDIO, "MP3"),
    (b"#!AMR", Kind.AUDIO, "AMR"),
    (_EBML, Kind.VIDEO, "Matroska"),
    (_ASF, Kind.VIDEO, "ASF"),
    (_PACK[0], Kind.VIDEO, "MPEG"),
    (_PACK[1], Kind.VIDEO, "MPEG"),
)
_LONGEST_S: Final = 10**7


def format_of(head: bytes) -> tuple[Kind, str] | None:
    """Return kind and format by the first bytes; None for anything else."""
    if head[:4] in {b"RIFF", b"RIFX", b"RF64"}:
        return {b"WAVE": (Kind.AUDIO, "WAV"), b"AVI ": (Kind.VIDEO, "AVI")}.get(head[8:12])
    if head[4:8] == b"ftyp":
        sound = head[8:12] in _SOUND_BRANDS
        return (Kind.AUDIO, "M4A") if sound else (Kind.VIDEO, "MP4")
    if head[:4] == b"OggS":
        film = b"theora" in head[:256]
        return (Kind.VIDEO if film else Kind.AUDIO), "Ogg"
    for magic, kind, name in _WORDS:
        if head.startswith(magic):
            return kind, name
    return (Kind.AUDIO, "MP3") if _is_mp3(head) else None


def read(content: Content, kind: Kind, name: str) -> Exhibit:
    """Return a recording.

    Raises:
        Broken: its container does not hold together.
    """
    facts: Facts = {}
    if name in {"MP4", "M4A"}:
        facts = _mp4(content)
    elif name == "WAV":
        facts = _wav(content)
    elif name == "AVI" and int.from_bytes(content.head[4:8], "little") + 8 > content.size:
        raise Broken
    return Exhibit(kind, name, facts)


def _is_mp3(head: bytes) -> bool:
    """Tell whether MPEG layer III frames follow each other: one header alone is found by chance."""
    at = 0
    for _ in range(3):
        if len(head) < at + 4:
            return False
        length = _frame_bytes(head[at : at + 4])
        if not length:
            return False
        at += length
    return True


def _frame_bytes(header: bytes) -> int:
    """Return the length of an MPEG-1 layer III frame (ISO/IEC 11172-3, 2.4.2.3), 0 for none."""
    if header[0] != 0xFF or header[1] & 0xFE != 0xFA:
        return 0
    rates = (0, 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320, 0)
    bits, frequency = rates[header[2] >> 4], (44_100, 48_000, 32_000, 0)[header[2] >> 2 & 3]
    return 144_000 * bits // frequency + (header[2] >> 1 & 1) if bits and frequency else 0


def _mp4(content: Content) -> Facts:
    """Return the length of a film; one without an index of its samples cannot be played."""
    top: dict[bytes, Box] = {}
    for box in boxes(content, 0, content.size):
        top.setdefault(box.kind, box)
    if not {b"moov", b"mdat"} <= top.keys() and b"moof" not in top:
        raise Broken
    if b"moov" not in top:
        return {}
    inside = boxes(content, top[b"moov"].start, top[b"moov"].end)
    header = next((one for one in inside if one.kind == b"mvhd"), None)
    if header is None or header.length < 20:
        raise Broken
    wide = content.at(header.start, 1) == b"\1"
    at, form = (header.start + 20, ">IQ") if wide else (header.start + 12, ">II")
    scale, length = struct.unpack(form, content.at(at, struct.calcsize(form)))
    return _seconds(length, scale)


def _wav(content: Content) -> Facts:
    """Return the length of a recording by its byte rate and its data chunk."""
    if content.head[:4] != b"RIFF":  # RIFX and RF64 write their lengths elsewhere
        return {}
    at, rate = 12, 0
    while at + 8 <= content.size:
        name, size = struct.unpack("<4sI", content.at(at, 8))
        if name == b"fmt ":
            rate = int.from_bytes(content.at(at + 16, 4), "little")
        if name == b"data":
            if at + 8 + size > content.size:
                raise Broken
            return _seconds(size, rate)
        at += 8 + size + size % 2
    raise Broken


def _seconds(length: int, scale: int) -> Facts:
    seconds = length // scale if scale else 0
    return {"seconds": seconds} if 0 < seconds < _LONGEST_S else {}
