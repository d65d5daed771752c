"""A report holds every finding as other programs read it, and comes back without loss."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import highdicom
import numpy as np
import pydicom
import pytest

from tests.virtopsy.exchange.judges import dsrdump, errors_of_dciodvfy
from tests.virtopsy.exchange.scans import AUTHOR, FRAME_UID, STUDY, sources, write
from tests.virtopsy.exchange.scans import known as known_in
from tests.virtopsy.findings.some import SERIES, one_of_each, track
from virtopsy.exchange.evidence import content_of
from virtopsy.exchange.group import tracking_uid
from virtopsy.exchange.omission import Taken
from virtopsy.exchange.reading import findings_in
from virtopsy.exchange.source import Source
from virtopsy.exchange.sr import report
from virtopsy.findings.finding import Finding, Side
from virtopsy.findings.measure import Measure, MeasureKind
from virtopsy.findings.record import to_record
from virtopsy.jobs import Progress
from virtopsy.language import Language

_ALL = one_of_each()
_MORE = tuple(
    Measure(kind, points, finding_id=f"m-{kind}", name=f"{kind}", series_uid=SERIES, **other)
    for kind, points, other in (
        (MeasureKind.AREA, ((0.0, 0, 0), (4.0, 0, 0), (4.0, 3, 0)), {}),
        (MeasureKind.AREA, ((0.0, 0, 0), (4.0, 0, 0), (4.0, 3, 5), (0.0, 7, 0)), {}),
        (MeasureKind.ROI, ((1.0, 1, 1), (3.0, 1, 1), (1.0, 2, 1)), {"outline": "ellipse"}),
        (MeasureKind.ROI, ((1.0, 1, 1), (2.0, 1, 1), (1.0, 3, 1)), {"outline": "rectangle"}),
        (MeasureKind.ANGLE, ((1.0, 0, 0), (0.0, 0, 0), (0.0, 1, 0)), {}),
        (MeasureKind.COBB, ((0.0, 0, 0), (9.0, 0, 0), (0.0, 5, 0), (9.0, 7, 0)), {}),
        (MeasureKind.CURVE, ((0.0, 0, 0), (9.0, 0, 0), (9.0, 5, 0)), {}),
        (MeasureKind.PROFILE, ((0.0, 0, 0), (9.0, 0, 0)), {"profile": (1.0, 2.0)}),
    )
)


def _numbered(findings: tuple[Measure, ...]) -> tuple[Finding, ...]:
    return tuple(replace(one, finding_id=f"more-{n}") for n, one in enumerate(findings))


def _written(path: Path, findings: tuple[Finding, ...], known: dict[str, Source]) -> Path:
    path.write_bytes(content_of(report(findings, known, AUTHOR)))
    return path


def _back(path: Path, known: dict[str, Source]) -> Taken:
    return findings_in(path, known, Progress())


@pytest.fixture
def known(tmp_path: Path) -> dict[str, Source]:
    return sources(tmp_path / "in")


def test_a_finding_of_every_kind_comes_back_as_it_was(
    tmp_path: Path, known: dict[str, Source]
) -> None:
    findings = (*_ALL, *_numbered(_MORE))

    back = _back(_written(tmp_path / "sr.dcm", findings, known), known)

    assert back.omissions == ()
    assert list(map(to_record, back.findings)) == list(map(to_record, findings))


def test_dcmtk_reads_it_without_a_word_and_in_the_right_letters(
    tmp_path: Path, known: dict[str, Source]
) -> None:
    path = _written(tmp_path / "sr.dcm", (*_ALL, *_numbered(_MORE)), known)

    read = dsrdump(path)

    assert "Ұлы^Әлия" in read
    assert "Жwound №1" in read
    assert "ескертпе" in read
    assert errors_of_dciodvfy(path) == []


def test_highdicom_finds_each_finding_by_its_uid_with_numbers_and_places(
    tmp_path: Path, known: dict[str, Source]
) -> None:
    path = _written(tmp_path / "sr.dcm", (*_ALL, *_numbered(_MORE)), known)

    document = highdicom.sr.srread(path)

    content = document.content
    wound = _ALL[0]
    (group,) = content.get_image_measurement_groups(tracking_uid=tracking_uid(wound))
    assert group.tracking_identifier == wound.name
    assert group.finding_type.value == "416462003"
    (site,) = group.finding_sites
    assert (site.value.value, site.laterality.value) == ("69536005", "7771000")
    assert [one.referenced_sop_instance_uid for one in group.source_images] == ["1.2.5"]
    length, width, *_ = group.get_measurements()
    assert (length.value, length.unit.value) == (9.0, "mm")
    assert (width.value, width.unit.value) == (4.0, "mm")
    (ends,) = length.referenced_coordinates
    assert ends.value.tolist() == [[0.0, 2.0, 3.0], [9.0, 2.0, 3.0]]
    assert ends.frame_of_reference_uid == FRAME_UID
    planar = content.get_planar_roi_measurement_groups()
    assert {one.roi.graphic_type.value for one in planar} == {"POLYGON", "ELLIPSE"}


def test_every_number_says_its_unit_its_sd_its_95_and_their_source(
    tmp_path: Path, known: dict[str, Source]
) -> None:
    straight = replace(track(), via_lps_mm=())
    path = _written(tmp_path / "sr.dcm", (straight,), known)
    length = straight.quantities[0]

    (number,) = [
        one
        for one in pydicom.dcmread(path).ContentSequence[-1].ContentSequence[0].ContentSequence
        if one.ValueType == "NUM" and one.ConceptNameCodeSequence[0].CodeMeaning == "Length"
    ]

    told = {_key(one): one for one in number.ContentSequence}
    assert _value(told["uncertainty.sd"]) == pytest.approx(length.sd, abs=1e-4)
    assert _value(told["371886008"]) == pytest.approx(length.half95, abs=1e-4)
    assert _value(told["371885007"]) == pytest.approx(length.half95, abs=1e-4)
    assert told["uncertainty.coverage"].ConceptCodeSequence[0].CodeValue == "coverage.95"
    assert told["uncertainty.source"].ConceptCodeSequence[0].CodeMeaning == "fit"
    units = [_unit(told[one]) for one in ("uncertainty.sd", "371886008", "371885007")]
    assert units == ["mm", "mm", "mm"]


def test_a_range_is_told_as_what_lies_above_and_below(
    tmp_path: Path, known: dict[str, Source]
) -> None:
    region = next(one for one in _ALL if one.kind == "region")
    path = _written(tmp_path / "sr.dcm", (region,), known)

    group = pydicom.dcmread(path).ContentSequence[-1].ContentSequence[0]
    (number,) = [one for one in group.ContentSequence if one.ValueType == "NUM"]

    told = {_key(one): one for one in number.ContentSequence}
    assert (_value(told["371886008"]), _value(told["371885007"])) == (7.0, 6.0)
    assert "uncertainty.sd" not in told


def test_a_slice_that_was_not_stated_to_show_it_is_said_to_be_only_the_nearest(
    tmp_path: Path, known: dict[str, Source]
) -> None:
    seen, unseen = _ALL[0], replace(_ALL[0], seen_on_slice="", finding_id="other")

    told = dsrdump(_written(tmp_path / "a.dcm", (seen,), known))
    untold = dsrdump(_written(tmp_path / "b.dcm", (unseen,), known))

    assert "nearest" not in told
    assert "The slice named is the nearest" in untold


def test_what_only_a_kind_has_is_said_in_words_and_what_nobody_stated_is_not(
    tmp_path: Path, known: dict[str, Source]
) -> None:
    read = dsrdump(_written(tmp_path / "sr.dcm", _ALL, known))

    for words in (
        'Stated by")="Ә. Сарапшы"',
        'Outcome, as the expert states")="lodged"',
        'Where it lies")="inside"',
        'Largest value is the largest the series could store")="yes"',
        'Bone")="os parietale"',
        'Lower threshold")="-1024"',
        'Landmark")="porion_left"',
    ):
        assert words in read
    assert "Lies where teeth" not in read
    assert "Deflection at the entry" not in read


def test_the_person_who_marked_and_the_state_of_who_was_examined_are_said(
    tmp_path: Path, known: dict[str, Source]
) -> None:
    root = pydicom.dcmread(_written(tmp_path / "sr.dcm", _ALL, known))

    told = {_key(one): one for one in root.ContentSequence}
    assert str(told["121008"].PersonName) == "Ә. Сарапшы^"
    assert told["subject"].ConceptCodeSequence[0].CodeMeaning == "Dead"
    assert told["121058"].ConceptCodeSequence[0].CodeMeaning == "Computed tomography"


def test_it_bears_the_patient_and_study_of_the_source_and_no_clock_but_the_given(
    tmp_path: Path, known: dict[str, Source]
) -> None:
    made = pydicom.dcmread(_written(tmp_path / "sr.dcm", _ALL, known))

    assert (str(made.PatientName), made.PatientID, made.StudyInstanceUID) == (
        "Ұлы^Әлия",
        "№ 7",
        STUDY,
    )
    assert made.SpecificCharacterSet == "ISO_IR 192"
    assert (made.ContentDate, made.ContentTime) == ("20261126", "073000")
    assert made.SeriesInstanceUID != SERIES
    again = report(_ALL, known, AUTHOR)
    assert content_of(again) == (tmp_path / "sr.dcm").read_bytes()


def test_a_patient_name_in_a_wrongly_declared_set_is_handed_out_in_right_letters(
    tmp_path: Path,
) -> None:
    for path in write(tmp_path / "in").iterdir():
        _declare_latin(path)
    known = known_in(tmp_path / "in")

    made = pydicom.dcmread(_written(tmp_path / "sr.dcm", _ALL, known))

    assert str(made.PatientName) == "Иванов^Пётр"


def _declare_latin(path: Path) -> None:
    """Store a Windows-1251 name in a file that declares Latin-1, as many scanners do."""
    made = pydicom.dcmread(path)
    made.SpecificCharacterSet = "ISO_IR 100"
    made.PatientName = "Иванов^Пётр".encode("cp1251").decode("latin-1")
    for text in ("InstitutionName", "StudyDescription", "SeriesDescription", "PatientID"):
        setattr(made, text, "7")
    made.save_as(path)


def test_the_uid_of_a_finding_outlasts_every_version_of_it() -> None:
    first = track()
    moved = first.moved(0, (9.0, 9.0, 9.0))

    assert tracking_uid(first) == tracking_uid(replace(moved, name="other"))
    assert tracking_uid(first) != tracking_uid(replace(first, finding_id="another"))


def test_a_side_without_a_region_is_not_lost(tmp_path: Path, known: dict[str, Source]) -> None:
    one = replace(_ALL[0], region="", side=Side.RIGHT)

    path = _written(tmp_path / "sr.dcm", (one,), known)

    (group,) = highdicom.sr.srread(path).content.get_image_measurement_groups()
    sides = [
        one.value.meaning
        for one in group.get_qualitative_evaluations()
        if one.name.value == "272741003"
    ]
    assert sides == ["right"]


@pytest.mark.parametrize("spoil", ["number", "point", "name", "record"])
def test_a_report_that_somebody_changed_is_told_and_left_out(
    tmp_path: Path, known: dict[str, Source], spoil: str
) -> None:
    path = _written(tmp_path / "sr.dcm", (_ALL[0],), known)
    made = pydicom.dcmread(path)
    _SPOILT[spoil](made.ContentSequence[-1].ContentSequence[0].ContentSequence)
    made.save_as(path)

    back = _back(path, known)

    assert back.findings == ()
    assert [one.code for one in back.omissions] == ["differs"]
    assert _ALL[0].name in back.omissions[0].sentence(Language.KK) or spoil == "name"


def _number(items: Any) -> None:
    (first, *_) = [one for one in items if one.ValueType == "NUM"]
    first.MeasuredValueSequence[0].NumericValue = "8"
    first.MeasuredValueSequence[0].FloatingPointValue = 8.0


def _point(items: Any) -> None:
    (first, *_) = [one for one in items if one.ValueType == "SCOORD3D"]
    first.GraphicData = (np.array(first.GraphicData) + 1.0).tolist()


def _name(items: Any) -> None:
    items[0].TextValue = "another"


def _record(items: Any) -> None:
    told = json.loads(items[-1].TextValue)
    told["at_lps_mm"] = [9.0, 9.0, 9.0]
    items[-1].TextValue = json.dumps(told)


_SPOILT = {"number": _number, "point": _point, "name": _name, "record": _record}


def test_a_number_that_the_record_has_not_is_named_and_one_it_has_more_is_fine(
    tmp_path: Path, known: dict[str, Source]
) -> None:
    path = _written(tmp_path / "sr.dcm", (_ALL[0],), known)
    made = pydicom.dcmread(path)
    items = made.ContentSequence[-1].ContentSequence[0].ContentSequence
    numbers = [one for one in items if one.ValueType == "NUM"]
    items.remove(numbers[1])
    numbers[0].ConceptNameCodeSequence[0].CodeValue = "99"
    del numbers[0].ConceptNameCodeSequence[0].LongCodeValue
    made.save_as(path)

    back = _back(path, known)

    assert [to_record(one) for one in back.findings] == [to_record(_ALL[0])]
    assert [one.code for one in back.omissions] == ["added"]


def test_a_finding_of_a_series_that_is_not_here_is_named(
    tmp_path: Path, known: dict[str, Source]
) -> None:
    path = _written(tmp_path / "sr.dcm", (_ALL[0],), known)
    other = sources(tmp_path / "other", SeriesInstanceUID="1.2.77")

    back = _back(path, other)

    assert [one.code for one in back.omissions] == ["series"]


def _key(item: Any) -> str:
    named = item.ConceptNameCodeSequence[0]
    return str(named.get("CodeValue") or named.get("LongCodeValue"))


def _value(item: Any) -> float:
    return float(item.MeasuredValueSequence[0].NumericValue)


def _unit(item: Any) -> str:
    return str(item.MeasuredValueSequence[0].MeasurementUnitsCodeSequence[0].CodeValue)
