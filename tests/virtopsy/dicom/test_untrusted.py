"""Files made to harm: each costs itself, is named with one reason, and the rest still loads."""

from __future__ import annotations

import zlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydicom import Dataset, Sequence, dcmread
from pydicom.dataset import FileMetaDataset
from pydicom.encaps import encapsulate
from pydicom.uid import DeflatedExplicitVRLittleEndian, ExplicitVRLittleEndian, JPEGLSLossless

from virtopsy.dicom.assemble import assemble, choose, study_of
from virtopsy.dicom.carrier import Address
from virtopsy.dicom.reader import look
from virtopsy.dicom.scan import scan
from virtopsy.errors import InputError
from virtopsy.imaging.volume import Volume
from virtopsy.jobs import Progress
from virtopsy.language import Language

Spoil = Callable[[bytes], bytes]
SIX = [(0, 0, 2.0 * k) for k in range(6)]
_FRAMES = b"(\x00\x08\x00IS"  # (0028,0008)


def element(tag: int, vr: bytes, value: bytes, length: int | None = None) -> bytes:
    """One element, explicit little endian; the length may lie."""
    size = len(value) if length is None else length
    head = (tag >> 16).to_bytes(2, "little") + (tag & 0xFFFF).to_bytes(2, "little") + vr
    wide = vr in {b"OB", b"OW", b"SQ", b"UN", b"UT"}
    return (
        head
        + (b"\0\0" + size.to_bytes(4, "little") if wide else size.to_bytes(2, "little"))
        + value
    )


def before_pixels(whole: bytes, more: bytes) -> bytes:
    """Put elements in front of the pixel data."""
    at = whole.index(b"\xe0\x7f\x10\x00")
    return whole[:at] + more + whole[at:]


def with_value(tag: int, vr: bytes, value: bytes) -> Spoil:
    """Replace the value of an element by one of another length."""

    def spoil(whole: bytes) -> bytes:
        head = element(tag, vr, b"")[:6]
        at = whole.index(head)
        length = int.from_bytes(whole[at + 6 : at + 8], "little")
        return whole[:at] + element(tag, vr, value) + whole[at + 8 + length :]

    return spoil


def nested(whole: bytes) -> bytes:
    opened = b"\xfe\xff\x00\xe0\xff\xff\xff\xff" + b"\x40\x00\x75\x02SQ\0\0\xff\xff\xff\xff"
    start = b"\x40\x00\x75\x02SQ\0\0\xff\xff\xff\xff"
    return before_pixels(whole, start + opened * 300)


def nested_with_lengths(whole: bytes) -> bytes:
    inner = b""
    for _ in range(300):
        item = b"\xfe\xff\x00\xe0" + len(inner).to_bytes(4, "little") + inner
        inner = element(0x00400275, b"SQ", item)
    return before_pixels(whole, inner)


def bomb(whole: bytes, *, ahead: bool = True) -> bytes:
    """A deflated data set of two megabytes that opens to two gigabytes."""
    start = whole.index(b"\x08\x00", 132)
    pixels = whole.index(b"\xe0\x7f\x10\x00")
    packer = zlib.compressobj(9, zlib.DEFLATED, -zlib.MAX_WBITS)
    packed = packer.compress(whole[start:pixels])
    if not ahead:
        packed += packer.compress(whole[pixels:])
    packed += packer.compress(element(0x7FDF0010 if ahead else 0xFFFCFFFC, b"OB", b"", 1 << 31))
    packed += packer.flush(zlib.Z_FULL_FLUSH)
    megabyte = packer.compress(bytes(1 << 20)) + packer.flush(zlib.Z_FULL_FLUSH)
    packed += megabyte * 2048
    meta = whole[:start]
    at = meta.index(b"\x02\x00\x10\x00UI")
    length = int.from_bytes(meta[at + 6 : at + 8], "little")
    syntax = DeflatedExplicitVRLittleEndian.encode()
    syntax += b"\0" * (len(syntax) % 2)
    meta = meta[:at] + element(0x00020010, b"UI", syntax) + meta[at + 8 + length :]
    return meta + packed + packer.flush()


