"""Cases and what they hold."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class CaseRow:
    """A case as the index knows it."""

    number: str
    owner: str
    opened: str


@dataclass(frozen=True)
class CaseSummary:
    """A case in a list."""

    number: str
    owner: str
    opened: str
    series: int
    findings: int


@dataclass(frozen=True)
class SeriesRow:
    """A series of a case as the index knows it."""

    case_number: str
    series_uid: str
    study_uid: str
    description: str
    modality: str
    patient_name: str
    study_date: str
    frame_of_reference_uid: str
    manifest_sha256: str


@dataclass(frozen=True)
class FileRow:
    """A source file of a case; one row for the same bytes, however often they came.

    Attributes:
        kind: "dicom", "opaque", "photo", "document", "audio", "video", "surface" or "container".
    """

    case_number: str
    sha256: str
    size: int
    path: str
    sop_uid: str
    series_uid: str
    kind: str = "dicom"


@dataclass(frozen=True)
class ThingRow:
    """One version of a finding or a stop."""

    case_number: str
    thing: str
    thing_id: str
    version: int
    sha256: str
    withdrawn: bool


@dataclass(frozen=True)
class Tombstone:
    """What is left of a source file that was destroyed by act.

    Attributes:
        seq: the entry of the act.
    """

    case_number: str
    sha256: str
    size: int
    seq: int


@dataclass(frozen=True)
class SourceObject:
    """A source file that was read and found unchanged just now.

    Attributes:
        relative_path: where it lay on the carrier.
        path_in_archive: where its bytes lie now; read-only.
    """

    sha256: str
    size: int
    relative_path: str
    sop_uid: str
    path_in_archive: Path
