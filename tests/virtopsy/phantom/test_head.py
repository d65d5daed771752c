from __future__ import annotations

from dataclasses import replace
from math import asin, atan2, degrees
from pathlib import Path

import numpy as np
import pydicom
import pytest

from virtopsy.errors import UsageError
from virtopsy.geometry.frame import Floats, Frame
from virtopsy.imaging.volume import Volume
from virtopsy.phantom import head
from virtopsy.phantom.anatomy import Anatomy, build
from virtopsy.phantom.paint import painted
from virtopsy.phantom.truth import Truth
from virtopsy.phantom.write import write

_SLICES = 72


@pytest.fixture(scope="module")
def case() -> tuple[Volume, Truth]:
    return head.volume(3, _SLICES)


@pytest.fixture(scope="module")
def body() -> Anatomy:
    return build(3)


def _values(scan: Volume, points: Floats) -> list[float]:
    found = [scan.nearest_value((float(x), float(y), float(z))) for x, y, z in points]
    return [value for value in found if value is not None]


def _ring(truth: Truth, centre: tuple[float, ...], radius: float) -> Floats:
    along = np.asarray(truth.direction)
    across = np.cross(along, (0, 0, 1))
    across /= np.linalg.norm(across)
    beside = np.cross(along, across)
    angles = np.linspace(0, 2 * np.pi, 24, endpoint=False)[:, None]
    ring: Floats = centre + radius * (np.cos(angles) * across + np.sin(angles) * beside)
    return ring


def test_the_wanted_slices_hold_both_ends_of_the_track(case: tuple[Volume, Truth]) -> None:
    scan, truth = case
    assert scan.voxels.shape[0] == _SLICES
    assert scan.frame.contains(truth.entry_mm)
    assert scan.frame.contains(truth.exit_mm)


def test_no_bone_is_left_in_the_holes_and_bone_stands_round_them(
    case: tuple[Volume, Truth],
) -> None:
    scan, truth = case
    holes = (
        (truth.entry_mm, truth.entry_inner_mm, truth.entry_bone_diameter_mm),
        (truth.exit_inner_mm, truth.exit_mm, truth.exit_bone_diameter_mm),
    )
    along = np.asarray(truth.direction)
    for first, last, diameter in holes:
        middle = (np.asarray(first) + last) / 2
        for share in np.linspace(0, 1, 7):
            centre = np.asarray(first) + share * np.subtract(last, first)
            assert max(_values(scan, _ring(truth, tuple(centre), diameter / 2 - 2.0))) < 300
            assert max(_values(scan, centre[None])) < 300
        beyond = _ring(truth, tuple(middle), diameter / 2 + 14)
        needles = [point + np.linspace(-40, 40, 161)[:, None] * along for point in beyond]
        # Where the axis meets the vault obliquely, needles on one side pass beside it.
        assert np.mean([max(_values(scan, needle)) > 900 for needle in needles]) > 0.6


def test_the_entry_opens_inward_and_the_exit_outward(body: Anatomy) -> None:
    truth, wanted = body.truth(), head.chosen_slices(body, _SLICES)
    unbroken = replace(body, gaps=())  # hair-lines take their share of any ring
    voxels = painted(unbroken, wanted.start, wanted.stop).astype(np.int16)
    frame = Frame.of(
        voxels.shape,
        origin_mm=body.frame.to_lps((0, 0, wanted.start)),
        spacing_mm=body.frame.spacing_mm,
    )
    scan = Volume(voxels, frame)
    along = np.asarray(truth.direction)

    def bony(point: tuple[float, float, float], inward: float, radius: float) -> float:
        ring = _ring(truth, tuple(np.asarray(point) + inward * along), radius)
        return float(np.mean(np.array(_values(scan, ring)) > 300))

    near_entry = truth.entry_bone_diameter_mm / 2 + 2.2
    near_exit = truth.exit_bone_diameter_mm / 2 + 2.2
    assert (
        bony(truth.entry_mm, 1.0, near_entry) > bony(truth.entry_inner_mm, -1.0, near_entry) + 0.3
    )
    assert bony(truth.exit_inner_mm, 1.0, near_exit) > bony(truth.exit_mm, -1.0, near_exit) + 0.2


def test_the_ends_lie_on_the_tables_to_a_twentieth_of_a_millimetre(body: Anatomy) -> None:
    truth = body.truth()
    outer, cavity = body.fields["outer"], body.fields["cavity"]
    assert abs(outer.at(truth.entry_mm)[0]) < 0.05
    assert abs(outer.at(truth.exit_mm)[0]) < 0.05
    assert abs(cavity.at(truth.entry_inner_mm)[0]) < 0.05
    assert abs(cavity.at(truth.exit_inner_mm)[0]) < 0.05


