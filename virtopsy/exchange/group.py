"""One finding as one measurement group of TID 1500 (PS3.16): planar, volumetric or neither.

A finding that goes round a plane region is TID 1410, a painted or thresholded volume whose
segmentation is at hand TID 1411, every other TID 1501. Those templates may be extended; what
they have no place for stands as coded items of the project's own scheme, and the whole record of
the finding as one text item, so that nothing is lost on the way back.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any, Final, TypeAlias

import numpy as np
from highdicom.sr import (
    CodeContentItem,
    CodedConcept,
    ContentSequence,
    CoordinatesForMeasurement3D,
    FindingSite,
    ImageRegion3D,
    Measurement,
    MeasurementsAndQualitativeEvaluations,
    NumContentItem,
    PlanarROIMeasurementsAndQualitativeEvaluations,
    QualitativeEvaluation,
    ReferencedSegment,
    Scoord3DContentItem,
    SourceImageForMeasurement,
    SourceImageForMeasurementGroup,
    TextContentItem,
    TrackingIdentifier,
    VolumetricROIMeasurementsAndQualitativeEvaluations,
)
from highdicom.sr.enum import RelationshipTypeValues
from highdicom.sr.value_types import ContentItem

from virtopsy.exchange import codes
from virtopsy.exchange.drawn import Drawn, drawn
from virtopsy.exchange.particulars import particulars
from virtopsy.exchange.source import Plane, Source
from virtopsy.exchange.typed import stated_type
from virtopsy.exchange.uids import lasting_uid
from virtopsy.findings.finding import Certainty, Finding, Side
from virtopsy.findings.quantity import Quantity
from virtopsy.findings.record import from_record, to_record

DECIMALS: Final = 4
"""Of numbers as they are handed out."""
_CONTAINS: Final = RelationshipTypeValues.CONTAINS
_PROPERTY: Final = RelationshipTypeValues.HAS_PROPERTIES

Group: TypeAlias = (
    PlanarROIMeasurementsAndQualitativeEvaluations
    | VolumetricROIMeasurementsAndQualitativeEvaluations
    | MeasurementsAndQualitativeEvaluations
)


def group(finding: Finding, source: Source, segment: ReferencedSegment | None = None) -> Group:
    """Return the measurement group of a finding.

    Args:
        finding: what was marked.
        source: the series it was marked on.
        segment: its segment, where a segmentation of it is handed out as well.
    """
    finding = from_record(to_record(finding))  # its points as its record has them
    told: dict[str, Any] = {
        "tracking_identifier": tracking(finding),
        "finding_type": codes.of_group("kind", finding.kind),
        "finding_sites": _sites(finding),
        "qualitative_evaluations": _evaluations(finding),
    }
    lines, plane = drawn(finding), source.plane_of(finding)
    outline = next((one for one in lines if one.outline), None)
    made: Group
    if segment is not None:
        numbers = [_measured(one, plane) for one in finding.quantities]
        made = VolumetricROIMeasurementsAndQualitativeEvaluations(
            **told, measurements=numbers, referenced_segment=segment
        )
    elif outline is not None:
        numbers = [_measured(one, plane) for one in finding.quantities]
        made = PlanarROIMeasurementsAndQualitativeEvaluations(
            **told, measurements=numbers, referenced_region=_region(outline, source)
        )
    else:
        numbers = [
            _measured(one, plane, _on(one.code, lines, source)) for one in finding.quantities
        ]
        images = [] if plane is None else [_image(SourceImageForMeasurementGroup, plane)]
        made = MeasurementsAndQualitativeEvaluations(
            **told, measurements=numbers, source_images=images
        )
    rest = [_place(one, source) for one in lines if one is not outline]
    made[0].ContentSequence.extend([*rest, *_nearest(finding, plane), *_texts(finding)])
    return made


def tracking(finding: Finding) -> TrackingIdentifier:
    """Return name and UID of a finding; the UID is the same through every version of it."""
    return TrackingIdentifier(uid=tracking_uid(finding), identifier=finding.name)


def tracking_uid(finding: Finding) -> str:
    """Return the UID of a finding, which lasts as its id does."""
    return lasting_uid("finding", finding.series_uid, finding.finding_id)


def record_text(finding: Finding) -> str:
    """Return the record of a finding as one line of JSON with its keys in order."""
    return json.dumps(to_record(finding), ensure_ascii=False, sort_keys=True)


def _sites(finding: Finding) -> list[FindingSite]:
    """Return body region and side; a side without a region is told by an item of its own."""
    if not finding.region:
        return []
    side = None if finding.side is Side.UNSTATED else codes.of_group("side", finding.side.value)
    return [FindingSite(codes.of_group("region_of_body", finding.region), laterality=side)]


def _evaluations(finding: Finding) -> list[QualitativeEvaluation]:
    told = [(codes.CERTAINTY, _certainty(finding.certainty))]
    if finding.side is not Side.UNSTATED and not finding.region:
        told.append((codes.LATERALITY, codes.of_group("side", finding.side.value)))
    told.extend((codes.GROUND, codes.of_group("ground", one)) for one in finding.grounds)
    terms, stated = stated_type(finding)
    if stated:
        told.append((codes.own(f"type.{terms}", f"Type of {terms}"), codes.of_group(terms, stated)))
    if finding.made_in:
        told.append((codes.MADE_IN, codes.own(f"view.{finding.made_in}", finding.made_in)))
    if finding.resampled:
        told.append((codes.RESAMPLED, codes.sct("373066001", "Yes")))
    return [QualitativeEvaluation(name, value) for name, value in told]


def _certainty(certainty: Certainty) -> CodedConcept:
    return codes.of_group("certainty", certainty.value)


def _nearest(finding: Finding, plane: Plane | None) -> Iterable[TextContentItem]:
    """Say where the slice that is pointed at is not one the finding was stated to be seen on."""
    if plane is not None and plane.sop_uid != finding.seen_on_slice:
        said = "The slice named is the nearest to the first point; none was stated to show it."
        yield TextContentItem(codes.NEAREST, said, _CONTAINS)


def _texts(finding: Finding) -> Iterable[TextContentItem]:
    told = [(codes.LEVEL, finding.level)]
    told += [(codes.own(code, meaning), text) for code, meaning, text in particulars(finding)]
    told += [(codes.COMMENT, finding.remark), (codes.RECORD, record_text(finding))]
    for name, text in told:
        if text:
            yield TextContentItem(name, text, _CONTAINS)


def _measured(
    quantity: Quantity,
    plane: Plane | None,
    on: list[CoordinatesForMeasurement3D] | None = None,
) -> Measurement:
    made = Measurement(
        name=codes.of_group("quantity", quantity.code),
        value=_told(quantity.value),
        unit=codes.UCUM[quantity.unit],
        referenced_images=[] if plane is None else [_image(SourceImageForMeasurement, plane)],
        referenced_coordinates=on or None,
    )
    item = made[0]
    held: ContentSequence = item.get("ContentSequence", ContentSequence())
    held.extend(_uncertainty(quantity))
    item.ContentSequence = held
    return made


def _uncertainty(quantity: Quantity) -> Iterable[ContentItem]:
    """Return how sure a number is: TID 310's range above and below, 1 SD, and their source."""
    unit, half = codes.UCUM[quantity.unit], quantity.half95
    if quantity.sd is not None:
        yield NumContentItem(codes.SD, _told(quantity.sd), unit, None, _PROPERTY)
    if quantity.low is not None and quantity.high is not None:
        above, below = quantity.high - quantity.value, quantity.value - quantity.low
        yield from _range(above, below, codes.WHOLE_RANGE, unit)
    elif half is not None:
        yield from _range(half, half, codes.HALF_95, unit)
    source = codes.of_group("source", quantity.source)
    yield CodeContentItem(codes.SOURCE_OF_ERROR, source, _PROPERTY)


