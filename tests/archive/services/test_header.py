"""What an intake believes of a file is what the scan of the same file shows."""

from __future__ import annotations

from pathlib import Path

import pydicom
import pytest
from hypothesis import given
from hypothesis import strategies as st

from archive.services.header import Header, read_header
from tests.archive.conftest import write_slice
from virtopsy.dicom.scan import scan
from virtopsy.jobs import Progress

_ROOM = b"X" * 30


@pytest.fixture(scope="session")
def slice_bytes(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """One DICOM file."""
    path = tmp_path_factory.mktemp("slice") / "s.dcm"
    write_slice(path, 1)
    return path.read_bytes()


@pytest.mark.parametrize("encoding", ["cp1251", "koi8_r", "utf-8"])
def test_a_wrongly_declared_cyrillic_name_is_listed_as_it_is_shown(
    encoding: str, tmp_path: Path
) -> None:
    path = tmp_path / "s.dcm"
    write_slice(path, 1)
    dataset = pydicom.dcmread(path)
    dataset.SpecificCharacterSet = "ISO_IR 100"
    dataset.PatientName = _ROOM.decode()
    dataset.save_as(path)
    raw = path.read_bytes()
    assert raw.count(_ROOM) == 1
    path.write_bytes(raw.replace(_ROOM, "Ахметова^Айгуль".encode(encoding).ljust(len(_ROOM))))

    found = read_header(path)
    (study,) = scan(path, Progress()).studies

    assert isinstance(found, Header)
    assert found.patient_name == study.patient_name == "Ахметова^Айгуль"


@given(place=st.integers(0, 2000), junk=st.binary(min_size=1, max_size=40))
def test_no_bytes_stop_the_reading(
    slice_bytes: bytes, tmp_path_factory: pytest.TempPathFactory, place: int, junk: bytes
) -> None:
    path = tmp_path_factory.getbasetemp() / "junk.dcm"
    place %= len(slice_bytes)
    path.write_bytes(slice_bytes[:place] + junk + slice_bytes[place + len(junk) :])

    found = read_header(path)

    assert isinstance(found, Header) or found in {"not_dicom", "malformed", "no_uid"}
