"""Flawed stacks come out straight: a rod of known place is where it was."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from pydicom import Dataset
from scipy.spatial.transform import Rotation

from virtopsy.dicom.assemble import choose
from virtopsy.dicom.scan import scan
from virtopsy.imaging.volume import Volume
from virtopsy.jobs import Progress

Load = Callable[..., Volume]
Floats = NDArray[np.float64]
ROWS, COLUMNS = 44, 48
PIXEL = np.array([0.7, 0.9])  # of the writer
MIDDLE = np.array([31.0, -118.0, 640.5])
"""LPS mm, where the rod crosses the middle of every stack."""
SLANT = np.array([0.25, 0.4, 1.0]) / np.linalg.norm([0.25, 0.4, 1.0])
"""How the rod leans against the row, the column and the table of a stack."""
RADIUS = 2.0
VOXEL = 0.7  # the smallest side of a voxel
EMPTY = -1024

EVEN = 1.5 * np.arange(13)
MISSING = np.delete(EVEN, [4, 5, 9])
UNEVEN = np.array([0, 1.2, 2, 3.5, 4.3, 5.6, 7, 8.1, 9, 10.4, 11.5, 12.9, 14])
TORN = np.array([0, 1.2, 2, 3.3, 4.3, 5.6, 6.7, 7.6, 12.9, 14, 15.2, 16.1, 17.3])  # 5.3 mm apart
ALONE = np.array([0, 1.2, 2, 3.3, 4.3, 5.4, 9.7, 14, 15.2, 16.1, 17.3])  # one plane far from all

# Row and column of each pose (PS3.3 C.7.6.2.1.1), and the way the table went.
POSES: dict[str, tuple[tuple[float, ...], int]] = {
    "supine": ((1, 0, 0, 0, 1, 0), 1),
    "supine, from above": ((1, 0, 0, 0, 1, 0), -1),
    "prone": ((-1, 0, 0, 0, -1, 0), 1),
    "feet first": ((-1, 0, 0, 0, 1, 0), 1),
    "feet first, prone": ((1, 0, 0, 0, -1, 0), -1),
    "on the left side": ((0, 1, 0, -1, 0, 0), 1),
    "on the right side": ((0, -1, 0, 1, 0, 0), 1),
    "sagittal": ((0, 1, 0, 0, 0, -1), 1),
    "coronal": ((1, 0, 0, 0, 0, -1), -1),
    "oblique": (tuple(Rotation.from_rotvec([0.4, -0.7, 0.3]).as_matrix().T[:2].ravel()), 1),
}


@dataclass(frozen=True)
class Rod:
    """A stack with a rod through it.

    Attributes:
        row, column: of the planes, LPS.
        corners: (n, 3) LPS mm, the first pixel of each plane.
        axis: direction of the rod, LPS.
    """

    row: Floats
    column: Floats
    corners: Floats
    axis: Floats

    def pixels(self) -> NDArray[np.int16]:
        """A cylinder of 1000 with a soft rim, sampled where the pixels are."""
        j, i = np.mgrid[:ROWS, :COLUMNS]
        grid = i[..., None] * PIXEL[0] * self.row + j[..., None] * PIXEL[1] * self.column
        offset = self.corners[:, None, None] + grid - MIDDLE
        off = offset - (offset @ self.axis)[..., None] * self.axis
        distance = np.linalg.norm(off, axis=-1)
        return (1000 / (1 + np.exp((distance - RADIUS) / 0.25))).astype(np.int16)

    def on_axis(self) -> Floats:
        """(n, 3) LPS mm, where the rod crosses each plane."""
        normal = np.cross(self.row, self.column)
        along = (self.corners - MIDDLE) @ normal / (self.axis @ normal)
        return np.asarray(MIDDLE + along[:, None] * self.axis)


def rod(pose: str, places: Floats, tilt: tuple[float, float] = (0.0, 0.0)) -> Rod:
    """Planes of a pose at places of the table; tilted about their row, then about their column."""
    cosines, way = POSES[pose]
    row, column = np.array(cosines[:3]), np.array(cosines[3:])
    table = way * np.cross(row, column)
    turn = Rotation.from_rotvec(np.radians(tilt[0]) * row)
    turn = Rotation.from_rotvec(np.radians(tilt[1]) * column) * turn
    axis = np.column_stack((row, column, table)) @ SLANT
    row, column = turn.apply(row), turn.apply(column)
    first = MIDDLE - row * PIXEL[0] * (COLUMNS - 1) / 2 - column * PIXEL[1] * (ROWS - 1) / 2
    middle = (places[0] + places[-1]) / 2
    return Rod(row, column, first + (places - middle)[:, None] * table, axis)


def written(folder: Path, write_stack: Any, one: Rod) -> None:
    write_stack(
        folder, one.corners, orientation=(*one.row, *one.column), pixels=one.pixels(), names=None
    )


def off_mm(volume: Volume, one: Rod) -> Floats:
    """Distance of the rod's centre of mass from its true axis in each plane that is no gap."""
    shown = [k for k in range(len(volume.voxels)) if k not in volume.gaps]
    weights = np.clip(volume.voxels[shown].astype(float) + 24, 0, None)
    mass = weights.sum(axis=(1, 2))
    assert mass.min() > 0.9 * mass.max(), "the rod is whole in every plane"
    j, i = np.mgrid[: weights.shape[1], : weights.shape[2]]
    centres = np.column_stack(
        ((weights * i).sum(axis=(1, 2)) / mass, (weights * j).sum(axis=(1, 2)) / mass, shown)
    )
    offset = volume.frame.to_lps(centres) - MIDDLE
    return np.linalg.norm(offset - (offset @ one.axis)[:, None] * one.axis, axis=1)


