"""One spelling for every JSON value, so that equal values have equal bytes (RFC 8785).

The archive's own rule is narrower than the RFC: keys are ASCII (their order is then the same in
every encoding), texts are in NFC, whole numbers stay within the 53 bits that every reader keeps,
and a log body holds no fractions at all.
"""

from __future__ import annotations

import hashlib
import json
import math
import unicodedata
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any, NoReturn

from virtopsy.errors import Bug

LARGEST = 2**53 - 1


class NotCanonical(ValueError):  # noqa: N818 -- what the bytes are
    """Bytes that are not the one spelling of a value."""


def encode(value: Any, *, fractions: bool = False) -> bytes:
    """Return the canonical bytes of a JSON value.

    Args:
        value: mappings with ASCII keys, sequences, NFC texts, whole numbers, True, False, None.
        fractions: finite floats are allowed too (finding objects; never log bodies).

    Raises:
        Bug: the value has no canonical form.
    """
    return _spell(value, fractions).encode("utf-8")


def decode(data: bytes, *, fractions: bool = False) -> Any:
    """Read canonical bytes back.

    Raises:
        NotCanonical: no JSON, a key twice, or another spelling than `encode` gives.
    """
    try:
        value = json.loads(
            data.decode("utf-8"), object_pairs_hook=_no_twins, parse_int=_whole_or_fraction
        )
        respelled = encode(value, fractions=fractions)
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


def _spell(value: Any, fractions: bool) -> str:
    if isinstance(value, str):
        return _text(value)
    if value is None or isinstance(value, bool):
        return json.dumps(value)
    if isinstance(value, int | float):
        return _number(value, fractions)
    if isinstance(value, Mapping):
        pairs = (f"{_key(key)}:{_spell(value[key], fractions)}" for key in sorted(value))
        return "{" + ",".join(pairs) + "}"
    if isinstance(value, list | tuple):
        return "[" + ",".join(_spell(one, fractions) for one in value) + "]"
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
