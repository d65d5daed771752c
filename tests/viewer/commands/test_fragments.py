"""`virtopsy fragments` tells every dense piece of a series, in JSON and in three languages."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from main import main

_CONTRACT = {
    "centre_lps_mm",
    "volume_mm3",
    "size_mm",
    "max_hu",
    "saturated",
    "site",
    "may_be_dental",
}


@pytest.fixture(scope="module")
def head(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The synthetic head, its slices round the wound."""
    folder = tmp_path_factory.mktemp("head")
    assert main(["phantom", str(folder), "--seed", "11", "--slices", "90"]) == 0
    return folder


def answer(path: Path, capsys: pytest.CaptureFixture[str], *options: str) -> dict[str, Any]:
    capsys.readouterr()
    assert main(["fragments", str(path), "--json", *options]) == 0
    out, err = capsys.readouterr()
    assert err == ""
    told: dict[str, Any] = json.loads(out)
    return told


def test_the_json_has_the_keys_of_the_contract_and_the_fragments_of_the_truth(
    head: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    told = answer(head / "dicom", capsys)
    truth = json.loads((head / "truth.json").read_text(encoding="utf-8"))
    assert all(one.keys() >= _CONTRACT for one in told["fragments"])
    assert (told["units"], told["frame"], told["scale_ends_hu"]) == ("mm", "LPS", 3071)
    assert [one["code"] for one in told["problems"]] == ["hu_saturated"]
    places = np.array([one["centre_lps_mm"] for one in told["fragments"]])
    for true in truth["fragments"]:
        away = np.linalg.norm(places - true["centre"], axis=1)
        one = told["fragments"][int(np.argmin(away))]
        assert away.min() < 0.3
        assert (one["site"], one["may_be_dental"], one["saturated"]) == ("inside", False, True)
        assert 2 * true["radius_mm"] < one["size_mm"][0] < 2 * true["radius_mm"] + 2
    volumes = [one["volume_mm3"] for one in told["fragments"]]
    assert volumes == sorted(volumes, reverse=True)


@pytest.mark.parametrize(
    ("language", "inside"),
    [("kk", "дене ішінде"), ("ru", "внутри тела"), ("en", "inside the body")],
)
def test_the_words_say_each_piece_its_range_and_what_the_numbers_leave_out(
    head: Path, language: str, inside: str, capsys: pytest.CaptureFixture[str]
) -> None:
    told = answer(head / "dicom", capsys)
    assert main(["fragments", str(head / "dicom"), "--lang", language]) == 0
    lines = capsys.readouterr().out.splitlines()
    numbered = [line for line in lines if line.partition(".")[0].isdigit() and ";" in line]
    assert len(numbered) == len(told["fragments"])
    assert str(len(numbered)) in lines[0]
    assert inside in numbered[0]
    largest = told["fragments"][0]["volume_mm3"]
    assert f"{largest:.1f}".replace(".", "." if language == "en" else ",") in numbered[0]
    limit = "calibre" if language == "en" else "калибр"
    assert any(limit in line and "HU" not in line for line in lines)
    assert any("±50 HU" in line for line in lines)


@pytest.mark.parametrize(
    ("language", "said"), [("kk", "білдірмейді"), ("ru", "не значит"), ("en", "does not mean")]
)
def test_where_nothing_is_found_the_words_do_not_say_that_nothing_is_there(
    shared_data: Path, language: str, said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """A corrected grid too: there the words say that it is computed."""
    series = shared_data / "ct_head_gantry_tilt_uneven"
    told = answer(series, capsys)
    assert (told["fragments"], told["grid_computed"]) == ([], True)
    assert main(["fragments", str(series), "--lang", language]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert said in lines[0]
    assert len(lines) == 3 + len(told["problems"])


@pytest.mark.parametrize(
    ("language", "said"), [("kk", "КТ сериясын"), ("ru", "серию КТ"), ("en", "CT series")]
)
def test_magnetic_resonance_is_refused_in_one_sentence(
    shared_data: Path, language: str, said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["fragments", str(shared_data / "mr_t1_sagittal"), "--lang", language]) == 3
    out, err = capsys.readouterr()
    assert out == ""
    assert len(err.splitlines()) == 1
    assert said in err


def test_a_series_that_is_not_there_is_told_in_one_sentence(
    head: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["fragments", str(head / "dicom"), "--series", "1.2.3"]) == 3
    assert len(capsys.readouterr().err.splitlines()) == 1
