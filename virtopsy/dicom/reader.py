"""One file to its planes: header elements get their meaning here."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Final

from virtopsy.dicom import asked
from virtopsy.dicom.carrier import Address
from virtopsy.dicom.dates import iso_date
from virtopsy.dicom.directory import Reference
from virtopsy.dicom.geometry import directions, distance, pixel_distance, place, step
from virtopsy.dicom.header import (
    DIRECTORY_CLASS,
    Damaged,
    Header,
    NotDicom,
    read_header,
    read_member_header,
)
from virtopsy.dicom.names import decode_all
from virtopsy.dicom.series import MULTI_FRAME_CLASSES, Instance, Problem, Storage
from virtopsy.dicom.syntax import LOSSY
from virtopsy.language import printable
from virtopsy.late import Late

_references: Final = Late("virtopsy.dicom.directory_records", "references")
_read_frames: Final = Late("virtopsy.dicom.multiframe", "read_frames")

_CHARSET: Final = 0x00080005
_HEADING: Final = (
    _CHARSET,
    0x0020000D,  # Study Instance UID
    0x0020000E,  # Series Instance UID
    0x00080060,  # Modality
    0x00080020,  # Study Date
    0x00080030,  # Study Time
    0x00100030,  # Patient's Birth Date
    0x00100040,  # Patient's Sex
    0x00101010,  # Patient's Age
    0x00100010,  # Patient's Name
    0x00100020,  # Patient ID
    0x00081030,  # Study Description
    0x0008103E,  # Series Description
    0x00080080,  # Institution Name; it and the next only help to tell the character set
    0x00080090,  # Referring Physician's Name
)
# What may tell apart two volumes that share one Series Instance UID, most telling first.
_TRAITS: Final = {
    "echo": 0x00180086,
    "echo_time": 0x00180081,
    "acquisition": 0x00200012,
    "temporal_position": 0x00200100,
    "trigger_time": 0x00181060,
    "kernel": 0x00181210,
    "energy": 0x00180060,
    "sequence": 0x00180024,
    "inversion": 0x00180082,
    "flip_angle": 0x00181314,
    "phase": 0x00209241,
    "component": 0x00089208,
    "thickness": 0x00180050,
    "diameter": 0x00181100,
    "acquisition_time": 0x00080032,
    "content_time": 0x00080033,
    "series_number": 0x00200011,
    "description": 0x0008103E,
    "comment": 0x00204000,
}
_LONGEST_TRAIT: Final = 256
# Binary numbers, of which only matters whether they differ.
_BINARY_TRAITS: Final = {"b_value": 0x00189087, "direction": 0x00189089}
_MODALITY_TABLE: Final = 0x00283000  # Modality LUT Sequence
_WANTED: Final = frozenset(
    {
        *_HEADING,
        *_TRAITS.values(),
        *_BINARY_TRAITS.values(),
        *asked.TAGS,
        0x00080008,  # Image Type
        0x00080016,  # SOP Class UID
        0x00080018,  # SOP Instance UID
        0x00180050,  # Slice Thickness
        0x00180088,  # Spacing Between Slices
        0x00200013,  # Instance Number
        0x00200032,  # Image Position (Patient)
        0x00200037,  # Image Orientation (Patient)
        0x00200052,  # Frame of Reference UID
        0x00280002,  # Samples per Pixel
        0x00280004,  # Photometric Interpretation
        0x00280008,  # Number of Frames
        0x00280010,  # Rows
        0x00280011,  # Columns
        0x00280030,  # Pixel Spacing
        0x00280100,  # Bits Allocated
        0x00280101,  # Bits Stored
        0x00280102,  # High Bit
        0x00280103,  # Pixel Representation
        0x00280120,  # Pixel Padding Value
        0x00281052,  # Rescale Intercept
        0x00281053,  # Rescale Slope
        0x00281054,  # Rescale Type
        _MODALITY_TABLE,
        0x00282110,  # Lossy Image Compression
        0x00282112,  # Lossy Image Compression Ratio
    }
)

_DAMAGED_INDEX: Final = Problem("unreadable", "damaged_index")
_DECIMAL: Final = re.compile(r"\d{1,9}(\.\d{0,9})?")
_ABSURD_RATIO: Final = 1_000


@dataclass(frozen=True, slots=True)
class Heading:
    """Whose file it is and where it belongs.

    Attributes:
        date, birth_date: ISO dates, as they stand where they are none.
        time, age: as stored, HHMMSS and nnnD, nnnW, nnnM or nnnY.
        assumed: the character set the texts were read in against what the file declares;
            empty where they were read as declared.
    """

    study_uid: str
    series_uid: str
    modality: str
    date: str
    time: str
    birth_date: str
    sex: str
    age: str
    patient_name: str
    patient_id: str
    study_description: str
    series_description: str
    assumed: str


@dataclass(frozen=True, slots=True)
class Read:
    """One file: its heading and its planes."""

    heading: Heading
    instances: tuple[Instance, ...]


@dataclass(frozen=True, slots=True)
class Index:
    """One DICOMDIR: the files it lists."""

    references: tuple[Reference, ...]


def look(address: Address) -> Read | Index | Problem:
    """Return what a file holds, or why it is left out."""
    try:
        return read(address)
    except NotDicom:
        return _DAMAGED_INDEX if _is_index(address) else Problem("unreadable", "not_dicom")
    except Damaged:
        return _DAMAGED_INDEX if _is_index(address) else Problem("unreadable", "damaged")
    except OSError:
        return Problem("unreadable", "refused")


def _is_index(address: Address) -> bool:
    return address.place.name.upper() == "DICOMDIR"


def read(address: Address) -> Read | Index:
    """Return heading and planes of one file, or what a DICOMDIR lists.

    Raises:
        NotDicom, Damaged: see there.
        OSError: the system refused to read it.
    """
    if address.member is None:
        header = read_header(address.path, _WANTED)
    else:
        header = read_member_header(address, _WANTED)
    if header.media_class == DIRECTORY_CLASS:
        return Index(_references(address))
    heading = _heading(*(header.elements.get(tag, b"") for tag in _HEADING))
    if not heading.series_uid:
        raise Damaged("no Series Instance UID")
    first = _instance(header, address)
    if first.sop_class in MULTI_FRAME_CLASSES:
        return Read(heading, _read_frames(first))
    return Read(heading, (first,))


@lru_cache(maxsize=512)
def _heading(charset: bytes, *raw: bytes) -> Heading:
    declared = charset.decode("latin-1").strip(" \0")
    study, series, modality, date, time, born, sex, age = (
        printable(value.decode("latin-1").strip(" \0")) for value in raw[:8]
    )
    texts = decode_all(raw[8:], declared)
    name, number, study_text, series_text = (one.text for one in texts[:4])
    return Heading(
        study_uid=study,
        series_uid=series,
        modality=modality,
        date=iso_date(date),
        time=time,
        birth_date=iso_date(born),
        sex=sex,
        age=age,
        patient_name=name,
        patient_id=number,
        study_description=study_text,
        series_description=series_text,
        assumed=next((one.assumed for one in texts[:4] if one.assumed), ""),
    )


def _instance(header: Header, address: Address) -> Instance:
    position = header.numbers(0x00200032)
    row, column = directions(header.numbers(0x00200037))
    spacing = header.numbers(0x00280030)
    return Instance(
        path=Path(address.path),
        member=address.member,
        sop_uid=header.text(0x00080018),
        sop_class=header.text(0x00080016) or header.media_class,
        frame_number=1,
        number=int(header.number(0x00200013) or 0),
        frame_of_reference_uid=header.text(0x00200052),
        image_type=header.texts(0x00080008),
        rows=header.short(0x00280010) or 0,
        columns=header.short(0x00280011) or 0,
        position=place(position),
        row=row,
        column=column,
        pixel_mm=pixel_distance(spacing),
        thickness_mm=distance(header.number(0x00180050)),
        spacing_between_mm=step(header.number(0x00180088)),
        slope=header.number(0x00281053),
        intercept=header.number(0x00281052),
        rescale_type=header.text(0x00281054),
        padding=header.short(0x00280120, signed=header.short(0x00280103) == 1),
        storage=_storage(header),
        traits=(
            ("image_type", header.text(0x00080008)),
            *((name, header.text(tag)[:_LONGEST_TRAIT]) for name, tag in _TRAITS.items()),
            *(
                (name, header.elements.get(tag, b"")[:_LONGEST_TRAIT].hex())
                for name, tag in _BINARY_TRAITS.items()
            ),
        ),
        tabled=_MODALITY_TABLE in header.elements,
        display=asked.asked(header),
    )


def _storage(header: Header) -> Storage:
    allocated = header.short(0x00280100) or 0
    stored = header.short(0x00280101) or allocated
    high = header.short(0x00280102)
    integer = header.pixel_tag == 0x7FE00010
    return Storage(
        transfer_syntax=header.transfer_syntax,
        offset=header.pixel_offset if integer else 0,
        length=header.pixel_length if integer else 0,
        available=header.size - header.pixel_offset if integer else 0,
        allocated=allocated,
        stored=stored,
        high=stored - 1 if high is None else high,
        signed=header.short(0x00280103) == 1,
        samples=header.short(0x00280002) or 1,
        photometric=header.text(0x00280004),
        frames=_frames(header),
        lossy=header.text(0x00282110) == "01" or header.transfer_syntax in LOSSY,
        ratio=_ratio(header),
        floating=header.pixel_tag not in {0, 0x7FE00010},
    )


def _ratio(header: Header) -> float | None:
    """Return the stated ratio of lossy compression; nonsense there makes no file unreadable."""
    stated = [float(text) for text in header.texts(0x00282112) if _DECIMAL.fullmatch(text)]
    return max((one for one in stated if 1 < one < _ABSURD_RATIO), default=None)


def _frames(header: Header) -> int:
    """Return the number of frames; one where the file does not say.

    Raises:
        Damaged: the number is none.
    """
    number = header.number(0x00280008)
    if number is None:
        return 1
    if number != int(number) or not 1 <= number <= 1_000_000:
        raise Damaged("Number of Frames is no number of frames")
    return int(number)
