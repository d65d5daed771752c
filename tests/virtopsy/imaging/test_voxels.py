"""Voxels are of a few types; others become one of these without a loss, or are refused."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from virtopsy.dicom.scale import types_for
from virtopsy.errors import Bug
from virtopsy.geometry.frame import Frame
from virtopsy.imaging.volume import Acquired, Volume
from virtopsy.imaging.voxels import KINDS, as_voxels

FRAME = Frame.of((2, 2, 2), origin_mm=(0, 0, 0), spacing_mm=(1, 1, 1))


@pytest.mark.parametrize("kind", KINDS)
def test_voxels_of_a_known_type_are_shared_and_not_copied(kind: type[np.generic]) -> None:
    values = np.ones((2, 2, 2), kind)
    assert Volume(values, FRAME).voxels is values


def test_all_that_is_read_from_files_is_of_a_known_type() -> None:
    assert set(types_for(())) <= set(KINDS)


@pytest.mark.parametrize(
    ("stored", "values", "becomes"),
    [
        ("?", (False, True), np.int16),
        ("u1", (0, 255), np.int16),
        ("i1", (-128, 127), np.int16),
        ("i8", (-1024, 3071), np.int16),
        ("u8", (0, 65_535), np.uint16),
        ("i8", (-40_000, 70_000), np.int32),
        (">i2", (-1024, 3071), np.int16),
        (">f4", (-0.5, 3071.25), np.float32),
        ("f2", (-0.5, 2047.0), np.float32),
        ("f8", (-1000.125, 1e30), np.float32),
    ],
)
def test_other_types_become_the_smallest_that_has_room(
    stored: str, values: tuple[float, float], becomes: type[np.generic]
) -> None:
    given = np.resize(np.array(values, stored), (2, 2, 2))
    held = Volume(given, FRAME).voxels
    assert held.dtype == becomes
    assert held.dtype.isnative
    np.testing.assert_array_equal(held, given.astype(becomes))


@pytest.mark.parametrize(
    "values",
    [
        np.array([0, 2**31], np.int64),
        np.array([0, 2**64 - 1], np.uint64),
        np.array([0, np.nan], np.float32),
        np.array([np.inf, 0], np.float16),
        np.array([0, 1e300], np.float64),
        np.array([1j, 0]),
        np.array(["1", "2"]),
    ],
    ids=str,
)
def test_what_cannot_be_held_is_refused_where_a_volume_is_made(values: NDArray[Any]) -> None:
    """And not hours later, in the middle of a picture."""
    given = np.resize(values, (2, 2, 2))
    with pytest.raises(Bug):
        Volume(given, FRAME)


def test_the_planes_a_scan_was_acquired_in_follow_the_same_rule() -> None:
    origins, axes = np.array([[0.0, 0, 0], [0, 0, 1]]), np.eye(3)
    planes = Acquired(np.ones((2, 2, 2), np.int64), origins, axes, (1.0, 1.0))
    assert planes.voxels.dtype == np.int16
    with pytest.raises(Bug):
        Acquired(np.full((2, 2, 2), np.nan), origins, axes, (1.0, 1.0))


def test_no_values_at_all_are_no_trouble() -> None:
    assert as_voxels(np.empty(0)).dtype == np.float32
    assert as_voxels(np.empty(0, np.int64)).dtype == np.int16