def codes(volume: Volume) -> set[str]:
    return set(volume.problems)


@pytest.mark.parametrize("pose", POSES)
@pytest.mark.parametrize(
    ("tilt", "places", "expected"),
    [
        ((-18.5, 0), EVEN, {"gantry_tilt"}),
        ((0, 0), MISSING, {"missing_slices"}),
        ((0, 0), UNEVEN, {"uneven_spacing"}),
    ],
)
def test_a_rod_is_straight_and_in_place_however_the_body_lay(  # noqa: PLR0913, PLR0917 -- a case
    tmp_path: Path,
    write_stack: Any,
    load: Load,
    pose: str,
    tilt: tuple[float, float],
    places: Floats,
    expected: set[str],
) -> None:
    one = rod(pose, places, tilt)
    written(tmp_path, write_stack, one)
    volume = load(tmp_path)
    assert codes(volume) == expected
    assert off_mm(volume, one).max() < 0.2 * VOXEL


@pytest.mark.parametrize(
    "tilt", [(-30, 0), (-7, 0), (0.75, 0), (25, 0), (0, -20), (0, 15), (-14, 9)]
)
@pytest.mark.parametrize("places", [EVEN, MISSING, TORN], ids=["even", "gap", "torn"])
def test_a_tilted_gantry_bends_no_rod(
    tmp_path: Path, write_stack: Any, load: Load, tilt: tuple[float, float], places: Floats
) -> None:
    one = rod("supine", places, tilt)
    written(tmp_path, write_stack, one)
    volume = load(tmp_path)
    assert "gantry_tilt" in volume.problems
    assert off_mm(volume, one).max() < 0.2 * VOXEL
    true = np.degrees(np.arccos(abs(np.cross(one.row, one.column)[2])))
    leaning = np.degrees(np.arccos(volume.frame.directions[2, 2]))
    assert leaning == pytest.approx(true, abs=0.01)


@pytest.mark.parametrize("tilt", [(0, 0), (-18.5, 0)])
@pytest.mark.parametrize("places", [EVEN, MISSING, UNEVEN, TORN, ALONE])
def test_what_is_measured_is_the_acquired_voxel(
    tmp_path: Path, write_stack: Any, load: Load, tilt: tuple[float, float], places: Floats
) -> None:
    one = rod("supine", places, tilt)
    written(tmp_path, write_stack, one)
    volume, pixels = load(tmp_path), one.pixels()
    assert (volume.acquired is None) == ((tilt == (0, 0)) and places[-1] == EVEN[-1])
    chance = np.random.default_rng(3)
    n, j, i = (chance.integers(0, size, 200) for size in pixels.shape)
    normal = np.cross(one.row, one.column)
    point = one.corners[n] + np.outer(i * PIXEL[0], one.row) + np.outer(j * PIXEL[1], one.column)
    near = point + chance.uniform(-0.2, 0.2, (200, 1)) * normal
    near = np.where(np.isin(n, (0, len(places) - 1))[:, None], point, near)
    for at, value, plane in zip(near, pixels[n, j, i], n, strict=True):
        if volume.slice_at(tuple(at)) in volume.gaps:
            continue  # off a plane beside a gap: the grid shows nothing there either
        assert volume.nearest_value(tuple(at)) == value - 24
        source = volume.nearest_source(tuple(at))
        assert source is not None
        assert source.path.name == f"{plane:04d}"


def test_a_regular_stack_is_kept_once(tmp_path: Path, write_stack: Any, load: Load) -> None:
    written(tmp_path, write_stack, rod("supine", EVEN))
    assert load(tmp_path).acquired is None


