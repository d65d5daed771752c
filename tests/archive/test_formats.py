"""Archives made by the code of earlier times, kept for ever: what was evidence stays evidence.

How each was made is `fixtures/make.py`. What is written down here is what that code said then.
"""

from __future__ import annotations

import shutil
import sqlite3
import zipfile
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from archive.opening import open_archive, verify_folder
from archive.proof import canonical, merkle
from archive.proof.acts import ActName
from archive.proof.chain import SYSTEM, Act
from archive.records import LogQuery, Shut, Surroundings
from archive.recovery import rebuild_folder
from archive.services import migrating
from archive.storage import tables
from archive.storage.machine import ThisMachine
from tests.archive.conftest import CASE, CHEAP, PASSWORD, Clock, track
from virtopsy.errors import Cancelled, IntegrityError, StorageError
from virtopsy.jobs import Progress

FIXTURES = Path(__file__).parent / "fixtures"
FIRST_SIZE = 15
FIRST_ROOT = "2af250020efde6f7279a9c22f1fceee016845047fb5a9add00d738f7f9958ed1"
CORE_SIZE = 49
CORE_ROOT = "24fd6611d314a92c136dfce8ca67f7295e1fc166810df91426636ddd36e3a5c2"
_OTHER = "UPDATE setting SET value = 'x' WHERE name = 'archive'"


