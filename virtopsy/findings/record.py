"""A finding as plain JSON and back: the form the archive keeps and a bundle holds.

Lengths are millimetres, rounded to a micrometre: finer than any scanner, and every number then
has one spelling (no exponents), so equal findings have equal bytes.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import fields
from typing import Any

from virtopsy.errors import Bug, InputError
from virtopsy.findings.finding import Certainty, Finding
from virtopsy.findings.trajectory import ASSUMED, ASSUMED_SD_MM, STATED, Trajectory

_DECIMALS = 3


def to_record(finding: Finding) -> dict[str, Any]:
    """Return the finding as JSON values."""
    record: dict[str, Any] = {"kind": finding.kind}
    for one in fields(finding):
        record[one.name] = _plain(getattr(finding, one.name))
    return record


def from_record(record: Mapping[str, Any]) -> Finding:
    """Read a finding back.

    Raises:
        InputError: the kind is unknown, or a field is missing or of the wrong form.
    """
    if not isinstance(record, Mapping):
        raise InputError("findings.record.not_an_object")
    read = _READERS.get(str(record.get("kind")))
    if read is None:
        raise InputError("findings.record.unknown_kind", kind=str(record.get("kind")))
    try:
        return read(record)
    except (KeyError, TypeError, ValueError, OverflowError) as error:
        raise InputError("findings.record.malformed", detail=str(error)) from error


def _plain(value: Any) -> Any:
    if value is None or isinstance(value, bool | int):
        return value
    if isinstance(value, str):
        return str(value)
    if isinstance(value, float):
        return round(value, _DECIMALS) + 0.0
    if isinstance(value, tuple):
        return [_plain(one) for one in value]
    raise Bug(f"a finding holds {value!r}, which has no JSON form")


def _trajectory(record: Mapping[str, Any]) -> Trajectory:
    start, end = record["ends_lps_mm"]
    sd = record.get("end_sd_mm")
    return Trajectory(
        finding_id=_text(record["finding_id"]),
        name=_text(record["name"]),
        series_uid=_text(record["series_uid"]),
        frame_of_reference_uid=_text(record.get("frame_of_reference_uid", "")),
        certainty=Certainty(record.get("certainty", Certainty.DEFINITE)),
        ends_lps_mm=(_point(start), _point(end)),
        entry=_end(record.get("entry")),
        direction_by=_text_or_none(record.get("direction_by")),
        stated_by=_text_or_none(record.get("stated_by")),
        grounds=tuple(_text(one) for one in record.get("grounds", ())),
        end_sd_mm=ASSUMED_SD_MM if sd is None else _point(sd),
        # A source without its figures would lend its name to what was only assumed.
        sd_source=ASSUMED if sd is None else _text(record.get("sd_source", STATED)),
    )


def _point(value: Any) -> tuple[float, float, float]:
    x, y, z = value
    return _number(x), _number(y), _number(z)


def _number(value: Any) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise TypeError(f"expected a number, got {value!r}")
    return float(value)


def _end(value: Any) -> int | None:
    """Return which end; JSON's true is no number, though Python takes it for 1."""
    if value is not None and type(value) is not int:
        raise TypeError(f"expected 0, 1 or null, got {value!r}")
    return value


def _text(value: Any) -> str:
    if not isinstance(value, str):
        raise TypeError(f"expected a text, got {value!r}")
    return value


def _text_or_none(value: Any) -> str | None:
    return None if value is None else _text(value)


_READERS: Mapping[str, Callable[[Mapping[str, Any]], Finding]] = {Trajectory.kind: _trajectory}
