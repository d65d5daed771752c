"""`virtopsy archive log`, `head` and `prove` on the command line."""

from __future__ import annotations

import csv
import io
import json
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

import archive.opening
from archive.opening import create
from archive.storage.machine import system_clock
from main import main
from tests.archive.conftest import CHEAP


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """An archive kept by Ахметов alone."""
    monkeypatch.setattr(archive.opening, "_COST", CHEAP)
    monkeypatch.setenv("VIRTOPSY_PASSWORD", "pw-pw-pw")
    monkeypatch.setenv("VIRTOPSY_LANG", "en")
    made = tmp_path / "evidence"
    create(made, person="Ахметов", password="pw-pw-pw", clock=system_clock, cost=CHEAP)
    return str(made)


def said(capsys: pytest.CaptureFixture[str], *arguments: str) -> str:
    capsys.readouterr()
    assert main(["archive", *arguments]) == 0
    return capsys.readouterr().out


def facts(capsys: pytest.CaptureFixture[str], *arguments: str) -> Any:
    return json.loads(said(capsys, *arguments, "--json"))


def test_every_line_of_the_log_is_a_sentence_in_the_person_s_language(
    folder: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert "· Ахметов: logged in\n" in said(capsys, "log", folder)
    assert "· Ахметов — вход в архив\n" in said(capsys, "log", folder, "--lang", "ru")
    assert "· Ахметов: мұрағатқа кірді\n" in said(capsys, "log", folder, "--lang", "kk")
    entries = facts(capsys, "log", folder)["entries"]
    assert {"act", "out", "objects", "text", "seq", "ts", "actor"} <= entries[0].keys()
    assert entries[0]["text"].startswith("Ахметов: the archive was made")


def test_a_part_of_the_log_can_be_asked_for(
    folder: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["archive", "prove", folder, "--case", "9", "--out", f"{folder}-x"]) == 4
    seqs = [one["seq"] for one in facts(capsys, "log", folder, "--after", "2")["entries"]]
    assert seqs[0] == 3
    part = facts(capsys, "log", folder, "--after", "1", "--limit", "2")["entries"]
    assert [one["seq"] for one in part] == [2, 3]
    denied = facts(capsys, "log", folder, "--denied")["entries"]
    assert [(one["act"], one["out"]) for one in denied] == [("log.prove", "denied")]


@pytest.mark.parametrize("body", ["x'00ff'", "CAST('{\"obj\": [1]}' AS BLOB)"])
def test_a_damaged_entry_is_told_as_far_as_it_goes(
    body: str, capsys: pytest.CaptureFixture[str], folder: str
) -> None:
    said(capsys, "log", folder)  # entries come after it: nothing is written onto a damaged one
    with closing(sqlite3.connect(Path(folder) / "db" / "archive.sqlite")) as connection:
        connection.execute(f"UPDATE log SET body = {body} WHERE seq = 2")  # noqa: S608
        connection.commit()
    told = facts(capsys, "log", folder)["entries"][1]
    assert (told["seq"], told["act"], told["data"]) == (2, "person.add", None)


def test_the_log_is_handed_out_as_a_table_and_as_audit_messages(
    folder: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    table, messages = tmp_path / "log.csv", tmp_path / "log.xml"
    made = facts(capsys, "log", folder, "--csv", str(table))
    rows = list(csv.DictReader(io.StringIO(table.read_text("utf-8-sig"))))
    assert len(rows) == made["entries"]
    assert rows[0]["sentence"].startswith("Ахметов: the archive was made")
    assert "SHA-256" in said(capsys, "log", folder, "--audit-xml", str(messages))
    # Since the first file: that it was read and made, and the second login.
    assert messages.read_text().count("<AuditMessage>") == made["entries"] + 3
    assert [one.name for one in tmp_path.iterdir() if one.name.startswith(".draft")] == []


def test_an_export_is_refused_before_anything_is_written(
    folder: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    both = ["--csv", str(tmp_path / "a.csv"), "--audit-xml", str(tmp_path / "a.xml")]
    assert main(["archive", "log", folder, *both]) == 2
    assert main(["archive", "log", folder, "--csv", str(tmp_path / "a.csv"), "--limit", "2"]) == 2
    assert main(["archive", "log", folder, "--csv", str(tmp_path / "a.dcm")]) == 2
    assert main(["archive", "log", folder, "--csv", f"{folder}/log/a.csv"]) == 3
    assert "within the archive" in capsys.readouterr().err
    assert not list(tmp_path.rglob("a.*"))


def test_the_head_is_told_in_digits_as_a_code_and_for_paper(
    folder: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    told = said(capsys, "head", folder)
    assert "█" in told
    assert "no outside anchor yet" in told
    found = facts(capsys, "head", folder, "--out", str(tmp_path / "head.png"))
    assert {"size", "root", "fingerprint", "archive"} == found.keys()
    assert " ".join([found["fingerprint"][:4], found["fingerprint"][4:8]]) in told
    with Image.open(tmp_path / "head.png") as picture:
        assert picture.width >= 400
    assert "last outside anchor: head on paper" in said(capsys, "head", folder)
