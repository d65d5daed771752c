"""Voxels and their place belong together and stay as they were read."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as some

from virtopsy.errors import Bug
from virtopsy.geometry.frame import Frame
from virtopsy.imaging.volume import Acquired, SourceSlice, Volume

SHAPE = (4, 5, 6)


def frame() -> Frame:
    return Frame.of(SHAPE, origin_mm=(-10, -20, 30), spacing_mm=(0.5, 0.8, 2.0))


def volume() -> Volume:
    return Volume(np.arange(120, dtype=np.int16).reshape(SHAPE), frame())


def test_voxels_cannot_be_changed_through_a_volume() -> None:
    with pytest.raises(ValueError, match="read-only"):
        volume().voxels[0, 0, 0] = 7


def test_voxels_that_do_not_fit_their_frame_are_refused() -> None:
    with pytest.raises(Bug, match="do not fit"):
        Volume(np.zeros((4, 6, 5), np.int16), frame())


def test_every_slice_has_a_source_or_none_has() -> None:
    one = SourceSlice("1.2.3", Path("a.dcm"))
    assert len(Volume(volume().voxels, frame(), sources=(one,) * 4).sources) == 4
    with pytest.raises(Bug, match="3 sources for 4 slices"):
        Volume(volume().voxels, frame(), sources=(one,) * 3)
    assert len(Volume(volume().voxels, frame(), sources=(one,) * 3, gaps=(2,)).sources) == 3
    with pytest.raises(Bug, match="4 sources for 3 slices"):
        Volume(volume().voxels, frame(), sources=(one,) * 4, gaps=(2,))


@given(some.integers(0, 5), some.integers(0, 4), some.integers(0, 3))
def test_the_value_at_a_voxel_centre_is_that_voxel(i: int, j: int, k: int) -> None:
    x, y, z = frame().to_lps((i, j, k))
    assert volume().nearest_value((x, y, z)) == volume().voxels[k, j, i]


@given(*[some.floats(-0.499, 0.499)] * 3)
def test_the_value_within_half_a_voxel_is_the_acquired_one(a: float, b: float, c: float) -> None:
    x, y, z = frame().to_lps((2 + a, 3 + b, 1 + c))
    assert volume().nearest_value((x, y, z)) == volume().voxels[1, 3, 2]


@given(some.integers(0, 2), some.sampled_from([-0.5, "end"]))
def test_the_outermost_half_voxel_reads_the_outermost_voxel(axis: int, edge: float | str) -> None:
    index = np.zeros(3)
    index[axis] = -0.4999 if edge == -0.5 else SHAPE[::-1][axis] - 0.5001
    x, y, z = frame().to_lps(index)
    i, j, k = np.rint(index).astype(int)
    assert volume().nearest_value((x, y, z)) == volume().voxels[k, j, i]


def test_there_is_no_value_outside_the_scan() -> None:
    assert volume().nearest_value((0.0, 0.0, 0.0)) is None


def with_a_gap() -> Volume:
    sources = tuple(SourceSlice(f"1.2.{k}", Path(f"{k}.dcm")) for k in (0, 1, 3))
    return Volume(volume().voxels, frame(), sources=sources, gaps=(2,))


@pytest.mark.parametrize("gaps", [(4,), (2, 1), (1, 1)])
def test_a_gap_that_is_no_slice_of_the_volume_is_refused(gaps: tuple[int, ...]) -> None:
    with pytest.raises(Bug, match="gaps"):
        Volume(volume().voxels, frame(), gaps=gaps)


@given(*[some.floats(-0.499, 0.499)] * 3)
def test_a_missing_slice_has_neither_value_nor_source(a: float, b: float, c: float) -> None:
    x, y, z = frame().to_lps((2 + a, 3 + b, 2 + c))
    assert with_a_gap().nearest_value((x, y, z)) is None
    assert with_a_gap().nearest_source((x, y, z)) is None


def test_the_edge_between_a_slice_and_a_gap_belongs_to_the_slice() -> None:
    for k, edge in ((1, 1.5), (3, 2.5)):
        x, y, z = frame().to_lps((2, 3, edge))
        assert with_a_gap().slice_at((x, y, z)) == k
        assert with_a_gap().nearest_value((x, y, z)) == volume().voxels[k, 3, 2]


@pytest.mark.parametrize(("k", "uid"), [(-0.4, "1.2.0"), (1.4, "1.2.1"), (3.4, "1.2.3")])
def test_the_nearest_source_is_told_wherever_in_its_plane_a_point_lies(k: float, uid: str) -> None:
    x, y, z = frame().to_lps((90, -70, k))
    source = with_a_gap().nearest_source((x, y, z))
    assert source is not None
    assert source.sop_uid == uid


def test_no_source_is_told_above_and_below_the_stack() -> None:
    for k in (-0.6, 3.6):
        x, y, z = frame().to_lps((2, 3, k))
        assert with_a_gap().nearest_source((x, y, z)) is None


def acquired() -> Acquired:
    """Three planes of a tilted, uneven stack; each voxel holds 100 n + 10 j + i."""
    tilt = np.radians(20)
    row, column = np.array([1.0, 0, 0]), np.array([0, np.cos(tilt), np.sin(tilt)])
    directions = np.column_stack((row, column, np.cross(row, column)))
    origins = np.array([(0.0, 0.0, 0.0), (0.0, 0.0, 3.0), (0.0, 0.0, 10.0)])
    n, j, i = np.indices((3, 5, 6))
    return Acquired((100 * n + 10 * j + i).astype(np.int16), origins, directions, (0.5, 0.8))


@given(
    some.tuples(some.integers(0, 5), some.integers(0, 4), some.integers(0, 2)),
    some.tuples(*[some.floats(-0.49, 0.49)] * 3),
)
def test_an_acquired_voxel_is_read_where_its_plane_truly_lay(
    voxel: tuple[int, int, int], off: tuple[float, float, float]
) -> None:
    planes, (i, j, n) = acquired(), voxel
    below, above = np.diff(planes.depths_mm)[[max(n - 1, 0), min(n, 1)]]
    inside = ((i + off[0]) * 0.5, (j + off[1]) * 0.8, off[2] * (above if off[2] > 0 else below))
    point = planes.origins_mm[n] + planes.directions @ inside
    assert planes.nearest_value(tuple(point)) == 100 * n + 10 * j + i


def test_beside_an_acquired_plane_there_is_no_value() -> None:
    planes = acquired()
    for i, j in ((-0.6, 2), (5.6, 2), (3, -0.6), (3, 4.6)):
        point = planes.origins_mm[1] + planes.directions @ (i * 0.5, j * 0.8, 0)
        assert planes.nearest_value(tuple(point)) is None


def test_acquired_planes_out_of_order_are_refused() -> None:
    planes = acquired()
    with pytest.raises(Bug, match="order"):
        Acquired(planes.voxels, planes.origins_mm[::-1], planes.directions, planes.pixel_mm)
    with pytest.raises(Bug, match="origins"):
        Acquired(planes.voxels, planes.origins_mm[:2], planes.directions, planes.pixel_mm)


def test_a_corrected_volume_reads_its_acquired_planes() -> None:
    planes = acquired()
    shape = (6, 7, 6)
    place = Frame.of(
        shape, origin_mm=(0, 0, 0), spacing_mm=(0.5, 0.8, 2.0), directions=planes.directions
    )
    sources = tuple(SourceSlice(f"1.2.{n}", Path(f"{n}.dcm")) for n in range(3))
    computed = Volume(
        np.full(shape, 7, np.int16), place, sources=sources, acquired=planes, widest_gap_mm=6.6
    )
    x, y, z = (planes.origins_mm[1] + planes.directions @ (1.0, 1.6, 0.4)).tolist()
    assert computed.nearest_value((x, y, z)) == 122
    source = computed.nearest_source((x, y, z))
    assert source is not None
    assert source.sop_uid == "1.2.1"
    with pytest.raises(Bug, match="2 sources for 3"):
        Volume(computed.voxels, place, sources=sources[:2], acquired=planes)
