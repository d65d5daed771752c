"""Every form of a case's findings, study by study; what a form cannot take is named."""

from __future__ import annotations

from dataclasses import replace
from io import BytesIO
from pathlib import Path

import pydicom
import pytest

from tests.virtopsy.exchange.scans import AUTHOR, known, sources, write
from tests.virtopsy.findings.some import SERIES, one_of_each
from virtopsy.errors import Cancelled
from virtopsy.exchange.form import Form
from virtopsy.exchange.forms import handed_out
from virtopsy.exchange.source import Source
from virtopsy.findings.finding import Finding
from virtopsy.jobs import Progress
from virtopsy.language import Language

_EVERY = frozenset(Form)


def _of(kind: str) -> Finding:
    (found,) = [one for one in one_of_each() if one.kind == kind]
    return found


@pytest.fixture
def here(tmp_path: Path) -> dict[str, Source]:
    return sources(tmp_path / "in")


def test_the_report_points_at_the_segmentation_that_goes_out_beside_it(
    here: dict[str, Source],
) -> None:
    made = handed_out(
        one_of_each(), here, frozenset({Form.SR}), AUTHOR, Language.KK, Progress()
    ).files

    segmentation = pydicom.dcmread(BytesIO(made["region_1_001.dcm"]))
    report = pydicom.dcmread(BytesIO(made["report_1.dcm"]))
    groups = report.ContentSequence[-1].ContentSequence
    (pointed,) = [
        item.ReferencedSOPSequence[0]
        for one in groups
        for item in one.ContentSequence
        if item.ValueType == "IMAGE"
        and item.ConceptNameCodeSequence[0].CodeMeaning == "Referenced Segment"
    ]
    assert pointed.ReferencedSOPInstanceUID == segmentation.SOPInstanceUID
    evidence = {
        instance.ReferencedSOPInstanceUID: series.SeriesInstanceUID
        for study in report.CurrentRequestedProcedureEvidenceSequence
        for series in study.ReferencedSeriesSequence
        for instance in series.ReferencedSOPSequence
    }
    assert evidence[segmentation.SOPInstanceUID] == segmentation.SeriesInstanceUID


def test_each_study_has_a_report_of_its_own(tmp_path: Path) -> None:
    write(tmp_path / "in" / "a")
    write(tmp_path / "in" / "b", SeriesInstanceUID="1.2.33", StudyInstanceUID="1.2.22")
    here = known(tmp_path / "in")
    two = (_of("wound"), replace(_of("note"), series_uid="1.2.33"))

    made = handed_out(two, here, frozenset({Form.SR}), AUTHOR, Language.EN, Progress())

    studies = [
        pydicom.dcmread(BytesIO(one)).StudyInstanceUID
        for name, one in sorted(made.files.items())
        if name.startswith("report")
    ]
    assert studies == ["1.2.2", "1.2.22"]


def test_what_a_form_cannot_take_is_named_and_the_table_has_it_all_the_same(
    here: dict[str, Source],
) -> None:
    stranger = replace(_of("wound"), series_uid="1.2.99", name="чужая")
    misfit = replace(_of("region"), grid_kji=(9, 9, 9), name="не та сетка")

    made = handed_out(
        (stranger, misfit, _of("key_picture")), here, _EVERY, AUTHOR, Language.RU, Progress()
    )

    told = {one.code: one.sentence(Language.RU) for one in made.omissions}
    assert set(told) == {"series", "grid", "not_plain"}
    assert "чужая" in told["series"]
    assert "не та сетка" in told["grid"]
    assert set(made.files) == {
        "findings.csv",
        "findings.json",
        "pictures_1.dcm",
        "report_1.dcm",
    }
    assert "чужая" in made.files["findings.csv"].decode("utf-8")


def test_every_object_of_one_handing_out_has_a_uid_of_its_own(here: dict[str, Source]) -> None:
    made = handed_out(one_of_each(), here, _EVERY, AUTHOR, Language.EN, Progress()).files

    read = [pydicom.dcmread(BytesIO(one)) for name, one in made.items() if name.endswith(".dcm")]
    uids = {str(one.SOPInstanceUID) for one in read}
    assert len(uids) == len(read)
    assert SERIES not in {str(one.SeriesInstanceUID) for one in read}
    assert len({str(one.SeriesInstanceUID) for one in read}) == len({one.Modality for one in read})


def test_it_can_be_stopped(here: dict[str, Source]) -> None:
    progress = Progress()
    progress.cancel()

    with pytest.raises(Cancelled):
        handed_out(one_of_each(), here, _EVERY, AUTHOR, Language.EN, progress)
