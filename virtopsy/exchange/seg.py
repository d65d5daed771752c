"""A region as DICOM SEG (PS3.3 A.51, binary), voxel on voxel on the slices it was marked on.

Frames have the rows, columns and directions of the source slices and lie at their positions, so
that nothing is cropped, turned or moved. Where the grid was computed (gantry tilt, uneven spacing)
they lie on that grid, which is in the same frame of reference.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Final

import numpy as np
from highdicom import (
    AlgorithmIdentificationSequence,
    PixelMeasuresSequence,
    PlaneOrientationSequence,
    PlanePositionSequence,
)
from highdicom.seg import Segmentation, SegmentDescription
from highdicom.sr import CodedConcept
from pydicom.dataset import Dataset
from pydicom.sequence import Sequence as Items
from pydicom.uid import UID, CTImageStorage

from virtopsy.errors import Bug
from virtopsy.exchange import codes
from virtopsy.exchange.author import Author
from virtopsy.exchange.evidence import (
    MAKER,
    UTF8,
    decimal,
    evidence,
    finished,
    person,
    series_uid,
)
from virtopsy.exchange.group import tracking_uid
from virtopsy.exchange.kept import keep
from virtopsy.exchange.source import Plane, Source
from virtopsy.exchange.uids import lasting_uid
from virtopsy.findings.region import Region, Substance
from virtopsy.geometry.frame import Frame
from virtopsy.imaging.voxel_region import Mask

_SERIES_NUMBER: Final = 9002
_LONGEST_LABEL: Final = 64
_PATIENT: Final = "PATIENT"
_CATEGORIES: Final[Mapping[Substance, CodedConcept]] = MappingProxyType(
    {
        Substance.GAS: codes.sct("91720002", "Body substance"),
        Substance.FLUID: codes.sct("91720002", "Body substance"),
        Substance.HAEMORRHAGE: codes.sct("49755003", "Morphologically Abnormal Structure"),
        Substance.FOREIGN: codes.sct("260787004", "Physical object"),
    }
)
_ANY_CATEGORY: Final = codes.sct("309825002", "Spatial and Relational Concept")


def segmentation(region: Region, source: Source, author: Author, number: int = 1) -> Dataset:
    """Return the segmentation of a region.

    Args:
        region: what was painted or thresholded.
        source: the series it was marked on; its grid is the region's.
        author: who hands out, and when.
        number: of the object among those handed out together, from 1.
    """
    if source.frame is None or source.frame.shape != region.grid_kji:
        raise Bug(f"region {region.finding_id} is of another grid")
    slices = range(region.box_kji[0], region.box_kji[3])
    planes = _planes(source, slices)
    made = Segmentation(
        source_images=[_stand_in(source, source.frame, one) for one in planes],
        pixel_array=whole_slices(region),
        segmentation_type="BINARY",
        segment_descriptions=[_description(region)],
        series_instance_uid=series_uid(source, "SEG", author),
        series_number=_SERIES_NUMBER,
        sop_instance_uid=sop_uid(region, author),
        instance_number=number,
        manufacturer=MAKER,
        manufacturer_model_name=MAKER,
        software_versions="1",
        device_serial_number="1",
        plane_positions=[_position(source, source.frame, k) for k in slices],
        plane_orientation=PlaneOrientationSequence(_PATIENT, _orientation(source.frame)),
        pixel_measures=_measures(source.frame),
        omit_empty_frames=False,
        content_label="FINDING",
        content_description="Finding of the expert",
        content_creator_name=person(author.name),
        specific_character_set=UTF8,
        series_description="Virtopsy: regions",
    )
    _point_at(made, {_uid_of(one): one for one in planes})
    _organise(made)
    keep(region, made.SegmentSequence[0])
    return finished(made, source, author)


def sop_uid(region: Region, author: Author) -> str:
    """Return the UID of the segmentation that one handing out makes of a region."""
    return lasting_uid("SEG", tracking_uid(region), author.when.isoformat())


def whole_slices(region: Region) -> Mask:
    """Return the mask on whole slices, of those the region reaches: [k, j, i]."""
    k, j, i, to_k, to_j, to_i = region.box_kji
    _, rows, columns = region.grid_kji
    mask = np.zeros((to_k - k, rows, columns), np.bool_)
    mask[:, j:to_j, i:to_i] = region.voxels().mask
    return mask


def _organise(made: Dataset) -> None:
    """Give the order of the frames a UID that is the same whenever the object is made."""
    uid = UID(lasting_uid("dimensions", made.SOPInstanceUID))
    for one in (*made.DimensionOrganizationSequence, *made.DimensionIndexSequence):
        one.DimensionOrganizationUID = uid


def _description(region: Region) -> SegmentDescription:
    stated = region.substance is not Substance.UNSTATED
    kind = ("substance", region.substance.value) if stated else ("kind", region.kind)
    sites = [codes.of_group("region_of_body", region.region)] if region.region else None
    painted = region.how == "painted"
    threshold = AlgorithmIdentificationSequence(
        name="Threshold, confirmed by a person" if region.confirmed else "Threshold",
        family=codes.dcm("123109", "Manual Processing") if painted else _THRESHOLD,
        version="1",
        parameters={
            name: f"{value:g}"
            for name, value in (("low", region.low_hu), ("high", region.high_hu))
            if value is not None
        },
    )
    return SegmentDescription(
        segment_number=1,
        segment_label=region.name[:_LONGEST_LABEL],
        segmented_property_category=_CATEGORIES.get(region.substance, _ANY_CATEGORY),
        segmented_property_type=codes.of_group(*kind),
        algorithm_type="MANUAL" if painted else "SEMIAUTOMATIC",
        algorithm_identification=None if painted else threshold,
        tracking_uid=tracking_uid(region),
        tracking_id=region.name,
        anatomic_regions=sites,
    )


_THRESHOLD: Final = codes.own("threshold", "Threshold of values")


def _planes(source: Source, slices: Sequence[int]) -> list[Plane]:
    """Return the source slices a region lies on; of a computed grid all of them."""
    on = [source.planes[source.slices[k]] for k in slices if source.slices[k] >= 0]
    return on or list(source.planes)


def _stand_in(source: Source, frame: Frame, plane: Plane) -> Dataset:
    """Return a slice for the library to look at: a file of one plane, also where it is a frame.

    Directions are those of the grid: those of the files differ by their rounding.
    """
    made = evidence(source, plane)
    made.SOPClassUID, made.SOPInstanceUID = CTImageStorage, UID(_uid_of(plane))
    made.ImageOrientationPatient = _orientation(frame)
    made.SliceThickness = decimal(frame.spacing_mm[2])
    return made


def _uid_of(plane: Plane) -> str:
    return lasting_uid("frame", plane.sop_uid, str(plane.frame))


def _point_at(made: Dataset, planes: Mapping[str, Plane]) -> None:
    """Let every reference to a stand-in point at the file, and the frame of it, that it is for."""
    shared = made.ReferencedSeriesSequence[0]
    for item in _references(made):
        plane = planes.get(str(item.ReferencedSOPInstanceUID))
        if plane is not None:
            item.ReferencedSOPClassUID = UID(plane.sop_class)
            item.ReferencedSOPInstanceUID = UID(plane.sop_uid)
            if plane.frame:
                item.ReferencedFrameNumber = plane.frame
    instances = {
        str(one.ReferencedSOPInstanceUID): one for one in shared.ReferencedInstanceSequence
    }
    for one in instances.values():
        if "ReferencedFrameNumber" in one:
            del one.ReferencedFrameNumber
    shared.ReferencedInstanceSequence = Items(list(instances.values()))


def _references(dataset: Dataset) -> list[Dataset]:
    found = [dataset] if "ReferencedSOPInstanceUID" in dataset else []
    for element in dataset:
        if element.VR == "SQ":
            found.extend(one for item in element.value for one in _references(item))
    return found


def _position(source: Source, frame: Frame, k: int) -> PlanePositionSequence:
    """Return where the first pixel of a slice lies, as its own file says where there is one."""
    number = source.slices[k]
    stated = source.planes[number].position if number >= 0 else None
    place = frame.to_lps((0, 0, k)).tolist() if stated is None else stated
    return PlanePositionSequence(_PATIENT, [decimal(float(one)) for one in place])


def _orientation(frame: Frame) -> list[float]:
    directions = frame.directions
    return [decimal(float(one)) for one in (*directions[:, 0], *directions[:, 1])]


def _measures(frame: Frame) -> PixelMeasuresSequence:
    i, j, k = (decimal(one) for one in frame.spacing_mm)
    return PixelMeasuresSequence((j, i), slice_thickness=k, spacing_between_slices=k)
