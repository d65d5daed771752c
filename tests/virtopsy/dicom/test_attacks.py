"""Attacks on a scan: none stops it, none hides the files beside it, none is believed."""

from __future__ import annotations

import math
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from pydicom import Dataset, Sequence

from virtopsy.dicom.assemble import assemble, study_of
from virtopsy.dicom.scan import scan
from virtopsy.dicom.series import Scan, Series
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