def bomb_behind(whole: bytes) -> bytes:
    """The same behind the pixels, where nobody looks: they are read as they are."""
    return bomb(whole, ahead=False)


TRAPS: dict[str, tuple[Spoil, set[str]]] = {
    "empty": (lambda _: b"", {"unreadable"}),
    "text": (lambda _: b"no picture", {"unreadable"}),
    "only a preamble": (lambda _: bytes(128) + b"DICM", {"unreadable"}),
    "cut in the header": (lambda whole: whole[:300], {"unreadable"}),
    "cut in the pixels": (lambda whole: whole[:-17], {"truncated_pixels"}),
    "4 GB in 3 bytes": (
        lambda whole: before_pixels(whole, element(0x00091001, b"UN", b"abc", 0xFFFFFFFE)),
        {"unreadable"},
    ),
    "300 levels without an end": (nested, {"unreadable"}),
    "300 levels": (nested_with_lengths, set()),
    "a bomb": (bomb, {"unreadable"}),
    "a bomb behind the pixels": (bomb_behind, set()),
    "a wrong VR": (
        lambda whole: whole.replace(b"\x28\x00\x10\x00US", b"\x28\x00\x10\x00??"),
        {"unreadable"},
    ),
    "no rows": (with_value(0x00280010, b"US", b"\0\0"), {"not_an_image"}),
    "too many rows": (with_value(0x00280010, b"US", b"\xff\xff"), {"truncated_pixels"}),
    "2^31 frames": (
        lambda whole: before_pixels(whole, element(0x00280008, b"IS", b"2147483648")),
        {"unreadable"},
    ),
    "minus one frame": (
        lambda whole: before_pixels(whole, element(0x00280008, b"IS", b"-1")),
        {"unreadable"},
    ),
    "a million frames": (
        lambda whole: before_pixels(whole, element(0x00280008, b"IS", b"1000000 ")),
        {"truncated_pixels"},
    ),
    "NaN as position": (with_value(0x00200032, b"DS", b"nan\\0\\0 "), {"unreadable"}),
    "infinity as position": (with_value(0x00200032, b"DS", b"1e999\\0\\0 "), {"unreadable"}),
    "no number as spacing": (with_value(0x00280030, b"DS", b"one\\two "), {"unreadable"}),
    "no spacing at all": (with_value(0x00280030, b"DS", b"0\\0 "), {"spacing_missing"}),
    "minus spacing": (with_value(0x00280030, b"DS", b"-1\\-1 "), {"spacing_missing"}),
    "a direction that is none": (
        with_value(0x00200037, b"DS", b"0\\0\\0\\0\\0\\0 "),
        {"spacing_missing"},
    ),
    "97 bits": (with_value(0x00280100, b"US", b"\x61\0"), {"undecodable"}),
    "more bits than room": (with_value(0x00280101, b"US", b"\x20\0"), {"undecodable"}),
}


@pytest.fixture(scope="module")
def good(tmp_path_factory: pytest.TempPathFactory, write_stack: Any) -> Path:
    folder = tmp_path_factory.mktemp("good")
    write_stack(folder, SIX)
    return folder


@pytest.mark.parametrize("name", TRAPS)
def test_a_trap_is_named_with_one_reason_and_the_rest_loads(
    good: Path, tmp_path: Path, name: str
) -> None:
    spoil, codes = TRAPS[name]
    for path in good.iterdir():
        (tmp_path / path.name).write_bytes(path.read_bytes())
    trap = tmp_path / "0002"
    trap.write_bytes(spoil(trap.read_bytes()))
    found = scan(tmp_path, Progress())
    told = [one.problem for one in found.skipped if one.path == trap]
    series = choose(found, None)
    if not told:
        told = [
            problem
            for study in found.studies
            for one in study.series
            if one is not series or "truncated_pixels" in {p.code for p in one.problems}
            for problem in one.problems
        ]
    assert {one.code for one in told} & codes or (not codes and not told)
    assert all(one.sentence(language) for one in told for language in Language)
    volume = assemble(series, study_of(found, series), Progress())
    assert volume.voxels.shape == (6, 4, 5)
    if codes:
        assert volume.gaps == (2,)
    assert volume.voxels[3, 0, 0] == 300 - 24


