"""`virtopsy archive bundle` and `prove`: what they are asked for, and what they answer."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from archive.opening import open_archive
from main import main
from tests.court_case import CHEAP, NUMBER, open_case
from virtopsy.case.changes import changes
from virtopsy.case.subject import Subject


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An archive with a case, about somebody who died."""
    monkeypatch.setitem(open_archive.__kwdefaults__, "cost", CHEAP)
    monkeypatch.setenv("VIRTOPSY_PASSWORD", "pw-pw-pw")
    monkeypatch.setenv("VIRTOPSY_LANG", "en")
    archive, actor = open_case(tmp_path)
    with archive:
        case = archive.cases.open(actor, NUMBER)
        stated = changes(case, case.with_subject(Subject.DECEASED))
        archive.cases.record(actor, NUMBER, stated, label="case.subject.state", act="do")
    return tmp_path / "archive"


def test_a_subject_that_contradicts_the_case_is_refused(
    folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    asked = ["archive", "bundle", str(folder), "--case", NUMBER, "--out", str(tmp_path / "out")]
    capsys.readouterr()
    assert main([*asked, "--subject", "living"]) == 2
    assert "The case says of the person examined" in capsys.readouterr().err
    assert not (tmp_path / "out").exists()


def test_a_proof_says_how_many_entries_of_which_log_it_proves(
    folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    asked = ["archive", "prove", str(folder), "--case", NUMBER, "--out", str(tmp_path / "proof")]
    assert main([*asked, "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert told["path"] == str(tmp_path / "proof")
    said = [*map(json.loads, (folder / "log" / "entries.jsonl").read_text().splitlines())]
    assert told["entries"] == sum(one["case"] == NUMBER for one in said[: told["size"]]) > 0
    assert len(bytes.fromhex(told["root"])) == len(bytes.fromhex(told["fingerprint"])) == 32
