"""A segmentation lies voxel on voxel on its source slices and comes back so: PEERS of ours crop,
flip and shift them.
"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pydicom
import pytest

from tests.virtopsy.exchange.judges import errors_of_dciodvfy
from tests.virtopsy.exchange.regions import (
    mask_by_highdicom,
    random_mask,
    region_on,
)
from tests.virtopsy.exchange.scans import AUTHOR, ORIENTATIONS, known, sources
from tests.virtopsy.findings.some import SERIES
from virtopsy.exchange.evidence import content_of
from virtopsy.exchange.reading import findings_in
from virtopsy.exchange.seg import segmentation
from virtopsy.exchange.source import Source
from virtopsy.findings.record import to_record
from virtopsy.findings.region import Region
from virtopsy.imaging.voxel_region import Mask
from virtopsy.jobs import Progress

_REAL = (
    "mr_t1_sagittal",
    "enhanced_multiframe",
    "geometry_traps_noise_pixels",
    "ct_head_gantry_tilt_uneven",
    "compressed_same_image",
)


def _written(path: Path, region: Region, source: Source) -> Path:
    path.write_bytes(content_of(segmentation(region, source, AUTHOR)))
    return path


def _as_foreign(path: Path) -> Path:
    """Take our own record out, as if another program had made the object."""
    made = pydicom.dcmread(path)
    for segment in made.SegmentSequence:
        del segment[0x0071, 0x0010], segment[0x0071, 0x1001]
    made.save_as(path)
    return path


def _mask_of(region: Region) -> Mask:
    whole = np.zeros(region.grid_kji, np.bool_)
    voxels = region.voxels()
    whole[voxels.box] = voxels.mask
    return whole


@pytest.mark.parametrize("orientation", ORIENTATIONS)
def test_every_voxel_comes_back_at_its_place_in_every_orientation(
    tmp_path: Path, orientation: str
) -> None:
    source = sources(tmp_path / "in", orientation, shape=(7, 5, 6))[SERIES]
    mask = random_mask((7, 5, 6))
    region = region_on(source, mask, side="", remark="ж")

    path = _written(tmp_path / "seg.dcm", region, source)
    own = findings_in(path, {SERIES: source}, Progress())
    foreign = findings_in(_as_foreign(path), {SERIES: source}, Progress())

    assert [to_record(one) for one in own.findings] == [to_record(region)]
    (read,) = foreign.findings
    assert isinstance(read, Region)
    assert np.array_equal(_mask_of(read), mask)
    assert np.array_equal(mask_by_highdicom(path, source), mask)


@pytest.mark.parametrize("folder", _REAL)
def test_every_voxel_comes_back_on_the_scans_of_real_machines(
    tmp_path: Path, shared_data: Path, folder: str
) -> None:
    found = known(shared_data / folder)
    volumes = [one for one in found.values() if one.frame is not None]
    for number, source in enumerate(volumes):
        assert source.frame is not None
        mask = random_mask(source.frame.shape, number)
        region = region_on(source, mask)

        path = _written(tmp_path / f"{number}.dcm", region, source)
        taken = findings_in(path, found, Progress())

        assert [to_record(one) for one in taken.findings] == [to_record(region)], source.key
        assert np.array_equal(mask_by_highdicom(path, source), mask), source.key
    assert volumes


def test_each_frame_names_the_slice_it_lies_on(tmp_path: Path) -> None:
    source = sources(tmp_path / "in", "oblique", shape=(7, 5, 6))[SERIES]
    mask = random_mask((7, 5, 6))
    made = pydicom.dcmread(_written(tmp_path / "seg.dcm", region_on(source, mask), source))

    for frame in made.PerFrameFunctionalGroupsSequence:
        (pointed,) = frame.DerivationImageSequence[0].SourceImageSequence
        stated = frame.PlanePositionSequence[0].ImagePositionPatient
        (plane,) = [one for one in source.planes if one.sop_uid == pointed.ReferencedSOPInstanceUID]
        np.testing.assert_allclose(stated, plane.position, atol=1e-6)
    (series,) = made.ReferencedSeriesSequence
    assert series.SeriesInstanceUID == SERIES
    assert (made.Rows, made.Columns) == (5, 6)
    assert made.FrameOfReferenceUID == source.frame_of_reference_uid


def test_a_frame_of_a_multi_frame_file_is_named_by_file_and_number(
    tmp_path: Path, shared_data: Path
) -> None:
    source = next(
        one
        for one in known(shared_data / "enhanced_multiframe").values()
        if one.frame is not None and all(plane.frame for plane in one.planes)
    )
    assert source.frame is not None
    mask = random_mask(source.frame.shape)
    made = pydicom.dcmread(_written(tmp_path / "seg.dcm", region_on(source, mask), source))

    named = {
        (
            str(frame.DerivationImageSequence[0].SourceImageSequence[0].ReferencedSOPInstanceUID),
            int(frame.DerivationImageSequence[0].SourceImageSequence[0].ReferencedFrameNumber),
        )
        for frame in made.PerFrameFunctionalGroupsSequence
    }
    assert named <= {(one.sop_uid, one.frame) for one in source.planes}
    assert len(named) == len(made.PerFrameFunctionalGroupsSequence)
    pointed = made.ReferencedSeriesSequence[0].ReferencedInstanceSequence
    assert {one.ReferencedSOPClassUID for one in pointed} == {source.planes[0].sop_class}
    assert len(pointed) == len({one.sop_uid for one in source.planes})


def test_a_region_across_a_missing_slice_keeps_its_voxels_there(tmp_path: Path) -> None:
    source = sources(tmp_path / "in", shape=(9, 5, 6), missing=(4,))[SERIES]
    mask = random_mask((9, 5, 6))
    region = region_on(source, mask)

    taken = findings_in(
        _written(tmp_path / "seg.dcm", region, source), {SERIES: source}, Progress()
    )

    assert source.slices[4] == -1
    assert [to_record(one) for one in taken.findings] == [to_record(region)]


def test_it_says_what_the_expert_took_it_for_and_no_error_is_found_in_it(tmp_path: Path) -> None:
    source = sources(tmp_path / "in")[SERIES]
    region = region_on(source, random_mask((4, 5, 6)), region="chest")
    path = _written(tmp_path / "seg.dcm", region, source)

    (segment,) = pydicom.dcmread(path).SegmentSequence

    assert segment.SegmentedPropertyTypeCodeSequence[0].CodeValue == "74947009"
    assert segment.AnatomicRegionSequence[0].CodeValue == "51185008"
    assert (segment.SegmentLabel, segment.TrackingID) == ("Газ №1", "Газ №1")
    assert segment.SegmentAlgorithmType == "SEMIAUTOMATIC"
    assert errors_of_dciodvfy(path) == []


def test_frames_stored_the_other_way_round_are_placed_by_their_directions(tmp_path: Path) -> None:
    source = sources(tmp_path / "in", "feet_first")[SERIES]
    mask = random_mask((4, 5, 6))
    path = _as_foreign(_written(tmp_path / "seg.dcm", region_on(source, mask), source))
    _turned(path)

    (read,) = findings_in(path, {SERIES: source}, Progress()).findings

    assert isinstance(read, Region)
    assert np.array_equal(_mask_of(read), mask)


def _turned(path: Path) -> None:
    """Store every frame turned by half a turn, with the directions that say so."""
    made = pydicom.dcmread(path)
    pixels = np.ascontiguousarray(made.pixel_array[:, ::-1, ::-1])
    made.PixelData = np.packbits(pixels.ravel(), bitorder="little").tobytes()
    made.PixelData += b"\0" * (len(made.PixelData) % 2)
    shared = made.SharedFunctionalGroupsSequence[0]
    cosines = np.array(shared.PlaneOrientationSequence[0].ImageOrientationPatient, float)
    shared.PlaneOrientationSequence[0].ImageOrientationPatient = (-cosines).tolist()
    down, right = map(float, shared.PixelMeasuresSequence[0].PixelSpacing)
    far = cosines[:3] * right * (made.Columns - 1) + cosines[3:] * down * (made.Rows - 1)
    for frame in made.PerFrameFunctionalGroupsSequence:
        (place,) = frame.PlanePositionSequence
        place.ImagePositionPatient = (np.array(place.ImagePositionPatient, float) + far).tolist()
    made.save_as(path)


def test_a_foreign_region_has_its_volume_with_a_range(tmp_path: Path) -> None:
    source = sources(tmp_path / "in", shape=(9, 9, 9))[SERIES]
    mask = np.zeros((9, 9, 9), np.bool_)
    mask[2:6, 2:6, 2:6] = True
    path = _as_foreign(_written(tmp_path / "seg.dcm", region_on(source, mask), source))

    (read,) = findings_in(path, {SERIES: source}, Progress()).findings

    (volume,) = read.quantities
    voxel = 0.8 * 0.9 * 1.5
    assert volume.value == pytest.approx(64 * voxel)
    assert volume.low is not None
    assert volume.high is not None
    assert 27 * voxel < volume.low < volume.value - 16 * voxel
    assert volume.value + 16 * voxel < volume.high < 125 * voxel


@pytest.mark.parametrize("spoil", ["pixels", "name"])
def test_a_segmentation_that_somebody_changed_is_told_and_left_out(
    tmp_path: Path, spoil: str
) -> None:
    source = sources(tmp_path / "in")[SERIES]
    path = _written(tmp_path / "seg.dcm", region_on(source, random_mask((4, 5, 6))), source)
    made = pydicom.dcmread(path)
    if spoil == "pixels":
        made.PixelData = bytes([made.PixelData[0] ^ 0x04]) + made.PixelData[1:]
    else:
        made.SegmentSequence[0].TrackingID = "another"
    made.save_as(path)

    taken = findings_in(path, {SERIES: source}, Progress())

    assert taken.findings == ()
    assert [one.code for one in taken.omissions] == ["differs"]


def test_one_that_lies_between_the_voxels_is_named_never_moved(tmp_path: Path) -> None:
    source = sources(tmp_path / "in")[SERIES]
    path = _written(tmp_path / "seg.dcm", region_on(source, random_mask((4, 5, 6))), source)
    made = pydicom.dcmread(path)
    for frame in made.PerFrameFunctionalGroupsSequence:
        frame.PlanePositionSequence[0].ImagePositionPatient[0] += 0.3
    made.save_as(path)

    taken = findings_in(_as_foreign(path), {SERIES: source}, Progress())

    assert [one.code for one in taken.omissions] == ["grid"]


def test_one_of_another_frame_of_reference_is_named(tmp_path: Path) -> None:
    source = sources(tmp_path / "in")[SERIES]
    path = _written(tmp_path / "seg.dcm", region_on(source, random_mask((4, 5, 6))), source)
    stranger = replace(source, frame_of_reference_uid="1.2.99")

    taken = findings_in(path, {SERIES: stranger}, Progress())

    assert [one.code for one in taken.omissions] == ["other_frame"]
