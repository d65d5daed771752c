"""Whatever has pixels and is no volume can be looked at, in its own greys and colours."""

from __future__ import annotations

import pickle
import tracemalloc
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from pydicom import Dataset
from pydicom.data import get_testdata_file
from pydicom.dataset import FileMetaDataset
from pydicom.encaps import encapsulate
from pydicom.uid import (
    DeflatedExplicitVRLittleEndian,
    ExplicitVRBigEndian,
    ExplicitVRLittleEndian,
    JPEGBaseline8Bit,
)

from virtopsy.dicom.carrier import Address
from virtopsy.dicom.header import Damaged, NotDicom
from virtopsy.dicom.picture import MOST_PIXELS, Picture, confined_picture, picture, viewable
from virtopsy.dicom.reader import Read, read
from virtopsy.dicom.series import Instance
from virtopsy.errors import InputError
from virtopsy.imaging.window import Window
from virtopsy.jobs import Progress

SECONDARY_CAPTURE = "1.2.840.10008.5.1.4.1.1.7"
WritePicture = Callable[..., Instance]


def instance_of(path: Path) -> Instance:
    found = read(Address(str(path)))
    assert isinstance(found, Read)
    return found.instances[0]


@pytest.fixture
def write_picture(tmp_path: Path) -> WritePicture:
    """Write pixels as one file, with elements by keyword, and return what a scan makes of it."""

    def write(
        pixels: NDArray[Any], *, syntax: str = ExplicitVRLittleEndian, **said: Any
    ) -> Instance:
        ds = Dataset()
        ds.SOPClassUID = SECONDARY_CAPTURE
        ds.SOPInstanceUID = "1.2.3.4"
        ds.StudyInstanceUID, ds.SeriesInstanceUID = "1.2", "1.2.3"
        ds.Modality = "OT"
        ds.SamplesPerPixel = 3 if pixels.shape[-1] == 3 and pixels.ndim > 2 else 1
        ds.PhotometricInterpretation = "MONOCHROME2" if ds.SamplesPerPixel == 1 else "RGB"
        ds.Rows, ds.Columns = pixels.shape[:2]
        ds.BitsAllocated = ds.BitsStored = 8 * pixels.itemsize
        ds.HighBit = ds.BitsStored - 1
        ds.PixelRepresentation = int(pixels.dtype.kind == "i")
        order = ">" if syntax == ExplicitVRBigEndian else "<"
        ds.add_new(0x7FE00010, "OW", pixels.astype(pixels.dtype.newbyteorder(order)).tobytes())
        for keyword, value in said.items():
            setattr(ds, keyword, value)
        ds.file_meta = FileMetaDataset()
        ds.file_meta.TransferSyntaxUID = syntax
        path = tmp_path / "picture"
        ds.save_as(path, enforce_file_format=True)
        return instance_of(path)

    return write


def ramp(kind: str = "<u2", rows: int = 4, columns: int = 8) -> NDArray[Any]:
    return np.arange(rows * columns).reshape(rows, columns).astype(kind)


def lut(entries: NDArray[np.uint16], first: int, depth: int) -> list[Dataset]:
    item = Dataset()
    item.add_new(0x00283002, "SS" if first < 0 else "US", [len(entries), first, depth])
    item.add_new(0x00283006, "OW", entries.astype("<u2").tobytes())
    return [item]


def test_the_first_window_of_the_file_makes_the_greys(write_picture: WritePicture) -> None:
    stored = ramp("<i2") * 50
    shown = picture(
        write_picture(
            stored,
            WindowCenter=[40, 500],
            WindowWidth=[400, 1000],
            RescaleIntercept="-600",
            RescaleSlope="1",
        )
    )
    assert shown.pixels.dtype == np.uint8
    np.testing.assert_array_equal(shown.pixels, Window(40, 400).apply(stored - np.int16(600)))
    assert {int(shown.pixels.min()), int(shown.pixels.max())} == {0, 255}


