"""A click goes to the surface itself, between voxels, within the view and not far."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as some

from tests.viewer.presenters.tools.marking_room import ball
from viewer.presenters.tools.snap import LEVELS, REACH_MM, snapped, values_at
from virtopsy.geometry.frame import Frame
from virtopsy.imaging.volume import Quantity, Volume

_BALL = ball()
_AXIAL = ((1.0, 0.0, 0.0), (0.0, 1.0, 0.0))


@settings(max_examples=60, deadline=None)
@given(some.floats(0, math.tau), some.floats(-3.0, 3.0), some.sampled_from(sorted(LEVELS)))
def test_a_click_near_a_ball_goes_to_its_surface(angle: float, off: float, tissue: str) -> None:
    ray = np.array((math.cos(angle), math.sin(angle), 0.0))
    x, y, _ = (30 + (20 + off) * ray).tolist()
    found = snapped(_BALL, (x, y, 30.0), _AXIAL, tissue)
    assert found is not None
    # The ball's edge rises from -1000 to 1000 over the voxel about its radius.
    radius = 20 + 0.5 - (LEVELS[tissue] + 1000) / 2000
    assert math.dist(found, (30.0, 30.0, 30.0)) == pytest.approx(radius, abs=0.25)
    assert found[2] == 30.0, "it stays on the slice"
    assert math.dist(found, (x, y, 30.0)) == pytest.approx(abs(off + 20 - radius), abs=0.3)
    assert values_at(_BALL, np.array([found]))[0] == pytest.approx(LEVELS[tissue], abs=60)


def test_a_click_far_from_any_surface_stays() -> None:
    assert snapped(_BALL, (30.0, 30.0, 30.0), _AXIAL, "bone") is None
    assert snapped(_BALL, (50.0 + REACH_MM + 1, 30.0, 30.0), _AXIAL, "bone") is None


def test_in_3d_a_click_goes_along_the_line_of_sight_only() -> None:
    found = snapped(_BALL, (30.0, 12.0, 30.0), ((0.0, 1.0, 0.0),), "bone")
    assert found is not None
    assert found[::2] == (30.0, 30.0)
    # The voxel at 10 holds 0 HU, the one at 11 holds 1000 HU.
    assert found[1] == pytest.approx(10.226, abs=0.001)


def test_the_edge_of_a_gap_or_of_the_scan_is_no_surface() -> None:
    voxels = np.full((8, 8, 8), 1000, np.int16)
    voxels[4:] = -1000
    frame = Frame.of((8, 8, 8), origin_mm=(0, 0, 0), spacing_mm=(1, 1, 1))
    coronal = ((1.0, 0.0, 0.0), (0.0, 0.0, -1.0))
    at = (4.0, 4.0, 3.2)
    whole = snapped(Volume(voxels, frame), at, coronal, "bone")
    assert whole is not None
    assert whole[2] == pytest.approx(3 + (1000 - 226) / 2000, abs=0.02)
    assert snapped(Volume(voxels, frame, gaps=(4, 5, 6, 7)), at, coronal, "bone") is None
    assert snapped(Volume(voxels[:4], frame_of(4)), (0.2, 4.0, 2.0), coronal, "bone") is None


def frame_of(depth: int) -> Frame:
    return Frame.of((depth, 8, 8), origin_mm=(0, 0, 0), spacing_mm=(1, 1, 1))


def test_without_hounsfield_units_there_is_no_such_surface() -> None:
    signal = Volume(_BALL.voxels, _BALL.frame, quantity=Quantity.SIGNAL)
    assert snapped(signal, (9.0, 30.0, 30.0), _AXIAL, "bone") is None
