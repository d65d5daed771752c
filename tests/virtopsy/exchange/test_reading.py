"""A file that nobody vouches for is read, or refused in one sentence; never more than that."""

from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path

import pydicom
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.virtopsy.exchange.regions import random_mask, region_on
from tests.virtopsy.exchange.scans import AUTHOR, sources, write
from tests.virtopsy.findings.some import SERIES, one_of_each
from virtopsy.errors import InputError, VirtopsyError
from virtopsy.exchange.evidence import content_of
from virtopsy.exchange.omission import Omission
from virtopsy.exchange.presentation import Shown, selection, state
from virtopsy.exchange.reading import findings_in
from virtopsy.exchange.seg import segmentation
from virtopsy.exchange.source import Source
from virtopsy.exchange.sr import report
from virtopsy.exchange.table import records
from virtopsy.findings.key_picture import KeyPicture
from virtopsy.findings.record import to_record
from virtopsy.jobs import Progress
from virtopsy.language import Language

_PREAMBLE = 132


@pytest.fixture(scope="module")
def source(tmp_path_factory: pytest.TempPathFactory) -> Source:
    return sources(tmp_path_factory.mktemp("in") / "series")[SERIES]


@pytest.fixture(scope="module")
def objects(source: Source, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder of one object of each kind, 0 to 3."""
    folder = tmp_path_factory.mktemp("objects")
    (picture,) = [one for one in one_of_each() if isinstance(one, KeyPicture)]
    shown = Shown(picture, source.planes[0], source)
    made = (
        report(one_of_each(), {SERIES: source}, AUTHOR),
        segmentation(region_on(source, random_mask((4, 5, 6))), source, AUTHOR),
        selection([shown], AUTHOR),
        state(shown, AUTHOR),
    )
    for number, one in enumerate(made):
        (folder / str(number)).write_bytes(content_of(one))
    return folder


@pytest.mark.parametrize(
    ("content", "key"),
    [(b"", "unreadable"), (b"not DICOM" * 99, "unreadable"), (None, "no_file")],
)
def test_what_is_no_dicom_file_is_refused_in_words(
    tmp_path: Path, content: bytes | None, key: str
) -> None:
    path = tmp_path / "file"
    if content is None:
        os.mkfifo(path)
    else:
        path.write_bytes(content)

    with pytest.raises(InputError) as told:
        findings_in(path, {}, Progress())

    assert told.value.key == f"exchange.in.{key}"
    assert all(told.value.sentence(language) for language in Language)


def test_records_are_read_as_well_and_a_stranger_among_them_is_named(
    tmp_path: Path, source: Source
) -> None:
    wound, track, *_ = one_of_each()
    path = tmp_path / "findings.json"
    path.write_bytes(records([wound, replace(track, series_uid="1.2.99")]))

    taken = findings_in(path, {SERIES: source}, Progress())

    assert [to_record(one) for one in taken.findings] == [to_record(wound)]
    assert [one.code for one in taken.omissions] == ["series"]
    path.write_bytes(b"\xef\xbb\xbf {]")
    with pytest.raises(InputError) as told:
        findings_in(path, {SERIES: source}, Progress())
    assert told.value.key == "exchange.in.no_json"


def test_a_slice_holds_no_findings_and_is_called_what_it_is(tmp_path: Path) -> None:
    path = next(iter(write(tmp_path / "in").iterdir()))

    with pytest.raises(InputError) as told:
        findings_in(path, {}, Progress())

    assert told.value.key == "exchange.in.other_kind"
    assert "CT Image Storage" in told.value.sentence(Language.EN)


_SHARE = st.floats(0, 1, exclude_max=True)


@given(
    which=st.integers(0, 3),
    spoilt=st.lists(st.tuples(_SHARE, st.integers(0, 255)), min_size=1, max_size=6),
    kept=st.one_of(st.just(1.0), _SHARE),
)
@settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_a_damaged_file_is_read_as_far_as_it_is_sound_or_refused(  # noqa: PLR0913, PLR0917 -- so
    tmp_path: Path,
    objects: Path,
    source: Source,
    which: int,
    spoilt: list[tuple[float, int]],
    kept: float,
) -> None:
    whole = bytearray((objects / str(which)).read_bytes())
    behind_name = len(whole) - _PREAMBLE
    for share, value in spoilt:
        whole[_PREAMBLE + int(share * behind_name)] = value
    path = tmp_path / "damaged.dcm"
    path.write_bytes(whole[: _PREAMBLE + int(kept * behind_name)])

    try:
        told: list[Omission | VirtopsyError] = [
            *findings_in(path, {SERIES: source}, Progress()).omissions
        ]
    except VirtopsyError as error:
        told = [error]
    assert all(one.sentence(language) for one in told for language in Language)


def test_a_report_nested_without_end_stops_somewhere(tmp_path: Path, objects: Path) -> None:
    path = tmp_path / "deep.dcm"
    made = pydicom.dcmread(objects / "0")
    item = made.ContentSequence[-1].ContentSequence[0]
    for _ in range(120):
        inner = pydicom.Dataset()
        inner.ValueType = "CONTAINER"
        inner.ContentSequence = pydicom.Sequence([item])
        item = inner
    made.ContentSequence = pydicom.Sequence([item])
    made.save_as(path)

    taken = findings_in(path, {}, Progress())

    assert taken.findings == ()
