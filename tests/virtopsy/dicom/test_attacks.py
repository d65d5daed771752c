"""Attacks on a scan: none stops it, none hides the files beside it, none is believed."""

from __future__ import annotations

import math
import os
import struct
import sys
import time
import zipfile
import zlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from pydicom import Dataset, Sequence, dcmread
from pydicom.filebase import DicomBytesIO
from pydicom.filewriter import write_file_meta_info
from pydicom.pixels.encoders import RLELosslessEncoder
from pydicom.uid import DeflatedExplicitVRLittleEndian

from virtopsy.dicom import carrier, decoding, pixels
from virtopsy.dicom.assemble import assemble, choose, study_of
from virtopsy.dicom.carrier import Address
from virtopsy.dicom.scan import scan
from virtopsy.dicom.series import Scan, Series
from virtopsy.errors import InputError
from virtopsy.imaging.volume import Volume
from virtopsy.jobs import Progress

Load = Callable[..., Volume]
SIX = [(0, 0, 2.0 * k) for k in range(6)]
ENHANCED_CT = "1.2.840.10008.5.1.4.1.1.2.1"


def decimal(whole: bytes, tag: int, text: bytes) -> bytes:
    """Write over the first decimal string of this tag in a file of explicit little endian."""
    head = (tag >> 16).to_bytes(2, "little") + (tag & 0xFFFF).to_bytes(2, "little") + b"DS"
    at = whole.index(head)
    length = int.from_bytes(whole[at + 6 : at + 8], "little")
    assert len(text) <= length
    return whole[: at + 8] + text.ljust(length) + whole[at + 8 + length :]


def multi_frame(ds: Dataset, _: int) -> None:
    """Turn a file of `write_stack` into an enhanced one of as many frames as `SIX`."""
    ds.SOPClassUID = ENHANCED_CT
    ds.SeriesInstanceUID += ".7"
    position, orientation = ds.ImagePositionPatient, ds.ImageOrientationPatient
    spacing, thickness = ["0.9000000", "0.7000000"], ds.SliceThickness
    for name in ("ImagePositionPatient", "ImageOrientationPatient", "PixelSpacing"):
        delattr(ds, name)
    del ds.SliceThickness, ds.RescaleIntercept, ds.RescaleSlope
    shared, plane, measures, values = Dataset(), Dataset(), Dataset(), Dataset()
    plane.ImageOrientationPatient = orientation
    measures.PixelSpacing, measures.SliceThickness = spacing, thickness
    values.RescaleIntercept, values.RescaleSlope, values.RescaleType = -24, "1.0000000", "HU"
    shared.PlaneOrientationSequence = Sequence([plane])
    shared.PixelMeasuresSequence = Sequence([measures])
    shared.PixelValueTransformationSequence = Sequence([values])
    ds.SharedFunctionalGroupsSequence = Sequence([shared])
    ds.PerFrameFunctionalGroupsSequence = Sequence()
    for k in range(len(SIX)):
        frame, where = Dataset(), Dataset()
        where.ImagePositionPatient = [*position[:2], f"{2 * k:.6f}"]
        frame.PlanePositionSequence = Sequence([where])
        ds.PerFrameFunctionalGroupsSequence.append(frame)
    ds.NumberOfFrames = len(SIX)
    ds.PixelData *= len(SIX)


def every(found: Scan) -> list[Series]:
    return [series for study in found.studies for series in study.series]


def loaded(found: Scan) -> list[Volume]:
    """Every volume that a scan promises."""
    return [
        assemble(series, study_of(found, series), Progress())
        for series in every(found)
        if series.volume
    ]


BAD_GROUPS = [
    (0x00200032, b"0\\0\\nan"),
    (0x00200032, b"0\\0\\inf"),
    (0x00200032, b"0\\0\\1e300"),
    (0x00280030, b"nan\\nan"),
    (0x00280030, b"inf\\inf"),
    (0x00280030, b"1e-300\\1e-300"),
    (0x00200037, b"nan\\0\\0\\0\\1\\0"),
    (0x00281053, b"nan"),
    (0x00281053, b"inf"),
    (0x00281053, b"1e300"),
]


