"""Every transfer syntax gives the values that were stored, or a sentence that names it."""

from __future__ import annotations

import re
import resource
import struct
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from pydicom import Dataset, dcmread, dcmwrite
from pydicom.encaps import encapsulate, encapsulate_extended
from pydicom.pixels.encoders.base import get_encoder
from pydicom.sequence import Sequence as Items
from pydicom.uid import (
    DeflatedExplicitVRLittleEndian,
    EnhancedCTImageStorage,
    ExplicitVRBigEndian,
    ExplicitVRLittleEndian,
    ImplicitVRLittleEndian,
    JPEG2000Lossless,
    JPEGLSLossless,
    RLELossless,
)

from tests.virtopsy.dicom.codestreams import ENCODED, Encoded, checksum, pattern
from virtopsy.dicom.scan import scan
from virtopsy.errors import InputError
from virtopsy.imaging.volume import Volume
from virtopsy.jobs import Progress
from virtopsy.language import Language

Load = Callable[..., Volume]
JPEG = "1.2.840.10008.1.2.4."
INTERCEPT = -24  # of the stacks of `write_stack`
SMALL, ODD = (34, 35), (511, 513)


@dataclass(frozen=True, eq=False)
class Picture:
    """Stored values and how they are stored.

    Attributes:
        pixels: the bytes of the pixel data, or the codestreams of its frames.
        stored: bits of a value; those of the codestream where nothing is said.
    """

    values: NDArray[Any]
    syntax: str
    pixels: bytes | list[bytes]
    stored: int
    signed: bool

    @property
    def allocated(self) -> int:
        return 8 if self.stored <= 8 else 16 if self.stored <= 16 else 32


def write(path: Path, ds: Dataset, picture: Picture, table: dict[str, Any] | None = None) -> Path:
    """Put a picture into a data set and write it in its syntax."""
    ds.Rows, ds.Columns = picture.values.shape[-2:]
    ds.BitsAllocated, ds.BitsStored = picture.allocated, picture.stored
    ds.HighBit, ds.PixelRepresentation = picture.stored - 1, int(picture.signed)
    pixels = picture.pixels
    ds.PixelData = pixels if isinstance(pixels, bytes) else encapsulate(pixels, **(table or {}))
    ds["PixelData"].VR = "OW" if picture.allocated > 8 and isinstance(pixels, bytes) else "OB"
    ds["PixelData"].is_undefined_length = not isinstance(pixels, bytes)
    ds.file_meta.TransferSyntaxUID = picture.syntax
    implicit, little = picture.syntax == ImplicitVRLittleEndian, picture.syntax != BIG
    dcmwrite(path, ds, implicit_vr=implicit, little_endian=little, enforce_file_format=True)
    return path


BIG = ExplicitVRBigEndian
PLAIN = (ImplicitVRLittleEndian, ExplicitVRLittleEndian, BIG, DeflatedExplicitVRLittleEndian)
BITS = [(8, False), (8, True), (10, False), (12, False), (12, True), (13, True)]
BITS += [(15, False), (16, False), (16, True)]


def typed(shape: tuple[int, int], stored: int, *, signed: bool) -> NDArray[Any]:
    """`pattern` in the type its bits are kept in."""
    size = 1 if stored <= 8 else 2 if stored <= 16 else 4
    return pattern(shape, stored, signed=signed).astype(f"<{'i' if signed else 'u'}{size}")


def plain(shape: tuple[int, int], syntax: str, stored: int, *, signed: bool) -> Picture:
    values = typed(shape, stored, signed=signed)
    order = ">" if syntax == BIG else "<"
    pixels = values.astype(values.dtype.newbyteorder(order)).tobytes()
    return Picture(values, syntax, pixels + b"\0" * (len(pixels) % 2), stored, signed)


