"""`virtopsy archive receipt`: an intake on paper."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

import archive.opening
from archive.opening import create
from archive.storage.machine import system_clock
from main import main
from tests.archive.conftest import CASE, CHEAP, PASSWORD, SERIES, write_slice


@pytest.fixture
def evidence(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An archive kept by one person, with a slice in a case."""
    monkeypatch.setattr(archive.opening, "_COST", CHEAP)
    monkeypatch.setenv("VIRTOPSY_PASSWORD", PASSWORD)
    monkeypatch.setenv("VIRTOPSY_LANG", "en")
    made, carrier = tmp_path / "evidence", tmp_path / "carrier"
    create(made, person="Ахметова", password=PASSWORD, clock=system_clock, cost=CHEAP)
    carrier.mkdir()
    write_slice(carrier / "1.dcm", 1)
    assert main(["archive", "import", str(made), str(carrier), "--case", CASE]) == 0
    return made


def _json(capsys: pytest.CaptureFixture[str], *arguments: object) -> Any:
    capsys.readouterr()
    assert main(["archive", *map(str, arguments), "--json"]) == 0
    return json.loads(capsys.readouterr().out)


def test_a_receipt_is_written_and_the_log_names_it(
    evidence: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "r.pdf"
    told = _json(capsys, "receipt", evidence, "--case", CASE, "--out", out, "--lang", "kk")
    assert out.read_bytes().startswith(b"%PDF")
    assert (told["case"], list(told["manifests"])) == (CASE, [SERIES])
    log = _json(capsys, "log", evidence, "--case", CASE)["entries"]
    (entry,) = [one for one in log if one["act"] == "receipt"]
    assert entry["data"]["root"] == told["log"]["root"]
    assert entry["data"]["list_sha256"] == told["list_sha256"]
    written, again = out.read_bytes(), tmp_path / "again.pdf"
    assert main(["archive", "receipt", str(evidence), "--case", CASE, "--out", str(out)]) == 3
    assert out.read_bytes() == written, "a paper that may be signed by now is not replaced"
    capsys.readouterr()
    assert main(["archive", "receipt", str(evidence), "--case", CASE, "--out", str(again)]) == 0
    assert "keep one outside the archive" in capsys.readouterr().out


def test_what_cannot_be_receipted_is_refused_in_one_sentence(
    evidence: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = str(tmp_path / "r.pdf")
    asked = ("--case", CASE, "--out")
    for code, arguments in (
        (2, (*asked, str(tmp_path / "r.dcm"))),
        (2, ("--case", "", "--out", out)),
        (2, ("--case", "  ", "--out", out)),
        (3, (*asked, out, "--intake", "0" * 32)),
        (3, (*asked, str(evidence / "objects/sha256/r.pdf"))),
        (4, ("--case", "nobody's", "--out", out)),
        (5, (*asked, str(tmp_path / "gone" / "r.pdf"))),
    ):
        assert main(["archive", "receipt", str(evidence), *arguments]) == code
        assert capsys.readouterr().err.count("\n") <= 2
    assert not Path(out).exists()
    assert not list(evidence.rglob("*.pdf"))
