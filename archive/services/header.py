"""What a source file says about itself: enough to list it, nothing more is believed."""

from __future__ import annotations

import re
import warnings
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pydicom
from pydicom.errors import InvalidDicomError

from archive.proof.canonical import text

_TAGS = (
    *("SOPInstanceUID", "SeriesInstanceUID", "StudyInstanceUID", "FrameOfReferenceUID"),
    *("SeriesDescription", "Modality", "PatientName", "StudyDate"),
)
_UID = re.compile(r"[0-9.]{1,64}")
_LONGEST = 256


@dataclass(frozen=True)
class Header:
    """One DICOM file's identity and the words lists show; texts are cut at 256 letters."""

    sop_uid: str
    series_uid: str
    study_uid: str
    frame_of_reference_uid: str
    description: str
    modality: str
    patient_name: str
    study_date: str


def read_header(path: Path) -> Header | str:
    """Return the header, or why there is none: "not_dicom", "malformed" or "no_uid"."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # what is odd in a file is for the scan to say
            return _read(path)
    except Exception:  # noqa: BLE001 -- hostile bytes make a parser raise anything; the file is kept
        return "malformed"


def _read(path: Path) -> Header | str:
    try:
        return _header(_dataset(path, force=False))
    except InvalidDicomError:
        # Old exports lack the preamble; what has all three UIDs is DICOM nevertheless.
        found = _header(_dataset(path, force=True))
        return found if isinstance(found, Header) else "not_dicom"


def _dataset(path: Path, *, force: bool) -> pydicom.Dataset:
    return pydicom.dcmread(path, stop_before_pixels=True, specific_tags=list(_TAGS), force=force)


def _header(dataset: pydicom.Dataset) -> Header | str:
    said = {tag: _text(dataset.get(tag)) for tag in _TAGS}
    header = Header(*said.values())
    uids = (header.sop_uid, header.series_uid, header.study_uid)
    frame = header.frame_of_reference_uid
    known = all(_UID.fullmatch(uid) for uid in uids) and (not frame or _UID.fullmatch(frame))
    return header if known else "no_uid"


def _text(value: Any) -> str:
    found = text("" if value is None else str(value))[:_LONGEST]
    # A cut between a letter and its combining mark must leave NFC again.
    return text("".join(one for one in found if one.isprintable()).strip())
