"""A small case in a real archive, and its bundle: what the tests of the court floor start from."""

from __future__ import annotations

import hashlib
import json
import shutil
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from pydicom.dataset import Dataset, FileMetaDataset
from pydicom.uid import ExplicitVRLittleEndian

from archive.opening import Archive, create, open_archive
from archive.proof import canonical
from archive.proof.signing import Cost
from archive.records import Actor
from archive.services.bundling import BundleReport, Picture
from virtopsy.jobs import Progress
from virtopsy.language import Language

NUMBER = "2026-0451/к"
SERIES = "1.2.826.0.1.99"
CHEAP = Cost(8, 1, 1)
PICTURES = (Picture("axial", b"\x89PNG axial", {"mm_per_pixel": 0.5, "centre": [1.5, 2, 3]}),)
PDF = {Language.KK: b"%PDF-kk"}
FILES = (
    *("VERIFY_en.txt", "VERIFY_kk.txt", "VERIFY_ru.txt", "bag-info.txt", "bagit.txt"),
    *(f"data/dicom/SE000001/IM{n:06d}" for n in (1, 2, 3)),
    *("data/findings/000001.json", "data/findings/000002.json", "data/media/axial.png"),
    *("data/meta/intake/000001.json", "data/meta/manifests/000001.json"),
    *("data/meta/render.json", "data/meta/software.json", "data/meta/sources.json"),
    *("data/other/OT000001", "data/report/conclusion_kk.pdf"),
    *("log/checkpoint.txt", "log/entries.jsonl", "log/key.pem", "log/persons.json"),
    *("log/proofs.json", "manifest-sha256.txt", "sig/key.pem", "sig/seal.json", "sig/seal.sig"),
    *("tagmanifest-sha256.txt", "verify.py"),
)
"""Every file of the bundle; a test holds that there is no other."""


class Clock:
    """Goes on by a second whenever it is asked."""

    def __init__(self) -> None:
        self._now = datetime(2026, 11, 23, 12, tzinfo=UTC)

    def __call__(self) -> datetime:
        self._now += timedelta(seconds=1)
        return self._now


def write_sources(folder: Path) -> None:
    """Write three small slices with odd names, and a file that is no DICOM."""
    folder.mkdir()
    for n in range(3):
        _slice(n).save_as(folder / f"срез {n}", enforce_file_format=True)
    (folder / "note.txt").write_text("not DICOM")


def open_case(folder: Path) -> tuple[Archive, Actor]:
    """Make an archive with one case in `folder`, with a finding in two versions."""
    clock = Clock()
    write_sources(folder / "carrier")
    create(folder / "archive", person="Айгүл", password="pw-pw-pw", clock=clock, cost=CHEAP)
    archive = open_archive(folder / "archive", clock=clock, cost=CHEAP)
    actor = archive.access.login("Айгүл", "pw-pw-pw")
    archive.intake.take_in(
        actor, folder / "carrier", case_number=NUMBER, basis="Order 118", progress=Progress()
    )
    for name in ("Track 1", "Track 2"):
        archive.cases.add_finding(actor, NUMBER, track(name))
    archive.intake.take_in(
        actor, folder / "carrier", case_number="another case", progress=Progress()
    )
    return archive, actor


def track(name: str) -> dict[str, Any]:
    """Return a trajectory as JSON."""
    return {
        "kind": "trajectory",
        "series_uid": SERIES,
        "frame_of_reference_uid": "1.2.9",
        "name": name,
        "ends_lps_mm": [[1.0, 1.0, 0.0], [5.0, 6.0, 2.0]],
        "entry": 0,
        "direction_by": "expert",
        "grounds": ["bevel"],
    }


def bundled(
    archive: Archive,
    actor: Actor,
    out: Path,
    *,
    zipped: bool = False,
    progress: Progress | None = None,
) -> BundleReport:
    """Write the case's bundle at `out`."""
    return archive.court.bundle(
        actor,
        NUMBER,
        out,
        pictures=PICTURES,
        conclusion_pdf=PDF,
        zipped=zipped,
        progress=progress or Progress(),
    )


def copied(bundle: Path, to: Path) -> Path:
    """Return a copy of the bundle that may be spoilt."""
    shutil.copytree(bundle, to)
    for path in to.rglob("*"):
        path.chmod(0o755 if path.is_dir() else 0o644)
    return to


def digest(path: Path) -> str:
    """Return the SHA-256 of a file."""
    return hashlib.sha256(path.read_bytes()).hexdigest()


def rewrite_manifests(bundle: Path) -> None:
    """Make both manifests fit what lies there now, as a forger would."""
    files = sorted(one for one in bundle.rglob("*") if one.is_file())
    names = [one.relative_to(bundle).as_posix() for one in files]
    payload = [name for name in names if name.startswith("data/")]
    _list(bundle, "manifest-sha256.txt", payload)
    tags = [n for n in names if not n.startswith(("data/", "sig/", "tagmanifest"))]
    _list(bundle, "tagmanifest-sha256.txt", tags)


def reseal(bundle: Path, sign: Callable[[bytes], bytes], **changed: Any) -> None:
    """Rewrite the manifests and seal again, with other things said where `changed` names them."""
    rewrite_manifests(bundle)
    said: Mapping[str, Any] = json.loads((bundle / "sig/seal.json").read_bytes())
    tag_manifest = digest(bundle / "tagmanifest-sha256.txt")
    statement = canonical.encode({**said, "tagmanifest_sha256": tag_manifest, **changed})
    (bundle / "sig/seal.json").write_bytes(statement)
    (bundle / "sig/seal.sig").write_bytes(sign(statement))


def _list(bundle: Path, manifest: str, names: list[str]) -> None:
    lines = [f"{digest(bundle / name)}  {name}\n" for name in names]
    (bundle / manifest).write_text("".join(lines), encoding="utf-8")


def _slice(n: int) -> Dataset:
    made = Dataset()
    made.file_meta = FileMetaDataset()
    made.file_meta.TransferSyntaxUID = ExplicitVRLittleEndian
    made.SOPClassUID = "1.2.840.10008.5.1.4.1.1.2"
    made.SOPInstanceUID, made.SeriesInstanceUID = f"{SERIES}.{n + 1}", SERIES
    made.StudyInstanceUID, made.FrameOfReferenceUID = "1.2.826.0.1", "1.2.9"
    made.Modality, made.PatientName, made.PatientID = "CT", "A^B", "1"
    made.StudyDate, made.SeriesDescription = "20261120", "Head"
    made.Rows = made.Columns = 8
    made.BitsAllocated = made.BitsStored = 16
    made.HighBit, made.PixelRepresentation, made.SamplesPerPixel = 15, 1, 1
    made.PhotometricInterpretation = "MONOCHROME2"
    made.ImagePositionPatient = [0, 0, n]
    made.ImageOrientationPatient = [1, 0, 0, 0, 1, 0]
    made.PixelSpacing, made.SliceThickness = [1, 1], 1
    made.RescaleSlope, made.RescaleIntercept = 1, 0
    made.PixelData = np.full((8, 8), n, np.int16).tobytes()
    return made


class Case(NamedTuple):
    """A case in an open archive, and who acts in it."""

    folder: Path
    archive: Archive
    actor: Actor


def nothing_is_left(folder: Path) -> bool:
    """Tell whether only the carrier and the archive lie in a folder."""
    return {one.name for one in folder.iterdir()} == {"carrier", "archive"}
