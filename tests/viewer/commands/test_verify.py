from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from main import main
from tests.court_case import bundled, copied, open_case

_ROOT = Path(__file__).resolve().parents[3]


@pytest.fixture(scope="module")
def bundle(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("court")
    archive, actor = open_case(folder)
    with archive:
        bundled(archive, actor, folder / "bundle")
    return folder / "bundle"


def test_the_command_says_what_the_file_in_the_bundle_says(
    bundle: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    alone = subprocess.run(
        [sys.executable, "-I", bundle / "verify.py", "--lang", "en"],
        capture_output=True,
        text=True,
        check=True,
    )
    assert main(["verify", str(bundle), "--lang", "en"]) == 0
    assert capsys.readouterr().out == alone.stdout
    assert alone.stdout.startswith("unchanged since sealed on ")


def test_damage_is_exit_1_and_named_in_the_language_asked_for(
    bundle: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    spoilt = copied(bundle, tmp_path / "b")
    (spoilt / "data/media/axial.png").write_bytes(b"other")
    assert main(["verify", str(spoilt), "--json", "--lang", "kk"]) == 1
    problems = json.loads(capsys.readouterr().out)["problems"]
    assert problems == [
        {
            "code": "changed",
            "path": "data/media/axial.png",
            "text": "data/media/axial.png: файл мөрленгеннен кейін өзгертілген.",
        }
    ]


def test_another_key_is_exit_1(bundle: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["verify", str(bundle), "--key", "0" * 64, "--lang", "en"]) == 1
    assert "sealed by another key" in capsys.readouterr().out


def test_no_bundle_is_exit_3_and_no_argument_exit_2(tmp_path: Path) -> None:
    assert main(["verify", str(tmp_path)]) == 3
    assert main(["verify"]) == 2


def test_verifying_loads_neither_qt_nor_vtk_nor_sql_nor_the_archive(bundle: Path) -> None:
    program = (
        "import sys; from main import main; code = main(sys.argv[1:]);"
        "heavy = {'PySide6', 'vtkmodules', 'vtk', 'sqlalchemy', 'numpy', 'pydicom', 'archive'};"
        "print(sorted(heavy & {name.partition('.')[0] for name in sys.modules}), file=sys.stderr);"
        "sys.exit(code)"
    )
    done = subprocess.run(
        [sys.executable, "-c", program, "verify", str(bundle), "--json"],
        cwd=_ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0
    assert done.stderr.strip() == "[]"
    assert json.loads(done.stdout)["ok"] is True
