"""An archive in a temporary folder, its expert, and a little scan made here."""

from __future__ import annotations

import shutil
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pydicom
import pytest
from pydicom.dataset import FileDataset, FileMetaDataset
from pydicom.uid import UID, CTImageStorage, ExplicitVRLittleEndian

from archive.opening import Archive, create, open_archive
from archive.proof.signing import Cost
from archive.records import Actor, Role
from virtopsy.jobs import Progress

CHEAP = Cost(memory_kib=8, passes=1, lanes=1)
CASE = "2026-1"
SERIES = "1.2.3.4.5"
FRAME = "1.2.3.4.9"
PASSWORD = "a password"
SECOND_PASSWORD = "pw-pw-pw"


class Clock:
    """A clock that a test turns; left alone it goes as the machine's own does.

    It counts from March 2026 by the clock that nobody can set, which all programs of this machine
    share: an archive copied from a template sees no clock that was moved. At every look at least
    a thousandth of a second has passed.
    """

    def __init__(self) -> None:
        self._newest = datetime(2000, 1, 1, tzinfo=UTC)
        self._turned = timedelta()

    def __call__(self) -> datetime:
        gone = timedelta(seconds=time.monotonic()) + self._turned
        now = datetime(2026, 3, 1, 12, tzinfo=UTC) + gone
        self._newest = max(self._newest + timedelta(milliseconds=1), now)
        return self._newest

    def turn(self, by: timedelta) -> None:
        """Set the clock forward, or back."""
        self._turned += by
        self._newest += by


def write_slice(path: Path, number: int, *, series: str = SERIES, filler: int = 0) -> None:
    """Write one CT slice of 4 x 4 voxels."""
    meta = FileMetaDataset()
    meta.TransferSyntaxUID = ExplicitVRLittleEndian
    meta.MediaStorageSOPClassUID = CTImageStorage
    meta.MediaStorageSOPInstanceUID = UID(f"{series}.{number}")
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
    _make_scan(folder)
    return folder


def _make_scan(folder: Path) -> None:
    folder.mkdir()
    for number in (1, 2, 3):
        write_slice(folder / f"s{number}.dcm", number)
    (folder / "readme.txt").write_bytes(b"not an image \0")


@pytest.fixture
def clock() -> Clock:
    """A clock of one's own."""
    return Clock()


@pytest.fixture(scope="session")
def templates(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two archives made once, copied for every test: "new", and "kept" with a case."""
    folder = tmp_path_factory.mktemp("templates")
    carrier = folder / "carrier"
    _make_scan(carrier)
    create(folder / "new", person="Ахметова", password=PASSWORD, clock=Clock(), cost=CHEAP)
    shutil.copytree(folder / "new", folder / "kept")
    with open_archive(folder / "kept", clock=Clock(), cost=CHEAP) as archive:
        expert = archive.access.login("Ахметова", PASSWORD)
        archive.intake.take_in(expert, carrier, case_number=CASE, progress=Progress())
        archive.cases.add_finding(expert, CASE, track(finding_id="t1"))
    return folder


@pytest.fixture
def folder(tmp_path: Path, templates: Path) -> Path:
    """A new archive."""
    return Path(shutil.copytree(templates / "new", tmp_path / "evidence"))


@pytest.fixture
def state(tmp_path: Path) -> Path:
    """Where its checks remember what they saw: outside the archive."""
    return tmp_path / "state"


@pytest.fixture
def archive(folder: Path, clock: Clock, state: Path) -> Iterator[Archive]:
    """The archive, open."""
    with open_archive(folder, clock=clock, cost=CHEAP, state=state) as opened:
        yield opened


@pytest.fixture
def kept(archive: Archive, templates: Path) -> Archive:
    """The archive with the scan in a case, and one finding."""
    shutil.rmtree(archive.folder)
    shutil.copytree(templates / "kept", archive.folder)
    return archive


@pytest.fixture
def expert(archive: Archive, request: pytest.FixtureRequest) -> Actor:
    """Its first person, logged in (after `kept` was laid in, where a test asks for it)."""
    if "kept" in request.fixturenames:
        request.getfixturevalue("kept")
    return archive.access.login("Ахметова", PASSWORD)


def another(
    archive: Archive,
    actor: Actor,
    *roles: Role,
    name: str = "Second",
    password: str = SECOND_PASSWORD,
) -> Actor:
    """Somebody else, an expert where no role is named: added, logged in, the password their own."""
    archive.access.add_person(actor, name, "set by another", roles or (Role.EXPERT,))
    person = archive.access.login(name, "set by another")
    archive.access.change_password(person, "set by another", password)
    return person
