from __future__ import annotations

import json
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

import main


def test_phantom_prints_one_object_with_the_truth(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main.main(["phantom", str(tmp_path), "--seed", "3", "--slices", "2", "--json"]) == 0
    printed = json.loads(capsys.readouterr().out)
    assert printed["files"] == len(list((tmp_path / "dicom").iterdir())) == 2
    truth = json.loads((tmp_path / "truth.json").read_text(encoding="utf-8"))
    assert printed["entry_mm"] == truth["entry_mm"]
    assert truth["bullet_mm"] is None


@pytest.mark.parametrize("language", ["kk", "ru", "en"])
def test_a_folder_in_use_is_refused_in_one_sentence(
    language: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "dicom").mkdir()
    (tmp_path / "dicom" / "mine").touch()
    assert main.main(["phantom", str(tmp_path), "--lang", language]) == 2
    captured = capsys.readouterr()
    assert captured.out == ""
    assert str(tmp_path / "dicom") in captured.err


def test_nothing_is_made_within_an_archive(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "objects" / "sha256").mkdir(parents=True)
    (tmp_path / "archive.json").write_text("{}")
    before = set(tmp_path.rglob("*"))
    for out in (tmp_path, tmp_path / "objects" / "new"):
        assert main.main(["phantom", str(out), "--lang", "en"]) == 3
        assert main.main(["demo", str(out / "demo"), "--lang", "en"]) == 3
        assert capsys.readouterr().err.count("within the archive") == 2
    assert set(tmp_path.rglob("*")) == before


@pytest.mark.parametrize("language", ["kk", "ru", "en"])
def test_phantom_says_in_every_language_what_it_made(
    language: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    arguments = ["phantom", str(tmp_path), "--seed", "3", "--slices", "1", "--lang", language]
    assert main.main(arguments) == 0
    assert str(tmp_path / "truth.json") in capsys.readouterr().out


@pytest.mark.skipif(sys.platform != "linux", reason="the limit stands for a full disk on Linux")
def test_a_full_disk_is_told_in_one_sentence(tmp_path: Path) -> None:
    command = [sys.executable, "main.py", "phantom", str(tmp_path / "case"), "--slices", "1"]
    limited = ["bash", "-c", f"ulimit -f 40; exec {shlex.join(command)}"]
    ran = subprocess.run(limited, capture_output=True, text=True, check=False)
    assert (ran.returncode, len(ran.stderr.splitlines())) == (5, 1)
