"""The series findings were marked on: whose it is, and which slices it has.

Patient and study are said as the files say them, in the right letters (`virtopsy.dicom.names`):
what is handed out of a scan with a wrongly declared character set can be read elsewhere.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Final

import numpy as np

from virtopsy.confined import Lost, each
from virtopsy.dicom.assemble import frame_of
from virtopsy.dicom.carrier import Address
from virtopsy.dicom.header import Damaged, NotDicom, read_header, read_member_header
from virtopsy.dicom.names import decode_all
from virtopsy.dicom.series import MULTI_FRAME_CLASSES, Instance, Series, Study
from virtopsy.dicom.stack import Stack, arrange
from virtopsy.exchange.uids import lasting_uid
from virtopsy.findings.finding import Finding
from virtopsy.geometry.camera import Point
from virtopsy.geometry.frame import Frame
from virtopsy.jobs import Progress

_CHARSET: Final = 0x00080005
_COPIED: Final[Mapping[int, str]] = MappingProxyType(
    {
        0x00080020: "StudyDate",
        0x00080030: "StudyTime",
        0x00080050: "AccessionNumber",
        0x00080090: "ReferringPhysicianName",
        0x00081030: "StudyDescription",
        0x00100010: "PatientName",
        0x00100020: "PatientID",
        0x00100021: "IssuerOfPatientID",
        0x00100030: "PatientBirthDate",
        0x00100040: "PatientSex",
        0x00101010: "PatientAge",
        0x0020000D: "StudyInstanceUID",
        0x00200010: "StudyID",
        0x00201040: "PositionReferenceIndicator",
    }
)
"""Of patient, study and frame of reference (PS3.3 C.7.1.1, C.7.2.1, C.7.4.1)."""
_FORMS: Final[Mapping[str, re.Pattern[str]]] = MappingProxyType(
    {
        "StudyDate": re.compile(r"\d{8}"),
        "PatientBirthDate": re.compile(r"\d{8}"),
        "StudyTime": re.compile(r"\d{2}(\d{2}(\d{2}(\.\d{1,6})?)?)?"),
        "PatientSex": re.compile(r"[MFO]"),
        "PatientAge": re.compile(r"\d{3}[DWMY]"),
        "StudyInstanceUID": re.compile(r"[0-9.]{1,64}"),
    }
)
"""What a value must look like to be copied; anything else is left empty, never repaired."""
_LONGEST: Final[Mapping[str, int]] = MappingProxyType({"AccessionNumber": 16, "StudyID": 16})
_LONGEST_TEXT: Final = 64


@dataclass(frozen=True)
class Plane:
    """One source slice.

    Attributes:
        sop_class, sop_uid: of its file.
        frame: which frame of a multi-frame file, from 1; 0: the file is this one plane.
        position: centre of the first pixel, LPS mm; None: the file does not say.
        row, column: unit vectors of growing column and row index, LPS.
        pixel_mm: distance between columns and between rows.
        shape: (rows, columns).
        rescale: slope and intercept of its values; None: the file has none, or a table.
        window: centre and width of the first window the file states.
    """

    sop_class: str
    sop_uid: str
    frame: int
    position: Point | None
    row: Point | None
    column: Point | None
    pixel_mm: tuple[float, float] | None
    shape: tuple[int, int]
    rescale: tuple[float, float] | None = None
    window: tuple[float, float] | None = None

    @property
    def placed(self) -> bool:
        """Tell whether the file says where it lies."""
        return None not in {self.position, self.row, self.column, self.pixel_mm}

    def to_lps(self, columns_rows: Iterable[tuple[float, float]]) -> tuple[Point, ...]:
        """Return where pixels lie, LPS mm; (0, 0) is the centre of the first pixel.

        By PS3.3 equation C.7.6.2.1-1; only of a plane that is `placed`.
        """
        start, row, column = map(np.array, (self.position, self.row, self.column))
        i_mm, j_mm = self.pixel_mm or (1.0, 1.0)
        found = (start + row * (i * i_mm) + column * (j * j_mm) for i, j in columns_rows)
        return tuple((float(x), float(y), float(z)) for x, y, z in found)


@dataclass(frozen=True)
class Source:
    """One series as its files tell it.

    Attributes:
        key: what findings call it: its UID, with `#2` for the second volume of a series.
        uid, study_uid, modality: as the files say.
        frame_of_reference_uid: as the files say, else one that is made from the series' UID.
        planes: its slices, in order along the normal where it is a volume.
        frame: the grid of its volume; None where it makes none.
        slices: of each slice k of that grid the number of the plane that was acquired there; -1
            where none was, or where the values are computed.
        attributes: of patient and study, by their DICOM keyword.
    """

    key: str
    uid: str
    study_uid: str
    modality: str
    frame_of_reference_uid: str
    planes: tuple[Plane, ...]
    frame: Frame | None = None
    slices: tuple[int, ...] = ()
    attributes: Mapping[str, str] = field(default_factory=dict)

    def plane_of(self, finding: Finding) -> Plane | None:
        """Return the slice a finding was seen on, else the nearest one to its place."""
        place = finding.places[0] if finding.places else None
        seen = [one for one in self.planes if one.sop_uid == finding.seen_on_slice]
        if seen and place is not None:
            return min(seen, key=lambda one: _off(one, place))
        return seen[0] if seen else self.nearest(place)

    def nearest(self, place: Point | None) -> Plane | None:
        """Return the slice nearest to a point along its normal; None without one."""
        placed = [one for one in self.planes if one.placed]
        if place is None or not placed:
            return None
        return min(placed, key=lambda one: _off(one, place))


def sources_of(studies: Iterable[Study], progress: Progress) -> dict[str, Source]:
    """Return every series of some studies, by its key.

    Raises:
        Cancelled: the user asked for it.
    """
    every = [one for study in studies for one in study.series if one.instances]
    first = [one.instances[0].address for one in every]
    told: list[Mapping[str, str]] = [{} for _ in every]
    for done, (number, answer) in enumerate(each(attributes_of, first, progress), start=1):
        told[number] = {} if isinstance(answer, Lost) else answer
        progress.tick(done, len(every))
    made = (_source(one, told[number]) for number, one in enumerate(every))
    return {one.key: one for one in made}


def attributes_of(address: Address) -> Mapping[str, str]:
    """Return patient and study of one file, each value only where it has its form."""
    wanted = frozenset({_CHARSET, *_COPIED})
    try:
        if address.member is None:
            header = read_header(address.path, wanted)
        else:
            header = read_member_header(address, wanted)
    except (NotDicom, Damaged, OSError):
        return {}
    raws = [header.elements.get(tag, b"") for tag in _COPIED]
    texts = decode_all(raws, header.text(_CHARSET))
    return {
        keyword: value
        for keyword, one in zip(_COPIED.values(), texts, strict=True)
        if (value := _formed(keyword, one.text))
    }


def study_sources(sources: Iterable[Source]) -> dict[str, tuple[Source, ...]]:
    """Return sources by their study, in their order."""
    found: dict[str, tuple[Source, ...]] = {}
    for one in sources:
        found[one.study_uid] = (*found.get(one.study_uid, ()), one)
    return found


def _formed(keyword: str, text: str) -> str:
    text = text.strip().replace("\\", " ")
    form = _FORMS.get(keyword)
    if form is not None:
        return text if form.fullmatch(text) else ""
    return text[: _LONGEST.get(keyword, _LONGEST_TEXT)]


def _source(series: Series, attributes: Mapping[str, str]) -> Source:
    frame: Frame | None = None
    slices: tuple[int, ...] = ()
    instances = series.instances
    if series.volume:
        stack = arrange(series.instances)
        instances, frame = stack.instances, frame_of(series)
        slices = _slices(stack, frame.shape[0])
    uid = next((one.frame_of_reference_uid for one in instances), "")
    return Source(
        key=series.key,
        uid=series.uid,
        study_uid=series.study_uid,
        modality=series.modality,
        frame_of_reference_uid=uid or lasting_uid("frame of reference", series.uid),
        planes=tuple(map(_plane, instances)),
        frame=frame,
        slices=slices,
        attributes=attributes,
    )


def _slices(stack: Stack, depth: int) -> tuple[int, ...]:
    """Return which plane lies at each slice of the grid, voxel on voxel; -1: none does."""
    found = [-1] * depth
    if not stack.corrected:
        for number, k in enumerate(stack.places.tolist()):
            found[k] = number
    return tuple(found)


def _plane(one: Instance) -> Plane:
    multi = one.sop_class in MULTI_FRAME_CLASSES
    return Plane(
        sop_class=one.sop_class,
        sop_uid=one.sop_uid,
        frame=one.frame_number if multi else 0,
        position=one.position,
        row=one.row,
        column=one.column,
        pixel_mm=one.pixel_mm,
        shape=(one.rows, one.columns),
        rescale=None if one.tabled else _both(one.slope, one.intercept),
        window=_both(one.display.centre, one.display.width),
    )


def _both(one: float | None, other: float | None) -> tuple[float, float] | None:
    return None if one is None or other is None else (one, other)


def _off(plane: Plane, place: Point) -> float:
    """Return how far a point lies off a plane, mm."""
    if plane.position is None or plane.row is None or plane.column is None:
        return float("inf")
    normal = np.cross(plane.row, plane.column)
    return abs(float(np.subtract(place, plane.position) @ normal))
