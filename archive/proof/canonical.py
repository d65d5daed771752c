"""One spelling for every JSON value, so that equal values have equal bytes (RFC 8785).

The archive's own rule is narrower than the RFC: keys are ASCII (their order is then the same in
every encoding), texts are in NFC, whole numbers stay within the 53 bits that every reader keeps,
nothing is nested deeper than a hundred levels, and a log body holds no fractions at all.

The rule is `_spell`, slow and plain. What is simple enough is spelled by Python's own encoder in
C, about ten times as fast: only values of which it is certain that both say the same, so the
shortcut can accept, never refuse.
"""

from __future__ import annotations

import hashlib
import json
import math
import re
import unicodedata
from collections.abc import Mapping, Sequence
from contextlib import suppress
from decimal import Decimal
from typing import Any, Final, NoReturn

from virtopsy.errors import Bug, IntegrityError

LARGEST: Final = 2**53 - 1
DEEPEST: Final = 100
_SURELY_SMALL: Final = 15  # digits that stay below `LARGEST` whatever they are
_SHORT: Final = re.compile(r"-?(0|[1-9][0-9]{0,14})\.[0-9]*[1-9]")
_DELETE: Final = "\x7f"
"""Spelled as it is in a text, but escaped in a key, which Python's encoder does not know."""


class NotCanonical(IntegrityError, ValueError):  # noqa: N818 -- what the bytes are
    """Bytes that are not the one spelling of a value.

    Where nobody expects them, they stand for something kept that is not as it was written: a
    person is told so in a sentence.
    """

    def __init__(self, detail: str) -> None:
        super().__init__("archive.problem.not_canonical", detail=detail)


def encode(value: Any, *, fractions: bool = False) -> bytes:
    """Return the canonical bytes of a JSON value.

    Args:
        value: mappings with ASCII keys, sequences, NFC texts, whole numbers, True, False, None.
        fractions: finite floats are allowed too (finding objects; never log bodies).

    Raises:
        Bug: the value has no canonical form.
    """
    with suppress(ValueError):  # also half of a surrogate pair: the rule refuses it
        quick = _C_ENCODER.encode(_plain(value, fractions, DEEPEST))
        if _is_simple(quick):
            return quick.encode("utf-8")
    return _spell(value, fractions, DEEPEST).encode("utf-8")


def decode(data: bytes, *, fractions: bool = False) -> Any:
    """Read canonical bytes back.

    Raises:
        NotCanonical: no JSON, a key twice, or another spelling than `encode` gives.
    """
    try:
        return _decoded_quickly(data, fractions)
    except (ValueError, RecursionError):
        return _decoded_slowly(data, fractions)


def _decoded_slowly(data: bytes, fractions: bool) -> Any:
    try:
        value = json.loads(
            data.decode("utf-8"), object_pairs_hook=_no_twins, parse_int=_whole_or_fraction
        )
        respelled = _spell(value, fractions, DEEPEST).encode("utf-8")
    except (ValueError, RecursionError, Bug) as error:
        raise NotCanonical(str(error)) from error
    if respelled != data:
        raise NotCanonical("another spelling of the same value")
    return value


def sha256(data: bytes) -> str:
    """Return the hexadecimal SHA-256 of `data`: the identity of every object."""
    return hashlib.sha256(data).hexdigest()


def text(value: str) -> str:
    """Return the text in NFC; what is no Unicode text (file names of any bytes) is escaped."""
    clean = value.encode("utf-8", "backslashreplace").decode("utf-8")
    return unicodedata.normalize("NFC", clean)


def normalised(value: Any) -> Any:
    """Return the JSON value with every text in NFC."""
    if isinstance(value, str):
        return text(value)
    if isinstance(value, Mapping):
        return {key: normalised(one) for key, one in value.items()}
    if isinstance(value, Sequence):
        return [normalised(one) for one in value]
    return value


def _decoded_quickly(data: bytes, fractions: bool = False) -> Any:
    """Read what Python's own decoder and encoder surely read and spell as the rule does.

    A key that stands twice, another order, white space and needless escapes show by themselves:
    the value is spelled otherwise then.

    Raises:
        ValueError, RecursionError: it is not sure.
    """
    text = data.decode("utf-8")
    value = _READERS[text.isascii(), fractions].decode(text)
    if not (_is_simple(text) and _is_shallow(text, value) and _C_ENCODER.encode(value) == text):
        raise ValueError(text)
    return value


def _is_simple(text: str) -> bool:
    """Tell whether a whole spelling is in NFC (then each of its parts is) and without doubt."""
    normal = text.isascii() or unicodedata.is_normalized("NFC", text)
    return normal and _DELETE not in text


def _is_shallow(text: str, value: Any) -> bool:
    """Tell whether a decoded value is nested at most `DEEPEST` levels."""
    if text.count("[") + text.count("{") <= DEEPEST:
        return True
    level = [value]
    for _ in range(DEEPEST):
        inner = [one.values() if isinstance(one, dict) else one for one in level]
        level = [one for some in inner for one in some if isinstance(one, dict | list)]
        if not level:
            return True
    return False


