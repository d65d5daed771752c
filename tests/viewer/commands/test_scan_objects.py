"""`virtopsy scan` tells in three languages what is no volume, without the standard's own names."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from pydicom import Dataset
from pydicom.dataset import FileMetaDataset
from pydicom.uid import ExplicitVRLittleEndian

from main import main

STORAGE = "1.2.840.10008.5.1.4.1.1."
OBJECTS = {"SEG": f"{STORAGE}66.4", "SR": f"{STORAGE}88.67", "RTSTRUCT": f"{STORAGE}481.3"}
NAMES = {
    "en": ("segmentation (regions", "radiation dose report", "radiotherapy structures"),
    "ru": ("сегментация (области", "отчёт о дозе облучения", "структуры лучевой терапии"),
    "kk": ("сегментация (басқа", "сәулелену дозасы туралы есеп", "сәулелік терапия құрылымдары"),
}
WITHOUT_PICTURE = {"en": "without a picture", "ru": "без снимка", "kk": "кескіні жоқ"}


@pytest.fixture
def objects(tmp_path: Path) -> Path:
    """A folder with a segmentation, a dose report and a structure set, none with pixels."""
    for modality, sop_class in OBJECTS.items():
        ds = Dataset()
        ds.SOPClassUID, ds.SOPInstanceUID = sop_class, f"1.2.9.{len(modality)}"
        ds.StudyInstanceUID, ds.SeriesInstanceUID = "1.2", f"1.2.8.{len(modality)}"
        ds.Modality, ds.PatientName, ds.SeriesDescription = modality, "Phantom^Test", "made"
        ds.file_meta = FileMetaDataset()
        ds.file_meta.TransferSyntaxUID = ExplicitVRLittleEndian
        ds.save_as(tmp_path / modality, enforce_file_format=True)
    return tmp_path


@pytest.mark.parametrize("language", list(NAMES))
def test_objects_are_told_in_words(
    objects: Path, language: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["scan", str(objects), "--lang", language]) == 0
    said, err = capsys.readouterr()
    assert err == ""
    assert all(name in said for name in NAMES[language])
    assert said.count(WITHOUT_PICTURE[language]) == 3
    assert "Storage" not in said
    assert "0 × 0" not in said


def test_the_json_has_their_code_and_counts_no_frames(
    objects: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["scan", str(objects), "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert found["skipped"] == []
    listed = [one for study in found["studies"] for one in study["series"]]
    assert sorted(one["modality"] for one in listed) == sorted(OBJECTS)
    for one in listed:
        assert (one["volume"], one["files"], one["frames"]) == (False, 1, 0)
        assert [problem["code"] for problem in one["problems"]] == ["not_an_image"]


@pytest.mark.parametrize("language", list(NAMES))
@pytest.mark.parametrize("folder", ["ct_localizer_and_secondary", "charsets"])
def test_real_pictures_are_told_in_words(
    shared_data: Path, folder: str, language: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["scan", str(shared_data / folder), "--lang", language]) == 0
    said, err = capsys.readouterr()
    assert err == ""
    assert "Storage" not in said
    assert "^" not in said
