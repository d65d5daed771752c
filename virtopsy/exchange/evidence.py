"""Source slices as highdicom wants them, and what every object that is made here shares.

Only what the source series says of patient and study is copied; texts are in UTF-8 (ISO_IR 192,
PS3.3 C.12.1.1.2), whatever the source declared.
"""

from __future__ import annotations

from collections.abc import Sequence
from importlib.metadata import version
from io import BytesIO
from typing import Final

from pydicom.dataset import Dataset
from pydicom.sequence import Sequence as Items
from pydicom.uid import UID

from virtopsy.exchange.author import Author
from virtopsy.exchange.source import Plane, Source
from virtopsy.exchange.uids import lasting_uid
from virtopsy.findings.vocabulary import OWN_SCHEME

UTF8: Final = "ISO_IR 192"
MAKER: Final = "Virtopsy"
SEGMENTATION: Final = "1.2.840.10008.5.1.4.1.1.66.4"
_TYPE_2: Final = (
    *("PatientID", "PatientBirthDate", "PatientSex", "AccessionNumber", "StudyID"),
    *("StudyDate", "StudyTime", "ReferringPhysicianName", "PatientName"),
)
"""What must be there, and may be empty."""
_LONGEST_NAME: Final = 63
_NAMES: Final = frozenset({"PatientName", "ReferringPhysicianName"})


def identity(source: Source) -> Dataset:
    """Return patient and study of a series as an object made from it bears them."""
    made = Dataset()
    made.SpecificCharacterSet = UTF8
    for keyword in _TYPE_2:
        setattr(made, keyword, "")
    for keyword, text in source.attributes.items():
        setattr(made, keyword, person(text) if keyword in _NAMES else text)
    made.StudyInstanceUID = source.study_uid
    return made


def evidence(source: Source, plane: Plane) -> Dataset:
    """Return one source slice: identity, reference and place, without pixels."""
    made = identity(source)
    made.SOPClassUID, made.SOPInstanceUID = UID(plane.sop_class), UID(plane.sop_uid)
    made.SeriesInstanceUID, made.Modality = source.uid, source.modality
    made.FrameOfReferenceUID = source.frame_of_reference_uid
    made.Rows, made.Columns = plane.shape
    made.SamplesPerPixel = 1
    if plane.position and plane.row and plane.column and plane.pixel_mm:
        made.ImagePositionPatient = list(map(decimal, plane.position))
        made.ImageOrientationPatient = list(map(decimal, (*plane.row, *plane.column)))
        made.PixelSpacing = [decimal(plane.pixel_mm[1]), decimal(plane.pixel_mm[0])]
    return made


def one_a_file(source: Source, planes: Sequence[Plane]) -> list[Dataset]:
    """Return the slices as evidence, each file once."""
    return [evidence(source, one) for one in {one.sop_uid: one for one in planes}.values()]


def decimal(value: float) -> float:
    """Return a number that a decimal string of 16 characters holds (PS3.5 6.2)."""
    return round(value, 8) + 0.0


def person(name: str) -> str:
    """Return a name as a Person Name: one that has no parts is a family name (PS3.5 6.2.1)."""
    cut = name.replace("\\", " ")[:_LONGEST_NAME]
    return cut if not cut or "^" in cut else f"{cut}^"


def series_uid(source: Source, modality: str, author: Author) -> str:
    """Return the UID of the series that one handing out of one kind of object makes."""
    return lasting_uid("series", modality, source.study_uid, author.when.isoformat())


def finished(made: Dataset, source: Source, author: Author) -> Dataset:
    """Return an object with the moment and the maker set; no clock of a library's stays in it.

    The same findings of the same moment make the same bytes. Names of persons stand as the source
    has them.
    """
    for keyword in _NAMES:
        setattr(made, keyword, source.attributes.get(keyword, ""))
    day, time = f"{author.when:%Y%m%d}", f"{author.when:%H%M%S}"
    shown = "PresentationCreation" if "PresentationCreationDate" in made else "Content"
    for what in ("InstanceCreation", "Series", shown):
        setattr(made, f"{what}Date", day)
        setattr(made, f"{what}Time", time)
    for one in made.get("ContributingEquipmentSequence") or ():
        one.ContributionDateTime = f"{author.when:%Y%m%d%H%M%S%z}"
    made.TimezoneOffsetFromUTC = f"{author.when:%z}" or "+0000"
    made.Manufacturer, made.ManufacturerModelName = MAKER, MAKER
    made.DeviceSerialNumber, made.SoftwareVersions = "1", version("virtopsy")
    scheme = Dataset()
    scheme.CodingSchemeDesignator = OWN_SCHEME
    scheme.CodingSchemeName = "Virtopsy: terms of findings"
    scheme.CodingSchemeResponsibleOrganization = MAKER
    made.CodingSchemeIdentificationSequence = Items([scheme])
    return made


def content_of(made: Dataset) -> bytes:
    """Return an object as the bytes of a DICOM file."""
    file = BytesIO()
    made.save_as(file, enforce_file_format=True)
    return file.getvalue()
