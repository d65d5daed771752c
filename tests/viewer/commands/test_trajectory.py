"""`virtopsy trajectory` on cases whose truth is known."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from main import main


def _numbers(
    capsys: pytest.CaptureFixture[str], folder: Path, truth: dict[str, list[float]], end: str
) -> dict[str, object]:
    entry, exit_ = (",".join(map(str, truth[name])) for name in ("entry_mm", end))
    arguments = [str(folder), f"--entry={entry}", f"--exit={exit_}", "--json"]
    assert main(["trajectory", *arguments]) == 0
    (proposal,) = json.loads(capsys.readouterr().out)["proposals"]
    return dict(proposal)


@pytest.mark.parametrize(
    ("case", "end"), [("ct_gunshot_00", "exit_mm"), ("ct_gunshot_02", "bullet_mm")]
)
def test_true_ends_give_the_true_angles(
    shared_data: Path, capsys: pytest.CaptureFixture[str], case: str, end: str
) -> None:
    truth = json.loads((shared_data / case / "truth.json").read_text())

    found = _numbers(capsys, shared_data / case / "dicom", truth, end)

    assert found["azimuth_deg"] == pytest.approx(truth["azimuth_deg"], abs=1.0)
    assert found["elevation_deg"] == pytest.approx(truth["elevation_deg"], abs=1.0)
    assert found["direction_by"] == "expert"
    assert found["entry_lps_mm"] == pytest.approx(truth["entry_mm"])


def test_one_end_alone_is_refused_in_one_sentence(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["trajectory", str(tmp_path), "--entry=1,2,3"]) == 2

    assert len(capsys.readouterr().err.strip().splitlines()) == 1


def test_a_point_that_is_no_point_is_refused_in_one_sentence(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["trajectory", str(tmp_path), "--entry=1,2", "--exit=1,2,nan"]) == 2

    assert len(capsys.readouterr().err.strip().splitlines()) == 1


def test_a_folder_without_images_is_told_as_scan_tells_it(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["trajectory", str(tmp_path), "--entry=1,2,3", "--exit=4,5,6"]) == 3
    assert str(tmp_path) in capsys.readouterr().err