@pytest.fixture(scope="session")
def unpacked(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Every archive, unpacked once."""
    folder = tmp_path_factory.mktemp("formats")
    for name in ("first", "core"):
        with zipfile.ZipFile(FIXTURES / f"format_1_{name}.zip") as packed:
            packed.extractall(folder / name)
    return folder


@pytest.fixture
def first(unpacked: Path, tmp_path: Path) -> Path:
    """An archive of the first format, not yet opened by anything newer."""
    return Path(shutil.copytree(unpacked / "first", tmp_path / "archive"))


@pytest.fixture
def core(unpacked: Path, tmp_path: Path) -> Path:
    """An archive made by the code that brought the evidence core, with every kind of act."""
    return Path(shutil.copytree(unpacked / "core", tmp_path / "archive"))


def _kept(folder: Path) -> dict[str, bytes]:
    """Return every file but those of the index, byte for byte."""
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file() and "db" not in path.relative_to(folder).parts
    }


def _bodies(folder: Path) -> list[bytes]:
    with sqlite3.connect(folder / "db/archive.sqlite") as connection:
        rows = connection.execute("SELECT body FROM log ORDER BY seq").fetchall()
    connection.close()
    return [body for (body,) in rows]


def _migrations(folder: Path) -> list[dict[str, Any]]:
    """Return what is new in the log, without what a test's clock makes of it."""
    new = [canonical.decode(body) for body in _bodies(folder)[FIRST_SIZE:]]
    return [one for one in new if one["act"] != "clock.jump"]


def test_the_first_format_opens_and_holds_what_it_held(first: Path, clock: Clock) -> None:
    with open_archive(first, clock=clock, cost=CHEAP) as archive:
        expert = archive.access.login("Ахметова", PASSWORD)
        case = archive.cases.open(expert, CASE)
        assert [(one.finding_id, one.name) for one in case.findings] == [
            ("t1", "Ход раневого канала")
        ]
        assert [one.patient_name for one in case.series] == ["Әлиев^Қанат"]
        history = archive.versions.history(expert, CASE, "t1")
        assert [one.record["name"] for one in history if one.record] == [
            "Track 1",
            "Ход раневого канала",
        ]
        assert [one.name for one in archive.access.list(expert)] == ["Ахметова", "Сейтқали"]


def test_a_migration_changes_no_object_and_no_entry(first: Path, clock: Clock) -> None:
    before, bodies = _kept(first), _bodies(first)
    open_archive(first, clock=clock, cost=CHEAP).close()
    after = _kept(first)
    copy = after.pop("log/entries.jsonl")
    assert copy.startswith(before.pop("log/entries.jsonl"))
    assert after == before
    assert _bodies(first)[: len(bodies)] == bodies
    assert len(bodies) == FIRST_SIZE
    assert merkle.root([merkle.leaf_hash(one) for one in bodies]).hex() == FIRST_ROOT


def test_a_migration_is_an_entry_by_the_system(first: Path, clock: Clock) -> None:
    open_archive(first, clock=clock, cost=CHEAP).close()
    said = _migrations(first)
    assert [(one["actor"]["id"], one["data"]) for one in said] == [
        ("system", {"from": tables.FIRST, "to": tables.REVISION})
    ]
    open_archive(first, clock=clock, cost=CHEAP).close()
    assert _migrations(first) == said, "only once"


def test_a_migrated_archive_is_whole_and_can_be_worked_in(first: Path, clock: Clock) -> None:
    with open_archive(first, clock=clock, cost=CHEAP) as archive:
        expert = archive.access.login("Ахметова", PASSWORD)
        assert [one.id for one in archive.search.find(expert, "раневого").results] == ["t1"]
        archive.log.checkpoint(expert)
    report = verify_folder(first, clock=clock)
    assert report.ok, report.problems


def test_an_older_archive_is_checked_as_it_lies(first: Path, clock: Clock) -> None:
    whole = _kept(first) | {"db": (first / "db/archive.sqlite").read_bytes()}
    report = verify_folder(first, clock=clock)
    assert report.ok, report.problems
    assert report.checked.log_entries == FIRST_SIZE
    assert "index_newer" not in {one.code for one in report.notes}
    assert _kept(first) | {"db": (first / "db/archive.sqlite").read_bytes()} == whole


def test_a_row_changed_before_the_migration_is_found_after_it(first: Path, clock: Clock) -> None:
    with sqlite3.connect(first / "db/archive.sqlite") as connection:
        connection.execute("UPDATE series SET patient_name = 'x'")
    connection.close()
    assert "row_changed" in {one.code for one in verify_folder(first, clock=clock).problems}
    open_archive(first, clock=clock, cost=CHEAP).close()
    assert "row_changed" in {one.code for one in verify_folder(first, clock=clock).problems}


def test_a_migration_that_fails_at_its_end_leaves_the_older_archive(
    first: Path, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = (first / "db/archive.sqlite").read_bytes()

    def fail(*_: object) -> None:
        raise StorageError("archive.storage.full", path=first)

    with monkeypatch.context() as patched:
        patched.setattr(migrating, "expected_items", fail)
        with pytest.raises(StorageError):
            open_archive(first, clock=clock, cost=CHEAP)
    assert (first / "db/archive.sqlite").read_bytes() == before
    open_archive(first, clock=clock, cost=CHEAP).close()
    assert verify_folder(first, clock=clock).ok


def test_a_migration_can_be_stopped(first: Path, clock: Clock) -> None:
    progress = Progress()
    progress.cancel()
    before = (first / "db/archive.sqlite").read_bytes()
    with pytest.raises(Cancelled):
        open_archive(first, clock=clock, cost=CHEAP, progress=progress)
    assert (first / "db/archive.sqlite").read_bytes() == before


def test_the_core_format_opens_and_is_whole(core: Path, clock: Clock) -> None:
    with open_archive(core, clock=clock, cost=CHEAP) as archive:
        size, root = archive._journal.head()
        assert (size, root.hex()) == (CORE_SIZE, CORE_ROOT)
        expert = archive.access.login("Ахметова", PASSWORD)
        case = archive.cases.open(expert, CASE)
        assert [one.name for one in case.findings] == ["Ход раневого канала"]
        assert [one.id for one in archive.search.find(expert, "өкпе").results] == ["t1"]
        archive.log.checkpoint(expert)
    report = verify_folder(core, clock=clock)
    assert report.ok, report.problems
    assert {one.code for one in report.notes} >= {"destroyed_by_act"}


@pytest.mark.parametrize("name", ["first", "core"])
def test_the_index_of_every_format_comes_out_equal_when_it_is_made_anew(
    name: str, unpacked: Path, tmp_path: Path, clock: Clock
) -> None:
    folder = Path(shutil.copytree(unpacked / name, tmp_path / "archive"))
    open_archive(folder, clock=clock, cost=CHEAP).close()
    before = _rows(folder)
    rebuild_folder(
        folder,
        user="Ахметова",
        password=PASSWORD,
        clock=clock,
        cost=CHEAP,
        progress=Progress(),
    )
    assert _rows(folder) == before
    assert verify_folder(folder, clock=clock).ok


def _rows(folder: Path) -> dict[str, set[tuple[Any, ...]]]:
    """Return every row of what log and objects tell, without the places SQLite gave."""
    wanted = {
        "person": "*",
        "investigation": "*",
        "series": "*",
        "source_file": "*",
        "thing_version": "case_number, thing, thing_id, version, sha256, withdrawn",
        "tombstone": "*",
        "search_item": "case_number, kind, id, study_uid, text, folded",
    }
    with sqlite3.connect(folder / "db/archive.sqlite") as connection:
        found = {
            table: set(connection.execute(f"SELECT {columns} FROM {table}"))  # noqa: S608
            for table, columns in wanted.items()
        }
    connection.close()
    return found


@pytest.mark.parametrize(
    "change",
    [
        "CREATE TRIGGER quiet BEFORE INSERT ON log BEGIN SELECT RAISE(IGNORE); END",
        "CREATE VIEW more AS SELECT * FROM log",
        "CREATE TABLE more (a)",
        "CREATE INDEX log_act ON log (act, seq)",
        "ALTER TABLE person ADD COLUMN failures INTEGER",
        _OTHER,
    ],
)
def test_an_older_archive_that_was_changed_is_not_brought_up_to_date_but_told_and_mended(
    change: str, first: Path, clock: Clock
) -> None:
    with sqlite3.connect(first / "db/archive.sqlite") as connection:
        connection.execute(change)
    connection.close()
    before = (first / "db/archive.sqlite").read_bytes()
    named = change == _OTHER
    with pytest.raises(IntegrityError, match="that it is x" if named else "past the program"):
        open_archive(first, clock=clock, cost=CHEAP)
    code = "database_of_another" if named else "schema_changed"
    assert code in {one.code for one in verify_folder(first, clock=clock).problems}
    assert (first / "db/archive.sqlite").read_bytes() == before
    rebuild_folder(
        first, user="Ахметова", password=PASSWORD, clock=clock, cost=CHEAP, progress=Progress()
    )
    open_archive(first, clock=clock, cost=CHEAP).close()
    assert verify_folder(first, clock=clock).ok


class _NewerProgram(ThisMachine):
    def surroundings(self) -> Surroundings:
        return replace(super().surroundings(), version="1000.0.0")


def _migrated(folder: Path, clock: Clock) -> None:
    with open_archive(folder, clock=clock, cost=CHEAP) as archive:
        data = {"from": tables.REVISION, "to": "0999"}
        archive._journal.write(Act(ActName.MIGRATION, SYSTEM, data=data))


def _made_anew(folder: Path, clock: Clock) -> None:
    with open_archive(folder, clock=clock, cost=CHEAP, machine=_NewerProgram()) as archive:
        archive.access.login("Ахметова", PASSWORD)


def _with_newer_number(folder: Path) -> None:
    with sqlite3.connect(folder / "db/archive.sqlite") as connection:
        connection.execute("UPDATE alembic_version SET version_num = '0999'")
        connection.execute("ALTER TABLE series ADD COLUMN colour VARCHAR DEFAULT '' NOT NULL")
    connection.close()


@pytest.mark.parametrize("by", [_migrated, _made_anew])
def test_an_archive_of_a_newer_program_is_read_and_never_written_to(
    by: Callable[[Path, Clock], None], core: Path, clock: Clock
) -> None:
    by(core, clock)
    _with_newer_number(core)
    size = len(_bodies(core))
    before = _kept(core) | {"db": (core / "db/archive.sqlite").read_bytes()}
    with open_archive(core, clock=clock, cost=CHEAP) as archive:
        assert archive.shut is Shut.NEWER
        expert = archive.access.login("Ахметова", PASSWORD)
        assert [one.number for one in archive.cases.list(expert)] == [CASE]
        (finding,) = archive.cases.open(expert, CASE).findings
        assert archive.versions.history(expert, CASE, finding.finding_id)
        assert archive.log.page(expert, LogQuery()).size == size
        for act in (
            lambda: archive.cases.add_finding(expert, CASE, track("new")),
            lambda: archive.cases.note(expert, CASE, "export", {}),
            lambda: archive.access.disable(expert, "Сейтқали"),
        ):
            with pytest.raises(StorageError, match="newer version"):
                act()
    report = verify_folder(core, clock=clock)
    assert report.ok
    assert "index_newer" in {one.code for one in report.notes}
    objects = {name for name in _kept(core) if name.startswith("objects/")} - before.keys()
    after = _kept(core) | {"db": (core / "db/archive.sqlite").read_bytes()}
    assert {name: after[name] for name in after.keys() - objects} == before


def _worked_in_today(folder: Path, clock: Clock) -> None:
    with open_archive(folder, clock=clock, cost=CHEAP) as archive:
        archive.access.login("Ахметова", PASSWORD)


def _told_in_altered_bytes(folder: Path, clock: Clock) -> None:
    _made_anew(folder, clock)
    with sqlite3.connect(folder / "db/archive.sqlite") as connection:
        connection.execute("UPDATE log SET body = replace(body, '1000.0.0', '2000.0.0')")
        connection.execute("UPDATE log SET body = CAST(body AS BLOB)")
    connection.close()


@pytest.mark.parametrize("by", [_worked_in_today, _told_in_altered_bytes])
def test_a_newer_number_that_the_log_does_not_bear_out_is_not_believed(
    by: Callable[[Path, Clock], None], core: Path, clock: Clock
) -> None:
    by(core, clock)
    _with_newer_number(core)
    with pytest.raises(IntegrityError, match="past the program"):
        open_archive(core, clock=clock, cost=CHEAP)
    report = verify_folder(core, clock=clock)
    assert "schema_changed" in {one.code for one in report.problems}
    assert "index_newer" not in {one.code for one in report.notes}
