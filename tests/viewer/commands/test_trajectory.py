"""`virtopsy trajectory` on cases whose truth is known."""

from __future__ import annotations

import json
import math
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from main import main


def _numbers(
    capsys: pytest.CaptureFixture[str], folder: Path, truth: dict[str, list[float]], end: str
) -> dict[str, Any]:
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
    assert math.dist(found["entry_lps_mm"], truth["entry_mm"]) < 1.5
    assert found["clicked_lps_mm"][0] == pytest.approx(truth["entry_mm"])


def _listed(off: list[float], point: list[float]) -> str:
    return ",".join(str(a + b) for a, b in zip(off, point, strict=True))


def test_clicks_five_mm_off_are_refined_with_rims_bevels_and_a_joint_covariance(
    shared_data: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = shared_data / "ct_gunshot_00"
    truth = json.loads((folder / "truth.json").read_text())
    entry = _listed([3.0, 0.0, -4.0], truth["entry_mm"])
    exit_ = _listed([0.0, 4.0, 3.0], truth["exit_mm"])

    arguments = [str(folder / "dicom"), f"--entry={entry}", f"--exit={exit_}", "--json"]
    assert main(["trajectory", *arguments]) == 0

    (found,) = json.loads(capsys.readouterr().out)["proposals"]
    assert found["azimuth_deg"] == pytest.approx(truth["azimuth_deg"], abs=1.0)
    assert found["elevation_deg"] == pytest.approx(truth["elevation_deg"], abs=1.0)
    assert math.dist(found["exit_lps_mm"], truth["exit_mm"]) < 1.5
    assert [hole["rim"] for hole in found["holes"]] == ["outer", "inner"]
    assert [len(row) for row in found["end_covariance_mm2"]] == [6] * 6
    assert len(found["holes"][0]["bevel"]["radius_mm"]) >= 8
    assert found["method"] == "rim"
    assert found["problems"] == []


def test_where_nothing_can_be_refined_the_clicks_stay_and_the_reason_is_said(
    shared_data: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = shared_data / "ct_gunshot_00"
    truth = json.loads((folder / "truth.json").read_text())
    inside = [float(part) for part in np.mean([truth["entry_mm"], truth["exit_mm"]], axis=0)]
    entry, other = _listed([0.0] * 3, truth["entry_mm"]), _listed([0.0, 0.0, 30.0], inside)

    arguments = [str(folder / "dicom"), f"--entry={entry}", f"--exit={other}", "--json"]
    assert main(["trajectory", *arguments]) == 0

    (found,) = json.loads(capsys.readouterr().out)["proposals"]
    assert found["ends_lps_mm"][0] == pytest.approx(truth["entry_mm"])
    assert found["sd_source"] == "clicks"
    (problem,) = found["problems"]
    assert problem["code"] in {"no_bone", "no_hole", "grazing"}
    assert problem["text"]


def test_an_entry_alone_is_joined_to_the_projectile_in_the_body(
    shared_data: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = shared_data / "ct_gunshot_02"
    truth = json.loads((folder / "truth.json").read_text())
    entry = _listed([2.0, -2.0, 3.0], truth["entry_mm"])

    assert main(["trajectory", str(folder / "dicom"), f"--entry={entry}", "--json"]) == 0

    (found,) = json.loads(capsys.readouterr().out)["proposals"]
    assert math.dist(found["entry_lps_mm"], truth["entry_mm"]) < 1.5
    assert math.dist(found["exit_lps_mm"], truth["bullet_mm"]) < 2.0
    assert found["method"] == "chord"
    assert [problem["code"] for problem in found["problems"]] == ["chord"]


@pytest.mark.parametrize(
    ("case", "other"),
    [("ct_gunshot_00", "exit_mm"), ("ct_gunshot_01", "exit_mm"), ("ct_gunshot_02", "bullet_mm")],
)
def test_without_a_click_the_true_track_comes_first_and_nothing_is_stated(
    shared_data: Path, capsys: pytest.CaptureFixture[str], case: str, other: str
) -> None:
    """The skull's own defect and the head rest are no wound: they do not come first."""
    truth = json.loads((shared_data / case / "truth.json").read_text())

    assert main(["trajectory", str(shared_data / case / "dicom"), "--json"]) == 0

    proposals = json.loads(capsys.readouterr().out)["proposals"]
    best = proposals[0]
    wanted = (truth["entry_mm"], truth[other])
    for end in best["ends_lps_mm"]:
        assert min(math.dist(end, place) for place in wanted) < 4.0
    assert best["score"] == max(one["score"] for one in proposals)
    for key in ("direction_by", "entry_lps_mm", "exit_lps_mm", "direction", "words"):
        assert best[key] is None
    assert best["azimuth_deg"] is None
    assert best["elevation_deg"] is None


def test_an_exit_without_an_entry_is_refused_in_one_sentence(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["trajectory", str(tmp_path), "--exit=1,2,3"]) == 2

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