@pytest.mark.parametrize(
    ("function", "middle", "end"), [("LINEAR_EXACT", 128, 255), ("SIGMOID", 128, 225)]
)
def test_other_window_functions_are_followed(
    write_picture: WritePicture, function: str, middle: int, end: int
) -> None:
    stored = np.array([[0, 100, 150]], dtype="<u2")
    facts = {"WindowCenter": 100, "WindowWidth": 100, "VOILUTFunction": function}
    shown = picture(write_picture(stored, **facts)).pixels
    assert shown[0, 1:].tolist() == [middle, end]


def test_without_a_window_a_few_bright_pixels_do_not_darken_the_rest(
    write_picture: WritePicture,
) -> None:
    stored = np.tile(ramp("<u2", 40, 50), (5, 5)) % 1000 + 1000
    stored[0, :3] = 60_000
    shown = picture(write_picture(stored)).pixels
    assert np.percentile(shown, 90) > 200
    assert np.percentile(shown, 10) < 50


def test_padding_is_no_part_of_the_grey_scale(write_picture: WritePicture) -> None:
    stored = np.tile(ramp("<i2", 10, 10), (4, 4))
    stored[:15] = -2000
    shown = picture(write_picture(stored, PixelPaddingValue=-2000)).pixels
    assert shown[15:].min() < 30
    assert shown[15:].max() == 255


def test_a_screen_picture_keeps_its_greys(write_picture: WritePicture) -> None:
    stored = ramp("u1") + np.uint8(100)
    np.testing.assert_array_equal(picture(write_picture(stored)).pixels, stored)


def test_monochrome_1_is_dark_where_values_are_high(write_picture: WritePicture) -> None:
    stored = ramp("u1")
    shown = picture(write_picture(stored, PhotometricInterpretation="MONOCHROME1")).pixels
    np.testing.assert_array_equal(shown, 255 - stored)


def test_a_window_beside_all_values_does_not_hide_the_picture(write_picture: WritePicture) -> None:
    shown = picture(write_picture(ramp(), WindowCenter=30_000, WindowWidth=10)).pixels
    assert shown.min() == 0
    assert shown.max() == 255


@pytest.mark.parametrize("said", [("x", "y"), ("0", "0"), ("40", "-5"), ("40", "")])
def test_a_window_that_is_none_is_not_followed(
    write_picture: WritePicture, said: tuple[str, str]
) -> None:
    plain = picture(write_picture(ramp())).pixels
    instance = write_picture(ramp(), WindowCenter="40", WindowWidth="4000")
    # Written by hand: pydicom would refuse to.
    content = instance.path.read_bytes()
    for tag, old, new in (
        (b"\x28\x00\x50\x10DS", b"40", said[0]),
        (b"\x28\x00\x51\x10DS", b"4000", said[1]),
    ):
        begin = content.index(tag) + 8
        content = content[:begin] + new.encode().ljust(len(old)) + content[begin + len(old) :]
    instance.path.write_bytes(content)
    np.testing.assert_array_equal(picture(instance).pixels, plain)


def test_look_up_tables_are_followed(write_picture: WritePicture) -> None:
    stored = np.array([[0, 1, 2, 3, 9]], dtype="<u2")
    doubled = lut(np.array([0, 20, 40, 60], np.uint16), 0, 16)
    voi = lut(np.array([0, 255, 510, 1020], np.uint16), 0, 10)
    shown = picture(write_picture(stored, VOILUTSequence=voi)).pixels
    assert shown.tolist() == [[0, 64, 127, 254, 254]]
    windowed = picture(
        write_picture(stored, ModalityLUTSequence=doubled, WindowCenter=30.5, WindowWidth=61)
    ).pixels
    assert windowed.tolist() == [[0, 85, 170, 255, 255]]


