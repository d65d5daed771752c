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
from tests.archive.conftest import write_slice

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
    monkeypatch.setenv("VIRTOPSY_PASSWORD", "changed since")
    assert _run("restore", tmp_path / "disk", tmp_path / "besides") == 0
    monkeypatch.delenv("VIRTOPSY_PASSWORD")
    assert _run("restore", tmp_path / "disk", tmp_path / "alone") == 0
    assert _run("restore", tmp_path / "disk", "--list") == 0
    monkeypatch.setenv("VIRTOPSY_BACKUP_PASSWORD", "of another disk")
    assert _run("restore", tmp_path / "disk", tmp_path / "none") == 4
    monkeypatch.delenv("VIRTOPSY_BACKUP_PASSWORD")
    monkeypatch.setenv("VIRTOPSY_PASSWORD", "of the disk")
    assert _run("restore", tmp_path / "disk", tmp_path / "typed") == 0


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


def test_entries_that_a_checkpoint_kept_outside_tells_of_are_missed_at_the_restore(
    folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    _run("backup", folder, tmp_path / "disk")
    assert _run("checkpoint", folder, "--reason", "later than the backup") == 0
    note = max((folder / "log").glob("checkpoint-*.txt"))
    assert _run("restore", tmp_path / "disk", tmp_path / "trusting") == 0
    assert "--checkpoint" in capsys.readouterr().out
    asked = (tmp_path / "disk", tmp_path / "back", "--checkpoint", note)
    assert _run("restore", *asked, "--json") == 1
    told = json.loads(capsys.readouterr().out)
    assert [one["code"] for one in told["problems"]] == ["restore_rolled_back"]
    assert told["missing_entries"] > 0


def test_of_several_archives_on_a_disk_the_one_that_is_named_comes_back(
    folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    create(tmp_path / "two", person="B", password="pw-pw-pw", clock=system_clock, cost=_CHEAP)
    for one in (folder, tmp_path / "two"):
        assert _run("backup", one, tmp_path / "disk") == 0
    assert _run("restore", tmp_path / "disk", tmp_path / "back") == 2
    wanted = json.loads((tmp_path / "two" / "archive.json").read_text())["uuid"]
    made = _json(capsys, "restore", tmp_path / "disk", tmp_path / "back", "--archive", wanted)
    assert (made["ok"], made["archive"]) == (True, wanted)


def test_a_full_backup_writes_anew_what_the_disk_spoilt(
    folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    _run("backup", folder, tmp_path / "disk", "--plain")
    spoilt = next(one for one in (tmp_path / "disk").glob("*/objects/??/*") if one.is_file())
    spoilt.chmod(0o644)
    spoilt.write_bytes(b"x" * spoilt.stat().st_size)
    assert _json(capsys, "backup", folder, tmp_path / "disk", "--plain")["renewed"] == 0
    assert _json(capsys, "backup", folder, tmp_path / "disk", "--plain", "--full")["renewed"] == 1


def _without_its_intake(folder: Path, tmp_path: Path) -> None:
    """Take a case in, and lose the object that tells of it."""
    write_slice(tmp_path / "1.dcm", 1)
    assert _run("import", folder, tmp_path / "1.dcm", "--case", "7") == 0
    said = map(json.loads, (folder / "log" / "entries.jsonl").read_text().splitlines())
    lost = next(one for one in said if one["act"] == "import")["obj"][0]["sha256"]
    (folder / "objects" / "sha256" / lost[:2] / lost[2:4] / lost).unlink()


def test_a_backup_that_lacks_something_and_a_database_that_cannot_be_told_whole_end_with_one(
    folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    _without_its_intake(folder, tmp_path)
    capsys.readouterr()
    assert _run("backup", folder, tmp_path / "disk", "--json") == 1
    told = json.loads(capsys.readouterr().out)
    assert (told["ok"], [one["code"] for one in told["problems"]]) == (False, ["object_missing"])
    assert _run("rebuild", folder, "--user", "Ахметов", "--json") == 1
    assert json.loads(capsys.readouterr().out)["untold"] == ["7"]


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
