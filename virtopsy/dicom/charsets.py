"""Text in the character sets DICOM knows, as a file declares them (PS3.3 C.12.1.1.2).

Single-byte sets, Unicode, GBK and GB18030 are Python's codecs. Code extensions (PS3.5 6.1.2.5)
switch sets within a text by escape sequences: a state machine over the two halves of the code
table, G0 below 0x80 and G1 above. No byte and no declaration stops the reading: what has no
letter becomes U+FFFD.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

_BY_NUMBER: Final = {
    "6": "ascii",
    "13": "shift_jis",  # a superset of JIS X 0201
    "58": "gb2312",
    "87": "shift_jis",  # without an escape sequence the kanji can only be these
    "100": "latin_1",
    "101": "iso8859_2",
    "109": "iso8859_3",
    "110": "iso8859_4",
    "126": "iso8859_7",
    "127": "iso8859_6",
    "138": "iso8859_8",
    "144": "iso8859_5",
    "148": "iso8859_9",
    "149": "euc_kr",
    "159": "shift_jis",
    "166": "tis_620",
    "192": "utf_8",
    "203": "iso8859_15",
}
_EXTENDABLE: Final = frozenset(_BY_NUMBER) - {"192"}
# As the standard spells them; ISO_IR stands alone, ISO 2022 IR allows code extensions.
_STANDARD: Final = {
    "": "ascii",
    "GB18030": "gb18030",
    "GBK": "gbk",
    **{f"ISO_IR {n}": _BY_NUMBER[n] for n in set(_BY_NUMBER) - {"58", "87", "149", "159"}},
    **{f"ISO 2022 IR {n}": _BY_NUMBER[n] for n in _EXTENDABLE},
}
# Other spellings met in files, without their punctuation and in capitals.
_WINDOWS: Final = ("1250", "1251", "1252", "1253", "1254", "1255", "1256", "1257", "1258")
# Other spellings met in files, without their punctuation and in capitals.
_MISSPELT: Final = {
    **{
        f"{start}{number}": codec
        for number, codec in _BY_NUMBER.items()
        for start in ("ISOIR", "ISO2022IR", "ISO2022", "ISO", "IR", "")
    },
    **{f"ISO8859{part}": f"iso8859_{part}" for part in (*range(2, 12), *range(13, 17))},
    **{
        f"{start}{page}": f"cp{page}"
        for page in (*_WINDOWS, "866")
        for start in ("CP", "WIN", "WINDOWS", "ANSI", "IBM", "DOS", "OEM", "")
    },
    **dict.fromkeys(("UTF8", "UNICODE", "ISO10646", "65001"), "utf_8"),
    **dict.fromkeys(("LATIN1", "ISO88591"), "latin_1"),
    **dict.fromkeys(("ASCII", "USASCII"), "ascii"),
    **dict.fromkeys(("KOI8", "KOI8R"), "koi8_r"),
    **dict.fromkeys(("PT154", "CP154"), "ptcp154"),
    **dict.fromkeys(("KZ1048", "RK1048"), "kz1048"),
    **dict.fromkeys(("MACCYRILLIC", "XMACCYRILLIC"), "mac_cyrillic"),
    **dict.fromkeys(("GBK", "CP936", "ISO2022GBK"), "gbk"),
    **dict.fromkeys(("SHIFTJIS", "SJIS"), "shift_jis"),
    "KOI8U": "koi8_u",
    "GB18030": "gb18030",
    "GB2312": "gb2312",
    "BIG5": "big5",
    "EUCKR": "euc_kr",
    "EUCJP": "euc_jp",
}
_LABELS: Final = {
    **{f"iso8859_{part}": f"ISO 8859-{part}" for part in range(2, 17)},
    **{f"cp{page}": f"Windows-{page}" for page in _WINDOWS},
    "ascii": "ASCII",
    "latin_1": "ISO 8859-1",
    "utf_8": "UTF-8",
    "cp866": "CP866",
    "koi8_r": "KOI8-R",
    "koi8_u": "KOI8-U",
    "kz1048": "KZ-1048",
    "ptcp154": "PT154",
    "mac_cyrillic": "MacCyrillic",
    "gb18030": "GB18030",
    "gbk": "GBK",
    "gb2312": "GB2312",
    "big5": "Big5",
    "shift_jis": "Shift JIS",
    "euc_kr": "EUC-KR",
    "euc_jp": "EUC-JP",
    "tis_620": "TIS-620",
}

# Escape sequences of PS3.3 tables C.12-3 and C.12-4: set number, codec, half of the code table.
_ESCAPES: Final = {
    b"\x1b(B": ("6", "ascii", 0),
    b"\x1b(J": ("13", "ascii", 0),  # romaji: ASCII but for yen sign and overline
    b"\x1b$B": ("87", "iso2022_jp", 0),
    b"\x1b$@": ("87", "iso2022_jp", 0),
    b"\x1b$(D": ("159", "iso2022_jp_2", 0),
    b"\x1b)I": ("13", "shift_jis", 1),
    b"\x1b$)C": ("149", "euc_kr", 1),
    b"\x1b$)A": ("58", "gb2312", 1),
    b"\x1b-A": ("100", "latin_1", 1),
    b"\x1b-B": ("101", "iso8859_2", 1),
    b"\x1b-C": ("109", "iso8859_3", 1),
    b"\x1b-D": ("110", "iso8859_4", 1),
    b"\x1b-F": ("126", "iso8859_7", 1),
    b"\x1b-G": ("127", "iso8859_6", 1),
    b"\x1b-H": ("138", "iso8859_8", 1),
    b"\x1b-L": ("144", "iso8859_5", 1),
    b"\x1b-M": ("148", "iso8859_9", 1),
    b"\x1b-T": ("166", "tis_620", 1),
    b"\x1b-b": ("203", "iso8859_15", 1),
}
_SPLIT: Final = re.compile(b"(%b)" % b"|".join(re.escape(code) for code in _ESCAPES))
_PAIRS: Final = re.compile(rb"(?:[\x21-\x7e]{2}| )+")
# At these the state falls back to the first declared set (PS3.5 6.1.2.5.3): \ ^ = and line ends.
_RESET: Final = re.compile(rb"[\t\n\f\r\\^=]")
_KANJI: Final = {"iso2022_jp": b"\x1b$B", "iso2022_jp_2": b"\x1b$(D"}


@dataclass(frozen=True, slots=True)
class Declaration:
    """What a file says of its texts.

    Attributes:
        codec: Python codec of texts without escape sequence.
        numbers: the sets it may switch to, by their ISO registration number.
        misspelt: a value is not spelt as the standard has it.
    """

    codec: str
    numbers: frozenset[str]
    misspelt: bool


@lru_cache(maxsize=64)
def declaration(charset: str) -> Declaration:
    """Return the meaning of Specific Character Set (0008,0005), values joined by a backslash.

    What is misspelt is read as meant; what has no meaning is read as ISO 8859-1.
    """
    values = [value.strip(" \0") for value in charset[:1024].split("\\")]
    first = values[0]
    codec = _STANDARD.get(first)
    misspelt = codec is None
    if codec is None:
        codec = _MISSPELT.get(re.sub(r"[^0-9A-Z]", "", first.upper()), "latin_1")
    numbers = frozenset(
        found[0] for value in values if (found := re.findall(r"\d+$", value.rstrip()))
    )
    return Declaration(codec, numbers, misspelt)


def label(codec: str) -> str:
    """Return the name people know a codec by."""
    return _LABELS.get(codec, codec)


def as_declared(raw: bytes, declared: Declaration) -> str:
    """Return the text as the file declares it; U+FFFD for bytes that have no letter there."""
    if b"\x1b" in raw and declared.codec not in ("utf_8", "gbk", "gb18030"):
        return _switching(raw, declared.codec)
    return _decoded(raw, declared.codec)


def undeclared(raw: bytes, declared: Declaration) -> tuple[str, ...]:
    """Return names of the sets a text switches to that the file does not declare."""
    numbers = dict.fromkeys(_ESCAPES[code][0] for code in _SPLIT.findall(raw))
    return tuple(
        f"ISO 2022 IR {number}"
        for number in numbers
        if number != "6" and number not in declared.numbers
    )


def strictly(raw: bytes, codec: str) -> str | None:
    """Return the text where every byte has its letter, else None."""
    try:
        return raw.decode(codec)
    except UnicodeDecodeError:
        return None


def _decoded(raw: bytes, codec: str) -> str:
    # High bytes under ASCII are against the standard; they are read as Latin-1, as everywhere.
    return raw.decode("latin_1" if codec == "ascii" else codec, "replace")


def _switching(raw: bytes, first: str) -> str:
    """Return the text of bytes with escape sequences."""
    text = []
    initial = None if first == "ascii" else first
    low, high, last = "ascii", initial, initial
    for piece in _SPLIT.split(raw):
        if piece in _ESCAPES:
            _, codec, half = _ESCAPES[piece]
            if half:
                high = last = codec
            else:
                low = codec
            continue
        kanji = _PAIRS.match(piece) if low in _KANJI else None
        if kanji is not None:
            text.append(_kanji(kanji.group(), low))
        rest = piece[kanji.end() :] if kanji is not None else piece
        if not rest:
            continue
        end = _RESET.search(rest)
        until = len(rest) if end is None else end.start()
        text.append(_decoded(rest[:until], high or last or "latin_1"))
        # Writers that forget the escape behind a delimiter mean the set they used before it.
        text.append(_decoded(rest[until:], initial or last or "latin_1"))
        low = "ascii"
        if end is not None:
            high = initial
    return "".join(text)


def _kanji(pairs: bytes, codec: str) -> str:
    shift = _KANJI[codec]
    return " ".join((shift + part).decode(codec, "replace") for part in pairs.split(b" "))