def _plain(value: Any, fractions: bool, levels: int) -> Any:
    """Return an equal value that both spellings surely spell alike: 5.0 is a 5 in it.

    Raises:
        ValueError: it is not sure.
    """
    kind = type(value)
    if kind is str or kind is bool or value is None:
        return value
    if kind is int:
        return value if -LARGEST <= value <= LARGEST else _not_sure(value)
    if kind is float and fractions:
        return _plain_fraction(value)
    if levels and kind is dict:
        return {_plain_key(key): _plain(one, fractions, levels - 1) for key, one in value.items()}
    if levels and (kind is list or kind is tuple):
        return [_plain(one, fractions, levels - 1) for one in value]
    return _not_sure(value)


def _plain_key(key: Any) -> str:
    return key if type(key) is str and key.isascii() else _not_sure(key)


def _plain_fraction(value: float) -> float:
    if value.is_integer() and -LARGEST <= value <= LARGEST:
        return int(value)
    return value if _SHORT.fullmatch(repr(value)) else _not_sure(value)


def _not_sure(value: object) -> NoReturn:
    raise ValueError(value)


def _surely_small(digits: str) -> int:
    return int(digits) if len(digits) <= _SURELY_SMALL else _not_sure(digits)


def _surely_short(digits: str) -> float:
    """Read a fraction that both spell as its shortest digits, with a point and no exponent."""
    return float(digits) if _SHORT.fullmatch(digits) else _not_sure(digits)


def _with_plain_keys(value: dict[str, Any]) -> dict[str, Any]:
    if not all(map(str.isascii, value)):
        raise ValueError("a key")
    return value


_C_ENCODER: Final = json.JSONEncoder(
    ensure_ascii=False, sort_keys=True, separators=(",", ":"), check_circular=False
)
_READERS: Final = {
    (ascii_only, fractions): json.JSONDecoder(
        object_hook=None if ascii_only else _with_plain_keys,
        parse_int=_surely_small,
        parse_float=_surely_short if fractions else _not_sure,
        parse_constant=_not_sure,
    )
    for ascii_only in (True, False)
    for fractions in (True, False)
}
"""Decoders for certain, by whether the text is ASCII and whether fractions are allowed."""


def _spell(value: Any, fractions: bool, levels: int) -> str:
    if isinstance(value, str):
        return _text(value)
    if value is None or isinstance(value, bool):
        return json.dumps(value)
    if isinstance(value, int | float):
        return _number(value, fractions)
    if not levels:
        _refuse("what is nested deeper than a hundred levels")
    if isinstance(value, Mapping):
        inner = (
            f"{_key(key)}:{_spell(value[key], fractions, levels - 1)}" for key in sorted(value)
        )
        return "{" + ",".join(inner) + "}"
    if isinstance(value, list | tuple):
        return "[" + ",".join(_spell(one, fractions, levels - 1) for one in value) + "]"
    return _refuse(f"a {type(value).__name__}")


def _text(value: str) -> str:
    if not unicodedata.is_normalized("NFC", value):
        _refuse("a text that is not in NFC")
    if any("\ud800" <= letter <= "\udfff" for letter in value):
        _refuse("half of a surrogate pair")
    return json.dumps(value, ensure_ascii=False)


def _key(key: Any) -> str:
    if not isinstance(key, str) or not key.isascii():
        _refuse(f"the key {key!r}")
    return json.dumps(key)


def _number(value: float, fractions: bool) -> str:
    """Spell a number as ECMAScript does (RFC 8785, 3.2.2.3; ECMA-262 Number::toString)."""
    if isinstance(value, int):
        return str(value) if abs(value) <= LARGEST else _refuse(f"{value}, too long a number,")
    if not fractions or not math.isfinite(value):
        _refuse(f"the number {value!r}")
    if value == 0:
        return "0"
    sign, digit_tuple, exponent = Decimal(repr(value)).normalize().as_tuple()
    digits = "".join(map(str, digit_tuple))
    point = len(digits) + int(exponent)
    return ("-" if sign else "") + _placed(digits, point)


def _placed(digits: str, point: int) -> str:
    """Return `digits` with the decimal point after `point` of them."""
    if len(digits) <= point <= 21:
        return digits + "0" * (point - len(digits))
    if 0 < point <= 21:
        return f"{digits[:point]}.{digits[point:]}"
    if -6 < point <= 0:
        return "0." + "0" * -point + digits
    mantissa = digits if len(digits) == 1 else f"{digits[0]}.{digits[1:]}"
    return f"{mantissa}e{point - 1:+d}"


def _whole_or_fraction(digits: str) -> float:
    """Read digits without a point; what is beyond 53 bits can only be a fraction's spelling."""
    whole = int(digits)
    return whole if abs(whole) <= LARGEST else float(whole)


def _no_twins(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise NotCanonical("a key stands twice")
    return found


def _refuse(what: str) -> NoReturn:
    raise Bug(f"{what} has no canonical form")
