"""What a series says of person, study and slices goes along in right letters; nothing else does."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pydicom
import pytest

from tests.virtopsy.exchange.judges import dsrdump
from tests.virtopsy.exchange.scans import AUTHOR, FRAME_UID, frame, known, sources
from tests.virtopsy.findings.some import SERIES, one_of_each
from virtopsy.exchange.evidence import content_of
from virtopsy.exchange.reading import findings_in
from virtopsy.exchange.source import Source
from virtopsy.exchange.sr import report
from virtopsy.findings.note import Note
from virtopsy.findings.record import to_record
from virtopsy.jobs import Progress

_SHARED = (
    "charsets",
    "broken",
    "ct_gunshot_00",
    "ct_localizer_and_secondary",
    "enhanced_multiframe",
    "geometry_traps_noise_pixels",
    "mr_t1_sagittal",
)


def _note(source: Source) -> Note:
    placed = [one for one in source.planes if one.placed]
    at = placed[len(placed) // 2].position if placed else (0.0, 0.0, 0.0)
    assert at is not None
    return Note(
        at,
        finding_id="n",
        name="Ескертпе",
        series_uid=source.key,
        frame_of_reference_uid=source.frame_of_reference_uid,
    )


@pytest.mark.parametrize("folder", _SHARED)
def test_a_report_on_any_series_of_a_real_machine_is_read_by_others_and_by_us(
    tmp_path: Path, shared_data: Path, folder: str
) -> None:
    found = known(shared_data / folder)
    assert found
    for number, source in enumerate(found.values()):
        path = tmp_path / f"{number}.dcm"
        note = _note(source)
        path.write_bytes(content_of(report([note], found, AUTHOR)))

        dsrdump(path)
        taken = findings_in(path, found, Progress())

        assert [to_record(one) for one in taken.findings] == [to_record(note)], source.key
        made = pydicom.dcmread(path)
        assert str(made.get("PatientID", "")) == source.attributes.get("PatientID", "")
        name = source.attributes.get("PatientName", "")
        assert str(made.PatientName) == name.rstrip("=")


def test_nothing_of_the_person_is_handed_out_but_what_patient_and_study_say(
    tmp_path: Path,
) -> None:
    known_here = sources(
        tmp_path / "in",
        PatientComments="secret",
        PatientAddress="secret",
        PatientTelephoneNumbers="secret",
        OtherPatientIDs="secret",
        OperatorsName="secret^x",
        InstitutionName="secret",
    )

    raw = content_of(report(one_of_each(), known_here, AUTHOR))

    assert b"secret" not in raw


@pytest.mark.parametrize(
    ("keyword", "odd"),
    [
        ("StudyDate", "yesterday"),
        ("StudyTime", "noon"),
        ("PatientSex", "MALE"),
        ("PatientBirthDate", "1970-01-01"),
        ("AccessionNumber", "x" * 40),
        ("PatientID", "7\\8"),
    ],
)
def test_a_value_of_the_source_that_is_none_makes_no_object_that_is_none(
    tmp_path: Path, keyword: str, odd: str
) -> None:
    folder = tmp_path / "in"
    sources(folder)
    for path in folder.iterdir():
        made = pydicom.dcmread(path)
        made._dict[pydicom.datadict.tag_for_keyword(keyword)] = _raw(keyword, odd)
        made.save_as(path)

    path = tmp_path / "sr.dcm"
    path.write_bytes(content_of(report(one_of_each(), known(folder), AUTHOR)))

    dsrdump(path)
    assert str(pydicom.dcmread(path)[keyword].value) in {"", odd[:16], "7 8"}


def _raw(keyword: str, text: str) -> pydicom.dataelem.RawDataElement:
    tag = pydicom.tag.Tag(keyword)
    kind = pydicom.datadict.dictionary_VR(tag)
    raw = text.encode() + b" " * (len(text) % 2)
    return pydicom.dataelem.RawDataElement(tag, kind, len(raw), raw, 0, False, True)


def test_every_slice_of_the_grid_knows_its_plane(tmp_path: Path) -> None:
    source = sources(tmp_path / "in", "twice_oblique", shape=(6, 5, 6), missing=(2,))[SERIES]

    assert source.slices == (0, 1, -1, 2, 3, 4)
    assert [one.sop_uid for one in source.planes] == [f"1.2.{5 + k}" for k in (0, 1, 3, 4, 5)]
    for k, number in enumerate(source.slices):
        if number >= 0:
            (first,) = source.planes[number].to_lps([(0.0, 0.0)])
            expected = frame("twice_oblique").to_lps((0, 0, k))
            np.testing.assert_allclose(first, expected, atol=1e-6)


def test_the_slice_of_a_finding_is_the_one_it_was_seen_on_else_the_nearest(tmp_path: Path) -> None:
    source = sources(tmp_path / "in")[SERIES]
    note = replace(_note(source), at_lps_mm=(0.0, 0.0, -3.0 + 2 * 1.5))

    near, seen = source.plane_of(note), source.plane_of(replace(note, seen_on_slice="1.2.5"))

    assert near is not None
    assert seen is not None
    assert (near.sop_uid, seen.sop_uid) == ("1.2.7", "1.2.5")


def test_a_series_without_a_frame_of_reference_is_given_one_that_lasts(tmp_path: Path) -> None:
    first = sources(tmp_path / "in", FrameOfReferenceUID="")[SERIES]
    again = sources(tmp_path / "again", FrameOfReferenceUID="")[SERIES]

    assert first.frame_of_reference_uid == again.frame_of_reference_uid
    assert first.frame_of_reference_uid.startswith("2.25.")
    assert sources(tmp_path / "with")[SERIES].frame_of_reference_uid == FRAME_UID


def test_the_window_opens_without_the_libraries_of_the_exchange() -> None:
    program = (
        "import sys, viewer.presenters.archive.exchanging\n"
        "print(*({'highdicom', 'pydicom'} & {n.partition('.')[0] for n in sys.modules}))"
    )
    ran = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )
    assert ran.stdout.split() == []
