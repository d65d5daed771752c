"""Findings go out of an archive and into one on the command line, each act in the log."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pydicom
import pytest

import archive.opening
from archive.opening import create
from archive.proof.signing import Cost
from archive.storage.machine import system_clock
from main import main
from tests.virtopsy.exchange.judges import dsrdump
from tests.virtopsy.exchange.scans import write
from tests.virtopsy.findings.some import one_of_each
from virtopsy.findings.record import to_record

_CHEAP = Cost(8, 1, 1)
_CASE = ("--case", "7")
_FORMS = {
    "sr": {"report_1.dcm", "region_1_001.dcm"},
    "seg": {"region_1_001.dcm"},
    "ko": {"pictures_1.dcm"},
    "csv": {"findings.csv"},
    "json": {"findings.json"},
}
_ALL = [to_record(one) for one in one_of_each()]


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An archive with a case and no finding yet."""
    monkeypatch.setattr(archive.opening, "_COST", _CHEAP)
    monkeypatch.setenv("VIRTOPSY_PASSWORD", "pw-pw-pw")
    monkeypatch.setenv("VIRTOPSY_LANG", "en")
    made = tmp_path / "evidence"
    create(made, person="Ахметов", password="pw-pw-pw", clock=system_clock, cost=_CHEAP)
    assert main(["archive", "import", str(made), str(write(tmp_path / "in")), *_CASE]) == 0
    return made


@pytest.fixture
def marked(folder: Path, tmp_path: Path) -> Path:
    """The same with a finding of every kind."""
    file = tmp_path / "all.json"
    file.write_text(json.dumps({"schema": "virtopsy.findings/1", "findings": _ALL}))
    assert main(["archive", "finding", str(folder), *_CASE, "--json-file", str(file)]) == 0
    return folder


def _json(capsys: pytest.CaptureFixture[str], *arguments: object) -> Any:
    capsys.readouterr()
    main(["archive", *map(str, arguments), "--json"])
    return json.loads(capsys.readouterr().out)


@pytest.mark.parametrize("form", _FORMS)
def test_each_form_makes_its_files(
    marked: Path, tmp_path: Path, form: str, capsys: pytest.CaptureFixture[str]
) -> None:
    told = _json(capsys, "findings", marked, *_CASE, "--out", tmp_path / "out", "--form", form)

    there = {one.name for one in (tmp_path / "out").iterdir()}
    assert there == _FORMS[form]
    assert {one["name"] for one in told["files"]} == there
    assert (told["case"], told["findings"]) == ("7", len(_ALL))


