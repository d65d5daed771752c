"""Voxels and their place belong together and stay as they were read."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as some

from virtopsy.errors import Bug
from virtopsy.geometry.frame import Frame
from virtopsy.imaging.volume import SourceSlice, Volume

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