def encode(values: NDArray[Any], syntax: str, stored: int) -> bytes:
    """Encode with the first encoder pydicom finds: its own RLE, CharLS, OpenJPEG."""
    codestream = get_encoder(syntax).encode(
        np.ascontiguousarray(values).tobytes(),
        index=0,
        rows=values.shape[0],
        columns=values.shape[1],
        samples_per_pixel=1,
        photometric_interpretation="MONOCHROME2",
        bits_allocated=8 * values.itemsize,
        bits_stored=stored,
        pixel_representation=int(values.dtype.kind == "i"),
        number_of_frames=1,
    )
    return bytes(codestream)


def by_pydicom(shape: tuple[int, int], syntax: str, stored: int, *, signed: bool) -> Picture:
    values = typed(shape, stored, signed=signed)
    return Picture(values, syntax, [encode(values, syntax, stored)], stored, signed)


def by_hand(shape: tuple[int, int], syntax: str, stored: int, *, signed: bool) -> Picture:
    """Encode as lossless JPEG: the left neighbour predicts, every category has five bits.

    ITU-T T.81 H.1.2; no encoder at hand writes it without sometimes aborting the process.
    """
    values = typed(shape, stored, signed=signed)
    bits = 8 * values.itemsize
    samples = values.view(f"<u{values.itemsize}").astype(np.int64)
    predicted = np.empty_like(samples)
    predicted[:, 1:] = samples[:, :-1]
    predicted[1:, 0] = samples[:-1, 0]
    predicted[0, 0] = 1 << (bits - 1)
    scan = _entropy_coded((samples - predicted + 32767) % 65536 - 32767)
    frame = struct.pack(">HHBHHB3B", 0xFFC3, 11, bits, *shape, 1, 1, 0x11, 0)
    tables = struct.pack(">HHB", 0xFFC4, 36, 0) + bytes([0, 0, 0, 0, 17, *[0] * 11, *range(17)])
    start = struct.pack(">HHB5B", 0xFFDA, 8, 1, 1, 0, 1, 0, 0)
    codestream = b"\xff\xd8" + frame + tables + start + scan + b"\xff\xd9"
    return Picture(values, syntax, [codestream], stored, signed)


def _entropy_coded(differences: NDArray[np.int64]) -> bytes:
    """Return five bits of category and its own bits for each difference."""
    flat = differences.ravel()
    category = np.ceil(np.log2(np.abs(flat) + 1)).astype(np.int64)
    low = np.where(flat < 0, flat - 1, flat) & ((1 << category) - 1)
    extra = np.where(category == 16, 0, category)
    length = 5 + extra
    code = (category << extra) | np.where(category == 16, 0, low)
    place = np.arange(21)
    used = place < length[:, None]
    bits = (code[:, None] >> np.maximum(length[:, None] - 1 - place, 0)) & 1
    stream = bits[used]
    padded = np.concatenate((stream, np.ones(-len(stream) % 8, dtype=np.int64)))
    return np.packbits(padded.astype(np.uint8)).tobytes().replace(b"\xff", b"\xff\0")


def made_elsewhere(encoded: Encoded) -> Picture:
    """One of the embedded codestreams."""
    pixels = [encoded.codestream]
    return Picture(encoded.values, encoded.syntax, pixels, encoded.bits, encoded.signed)


def small_pictures() -> dict[str, Picture]:
    """Every encoder at hand with every depth it takes."""
    pictures = {}
    for stored, signed in BITS:
        depth = f"{'signed' if signed else 'unsigned'} {stored}"
        for syntax in PLAIN:
            pictures[f"{syntax.name}, {depth}"] = plain(SMALL, syntax, stored, signed=signed)
        for syntax in (RLELossless, JPEGLSLossless, JPEG2000Lossless):
            pictures[f"{syntax.name}, {depth}"] = by_pydicom(SMALL, syntax, stored, signed=signed)
        for syntax in (JPEG + "57", JPEG + "70"):
            pictures[f"{syntax}, {depth}"] = by_hand(SMALL, syntax, stored, signed=signed)
    for signed in (False, True):
        wide = by_pydicom(SMALL, JPEG2000Lossless, 24, signed=signed)
        pictures[f"JPEG 2000, 24 bits, {signed}"] = wide
    return pictures


