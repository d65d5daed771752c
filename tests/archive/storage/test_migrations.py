"""The index of an older archive takes the shape of today's."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest
from sqlalchemy import create_engine

from archive.records import Shut
from archive.storage import tables
from archive.storage.unit_of_work import SqliteDatabase
from virtopsy.errors import StorageError


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
                shape[name, "indexes"] = sorted(
                    (unique, origin, tuple(connection.execute(f"PRAGMA index_info({index})")))
                    for _, index, unique, origin, _ in connection.execute(
                        f"PRAGMA index_list({name})"
                    ).fetchall()
                )
    connection.close()
    return shape


def _empty(path: Path) -> SqliteDatabase:
    create_engine(f"sqlite:///{path}").connect().close()
    return SqliteDatabase(path)


def test_an_index_brought_up_from_nothing_is_the_index_made_today(tmp_path: Path) -> None:
    SqliteDatabase.create(tmp_path / "new.sqlite", "an archive").close()
    old = _empty(tmp_path / "old.sqlite")
    with old.migrating() as work:
        assert work.upgrade() == (tables.FIRST, tables.REVISION)
        work.commit()
    assert old.shape().age == "same"
    assert _shape(tmp_path / "old.sqlite") == _shape(tmp_path / "new.sqlite")


def test_a_migration_that_is_not_committed_leaves_no_trace(tmp_path: Path) -> None:
    old = _empty(tmp_path / "old.sqlite")
    with old.migrating() as work:
        work.upgrade()
    with sqlite3.connect(tmp_path / "old.sqlite") as connection:
        assert connection.execute("SELECT * FROM sqlite_master").fetchall() == []
    connection.close()


def test_a_newer_index_is_read_and_never_written(tmp_path: Path) -> None:
    path = tmp_path / "newer.sqlite"
    SqliteDatabase.create(path, "an archive").close()
    newer = SqliteDatabase(path)
    newer.only_read(Shut.NEWER)
    with newer.reading() as work:
        assert work.cases.all() == []
    with pytest.raises(StorageError, match="newer version"):
        newer.writing()
