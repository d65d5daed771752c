"""The log as a table: CSV (RFC 4180) that spreadsheets read, and that cannot command them."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterable, Iterator

from archive.proof import chain
from archive.records import LogEntry
from archive.services.explain import sentence
from virtopsy.language import Language

COLUMNS = (
    *("seq", "ts", "actor", "actor_name", "act", "out", "case", "sentence", "reason"),
    *("roles", "session", "host", "program", "objects", "data", "prev", "hash", "body"),
)
"""`body` is the stored text: SHA256(0x00 || body) is `hash`, so the table can be checked alone."""
_BYTE_ORDER_MARK = "\ufeff"
_COMMANDS = "=+-@\t\r\n＝＋－＠"


def table(entries: Iterable[LogEntry], language: Language) -> Iterator[bytes]:
    """Yield the table line by line, its heading first; UTF-8 with a byte order mark."""
    yield (_BYTE_ORDER_MARK + _line(COLUMNS)).encode()
    for one in entries:
        yield _line(_cells(one, language)).encode("utf-8", "backslashreplace")


def harmless(cell: str) -> str:
    """Return the cell so that no spreadsheet takes it for a formula (OWASP, CSV injection).

    Spreadsheets skip spaces before a formula, and take full-width signs for plain ones.
    """
    return f"'{cell}" if cell[:1] in {"\t", "\r", "\n"} or _commands(cell.lstrip()) else cell


def _commands(cell: str) -> bool:
    return bool(cell) and cell[0] in _COMMANDS


def _line(cells: Iterable[str]) -> str:
    target = io.StringIO()
    csv.writer(target, quoting=csv.QUOTE_ALL, lineterminator="\r\n").writerow(map(harmless, cells))
    return target.getvalue()


def _cells(entry: LogEntry, language: Language) -> list[str]:
    body = chain.legible(entry)
    actor, app = chain.mapping(body.get("actor")), chain.mapping(body.get("app"))
    row = {
        "seq": str(entry.seq),
        "ts": entry.ts,
        "actor": entry.actor,
        "actor_name": entry.actor_name,
        "act": entry.act,
        "out": entry.out,
        "case": entry.case_number,
        "sentence": sentence(entry, language),
        "reason": _text(body.get("reason", "")),
        "roles": _text(actor.get("role", [])),
        "session": _text(body.get("sess", "")),
        "host": _text(body.get("host", "")),
        "program": _text(app.get("ver", "")),
        "objects": _text(body.get("obj", [])),
        "data": _text(body.get("data", {})),
        "prev": entry.prev,
        "hash": entry.hash,
        "body": entry.body.decode("utf-8", "backslashreplace"),
    }
    return [row[name] for name in COLUMNS]


def _text(value: object) -> str:
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