def odd_pictures() -> dict[str, Picture]:
    """Odd numbers of rows and columns, as large as a slice of a scanner."""
    return {
        "deflated": plain(ODD, DeflatedExplicitVRLittleEndian, 12, signed=True),
        "big endian": plain(ODD, BIG, 16, signed=True),
        "bytes": plain(ODD, ExplicitVRLittleEndian, 8, signed=False),
        "RLE": by_pydicom(ODD, RLELossless, 16, signed=True),
        "JPEG-LS": by_pydicom(ODD, JPEGLSLossless, 12, signed=False),
        "JPEG 2000": by_pydicom(ODD, JPEG2000Lossless, 16, signed=True),
        "lossless JPEG": by_hand(ODD, JPEG + "70", 16, signed=False),
    }


def embedded(rows: int) -> dict[str, Picture]:
    found = {name: one for name, one in ENCODED.items() if one.rows == rows and not one.error}
    return {name: made_elsewhere(one) for name, one in found.items()}


SETS: dict[str, Callable[[], dict[str, Picture]]] = {
    "every depth": small_pictures,
    "odd sizes": odd_pictures,
    "other encoders": lambda: embedded(17),
    "one column": lambda: embedded(23),
    "one pixel": lambda: embedded(1),
}


@pytest.mark.parametrize("name", SETS)
def test_one_stack_of_every_encoding_holds_the_values_that_were_stored(
    tmp_path: Path, write_stack: Any, load: Load, name: str
) -> None:
    pictures = SETS[name]()
    for path, picture in zip(
        write_stack(tmp_path, [(0, 0, k) for k in range(len(pictures))]),
        pictures.values(),
        strict=True,
    ):
        write(path, dcmread(path), picture)
    volume = load(tmp_path)
    assert not volume.unread
    wrong = [
        encoding
        for plane, (encoding, picture) in zip(volume.voxels, pictures.items(), strict=True)
        if not np.array_equal(plane.astype(np.int64) - INTERCEPT, picture.values)
    ]
    assert wrong == []


@pytest.fixture
def one(tmp_path: Path, write_stack: Any) -> Callable[[Picture], Path]:
    """Writes one picture into a file of its own."""

    def save(picture: Picture) -> Path:
        (path,) = write_stack(tmp_path, [(0, 0, 0)], names=["picture"])
        return write(path, dcmread(path), picture)

    return save


@pytest.mark.parametrize("name", [name for name, one in ENCODED.items() if one.error])
def test_lossy_pictures_decode_as_elsewhere_and_are_called_lossy(
    one: Callable[[Picture], Path], load: Load, name: str
) -> None:
    encoded = ENCODED[name]
    volume = load(one(made_elsewhere(encoded)))
    values = volume.voxels[0].astype(np.int64) - INTERCEPT
    assert np.abs(values - encoded.values).max() == encoded.error
    assert encoded.crc in {None, checksum(values)}
    assert "lossy" in volume.problems


@pytest.mark.parametrize("syntax", ["80", "90"])
def test_a_codestream_with_fewer_bits_than_the_file_keeps_its_sign(
    one: Callable[[Picture], Path], load: Load, syntax: str
) -> None:
    encoder = {"80": JPEGLSLossless, "90": JPEG2000Lossless}[syntax]
    narrow = by_pydicom(SMALL, encoder, 12, signed=False)
    wide = Picture(narrow.values.astype("<i2"), encoder, narrow.pixels, 16, signed=True)
    np.testing.assert_array_equal(load(one(wide)).voxels[0] - INTERCEPT, narrow.values)


# The samples of NEMA -----------------------------------------------------------------------


@pytest.mark.parametrize(
    "name",
    [f"{name}_{way}" for name in ("CT1", "CT2") for way in ("J2KR", "JLSL", "JPLL", "RLE")]
    + ["MR4_JLSL"],
)
def test_lossless_compression_decodes_to_the_reference_bit_by_bit(
    shared_data: Path, name: str, load: Load
) -> None:
    path = shared_data / "compressed_same_image" / name
    reference = load(path.with_name(f"{name[:3]}_UNC"))
    np.testing.assert_array_equal(load(path).voxels, reference.voxels)
    assert "lossy" not in load(path).problems


