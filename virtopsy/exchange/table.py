"""Findings as a table (CSV) and as records (JSON), with units.

The table is for people and their spreadsheets: UTF-8 with a byte order mark, one row a number. A
spreadsheet of a Russian or Kazakh system parts columns by semicolons and takes "12.5" for a date,
so that in those languages decimals have a comma. A text that a spreadsheet would run as a formula
(CWE-1236) gets an apostrophe in front. Only JSON is read back.
"""

from __future__ import annotations

import csv
import json
from collections.abc import Iterator, Mapping, Sequence
from io import StringIO
from typing import Any, Final

from virtopsy.errors import InputError
from virtopsy.exchange.omission import Omission, Taken
from virtopsy.exchange.typed import stated_type
from virtopsy.findings.finding import Finding
from virtopsy.findings.quantity import Quantity
from virtopsy.findings.record import from_record, to_record
from virtopsy.findings.vocabulary import called
from virtopsy.language import Language, say

SCHEMA: Final = "virtopsy.findings/1"
UNITS: Final = {
    "length": "mm",
    "area": "mm2",
    "volume": "mm3",
    "angle": "deg",
    "values": "HU",
    "coordinates": "patient LPS, mm",
    "uncertainty": "sd: 1 SD; half95: half-width of the 95% interval; low, high: range",
}
_RUN: Final = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠", "|", "%")
_COLUMNS: Final = (
    *("kind", "name", "type", "region", "side", "level", "certainty", "grounds"),
    *("quantity", "value", "unit", "sd", "half95", "low", "high", "source"),
    *("series", "slice", "id", "remark"),
)
_DECIMALS: Final = 4


def table(findings: Sequence[Finding], language: Language) -> bytes:
    """Return the findings as CSV: a row a number, one row of a finding without any."""
    comma = language is not Language.EN
    file = StringIO(newline="")
    writer = csv.writer(
        file, delimiter=";" if comma else ",", quoting=csv.QUOTE_ALL, lineterminator="\r\n"
    )
    writer.writerow([say(f"exchange.table.{one}", language) for one in _COLUMNS])
    for one in findings:
        for row in _rows(one, language):
            writer.writerow([_number(cell, comma) for cell in row])
    return file.getvalue().encode("utf-8-sig")


def records(findings: Sequence[Finding]) -> bytes:
    """Return the findings as JSON: their records, which read back, and their numbers."""
    told = {
        "schema": SCHEMA,
        "units": UNITS,
        "findings": [to_record(one) for one in findings],
        "quantities": {one.finding_id: list(map(_plain, one.quantities)) for one in findings},
    }
    return (json.dumps(told, ensure_ascii=False, indent=1) + "\n").encode("utf-8")


def findings_of(text: str) -> Taken:
    """Read the findings of a file that `records` wrote, or of one record alone.

    Raises:
        InputError: it is no such file.
    """
    taken = Taken()
    for number, record in enumerate(records_in(text), start=1):
        taken += _read(record, number)
    return taken


def records_in(text: str) -> list[Any]:
    """Return the records of a file that `records` wrote, or the one record it is, unread.

    Raises:
        InputError: it is no such file.
    """
    try:
        told = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise InputError("exchange.in.no_json") from error
    if not isinstance(told, Mapping):
        raise InputError("findings.record.not_an_object")
    listed = told.get("findings") if "schema" in told else [told]
    if told.get("schema", SCHEMA) != SCHEMA or not isinstance(listed, list):
        raise InputError("exchange.in.other_schema", schema=str(told.get("schema"))[:60])
    return listed


def _read(record: Any, number: int) -> Taken:
    try:
        return Taken((from_record(record),))
    except InputError as error:
        name = record.get("name", "") if isinstance(record, Mapping) else ""
        facts = {"name": str(name)[:200] or str(number)}
        return Taken(omissions=(Omission("record", facts, error),))


def _rows(finding: Finding, language: Language) -> Iterator[list[str | float | None]]:
    about = _about(finding, language)
    where = [finding.series_uid, finding.seen_on_slice, finding.finding_id, finding.remark]
    for one in finding.quantities or (None,):
        yield [*map(_safe, about), *_numbers(one, language), *map(_safe, where)]


def _about(finding: Finding, language: Language) -> list[str]:
    group, kind = stated_type(finding)
    side = finding.side.value
    return [
        called("kind", finding.kind, language),
        finding.name,
        called(group, kind, language) if kind else "",
        called("region_of_body", finding.region, language) if finding.region else "",
        called("side", side, language) if side else "",
        finding.level,
        called("certainty", finding.certainty.value, language),
        "; ".join(called("ground", one, language) for one in finding.grounds),
    ]


def _numbers(quantity: Quantity | None, language: Language) -> list[str | float | None]:
    if quantity is None:
        return [None] * 8
    unit = "" if quantity.unit == "1" else say(f"findings.unit.{quantity.unit}", language)
    return [
        called("quantity", quantity.code, language),
        quantity.value,
        unit,
        quantity.sd,
        quantity.half95,
        quantity.low,
        quantity.high,
        called("source", quantity.source, language),
    ]


def _plain(quantity: Quantity) -> dict[str, Any]:
    return {
        "code": quantity.code,
        "value": quantity.value,
        "unit": quantity.unit,
        "sd": quantity.sd,
        "half95": quantity.half95,
        "low": quantity.low,
        "high": quantity.high,
        "source": quantity.source,
    }


def _safe(text: str) -> str:
    """Return a text that no spreadsheet runs."""
    return f"'{text}" if text.lstrip(" \u00a0").startswith(_RUN) else text


def _number(cell: str | float | None, comma: bool) -> str:
    if cell is None or isinstance(cell, str):
        return cell or ""
    written = f"{round(cell, _DECIMALS) + 0.0:.{_DECIMALS}f}".rstrip("0").rstrip(".")
    return written.replace(".", ",") if comma else written
