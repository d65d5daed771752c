"""Reading JSON values that nobody vouches for: each is what it says it is, or is refused.

For records that come back from an archive or a bundle. What is wrong with a value is a
`ValueError`; who reads the record says it as one sentence.
"""

from __future__ import annotations

from math import isfinite
from typing import Any

Point = tuple[float, float, float]
_FAR_MM = 1e6
"""A kilometre: nothing that was scanned is as far away."""


def number(value: Any, low: float = -_FAR_MM, high: float = _FAR_MM) -> float:
    """Return a number between two limits.

    Raises:
        ValueError: it is none, or beyond the limits.
    """
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise ValueError(f"no number: {value!r:.40}")  # noqa: TRY004 -- of what was handed in
    if isinstance(value, int) and abs(value) > 2**53:
        raise ValueError("a number too large")
    if not (isfinite(value) and low <= value <= high):
        raise ValueError(f"{value!r:.40} is not between {low:g} and {high:g}")
    return float(value)


def point(values: Any, most: float = _FAR_MM) -> Point:
    """Return three numbers.

    Raises:
        ValueError: there are not three, or one is none.
    """
    x, y, z = (number(one, -most, most) for one in sequence(values, 3, 3))
    return x, y, z


def direction(values: Any) -> Point:
    """Return a unit vector; its length may be off by rounding.

    Raises:
        ValueError: it is none.
    """
    x, y, z = point(values, 1.01)
    length = (x * x + y * y + z * z) ** 0.5
    if not 0.99 < length < 1.01:
        raise ValueError(f"no direction: {values!r:.60}")
    return x / length, y / length, z / length


def text(value: Any, longest: int = 100_000) -> str:
    """Return a text.

    Raises:
        ValueError: it is none, or too long.
    """
    if not isinstance(value, str) or len(value) > longest:
        raise ValueError(f"no text: {value!r:.40}")
    return value


def flag(value: Any) -> bool:
    """Return a truth value.

    Raises:
        ValueError: it is none.
    """
    if not isinstance(value, bool):
        raise ValueError(f"neither true nor false: {value!r:.40}")  # noqa: TRY004 -- as above
    return value


def sequence(values: Any, least: int, most: int) -> list[Any]:
    """Return a list of a length between two limits.

    Raises:
        ValueError: it is none, too short or too long.
    """
    if not isinstance(values, list | tuple) or not least <= len(values) <= most:
        raise ValueError(f"not {least} to {most} values: {values!r:.60}")
    return list(values)


def fields(record: Any) -> dict[str, Any]:
    """Return a mapping of names to values.

    Raises:
        ValueError: it is none.
    """
    if not isinstance(record, dict):
        raise ValueError(f"no record: {record!r:.40}")  # noqa: TRY004 -- as above
    return record
