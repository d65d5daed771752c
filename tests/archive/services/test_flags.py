"""What is odd about what came in is said at the file or series it is about, and refuses nothing."""

from __future__ import annotations

import re
import warnings
from pathlib import Path
from typing import Any

import pydicom
import pytest
from pydicom.dataset import Dataset, FileDataset, FileMetaDataset
from pydicom.uid import ExplicitVRLittleEndian, MediaStorageDirectoryStorage

from archive.opening import Archive
from archive.proof import canonical
from archive.records import Actor, IntakeReport
from archive.services import flags
from tests.archive.conftest import CASE, SERIES, write_slice
from virtopsy.jobs import Progress
from virtopsy.language import Language, has

_STUDY = "1.2.3.4"


def _slice(folder: Path, number: int, *, series: str = SERIES, **elements: Any) -> Path:
    path = folder / f"{series}_{number}.dcm"
    write_slice(path, number, series=series)
    dataset = pydicom.dcmread(path)
    dataset.InstanceNumber = number
    for name, value in elements.items():
        setattr(dataset, name, value)
    dataset.save_as(path)
    return path


@pytest.fixture
def carrier(tmp_path: Path) -> Path:
    """An empty carrier."""
    folder = tmp_path / "carrier"
    folder.mkdir()
    return folder


def _take(archive: Archive, expert: Actor, source: Path) -> IntakeReport:
    return archive.intake.take_in(expert, source, case_number=CASE, progress=Progress())


def _flags(report: IntakeReport) -> dict[str, tuple[str, dict[str, Any]]]:
    return {one.code: (one.about, dict(one.facts)) for one in report.flags}


def test_a_plain_scan_has_no_flag(archive: Archive, expert: Actor, carrier: Path) -> None:
    for number in (1, 2, 3):
        _slice(carrier, number, ImageType=["ORIGINAL", "PRIMARY", "AXIAL"])
    report = _take(archive, expert, carrier)
    assert report.flags == ()
    assert all(one.flags == () for one in report.report)


def test_what_a_file_says_of_its_pixels_and_letters_is_flagged_at_the_file(
    archive: Archive, expert: Actor, carrier: Path
) -> None:
    _slice(carrier, 1, ImageType=["DERIVED", "SECONDARY", "MPR"])
    path = _slice(carrier, 2, SpecificCharacterSet="ISO_IR 100", PatientName="X" * 30)
    name = "Ахметова^Айгуль".encode("cp1251").ljust(30)
    path.write_bytes(path.read_bytes().replace(b"X" * 30, name))
    report = _take(archive, expert, carrier)
    codes = [[flag.code for flag in one.flags] for one in report.report]
    assert codes == [["derived", "secondary"], ["charset_guessed"]]
    assert report.report[1].flags[0].facts == {"charset": "Windows-1251"}


def test_other_devices_and_software_within_a_study_are_flagged(
    archive: Archive, expert: Actor, carrier: Path
) -> None:
    _slice(carrier, 1, StationName="CT1", SoftwareVersions="5.0")
    _slice(carrier, 2, StationName="CT1", SoftwareVersions="5.0")
    assert _take(archive, expert, carrier).flags == ()
    _slice(carrier, 1, series="1.2.3.4.6", StationName="PC", SoftwareVersions="viewer 3")
    assert _flags(_take(archive, expert, carrier)) == {
        "station_differs": (_STUDY, {"n": 2, "named": "CT1, PC"}),
        "software_differs": (_STUDY, {"n": 2, "named": "5.0, viewer 3"}),
    }


def test_dates_outside_the_case_are_flagged(archive: Archive, expert: Actor, carrier: Path) -> None:
    _slice(carrier, 1, AcquisitionDate="20260227")
    _slice(carrier, 1, series="1.2.3.4.6", AcquisitionDate="20260228")
    _slice(carrier, 1, series="1.2.3.4.7", AcquisitionDate="20260402")
    _slice(carrier, 1, series="1.2.3.4.8", AcquisitionDate="20190101")
    odd = _slice(carrier, 1, series="1.2.3.4.9", AcquisitionDate="20261231")
    odd.write_bytes(odd.read_bytes().replace(b"20261231", b"20261399"))
    flags = _take(archive, expert, carrier).flags
    assert [(one.code, one.about, one.facts["date"]) for one in flags] == [
        ("date_after_intake", "1.2.3.4.7", "2026-04-02"),
        ("date_far", "1.2.3.4.8", "2019-01-01"),
    ]


