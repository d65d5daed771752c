"""No file is believed: whatever its bytes say, there is a header or one reason."""

from __future__ import annotations

import time
import zlib
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydicom import dcmread
from pydicom.uid import DeflatedExplicitVRLittleEndian, ImplicitVRLittleEndian

from virtopsy.dicom.header import Damaged, NotDicom, read_header
from virtopsy.dicom.scan import scan
from virtopsy.jobs import Progress

ROWS, SERIES = 0x00280010, 0x0020000E
WANTED = frozenset({ROWS, SERIES})
STACK = [(0.0, 0.0, 2.0 * k) for k in range(4)]


def _prefix(syntax: bytes) -> bytes:
    value = syntax + b"\0" * (len(syntax) % 2)
    element = b"\x02\0\x10\0UI" + len(value).to_bytes(2, "little") + value
    return b"\0" * 128 + b"DICM" + element


EXPLICIT = _prefix(b"1.2.840.10008.1.2.1")


def test_implicit_and_deflated_files_give_the_same(tmp_path: Path, write_stack: Any) -> None:
    (path,) = write_stack(tmp_path, STACK[:1])
    plain = read_header(path, WANTED)
    ds = dcmread(path)
    for syntax in (ImplicitVRLittleEndian, DeflatedExplicitVRLittleEndian):
        ds.file_meta.TransferSyntaxUID = syntax
        other = tmp_path / "other"
        ds.save_as(other, implicit_vr=syntax.is_implicit_VR, little_endian=True)
        header = read_header(other, WANTED)
        assert header.short(ROWS) == plain.short(ROWS) == 4
        assert header.text(SERIES) == plain.text(SERIES)
        assert header.pixel_length == plain.pixel_length


def test_a_sequence_of_unknown_length_is_jumped_over(tmp_path: Path) -> None:
    item = b"\xfe\xff\x00\xe0\xff\xff\xff\xff" + b"\x08\0\x16\0UI\x02\x001\0"
    sequence = b"\x08\0\x40\x11SQ\0\0\xff\xff\xff\xff" + item
    sequence += b"\xfe\xff\x0d\xe0\0\0\0\0" + b"\xfe\xff\xdd\xe0\0\0\0\0"
    path = tmp_path / "file"
    path.write_bytes(EXPLICIT + sequence + b"\x28\0\x10\0US\x02\0\x07\0")
    assert read_header(path, WANTED).short(ROWS) == 7


@pytest.mark.parametrize(
    "body",
    [
        b"\x08\0\x16\0UI\xff\xff1.2",  # a value longer than the file
        b"\x08\0\x16\0??\x02\x001\0",  # no value representation
        b"\x08\0\x40\x11SQ\0\0\xff\xff\xff\xff" + b"\x08\0" * 8,  # no item
        b"\x08\0\x40\x11SQ\0\0\xff\xff\xff\xff"
        + (b"\xfe\xff\x00\xe0\xff\xff\xff\xff\x08\0\x40\x11SQ\0\0\xff\xff\xff\xff") * 300,
        b"\x08\0\x40\x11OB\0\0\xfe\xff\xff\xff" + b"x" * 40,  # four gigabytes announced
    ],
)
def test_lying_headers_are_damaged_not_fatal(tmp_path: Path, body: bytes) -> None:
    path = tmp_path / "file"
    path.write_bytes(EXPLICIT + body)
    with pytest.raises(Damaged):
        read_header(path, WANTED)
    (skipped,) = scan(tmp_path, Progress()).skipped
    assert skipped.problem.code == "unreadable"


def test_a_deflate_bomb_is_bounded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("virtopsy.dicom.header._MOST_AHEAD", 1 << 20)
    pack = zlib.compressobj(9, zlib.DEFLATED, -zlib.MAX_WBITS)
    bomb = pack.compress(b"\0" * (1 << 24)) + pack.flush()
    path = tmp_path / "file"
    path.write_bytes(_prefix(b"1.2.840.10008.1.2.1.99") + bomb)
    with pytest.raises(Damaged):
        read_header(path, WANTED)


@settings(max_examples=150)
@given(st.binary(max_size=300))
def test_any_bytes_end_in_a_header_or_a_reason(tmp_path_factory: Any, body: bytes) -> None:
    path = tmp_path_factory.getbasetemp() / "any"
    for content in (body, EXPLICIT + body, _prefix(b"1.2.840.10008.1.2") + body):
        path.write_bytes(content)
        try:
            read_header(path, WANTED)
        except (Damaged, NotDicom):
            continue


@settings(max_examples=60, deadline=None)
@given(place=st.integers(132, 900), value=st.integers(0, 255))
def test_one_wrong_byte_never_ends_in_a_traceback(
    tmp_path_factory: Any, write_stack: Any, place: int, value: int
) -> None:
    folder = tmp_path_factory.getbasetemp() / "flipped"
    (path,) = write_stack(folder, STACK[:1])
    content = bytearray(path.read_bytes())
    content[min(place, len(content) - 1)] = value
    path.write_bytes(content)
    scan(folder, Progress())


def test_real_headers_are_read_at_thousands_a_second(shared_data: Path) -> None:
    folder = shared_data / "ct_chest_1mm_100"
    scan(folder, Progress())
    begun = time.process_time()
    found = scan(folder, Progress())
    # 2,500 a second is asked for; a loaded machine gets slack.
    assert found.files / (time.process_time() - begun) > 1000
