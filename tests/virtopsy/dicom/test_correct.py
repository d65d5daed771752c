"""Flawed stacks come out straight: a rod of known place is where it was."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from virtopsy.imaging.volume import Volume

Load = Callable[..., Volume]
# A rod through LPS space: where it crosses the plane z = 0, and how it goes on.
FOOT, ALONG = np.array([12.0, 11.0, 0.0]), np.array([0.25, 0.4, 1.0])
ROWS, COLUMNS = 40, 44


def _rod(points: NDArray[np.float64]) -> NDArray[np.float64]:
    """A smooth rod of 3 mm: 1000 on its axis."""
    axis = ALONG / np.linalg.norm(ALONG)
    offset = points - FOOT
    off = offset - (offset @ axis)[..., None] * axis
    return np.asarray(1000 * np.exp(-np.square(off).sum(axis=-1) / (2 * 2.0**2)))


def _planes(positions: Any, row: Any, column: Any) -> NDArray[np.float64]:
    j, i = np.mgrid[:ROWS, :COLUMNS]
    grid = i[..., None] * 0.7 * np.asarray(row) + j[..., None] * 0.9 * np.asarray(column)
    return np.stack([_rod(np.asarray(position) + grid) for position in positions])


def _worst_offset_mm(volume: Volume) -> float:
    """Distance of the rod's centre of mass from its true axis, plane by plane."""
    axis = ALONG / np.linalg.norm(ALONG)
    worst = 0.0
    for k, plane in enumerate(volume.voxels.astype(float)):
        weight = np.clip(plane, 0, None)
        j, i = np.mgrid[: plane.shape[0], : plane.shape[1]]
        inside = weight > 300
        border = inside[0].any() or inside[-1].any() or inside[:, 0].any() or inside[:, -1].any()
        if weight.max() < 700 or border:
            continue
        weight = np.where(inside, weight - 300, 0)
        centre = ((i * weight).sum() / weight.sum(), (j * weight).sum() / weight.sum(), k)
        offset = volume.frame.to_lps(centre) - FOOT
        worst = max(worst, float(np.linalg.norm(offset - (offset @ axis) * axis)))
    return worst


@pytest.mark.parametrize("tilt_degrees", [-25.0, 10.0, 18.5])
def test_a_rod_in_a_tilted_stack_comes_out_straight(
    tmp_path: Path, write_stack: Any, load: Load, tilt_degrees: float
) -> None:
    tilt = np.radians(tilt_degrees)
    row, column = (1.0, 0.0, 0.0), (0.0, float(np.cos(tilt)), float(np.sin(tilt)))
    positions = [(0.0, 0.0, 1.5 * k) for k in range(14)]
    pixels = _planes(positions, row, column)
    write_stack(tmp_path, positions, orientation=(*row, *column), pixels=pixels)
    volume = load(tmp_path)
    assert "gantry_tilt" in volume.problems
    assert len(volume.sources) == 14
    assert volume.frame.spacing_mm[2] == pytest.approx(1.5 * np.cos(tilt))
    assert _worst_offset_mm(volume) < 0.2 * 0.7


def test_a_rod_in_an_uneven_stack_comes_out_straight(
    tmp_path: Path, write_stack: Any, load: Load
) -> None:
    positions = [(0.0, 0.0, z) for z in (0, 1.2, 2, 3.5, 4.3, 5.6, 7, 8.1, 9, 10.4)]
    pixels = _planes(positions, (1, 0, 0), (0, 1, 0))
    write_stack(tmp_path, positions, pixels=pixels)
    volume = load(tmp_path)
    assert volume.problems == ("uneven_spacing",)
    assert len(volume.sources) == 10
    assert volume.frame.spacing_mm[2] == pytest.approx(0.8)
    assert _worst_offset_mm(volume) < 0.2 * 0.7


def test_a_gap_shifts_nothing_and_is_left_empty(
    tmp_path: Path, write_stack: Any, load: Load
) -> None:
    positions = [(0.0, 0.0, 1.0 * k) for k in range(12) if k not in {5, 6}]
    pixels = _planes(positions, (1, 0, 0), (0, 1, 0))
    write_stack(tmp_path, positions, pixels=pixels)
    volume = load(tmp_path)
    assert volume.problems == ("missing_slices",)
    assert volume.voxels.shape[0] == 12
    assert (volume.voxels[5:7] == -1024).all()
    present = [k for k in range(12) if k not in {5, 6}]
    expected = pixels.astype(np.int16) - 24
    np.testing.assert_array_equal(volume.voxels[present], expected)
    assert _worst_offset_mm(volume) < 0.2 * 0.7


def test_a_real_tilted_head_is_upright(shared_data: Path, load: Load) -> None:
    volume = load(shared_data / "ct_head_gantry_tilt_uneven")
    assert volume.frame.spacing_mm[2] < 1.1
    assert volume.measured_mm[2] == pytest.approx(7.0, abs=0.01)
    # The patient's long axis leaves the square grid at the angle the gantry was tilted.
    angle = np.degrees(np.arccos(volume.frame.directions[2, 2]))
    assert angle == pytest.approx(18.5, abs=0.1)
    bone = np.argwhere(volume.voxels > 300)
    lps = volume.frame.to_lps(bone[:, ::-1])
    top = lps[lps[:, 2] > np.percentile(lps[:, 2], 99)].mean(axis=0)
    middle = np.percentile(lps, 50, axis=0)
    # The crown lies above the middle of the skull, not swept forward or back by the shear.
    assert np.abs(top[:2] - middle[:2]).max() < 40
