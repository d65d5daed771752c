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
    "ptcp154": 4.5,
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
_UNLIKELY: Final = 7.0  # bits a letter of a text that says something


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
    margin = _MARGIN.get(declared.codec, _OTHER_ALPHABET)
    candidates = _candidates(declared)
    values = [(raws[at], bits(texts[at])) for at in doubtful]
    chosen = _choose(values, candidates, margin) if values else []
    for at, value, reading in zip(doubtful, values, chosen, strict=True):
        found[at] = reading
        if reading is None and len(values) > 1:
            # What the set of the others does not explain may have one of its own.
            found[at] = _choose([value], candidates, margin)[0]
    for at, reading in enumerate(found):
        if reading is None and declared.codec == "utf_8":
            found[at] = _ungarbled(texts[at])
        elif reading is not None and reading.charset == "UTF-8":
            found[at] = _ungarbled(reading.text) or reading
    return found


def in_zip(raw: bytes) -> str:
    """Return a file name whose code page a zip does not tell."""
    plain = raw.decode("cp437")
    reading = _choose([(raw, bits(plain))], _ZIP, 0.0)[0]
    return plain if reading is None else reading.text


def _candidates(declared: Declaration) -> Mapping[str, float]:
    if declared.codec not in _MARGIN:
        return {"utf_8": 0.0}
    candidates = {one: against for one, against in _CYRILLIC.items() if one != declared.codec}
    if "144" in declared.numbers and "iso8859_5" in candidates:
        candidates["iso8859_5"] = 2.0
    if declared.codec == "utf_8":
        candidates["cp1252"] = 2.0
    return candidates


def _choose(
    values: Sequence[tuple[bytes, float]], candidates: Mapping[str, float], margin: float
) -> list[Reading | None]:
    """Return the readings in the one set that explains all texts best; None where none does.

    Args:
        values: of one file, each with the bits of its declared reading.
        candidates: codecs, with the bits that speak against each beforehand.
        margin: bits by which the best must be better than the declared readings together.
    """
    ranked: list[tuple[float, str, list[str | None]]] = []
    for codec, against in candidates.items():
        worth, texts = zip(*(_worth(raw, codec, cost) for raw, cost in values), strict=True)
        # Sets that differ in no letter of these texts are no rivals: the first is named.
        if all(list(texts) != others for *_, others in ranked):
            ranked.append((against + sum(worth), codec, list(texts)))
    ranked.sort(key=lambda one: one[0])
    total, codec, best = ranked[0]
    rival = ranked[1][0] if len(ranked) > 1 else total + _TIE
    most = min(sum(cost for _, cost in values) - margin, rival - _TIE)
    if codec != "utf_8":  # bytes that happen to be UTF-8 are so rare that it may say anything
        most = min(most, _UNLIKELY * sum(len(raw) + 1 for raw, _ in values))
    if total > most:
        return [None] * len(values)
    return [None if text is None else Reading(text, label(codec)) for text in best]


def _worth(raw: bytes, codec: str, declared: float) -> tuple[float, str | None]:
    """Return the bits and the reading in `codec`, or as declared where that is better."""
    text = _reading(raw, codec)
    exception = declared + _EXCEPTION
    own = exception if text is None else bits(text, exception)
    return (own, text) if own < exception else (exception, None)


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
    if cost <= _UNLIKELY * len(text):
        return None
    found = []
    for wrong in ("cp1252", "latin_1", "cp1251", "koi8_r", "cp866"):
        raw = _bytes(text, wrong)
        if raw is not None:
            candidates = {one: against for one, against in _CYRILLIC.items() if one != wrong}
            found.extend(_choose([(raw, cost)], candidates, _GARBLED))
    likely = sorted({one for one in found if one is not None}, key=lambda one: bits(one.text))
    if not likely or (len(likely) > 1 and bits(likely[1].text) < bits(likely[0].text) + _TIE):
        return None
    return Reading(likely[0].text, f"{likely[0].charset} → UTF-8")


def _bytes(text: str, codec: str) -> bytes | None:
    try:
        return text.encode(codec)
    except UnicodeEncodeError:
        return None
