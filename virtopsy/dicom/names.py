"""Text of DICOM files in the right letters, also where the declared character set is wrong.

Cyrillic is often stored as Windows-1251, KOI8-R, CP866 or UTF-8 while the file declares Latin-1
or nothing (PS3.3 C.12.1.1.2 knows only ISO 8859-5 and Unicode for it). Such text is recognised
by what it reads as: every candidate is scored by the letters of Russian and Kazakh names and by
where capitals stand. The bytes of the file stay untouched.
"""

from __future__ import annotations

import re
import warnings
from collections.abc import Sequence
from dataclasses import dataclass
from math import log
from typing import Final
from unicodedata import category

from pydicom.charset import convert_encodings, decode_bytes

_CANDIDATES: Final = ("cp1251", "koi8_r", "cp866", "iso8859_5", "kz1048", "ptcp154")
# Declared sets under which Cyrillic bytes are met although the set has no Cyrillic, or other.
_DOUBTFUL: Final = frozenset({"", "ISO_IR 6", "ISO_IR 100", "ISO_IR 101", "ISO_IR 144"})
_DOUBTFUL_EXTENDED: Final = frozenset({"ISO 2022 IR 6", "ISO 2022 IR 100", "ISO 2022 IR 144"})
_DELIMITERS: Final = frozenset({0x0A, 0x0C, 0x0D, 0x5C, 0x5E, 0x3D})
# Per cent of the letters of Russian text (Lyashevskaya, Sharov 2009), Kazakh letters added by
# their share of Kazakh text; only their ratio matters here.
_PER_CENT: Final = dict(
    zip(
        "оеаинтсрвлкмдпуяыьгзбчйхжшюцщэфъё",
        (
            *(10.97, 8.45, 8.01, 7.35, 6.70, 6.26, 5.47, 4.73, 4.54, 4.40, 3.49),
            *(3.21, 2.98, 2.81, 2.62, 2.01, 1.90, 1.74, 1.70, 1.65, 1.59, 1.44),
            *(1.21, 0.97, 0.94, 0.73, 0.64, 0.48, 0.36, 0.32, 0.26, 0.04, 0.40),
        ),
        strict=True,
    )
) | dict(zip("қәұғңіөүһ", (2.4, 1.5, 1.2, 1.4, 1.3, 1.6, 0.8, 0.8, 0.1), strict=True))
_FOREIGN: Final = log(0.01)
_WORD: Final = re.compile(r"[^\W\d_]+")
_CASE_BROKEN: Final = -4.0
_CASE_LOW: Final = -0.6
_BELIEVABLE: Final = 0.35  # mean log of the per cent; Russian and Kazakh names reach 0.6 to 1.9


@dataclass(frozen=True, slots=True)
class Decoded:
    """A text, and the character set it was read in against what the file declares.

    Attributes:
        assumed: name of that set, empty where the text was read as declared.
    """

    text: str
    assumed: str = ""

    @property
    def guessed(self) -> bool:
        """Tell whether the text was read against what the file declares."""
        return bool(self.assumed)


def decode(raw: bytes, charset: str) -> Decoded:
    """Return the text of a DICOM element.

    Args:
        raw: the value as stored.
        charset: Specific Character Set (0008,0005) as stored, values joined by a backslash.
    """
    raw = raw.strip(b" \0")
    if raw.isascii() and b"\x1b" not in raw:
        return Decoded(printable(raw.decode("ascii")))
    declared = tuple(part.strip(" \0") for part in charset.split("\\"))
    if b"\x1b" not in raw:
        guess = _guess(raw, declared)
        if guess is not None:
            return Decoded(printable(guess), assumed="Windows-1251")
    return Decoded(printable(_as_declared(raw, declared)))


def decode_all(raws: Sequence[bytes], charset: str) -> tuple[Decoded, ...]:
    """Return the texts of one file; together they tell its character set better than alone."""
    return tuple(decode(raw, charset) for raw in raws)


