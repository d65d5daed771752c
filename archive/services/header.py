"""What a source file says about itself: enough to list it, nothing more is believed."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from archive.proof.canonical import text
from virtopsy.dicom import header, names
from virtopsy.errors import StorageError

_CHARSET: Final = 0x00080005
# In the order of `Header`'s attributes.
_TAGS: Final = (
    *(0x00080018, 0x0020000E, 0x0020000D, 0x00200052),  # UIDs: SOP, series, study, frame
    *(0x0008103E, 0x00080060, 0x00100010, 0x00080020),  # description, modality, patient, date
)
# The texts a scan takes its character set from, so that intake and scan read the same name: ID,
# study description, institution, referring physician.
_BESIDE: Final = (0x00100020, 0x00081030, 0x00080080, 0x00080090)
_WANTED: Final = frozenset({_CHARSET, *_TAGS, *_BESIDE})
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
    """Return the header, or why there is none: "not_dicom", "malformed" or "no_uid".

    Raises:
        StorageError: the archive's own disk does not give the staged file back.
    """
    try:
        read = header.read_header(path, _WANTED)
    except header.NotDicom:
        return "not_dicom"
    except header.Damaged:
        return "malformed"
    except OSError as error:
        detail = error.strerror or str(error)
        raise StorageError("archive.storage.failed", path=path, detail=detail) from error
    charset = read.text(_CHARSET)
    raws = [read.elements.get(tag, b"") for tag in (*_TAGS, *_BESIDE)]
    said = names.decode_all(raws, charset)[: len(_TAGS)]
    found = Header(*(_shown(one.text) for one in said))
    uids = (found.sop_uid, found.series_uid, found.study_uid)
    frame = found.frame_of_reference_uid
    known = all(_UID.fullmatch(uid) for uid in uids) and (not frame or _UID.fullmatch(frame))
    return found if known else "no_uid"


def _shown(value: str) -> str:
    found = text(value)[:_LONGEST]
    # A cut between a letter and its combining mark must leave NFC again.
    return text("".join(one for one in found if one.isprintable()).strip())