def test_a_gap_shifts_nothing_and_is_left_empty(
    tmp_path: Path, write_stack: Any, load: Load
) -> None:
    one = rod("supine", MISSING)
    written(tmp_path, write_stack, one)
    volume = load(tmp_path)
    assert volume.gaps == (4, 5, 9)
    assert (volume.voxels[[4, 5, 9]] == EMPTY).all()
    present = [k for k in range(13) if k not in volume.gaps]
    np.testing.assert_array_equal(volume.voxels[present], one.pixels() - 24)
    for k in volume.gaps:
        assert volume.nearest_value(tuple(volume.frame.to_lps((20, 20, k)))) is None
    assert [source.path.name for source in volume.sources] == [f"{n:04d}" for n in range(10)]


def test_positions_rounded_to_a_tenth_do_not_blur_a_stack_with_a_gap(
    tmp_path: Path, write_stack: Any, load: Load
) -> None:
    one = rod("oblique", MISSING)
    rounded = Rod(one.row, one.column, np.round(one.corners, 1), one.axis)
    written(tmp_path, write_stack, rounded)
    volume = load(tmp_path)
    assert codes(volume) == {"missing_slices"}
    present = [k for k in range(13) if k not in volume.gaps]
    np.testing.assert_array_equal(volume.voxels[present], rounded.pixels() - 24)


@pytest.mark.parametrize("pose", ["supine", "feet first, prone", "coronal", "oblique"])
def test_nothing_is_computed_across_a_wide_gap_of_an_uneven_stack(
    tmp_path: Path, write_stack: Any, load: Load, pose: str
) -> None:
    one = rod(pose, TORN)
    written(tmp_path, write_stack, one)
    (problems,) = (series.problems for series in scan(tmp_path, Progress()).studies[0].series)
    facts = {problem.code: problem.facts for problem in problems}
    assert facts.keys() == {"uneven_spacing", "missing_slices"}
    assert facts["uneven_spacing"]["largest"] == 1.3
    down = POSES[pose][1] < 0  # then the table went against the normal, and slice 1 is its last
    assert facts["missing_slices"]["numbers"] == ("5/6" if down else "8/9")
    assert facts["missing_slices"]["largest"] == 5.3
    volume = load(tmp_path)
    depth = volume.frame.spacing_mm[2] * np.array(volume.gaps)
    low, high = (17.3 - 12.9, 17.3 - 7.6) if down else (7.6, 12.9)
    step = volume.frame.spacing_mm[2]
    assert low < depth.min() < low + step
    assert high - step < depth.max() < high
    assert len(depth) == round(np.ptp(depth) / step) + 1, "the gap is left empty without a break"
    assert (volume.voxels[list(volume.gaps)] == EMPTY).all()
    assert volume.widest_gap_mm == pytest.approx(1.3, abs=1e-3)
    assert not volume.numbered
    assert off_mm(volume, one).max() < 0.2 * VOXEL


def test_a_plane_between_two_gaps_is_still_seen(
    tmp_path: Path, write_stack: Any, load: Load
) -> None:
    one = rod("supine", ALONE)
    written(tmp_path, write_stack, one)
    volume = load(tmp_path)
    k = volume.slice_at(tuple(one.on_axis()[6]))
    assert k is not None
    assert k not in volume.gaps
    assert {k - 1, k + 1} <= set(volume.gaps)
    np.testing.assert_array_equal(volume.voxels[k], one.pixels()[6] - 24)


def test_the_last_plane_of_an_uneven_stack_lies_on_the_grid(
    tmp_path: Path, write_stack: Any, load: Load
) -> None:
    one = rod("supine", np.append(UNEVEN, 14.7))
    written(tmp_path, write_stack, one)
    volume = load(tmp_path)
    np.testing.assert_array_equal(volume.voxels[[0, -1]], one.pixels()[[0, -1]] - 24)