def test_missing_numbers_in_a_series_are_flagged(
    archive: Archive, expert: Actor, carrier: Path
) -> None:
    for number in (2, 3, 5, 9):
        _slice(carrier, number)
    assert _flags(_take(archive, expert, carrier)) == {
        "instance_gap": (SERIES, {"n": 4, "named": "4, 6, 7, 8"})
    }


def test_the_same_sop_uid_with_other_bytes_is_a_conflict_with_a_flag(
    kept: Archive, expert: Actor, carrier: Path
) -> None:
    write_slice(carrier / "s1.dcm", 1, filler=100)
    (one,) = _take(kept, expert, carrier).report
    assert one.code == "conflict"
    assert [flag.code for flag in one.flags] == ["conflict"]


def test_an_index_that_lists_what_is_not_there_is_flagged(
    archive: Archive, expert: Actor, carrier: Path
) -> None:
    _slice(carrier, 1).rename(carrier / "IM1")
    meta = FileMetaDataset()
    meta.TransferSyntaxUID = ExplicitVRLittleEndian
    meta.MediaStorageSOPClassUID = MediaStorageDirectoryStorage
    index = FileDataset("DICOMDIR", {}, file_meta=meta, preamble=bytes(128))
    parts = (["IM1"], ["CT", "IM2"], ["..", "IM3"])
    index.DirectoryRecordSequence = [Dataset() for _ in parts]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # a name no disc would have
        for record, named in zip(index.DirectoryRecordSequence, parts, strict=True):
            record.add_new(0x00041500, "CS", named)
        pydicom.dcmwrite(carrier / "DICOMDIR", index)
    report = _take(archive, expert, carrier / "DICOMDIR")
    told = {one.path: (one.code, one.kind, one.facts) for one in report.report}
    assert told["DICOMDIR"] == ("stored", "container", {"format": "DICOMDIR", "listed": 3})
    assert _flags(report) == {
        "index_missing": ("DICOMDIR", {"n": 1, "named": "CT/IM2"}),
        "index_escapes": ("DICOMDIR", {"n": 1, "named": "../IM3"}),
    }


def test_flags_stand_in_the_intake_object_and_are_said_in_three_languages(
    archive: Archive, expert: Actor, carrier: Path
) -> None:
    _slice(carrier, 1, ImageType=["DERIVED", "PRIMARY"])
    _slice(carrier, 3)
    report = _take(archive, expert, carrier)
    (entry,) = [one for one in archive.log.entries(expert, CASE) if one.act == "import"]
    said = canonical.decode(entry.body)
    assert said["data"]["flags"] == 2
    name = report.intake_sha256
    assert entry.seq == report.seq
    assert said["obj"][0]["sha256"] == name
    path = archive.folder / "objects/sha256" / name[:2] / name[2:4] / name
    kept = canonical.decode(path.read_bytes())["data"]
    assert [one["code"] for one in kept["flags"]] == ["instance_gap"]
    assert [[flag["code"] for flag in one.get("flags", [])] for one in kept["report"]] == [
        ["derived"],
        [],
    ]
    for flag in (*report.flags, *report.report[0].flags):
        assert len({flag.sentence(language) for language in Language}) == 3


@pytest.mark.parametrize("language", list(Language))
def test_every_flag_that_is_named_has_its_sentence(language: Language) -> None:
    codes = re.findall(r"^([a-z_]+) {2,}", flags.__doc__ or "", re.MULTILINE)
    assert "destroyed_before" in codes
    assert not [one for one in codes if one != "code" and not has(f"intake.flag.{one}", language)]