def test_every_fragment_is_metal_at_its_centre(case: tuple[Volume, Truth]) -> None:
    scan, truth = case
    assert len(truth.fragments) >= 5
    for one in truth.fragments:
        assert 0.5 <= one.radius_mm <= 2.0
        assert scan.nearest_value(one.centre) == 3071


def test_values_fit_twelve_bits(case: tuple[Volume, Truth]) -> None:
    scan, _ = case
    assert scan.voxels.dtype == np.int16
    assert scan.voxels.min() >= -1024
    assert scan.voxels.max() == 3071


def test_angles_follow_their_convention(case: tuple[Volume, Truth]) -> None:
    _, truth = case
    known = truth.facts()
    travel = np.subtract(known["exit_mm"], known["entry_mm"])
    dx, dy, dz = travel / np.linalg.norm(travel)
    assert known["azimuth_deg"] == pytest.approx(degrees(atan2(dx, dy)), abs=0.01)
    assert known["elevation_deg"] == pytest.approx(degrees(asin(dz)), abs=0.01)
    assert known["direction"] == pytest.approx([dx, dy, dz], abs=1e-4)
    assert min(abs(dx), abs(dy), abs(dz)) > 0.05


@pytest.mark.parametrize("seed", [0, 1, 3])
def test_every_seed_gives_a_track_from_one_side_to_the_other(seed: int) -> None:
    truth = build(seed).truth()
    thickness = [
        np.linalg.norm(np.subtract(truth.entry_inner_mm, truth.entry_mm)),
        np.linalg.norm(np.subtract(truth.exit_inner_mm, truth.exit_mm)),
    ]
    middle = np.mean(
        [truth.landmarks_mm["porion_left"], truth.landmarks_mm["porion_right"]], axis=0
    )
    assert min(thickness) > 2
    assert max(thickness) < 16
    assert (truth.entry_mm[0] - middle[0]) * (truth.exit_mm[0] - middle[0]) < 0
    assert min(truth.entry_mm[2], truth.exit_mm[2]) > middle[2] + 20


def test_the_same_seed_gives_the_same_voxels_and_a_part_equals_the_whole() -> None:
    first, truth = head.volume(3, 12)
    again, same = head.volume(3, 12)
    part, _ = head.volume(3, 4)
    assert np.array_equal(first.voxels, again.voxels)
    assert truth == same
    offset = [one.sop_uid for one in first.sources].index(part.sources[0].sop_uid)
    assert np.array_equal(first.voxels[offset : offset + 4], part.voxels)
    assert np.allclose(part.frame.origin_mm, first.frame.to_lps((0, 0, offset)))


def test_left_marks_lie_on_the_left_and_only_there(body: Anatomy) -> None:
    marks = body.truth().landmarks_mm
    for name in ("ear_ring_left", "dental_filling_left"):
        x, y, z = marks[name]
        k = round(float(body.frame.to_index((x, y, z))[2]))
        hu = painted(body, k - 1, k + 2)[1]
        columns = np.argwhere(hu > 4000)[:, 1]
        assert columns.size > 0
        places = body.frame.to_lps(np.stack([columns, columns * 0, columns * 0], axis=1))[:, 0]
        assert places.min() > body.pose.origin[0] + 10
    assert marks["porion_left"][0] > marks["porion_right"][0] + 100
    assert marks["orbitale_left"][1] < marks["porion_left"][1] - 50


def test_files_hold_what_the_volume_holds(tmp_path: Path) -> None:
    write(tmp_path, seed=3, slices=5)
    scan, truth = head.volume(3, 5)
    files = [pydicom.dcmread(path) for path in sorted((tmp_path / "dicom").iterdir())]
    assert len(files) == 5
    for k, file in enumerate(files):
        hu = file.pixel_array.astype(np.int32) * int(file.RescaleSlope) + int(file.RescaleIntercept)
        assert np.array_equal(hu, scan.voxels[k])
        assert np.allclose(file.ImagePositionPatient, scan.frame.to_lps((0, 0, k)))
        assert list(file.ImageOrientationPatient) == [1, 0, 0, 0, 1, 0]
        assert list(file.PixelSpacing) == [0.8, 0.8]
        assert str(file.PatientName) == "СИНТЕТИЧЕСКИЙ^СЛУЧАЙ"
        assert file.SOPInstanceUID == scan.sources[k].sop_uid
        assert len(file.SOPInstanceUID) <= 64
        assert file.SOPInstanceUID.startswith("2.25.")
        assert file.PatientPosition == "HFS"
    assert (tmp_path / "truth.json").read_text(encoding="utf-8") == truth.to_json()


def test_nothing_is_written_over(tmp_path: Path) -> None:
    (tmp_path / "dicom").mkdir()
    (tmp_path / "dicom" / "mine").touch()
    with pytest.raises(UsageError, match="already holds files"):
        write(tmp_path, seed=0, slices=1)
    assert [path.name for path in (tmp_path / "dicom").iterdir()] == ["mine"]
