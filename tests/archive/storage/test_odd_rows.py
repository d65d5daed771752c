"""SQLite keeps anything in any column: a row that the program never writes is told by its name."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from contextlib import closing

import pytest

from archive.opening import Archive
from archive.records import Actor, LogQuery
from tests.archive.conftest import CASE, PASSWORD
from virtopsy.errors import IntegrityError

_ODD = (
    "person SET roles = 'king'",
    "person SET failures = 'x'",
    "person SET failures = 9",
    "person SET failures = 9, last_failure = 'x'",
    "person SET failures = 9, last_failure = '2026-01-01'",
    "person SET credential_sha256 = x'00'",
    "person SET folded_name = 'another'",
    "investigation SET opened = x'00'",
    "series SET manifest_sha256 = x'00'",
    "source_file SET size = 'x'",
    "source_file SET path = x'00'",
    "thing_version SET sha256 = x'00'",
    "thing_version SET version = 'x'",
)


def _spoil(archive: Archive, change: str) -> None:
    with closing(sqlite3.connect(archive.folder / "db" / "archive.sqlite")) as connection:
        assert connection.execute(f"UPDATE {change}").rowcount
        connection.commit()


def _files(archive: Archive) -> object:
    with archive._journal.database.reading() as work:
        return work.cases.files(CASE)


@pytest.mark.parametrize("change", _ODD)
def test_a_row_that_no_program_writes_is_told_by_the_check_and_to_whoever_asks_for_it(
    change: str, kept: Archive, expert: Actor
) -> None:
    reads: dict[str, Callable[[], object]] = {
        "person": lambda: kept.access.list(expert),
        "investigation": lambda: kept.cases.list(expert),
        "series": lambda: kept.cases.open(expert, CASE),
        "source_file": lambda: _files(kept),
        "thing_version": lambda: kept.cases.open(expert, CASE),
    }
    _spoil(kept, change)
    with pytest.raises(IntegrityError, match=r"The row db/archive.sqlite#\w+/.* differs"):
        reads[change.split(maxsplit=1)[0]]()
    codes = {one.code for one in kept.verify.run().problems}
    assert "database_damaged" not in codes
    assert codes & {"row_changed", "row_missing", "row_extra"}


@pytest.mark.parametrize("column", ["ts", "actor", "act", "out", "case_number"])
def test_an_entry_of_the_log_with_anything_in_a_column_is_shown_and_named(
    column: str, kept: Archive, expert: Actor
) -> None:
    _spoil(kept, f"log SET {column} = x'ff00' WHERE seq = 3")
    shown = kept.log.page(expert, LogQuery()).entries
    (odd,) = (one for one in shown if one.seq == 3)
    assert getattr(odd, column) == "\ufffd\0"
    assert "log_columns_differ" in {one.code for one in kept.verify.run().problems}


def test_nobody_is_let_in_by_a_row_that_no_program_writes(kept: Archive) -> None:
    _spoil(kept, "person SET roles = 'king'")
    with pytest.raises(IntegrityError, match="#person/"):
        kept.access.login("Ахметова", PASSWORD)
