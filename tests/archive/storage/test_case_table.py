"""What is asked of all cases at once is found by an index, however many files there are."""

from __future__ import annotations

import sqlite3
from pathlib import Path
from typing import Any

from sqlalchemy import Engine, event

from archive.storage.unit_of_work import SqliteDatabase

BYTES = "0" * 64


def test_which_case_rests_on_given_bytes_is_found_without_reading_every_file(
    tmp_path: Path,
) -> None:
    database = SqliteDatabase.create(tmp_path / "index.sqlite", "an archive")
    asked: list[tuple[str, Any]] = []

    def note(_connection: Any, _cursor: Any, statement: str, parameters: Any, *_: Any) -> None:
        asked.append((statement, parameters))

    event.listen(Engine, "before_cursor_execute", note)
    try:
        with database.reading() as work:
            assert work.cases.holding([BYTES]) == work.cases.resting([BYTES]) == set()
    finally:
        event.remove(Engine, "before_cursor_execute", note)
        database.close()
    queries = [one for one in asked if one[0].startswith("SELECT")]
    assert len(queries) == 2
    with sqlite3.connect(tmp_path / "index.sqlite") as connection:
        for statement, parameters in queries:
            plan = connection.execute(f"EXPLAIN QUERY PLAN {statement}", parameters).fetchall()
            assert not [row for row in plan if "SCAN" in row[3]]
    connection.close()
