"""`virtopsy witness`, `archive witness` and `archive timestamp` on the command line."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from asn1crypto import tsp

import archive.opening
import archive.witnessing
from archive.opening import create
from archive.storage.machine import system_clock
from main import main
from tests.archive.conftest import CHEAP
from tests.archive.services.test_timestamps import made_in

_ROOT = Path(__file__).resolve().parents[3]


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """An archive, a stick, and a witness's place beside them."""
    monkeypatch.setattr(archive.opening, "_COST", CHEAP)
    monkeypatch.setattr(archive.witnessing, "_COST", CHEAP)
    monkeypatch.setenv("VIRTOPSY_PASSWORD", "pw-pw-pw")
    monkeypatch.setenv("VIRTOPSY_NEW_PASSWORD", "pw-pw-pw")
    monkeypatch.setenv("VIRTOPSY_LANG", "en")
    (tmp_path / "stick").mkdir()
    create(tmp_path / "ev", person="Ахметов", password="pw-pw-pw", clock=system_clock, cost=CHEAP)
    return str(tmp_path / "ev")


def facts(capsys: pytest.CaptureFixture[str], *arguments: str) -> Any:
    capsys.readouterr()
    assert main([*arguments, "--json"]) == 0
    return json.loads(capsys.readouterr().out)


def test_a_stick_goes_to_the_witness_and_back(
    folder: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    stick, home = str(tmp_path / "stick"), ("--home", str(tmp_path / "home"))
    made = facts(capsys, "witness", "new", "auditor-2", *home)
    added = facts(capsys, *f"archive witness {folder} add auditor-2 --key {made['vkey']}".split())
    assert added == {"name": "auditor-2", "fingerprint": made["fingerprint"]}
    known = facts(capsys, "archive", "witness", folder, "list")["witnesses"]
    assert known == [added]
    asked = facts(capsys, "archive", "witness", folder, "request", stick)
    assert main(["witness", "sign", stick, *home]) == 2  # nobody compared the key
    assert asked["fingerprint"] in capsys.readouterr().err
    signed = facts(capsys, "witness", "sign", stick, "--key", asked["fingerprint"], *home)
    assert [(one["size"], one["fresh"]) for one in signed["signed"]] == [(asked["size"],) * 2]
    taken = facts(capsys, "archive", "witness", folder, "take", stick)
    assert (taken["witness"], taken["size"]) == ("auditor-2", asked["size"])
    assert (tmp_path / "ev" / taken["path"]).is_file()
    assert facts(capsys, "archive", "verify", folder)["ok"] is True


def test_a_witness_s_wrong_password_is_a_refusal(
    folder: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    stick, home = str(tmp_path / "stick"), ("--home", str(tmp_path / "home"))
    made = facts(capsys, "witness", "new", "auditor-2", *home)
    facts(capsys, *f"archive witness {folder} add auditor-2 --key {made['vkey']}".split())
    facts(capsys, "archive", "witness", folder, "request", stick)
    monkeypatch.setenv("VIRTOPSY_PASSWORD", "another")
    assert main(["witness", "sign", stick, *home]) == 4


def test_a_refusal_is_loud_and_exit_1(
    folder: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    stick, home = str(tmp_path / "stick"), ("--home", str(tmp_path / "home"))
    facts(capsys, "witness", "new", "auditor-2", *home)
    facts(capsys, "archive", "witness", folder, "request", stick)
    assert main(["witness", "sign", stick, "--key", "0" * 64, *home]) == 1
    assert "THE WITNESS REFUSES TO SIGN" in capsys.readouterr().err


def test_a_witness_loads_neither_qt_nor_vtk_nor_the_database(
    folder: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    home = ("--home", str(tmp_path / "home"))
    facts(capsys, "witness", "new", "auditor-2", *home)
    asked = facts(capsys, "archive", "witness", folder, "request", str(tmp_path / "stick"))
    program = (
        "import sys; from main import main; code = main(sys.argv[1:]);"
        "heavy = {'PySide6', 'vtkmodules', 'vtk', 'sqlalchemy', 'alembic', 'numpy', 'sqlite3'};"
        "print(sorted(heavy & {name.partition('.')[0] for name in sys.modules}), file=sys.stderr);"
        "sys.exit(code)"
    )
    given = ["witness", "sign", str(tmp_path / "stick"), "--key", asked["fingerprint"], *home]
    done = subprocess.run(
        [sys.executable, "-c", program, *given],
        cwd=_ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stderr.strip()) == (0, "[]")


def test_a_request_for_a_timestamp_is_a_file_and_rubbish_is_no_answer(
    folder: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "head.tsq"
    made = facts(capsys, "archive", "timestamp", folder, "request", str(out))
    assert made["size"] > 0
    assert tsp.TimeStampReq.load(out.read_bytes(), strict=True)["cert_req"].native is True
    assert main(["archive", "timestamp", folder, "take", str(out)]) == 3
    assert "no answer of a timestamp authority" in capsys.readouterr().err
    assert main(["archive", "timestamp", folder, "take", str(tmp_path / "none")]) == 3
    assert main(["archive", "timestamp", folder, "request", str(tmp_path / "a.dcm")]) == 2


@pytest.mark.skipif(shutil.which("openssl") is None, reason="openssl makes the authority")
@pytest.mark.parametrize(("trusted", "checked"), [(True, "chain"), (False, "signature")])
def test_an_answer_is_checked_against_the_authority_that_is_named(
    trusted: bool,
    checked: str,
    folder: str,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    (tmp_path / "authority").mkdir()
    authority, out = made_in(tmp_path / "authority"), tmp_path / "head.tsq"
    asked = facts(capsys, "archive", "timestamp", folder, "request", str(out))
    (tmp_path / "head.tsr").write_bytes(authority.answer(out.read_bytes()))
    ca = ("--ca", str(authority.folder / "root.pem")) if trusted else ()
    taken = facts(capsys, "archive", "timestamp", folder, "take", str(tmp_path / "head.tsr"), *ca)
    assert (taken["checked"], taken["size"]) == (checked, asked["size"])
    assert {"time", "authority", "path"} <= taken.keys()
