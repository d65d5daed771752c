"""Volumes of voxels: which they are, how large, and how far that may be off."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from virtopsy.errors import InputError
from virtopsy.findings.region import Region, packed
from virtopsy.geometry.frame import Frame
from virtopsy.imaging.volume import Volume
from virtopsy.imaging.voxel_region import (
    VoxelRegion,
    border_voxels,
    brush,
    grow,
    measured,
)

_SHAPE = (40, 44, 48)
_SPACING = (0.8, 0.8, 1.5)
_RADIUS = 12.0


def _ball(inside: float = 60.0, outside: float = 0.0, gaps: tuple[int, ...] = ()) -> Volume:
    """A ball of 12 mm in the middle, its border as partial volume draws it."""
    frame = Frame.of(_SHAPE, origin_mm=(-19, -17, -29), spacing_mm=_SPACING)
    k, j, i = np.indices(_SHAPE)
    away = np.linalg.norm(frame.to_lps(np.stack([i, j, k], -1)) - frame.centre_mm, axis=-1)
    share = np.clip((_RADIUS - away) / np.cbrt(np.prod(_SPACING)) + 0.5, 0, 1)
    values = np.rint(outside + (inside - outside) * share).astype(np.int16)
    values[list(gaps)] = 0
    return Volume(values, frame, gaps=gaps)


def _middle(volume: Volume) -> tuple[float, float, float]:
    x, y, z = volume.frame.centre_mm.tolist()
    return x, y, z


def test_a_ball_grows_to_its_volume_and_its_range_holds_the_truth() -> None:
    volume = _ball(inside=-900.0, outside=40.0)
    region = grow(volume, _middle(volume), low=-1024, high=-430, reach_mm=40)

    told = measured(volume, region, (-1024, -430), _middle(volume))

    truth = 4 / 3 * math.pi * _RADIUS**3
    assert told.volume_mm3 == pytest.approx(truth, rel=0.03)
    assert told.low_mm3 < truth < told.high_mm3
    assert told.by_threshold
    assert not region.cut_off


def test_the_border_of_half_a_voxel_is_that_of_geometry_in_every_direction() -> None:
    k, j, i = np.indices((50, 50, 50)) - 24.5
    ball = k**2 + j**2 + i**2 <= 15**2
    tilted = np.abs((k + j + i) / math.sqrt(3)) <= 8
    box = np.abs(i) <= 10

    assert border_voxels(ball) == pytest.approx(0.5 * 4 * math.pi * 15**2, rel=0.06)
    # A plate's border is its two faces; the sides of the grid end it in the same way.
    assert border_voxels(box) == pytest.approx(0.5 * (2 * 50 * 50 + 4 * 50 * 20), rel=0.1)
    assert border_voxels(tilted) < 0.5 * 3 * 50 * 50 * math.sqrt(3)


def test_what_touches_only_beyond_the_reach_is_said_to_be_cut_off() -> None:
    volume = _ball()

    region = grow(volume, _middle(volume), low=30, high=100, reach_mm=6)

    assert region.cut_off
    assert max(region.mask.shape) <= 2 * math.ceil(6 / 0.8) + 1


def test_a_missing_slice_is_never_counted() -> None:
    volume = _ball(inside=0.0, outside=100.0, gaps=(20,))

    region = grow(
        volume,
        (*_middle(volume)[:2], volume.frame.to_lps((0, 0, 22))[2]),
        low=-10,
        high=10,
        reach_mm=60,
    )

    assert 20 not in np.argwhere(region.mask)[:, 0] + region.start[0]


def test_a_seed_of_another_value_or_place_is_refused() -> None:
    volume = _ball()

    with pytest.raises(InputError) as beyond:
        grow(volume, _middle(volume), low=200, high=300, reach_mm=10)
    with pytest.raises(InputError) as outside:
        grow(volume, (900.0, 0.0, 0.0), low=0, high=300, reach_mm=10)
    assert (beyond.value.key, outside.value.key) == ("paint.seed_beyond", "paint.outside")


def test_a_brush_paints_a_disc_of_its_plane() -> None:
    volume = _ball()
    normal = np.array([0.0, 0.0, 1.0])

    disc = brush(volume, _middle(volume), normal, radius_mm=5, thick_mm=1.5)

    assert disc is not None
    layers = np.unique(np.argwhere(disc.mask)[:, 0])
    assert len(layers) in (1, 2)
    area = disc.count / len(layers) * 0.64
    assert area == pytest.approx(math.pi * 25, rel=0.1)
    only = brush(volume, _middle(volume), normal, radius_mm=20, thick_mm=1.5, between=(30, 99))
    assert only is not None
    assert (volume.voxels[only.box][only.mask] >= 30).all()
    assert brush(volume, (900.0, 0.0, 0.0), normal, radius_mm=5, thick_mm=1) is None


_MASKS = st.builds(
    lambda start, size, seed: VoxelRegion(
        _SHAPE,
        start,
        np.random.default_rng(seed).random(size) < 0.5,
    ),
    st.tuples(*[st.integers(0, 20)] * 3),
    st.tuples(*[st.integers(2, 12)] * 3),
    st.integers(0, 99),
)


def _whole(region: VoxelRegion | None) -> object:
    grid = np.zeros(_SHAPE, np.bool_)
    if region is not None:
        grid[region.box] = region.mask
    return grid


@given(_MASKS, _MASKS)
def test_painting_and_erasing_are_union_and_difference(
    one: VoxelRegion, other: VoxelRegion
) -> None:
    if not one.mask.any() or not other.mask.any():
        return
    assert np.array_equal(_whole(one.united(other)), _whole(one) | _whole(other))  # type: ignore[operator]
    assert np.array_equal(_whole(one.without(other)), _whole(one) & ~_whole(other))  # type: ignore[operator]


@given(_MASKS)
def test_a_regions_voxels_survive_the_finding(region: VoxelRegion) -> None:
    if not region.mask.any():
        return
    finding = Region(
        finding_id="1",
        name="r",
        series_uid="1",
        centre_lps_mm=(0.0, 0.0, 0.0),
        **packed(region.trimmed()),
    )

    assert np.array_equal(_whole(finding.voxels()), _whole(region))
