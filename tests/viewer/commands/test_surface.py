"""`virtopsy surface` writes what it tells, where it lies, or one sentence."""

from __future__ import annotations

import json
import os
import shlex
import struct
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from main import main
from viewer.commands.surface import _ENDINGS
from virtopsy.imaging.mesh_file import ENDINGS
from virtopsy.phantom import asymmetric


@pytest.fixture(scope="module")
def solid(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("solid")
    asymmetric.write(folder, "FFDL")
    return folder


def test_the_json_and_the_file_tell_the_same(
    solid: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "left.stl"
    assert main(["surface", str(solid), "--hu", "1500", "--out", str(out), "--json"]) == 0
    facts = json.loads(capsys.readouterr().out)
    content = out.read_bytes()
    (triangles,) = struct.unpack_from("<I", content, 80)
    facets = np.frombuffer(content[84:], np.dtype([("of", "<f4", (4, 3)), ("n", "<u2")]))
    assert facts["triangles"] == triangles == len(facets)
    points = facets["of"][:, 1:].reshape(-1, 3)
    centre = (points.min(axis=0) + points.max(axis=0)) / 2
    assert np.abs(centre - asymmetric.marks()["left"].centre_mm).max() < 0.5
    assert facts["box_mm"] == [points.min(axis=0).tolist(), points.max(axis=0).tolist()]
    assert (facts["units"], facts["frame"], facts["hu"]) == ("mm", "LPS", 1500)
    assert (facts["components"], facts["closed"], facts["rims"]) == (1, True, 0)
    assert (facts["largest_deviation_mm"], facts["smoothing_passes"]) == (0, 0)
    assert facts["vertices"] - triangles * 3 // 2 + triangles == facts["euler_characteristic"] == 2
    assert facts["problems"] == []
    assert 0 < facts["seconds"] < 60
    assert [one.name for one in tmp_path.iterdir()] == [out.name]


@pytest.mark.parametrize("ending", ENDINGS)
def test_every_kind_of_file_is_written_and_told_of_in_words(
    solid: Path, tmp_path: Path, ending: str, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / f"skin{ending.upper()}"
    options = ["--smooth", "10", "--decimate", "0.3", "--lang", "ru"]
    assert main(["surface", str(solid), "--hu", "-300", "--out", str(out), *options]) == 0
    told, err = capsys.readouterr()
    assert err == ""
    assert "миллиметр" in told
    assert "Наибольшее отклонение" in told
    assert out.stat().st_size > 10_000


@pytest.mark.parametrize(
    ("language", "deviation"), [("kk", "0,000"), ("ru", "0,000"), ("en", "0.000")]
)
def test_the_words_set_thousands_apart_and_spell_fractions_as_people_do(
    solid: Path,
    tmp_path: Path,
    language: str,
    deviation: str,
    capsys: pytest.CaptureFixture[str],
) -> None:
    out = tmp_path / "skin.stl"
    assert main(["surface", str(solid), "--hu", "-300", "--out", str(out), "--lang", language]) == 0
    (triangles,) = struct.unpack_from("<I", out.read_bytes(), 80)
    assert triangles > 1000
    told = capsys.readouterr().out
    assert f"{triangles:,}".replace(",", "\u00a0") in told
    assert deviation in told


def test_a_plain_surface_of_plain_files_loads_no_decoder_and_no_second_library(
    solid: Path, tmp_path: Path
) -> None:
    code = (
        "import sys\n"
        "from main import main\n"
        f"assert main(['surface', {str(solid)!r}, '--hu', '226', '--out', 'a.stl']) == 0\n"
        "slow = ['pydicom', 'gdcm', 'jpeg_ls', 'openjpeg', 'PIL', 'scipy', 'SimpleITK', 'numba']\n"
        "slow += ['PySide6', 'sqlalchemy', 'vtkmodules.vtkFiltersModeling', 'vtkmodules.all']\n"
        "loaded = [name for name in slow if name in sys.modules]\n"
        "assert not loaded, loaded\n"
    )
    root = str(Path(__file__).resolve().parents[3])
    command = [sys.executable, "-c", code]
    subprocess.run(command, check=True, cwd=tmp_path, env=os.environ | {"PYTHONPATH": root})


def test_the_endings_known_before_loading_are_those_that_can_be_written() -> None:
    assert _ENDINGS == ENDINGS


def test_what_was_asked_for_is_what_is_told(
    solid: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = str(tmp_path / "a.ply")
    options = ["--smooth", "15", "--decimate", "0.4", "--json"]
    assert main(["surface", str(solid), "--hu", "-480", "--out", out, *options]) == 0
    facts = json.loads(capsys.readouterr().out)
    assert facts["smoothing_passes"] == 15
    assert 0.05 < facts["decimation"] <= 0.41
    assert 0 < facts["largest_deviation_mm"] < 2


@pytest.mark.parametrize(
    ("options", "code"),
    [
        (["--hu", "226", "--out", "a.obj"], 2),
        (["--hu", "226", "--out", "a"], 2),
        (["--hu", "bone", "--out", "a.stl"], 2),
        (["--hu", "nan", "--out", "a.stl"], 2),
        (["--hu", "226", "--out", "a.stl", "--decimate", "nan"], 2),
        (["--out", "a.stl"], 2),
        (["--hu", "226"], 2),
        (["--hu", "226", "--out", "a.stl", "--smooth", "-1"], 2),
        (["--hu", "226", "--out", "a.stl", "--decimate", "1"], 2),
        (["--hu", "30000", "--out", "a.stl"], 3),
        (["--hu", "226", "--out", "a.stl", "--series", "1.2.3"], 3),
        (["--hu", "226", "--out", "/no/such/folder/a.stl"], 5),
        (["--hu", "226", "--out", "folder.stl"], 5),
    ],
)
@pytest.mark.parametrize("language", ["kk", "ru", "en"])
def test_a_refusal_is_one_sentence_and_its_exit_code(  # noqa: PLR0913, PLR0917 -- fixtures
    solid: Path,
    tmp_path: Path,
    options: list[str],
    code: int,
    language: str,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "folder.stl").mkdir()
    assert main(["surface", str(solid), *options, "--lang", language]) == code
    out, err = capsys.readouterr()
    assert out == ""
    assert len(err.splitlines()) == 1
    assert [one.name for one in tmp_path.iterdir()] == ["folder.stl"]


def test_signal_of_mr_is_refused_in_one_sentence(
    shared_data: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = str(tmp_path / "a.stl")
    assert main(["surface", str(shared_data / "mr_t1_sagittal"), "--hu", "200", "--out", out]) == 3
    told, err = capsys.readouterr()
    assert (told, len(err.splitlines())) == ("", 1)
    assert "MR" in err
    assert not list(tmp_path.iterdir())


def test_without_a_display_it_works(solid: Path, tmp_path: Path) -> None:
    out = tmp_path / "a.glb"
    bare = {name: value for name, value in os.environ.items() if "DISPLAY" not in name}
    command = [sys.executable, "main.py", "surface", str(solid), "--hu", "226", "--out", str(out)]
    ran = subprocess.run(command, capture_output=True, text=True, check=False, env=bare)
    assert (ran.returncode, ran.stderr) == (0, "")
    assert out.read_bytes().startswith(b"glTF")


@pytest.mark.skipif(sys.platform != "linux", reason="the limit stands for a full disk on Linux")
@pytest.mark.parametrize("ending", ENDINGS)
def test_a_disk_that_takes_only_half_of_it_is_told_and_keeps_the_earlier_file(
    solid: Path, tmp_path: Path, ending: str
) -> None:
    out = tmp_path / f"skin{ending}"
    out.write_text("earlier")
    command = [sys.executable, "main.py", "surface", str(solid), "--hu", "-300", "--out", str(out)]
    limited = ["bash", "-c", f"ulimit -f 20; exec {shlex.join(command)}"]
    ran = subprocess.run(limited, capture_output=True, text=True, check=False)
    assert (ran.returncode, len(ran.stderr.splitlines())) == (5, 1)
    assert [one.name for one in tmp_path.iterdir()] == [out.name]
    assert out.read_text() == "earlier"