def test_colours_stay_what_they_are_however_they_lie(write_picture: WritePicture) -> None:
    colours = np.random.default_rng(1).integers(0, 256, (4, 6, 3)).astype(np.uint8)
    np.testing.assert_array_equal(
        picture(write_picture(colours, PlanarConfiguration=0)).pixels, colours
    )
    planes = np.moveaxis(colours, -1, 0).copy()
    lying = write_picture(colours, PlanarConfiguration=1, PixelData=planes.tobytes())
    np.testing.assert_array_equal(picture(lying).pixels, colours)
    swapped = colours.reshape(-1, 2)[:, ::-1].tobytes()
    big = write_picture(
        colours, syntax=ExplicitVRBigEndian, PlanarConfiguration=0, PixelData=swapped
    )
    np.testing.assert_array_equal(picture(big).pixels, colours)
    deflated = write_picture(colours, syntax=DeflatedExplicitVRLittleEndian, PlanarConfiguration=0)
    np.testing.assert_array_equal(picture(deflated).pixels, colours)


def test_a_deflated_picture_keeps_its_window_and_inflates_no_further_than_its_pixels(
    write_picture: WritePicture,
) -> None:
    said = {"WindowCenter": 16, "WindowWidth": 32}
    plain = picture(write_picture(ramp(), **said)).pixels
    deflated = write_picture(ramp(), syntax=DeflatedExplicitVRLittleEndian, **said)
    np.testing.assert_array_equal(picture(deflated).pixels, plain)
    colours = np.full((4, 6, 3), 7, np.uint8)
    bomb = write_picture(
        colours,
        syntax=DeflatedExplicitVRLittleEndian,
        PlanarConfiguration=0,
        DataSetTrailingPadding=bytes(40_000_000),
    )
    tracemalloc.start()
    np.testing.assert_array_equal(picture(bomb).pixels, colours)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 4_000_000


def test_colours_of_sixteen_bits_are_shown(write_picture: WritePicture) -> None:
    colours = np.random.default_rng(2).integers(0, 1 << 16, (4, 6, 3)).astype("<u2")
    shown = picture(write_picture(colours, PlanarConfiguration=0)).pixels
    np.testing.assert_array_equal(shown, (colours >> 8).astype(np.uint8))


def test_every_encoding_shows_the_same_colour_bars() -> None:
    names = [
        *(f"SC_rgb_dcmtk_+eb+{one}.dcm" for one in ("cr", "cy+n1", "cy+np", "cy+s4")),
        *("SC_rgb_gdcm_KY.dcm", "SC_rgb_jpeg_gdcm.dcm", "SC_rgb_jpeg_lossy_gdcm.dcm"),
        *("SC_rgb_rle_16bit.dcm", "SC_rgb_rle_32bit.dcm", "SC_ybr_full_422_uncompressed.dcm"),
    ]
    bars = shown_sample("SC_rgb_rle.dcm").pixels
    assert bars[5, 5].tolist() == [255, 0, 0]
    assert bars[45, 5].tolist() == [0, 0, 255]
    for name in names:
        away = np.abs(shown_sample(name).pixels.astype(int) - bars)
        assert np.median(away) <= 2, name  # JPEG smears the edges between the bars
        assert np.percentile(away, 90) <= 8, name


def shown_sample(name: str) -> Picture:
    """Show one of the files that pydicom brings for its own tests."""
    path = get_testdata_file(name, download=False)
    assert path is not None
    return picture(instance_of(Path(str(path))))


def test_an_ultrasound_palette_is_painted() -> None:
    shown = shown_sample("examples_palette.dcm").pixels
    assert shown.shape == (350, 800, 3)
    assert (shown[:, :, 0] != shown[:, :, 2]).any()


@pytest.mark.parametrize("depth", [8, 16])
def test_a_palette_is_painted_from_its_first_value_on(
    write_picture: WritePicture, depth: int
) -> None:
    kind, scale = ("<u2", 257) if depth == 16 else ("u1", 1)
    channels = {
        "Red": np.array([0, 255, 0, 10]),
        "Green": np.array([0, 0, 255, 20]),
        "Blue": np.array([0, 0, 0, 30]),
    }
    said: dict[str, Any] = {"PhotometricInterpretation": "PALETTE COLOR"}
    for colour, entries in channels.items():
        said[f"{colour}PaletteColorLookupTableDescriptor"] = [4, 5, depth]
        data = (entries * scale).astype(kind).tobytes()
        said[f"{colour}PaletteColorLookupTableData"] = data
    shown = picture(write_picture(np.array([[0, 5, 6, 7, 8, 200]], "u1"), **said)).pixels
    assert shown[0].tolist() == [
        *([0, 0, 0], [0, 0, 0], [255, 0, 0]),
        *([0, 255, 0], [10, 20, 30], [10, 20, 30]),
    ]


