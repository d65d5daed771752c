"""An archive in a temporary folder, its expert, and a little scan made here."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pydicom
import pytest
from pydicom.dataset import FileDataset, FileMetaDataset
from pydicom.uid import ExplicitVRLittleEndian

from archive.opening import Archive, create, open_archive
from archive.proof.signing import Cost
from archive.records import Actor
from virtopsy.jobs import Progress

CHEAP = Cost(memory_kib=8, passes=1, lanes=1)
CASE = "2026-1"
SERIES = "1.2.3.4.5"
FRAME = "1.2.3.4.9"
PASSWORD = "a password"  # noqa: S105 -- of archives that live for one test


class Clock:
    """A clock that a test turns; one second passes at every look."""

    def __init__(self) -> None:
        self.time = datetime(2026, 3, 1, 12, tzinfo=UTC)

    def __call__(self) -> datetime:
        self.time += timedelta(seconds=1)
        return self.time


def write_slice(path: Path, number: int, *, series: str = SERIES, filler: int = 0) -> None:
    """Write one CT slice of 4 x 4 voxels."""
    meta = FileMetaDataset()
    meta.TransferSyntaxUID = ExplicitVRLittleEndian
    meta.MediaStorageSOPClassUID = "1.2.840.10008.5.1.4.1.1.2"
    meta.MediaStorageSOPInstanceUID = f"{series}.{number}"
    dataset = FileDataset(path, {}, file_meta=meta, preamble=b"\0" * 128)
    dataset.SpecificCharacterSet = "ISO_IR 192"
    dataset.SOPClassUID = meta.MediaStorageSOPClassUID
    dataset.SOPInstanceUID = f"{series}.{number}"
    dataset.SeriesInstanceUID = series
    dataset.StudyInstanceUID = "1.2.3.4"
    dataset.FrameOfReferenceUID = FRAME
    dataset.PatientName = "Әлиев^Қанат"
    dataset.Modality = "CT"
    dataset.StudyDate = "20260228"
    dataset.SeriesDescription = "head"
    dataset.Rows = dataset.Columns = 4
    dataset.BitsAllocated = dataset.BitsStored = 16
    dataset.HighBit, dataset.PixelRepresentation, dataset.SamplesPerPixel = 15, 1, 1
    dataset.PhotometricInterpretation = "MONOCHROME2"
    dataset.PixelData = np.full((4, 4), number + filler, np.int16).tobytes()
    pydicom.dcmwrite(path, dataset, enforce_file_format=True)


def track(name: str = "Track 1", **other: Any) -> dict[str, Any]:
    """Return a trajectory as a person hands it in."""
    return {
        "kind": "trajectory",
        "name": name,
        "series_uid": SERIES,
        "frame_of_reference_uid": FRAME,
        "ends_lps_mm": [[0.0, -0.0004, 1.5], [40.1234, 2.0, 3.0]],
        **other,
    }


@pytest.fixture
def scan(tmp_path: Path) -> Path:
    """A folder with three slices and a text."""
    folder = tmp_path / "carrier"
    folder.mkdir()
    for number in (1, 2, 3):
        write_slice(folder / f"s{number}.dcm", number)
    (folder / "readme.txt").write_text("not an image")
    return folder


@pytest.fixture
def clock() -> Clock:
    """A clock of one's own."""
    return Clock()


@pytest.fixture
def folder(tmp_path: Path, clock: Clock) -> Path:
    """A new archive."""
    made = tmp_path / "evidence"
    create(made, person="Ахметова", password=PASSWORD, clock=clock, cost=CHEAP)
    return made


@pytest.fixture
def archive(folder: Path, clock: Clock) -> Iterator[Archive]:
    """The archive, open."""
    with open_archive(folder, clock=clock, cost=CHEAP) as opened:
        yield opened


@pytest.fixture
def expert(archive: Archive) -> Actor:
    """Its first person, logged in."""
    return archive.access.login("Ахметова", PASSWORD)


@pytest.fixture
def kept(archive: Archive, expert: Actor, scan: Path) -> Archive:
    """The archive with the scan in a case, and one finding."""
    archive.intake.take_in(expert, scan, case_number=CASE, progress=Progress())
    archive.cases.add_finding(expert, CASE, track(finding_id="t1"))
    return archive
