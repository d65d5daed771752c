"""`virtopsy load` writes what it read, where it lies."""

from __future__ import annotations

import json
import shlex
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
import SimpleITK as sitk  # noqa: N813 -- its own documentation's name

from main import main


@pytest.mark.parametrize("ending", [".nii.gz", ".nrrd", ".mha"])
def test_the_file_written_holds_values_and_place(
    shared_data: Path, tmp_path: Path, ending: str, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / f"volume{ending}"
    source = shared_data / "mr_t1_sagittal"
    assert main(["load", str(source), "--out", str(out), "--json"]) == 0
    facts = json.loads(capsys.readouterr().out)
    names = sitk.ImageSeriesReader.GetGDCMSeriesFileNames(str(source))
    expected, written = sitk.ReadImage(names), sitk.ReadImage(str(out))
    np.testing.assert_array_equal(sitk.GetArrayFromImage(written), sitk.GetArrayFromImage(expected))
    assert written.GetSpacing() == pytest.approx(expected.GetSpacing(), abs=1e-5)
    assert written.GetOrigin() == pytest.approx(expected.GetOrigin(), abs=1e-4)
    assert written.GetDirection() == pytest.approx(expected.GetDirection(), abs=1e-6)
    assert facts["shape"] == [18, 256, 256]
    affine = np.array(facts["affine_lps"])
    corner = affine @ (255, 255, 17, 1)
    assert corner[:3] == pytest.approx(
        expected.TransformIndexToPhysicalPoint((255, 255, 17)), abs=1e-4
    )
    assert [one.name for one in tmp_path.iterdir()] == [out.name]


def test_the_json_has_the_published_keys(
    shared_data: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["load", str(shared_data / "ct_gunshot_00"), "--json", "--lang", "kk"]) == 0
    facts = json.loads(capsys.readouterr().out)
    assert (facts["hu_min"], facts["hu_max"]) == (-1024, 3071)
    assert facts["spacing_mm"][2] == pytest.approx(1.5)
    assert 0 < facts["seconds"] < 30
    assert facts["peak_rss_mb"] > 10
    assert [one["code"] for one in facts["problems"]] == ["hu_saturated"]
    assert facts["problems"][0]["text"]


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (["ct_localizer_and_secondary"], 3),
        (["broken"], 3),
        (["mr_t1_sagittal", "--series", "1.2.3"], 3),
        (["mr_t1_sagittal", "--series", ""], 2),
        (["mr_t1_sagittal", "--out", "volume.jpg"], 2),
        (["mr_t1_sagittal", "--out", "/no/such/folder/volume.nrrd"], 5),
    ],
)
def test_a_refusal_is_one_sentence_and_its_exit_code(
    shared_data: Path, arguments: list[str], code: int, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["load", str(shared_data / arguments[0]), *arguments[1:]]) == code
    out, err = capsys.readouterr()
    assert out == ""
    assert len(err.splitlines()) == 1


@pytest.mark.skipif(sys.platform != "linux", reason="the limit stands for a full disk on Linux")
@pytest.mark.parametrize("ending", [".nii.gz", ".nrrd", ".mha"])
def test_a_disk_that_takes_only_half_of_it_is_told_in_one_sentence(
    tmp_path: Path, ending: str
) -> None:
    assert main(["phantom", str(tmp_path / "case"), "--slices", "2"]) == 0
    out = tmp_path / f"volume{ending}"
    command = [sys.executable, "main.py", "load", str(tmp_path / "case/dicom"), "--out", str(out)]
    limited = ["bash", "-c", f"ulimit -f 40; exec {shlex.join(command)}"]
    ran = subprocess.run(limited, capture_output=True, text=True, check=False)
    assert (ran.returncode, len(ran.stderr.splitlines())) == (5, 1)
    assert not list(tmp_path.glob("*volume*"))