def test_all_traps_at_once_leave_the_good_series_whole(good: Path, tmp_path: Path) -> None:
    whole = (good / "0001").read_bytes()
    for number, (spoil, _) in enumerate(TRAPS.values()):
        other = whole.replace(b"999.0.2", b"999.0.3").replace(b"10.999.2\0", b"10.999.9\0")
        (tmp_path / f"trap{number:02d}").write_bytes(spoil(other))
    for path in good.iterdir():
        (tmp_path / path.name).write_bytes(path.read_bytes())
    found = scan(tmp_path, Progress())
    series = next(
        one for study in found.studies for one in study.series if one.uid.endswith("999.0.2")
    )
    volume = assemble(series, study_of(found, series), Progress())
    assert volume.voxels.shape == (6, 4, 5)
    assert not volume.problems
    assert found.files == len(TRAPS) + 6
    reasons = [one.path for one in found.skipped]
    assert len(reasons) == len(set(reasons))


def test_fragments_that_lie_about_their_length_are_named(tmp_path: Path, good: Path) -> None:
    for path in good.iterdir():
        ds = dcmread(path)
        ds.PixelData = encapsulate([b"\xff\xd8\xff\xf7" + bytes(40) + b"\xff\xd9"])
        ds["PixelData"].VR = "OB"
        ds.file_meta.TransferSyntaxUID = JPEGLSLossless
        ds.save_as(tmp_path / path.name)
        content = (tmp_path / path.name).read_bytes()
        lie = content.replace(b"\xfe\xff\x00\xe0\x2e\0\0\0", b"\xfe\xff\x00\xe0\xff\xff\xff\x7f")
        (tmp_path / path.name).write_bytes(lie)
    found = scan(tmp_path, Progress())
    series = choose(found, None)
    with pytest.raises(InputError, match="0000"):
        assemble(series, study_of(found, series), Progress())


@pytest.mark.parametrize("preamble", [b"MZ", b"\x7fELF", b"%PDF-1.7", b"<html><script>", b"PK\5\6"])
def test_a_preamble_of_another_kind_changes_nothing(
    good: Path, tmp_path: Path, preamble: bytes
) -> None:
    for path in good.iterdir():
        whole = path.read_bytes()
        (tmp_path / path.name).write_bytes(preamble.ljust(128, b"\0") + whole[128:])
    found = scan(tmp_path, Progress())
    assert not found.skipped
    assert choose(found, None).frames == 6


@pytest.mark.parametrize(
    "uid", [b"../../x ", b"1.2\x00.3\x00", b"/etc/passwd ", b"CON.", b"\xff\xfe" * 3]
)
def test_a_uid_that_is_none_builds_no_path_and_no_error(
    good: Path, tmp_path: Path, uid: bytes
) -> None:
    for path in good.iterdir():
        (tmp_path / path.name).write_bytes(with_value(0x0020000E, b"UI", uid)(path.read_bytes()))
    found = scan(tmp_path, Progress())
    series = choose(found, None)
    assert series.frames == 6
    assert series.uid.isprintable()
    assemble(series, study_of(found, series), Progress())


@pytest.mark.parametrize(
    "name",
    [
        b"A\0B^C\x1b[31m",
        "Иванов\u202eПётр".encode(),
        "Ivanоv^Ivаn".encode(),  # Cyrillic o and a
        b"<b>bold</b>",
        b"=cmd|' /C calc'!A0",
    ],
)
def test_a_name_gives_no_orders(good: Path, tmp_path: Path, name: bytes) -> None:
    padded = name + b" " * (len(name) % 2)
    for path in good.iterdir():
        (tmp_path / path.name).write_bytes(with_value(0x00100010, b"PN", padded)(path.read_bytes()))
    shown = scan(tmp_path, Progress()).studies[0].patient_name
    assert shown
    assert "\0" not in shown
    assert "\x1b" not in shown


