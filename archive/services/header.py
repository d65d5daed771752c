"""What a source file says about itself: enough to list it, nothing more is believed."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from archive.proof.canonical import text
from virtopsy.dicom import header, names
from virtopsy.errors import StorageError
from virtopsy.system_reason import reason_of

_CHARSET: Final = 0x00080005
# In the order of `Header`'s attributes.
_TAGS: Final = (
    *(0x00080018, 0x0020000E, 0x0020000D, 0x00200052),  # UIDs: SOP, series, study, frame
    *(0x0008103E, 0x00080060, 0x00100010, 0x00080020),  # description, modality, patient, date
)
_MADE: Final = (0x00080008, 0x00080016, 0x00200013, 0x00181020)  # type, class, number, software
_STATION: Final = (0x00080070, 0x00081090, 0x00181000, 0x00081010)  # maker, model, serial, name
_ACQUIRED: Final = (0x00080022, 0x00080023, 0x00080021, 0x00080020)  # of image, content, series
# The texts a scan takes its character set from, so that intake and scan read the same name: ID,
# study description, institution, referring physician.
_BESIDE: Final = (0x00100020, 0x00081030, 0x00080080, 0x00080090)
_ORIGIN: Final = (*_MADE, *_STATION, *_ACQUIRED)
_WANTED: Final = frozenset({_CHARSET, *_TAGS, *_BESIDE, *_ORIGIN})
_UID = re.compile(r"[0-9.]{1,64}")
_LONGEST = 256


@dataclass(frozen=True)
class Header:
    """One DICOM file's identity and the words lists show; texts are cut at 256 letters.

    Attributes:
        image_type: values joined by a backslash (PS3.3 C.7.6.1.1.2).
        instance_number: as stored.
        station: maker, model, serial number and name of what made it.
        acquired: the date nearest to the acquisition, as stored; empty where there is none.
        assumed_charset: the character set its texts were read in against what the file declares.
    """

    sop_uid: str
    series_uid: str
    study_uid: str
    frame_of_reference_uid: str
    description: str
    modality: str
    patient_name: str
    study_date: str
    image_type: str = ""
    sop_class: str = ""
    instance_number: str = ""
    software: str = ""
    station: str = ""
    acquired: str = ""
    assumed_charset: str = ""


def read_header(path: Path) -> Header | str:
    """Return the header, or why there is none.

    Returns:
        "not_dicom", "malformed", "no_uid", or "directory": the index of a carrier (DICOMDIR).

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
        raise StorageError("archive.storage.failed", path=path, detail=reason_of(error)) from error
    if read.media_class == header.DIRECTORY_CLASS:
        return "directory"
    charset = read.text(_CHARSET)
    raws = [read.elements.get(tag, b"") for tag in (*_TAGS, *_BESIDE)]
    said = names.decode_all(raws, charset)
    origin = _origin([read.elements.get(tag, b"") for tag in _ORIGIN], charset)
    assumed = next((one.assumed for one in said if one.guessed), "")
    words = (_shown(one.text) for one in said[: len(_TAGS)])
    found = Header(*(*words, *origin, assumed))
    uids = (found.sop_uid, found.series_uid, found.study_uid)
    frame = found.frame_of_reference_uid
    known = all(_UID.fullmatch(uid) for uid in uids) and (not frame or _UID.fullmatch(frame))
    return found if known else "no_uid"


def _origin(raws: list[bytes], charset: str) -> tuple[str, ...]:
    """Return what made the file, and when: the attributes from `image_type` to `acquired`."""
    texts = [_shown(one.text) for one in names.decode_all(raws, charset)]
    station, dates = texts[len(_MADE) : -len(_ACQUIRED)], texts[-len(_ACQUIRED) :]
    named = " ".join(one for one in station if one)
    return (*texts[: len(_MADE)], named, next((one for one in dates if one), ""))


def _shown(value: str) -> str:
    found = text(value)[:_LONGEST]
    # A cut between a letter and its combining mark must leave NFC again.
    return text("".join(one for one in found if one.isprintable()).strip())
