"""Left is left, the head is up, and a pixel is where it says."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from viewer.render.slice_camera import SliceCamera
from viewer.render.slice_view import SliceRenderer
from virtopsy.geometry.frame import Frame
from virtopsy.geometry.plane import Plane, step_mm
from virtopsy.imaging.volume import Volume
from virtopsy.imaging.window import Window

_AXIAL_STACK = np.eye(3)
_FEET_FIRST_PRONE = np.diag([-1.0, -1.0, 1.0])
_HEAD_DOWN = np.diag([1.0, -1.0, -1.0])
_SAGITTAL_STACK = np.array([[0.0, 0.0, 1.0], [1.0, 0.0, 0.0], [0.0, 1.0, 0.0]])
_TURN = 0.35
_OBLIQUE = np.array(
    [[np.cos(_TURN), -np.sin(_TURN), 0], [np.sin(_TURN), np.cos(_TURN), 0], [0, 0, 1]]
) @ np.array([[1, 0, 0], [0, np.cos(0.5), -np.sin(0.5)], [0, np.sin(0.5), np.cos(0.5)]])
STACKS = {
    "axial": _AXIAL_STACK,
    "feet first": _FEET_FIRST_PRONE,
    "head down": _HEAD_DOWN,
    "sagittal": _SAGITTAL_STACK,
    "oblique": _OBLIQUE,
}


def marked(directions: np.ndarray, marker_mm: tuple[float, float, float]) -> Volume:
    """A dark cube of about 80 mm round LPS (10, -20, 30), one bright ball at an offset from it."""
    shape, spacing = (50, 64, 56), (1.5, 1.25, 2.0)
    middle = np.array([(shape[2] - 1) / 2, (shape[1] - 1) / 2, (shape[0] - 1) / 2]) * spacing
    centre = np.array([10.0, -20.0, 30.0])
    frame = Frame.of(
        shape,
        origin_mm=centre - directions @ middle,
        spacing_mm=spacing,
        directions=directions,
    )
    k, j, i = np.indices(shape)
    points = frame.to_lps(np.stack([i, j, k], axis=-1))
    distance = np.linalg.norm(points - (centre + marker_mm), axis=-1)
    return Volume(np.where(distance < 5, 1000, -500).astype(np.int16), frame)


def bright_spot(volume: Volume, plane: Plane, point: np.ndarray) -> tuple[float, float]:
    camera = SliceCamera.fit(volume.frame, plane, point, 200, 160)
    rows, columns = np.nonzero(SliceRenderer(volume).pixels(camera, Window(250, 400)) > 200)
    return float(columns.mean()), float(rows.mean())


@pytest.mark.parametrize("stack", STACKS)
@pytest.mark.parametrize(
    ("plane", "marker", "side"),
    [
        (Plane.AXIAL, (20.0, 0.0, 0.0), "right"),
        (Plane.AXIAL, (0.0, 20.0, 0.0), "bottom"),
        (Plane.CORONAL, (20.0, 0.0, 0.0), "right"),
        (Plane.CORONAL, (0.0, 0.0, 20.0), "top"),
        (Plane.SAGITTAL, (0.0, -20.0, 0.0), "left"),
        (Plane.SAGITTAL, (0.0, 0.0, 20.0), "top"),
    ],
)
def test_a_marker_is_seen_on_the_side_of_the_body_it_lies_on(
    stack: str, plane: Plane, marker: tuple[float, float, float], side: str
) -> None:
    volume = marked(STACKS[stack], marker)
    point = np.array([10.0, -20.0, 30.0]) + marker
    x, y = bright_spot(volume, plane, point)
    offset = {"left": 99.5 - x, "right": x - 99.5, "top": 79.5 - y, "bottom": y - 79.5}
    assert offset[side] > 20
    assert max(abs(value) for name, value in offset.items() if name in _across(side)) < 4


def _across(side: str) -> tuple[str, str]:
    return ("top", "bottom") if side in {"left", "right"} else ("left", "right")


@pytest.mark.parametrize("stack", STACKS)
@pytest.mark.parametrize("plane", list(Plane))
def test_the_bright_spot_lies_where_the_camera_projects_it(stack: str, plane: Plane) -> None:
    volume = marked(STACKS[stack], (8.0, -6.0, 4.0))
    point = np.array([18.0, -26.0, 34.0])
    camera = SliceCamera.fit(volume.frame, plane, point, 200, 160)
    assert bright_spot(volume, plane, point) == pytest.approx(camera.to_pixel(point), abs=0.7)


def test_letters_tell_the_sides() -> None:
    frame = marked(_AXIAL_STACK, (0, 0, 0)).frame
    letters = {
        plane: SliceCamera.fit(frame, plane, frame.centre_mm, 10, 10).letters() for plane in Plane
    }
    assert letters[Plane.AXIAL] == {"left": "R", "right": "L", "top": "A", "bottom": "P"}
    assert letters[Plane.CORONAL] == {"left": "R", "right": "L", "top": "H", "bottom": "F"}
    assert letters[Plane.SAGITTAL] == {"left": "A", "right": "P", "top": "H", "bottom": "F"}


coordinates = st.floats(-2000, 2000)


@given(
    plane=st.sampled_from(list(Plane)),
    centre=st.tuples(coordinates, coordinates, coordinates),
    scale=st.floats(0.05, 5),
    x=coordinates,
    y=coordinates,
)
def test_a_pixel_goes_to_the_patient_and_back(
    plane: Plane, centre: tuple[float, float, float], scale: float, x: float, y: float
) -> None:
    camera = SliceCamera(plane, centre, scale, 640, 480)
    point = camera.to_lps(x, y)
    assert camera.to_pixel(point) == pytest.approx((x, y), abs=1e-6)
    assert camera.distance_mm(point) == pytest.approx(0, abs=1e-6)


@pytest.mark.parametrize("stack", STACKS)
@pytest.mark.parametrize("plane", list(Plane))
def test_fit_shows_the_whole_volume(stack: str, plane: Plane) -> None:
    frame = marked(STACKS[stack], (0, 0, 0)).frame
    camera = SliceCamera.fit(frame, plane, frame.to_lps((3, 3, 3)), 300, 200)
    for corner in frame.corners_mm:
        x, y = camera.to_pixel(corner)
        assert -0.5 <= x <= 299.5
        assert -0.5 <= y <= 199.5
    assert camera.distance_mm(frame.to_lps((3, 3, 3))) == pytest.approx(0, abs=1e-9)


@pytest.mark.parametrize("stack", STACKS)
@pytest.mark.parametrize("plane", list(Plane))
def test_a_linear_ramp_comes_out_exact(stack: str, plane: Plane) -> None:
    """Linear interpolation reproduces a linear field, so every pixel tells its own place."""
    frame = marked(STACKS[stack], (0, 0, 0)).frame
    k, j, i = np.indices(frame.shape)
    points = frame.to_lps(np.stack([i, j, k], axis=-1))
    weights = np.array([3.0, -5.0, 7.0])
    volume = Volume((points @ weights).astype(np.float32), frame)
    camera = SliceCamera(plane, tuple(frame.centre_mm), 0.7, 40, 30)
    values = SliceRenderer(volume).values(camera)
    expected = [[np.dot(camera.to_lps(x, y), weights) for x in range(40)] for y in range(30)]
    assert np.abs(values - np.array(expected)).max() < 0.01


def test_outside_the_volume_is_black_whatever_the_window() -> None:
    volume = marked(_OBLIQUE, (0, 0, 0))
    camera = SliceCamera.fit(volume.frame, Plane.AXIAL, volume.frame.centre_mm, 300, 300)
    for window in (Window(-600, 1500), Window(0, 200_000)):
        grey = SliceRenderer(volume).pixels(camera, window)
        assert grey[0, 0] == 0
        assert grey[150, 150] > 0


def test_the_voxels_are_shared_and_earlier_pictures_stay() -> None:
    volume = marked(_AXIAL_STACK, (0, 0, 0))
    renderer = SliceRenderer(volume)
    camera = SliceCamera.fit(volume.frame, Plane.AXIAL, volume.frame.centre_mm, 50, 50)
    first = renderer.values(camera)
    kept = first.copy()
    renderer.values(SliceCamera.fit(volume.frame, Plane.SAGITTAL, (0, 0, 0), 50, 50))
    assert np.array_equal(first, kept)


@pytest.mark.parametrize(
    ("plane", "step"), [(Plane.AXIAL, 2.0), (Plane.CORONAL, 1.25), (Plane.SAGITTAL, 1.5)]
)
def test_one_scroll_step_is_one_slice_of_the_grid(plane: Plane, step: float) -> None:
    assert step_mm(marked(_AXIAL_STACK, (0, 0, 0)).frame, plane) == pytest.approx(step)
    assert step_mm(marked(_OBLIQUE, (0, 0, 0)).frame, plane) > 0