def test_a_name_of_ten_megabytes_is_no_name(good: Path, tmp_path: Path) -> None:
    whole = (good / "0000").read_bytes()
    at = whole.index(b"\x10\x00\x10\x00PN")
    length = int.from_bytes(whole[at + 6 : at + 8], "little")
    huge = b"\x10\x00\x10\x00UT\0\0" + (10_000_000).to_bytes(4, "little") + b"A" * 10_000_000
    (tmp_path / "a").write_bytes(whole[:at] + huge + whole[at + 8 + length :])
    found = scan(tmp_path, Progress())
    assert len(found.studies[0].patient_name) <= 1000


@settings(max_examples=300, deadline=None)
@given(data=st.data())
def test_any_change_of_a_header_is_an_answer_and_never_an_error(good: Path, data: Any) -> None:
    whole = bytearray((good / "0000").read_bytes())
    for _ in range(data.draw(st.integers(1, 4))):
        at = data.draw(st.integers(128, len(whole) - 1))
        whole[at : at + data.draw(st.integers(0, 3))] = data.draw(st.binary(max_size=4))
    path = good.parent / "changed"
    path.write_bytes(whole[: data.draw(st.integers(0, len(whole)))])
    assert look(Address(str(path))) is not None


def multi_frame(folder: Path) -> bytes:
    """An enhanced CT of three frames."""
    ds = Dataset()
    ds.SOPClassUID, ds.SOPInstanceUID = "1.2.840.10008.5.1.4.1.1.2.1", "1.2.3.4"
    ds.StudyInstanceUID, ds.SeriesInstanceUID, ds.Modality = "1.2.3", "1.2.3.1", "CT"
    ds.Rows, ds.Columns, ds.NumberOfFrames, ds.SamplesPerPixel = 4, 4, 3, 1
    ds.BitsAllocated, ds.BitsStored, ds.HighBit, ds.PixelRepresentation = 16, 16, 15, 1
    ds.PhotometricInterpretation = "MONOCHROME2"
    groups = []
    for k in range(3):
        item, position = Dataset(), Dataset()
        position.ImagePositionPatient = [0, 0, k]
        item.PlanePositionSequence = Sequence([position])
        groups.append(item)
    ds.PerFrameFunctionalGroupsSequence = Sequence(groups)
    ds.PixelData = np.zeros(48, "<i2").tobytes()
    ds.file_meta = FileMetaDataset()
    ds.file_meta.TransferSyntaxUID = ExplicitVRLittleEndian
    ds.save_as(folder / "enhanced", enforce_file_format=True)
    return (folder / "enhanced").read_bytes()


def test_any_change_of_functional_groups_is_an_answer(
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    folder = tmp_path_factory.mktemp("frames")
    whole = multi_frame(folder)
    chance = np.random.default_rng(3)
    for _ in range(150):
        changed = bytearray(whole)
        for at in chance.integers(132, len(whole), 3):
            changed[at] = chance.integers(0, 256)
        (folder / "changed").write_bytes(changed)
        assert look(Address(str(folder / "changed"))) is not None


def test_the_loaded_values_of_a_trapped_folder_are_those_of_a_clean_one(
    good: Path, tmp_path: Path
) -> None:
    for path in good.iterdir():
        (tmp_path / path.name).write_bytes(path.read_bytes())
    (tmp_path / "bomb").write_bytes(bomb((good / "0000").read_bytes()))

    def loaded(folder: Path) -> Volume:
        found = scan(folder, Progress())
        series = choose(found, None)
        return assemble(series, study_of(found, series), Progress())

    assert np.array_equal(loaded(tmp_path).voxels, loaded(good).voxels)
