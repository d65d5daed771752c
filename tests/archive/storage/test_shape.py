"""What SQLite keeps of the tables is what the program makes, however it came to be."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from archive.opening import Archive
from archive.proof.acts import ActName
from archive.proof.chain import SYSTEM, Act
from archive.records import Actor
from archive.storage.unit_of_work import SqliteDatabase
from tests.archive.conftest import CASE
from tests.faults.corpus_shape import SHAPES
from virtopsy.errors import IntegrityError


def _do(path: Path, *statements: str) -> None:
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        for one in statements:
            connection.execute(one)


@pytest.fixture
def new(tmp_path: Path) -> Path:
    """A new database of "an archive"."""
    path = tmp_path / "index.sqlite"
    SqliteDatabase.create(path, "an archive").close()
    return path


def _changed(path: Path) -> tuple[str, ...]:
    with closing(SqliteDatabase(path)) as database:
        return database.changed("an archive")


def test_a_database_that_the_program_made_is_as_it_was_made(new: Path) -> None:
    assert _changed(new) == ()


@pytest.mark.parametrize("care", ["VACUUM", "REINDEX", "ANALYZE"])
def test_care_for_a_database_changes_nothing_of_its_shape(new: Path, care: str) -> None:
    _do(new, "INSERT INTO setting VALUES ('schema', '1')", care)
    assert _changed(new) == ()


@pytest.mark.parametrize("name", list(SHAPES))
def test_whatever_was_changed_is_named(new: Path, name: str) -> None:
    _do(new, *SHAPES[name])
    assert _changed(new)


def test_what_was_changed_is_named_by_its_own_name_in_plain_letters(new: Path) -> None:
    _do(
        new,
        'CREATE TRIGGER "a\nб" BEFORE INSERT ON log BEGIN SELECT 1; END',
        "DROP INDEX log_case",
        "UPDATE setting SET value = 'x'",
    )
    assert set(_changed(new)) == {r"a\n\u0431", "log_case", "setting/archive"}


def test_columns_in_another_order_are_the_same_shape_but_another_rule_is_not(new: Path) -> None:
    table = "CREATE TABLE witness (name VARCHAR NOT NULL, public_key BLOB NOT NULL{},\n\n"
    table += "key_sha256  VARCHAR(64)  NOT NULL, PRIMARY KEY(key_sha256))"
    _do(new, "DROP TABLE witness", table.format(""))
    assert _changed(new) == ()
    _do(new, "DROP TABLE witness", table.format(" ON CONFLICT IGNORE"))
    assert _changed(new) == ("witness",)
    _do(new, "DROP TABLE witness", table.format(" DEFAULT ''"))
    assert _changed(new) == ("witness",)


def test_a_newer_shape_that_the_log_bears_out_may_hold_more_but_not_what_no_program_makes(
    kept: Archive,
) -> None:
    data = {"from": "0002", "to": "0003"}
    kept._journal.write(Act(ActName.MIGRATION, SYSTEM, data=data))
    path = kept.folder / "db" / "archive.sqlite"
    _do(path, "UPDATE alembic_version SET version_num = '0003'", "CREATE TABLE more (a)")
    with closing(SqliteDatabase(path)) as newer:
        assert newer.age(kept.uuid) == "newer"
        assert newer.changed(kept.uuid) == ()
        _do(path, "CREATE VIEW even_more AS SELECT * FROM more")
        assert newer.changed(kept.uuid) == ("even_more",)
        _do(path, "DROP VIEW even_more", "UPDATE alembic_version SET version_num = '0004'")
        assert newer.changed(kept.uuid) == ("alembic_version",)


def test_a_file_that_differs_in_the_archive_it_names_alone_is_told_to_be_anothers(
    new: Path,
) -> None:
    with closing(SqliteDatabase(new)) as database:
        with pytest.raises(IntegrityError, match="that it is an archive"):
            database.age("another archive")
        _do(new, "CREATE TABLE more (a)")
        with pytest.raises(IntegrityError, match="past the program"):
            database.age("another archive")
        _do(new, "DROP TABLE more", "DELETE FROM setting")
        with pytest.raises(IntegrityError, match="past the program"):
            database.age("another archive")


@pytest.mark.parametrize(
    "name",
    [
        "trigger_that_swallows_entries",
        "trigger_that_takes_entries_out_again",
        "log_that_takes_an_act_once",
    ],
)
def test_an_act_whose_entry_is_swallowed_is_not_announced_in_an_open_archive_either(
    name: str, kept: Archive, expert: Actor
) -> None:
    once = name == "log_that_takes_an_act_once"

    def act() -> object:
        return kept.cases.list(expert) if once else kept.cases.open(expert, CASE)

    if not once:
        act()
    _do(kept.folder / "db" / "archive.sqlite", *SHAPES[name])
    if once:
        act()
    size = len(kept._journal.entries())
    with pytest.raises(IntegrityError, match="past the program"):
        act()
    assert len(kept._journal.entries()) == size


def test_a_view_laid_into_an_open_archive_is_not_read(kept: Archive, expert: Actor) -> None:
    kept.cases.open(expert, CASE)
    _do(kept.folder / "db" / "archive.sqlite", *SHAPES["view_in_the_place_of_a_table"])
    with pytest.raises(IntegrityError, match="past the program"):
        kept.cases.open(expert, CASE)