def file_name(raw: bytes) -> str:
    """Return the name of a file in a zip whose entry does not say that it is UTF-8.

    Such names are written in the code page of the machine that packed them: UTF-8 where the
    packer forgot to say so, CP866 or Windows-1251 on a Russian or Kazakh Windows, else CP437.
    Two different names of bytes may come out alike; the bytes alone tell entries apart.

    Args:
        raw: the name as stored, `/` between folders.
    """
    if raw.isascii():
        return printable(raw.decode("ascii"))
    utf8 = _strictly(raw, "utf-8")
    if utf8 is not None:
        return printable(utf8)
    best = _best_cyrillic(raw, ("cp866", "cp1251", "koi8_r"))
    return printable(raw.decode("cp437") if best is None else best)


def printable(text: str) -> str:
    """Return `text` without control characters: a name may not command a terminal."""
    if text.isprintable():
        return text
    return "".join(letter if category(letter) != "Cc" else " " for letter in text)


def readable(name: str) -> str:
    """Return a person name for a screen: family, given, middle of the first name group."""
    first = next((group for group in name.split("=") if group.strip("^ ")), "")
    return " ".join(part for part in first.split("^") if part.strip())


def _as_declared(raw: bytes, declared: tuple[str, ...]) -> str:
    with warnings.catch_warnings():
        # An unknown or misspelt set is read as Latin-1; the remark would go to stderr only.
        warnings.simplefilter("ignore")
        try:
            encodings = convert_encodings(list(declared))
            return str(decode_bytes(raw, encodings, set(_DELIMITERS)))
        except (LookupError, UnicodeError):
            return raw.decode("latin-1")


def _guess(raw: bytes, declared: tuple[str, ...]) -> str | None:
    """Return what the bytes read as, None where the declared set is believable."""
    if declared == ("ISO_IR 192",):
        return None if _strictly(raw, "utf-8") is not None else _best_cyrillic(raw)
    if not set(declared) <= _DOUBTFUL | _DOUBTFUL_EXTENDED:
        return None
    as_utf8 = _strictly(raw, "utf-8")
    if as_utf8 is not None:
        return as_utf8
    if not _mostly_high(raw):
        return None
    best = _best_cyrillic(raw)
    if best is not None and "144" in "".join(declared) and best == _strictly(raw, "iso8859_5"):
        return None
    return best


def _strictly(raw: bytes, encoding: str) -> str | None:
    try:
        return raw.decode(encoding)
    except UnicodeDecodeError:
        return None


def _mostly_high(raw: bytes) -> bool:
    """Tell whether a word is made of high bytes: no Latin name has mostly accented letters."""
    words = re.split(rb"[\x00-\x40\x5b-\x60\x7b-\x7e]+", raw)
    return any(
        len(word) >= 2 and sum(byte > 0x7F for byte in word) >= 0.75 * len(word) for word in words
    )


def _best_cyrillic(raw: bytes, candidates: Sequence[str] = _CANDIDATES) -> str | None:
    scored = [
        (_likeness(text), -place, text)
        for place, encoding in enumerate(candidates)
        if (text := _strictly(raw, encoding)) is not None
    ]
    if not scored:
        return None
    score, _, text = max(scored)
    return text if score >= _BELIEVABLE else None


def _likeness(text: str) -> float:
    """Return how much `text` reads like Russian or Kazakh: mean over the non-ASCII letters."""
    words = [word for word in _WORD.findall(text) if not word.isascii()]
    letters = [letter for word in words for letter in word.lower() if not letter.isascii()]
    strange = sum(not (c.isascii() or c.isalpha()) for c in text)
    if not letters:
        return _FOREIGN
    value = sum(log(_PER_CENT[letter]) if letter in _PER_CENT else _FOREIGN for letter in letters)
    value += strange * _FOREIGN + sum(_case(word) * len(word) for word in words)
    return value / len(letters)


def _case(word: str) -> float:
    """Return the penalty a letter of where capitals stand: names begin with one."""
    if word.isupper() or (word[:1].isupper() and word[1:].islower()):
        return 0.0
    return _CASE_LOW if word.islower() else _CASE_BROKEN
