"""`virtopsy archive backup`, `restore` and `rebuild`: the contract of the command line."""

from __future__ import annotations

import io
import json
import sys
from pathlib import Path
from typing import Any

import pytest

from archive.opening import create, open_archive
from archive.proof.signing import Cost
from archive.storage.machine import system_clock
from main import main

_CHEAP = Cost(memory_kib=8, passes=1, lanes=1)


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An archive kept by Ахметов alone."""
    monkeypatch.setitem(open_archive.__kwdefaults__, "cost", _CHEAP)
    monkeypatch.setenv("VIRTOPSY_PASSWORD", "pw-pw-pw")
    monkeypatch.setenv("VIRTOPSY_LANG", "en")
    made = tmp_path / "evidence"
    create(made, person="Ахметов", password="pw-pw-pw", clock=system_clock, cost=_CHEAP)
    (tmp_path / "disk").mkdir()
    return made


def _run(*arguments: object) -> int:
    return main(["archive", *map(str, arguments)])


def _json(capsys: pytest.CaptureFixture[str], *arguments: object) -> Any:
    capsys.readouterr()
    _run(*arguments, "--json")
    return json.loads(capsys.readouterr().out)


def test_an_archive_goes_to_a_disk_and_comes_back(
    folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    made = _json(capsys, "backup", folder, tmp_path / "disk")
    assert (made["ok"], made["encrypted"], made["objects"]) == (True, True, made["written"])
    listed = _json(capsys, "restore", tmp_path / "disk", "--list")["snapshots"]
    assert [one["snapshot"] for one in listed] == [made["snapshot"]]
    back = _json(capsys, "restore", tmp_path / "disk", tmp_path / "back")
    assert (back["ok"], back["log_entries"], back["missing_entries"]) == (
        True,
        made["log_entries"],
        0,
    )
    assert _run("verify", tmp_path / "back") == 0


def test_a_rollback_ends_with_one_and_a_wrong_password_with_four(
    folder: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    _run("backup", folder, tmp_path / "disk")
    _run("backup", folder, tmp_path / "disk")
    capsys.readouterr()
    assert _run("restore", tmp_path / "disk", tmp_path / "old", "--snapshot", "1") == 1
    assert "entries are missing here" in capsys.readouterr().out
    monkeypatch.setenv("VIRTOPSY_PASSWORD", "another")
    assert _run("restore", tmp_path / "disk", tmp_path / "back") == 4
    assert _run("backup", folder, tmp_path / "disk") == 4


def test_without_terminal_and_variable_nothing_waits(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    _run("backup", folder, tmp_path / "disk")
    monkeypatch.delenv("VIRTOPSY_PASSWORD")
    monkeypatch.setattr(sys, "stdin", io.StringIO())
    assert _run("backup", folder, tmp_path / "disk") == 2
    assert _run("restore", tmp_path / "disk", tmp_path / "back") == 2
    assert _run("rebuild", folder, "--user", "Ахметов") == 2


def test_the_passphrase_of_the_variable_opens_the_backup(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("VIRTOPSY_BACKUP_PASSWORD", "of the disk")
    _run("backup", folder, tmp_path / "disk")
    monkeypatch.setenv("VIRTOPSY_PASSWORD", "of the disk")
    assert _run("restore", tmp_path / "disk", tmp_path / "back") == 0


def test_a_plain_backup_says_so_and_asks_for_no_password_to_read_it(
    folder: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert _run("backup", folder, tmp_path / "disk", "--plain") == 0
    assert "not encrypted" in capsys.readouterr().out
    monkeypatch.delenv("VIRTOPSY_PASSWORD")
    monkeypatch.setattr(sys, "stdin", io.StringIO())
    assert _run("restore", tmp_path / "disk", tmp_path / "back") == 0


def test_a_database_that_is_gone_is_made_anew(
    folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (folder / "db" / "archive.sqlite").unlink()
    assert _run("list", folder) == 1
    assert "virtopsy archive rebuild" in capsys.readouterr().err
    assert _run("rebuild", folder) == 2
    made = _json(capsys, "rebuild", folder, "--user", "Ахметов")
    assert (made["cases"], made["untold"], made["copy_renewed"]) == (0, [], False)
    assert _run("verify", folder) == 0
    assert _run("rebuild", tmp_path / "disk", "--user", "Ахметов") == 3
