"""Findings as one DICOM Comprehensive 3D SR, TID 1500 "Measurement Report" (PS3.16, PS3.3 A.35.13).

The coordinates of every finding hold in the frame of reference its series states. The content is
in English codes; names, levels and remarks stand as the expert wrote them.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

from highdicom.sr import (
    CodeContentItem,
    CodedConcept,
    Comprehensive3DSR,
    LanguageOfContentItemAndDescendants,
    MeasurementReport,
    ObservationContext,
    ObserverContext,
    PersonObserverIdentifyingAttributes,
    ReferencedSegment,
    SourceSeriesForSegmentation,
)
from highdicom.sr.enum import RelationshipTypeValues
from pydicom.dataset import Dataset
from pydicom.uid import UID

from virtopsy.case.subject import Subject
from virtopsy.exchange import codes
from virtopsy.exchange.author import Author
from virtopsy.exchange.evidence import (
    MAKER,
    SEGMENTATION,
    UTF8,
    evidence,
    finished,
    identity,
    person,
    series_uid,
)
from virtopsy.exchange.group import group
from virtopsy.exchange.source import Source
from virtopsy.exchange.uids import lasting_uid
from virtopsy.findings.finding import Finding

_SERIES_NUMBER: Final = 9001
_PROCEDURES: Final[Mapping[str, CodedConcept]] = MappingProxyType(
    {
        "CT": codes.sct("77477000", "Computed tomography"),
        "MR": codes.sct("113091000", "Magnetic resonance imaging"),
    }
)
_OTHER_PROCEDURE: Final = codes.sct("363679005", "Imaging")
_STATES: Final[Mapping[Subject, CodedConcept]] = MappingProxyType(
    {
        Subject.DECEASED: codes.sct("419099009", "Dead"),
        Subject.LIVING: codes.sct("438949009", "Alive"),
    }
)


@dataclass(frozen=True)
class SegmentPlace:
    """Where the segmentation of a finding is: one segment of one object.

    Attributes:
        sop_uid: of the object.
        series_uid: of the series that object is in.
    """

    sop_uid: str
    series_uid: str


def report(
    findings: Sequence[Finding],
    sources: Mapping[str, Source],
    author: Author,
    segments: Mapping[str, SegmentPlace] = MappingProxyType({}),
) -> Dataset:
    """Return the findings of one study as one report.

    Args:
        findings: at least one; the series of each is in `sources`, all of one study.
        sources: by the key that findings call their series.
        author: who hands out, and when.
        segments: where the segmentation of a finding is, by the finding's id.
    """
    first = sources[findings[0].series_uid]
    groups = []
    for one in findings:
        source = sources[one.series_uid]
        groups.append(group(one, source, _segment(segments.get(one.finding_id), source)))
    content = MeasurementReport(
        observation_context=_context(author),
        procedure_reported=_PROCEDURES.get(first.modality, _OTHER_PROCEDURE),
        imaging_measurements=groups,
        language_of_content_item_and_descendants=LanguageOfContentItemAndDescendants(
            CodedConcept("en", "RFC5646", "English")
        ),
    )
    made = Comprehensive3DSR(
        evidence=_evidence(findings, sources, segments),
        content=content,
        series_instance_uid=series_uid(first, "SR", author),
        series_number=_SERIES_NUMBER,
        sop_instance_uid=lasting_uid("SR", first.study_uid, author.when.isoformat()),
        instance_number=1,
        manufacturer=MAKER,
        is_complete=True,
        specific_character_set=UTF8,
        series_description="Virtopsy: findings",
    )
    return finished(made, first, author)


def _segment(place: SegmentPlace | None, source: Source) -> ReferencedSegment | None:
    if place is None:
        return None
    series = SourceSeriesForSegmentation(source.uid)
    return ReferencedSegment(SEGMENTATION, place.sop_uid, 1, source_series=series)


def _evidence(
    findings: Sequence[Finding],
    sources: Mapping[str, Source],
    segments: Mapping[str, SegmentPlace],
) -> list[Dataset]:
    """Return every object the report points at, and one slice of a series it does not."""
    used: dict[str, Dataset] = {}
    for one in findings:
        source = sources[one.series_uid]
        plane = source.plane_of(one) or source.planes[0]
        used.setdefault(plane.sop_uid, evidence(source, plane))
        if one.finding_id in segments:
            place = segments[one.finding_id]
            pointed = identity(source)
            pointed.SOPClassUID, pointed.SOPInstanceUID = UID(SEGMENTATION), UID(place.sop_uid)
            pointed.SeriesInstanceUID = UID(place.series_uid)
            used[place.sop_uid] = pointed
    return list(used.values())


def _context(author: Author) -> ObservationContext:
    """Return who observed, and whom: a person, not a device; the patient of the files."""
    observer = ObserverContext(
        observer_type=codes.dcm("121006", "Person"),
        observer_identifying_attributes=PersonObserverIdentifyingAttributes(
            name=person(author.name)
        ),
    )
    context = ObservationContext(observer_person_context=observer)
    relation = RelationshipTypeValues.HAS_OBS_CONTEXT
    patient = codes.dcm("121025", "Patient")
    context.append(CodeContentItem(codes.dcm("121024", "Subject Class"), patient, relation))
    if author.subject in _STATES:
        state = _STATES[author.subject]
        context.append(CodeContentItem(codes.SUBJECT_STATE, state, relation))
    return context