@pytest.mark.parametrize(
    ("name", "bound"),
    [
        ("CT1_JLSN", 4),
        ("CT2_JLSN", 4),
        ("CT1_J2KI", 352),
        ("CT2_J2KI", 402),
        ("MR4_J2KI", 29 * 9.5703125),
        ("MR4_JPLY", 40 * 9.5703125),
    ],
)
def test_lossy_compression_stays_within_its_bound_and_is_called_lossy(
    shared_data: Path, name: str, bound: float, load: Load
) -> None:
    folder = shared_data / "compressed_same_image"
    volume = load(folder / name)
    difference = volume.voxels.astype(float) - load(folder / f"{name[:3]}_UNC").voxels
    assert 0 < np.abs(difference).max() <= bound + 0.01
    assert "lossy" in volume.problems


# Several frames, several fragments ---------------------------------------------------------


def write_frames(path: Path, ds: Dataset, picture: Picture, table: dict[str, Any]) -> Path:
    """Write an Enhanced CT of these frames, one millimetre apart."""
    count = len(picture.values)
    ds.SOPClassUID = EnhancedCTImageStorage
    ds.NumberOfFrames = count
    shared, measures, orientation, values = Dataset(), Dataset(), Dataset(), Dataset()
    measures.PixelSpacing, measures.SliceThickness = ds.PixelSpacing, 1
    orientation.ImageOrientationPatient = ds.ImageOrientationPatient
    values.RescaleIntercept, values.RescaleSlope, values.RescaleType = INTERCEPT, 1, "HU"
    shared.PixelMeasuresSequence = Items([measures])
    shared.PlaneOrientationSequence = Items([orientation])
    shared.PixelValueTransformationSequence = Items([values])
    ds.SharedFunctionalGroupsSequence = Items([shared])
    frames = []
    for k in range(count):
        place, frame = Dataset(), Dataset()
        place.ImagePositionPatient = [0, 0, k]
        frame.PlanePositionSequence = Items([place])
        frames.append(frame)
    ds.PerFrameFunctionalGroupsSequence = Items(frames)
    del ds.ImagePositionPatient, ds.ImageOrientationPatient
    if table.pop("extended", False):
        _, ds.ExtendedOffsetTable, ds.ExtendedOffsetTableLengths = encapsulate_extended(
            list(picture.pixels)
        )
    return write(path, ds, picture, table)


def many(syntax: str, count: int = 4) -> Picture:
    """`count` different frames."""
    first = typed(SMALL, 16, signed=True)
    values = np.stack([np.roll(first, number) for number in range(count)])
    frames = [encode(frame, syntax, 16) for frame in values]
    return Picture(values, syntax, frames, 16, signed=True)


TABLES = {
    "a table": {"has_bot": True},
    "no table": {"has_bot": False},
    "an extended table": {"has_bot": False, "extended": True},
    "fragments and a table": {"has_bot": True, "fragments_per_frame": 3},
    "fragments and no table": {"has_bot": False, "fragments_per_frame": 3},
}


@pytest.mark.parametrize(
    ("syntax", "name"),
    [
        (syntax, name)
        for syntax in (RLELossless, JPEGLSLossless, JPEG2000Lossless)
        for name in TABLES
        # RLE has one fragment a frame (PS3.5 G.2), and nothing in it tells where a frame ends.
        if (syntax, name) != (RLELossless, "fragments and no table")
    ],
)
def test_frames_are_found_with_and_without_an_offset_table(
    tmp_path: Path, write_stack: Any, load: Load, syntax: str, name: str
) -> None:
    picture = many(syntax)
    (path,) = write_stack(tmp_path, [(0, 0, 0)])
    write_frames(path, dcmread(path), picture, dict(TABLES[name]))
    volume = load(path)
    np.testing.assert_array_equal(volume.voxels - np.int32(INTERCEPT), picture.values)
    assert volume.problems == ()


