"""A finding as plain JSON and back: the form the archive keeps and a bundle holds.

The form follows from the fields of each kind. Lengths are millimetres, rounded to a micrometre:
finer than any scanner, so equal findings have equal bytes; unit vectors keep six decimals. A field
that is missing gets its default, so that what an earlier version kept reads as it was meant.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import MISSING, fields, is_dataclass
from enum import StrEnum
from functools import cache, partial
from math import isfinite
from types import UnionType
from typing import Any, TypeAlias, Union, get_args, get_origin, get_type_hints

from virtopsy.errors import Bug, InputError
from virtopsy.findings.finding import Finding
from virtopsy.findings.kinds import KINDS

_Reader: TypeAlias = Callable[[Any], Any]
_DECIMALS = 3
_MOST = 100_000  # values in one list: what a person draws by hand is a hundredth of it


def to_record(finding: Finding) -> dict[str, Any]:
    """Return the finding as JSON values."""
    return {"kind": finding.kind, **_plain_fields(finding)}


def from_record(record: Mapping[str, Any]) -> Finding:
    """Read a finding back.

    Raises:
        InputError: the kind is unknown, or a field is missing or of the wrong form.
    """
    if not isinstance(record, Mapping):
        raise InputError("findings.record.not_an_object")
    kind = KINDS.get(str(record.get("kind")))
    if kind is None:
        raise InputError("findings.record.unknown_kind", kind=str(record.get("kind")))
    try:
        read: Finding = _object(kind, kind.completed(record))
    except (KeyError, TypeError, ValueError, OverflowError) as error:
        raise InputError("findings.record.malformed", detail=str(error)) from error
    return read


def _plain_fields(value: Any) -> dict[str, Any]:
    return {
        one.name: plain(getattr(value, one.name), one.metadata.get("decimals", _DECIMALS))
        for one in fields(value)
    }


def plain(value: Any, decimals: int = _DECIMALS) -> Any:
    """Return a field's value as JSON holds it."""
    if value is None or isinstance(value, bool | int):
        return value
    if isinstance(value, str):
        return str(value)
    if isinstance(value, float):
        return round(value, decimals) + 0.0
    if isinstance(value, tuple):
        return [plain(one, decimals) for one in value]
    if is_dataclass(value):
        return _plain_fields(value)
    raise Bug(f"a finding holds {value!r}, which has no JSON form")


@cache
def hints(kind: type) -> Mapping[str, Any]:
    """Return the types of a kind's fields by their names."""
    known = get_type_hints(kind)
    return {one.name: known[one.name] for one in fields(kind)}


def _object(kind: type, given: Mapping[str, Any]) -> Any:
    if not isinstance(given, Mapping):
        raise TypeError(f"expected an object, got {given!r:.60}")
    read = {
        name: reads(given[name])
        for name, required, reads in _readers(kind)
        if required or name in given
    }
    return kind(**read)


@cache
def _readers(kind: type) -> tuple[tuple[str, bool, _Reader], ...]:
    """Return each field's name, whether it must be there, and what reads it.

    Told by the types once: a case of a thousand findings is read at every opening.
    """
    return tuple(
        (
            one.name,
            one.default is MISSING and one.default_factory is MISSING,
            _reader(hints(kind)[one.name]),
        )
        for one in fields(kind)
    )


@cache
def _reader(hint: Any) -> _Reader:
    origin, inner = get_origin(hint), get_args(hint)
    if origin in (Union, UnionType):
        return partial(_unless_none, _reader(_not_none(inner)))
    if origin is tuple and inner[-1] is Ellipsis:
        return partial(_list, _reader(inner[0]))
    if origin is tuple:
        return partial(_tuple, tuple(map(_reader, inner)))
    if is_dataclass(hint) and isinstance(hint, type):
        return partial(_object, hint)
    return partial(_single, hint)


def _not_none(inner: tuple[Any, ...]) -> Any:
    (hint,) = (one for one in inner if one is not type(None))
    return hint


def _unless_none(reads: _Reader, given: Any) -> Any:
    return None if given is None else reads(given)


def _list(reads: _Reader, given: Any) -> tuple[Any, ...]:
    _require_list(given)
    return tuple(map(reads, given))


def _tuple(readers: tuple[_Reader, ...], given: Any) -> tuple[Any, ...]:
    _require_list(given)
    if len(given) != len(readers):
        raise ValueError(f"expected {len(readers)} values, got {len(given)}")
    return tuple([reads(value) for reads, value in zip(readers, given, strict=True)])


def _require_list(given: Any) -> None:
    if not isinstance(given, list | tuple) or len(given) > _MOST:
        raise TypeError(f"expected a list, got {given!r:.60}")


def _single(hint: Any, given: Any) -> Any:
    """Return one value; JSON's true is no number, though Python takes it for 1."""
    if type(given) is hint and hint in (float, str):
        return given
    number = isinstance(given, int | float) and not isinstance(given, bool)
    if hint is float and number:
        return float(given)
    if hint is int and number and isfinite(given) and given == int(given):
        return int(given)
    if hint is bool and isinstance(given, bool):
        return given
    if isinstance(given, str) and hint is str:
        return str(given)
    if isinstance(given, str) and isinstance(hint, type) and issubclass(hint, StrEnum):
        return hint(given)
    raise TypeError(f"expected {hint.__name__}, got {given!r:.60}")
