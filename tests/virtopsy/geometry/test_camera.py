"""Looking from the left is looking from the person's left."""

from __future__ import annotations

from math import radians

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from virtopsy.errors import Bug
from virtopsy.geometry.camera import (
    STANDARD_VIEWS,
    Camera3D,
    angles,
    orbit,
    pan,
    project,
    ray,
    roll,
    standard_view,
    zoom,
)
from virtopsy.geometry.frame import Frame

_FRAME = Frame.of((40, 50, 60), origin_mm=(-30, -25, 900), spacing_mm=(1, 1, 1.5))
_SIZE = (400, 300)
_LEFT, _BACK, _HEAD = np.eye(3) * 15

# where the middle of the body's left, back and head sides appear: (right, up) of the middle
SIDES = {
    "anterior": {"left": (1, 0), "head": (0, 1)},
    "posterior": {"left": (-1, 0), "head": (0, 1)},
    "left": {"back": (1, 0), "head": (0, 1)},
    "right": {"back": (-1, 0), "head": (0, 1)},
    "superior": {"left": (-1, 0), "back": (0, -1)},
    "inferior": {"left": (1, 0), "back": (0, -1)},
}


@pytest.mark.parametrize("view", SIDES)
def test_every_standard_view_shows_the_sides_where_they_belong(view: str) -> None:
    camera = standard_view(_FRAME, view, aspect=4 / 3)
    for side, (right, up) in SIDES[view].items():
        offset = {"left": _LEFT, "back": _BACK, "head": _HEAD}[side]
        x, y, depth = project(camera, _SIZE, _FRAME.centre_mm + offset)
        assert depth > 0
        assert np.sign(np.round([x - 199.5, 149.5 - y], 6)).tolist() == [right, up]


@pytest.mark.parametrize("view", [*STANDARD_VIEWS, (30.0, 10.0), (200.0, -60.0)])
@pytest.mark.parametrize("size", [(400, 300), (200, 500), (300, 300)])
def test_the_whole_grid_is_seen_and_fills_the_picture(
    view: str | tuple[float, float], size: tuple[int, int]
) -> None:
    camera = standard_view(_FRAME, view, aspect=size[0] / size[1])
    seen = np.array([project(camera, size, corner)[:2] for corner in _FRAME.corners_mm])
    assert seen.min() >= -0.5
    assert (seen.max(axis=0) <= np.array(size) - 0.5).all()
    assert (np.ptp(seen, axis=0) / size).max() > 0.75


@given(azimuth=st.floats(0, 359.9), elevation=st.floats(-85, 85))
def test_the_angles_of_a_view_are_those_asked_for(azimuth: float, elevation: float) -> None:
    found = angles(standard_view(_FRAME, (azimuth, elevation)))
    turn = (found[0] - radians(azimuth) + np.pi) % (2 * np.pi) - np.pi
    assert turn == pytest.approx(0, abs=1e-6)
    assert found[1] == pytest.approx(radians(elevation), abs=1e-6)


def _same(one: Camera3D, other: Camera3D) -> bool:
    return all(
        np.allclose(getattr(one, name), getattr(other, name), atol=1e-6)
        for name in ("position", "focal_point", "view_up")
    )


@given(
    azimuth=st.floats(-3, 3),
    elevation=st.floats(-3, 3),
    factor=st.floats(0.1, 10),
    shift=st.tuples(st.floats(-300, 300), st.floats(-300, 300)),
)
def test_every_move_can_be_taken_back(
    azimuth: float, elevation: float, factor: float, shift: tuple[float, float]
) -> None:
    start = standard_view(_FRAME, (40, 15))
    assert _same(zoom(zoom(start, factor), 1 / factor), start)
    assert _same(pan(pan(start, _SIZE, *shift), _SIZE, -shift[0], -shift[1]), start)
    assert _same(orbit(orbit(start, azimuth, 0), -azimuth, 0), start)
    assert _same(orbit(orbit(start, 0, elevation), 0, -elevation), start)
    assert _same(roll(roll(start, azimuth), -azimuth), start)
    moved = orbit(start, azimuth, elevation)
    assert moved.distance_mm == pytest.approx(start.distance_mm)
    assert moved.axes[2] @ np.array(moved.view_up) == pytest.approx(0, abs=1e-9)


def test_turning_the_camera_to_its_right_from_the_front_goes_to_the_persons_left() -> None:
    front = standard_view(_FRAME, "anterior")
    assert angles(orbit(front, radians(90), 0))[0] == pytest.approx(radians(90))
    assert angles(orbit(front, 0, radians(30)))[1] == pytest.approx(radians(30))


def test_a_pan_moves_the_focal_plane_with_the_pointer() -> None:
    camera = standard_view(_FRAME, "left")
    moved = pan(camera, _SIZE, 40, -25)
    x, y, _ = project(moved, _SIZE, camera.focal_point)
    assert (x, y) == pytest.approx((199.5 + 40, 149.5 - 25))


@given(x=st.floats(0, 399), y=st.floats(0, 299), depth=st.floats(10, 2000))
def test_a_point_on_a_pixels_ray_is_projected_to_that_pixel(
    x: float, y: float, depth: float
) -> None:
    camera = standard_view(_FRAME, (-25, 35))
    origin, direction = ray(camera, _SIZE, x, y)
    assert project(camera, _SIZE, origin + depth * direction)[:2] == pytest.approx((x, y), abs=1e-6)


def test_a_point_behind_the_camera_has_a_negative_depth() -> None:
    camera = standard_view(_FRAME, "anterior")
    assert project(camera, _SIZE, np.array(camera.position) - (0, 10, 0))[2] < 0


def test_an_unknown_view_is_our_own_mistake() -> None:
    with pytest.raises(Bug):
        standard_view(_FRAME, "sideways")