def test_frames_that_nothing_tells_apart_are_named(
    tmp_path: Path, write_stack: Any, load: Load
) -> None:
    (path,) = write_stack(tmp_path, [(0, 0, 0)])
    table = dict(TABLES["fragments and no table"])
    write_frames(path, dcmread(path), many(RLELossless), table)
    with pytest.raises(InputError) as caught:
        load(path)
    assert caught.value.key == "scan.problem.truncated_pixels.codestream"


# What cannot be decoded --------------------------------------------------------------------

NO_DECODER = {
    JPEG + "92": "Multi-component",
    JPEG + "94": "JPIP Referenced",
    JPEG + "95": "JPIP Referenced Deflate",
    JPEG + "100": "MPEG2",
    JPEG + "103": "AVC/H.264",
    JPEG + "107": "HEVC",
    JPEG + "204": "JPIP HTJ2K",
    "1.2.3.4.5": "1.2.3.4.5",
}


@pytest.mark.parametrize("syntax", NO_DECODER)
def test_a_syntax_without_decoder_is_named_with_its_file(
    one: Callable[[Picture], Path], load: Load, syntax: str
) -> None:
    path = one(Picture(typed(SMALL, 8, signed=False), syntax, [b"\0\0\1\xb3"], 8, signed=False))
    (series,) = scan(path, Progress()).studies[0].series
    (problem,) = [one for one in series.problems if one.code == "undecodable"]
    assert not series.volume
    for language in Language:
        sentence = problem.sentence(language)
        assert str(path) in sentence
        assert NO_DECODER[syntax] in sentence
    with pytest.raises(InputError, match="cannot be decoded here"):
        load(path)


def test_the_rest_of_a_folder_loads_beside_what_cannot_be_decoded(
    tmp_path: Path, write_stack: Any, load: Load
) -> None:
    *_, last = write_stack(tmp_path, [(0, 0, k) for k in range(5)])
    ds = dcmread(last)
    ds.SeriesInstanceUID += ".9"
    write(
        last, ds, Picture(typed(SMALL, 8, signed=False), JPEG + "107", [b"\0\1"], 8, signed=False)
    )
    assert load(tmp_path).voxels.shape[0] == 4


# Damage ------------------------------------------------------------------------------------

FAMILIES: dict[str, Callable[[], Picture]] = {
    "RLE": lambda: by_pydicom(SMALL, RLELossless, 12, signed=False),
    "JPEG-LS": lambda: by_pydicom(SMALL, JPEGLSLossless, 12, signed=False),
    "JPEG 2000": lambda: by_pydicom(SMALL, JPEG2000Lossless, 12, signed=False),
    "lossless JPEG": lambda: by_hand(SMALL, JPEG + "70", 12, signed=False),
    "12-bit JPEG": lambda: made_elsewhere(ENCODED["51 unsigned 12"]),
    "HTJ2K": lambda: made_elsewhere(ENCODED["201 unsigned 12"]),
}


def with_codestream(picture: Picture, codestream: bytes) -> Picture:
    pixels = [codestream + b"\0" * (len(codestream) % 2)]
    return Picture(picture.values, picture.syntax, pixels, picture.stored, picture.signed)


@pytest.mark.parametrize("family", FAMILIES)
@pytest.mark.parametrize("share", [0.0, 0.02, 0.3, 0.9])
def test_a_codestream_cut_anywhere_is_a_sentence(
    one: Callable[[Picture], Path], load: Load, family: str, share: float
) -> None:
    picture = FAMILIES[family]()
    whole = picture.pixels[0]
    cut = whole[: max(int(len(whole) * share), 2)]
    with pytest.raises(InputError, match=r"incomplete|cannot be decoded") as caught:
        load(one(with_codestream(picture, cut)))
    for language in Language:
        assert "picture" in caught.value.sentence(language)


@pytest.mark.parametrize("family", [name for name in FAMILIES if name != "RLE"])
def test_a_codestream_cut_before_its_end_marker_is_a_sentence(
    one: Callable[[Picture], Path], load: Load, family: str
) -> None:
    picture = FAMILIES[family]()
    whole = picture.pixels[0]
    cut = whole[: int(len(whole) * 0.8)] + b"\xff\xd9"
    with pytest.raises(InputError, match="cannot be decoded"):
        load(one(with_codestream(picture, cut)))