@pytest.mark.parametrize(("tag", "text"), BAD_GROUPS)
def test_no_number_of_a_functional_group_stops_the_scan_or_the_series_beside(
    tmp_path: Path, write_stack: Any, tag: int, text: bytes
) -> None:
    write_stack(tmp_path, SIX)
    (path,) = write_stack(tmp_path, SIX[:1], names=["frames"], change=multi_frame)
    assert all(one.volume for one in every(scan(tmp_path, Progress())))
    path.write_bytes(decimal(path.read_bytes(), tag, text))
    found = scan(tmp_path, Progress())
    beside = next(one for one in every(found) if one.files == len(SIX))
    assert beside.volume
    assert not beside.problems
    told = [one.problem.code for one in found.skipped]
    told += [p.code for one in every(found) if one is not beside for p in one.problems]
    assert told
    for volume in loaded(found):
        assert math.isfinite(float(volume.voxels.max()))


@pytest.mark.parametrize(
    ("text", "code"),
    [
        (b"0\\0\\1_0", "unreadable"),
        (b"0\\\\0\\7", "unreadable"),
        (b"0\\0\\9e14", "spacing_missing"),
        (b"9e14\\0\\4", "spacing_missing"),
    ],
)
def test_a_position_that_is_none_moves_no_slice(
    tmp_path: Path, write_stack: Any, load: Load, text: bytes, code: str
) -> None:
    paths = write_stack(tmp_path, SIX)
    paths[2].write_bytes(decimal(paths[2].read_bytes(), 0x00200032, text))
    found = scan(tmp_path, Progress())
    told = [one.problem.code for one in found.skipped]
    told += [p.code for one in every(found) if not one.volume for p in one.problems]
    assert told == [code]
    volume = load(tmp_path)
    assert volume.gaps == (2,)
    assert volume.voxels.shape == (6, 4, 5)


def test_a_slice_of_negative_thickness_is_a_slice_without_one(
    tmp_path: Path, write_stack: Any
) -> None:
    (path,) = write_stack(tmp_path, SIX[:1])
    path.write_bytes(decimal(path.read_bytes(), 0x00180050, b"-1"))
    (series,) = every(scan(tmp_path, Progress()))
    assert [problem.code for problem in series.problems] == ["too_few_slices", "spacing_missing"]


def test_hundreds_of_files_of_one_uid_are_told_apart_in_no_time(
    tmp_path: Path, write_stack: Any
) -> None:
    count = 400

    def one_uid(ds: Dataset, _: int) -> None:
        ds.SOPInstanceUID = "1.2.3"

    write_stack(tmp_path, [(0, 0, k) for k in range(count)], change=one_uid)
    begun = time.process_time()
    (series,) = every(scan(tmp_path, Progress()))
    assert series.frames == count
    assert [problem.code for problem in series.problems] == ["uid_conflict"]
    assert time.process_time() - begun < 0.5  # each with each other: 80,000 comparisons, 4 s


def run_length_frames(
    folder: Path, write_stack: Any, table: Callable[[list[int]], list[int]], lost: int | None = None
) -> None:
    """Write an enhanced file of six RLE frames; frame k holds the value k, HU k - 24."""

    def change(ds: Dataset, number: int) -> None:
        multi_frame(ds, number)
        options = {
            "rows": 4,
            "columns": 5,
            "number_of_frames": 1,
            "samples_per_pixel": 1,
            "bits_allocated": 16,
            "bits_stored": 16,
            "pixel_representation": 1,
            "photometric_interpretation": "MONOCHROME2",
        }
        frames = [
            RLELosslessEncoder.encode(np.full((4, 5), k, "<i2"), **options)
            for k in range(len(SIX))
            if k != lost
        ]
        starts = np.cumsum([0, *(8 + len(frame) for frame in frames[:-1])]).tolist()
        told = table(starts)
        pixels = struct.pack(f"<HHI{len(told)}I", 0xFFFE, 0xE000, 4 * len(told), *told)
        for frame in frames:
            pixels += struct.pack("<HHI", 0xFFFE, 0xE000, len(frame)) + frame
        ds.PixelData = pixels + struct.pack("<HHI", 0xFFFE, 0xE0DD, 0)
        ds["PixelData"].VR = "OB"
        ds["PixelData"].is_undefined_length = True

    (path,) = write_stack(folder, SIX[:1], names=["frames"], change=change)
    whole = path.read_bytes()
    # The writer of the stack says uncompressed.
    path.write_bytes(whole.replace(b"1.2.840.10008.1.2.1\0", b"1.2.840.10008.1.2.5\0", 1))


