"""Whatever is damaged, `verify` answers: it names the damage, or nothing that counts was hit."""

from __future__ import annotations

import random
import shutil
import sqlite3
from pathlib import Path

import pytest

from archive.opening import open_archive, verify_folder
from tests.archive.conftest import CHEAP, PASSWORD, Clock
from virtopsy.errors import InputError
from virtopsy.language import Language

_OF_THE_DATABASE = 12


def _flip(content: bytearray, draw: random.Random) -> None:
    content[draw.randrange(len(content))] ^= 1 << draw.randrange(8)


def _cut(content: bytearray, draw: random.Random) -> None:
    del content[draw.randrange(len(content)) :]


def _repeat(content: bytearray, draw: random.Random) -> None:
    place = draw.randrange(len(content))
    content[place:place] = content[place : place + 50]


def _blank(content: bytearray, draw: random.Random) -> None:
    place = draw.randrange(len(content))
    content[place : place + 512] = bytes(len(content[place : place + 512]))


WAYS = (_flip, _cut, _repeat, _blank)


@pytest.fixture(scope="module")
def whole(templates: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The archive with a case, checked once, closed."""
    folder = tmp_path_factory.mktemp("whole") / "evidence"
    shutil.copytree(templates / "kept", folder)
    with open_archive(folder, clock=Clock(), cost=CHEAP) as archive:
        archive.log.checkpoint(archive.access.login("Ахметова", PASSWORD))
        assert archive.verify.run().ok
    return folder


def _files(folder: Path) -> list[Path]:
    return sorted(one.relative_to(folder) for one in folder.rglob("*") if one.is_file())


def _rows(folder: Path) -> list[object]:
    """Return all that the database says, but the checks' own entries."""
    connection = sqlite3.connect(folder / "db" / "archive.sqlite")
    tables = "log person investigation series source_file thing_version tree_node tombstone"
    found = [sorted(connection.execute(f"SELECT * FROM {one}"), key=repr) for one in tables.split()]  # noqa: S608
    connection.close()
    return [[row for row in rows if "verify" not in row] for rows in found]


def _judged(damaged: Path, whole: Path, file: Path) -> None:
    try:
        report = verify_folder(damaged, clock=Clock())
    except InputError:  # it says to be of a newer format
        assert file.name == "archive.json"
        return
    for language in Language:
        assert all(one.sentence(language) for one in (*report.problems, *report.notes))
    if not report.ok:
        return
    assert not file.is_relative_to("objects"), "every byte of an object counts"
    assert file.name != "archive.json", "every byte of the card counts"
    if file.name == "archive.sqlite":
        assert _rows(damaged) == _rows(whole)


def test_any_file_may_be_damaged_in_any_way(whole: Path, tmp_path: Path) -> None:
    draw = random.Random(6)  # noqa: S311 -- the same damage in every run
    database = [Path("db/archive.sqlite")] * _OF_THE_DATABASE
    for number, file in enumerate([*_files(whole), *database]):
        damaged = Path(shutil.copytree(whole, tmp_path / str(number)))
        path = damaged / file
        path.chmod(0o644)
        before = path.read_bytes()
        content = bytearray(before)
        draw.choice(WAYS)(content, draw)
        path.write_bytes(content)
        if bytes(content) != before:
            _judged(damaged, whole, file)
        shutil.rmtree(damaged)


def test_any_file_may_be_gone(whole: Path, tmp_path: Path) -> None:
    for number, file in enumerate(_files(whole)):
        damaged = Path(shutil.copytree(whole, tmp_path / str(number)))
        (damaged / file).unlink()
        _judged(damaged, whole, file)
