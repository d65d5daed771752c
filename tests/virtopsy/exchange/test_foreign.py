"""Another program's report becomes findings with what it holds; the rest is named."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import highdicom as hd
import numpy as np
import pydicom
import pytest
from highdicom.sr import (
    CodedConcept,
    CoordinatesForMeasurement,
    CoordinatesForMeasurement3D,
    FindingSite,
    ImageRegion,
    ImageRegion3D,
    Measurement,
    MeasurementsAndQualitativeEvaluations,
    PlanarROIMeasurementsAndQualitativeEvaluations,
    QualitativeEvaluation,
    ReferencedSegment,
    SourceImageForMeasurement,
    SourceImageForMeasurementGroup,
    SourceImageForRegion,
    SourceSeriesForSegmentation,
    TrackingIdentifier,
    VolumetricROIMeasurementsAndQualitativeEvaluations,
)
from pydicom.data import get_testdata_file
from pydicom.sr.codedict import codes

from tests.virtopsy.exchange.scans import FRAME_UID, frame, known, write
from tests.virtopsy.findings.some import SERIES
from virtopsy.exchange.omission import Taken
from virtopsy.exchange.reading import findings_in
from virtopsy.findings.finding import Side
from virtopsy.findings.measure import Measure, MeasureKind
from virtopsy.findings.note import Note
from virtopsy.jobs import Progress
from virtopsy.language import Language

_MM, _MM2 = codes.UCUM.Millimeter, codes.UCUM.SquareMillimeter
_DEGREE, _HU = codes.UCUM.Degree, CodedConcept("[hnsf'U]", "UCUM", "Hounsfield unit")
_CT = "1.2.840.10008.5.1.4.1.1.2"
_SEG = "1.2.840.10008.5.1.4.1.1.66.4"
_AT = [[1.0, 2.0, 3.0], [4.0, 6.0, 3.0]]


def _tracking(name: str = "Ölçüm") -> TrackingIdentifier:
    return TrackingIdentifier(uid=hd.UID(), identifier=name)


def _line(points: Any, graphic: str = "POLYLINE") -> CoordinatesForMeasurement3D:
    return CoordinatesForMeasurement3D(graphic, np.array(points), FRAME_UID)


def _measured(name: Any, value: float, unit: Any, *on: Any, **other: Any) -> Measurement:
    return Measurement(name, value, unit, referenced_coordinates=list(on) or None, **other)


def _image_group(*numbers: Measurement, **other: Any) -> MeasurementsAndQualitativeEvaluations:
    return MeasurementsAndQualitativeEvaluations(
        tracking_identifier=_tracking(), measurements=list(numbers), **other
    )


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return write(tmp_path / "in", "oblique")


def _taken(folder: Path, *groups: Any) -> Taken:
    """Write a report as a user of highdicom does, and read it."""
    images = [pydicom.dcmread(one) for one in sorted(folder.iterdir())]
    images.sort(key=lambda one: str(one.SOPInstanceUID))
    segmentation = pydicom.Dataset()
    segmentation.SOPClassUID, segmentation.SOPInstanceUID = _SEG, "1.2.66"
    segmentation.StudyInstanceUID = images[0].StudyInstanceUID
    segmentation.SeriesInstanceUID = "1.2.67"
    made = hd.sr.Comprehensive3DSR(
        evidence=[*images, segmentation],
        content=hd.sr.MeasurementReport(
            observation_context=hd.sr.ObservationContext(
                observer_person_context=hd.sr.ObserverContext(
                    codes.DCM.Person, hd.sr.PersonObserverIdentifyingAttributes("Doe^Jane")
                )
            ),
            procedure_reported=codes.LN.CTUnspecifiedBodyRegion,
            imaging_measurements=list(groups),
        ),
        series_number=100,
        series_instance_uid=hd.UID(),
        sop_instance_uid=hd.UID(),
        instance_number=1,
        manufacturer="Somebody",
    )
    path = folder.parent / "foreign.dcm"
    made.save_as(path)
    return findings_in(path, known(folder), Progress())


def _one(taken: Taken) -> Measure:
    (finding,) = taken.findings
    assert isinstance(finding, Measure)
    return finding


def test_a_length_keeps_its_ends_and_the_number_that_was_stated(folder: Path) -> None:
    image = SourceImageForMeasurement(_CT, "1.2.6")
    number = _measured(codes.SCT.Length, 5.2, _MM, _line(_AT), referenced_images=[image])

    taken = _taken(
        folder,
        _image_group(
            number,
            finding_type=CodedConcept("125605004", "SCT", "Fracture"),
            finding_sites=[FindingSite(codes.SCT.Head, laterality=codes.SCT.Right)],
        ),
    )

    length = _one(taken)
    assert taken.omissions == ()
    assert length.measure is MeasureKind.LENGTH
    assert length.points_lps_mm == ((1.0, 2.0, 3.0), (4.0, 6.0, 3.0))
    own, stated = length.quantities
    assert (own.code, own.value, own.source) == ("length", pytest.approx(5.0), "assumed")
    assert (stated.value, stated.unit, stated.source) == (5.2, "mm", "entered")
    assert (length.name, length.region, length.side) == ("Ölçüm", "head", Side.RIGHT)
    assert (length.series_uid, length.seen_on_slice) == (SERIES, "1.2.6")
    assert "Fracture" in length.remark


def test_numbers_of_other_units_become_ours(folder: Path) -> None:
    number = _measured(codes.SCT.Length, 1.5, codes.UCUM.Centimeter, _line(_AT))

    _, stated = _one(_taken(folder, _image_group(number))).quantities

    assert (stated.value, stated.unit) == (pytest.approx(15.0), "mm")


@pytest.mark.parametrize(
    ("points", "kind"),
    [
        ([*_AT, [4.0, 9.0, 3.0]], MeasureKind.ANGLE),
        ([*_AT, [4.0, 9.0, 3.0], [0.0, 9.0, 3.0]], MeasureKind.COBB),
    ],
)
def test_an_angle_on_three_or_four_points_is_one(
    folder: Path, points: Any, kind: MeasureKind
) -> None:
    number = _measured(codes.SCT.Angle, 30.0, _DEGREE, _line(points))

    finding = _one(_taken(folder, _image_group(number)))

    assert finding.measure is kind
    assert len(finding.points_lps_mm) == len(points)


def test_a_line_of_many_points_is_a_curve(folder: Path) -> None:
    number = _measured(codes.SCT.Length, 9.0, _MM, _line([*_AT, [4.0, 9.0, 3.0]]))

    assert _one(_taken(folder, _image_group(number))).measure is MeasureKind.CURVE


def test_an_outline_in_space_keeps_its_corners_area_and_values(folder: Path) -> None:
    corners = np.array([[0.0, 0, 0], [4.0, 0, 0], [4.0, 3, 0], [0.0, 0, 0]])
    planar = PlanarROIMeasurementsAndQualitativeEvaluations(
        tracking_identifier=_tracking(),
        referenced_region=ImageRegion3D("POLYGON", corners, FRAME_UID),
        measurements=[
            _measured(codes.SCT.Area, 6.1, _MM2),
            _measured(codes.SCT.Mean, 41.0, _HU),
        ],
    )

    area = _one(_taken(folder, planar))

    assert area.measure is MeasureKind.AREA
    assert area.points_lps_mm == ((0.0, 0.0, 0.0), (4.0, 0.0, 0.0), (4.0, 3.0, 0.0))
    told = [(one.code, one.value, one.source) for one in area.quantities]
    assert told == [
        ("area", pytest.approx(6.0), "spacing"),
        ("area", 6.1, "entered"),
        ("mean", 41.0, "entered"),
    ]


def test_an_outline_on_an_image_lies_where_its_pixels_lie(folder: Path) -> None:
    corners = np.array([[0.5, 0.5], [4.5, 0.5], [4.5, 3.5], [0.5, 0.5]])
    region = ImageRegion("POLYLINE", corners, SourceImageForRegion(_CT, "1.2.7"))
    planar = PlanarROIMeasurementsAndQualitativeEvaluations(
        tracking_identifier=_tracking(), referenced_region=region
    )

    area = _one(_taken(folder, planar))

    expected = frame("oblique").to_lps([(0, 0, 2), (4, 0, 2), (4, 3, 2)])
    np.testing.assert_allclose(area.points_lps_mm, expected, atol=1e-4)
    assert (area.measure, area.seen_on_slice) == (MeasureKind.AREA, "1.2.7")


def test_a_circle_on_an_image_is_the_ellipse_it_is(folder: Path) -> None:
    region = ImageRegion(
        "CIRCLE", np.array([[3.0, 2.5], [4.0, 2.5]]), SourceImageForRegion(_CT, "1.2.5")
    )
    planar = PlanarROIMeasurementsAndQualitativeEvaluations(
        tracking_identifier=_tracking(), referenced_region=region
    )

    roi = _one(_taken(folder, planar))

    expected = frame("oblique").to_lps([(2.5, 2, 0), (3.5, 2, 0), (2.5, 3, 0)])
    assert (roi.measure, roi.outline) == (MeasureKind.ROI, "ellipse")
    np.testing.assert_allclose(roi.points_lps_mm, expected, atol=1e-4)


def test_a_length_on_an_image_is_one_in_space(folder: Path) -> None:
    ends = np.array([[0.5, 0.5], [0.5, 2.5]])
    on = CoordinatesForMeasurement(
        "POLYLINE", ends, source_image=SourceImageForRegion(_CT, "1.2.5")
    )

    length = _one(_taken(folder, _image_group(_measured(codes.SCT.Length, 1.8, _MM, on))))

    assert length.quantities[0].value == pytest.approx(2 * 0.9)


def test_a_place_without_a_measure_is_a_note_with_what_is_said_of_it(folder: Path) -> None:
    region = ImageRegion3D("POINT", np.array([[1.0, 2.0, 3.0]]), FRAME_UID)
    planar = PlanarROIMeasurementsAndQualitativeEvaluations(
        tracking_identifier=_tracking(),
        referenced_region=region,
        qualitative_evaluations=[
            QualitativeEvaluation(
                CodedConcept("1", "99X", "Margin"), CodedConcept("2", "99X", "sharp")
            )
        ],
    )

    (note,) = _taken(folder, planar).findings

    assert isinstance(note, Note)
    assert note.at_lps_mm == (1.0, 2.0, 3.0)
    assert note.remark == "Margin: sharp"


def test_the_same_file_again_has_the_same_ids(folder: Path) -> None:
    group = _image_group(_measured(codes.SCT.Length, 5.0, _MM, _line(_AT)))

    first, again = _taken(folder, group), _taken(folder, group)

    assert [one.finding_id for one in first.findings] == [one.finding_id for one in again.findings]


def test_what_makes_no_finding_is_named(folder: Path) -> None:
    nowhere = _image_group(
        _measured(codes.SCT.Volume, 9.0, codes.UCUM.CubicMillimeter),
        source_images=[SourceImageForMeasurementGroup(_CT, "1.2.5")],
    )
    elsewhere = _image_group(
        _measured(
            codes.SCT.Length,
            5.0,
            _MM,
            CoordinatesForMeasurement3D("POLYLINE", np.array(_AT), "1.2.99"),
        )
    )
    body = _image_group(
        _measured(
            codes.SCT.Volume, 9.0, codes.UCUM.CubicMillimeter, _line(np.eye(6)[:, :3], "ELLIPSOID")
        )
    )
    segment = VolumetricROIMeasurementsAndQualitativeEvaluations(
        tracking_identifier=_tracking(),
        referenced_segment=ReferencedSegment(
            _SEG, "1.2.66", 1, source_series=SourceSeriesForSegmentation(SERIES)
        ),
    )

    taken = _taken(folder, nowhere, elsewhere, body, segment)

    assert taken.findings == ()
    assert [one.code for one in taken.omissions] == ["no_place", "other_frame", "shape", "segment"]
    for language in Language:
        assert all("Ölçüm" in one.sentence(language) for one in taken.omissions)


def test_a_range_that_was_stated_with_a_number_is_kept(folder: Path) -> None:
    properties = hd.sr.MeasurementProperties(
        upper_measurement_uncertainty=1.0, lower_measurement_uncertainty=0.5
    )
    number = _measured(codes.SCT.Length, 5.0, _MM, _line(_AT), properties=properties)

    _, stated = _one(_taken(folder, _image_group(number))).quantities

    assert (stated.low, stated.high) == (4.5, 6.0)


def test_a_report_without_measurements_is_named(folder: Path) -> None:
    path = Path(get_testdata_file("test-SR.dcm") or "")

    taken = findings_in(path, known(folder), Progress())

    assert taken.findings == ()
    assert [one.code for one in taken.omissions] == ["no_groups"]


def test_a_segmentation_of_another_program_lies_on_no_grid_but_its_own(folder: Path) -> None:
    path = Path(get_testdata_file("liver_1frame.dcm") or "")

    taken = findings_in(path, known(folder), Progress())

    assert [one.code for one in taken.omissions] == ["other_frame"]