def test_a_palette_in_segments_is_painted(write_picture: WritePicture) -> None:
    said: dict[str, Any] = {"PhotometricInterpretation": "PALETTE COLOR"}
    segments = np.array([0, 1, 0, 1, 255, 65_535], "<u2")  # one entry 0, then a line to white
    for colour in ("Red", "Green", "Blue"):
        said[f"{colour}PaletteColorLookupTableDescriptor"] = [256, 0, 16]
        said[f"Segmented{colour}PaletteColorLookupTableData"] = segments.tobytes()
    shown = picture(write_picture(ramp("u1", 16, 16), **said)).pixels
    assert np.abs(shown[..., 0].astype(int) - ramp("u1", 16, 16)).max() <= 1


def test_frames_of_one_bit_begin_where_the_last_one_ended(write_picture: WritePicture) -> None:
    bits = np.random.default_rng(3).integers(0, 2, (3, 3, 5)).astype(np.uint8)
    packed = np.packbits(bits.reshape(-1), bitorder="little").tobytes()
    said = {"BitsAllocated": 1, "BitsStored": 1, "HighBit": 0, "NumberOfFrames": 3}
    instance = write_picture(bits[0], **said, PixelData=packed)
    for number in range(3):
        shown = picture(replace(instance, frame_number=number + 1)).pixels
        np.testing.assert_array_equal(shown, bits[number] * 255)


def test_each_frame_of_a_colour_film_is_itself(write_picture: WritePicture) -> None:
    film = np.random.default_rng(4).integers(0, 256, (3, 4, 6, 3)).astype(np.uint8)
    instance = write_picture(
        film[0], PlanarConfiguration=0, NumberOfFrames=3, PixelData=film.tobytes()
    )
    assert instance.frames == 3
    for number in range(3):
        shown = picture(replace(instance, frame_number=number + 1)).pixels
        np.testing.assert_array_equal(shown, film[number])


@pytest.mark.parametrize(
    ("said", "stretch"),
    [
        ({}, 1.0),
        ({"PixelSpacing": [0.6, 0.3]}, 2.0),
        ({"ImagerPixelSpacing": [0.2, 0.1]}, 2.0),
        ({"NominalScannedPixelSpacing": [0.1, 0.2]}, 0.5),
        ({"PixelAspectRatio": ["4", "3"]}, 4 / 3),
        ({"PixelSpacing": [0.5, 0.5], "PixelAspectRatio": ["4", "3"]}, 1.0),
        ({"PixelAspectRatio": ["0", "3"]}, 1.0),
        ({"PixelAspectRatio": ["1", "90000"]}, 1.0),
    ],
)
def test_pixels_that_are_not_square_are_known(
    write_picture: WritePicture, said: dict[str, Any], stretch: float
) -> None:
    assert picture(write_picture(ramp(), **said)).stretch == pytest.approx(stretch)


def test_the_sides_of_an_x_ray_picture_are_those_the_file_states(
    write_picture: WritePicture,
) -> None:
    assert picture(write_picture(ramp(), PatientOrientation=["L", "FP"])).sides == ("L", "FP")
    assert picture(write_picture(ramp(), PatientOrientation=["X", "F"])).sides == ("", "")
    assert picture(write_picture(ramp())).sides == ("", "")


def test_a_picture_larger_than_memory_is_refused_before_it_is_made(
    write_picture: WritePicture,
) -> None:
    instance = write_picture(ramp(), Rows=65_535, Columns=65_535)
    assert instance.rows * instance.columns > MOST_PIXELS
    with pytest.raises(InputError, match="65535"):
        picture(instance)