@pytest.mark.parametrize("family", ["JPEG-LS", "lossless JPEG", "12-bit JPEG"])
def test_a_dead_stretch_of_the_disk_is_noticed(
    one: Callable[[Picture], Path], load: Load, family: str
) -> None:
    """JPEG 2000 decodes it to other values and says nothing; only its hash tells."""
    picture = FAMILIES[family]()
    damaged = bytearray(picture.pixels[0])
    middle = len(damaged) * 3 // 4
    damaged[middle : middle + 64] = bytes(64)
    with pytest.raises(InputError, match="cannot be decoded"):
        load(one(with_codestream(picture, bytes(damaged))))


@pytest.mark.parametrize("family", [name for name in FAMILIES if name != "RLE"])
@pytest.mark.parametrize(("rows", "columns"), [(35, 34), (17, 35), (34, 70), (1, 1), (4096, 4096)])
def test_a_codestream_of_another_shape_is_not_squeezed_into_the_header(
    one: Callable[[Picture], Path], load: Load, family: str, rows: int, columns: int
) -> None:
    picture = FAMILIES[family]()
    path = one(picture)
    ds = dcmread(path)
    ds.Rows, ds.Columns = rows, columns
    ds.save_as(path)
    with pytest.raises(InputError, match=re.escape(str(path))):
        load(path)


def test_a_size_that_only_a_broken_file_claims_takes_no_memory(
    one: Callable[[Picture], Path], load: Load
) -> None:
    path = one(FAMILIES["JPEG-LS"]())
    ds = dcmread(path)
    ds.Rows, ds.Columns = 65535, 65535  # 8.6 GB of voxels
    ds.save_as(path)
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    with pytest.raises(InputError):
        load(path)
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 100_000  # kB


@pytest.mark.parametrize("family", [name for name in FAMILIES if name != "RLE"])
def test_a_codestream_with_more_bits_than_the_file_has_room_for_is_not_cut_off(
    one: Callable[[Picture], Path], load: Load, family: str
) -> None:
    picture = FAMILIES[family]()
    path = one(picture)
    ds = dcmread(path)
    ds.BitsAllocated, ds.BitsStored, ds.HighBit = 8, 8, 7
    ds.save_as(path)
    with pytest.raises(InputError, match="cannot be decoded"):
        load(path)


def test_lossy_data_do_not_pass_for_lossless(one: Callable[[Picture], Path], load: Load) -> None:
    baseline = made_elsewhere(ENCODED["50 unsigned 8"])
    claimed = Picture(baseline.values, JPEG + "70", baseline.pixels, 8, signed=False)
    with pytest.raises(InputError, match="cannot be decoded"):
        load(one(claimed))


@pytest.fixture(scope="module")
def new_picture(write_stack: Any, tmp_path_factory: pytest.TempPathFactory) -> Callable[[], Path]:
    """Writes a slice to be changed into a folder of its own."""

    def make() -> Path:
        (path,) = write_stack(tmp_path_factory.mktemp("flip"), [(0, 0, 0)])
        return Path(path)

    return make


@settings(max_examples=60, deadline=None)
@given(family=st.sampled_from(sorted(FAMILIES)), place=st.floats(0, 1), bit=st.integers(0, 7))
def test_a_flipped_bit_gives_a_picture_of_the_same_shape_or_a_sentence(
    new_picture: Callable[[], Path], load: Load, family: str, place: float, bit: int
) -> None:
    """Of these formats JPEG-LS alone notices most flips; the hash taken at intake notices all."""
    picture = FAMILIES[family]()
    damaged = bytearray(picture.pixels[0])
    damaged[int(place * (len(damaged) - 1))] ^= 1 << bit
    path = new_picture()
    write(path, dcmread(path), with_codestream(picture, bytes(damaged)))
    try:
        volume = load(path)
    except InputError:
        return
    assert volume.voxels.shape[1:] == picture.values.shape
