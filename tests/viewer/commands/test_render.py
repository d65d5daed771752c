"""`virtopsy render` makes a picture without a window, and refuses in words."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from virtopsy.imaging.preset import presets

_ROOT = Path(__file__).resolve().parents[3]
_GL_LIBRARIES = (
    "libEGL.so.1",
    "libEGL.so",
    "libGL.so.1",
    "libGL.so",
    "libGLX.so.0",
    "libOpenGL.so.0",
    "libOSMesa.so.8",
)
Run = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture
def run() -> Run:
    def call(*arguments: str) -> subprocess.CompletedProcess[str]:
        surroundings = {k: v for k, v in os.environ.items() if k not in {"DISPLAY", "LANG"}}
        return subprocess.run(
            [sys.executable, str(_ROOT / "main.py"), "render", *arguments],
            capture_output=True,
            text=True,
            cwd=_ROOT,
            env=surroundings,
            timeout=120,
            check=False,
        )

    return call


def test_a_picture_is_made_without_any_display(run: Run, shared_data: Path, tmp_path: Path) -> None:
    out = tmp_path / "left.png"
    case = shared_data / "ct_gunshot_00" / "dicom"
    done = run(
        str(case),
        "--preset",
        "bone",
        "--view",
        "left",
        "--size",
        "320x240",
        "--out",
        str(out),
        "--json",
    )
    assert done.returncode == 0, done.stderr
    assert done.stderr == ""
    facts = json.loads(done.stdout)
    assert facts["mapper"] in {"cpu", "gpu"}
    assert facts["gl_renderer"]
    assert facts["first_frame_s"] > 0
    assert facts["frame_s"] > 0
    assert facts["interactive_fps"] > 0
    picture = np.array(Image.open(out))
    assert picture.shape[1] == 320
    assert picture[:240].std() > 20


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("--preset", "bones"), ("bones", "skin")),
        (("--view", "sideways"), ("sideways", "anterior")),
        (("--view", "0,120"), ("0,120",)),
        (("--view", "9" * 400 + ",0"), ("anterior",)),
        (("--view", "٣,٤"), ("anterior",)),
        (("--size", "10x10"), ("10x10",)),
        (("--size", "big"), ("big", "1280x800")),
    ],
)
def test_a_wrong_wish_is_refused_before_the_scan_is_read(
    run: Run, tmp_path: Path, arguments: tuple[str, ...], words: tuple[str, ...]
) -> None:
    done = run(str(tmp_path / "absent"), "--out", str(tmp_path / "x.png"), *arguments)
    assert done.returncode == 2
    assert done.stdout == ""
    assert len(done.stderr.splitlines()) == 1
    assert all(word in done.stderr for word in words)


def test_a_folder_that_is_not_there_is_an_input_error(run: Run, tmp_path: Path) -> None:
    done = run(str(tmp_path / "absent"), "--out", str(tmp_path / "x.png"))
    assert done.returncode == 3
    assert len(done.stderr.splitlines()) == 1


def test_a_place_that_cannot_be_written_is_a_storage_error(
    run: Run, shared_data: Path, tmp_path: Path
) -> None:
    case = shared_data / "mr_t1_sagittal"
    done = run(
        str(case), "--size", "64x64", "--out", str(tmp_path / "no" / "x.png"), "--lang", "kk"
    )
    assert done.returncode == 5
    assert "x.png" in done.stderr


@pytest.mark.parametrize("name", ["I0005.dcm", "I0005", "a.jpg"])
def test_a_picture_never_takes_the_place_of_a_scan(run: Run, tmp_path: Path, name: str) -> None:
    scanned = tmp_path / name
    scanned.write_bytes(b"what a scanner wrote")
    done = run(str(tmp_path), "--size", "64x64", "--out", str(scanned))
    assert done.returncode == 2
    assert ".png" in done.stderr
    assert scanned.read_bytes() == b"what a scanner wrote"


def test_a_preset_for_other_values_is_refused(run: Run, shared_data: Path, tmp_path: Path) -> None:
    case = shared_data / "mr_t1_sagittal"
    done = run(str(case), "--preset", "bone", "--out", str(tmp_path / "x.png"))
    assert done.returncode == 2
    assert "mr" in done.stderr


def test_a_machine_without_any_opengl_draws_by_the_processor(
    run: Run, shared_data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """EGL finds no driver in an empty folder, and there is no X server to ask."""
    monkeypatch.setenv("__EGL_VENDOR_LIBRARY_DIRS", str(tmp_path))
    case, out = shared_data / "mr_t1_sagittal", tmp_path / "x.png"
    done = run(str(case), "--size", "96x64", "--out", str(out), "--json")
    assert done.returncode == 0, done.stderr
    facts = json.loads(done.stdout)
    if facts["gl_renderer"]:
        pytest.skip("OSMesa answers here")
    assert facts["mapper"] == "cpu"
    assert np.array(Image.open(out))[:64].std() > 20


def test_a_machine_without_the_opengl_libraries_draws_by_the_processor(
    run: Run, shared_data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The loader meets an empty file under each of their names, and looks no further."""
    for name in _GL_LIBRARIES:
        (tmp_path / name).touch()
    monkeypatch.setenv("LD_LIBRARY_PATH", str(tmp_path))
    case, out = shared_data / "mr_t1_sagittal", tmp_path / "x.png"
    done = run(str(case), "--size", "96x64", "--out", str(out), "--json")
    assert done.returncode == 0, done.stderr
    facts = json.loads(done.stdout)
    assert (facts["mapper"], facts["gl_renderer"]) == ("cpu", "")
    assert np.array(Image.open(out))[:64].std() > 20


def test_the_scale_is_the_same_near_and_far_where_that_is_asked_for(
    run: Run, shared_data: Path, tmp_path: Path
) -> None:
    case, out = str(shared_data / "ct_gunshot_00" / "dicom"), tmp_path / "x.png"
    wish = ("--view", "20,-10", "--preset", "teeth", "--size", "160x120", "--out", str(out))
    done = run(case, *wish, "--json", "--parallel")
    assert done.returncode == 0, done.stderr
    parameters = json.loads(done.stdout)["parameters"]
    assert parameters["camera"]["parallel"] is True
    assert parameters["preset"] == "teeth"
    assert parameters["reduced"] == [1, 1, 1]


@pytest.mark.parametrize("language", ["kk", "ru", "en"])
def test_the_help_names_every_preset(run: Run, language: str) -> None:
    done = run("--help", "--lang", language)
    words = re.split(r"[\s,:]+", done.stdout)
    assert set(presets()) <= set(words)
