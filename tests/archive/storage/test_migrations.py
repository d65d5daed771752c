"""The index of an older archive takes the shape of today's."""

from __future__ import annotations

import sqlite3
from pathlib import Path

from sqlalchemy import create_engine

from archive.storage import tables
from archive.storage.unit_of_work import FIRST, SqliteDatabase


def _shape(path: Path) -> dict[str, object]:
    """Return every table's columns and every index and trigger, however they were made."""
    with sqlite3.connect(path) as connection:
        made = connection.execute("SELECT type, name, sql FROM sqlite_master").fetchall()
        shape: dict[str, object] = {name: sql for kind, name, sql in made if kind != "table"}
        for kind, name, _ in made:
            if kind == "table":
                columns = connection.execute(f"PRAGMA table_info({name})").fetchall()
                keys = connection.execute(f"PRAGMA foreign_key_list({name})").fetchall()
                shape[name] = (sorted(column[1:] for column in columns), sorted(keys))
    connection.close()
    return shape


def test_an_index_brought_up_from_nothing_is_the_index_made_today(tmp_path: Path) -> None:
    SqliteDatabase.create(tmp_path / "new.sqlite", "an archive").close()
    create_engine(f"sqlite:///{tmp_path / 'old.sqlite'}").connect().close()
    old = SqliteDatabase(tmp_path / "old.sqlite")
    assert old.upgrade() == (FIRST, tables.REVISION)
    assert old.revision() == tables.REVISION
    assert _shape(tmp_path / "old.sqlite") == _shape(tmp_path / "new.sqlite")