def test_everything_goes_out_is_logged_and_comes_into_another_archive_as_it_was(
    marked: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    told = _json(capsys, "findings", marked, *_CASE, "--out", tmp_path / "out", "--reason", "court")

    dsrdump(tmp_path / "out" / "report_1.dcm")
    entry = _json(capsys, "log", marked, *_CASE)["entries"][-2]
    assert (entry["act"], entry["reason"]) == ("export", "court")
    assert entry["data"]["files"] == told["files"]
    assert entry["data"]["findings"] == [one["finding_id"] for one in _ALL]
    other = tmp_path / "other"
    create(other, person="Петрова", password="pw-pw-pw", clock=system_clock, cost=_CHEAP)
    main(["archive", "import", str(other), str(tmp_path / "in"), *_CASE])
    report = tmp_path / "out" / "report_1.dcm"
    taken = _json(capsys, "finding", other, *_CASE, "--dicom-file", report)
    assert (len(taken["finding_ids"]), taken["left_out"]) == (len(_ALL), [])
    _json(capsys, "findings", other, *_CASE, "--out", tmp_path / "again", "--form", "json")
    again = json.loads((tmp_path / "again" / "findings.json").read_text(encoding="utf-8"))
    assert again["findings"] == _ALL
    assert _json(capsys, "verify", other)["ok"] is True


def test_nothing_goes_out_into_another_archive(
    marked: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    other = tmp_path / "other"
    create(other, person="Петрова", password="pw-pw-pw", clock=system_clock, cost=_CHEAP)
    before = set(other.rglob("*"))
    for out in (other / "objects" / "fi", other / "log" / "fi"):
        assert main(["archive", "findings", str(marked), *_CASE, "--out", str(out)]) == 3
        assert "within the archive" in capsys.readouterr().err
    assert set(other.rglob("*")) == before
    assert "export" not in {one["act"] for one in _json(capsys, "log", marked)["entries"]}


@pytest.mark.parametrize("name", ["report_1.dcm", "region_1_001.dcm", "pictures_1.dcm"])
def test_what_is_there_already_is_named_and_nothing_is_recorded(
    marked: Path, tmp_path: Path, name: str, capsys: pytest.CaptureFixture[str]
) -> None:
    _json(capsys, "findings", marked, *_CASE, "--out", tmp_path / "out")
    before = _json(capsys, "log", marked, *_CASE)["entries"]

    taken = _json(capsys, "finding", marked, *_CASE, "--dicom-file", tmp_path / "out" / name)

    assert (taken["finding_id"], taken["finding_ids"]) == (None, [])
    assert {one["code"] for one in taken["left_out"]} == {"already"}
    after = _json(capsys, "log", marked, *_CASE)["entries"][len(before) :]
    assert "record" not in {one["act"] for one in after}


@pytest.mark.parametrize("language", ["kk", "ru", "en"])
def test_refusals_have_their_exit_code_and_one_sentence(
    folder: Path, tmp_path: Path, language: str, capsys: pytest.CaptureFixture[str]
) -> None:
    full = tmp_path / "full"
    full.mkdir()
    (full / "x").write_text("x")
    slice_ = next(iter((tmp_path / "in").iterdir()))
    out = ["--out", str(tmp_path / "out")]
    refused = {
        ("findings", *_CASE, *out): 3,
        ("findings", *_CASE, "--out", str(full)): 3,
        ("findings", *_CASE, "--out", str(tmp_path / "gone" / "x")): 3,
        ("findings", *_CASE, "--out", str(folder / "objects" / "x")): 3,
        ("findings", *_CASE, *out, "--form", "pdf"): 2,
        ("findings", "--case", "nobody's", *out): 4,
        ("findings", *_CASE): 2,
        ("finding", *_CASE): 2,
        ("finding", *_CASE, "--dicom-file", str(slice_)): 3,
        ("finding", *_CASE, "--dicom-file", str(tmp_path / "gone")): 3,
        ("finding", *_CASE, "--dicom-file", str(slice_), "--json-file", "x"): 2,
        ("finding", "--case", "nobody's", "--dicom-file", str(slice_)): 4,
    }
    for (verb, *rest), code in refused.items():
        capsys.readouterr()
        assert main(["archive", verb, str(folder), *rest, "--lang", language]) == code, rest
        said = capsys.readouterr()
        assert said.out == ""
        assert said.err.strip().count("\n") == 0, said.err
    assert not (tmp_path / "out").exists()


def test_the_words_name_every_file_and_what_was_left_out(
    marked: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    capsys.readouterr()
    main(["archive", "findings", str(marked), *_CASE, "--out", str(tmp_path / "o"), "--lang", "kk"])

    said = capsys.readouterr().out
    assert all(name in said for names in _FORMS.values() for name in names)
    assert "Жkey №1" in said  # an oblique view is in no presentation state, and that is said


def test_the_sources_are_never_touched(marked: Path, tmp_path: Path) -> None:
    before = {one: one.read_bytes() for one in (tmp_path / "in").iterdir()}

    main(["archive", "findings", str(marked), *_CASE, "--out", str(tmp_path / "out")])

    assert {one: one.read_bytes() for one in (tmp_path / "in").iterdir()} == before
    made = pydicom.dcmread(tmp_path / "out" / "region_1_001.dcm")
    assert made.SeriesInstanceUID != "1.2.3"
