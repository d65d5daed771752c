"""What is no slice is listed by what it is, in words, and keeps nothing else from opening."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from pydicom import Dataset
from pydicom.dataset import FileMetaDataset
from pydicom.uid import ExplicitVRLittleEndian

from virtopsy.dicom.scan import scan
from virtopsy.dicom.series import Series
from virtopsy.imaging.compression import lossy_mark
from virtopsy.imaging.volume import Volume
from virtopsy.jobs import Progress
from virtopsy.language import Language

STORAGE = "1.2.840.10008.5.1.4.1.1."
STACK = [(0.0, 0.0, 2.0 * k) for k in range(5)]
# The object, and a word of its name in English, Russian and Kazakh.
OBJECTS = {
    f"{STORAGE}66.4": ("SEG", "segmentation", "сегментация", "сегментация"),
    f"{STORAGE}88.11": ("SR", "structured report", "отчёт", "есеп"),
    f"{STORAGE}88.33": ("SR", "structured report", "отчёт", "есеп"),
    f"{STORAGE}88.59": ("KO", "key images", "ключевых снимков", "негізгі кескіндер"),
    f"{STORAGE}88.67": ("SR", "radiation dose", "дозе облучения", "сәулелену дозасы"),
    f"{STORAGE}481.3": ("RTSTRUCT", "outlined organs", "органы", "ағзалар"),
    f"{STORAGE}481.5": ("RTPLAN", "radiotherapy plan", "план лучевой", "терапия жоспары"),
    f"{STORAGE}481.2": ("RTDOSE", "radiotherapy dose", "доза лучевой", "терапия дозасы"),
    f"{STORAGE}11.1": ("PR", "presentation state", "состояние показа", "көрсету күйі"),
    f"{STORAGE}104.1": ("DOC", "document (PDF)", "документ (PDF)", "құжат (PDF)"),
    f"{STORAGE}9.1.1": ("ECG", "ECG record", "запись ЭКГ", "ЭКГ жазбасы"),
    f"{STORAGE}66": ("CT", "raw data", "необработанные данные", "өңделмеген деректер"),
    f"{STORAGE}66.1": ("REG", "registration", "совмещение", "беттестіру"),
    "1.3.12.2.1107.5.9.1": ("CT", "maker", "изготовителя", "өндірушісінің"),
}


def write_object(folder: Path, sop_class: str, modality: str, number: int) -> None:
    ds = Dataset()
    ds.SOPClassUID, ds.SOPInstanceUID = sop_class, f"1.2.9.{number}"
    ds.StudyInstanceUID, ds.SeriesInstanceUID = "1.2", f"1.2.8.{number}"
    ds.Modality, ds.PatientName = modality, "Phantom^Test"
    ds.ContentLabel = "FINDINGS"
    ds.file_meta = FileMetaDataset()
    ds.file_meta.TransferSyntaxUID = ExplicitVRLittleEndian
    ds.save_as(folder / f"{number}", enforce_file_format=True)


def series_of(folder: Path) -> list[Series]:
    found = scan(folder, Progress())
    assert found.skipped == ()
    return [one for study in found.studies for one in study.series]


def test_objects_without_pictures_are_listed_by_their_names(tmp_path: Path) -> None:
    for number, (sop_class, (modality, *_)) in enumerate(OBJECTS.items()):
        write_object(tmp_path, sop_class, modality, number)
    by_class = {one.instances[0].sop_class: one for one in series_of(tmp_path)}
    assert set(by_class) == set(OBJECTS)
    for sop_class, (_, *names) in OBJECTS.items():
        listed = by_class[sop_class]
        assert (listed.volume, listed.frames, listed.files) == (False, 0, 1)
        (problem,) = listed.problems
        assert problem.code == "not_an_image"
        for language, name in zip((Language.EN, Language.RU, Language.KK), names, strict=True):
            assert name in problem.sentence(language)


def test_two_kinds_of_objects_in_one_series_are_told_apart(tmp_path: Path) -> None:
    for number, sop_class in enumerate((f"{STORAGE}88.33", f"{STORAGE}66.4")):
        write_object(tmp_path, sop_class, "SR", number)
        path = tmp_path / f"{number}"
        path.write_bytes(path.read_bytes().replace(b"1.2.8.1", b"1.2.8.0"))
    told = {one.problems[0].sentence(Language.EN) for one in series_of(tmp_path)}
    assert len(told) == 2


def test_a_photograph_is_no_secondary_capture(tmp_path: Path, write_stack: Any) -> None:
    write_stack(tmp_path, STACK[:1], change=says(SOPClassUID=f"{STORAGE}77.1.4"))
    (listed,) = series_of(tmp_path)
    assert "photograph" in listed.problems[0].sentence(Language.EN)


def says(**elements: Any) -> Callable[[Dataset, int], None]:
    def change(ds: Dataset, _number: int) -> None:
        for keyword, value in elements.items():
            setattr(ds, keyword, value)

    return change


@pytest.mark.parametrize(
    ("ratios", "mark"),
    [
        ("12.5", "lossy compression 12.5:1"),
        (["4", "30"], "lossy compression 30:1"),
        ("rubbish", "lossy compression"),
        ("1", "lossy compression"),
        (None, "lossy compression"),
    ],
)
def test_a_volume_of_lossy_slices_is_marked_with_its_ratio(
    tmp_path: Path, write_stack: Any, load: Callable[..., Volume], ratios: Any, mark: str
) -> None:
    write_stack(tmp_path, STACK, change=says(LossyImageCompression="01"))
    if ratios is not None:
        said = "\\".join([ratios] if isinstance(ratios, str) else ratios).encode()
        said += b" " * (len(said) % 2)
        for path in tmp_path.iterdir():  # by hand: pydicom refuses to write rubbish
            element = b"\x28\x00\x12\x21DS" + len(said).to_bytes(2, "little") + said
            head, pixels, rest = path.read_bytes().partition(b"\xe0\x7f\x10\x00")
            path.write_bytes(head + element + pixels + rest)
    (series,) = series_of(tmp_path)
    assert [one.code for one in series.problems] == ["lossy"]
    assert lossy_mark(load(tmp_path), Language.EN) == mark


def test_a_few_lossy_slices_mark_the_whole_volume(
    tmp_path: Path, write_stack: Any, load: Callable[..., Volume]
) -> None:
    def change(ds: Dataset, number: int) -> None:
        ds.LossyImageCompression = "01" if number in {1, 3} else "00"

    write_stack(tmp_path, STACK, change=change)
    (series,) = series_of(tmp_path)
    (problem,) = series.problems
    assert (problem.code, problem.facts) == ("lossy", {"n": 2, "of": 5})
    for language in Language:
        assert "2" in problem.sentence(language)
        assert lossy_mark(load(tmp_path), language)


def test_slices_without_loss_bear_no_mark(
    tmp_path: Path, write_stack: Any, load: Callable[..., Volume]
) -> None:
    write_stack(tmp_path, STACK, change=says(LossyImageCompression="00"))
    assert lossy_mark(load(tmp_path), Language.EN) == ""


def test_a_lossy_localizer_is_told_to_be_lossy(tmp_path: Path, write_stack: Any) -> None:
    change = says(ImageType=["ORIGINAL", "PRIMARY", "LOCALIZER"], LossyImageCompression="01")
    write_stack(tmp_path, STACK[:1], change=change)
    (series,) = series_of(tmp_path)
    assert [one.code for one in series.problems] == ["localizer", "lossy"]
