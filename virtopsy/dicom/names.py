"""Text of DICOM files in the right letters, also where the declared character set is wrong.

Cyrillic is often stored as Windows-1251, KOI8-R, CP866 or UTF-8 while the file declares Latin-1
or nothing (PS3.3 C.12.1.1.2 knows only ISO 8859-5 and Unicode for it). `charsets` reads what is
declared, `recognition` tells by what it reads as where that is wrong. The bytes of the file stay
untouched; what cannot be decided is read as declared.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final
from unicodedata import name, normalize

from virtopsy.dicom.charsets import as_declared, declaration, label, undeclared
from virtopsy.dicom.recognition import in_zip, recognised
from virtopsy.language import printable

_LONGEST_BYTES: Final = 4096
_LONGEST: Final = 512  # letters; PS3.5 6.2 allows 3 x 64 in a name, 64 in a description
_CUT: Final = "…"
_MARKS: Final = "[\u0300-\u036f\u0483-\u0489\u1ab0-\u1aff\u20d0-\u20ff]"
_PILED: Final = re.compile(f"({_MARKS}{{3}}){_MARKS}+")


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
    """Return the text of a DICOM element; see `decode_all`."""
    return decode_all((raw,), charset)[0]


def decode_all(raws: Sequence[bytes], charset: str) -> tuple[Decoded, ...]:
    """Return the texts of one file; together they tell its character set better than alone.

    No bytes and no declaration stop it. Every text is printable, without control, direction and
    other invisible characters, and cut with a mark behind 512 letters.

    Args:
        raws: the values as stored.
        charset: Specific Character Set (0008,0005) as stored, values joined by a backslash.
    """
    raws = [raw[:_LONGEST_BYTES].strip(b" \0") for raw in raws]
    if all(raw.isascii() and b"\x1b" not in raw for raw in raws):
        return tuple(Decoded(_shown(raw.decode("ascii"))) for raw in raws)
    said = declaration(charset)
    decoded = []
    texts = [as_declared(raw, said) for raw in raws]
    for raw, text, other in zip(raws, texts, recognised(raws, texts, said), strict=True):
        if other is not None:
            decoded.append(Decoded(_shown(other.text), other.charset))
        elif b"\x1b" in raw:
            decoded.append(Decoded(_shown(text), ", ".join(undeclared(raw, said))))
        elif said.misspelt and text != raw.decode("latin_1"):
            decoded.append(Decoded(_shown(text), label(said.codec)))
        else:
            decoded.append(Decoded(_shown(text)))
    return tuple(decoded)


def file_name(raw: bytes) -> str:
    """Return the name of a file in a zip whose entry does not say that it is UTF-8.

    Such names are written in the code page of the machine that packed them: UTF-8 where the
    packer forgot to say so, CP866 or Windows-1251 on a Russian or Kazakh Windows, else CP437.
    Two different names of bytes may come out alike; the bytes alone tell entries apart.

    Args:
        raw: the name as stored, `/` between folders.
    """
    return printable(raw.decode("ascii") if raw.isascii() else in_zip(raw))


def readable(dicom_name: str) -> str:
    """Return a person name as people write it, without carets and equals signs.

    PS3.5 6.2.1: family, given, middle name, prefix, suffix joined by `^`; the alphabetic, the
    ideographic and the phonetic form joined by `=`. The first form stands alone, or with the
    next one of another script in brackets: Ivanov Ivan (Иванов Иван).
    """
    forms = [form for group in dicom_name.split("=") if (form := _in_order(group))]
    if not forms:
        return ""
    known = ("", _script(forms[0]))
    other = next((form for form in forms[1:] if _script(form) not in known), "")
    return normalize("NFC", f"{forms[0]} ({other})" if other else forms[0])


def _in_order(group: str) -> str:
    """Return one form of a name: prefix, family, given, middle, and the suffix behind a comma."""
    parts = [" ".join(part.split()) for part in group.split("^")]
    family, given, middle, prefix, suffix = (*parts, *[""] * 5)[:5]
    whole = " ".join(part for part in (prefix, family, given, middle, *parts[5:]) if part)
    return ", ".join(part for part in (whole, suffix) if part)


def _script(text: str) -> str:
    """Return the script of the first letter by its Unicode name; empty without letters."""
    letter = next((letter for letter in text if letter.isalpha()), "")
    return name(letter, "").partition(" ")[0] if letter else ""


def _shown(text: str) -> str:
    shown = _PILED.sub(r"\1", printable(text))
    return shown if len(shown) <= _LONGEST else shown[:_LONGEST] + _CUT