@pytest.mark.parametrize(
    "table",
    [
        lambda _: [],
        lambda starts: starts,
        lambda starts: [starts[1], starts[0], *starts[2:]],
        lambda starts: [0] * len(starts),
        lambda starts: [start + 2 for start in starts],
        lambda starts: [*starts[:-1], 0xFFFFFFF0],
        lambda starts: [*starts, starts[-1] + 2],
    ],
)
def test_an_offset_table_that_lies_puts_no_frame_in_the_place_of_another(
    tmp_path: Path, write_stack: Any, load: Load, table: Callable[[list[int]], list[int]]
) -> None:
    run_length_frames(tmp_path, write_stack, table)
    volume = load(tmp_path)
    assert (volume.voxels[:, 0, 0] + 24).tolist() == list(range(len(SIX)))
    assert not volume.problems


def test_where_a_frame_is_lost_among_others_none_stands_in_its_place(
    tmp_path: Path, write_stack: Any, load: Load
) -> None:
    run_length_frames(tmp_path, write_stack, lambda starts: starts, lost=2)
    with pytest.raises(InputError) as caught:
        load(tmp_path)
    assert caught.value.key == "scan.problem.truncated_pixels.codestream"


@pytest.mark.parametrize("compressed", [True, False])
def test_a_file_of_frames_in_a_zip_is_unpacked_once_not_once_a_frame(
    tmp_path: Path, write_stack: Any, load: Load, compressed: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    if compressed:
        run_length_frames(tmp_path / "a", write_stack, lambda starts: starts)
    else:
        write_stack(tmp_path / "a", SIX[:1], names=["frames"], change=multi_frame)
    with zipfile.ZipFile(tmp_path / "a.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.write(tmp_path / "a" / "frames", "frames")
    opens = []

    def counted(address: Address) -> Any:
        opens.append(address)
        return carrier.opened(address)

    monkeypatch.setattr(decoding, "opened", counted)
    found = scan(tmp_path / "a.zip", Progress())
    planes = [pixels.plane(one) for one in choose(found, None).instances]
    assert np.array_equal(np.stack(planes) - 24, load(tmp_path / "a").voxels)
    assert len(opens) == 1


def test_a_deflated_file_that_was_replaced_is_read_anew(
    tmp_path: Path, write_stack: Any, load: Load
) -> None:
    (path,) = write_stack(tmp_path, SIX[:1])
    first = load(deflated(path))
    (again,) = write_stack(tmp_path, SIX[:1], pixels=np.full((1, 4, 5), 77))
    second = load(deflated(again))
    assert (first.voxels != second.voxels).all()
    assert (second.voxels == 77 - 24).all()


def deflated(path: Path) -> Path:
    """Store a file of explicit little endian deflated, under its name."""
    whole = path.read_bytes()
    ds = dcmread(path)
    start = whole.index(b"\x08\x00", 132)
    ds.file_meta.TransferSyntaxUID = DeflatedExplicitVRLittleEndian
    meta = DicomBytesIO()
    write_file_meta_info(meta, ds.file_meta)
    packer = zlib.compressobj(9, zlib.DEFLATED, -zlib.MAX_WBITS)
    packed = packer.compress(whole[start:]) + packer.flush()
    path.write_bytes(bytes(128) + b"DICM" + meta.getvalue() + packed + b"\0" * (len(packed) % 2))
    return path


@pytest.mark.parametrize("closed", [(2,), (0, 2), (0, 1, 2)])
def test_a_stream_closed_by_the_caller_costs_no_file(
    tmp_path: Path, write_stack: Any, closed: tuple[int, ...]
) -> None:
    write_stack(tmp_path / "scan", SIX)
    told = tmp_path / "told"
    code = (
        "from pathlib import Path; from virtopsy.dicom.scan import scan;"
        "from virtopsy.jobs import Progress;"
        f"found = scan(Path({str(tmp_path / 'scan')!r}), Progress());"
        f"Path({str(told)!r}).write_text(f'{{found.files}} {{len(found.skipped)}}')"
    )
    process = os.posix_spawn(
        sys.executable,
        [sys.executable, "-c", code],
        os.environ | {"PYTHONPATH": os.pathsep.join(sys.path)},
        file_actions=[(os.POSIX_SPAWN_CLOSE, file) for file in closed],
    )
    _, status = os.waitpid(process, 0)
    assert os.waitstatus_to_exitcode(status) == 0
    assert told.read_text() == "6 0"


def test_where_the_working_folder_is_gone_a_path_in_it_is_told_not_to_be_there(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "gone").mkdir()
    monkeypatch.chdir(tmp_path / "gone")
    (tmp_path / "gone").rmdir()
    with pytest.raises(InputError) as caught:
        scan(Path("scan"), Progress())
    assert caught.value.key == "scan.no_such_path"
