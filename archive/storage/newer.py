"""Whether the log bears out that a newer program gave an index its shape.

A number in the file is written in a moment, and whoever opens such an archive leaves no entry. A
newer program leaves more: its migration is an entry that names the number, and where it made or
rebuilt the archive, it wrote the newest entry, for an older one writes nothing there since.
"""

from __future__ import annotations

import re
from typing import Final

from sqlalchemy import Connection

from archive.proof import canonical, chain
from archive.proof.acts import ActName
from archive.records import Document, LogEntry
from archive.storage.log_table import LogTable
from archive.storage.machine import program_version

_NUMBERS: Final = re.compile(r"[0-9]{1,9}(?:\.[0-9]{1,9}){0,9}")


def borne_out(connection: Connection, revision: object) -> bool:
    """Tell whether the log tells of a newer program, or of a migration to that revision."""
    log = LogTable(connection)
    last = log.last()
    if last is not None and _by_newer(_said(last)):
        return True
    return any(_leads_to(_said(one), revision) for one in log.of_acts((ActName.MIGRATION,)))


def _said(entry: LogEntry) -> Document:
    """Return what an entry says; nothing where its bytes are not those of its row."""
    try:
        return chain.read(entry) if chain.from_body(entry.body) == entry else {}
    except canonical.NotCanonical:
        return {}


def _by_newer(said: Document) -> bool:
    return _numbers(chain.mapping(said.get("app")).get("ver")) > _numbers(program_version()) > ()


def _leads_to(said: Document, revision: object) -> bool:
    return chain.mapping(said.get("data")).get("to") == revision


def _numbers(version: object) -> tuple[int, ...]:
    """Return a version to compare; nothing where it is none, as of a program run from source."""
    found = _NUMBERS.match(version) if isinstance(version, str) else None
    return tuple(map(int, found.group().split("."))) if found else ()