@pytest.mark.parametrize(
    ("gaps", "thickness", "torn"),
    [
        # A head thin through the base and thicker above it, the two parts overlapping.
        ([4.0] * 8 + [1.1] + [7.0] * 8, [4.0] * 9 + [7.0] * 9, set()),
        # The same where the header tells no thickness: a part at a wider spacing is usual there.
        ([4.0] * 8 + [1.1] + [7.0] * 8, [0.0] * 18, set()),
        # A few thick slices at the end are explained by their thickness alone.
        ([1.0, 1.1] * 6 + [5.0, 5.0], [1.0] * 13 + [5.0, 5.0], set()),
        # The same distances between thin slices are gaps.
        ([1.0, 1.1] * 6 + [5.0, 5.0], [1.0] * 15, {12, 13}),
        # One slice missing among scattered ones.
        ([1.0, 1.3, 0.9, 1.2, 1.0, 2.3, 1.1, 0.8, 1.2, 1.1], [1.0] * 11, {5}),
        # Thick overlapping slices: their thickness does not hide that one is missing.
        ([1.0, 1.3, 0.9, 1.2, 1.0, 2.3, 1.1, 0.8, 1.2, 1.1], [5.0] * 11, {5}),
        # Two blocks of one series, the upper one not in step with the lower.
        ([1.0] * 9 + [12.5] + [1.0] * 9, [1.0] * 20, {9}),
        # Scatter alone, up to one and a half times the usual.
        ([1.0, 1.5, 0.8, 1.2, 1.4, 0.9, 1.1, 1.6], [1.0] * 9, set()),
        ([1.0, 10.4], [1.0] * 3, {1}),
    ],
)
def test_a_gap_is_what_neither_thickness_nor_the_usual_spacing_explains(  # noqa: PLR0913, PLR0917
    tmp_path: Path,
    write_stack: Any,
    load: Load,
    gaps: list[float],
    thickness: list[float],
    torn: set[int],
) -> None:
    def change(ds: Dataset, number: int) -> None:
        ds.SliceThickness = thickness[number]
        if not thickness[number]:
            del ds.SliceThickness

    heights = np.append(0.0, np.cumsum(gaps))
    write_stack(tmp_path, [(0, 0, z) for z in heights], change=change)
    volume = load(tmp_path)
    expected = {"uneven_spacing"} | ({"missing_slices"} if torn else set())
    assert codes(volume) == expected
    between = {int(np.searchsorted(heights, z)) - 1 for z in depths(volume)}
    assert between == torn


def depths(volume: Volume) -> list[float]:
    return [volume.frame.spacing_mm[2] * k for k in volume.gaps]


def test_thick_overlapping_slices_in_step_are_missed_one_by_one(
    tmp_path: Path, write_stack: Any, load: Load
) -> None:
    def change(ds: Dataset, _: int) -> None:
        ds.SliceThickness = 5.0

    write_stack(tmp_path, [(0, 0, z) for z in range(12) if z != 7], change=change)
    volume = load(tmp_path)
    assert volume.problems == ("missing_slices",)
    assert volume.gaps == (7,)


def test_the_place_of_a_missing_slice_is_that_of_the_table(
    tmp_path: Path, write_stack: Any
) -> None:
    """In a tilted stack slices are numbered along the normal, but placed where the table was.

    That is the middle of the picture: its corner lies far up or down the body.
    """
    one = rod("supine", MISSING, (-18.5, 0))
    written(tmp_path, write_stack, one)
    series = choose(scan(tmp_path, Progress()), None)
    (missing,) = (problem for problem in series.problems if problem.code == "missing_slices")
    assert missing.facts["numbers"] == "5–6, 10"
    _, rows, columns = one.pixels().shape
    middle = one.corners[0] + one.row * PIXEL[0] * (columns - 1) / 2
    middle = middle + one.column * PIXEL[1] * (rows - 1) / 2
    table = middle[2] + np.array([EVEN[4], EVEN[9]])
    assert (missing.facts["first"], missing.facts["last"]) == pytest.approx(table, abs=0.06)


def test_the_places_of_missing_slices_go_as_their_numbers(tmp_path: Path, write_stack: Any) -> None:
    """Slice 3 of these lies at x = 16 mm and slice 6 at 10 mm, not the other way round."""
    sagittal = (0, 1, 0, 0, 0, -1)  # its normal goes to the right, against x
    left = [(20.0 - 2 * k, 0, 0) for k in range(10) if k not in {2, 5}]
    write_stack(tmp_path, left, orientation=sagittal)
    (missing,) = choose(scan(tmp_path, Progress()), None).problems
    assert missing.facts["numbers"] == "3, 6"
    assert (missing.facts["first"], missing.facts["last"]) == (16.0, 10.0)


def test_a_real_tilted_head_is_upright(shared_data: Path, load: Load) -> None:
    volume = load(shared_data / "ct_head_gantry_tilt_uneven")
    assert volume.frame.spacing_mm[2] < 1.1
    assert volume.measured_mm[2] == pytest.approx(7.0, abs=0.01)
    assert volume.gaps == ()
    # The patient's long axis leaves the square grid at the angle the gantry was tilted.
    angle = np.degrees(np.arccos(volume.frame.directions[2, 2]))
    assert angle == pytest.approx(18.5, abs=0.1)
    bone = np.argwhere(volume.voxels[:, ::4, ::4] > 300) * (1, 4, 4)
    lps = volume.frame.to_lps(bone[:, ::-1])
    top = lps[lps[:, 2] > np.percentile(lps[:, 2], 99)].mean(axis=0)
    middle = np.percentile(lps, 50, axis=0)
    # The crown lies above the middle of the skull, not swept forward or back by the shear.
    assert np.abs(top[:2] - middle[:2]).max() < 40
