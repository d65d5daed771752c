"""`virtopsy archive`: the contract of the command line."""

from __future__ import annotations

import io
import json
import re
import sys
from pathlib import Path
from typing import Any

import pydicom
import pytest

import archive.opening
from archive.opening import create
from archive.proof.signing import Cost
from archive.records import Encryption
from archive.storage.machine import system_clock
from main import main
from tests.archive.conftest import FRAME, SERIES, write_slice
from tests.virtopsy.findings.some import one_of_each
from virtopsy.findings.record import to_record

_CHEAP = Cost(memory_kib=8, passes=1, lanes=1)


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An archive kept by Ахметов alone."""
    monkeypatch.setattr(archive.opening, "_COST", _CHEAP)
    monkeypatch.setenv("VIRTOPSY_PASSWORD", "pw-pw-pw")
    monkeypatch.setenv("VIRTOPSY_NEW_PASSWORD", "pw-pw-pw2")
    monkeypatch.setenv("VIRTOPSY_LANG", "en")
    made = tmp_path / "evidence"
    create(made, person="Ахметов", password="pw-pw-pw", clock=system_clock, cost=_CHEAP)
    return made


@pytest.fixture
def carrier(tmp_path: Path) -> Path:
    """Two slices and a text."""
    made = tmp_path / "carrier"
    made.mkdir()
    write_slice(made / "1.dcm", 1)
    write_slice(made / "2.dcm", 2)
    (made / "note.txt").write_text("x")
    return made


@pytest.fixture
def finding(tmp_path: Path) -> Path:
    """A finding as a file."""
    made = tmp_path / "finding.json"
    ends = [[0, 0, 0], [40, 2, 3]]
    record = {"kind": "trajectory", "name": "Track 1", "ends_lps_mm": ends, "entry": 0}
    stated = {"direction_by": "expert", "grounds": ["bevel"], "frame_of_reference_uid": FRAME}
    made.write_text(json.dumps({**record, **stated}))
    return made


def _json(capsys: pytest.CaptureFixture[str], *arguments: object) -> Any:
    capsys.readouterr()
    main(["archive", *map(str, arguments), "--json"])
    return json.loads(capsys.readouterr().out)


def test_a_case_goes_in_is_marked_listed_logged_and_verified(
    folder: Path, carrier: Path, finding: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    who = ("--user", "Ахметов")
    taken = _json(capsys, "import", folder, carrier, "--case", "7", *who, "--from", "Police")
    assert (taken["case"], taken["files"], taken["stored"], taken["opaque"]) == ("7", 3, 3, 0)
    keys = "already bytes case conflicts files opaque report seconds stored"
    assert set(keys.split()) <= taken.keys()
    told = ["code", "flags", "kind", "path", "text"]
    assert [sorted(one) for one in taken["report"]] == [told] * 3
    assert taken["kinds"] == {"dicom": 2, "document": 1}
    assert taken["not_stated"] == ["basis", "carrier", "seal", "agreement"]

    asked = ("--case", "7", "--series", SERIES, "--json-file", finding, *who)
    made = _json(capsys, "finding", folder, *asked)
    assert made["finding_id"]
    (case,) = _json(capsys, "list", folder, *who)["cases"]
    assert (case["number"], case["series"], case["findings"]) == ("7", 1, 1)

    log = _json(capsys, "log", folder, "--case", "7", *who)
    assert [one["act"] for one in log["entries"]] == ["case.create", "import", "record", "log.read"]
    assert {"seq", "ts", "actor", "act", "out", "objects"} <= log["entries"][0].keys()
    assert {one["actor"] for one in log["entries"]} == {"Ахметов"}
    assert log["size"] == log["entries"][-1]["seq"]
    assert len(bytes.fromhex(log["root"])) == 32

    report = _json(capsys, "verify", folder)
    assert report["ok"] is True
    assert report["problems"] == []
    assert report["sealed"]["signer"]["known"] is None
    assert {"bytes", "files", "log_entries", "signatures"} <= report["checked"].keys()


def test_a_finding_of_every_kind_goes_in_and_what_does_not_fit_is_refused_in_words(
    folder: Path, carrier: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    who = ("--user", "Ахметов")
    main(["archive", "import", str(folder), str(carrier), "--case", "7", *who])
    path = tmp_path / "one.json"
    asked = ["--case", "7", "--json-file", str(path), *who]
    fits = {"series_uid": SERIES, "frame_of_reference_uid": FRAME, "seen_on_slice": f"{SERIES}.1"}
    wrong: tuple[dict[str, Any], ...] = (
        {"series_uid": "1.9"},
        {"frame_of_reference_uid": "9.9"},
        {"certainty": "sure"},
        {"seen_on_slice": "9"},
    )
    for one in one_of_each():
        record = to_record(one) | fits
        for other in wrong:
            path.write_text(json.dumps(record | other))
            assert main(["archive", "finding", str(folder), *asked]) == 3
            said = capsys.readouterr()
            assert said.err.strip()
            assert "Traceback" not in said.err
        path.write_text(json.dumps(record))
        assert _json(capsys, "finding", folder, *asked)["finding_id"] == one.finding_id
    (case,) = _json(capsys, "list", folder, *who)["cases"]
    assert case["findings"] == len(one_of_each())


def test_damage_is_exit_1_and_the_json_names_it(
    folder: Path, carrier: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    main(["archive", "import", str(folder), str(carrier), "--case", "7", "--user", "Ахметов"])
    for one in (folder / "objects").rglob("*"):
        if one.is_file() and one.stat().st_size == 1:
            one.unlink()
    capsys.readouterr()
    assert main(["archive", "verify", str(folder), "--json"]) == 1
    report = json.loads(capsys.readouterr().out)
    assert report["ok"] is False
    ((code, path),) = [(one["code"], one["path"]) for one in report["problems"]]
    assert (code, path[:15]) == ("object_missing", "objects/sha256/")
    assert main(["archive", "verify", str(folder), "--key", "00" * 32]) == 1


def test_persons_are_added_listed_and_disabled(
    folder: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    who = ("--user", "Ахметов")
    roles = ("--role", "auditor", "--role", "court")
    made = _json(capsys, "person", folder, "add", "Петрова", *roles, *who)
    assert (made["name"], made["roles"]) == ("Петрова", ["auditor", "court"])
    assert main(["archive", "person", str(folder), "disable", "Петрова", *who]) == 0
    persons = _json(capsys, "person", folder, "list", *who)["persons"]
    assert [(one["name"], one["disabled"]) for one in persons] == [
        ("Ахметов", False),
        ("Петрова", True),
    ]
    monkeypatch.setenv("VIRTOPSY_PASSWORD", "pw-pw-pw2")
    assert main(["archive", "log", str(folder), "--user", "Петрова"]) == 4


def test_one_keeper_need_not_say_the_name(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["archive", "list", str(folder)]) == 0
    assert "import" in capsys.readouterr().out
    add = ["archive", "person", str(folder), "add", "B", "--role", "expert"]
    assert main(add) == 0
    assert main(["archive", "list", str(folder)]) == 2


@pytest.mark.parametrize("language", ["kk", "ru", "en"])
def test_refusals_have_their_exit_code_and_one_sentence(  # noqa: PLR0913, PLR0917 -- fixtures
    language: str,
    folder: Path,
    carrier: Path,
    finding: Path,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    who = ["--user", "Ахметов"]
    broken = tmp_path / "broken.json"
    broken.write_text("{")
    series = ("--case", "7", "--series", SERIES)
    refused = {
        ("init", str(folder), *who): 3,
        ("import", str(folder), str(tmp_path / "gone"), "--case", "7", *who): 3,
        ("import", str(folder), str(carrier), *who): 2,
        ("finding", str(folder), *series, "--json-file", str(finding), *who): 4,
        ("finding", str(folder), "--case", "7", "--json-file", str(broken), *who): 3,
        ("log", str(folder), "--case", "nobody's", "--user", "X"): 4,
        ("person", str(folder), "disable", "Ахметов", *who): 2,
        ("person", str(folder), "add", "B", *who): 2,
        ("person", str(folder), "add", "B", "--role", "king", *who): 2,
        ("verify", str(tmp_path)): 3,
        ("verify", str(folder), "--case", "none"): 3,
        ("nonsense",): 2,
    }
    for arguments, code in refused.items():
        capsys.readouterr()
        assert main(["archive", *arguments, "--lang", language]) == code, arguments
        said = capsys.readouterr()
        assert said.out == ""
        assert said.err.count("\n") == 1, said.err
        assert ("king" in arguments) <= ("--role" in said.err), said.err
    monkeypatch.setenv("VIRTOPSY_PASSWORD", "wrong")
    assert main(["archive", "list", str(folder), *who, "--lang", language]) == 4


def test_without_terminal_and_variable_it_never_waits(
    folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.delenv("VIRTOPSY_PASSWORD")
    monkeypatch.setattr(sys, "stdin", io.StringIO("pw\n"))
    assert main(["archive", "list", str(folder), "--user", "Ахметов"]) == 2
    assert "VIRTOPSY_PASSWORD" in capsys.readouterr().err


@pytest.mark.usefixtures("folder")
def test_a_new_archive_says_who_keeps_it(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["archive", "init", str(tmp_path / "b"), "--user", "Иванова"]) == 0
    said = capsys.readouterr().out
    assert "Иванова" in said
    assert (
        json.loads((tmp_path / "b" / "archive.json").read_text())["public_keys"][0]["fingerprint"]
        in said
    )


def test_the_file_handed_in_is_never_touched(
    folder: Path, carrier: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    before = {one: one.read_bytes() for one in carrier.iterdir()}
    _json(capsys, "import", folder, carrier, "--case", "7", "--user", "Ахметов")
    assert {one: one.read_bytes() for one in carrier.iterdir()} == before
    assert pydicom.dcmread(carrier / "1.dcm").SeriesInstanceUID == SERIES


def test_a_fingerprint_may_be_typed_in_groups_and_a_wrong_one_is_wrong_usage(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    key = _json(capsys, "verify", folder)["sealed"]["signer"]["fingerprint"]
    typed = " ".join(key[at : at + 4].upper() for at in range(0, 64, 4))
    assert _json(capsys, "verify", folder, "--key", typed)["sealed"]["signer"]["known"] is True
    assert main(["archive", "verify", str(folder), "--key", "abc"]) == 2
    assert "64" in capsys.readouterr().err


def test_nobody_may_be_called_what_the_log_calls_itself(folder: Path) -> None:
    add = ["archive", "person", str(folder), "add"]
    for name in ("system", " Anonymous "):
        assert main([*add, name, "--role", "expert"]) == 2


@pytest.mark.parametrize("flag", ["-h", "--help"])
@pytest.mark.parametrize("verb", [(), ("add",), ("disable",), ("list",)])
def test_persons_are_helped_with(
    flag: str, verb: tuple[str, ...], capsys: pytest.CaptureFixture[str]
) -> None:
    for arguments in (("person", *verb), ("person", "DIR", *verb)):
        assert main(["archive", *arguments, flag]) == 0
        assert "--lang" in capsys.readouterr().out


@pytest.mark.parametrize("content", [b"\xff\xfe", b"{", b" " * (17 << 20), None])
def test_why_a_finding_cannot_be_read_is_said_in_the_person_s_language(
    folder: Path, tmp_path: Path, content: bytes | None, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "находка"
    if content is not None:
        path.write_bytes(content)
    asked = ["--case", "1", "--json-file", str(path), "--lang", "ru"]
    assert main(["archive", "finding", str(folder), *asked]) == 3
    said = capsys.readouterr().err.replace(str(path), "").replace("JSON", "").replace("UTF-8", "")
    assert not re.search("[A-Za-z]", said), said


def test_what_never_ends_is_no_file_to_hand_in(folder: Path) -> None:
    case = ["--case", "1"]
    assert main(["archive", "finding", str(folder), *case, "--json-file", "/dev/zero"]) == 3
    bundle = ["archive", "bundle", str(folder), *case, "--out", str(folder.parent / "b")]
    assert main([*bundle, "--text-file", "/dev/zero"]) == 3


def test_an_archive_that_lost_its_card_is_damaged_not_absent(folder: Path) -> None:
    (folder / "archive.json").unlink()
    assert main(["archive", "verify", str(folder)]) == 1


def test_a_new_archive_says_whether_its_disk_keeps_it_secret(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(archive.opening, "_COST", _CHEAP)
    monkeypatch.setenv("VIRTOPSY_PASSWORD", "pw-pw-pw")
    for number, found in enumerate(Encryption):
        monkeypatch.setattr("archive.storage.disk.encryption", lambda _, found=found: found)
        new = str(tmp_path / str(number))
        assert main(["archive", "init", new, "--user", "B", "--json", "--lang", "en"]) == 0
        said = capsys.readouterr()
        assert {
            Encryption.ENCRYPTED: "is encrypted",
            Encryption.PLAIN: "is not encrypted",
            Encryption.UNKNOWN: "cannot be told",
        }[found] in said.err
        assert json.loads(said.out)["single_keeper"]
