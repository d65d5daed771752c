"""`virtopsy scan` tells whose body it is, in the right letters, and what was assumed for that."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pydicom
import pytest
from pydicom import DataElement, Dataset

from main import main

STORED = "Әбдіғалиқызы^Айгүл"


@pytest.fixture
def folder(shared_data: Path, tmp_path: Path) -> Callable[..., Path]:
    """Return a folder with one small file whose person is as told, its texts as raw bytes."""

    def write(charset: str, texts: dict[str, bytes], **facts: str) -> Path:
        dataset = pydicom.dcmread(shared_data / "charsets" / "chrFren.dcm", force=True)
        dataset.SpecificCharacterSet = charset
        for keyword, raw in texts.items():
            _put(dataset, keyword, raw)
        for keyword, value in facts.items():
            setattr(dataset, keyword, value)
        dataset.save_as(tmp_path / "one.dcm")
        return tmp_path

    return write


def _put(dataset: Dataset, keyword: str, raw: bytes) -> None:
    tag = pydicom.datadict.tag_for_keyword(keyword)
    assert tag is not None
    # As UN the bytes are written as they are; the walk over the header does not mind.
    dataset[tag] = DataElement(tag, "UN", raw + b" " * (len(raw) % 2))


def _study(path: Path, capsys: pytest.CaptureFixture[str], language: str = "en") -> dict[str, Any]:
    assert main(["scan", str(path), "--json", "--lang", language]) == 0
    (study,) = json.loads(capsys.readouterr().out)["studies"]
    return dict(study)


def test_the_person_has_its_keys(
    folder: Callable[..., Path], capsys: pytest.CaptureFixture[str]
) -> None:
    path = folder(
        "ISO_IR 192",
        {"PatientName": "Иванов^Иван^Иванович".encode()},
        PatientSex="M",
        PatientBirthDate="19780305",
        PatientAge="045Y",
        StudyDate="20230306",
        StudyTime="140509.5",
    )
    study = _study(path, capsys)
    assert study["patient_name"] == "Иванов^Иван^Иванович"
    assert study["patient_name_readable"] == "Иванов Иван Иванович"
    assert (study["sex"], study["birth_date"]) == ("M", "1978-03-05")
    assert (study["age"], study["age_by_dates"]) == ("045Y", "045Y")
    assert (study["date"], study["time"]) == ("2023-03-06", "14:05:09")


@pytest.mark.parametrize("language", ["en", "ru", "kk"])
def test_what_was_assumed_is_named_with_what_it_reads_as(
    folder: Callable[..., Path], capsys: pytest.CaptureFixture[str], language: str
) -> None:
    study = _study(folder("ISO_IR 100", {"PatientName": STORED.encode("kz1048")}), capsys, language)
    assert study["patient_name"] == STORED
    told = [one for one in study["series"][0]["problems"] if one["code"] == "charset_guessed"]
    assert len(told) == 1
    assert "KZ-1048" in told[0]["text"]
    assert "Әбдіғалиқызы Айгүл" in told[0]["text"]


def test_all_texts_of_a_file_tell_its_set_together(
    folder: Callable[..., Path], capsys: pytest.CaptureFixture[str]
) -> None:
    texts = {
        "PatientName": "АН^ЛЕОНИД",
        "StudyDescription": "Голова",
        "InstitutionName": "Городская больница",
    }
    path = folder("ISO_IR 100", {key: text.encode("koi8_r") for key, text in texts.items()})
    study = _study(path, capsys)
    assert (study["patient_name"], study["description"]) == ("АН^ЛЕОНИД", "Голова")


def test_the_file_keeps_its_bytes(
    folder: Callable[..., Path], capsys: pytest.CaptureFixture[str]
) -> None:
    path = folder("ISO_IR 100", {"PatientName": STORED.encode("kz1048")})
    before = (path / "one.dcm").read_bytes()
    _study(path, capsys)
    assert (path / "one.dcm").read_bytes() == before