def _range(
    above: float, below: float, what: CodedConcept, unit: CodedConcept
) -> Iterable[ContentItem]:
    yield NumContentItem(codes.HIGHER, _told(above), unit, None, _PROPERTY)
    yield NumContentItem(codes.LOWER, _told(below), unit, None, _PROPERTY)
    yield CodeContentItem(codes.COVERAGE, what, _PROPERTY)


def _told(value: float) -> float:
    """Return a number without digits that nobody measured; the record has what was reckoned."""
    return round(float(value), DECIMALS) + 0.0


def _on(code: str, lines: Iterable[Drawn], source: Source) -> list[CoordinatesForMeasurement3D]:
    return [
        CoordinatesForMeasurement3D(
            one.graphic.value,
            np.array(one.points),
            source.frame_of_reference_uid,
            purpose=one.role,
        )
        for one in lines
        if code in one.codes
    ]


def _region(outline: Drawn, source: Source) -> ImageRegion3D:
    points = np.array(outline.points)
    return ImageRegion3D(outline.graphic.value, points, source.frame_of_reference_uid)


def _place(one: Drawn, source: Source) -> Scoord3DContentItem:
    return Scoord3DContentItem(
        one.role,
        one.graphic.value,
        np.array(one.points),
        source.frame_of_reference_uid,
        relationship_type=_CONTAINS,
    )


def _image(kind: Any, plane: Plane) -> Any:
    frames = [plane.frame] if plane.frame else None
    return kind(plane.sop_class, plane.sop_uid, frames)
