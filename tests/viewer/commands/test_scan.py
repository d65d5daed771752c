"""`virtopsy scan` keeps its contract: keys, codes, exit codes, and nothing heavy loaded."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from main import main

_ROOT = Path(__file__).resolve().parents[3]


def test_the_json_has_the_published_keys(
    shared_data: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["scan", str(shared_data / "ct_gunshot_00"), "--json"]) == 0
    out, err = capsys.readouterr()
    found = json.loads(out)
    assert err == ""
    assert found["files"] == 109
    (skipped,) = found["skipped"]
    assert Path(skipped["path"]).name == "truth.json"
    assert skipped["code"] == "unreadable"
    (study,) = found["studies"]
    assert study["patient_name"] == "Неизвестный^Мужчина"
    assert study["date"] == "2026-03-01"
    (series,) = study["series"]
    assert (series["files"], series["frames"], series["rows"], series["columns"]) == (
        108,
        108,
        256,
        256,
    )
    assert series["spacing_mm"] == pytest.approx([0.957, 0.957, 1.5], abs=1e-3)
    assert (series["orientation"], series["volume"], series["problems"]) == ("axial", True, [])


@pytest.mark.parametrize("language", ["kk", "ru", "en"])
@pytest.mark.parametrize(
    "folder",
    [
        "broken",
        "charsets",
        "compressed_same_image",
        "ct_head_gantry_tilt_uneven",
        "ct_localizer_and_secondary",
        "enhanced_multiframe",
        "geometry_traps_noise_pixels",
    ],
)
def test_every_problem_has_words_in_three_languages(
    shared_data: Path, folder: str, language: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["scan", str(shared_data / folder), "--lang", language]) == 0
    assert capsys.readouterr().out


def test_what_cannot_be_read_exits_with_three_and_still_prints_json(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "note.txt").write_text("no DICOM")
    for path, files in ((tmp_path, 1), (tmp_path / "missing", 0)):
        assert main(["--lang", "en", "scan", str(path), "--json"]) == 3
        out, err = capsys.readouterr()
        assert json.loads(out)["files"] == files
        assert json.loads(out)["studies"] == []
        assert str(path) in err
        assert len(err.splitlines()) == 1


def test_a_forgotten_path_is_wrong_usage(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["scan"]) == 2
    assert "PATH" in capsys.readouterr().err


@pytest.mark.parametrize("command", ["scan", "load", "verify", "phantom", "open", "demo"])
def test_an_empty_path_is_wrong_usage_never_the_working_folder(
    command: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main([command, "", "--lang", "en"]) == 2
    assert len(capsys.readouterr().err.splitlines()) == 1


@pytest.mark.parametrize("command", ["scan", "load", "verify", "phantom", "open", "demo"])
def test_a_name_too_long_for_any_disk_is_one_sentence(
    command: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main([command, "n" * 300, "--lang", "en"]) == 3
    assert len(capsys.readouterr().err.splitlines()) == 1


def _run(command: str, **environment: str) -> subprocess.CompletedProcess[str]:
    line = f"{sys.executable} main.py {command}"
    return subprocess.run(
        ["bash", "-c", line],
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, **environment},
    )


@pytest.mark.skipif(sys.platform != "linux", reason="/dev/full is Linux's")
def test_a_full_disk_or_a_closed_door_behind_the_answer_is_no_traceback(tmp_path: Path) -> None:
    (tmp_path / "note.txt").write_text("x")
    full = _run(f"--lang en scan {tmp_path / 'note.txt'} >/dev/full")
    assert (full.returncode, len(full.stderr.splitlines())) in {(3, 2), (3, 1), (5, 1)}
    assert "Traceback" not in full.stderr
    assert _run(f"scan {tmp_path} --json >&-").returncode == 3
    assert _run(f"scan {tmp_path} 2>&-").returncode == 3


def test_a_console_without_kazakh_letters_gets_an_answer_and_json_stays_json(
    tmp_path: Path,
) -> None:
    (tmp_path / "note.txt").write_text("x")
    words = _run(f"--lang kk scan {tmp_path}", PYTHONIOENCODING="latin-1")
    assert (words.returncode, "Traceback" in words.stderr) == (3, False)
    found = json.loads(_run(f"--lang kk scan {tmp_path} --json", PYTHONIOENCODING="latin-1").stdout)
    assert "DICOM" in found["skipped"][0]["text"]


def _fresh(code: str) -> str:
    result = subprocess.run(
        [sys.executable, "-c", code], cwd=_ROOT, capture_output=True, text=True, check=True
    )
    return result.stdout


def test_scanning_loads_neither_qt_nor_vtk_nor_sql(shared_data: Path) -> None:
    loaded = _fresh(
        "import sys, main\n"
        f"assert main.main(['scan', {str(shared_data / 'mr_t1_sagittal')!r}, '--json']) == 0\n"
        "print(*sorted({name.partition('.')[0] for name in sys.modules}))"
    ).splitlines()[-1]
    assert not set(loaded.split()) & {"PySide6", "vtk", "vtkmodules", "sqlalchemy", "SimpleITK"}


def test_help_answers_within_half_a_second_of_cpu() -> None:
    spent = _fresh(
        "import resource, subprocess, sys\n"
        "subprocess.run([sys.executable, 'main.py', '--help'], check=True,"
        " stdout=subprocess.DEVNULL)\n"
        "used = resource.getrusage(resource.RUSAGE_CHILDREN)\n"
        "print(used.ru_utime + used.ru_stime)"
    )
    assert float(spent) < 0.5
