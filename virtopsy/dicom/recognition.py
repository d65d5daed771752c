"""Which character set bytes were written in, told by what they read as.

Every candidate reading of all texts of a file is weighed against the declared one by
`likeness.bits`. A reading wins only by a margin; where two candidates are worth nearly the same,
or none is believable, the declared reading stands.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from virtopsy.dicom.charsets import Declaration, label
from virtopsy.dicom.likeness import bits

# What speaks against each beforehand, in bits: how rarely it is met.
_CYRILLIC: Final = {
    "utf_8": 0.0,
    "cp1251": 0.0,
    "kz1048": 0.5,
    "ptcp154": 1.5,
    "koi8_r": 4.0,
    "cp866": 4.0,
    "iso8859_5": 5.0,
    "koi8_u": 6.0,
    "mac_cyrillic": 8.0,
}
_ZIP: Final = {"utf_8": 0.0, "cp866": 0.0, "cp1251": 2.0, "koi8_r": 8.0}
# By how many bits another reading must be the better one, by the codec the file declares.
_MARGIN: Final = {
    "ascii": 4.0,
    "latin_1": 8.0,
    "cp1252": 8.0,
    "utf_8": 4.0,
    "iso8859_2": 14.0,
    "iso8859_3": 14.0,
    "iso8859_4": 14.0,
    "iso8859_9": 14.0,
    "iso8859_15": 10.0,
    "cp1250": 14.0,
    "cp1254": 14.0,
    "cp1257": 14.0,
    "gb2312": 14.0,
    "gb18030": 14.0,
    "gbk": 14.0,
    **dict.fromkeys(set(_CYRILLIC) - {"utf_8"}, 10.0),
}
# Sets of another alphabet, as Greek: their letters are high bytes like the Cyrillic ones.
_OTHER_ALPHABET: Final = 25.0
_GARBLED: Final = 14.0
# Two readings of nearly the same worth are a coin toss: a wrong name is worse than none.
_TIE: Final = 3.0
_EXCEPTION: Final = 3.0  # a text of its own set in a file of another
_BELIEVABLE: Final = 7.0  # bits a letter


@dataclass(frozen=True, slots=True)
class Reading:
    """What bytes read as, and the name of the character set they do so in."""

    text: str
    charset: str


def recognised(
    raws: Sequence[bytes], texts: Sequence[str], declared: Declaration
) -> list[Reading | None]:
    """Return what the texts of one file read as, None where the declared reading stands.

    Args:
        raws: values of one file as stored.
        texts: the same as the file declares them.
        declared: what the file declares.
    """
    found: list[Reading | None] = [None] * len(raws)
    doubtful = [
        at
        for at, raw in enumerate(raws)
        if not raw.isascii()
        and b"\x1b" not in raw
        and (declared.codec != "utf_8" or "\ufffd" in texts[at])
    ]
    if doubtful:
        margin = _MARGIN.get(declared.codec, _OTHER_ALPHABET)
        chosen = _choose(
            [raws[at] for at in doubtful],
            [bits(texts[at]) for at in doubtful],
            _candidates(declared),
            margin,
        )
        for at, reading in zip(doubtful, chosen, strict=True):
            found[at] = reading
    for at, reading in enumerate(found):
        if reading is None and declared.codec == "utf_8":
            found[at] = _ungarbled(texts[at])
        elif reading is not None and reading.charset == "UTF-8":
            found[at] = _ungarbled(reading.text) or reading
    return found


def in_zip(raw: bytes) -> str:
    """Return a file name whose code page a zip does not tell."""
    plain = raw.decode("cp437")
    reading = _choose([raw], [bits(plain)], _ZIP, 0.0)[0]
    return plain if reading is None else reading.text


def _candidates(declared: Declaration) -> Mapping[str, float]:
    if declared.codec not in _MARGIN:
        return {"utf_8": 0.0}
    candidates = {codec: bits for codec, bits in _CYRILLIC.items() if codec != declared.codec}
    if "144" in declared.numbers and "iso8859_5" in candidates:
        candidates["iso8859_5"] = 2.0
    if declared.codec == "utf_8":
        candidates["cp1252"] = 2.0
    return candidates


def _choose(
    raws: Sequence[bytes], costs: Sequence[float], candidates: Mapping[str, float], margin: float
) -> list[Reading | None]:
    """Return the readings in the one set that explains all texts best; None where none does.

    Args:
        raws: values of one file.
        costs: bits of their declared readings.
        candidates: codecs, with the bits that speak against each beforehand.
        margin: bits by which the best must be better than the declared reading.
    """
    ranked: list[tuple[float, str, list[float], list[str | None]]] = []
    for codec, against in candidates.items():
        readings = [_reading(raw, codec) for raw in raws]
        if any(readings == other for *_, other in ranked):
            continue
        worth = [
            min(bits(text), cost + _EXCEPTION) if text is not None else cost + _EXCEPTION
            for text, cost in zip(readings, costs, strict=True)
        ]
        ranked.append((against + sum(worth), codec, worth, readings))
    ranked.sort(key=lambda one: one[0])
    total, codec, worth, readings = ranked[0]
    rival = ranked[1][0] if len(ranked) > 1 else total + _TIE
    if sum(costs) - total < margin or rival - total < _TIE:
        return [None] * len(raws)
    return [
        Reading(text, label(codec))
        if text is not None and own < cost and own <= _BELIEVABLE * (len(text) + 1)
        else None
        for text, own, cost in zip(readings, worth, costs, strict=True)
    ]


def _reading(raw: bytes, codec: str) -> str | None:
    """Return the text where every byte has its letter, else None; UTF-8 may be cut at the end."""
    try:
        return raw.decode(codec)
    except UnicodeDecodeError as error:
        whole = raw[: error.start]
        if codec == "utf_8" and error.reason == "unexpected end of data" and not whole.isascii():
            return raw.decode(codec, "replace")
        return None


def _ungarbled(text: str) -> Reading | None:
    """Return what letters were before a program read them in the wrong set and stored them so.

    An archive that took Windows-1251 for Latin-1 and then stored UTF-8 wrote Èâàíîâ for Иванов.
    """
    cost = bits(text)
    if cost <= _BELIEVABLE * len(text):
        return None
    for wrong in ("cp1252", "latin_1", "cp1251", "koi8_r", "cp866"):
        raw = _bytes(text, wrong)
        if raw is None:
            continue
        candidates = {codec: bits for codec, bits in _CYRILLIC.items() if codec != wrong}
        reading = _choose([raw], [cost], candidates, _GARBLED)[0]
        if reading is not None:
            return Reading(reading.text, f"{reading.charset} → UTF-8")
    return None


def _bytes(text: str, codec: str) -> bytes | None:
    try:
        return text.encode(codec)
    except UnicodeEncodeError:
        return None