@pytest.mark.parametrize("samples", [1, 3])
def test_a_picture_that_was_cut_is_refused(write_picture: WritePicture, samples: int) -> None:
    pixels = ramp("u1") if samples == 1 else np.zeros((4, 8, 3), np.uint8)
    instance = write_picture(pixels, PlanarConfiguration=0)
    instance.path.write_bytes(instance.path.read_bytes()[:-9])
    with pytest.raises(InputError, match="too early"):
        picture(instance_of(instance.path))


def test_a_photograph_that_was_cut_is_refused(write_picture: WritePicture) -> None:
    sample = get_testdata_file("SC_rgb_jpeg_dcmtk.dcm", download=False)
    content = Path(str(sample)).read_bytes()
    begin = content.index(b"\xff\xd8")
    cut = encapsulate([content[begin : begin + 300]])
    instance = write_picture(
        np.zeros((100, 100, 3), np.uint8),
        syntax=JPEGBaseline8Bit,
        PhotometricInterpretation="YBR_FULL",
        PlanarConfiguration=0,
        PixelData=cut,
    )
    with pytest.raises(InputError, match="too early"):
        picture(instance)


def test_a_compression_that_is_not_read_is_named(write_picture: WritePicture) -> None:
    instance = write_picture(ramp())
    video = replace(instance.storage, transfer_syntax="1.2.840.10008.1.2.4.102")
    unread = replace(instance, storage=video)
    assert viewable(instance, "OT")
    assert not viewable(unread, "OT")
    with pytest.raises(InputError, match="MPEG-4"):
        picture(unread)


def test_a_file_that_is_gone_is_named(write_picture: WritePicture) -> None:
    for pixels in (ramp(), np.zeros((4, 8, 3), np.uint8)):
        instance = write_picture(pixels, PlanarConfiguration=0)
        instance.path.unlink()
        with pytest.raises(InputError, match="cannot be opened"):
            picture(instance)


def test_a_segmentation_and_a_dose_are_nothing_to_look_at(write_picture: WritePicture) -> None:
    for sop_class in ("1.2.840.10008.5.1.4.1.1.66.4", "1.2.840.10008.5.1.4.1.1.481.2"):
        assert not viewable(write_picture(ramp(), SOPClassUID=sop_class), "")


def test_a_picture_travels_between_processes(write_picture: WritePicture) -> None:
    shown = picture(pickle.loads(pickle.dumps(write_picture(ramp()))))  # noqa: S301 -- our own
    again = pickle.loads(pickle.dumps(shown))  # noqa: S301 -- our own
    np.testing.assert_array_equal(again.pixels, shown.pixels)


@settings(
    max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    sample=st.sampled_from(("SC_rgb_small_odd.dcm", "CT_small.dcm", "SC_rgb_small_odd_jpeg.dcm")),
    changes=st.lists(st.tuples(st.integers(0, 1 << 16), st.integers(0, 255)), max_size=12),
    length=st.integers(0, 1 << 16),
)
def test_no_damage_is_anything_but_a_picture_or_a_sentence(
    tmp_path: Path, sample: str, changes: list[tuple[int, int]], length: int
) -> None:
    content = bytearray(Path(str(get_testdata_file(sample, download=False))).read_bytes())
    for place, value in changes:
        content[place % len(content)] = value
    path = tmp_path / "damaged"
    path.write_bytes(content[: max(length % (2 * len(content)), 200)])
    try:
        instance = instance_of(path)
    except (Damaged, NotDicom):
        return
    if viewable(instance, "OT"):
        with suppress(InputError):
            shown = confined_picture(instance, Progress())
            assert shown.pixels.shape[:2] == (instance.rows, instance.columns)


@pytest.mark.parametrize("name", ["localizer_S1000_I10", "summary_S4010_I20"])
def test_a_real_localizer_and_its_capture_are_seen(shared_data: Path, name: str) -> None:
    shown = picture(instance_of(shared_data / "ct_localizer_and_secondary" / name))
    assert shown.pixels.shape == (256, 512)
    assert len(np.unique(shown.pixels)) > 100
    assert shown.pixels.std() > 15
