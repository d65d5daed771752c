"""DICOMDIR: the files are looked at whatever it says, and what it lists but is gone is named."""

from __future__ import annotations

import gc
import shutil
import warnings
from pathlib import Path
from typing import Any

import pytest
from pydicom import DataElement, Dataset
from pydicom.config import IGNORE
from pydicom.dataset import FileMetaDataset
from pydicom.fileset import FileSet
from pydicom.uid import ExplicitVRLittleEndian, MediaStorageDirectoryStorage

from virtopsy.dicom.scan import scan
from virtopsy.dicom.series import Scan
from virtopsy.jobs import Progress
from virtopsy.language import Language

SIX = [(0, 0, 2.0 * k) for k in range(6)]


@pytest.fixture(scope="module")
def disc(tmp_path_factory: pytest.TempPathFactory, write_stack: Any) -> Path:
    """A disc as scanners burn it: an index, folders of eight letters, no endings."""
    folder = tmp_path_factory.mktemp("disc")
    with warnings.catch_warnings(action="ignore", category=ResourceWarning):
        files = FileSet()
        for path in write_stack(folder / "source", SIX, change=_complete):
            files.add(path)
        files.write(folder / "disc")
        del files  # leaves it to the collector to remove its folders, and is told off for it
        gc.collect()
    return folder / "disc"


def _complete(ds: Dataset, number: int) -> None:
    ds.StudyID, ds.SeriesNumber, ds.StudyTime = "1", 1, "120000"
    ds.AccessionNumber = str(number)


@pytest.fixture
def copy(disc: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(disc, tmp_path / "copy"))


def told(found: Scan) -> dict[str, str]:
    return {one.path.name: one.problem.variant for one in found.skipped}


def images(folder: Path) -> list[Path]:
    return sorted(one for one in folder.rglob("*") if one.is_file() and one.name != "DICOMDIR")


@pytest.mark.parametrize("of", ["", "DICOMDIR"])
def test_a_disc_is_read_by_its_folder_and_by_its_index(disc: Path, of: str) -> None:
    found = scan(disc / of, Progress())
    assert found.studies[0].series[0].frames == 6
    assert told(found) == {"DICOMDIR": "directory"}


def test_a_file_that_is_listed_but_gone_is_named(copy: Path) -> None:
    lost = images(copy)[2]
    lost.unlink()
    found = scan(copy / "DICOMDIR", Progress())
    assert found.studies[0].series[0].frames == 5
    assert told(found) == {"DICOMDIR": "directory", lost.name: "not_there"}
    assert {one.path for one in found.skipped if one.problem.variant == "not_there"} == {lost}
    assert all(one.problem.sentence(language) for one in found.skipped for language in Language)


def test_a_file_that_is_not_listed_is_read_as_well(copy: Path, write_stack: Any) -> None:
    write_stack(copy / "more", [(0, 0, 2.0 * k) for k in range(6, 8)], change=_later)
    assert scan(copy / "DICOMDIR", Progress()).studies[0].series[0].frames == 8


def _later(ds: Dataset, number: int) -> None:
    ds.SOPInstanceUID = f"1.2.826.0.1.3680043.10.999.{number + 7}"


@pytest.mark.parametrize("spelt", [str.lower, lambda name: f"{name};1", lambda name: f"{name}."])
def test_discs_may_spell_their_files_in_other_ways(copy: Path, spelt: Any) -> None:
    for path in images(copy):
        path.rename(path.with_name(spelt(path.name)))
    assert told(scan(copy, Progress())) == {"DICOMDIR": "directory"}


@pytest.mark.parametrize("keep", [0, 100, 140, 700, 2000])
def test_a_damaged_index_costs_none_of_its_files(copy: Path, keep: int) -> None:
    content = (copy / "DICOMDIR").read_bytes()
    (copy / "DICOMDIR").write_bytes(content[:keep])
    for of in ("", "DICOMDIR"):
        found = scan(copy / of, Progress())
        assert found.studies[0].series[0].frames == 6
        assert "DICOMDIR" in told(found)


def test_an_index_that_is_noise_is_called_damaged(copy: Path) -> None:
    (copy / "DICOMDIR").write_bytes(b"noise" * 100)
    found = scan(copy / "DICOMDIR", Progress())
    assert found.studies[0].series[0].frames == 6
    assert told(found) == {"DICOMDIR": "damaged_index"}


@pytest.mark.parametrize(
    "reference", [["..", "..", "etc", "passwd"], ["/etc/passwd"], ["A", "..", "B"], ["A\\..\\B"]]
)
def test_a_reference_that_leaves_the_disc_is_named_and_not_followed(
    tmp_path: Path, write_stack: Any, reference: list[str]
) -> None:
    write_stack(tmp_path / "disc", SIX)
    ds, record = Dataset(), Dataset()
    record.DirectoryRecordType = "IMAGE"
    record[0x00041500] = DataElement(0x00041500, "CS", reference, validation_mode=IGNORE)
    ds.DirectoryRecordSequence = [record]
    ds.file_meta = FileMetaDataset()
    ds.file_meta.TransferSyntaxUID = ExplicitVRLittleEndian
    ds.file_meta.MediaStorageSOPClassUID = MediaStorageDirectoryStorage
    ds.file_meta.MediaStorageSOPInstanceUID = "1.2.3"
    with warnings.catch_warnings(action="ignore"):  # a trap is no valid name
        ds.save_as(tmp_path / "disc" / "DICOMDIR", enforce_file_format=True)
    found = scan(tmp_path / "disc", Progress())
    variants = {one.problem.variant for one in found.skipped}
    assert variants in ({"directory", "escapes"}, {"directory", "not_there"})
    assert found.studies[0].series[0].frames == 6
    if len(reference) > 1 or reference[0].startswith("/"):
        assert "escapes" in variants
