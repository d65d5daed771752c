"""A click lands on the surface that is seen."""

from __future__ import annotations

import numpy as np
import pytest

from viewer.render.picking import linear_values, pick, visible_points
from virtopsy.geometry.camera import fit_view, project, standard_view
from virtopsy.geometry.frame import Frame
from virtopsy.imaging.preset import Preset, presets
from virtopsy.imaging.volume import Quantity, Volume

_SIZE = (320, 240)
_CENTRE = np.array([5.0, -12.0, 100.0])
_RADIUS = 20.0
_TURNED = np.array([[0.8, -0.6, 0.0], [0.6, 0.8, 0.0], [0.0, 0.0, 1.0]])


def ball(directions: np.ndarray | None = None) -> Volume:
    """A ball of 1000 HU in air, its edge spread over one voxel as scanners do."""
    shape, spacing = (48, 56, 64), np.array([1.0, 1.1, 1.3])
    axes = np.eye(3) if directions is None else directions
    middle = (np.array(shape[::-1]) - 1) / 2 * spacing
    frame = Frame.of(
        shape, origin_mm=_CENTRE - axes @ middle, spacing_mm=spacing, directions=directions
    )
    k, j, i = np.indices(shape)
    points = frame.to_lps(np.stack([i, j, k], axis=-1))
    inside = np.clip(_RADIUS - np.linalg.norm(points - _CENTRE, axis=-1) + 0.5, 0, 1)
    return Volume((-1000 + 2000 * inside).astype(np.int16), frame)


@pytest.mark.parametrize("directions", [None, _TURNED])
@pytest.mark.parametrize("view", ["anterior", "left", "superior", (35.0, -20.0)])
@pytest.mark.parametrize("name", ["bone", "skin"])
def test_a_click_on_a_ball_is_on_its_surface(
    directions: np.ndarray | None, view: str | tuple[float, float], name: str
) -> None:
    volume = ball(directions)
    camera = standard_view(volume.frame, view, aspect=4 / 3)
    for offset in ((0, 0, 0), (3, 2, -4), (-6, 5, 5)):
        x, y, _ = project(camera, _SIZE, _CENTRE + np.array(offset))
        point = pick(volume, presets()[name], camera, _SIZE, x, y)
        assert point is not None
        distance = np.linalg.norm(np.subtract(point, _CENTRE))
        # the preset sees the surface somewhere within the one voxel over which the edge is spread
        assert abs(distance - _RADIUS) < 0.65
        towards = np.subtract(camera.position, _CENTRE) @ np.subtract(point, _CENTRE)
        assert towards > 0, "the near side is picked"


def test_a_step_edge_is_found_within_half_a_voxel() -> None:
    volume = ball()
    sharp = Preset("sharp", presets()["bone"].scale, ((0, 0.0), (1, 1.0)), (), (), 0, 0, 0, 1)
    camera = standard_view(volume.frame, "anterior")
    x, y, _ = project(camera, _SIZE, _CENTRE)
    point = pick(volume, sharp, camera, _SIZE, x, y)
    assert point is not None
    assert point[1] == pytest.approx(_CENTRE[1] - _RADIUS, abs=0.5)


def test_a_click_beside_the_body_picks_nothing() -> None:
    volume = ball()
    camera = standard_view(volume.frame, "anterior")
    assert pick(volume, presets()["bone"], camera, _SIZE, 0, 0) is None
    assert pick(volume, presets()["bone"], camera, _SIZE, 96, 30) is None


def test_a_camera_inside_the_grid_picks_what_lies_ahead() -> None:
    volume = ball()
    camera = fit_view([_CENTRE - (0, 24, 0), _CENTRE - (0, 23, 0)], "anterior")
    point = pick(volume, presets()["bone"], camera, _SIZE, 159.5, 119.5)
    assert point is None or point[1] > camera.position[1]


def test_values_between_voxels_are_linear() -> None:
    frame = Frame.of((4, 5, 6), origin_mm=(1, 2, 3), spacing_mm=(2, 3, 4), directions=_TURNED)
    k, j, i = np.indices(frame.shape)
    volume = Volume((7 * i - 3 * j + 11 * k).astype(np.int16), frame, Quantity.SIGNAL)
    index = np.array([[0.25, 3.5, 2.75], [5.0, 4.0, 3.0], [0.0, 0.0, 0.0]])
    values = linear_values(volume, frame.to_lps(index))
    assert values == pytest.approx(index @ [7, -3, 11])


def test_the_visible_points_enclose_the_ball_and_not_the_air() -> None:
    points = visible_points(ball(), presets()["bone"])
    assert np.abs(np.linalg.norm(points - _CENTRE, axis=1).max() - _RADIUS) < 2
    empty = Volume(
        np.full((4, 4, 4), -1000, np.int16),
        ball().frame.of((4, 4, 4), origin_mm=(0, 0, 0), spacing_mm=(1, 1, 1)),
    )
    assert len(visible_points(empty, presets()["bone"])) == 8


def test_a_surface_that_a_preset_fades_by_its_steepness_is_not_picked() -> None:
    """The lung preset looks through the skin, so a click does too: it lands on the gas within."""
    volume = ball()
    k, j, i = np.indices(volume.frame.shape)
    points = volume.frame.to_lps(np.stack([i, j, k], axis=-1))
    within = np.clip(12 - np.linalg.norm(points - _CENTRE, axis=-1), 0, 1)
    voxels = (volume.voxels * (1 - within) - 700 * within).astype(np.int16)
    gassy = Volume(voxels, volume.frame)
    camera = standard_view(volume.frame, "anterior", aspect=4 / 3)
    x, y, _ = project(camera, _SIZE, _CENTRE)
    point = pick(gassy, presets()["lung"], camera, _SIZE, x, y)
    assert point is not None
    assert 5 < np.linalg.norm(np.subtract(point, _CENTRE)) < 12.5


@pytest.mark.parametrize("view", ["anterior", "left", "superior", (35.0, -20.0)])
@pytest.mark.parametrize("name", ["bone", "skin"])
def test_a_camera_is_fitted_to_few_points_as_to_all(
    view: str | tuple[float, float], name: str
) -> None:
    """Every paint of the 3D view may ask for it."""
    volume = ball(_TURNED)
    shown = np.argwhere(presets()[name].opacity_per_mm(volume.voxels) > 0.02)
    few = visible_points(volume, presets()[name])
    assert len(few) < len(shown) / 5
    fitted, expected = (fit_view(one, view) for one in (few, volume.frame.to_lps(shown[:, ::-1])))
    assert fitted.position == pytest.approx(expected.position)
    assert fitted.focal_point == pytest.approx(expected.focal_point)
