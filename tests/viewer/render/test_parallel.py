"""Without perspective lengths are true at every depth, and nothing near the camera is cut off."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from viewer.render.engine import Mapper
from viewer.render.offscreen import finish_volume
from viewer.render.picking import pick
from viewer.render.volume_view import VolumeView
from virtopsy.geometry.camera import Camera3D, fit_view, project, zoom
from virtopsy.geometry.frame import Frame
from virtopsy.imaging.preset import presets
from virtopsy.imaging.volume import Volume
from virtopsy.language import Language

_SIZE = (360, 280)
_UNLIT = replace(presets()["bone"], ambient=1.0, diffuse=0.0, specular=0.0)
_ROD_MM = 50.0
_NEAR, _FAR = (-20.0, -60.0), (20.0, 60.0)  # x and y of the two rods


@pytest.fixture(scope="module")
def rods() -> Volume:
    """Two upright rods of 50 mm in air, one 120 mm behind the other, their ends blurred."""
    frame = Frame.of((72, 134, 60), origin_mm=(-29.5, -66.5, -35.5), spacing_mm=(1, 1, 1))
    k, j, i = np.indices(frame.shape)
    x, y, z = np.moveaxis(frame.to_lps(np.stack([i, j, k], axis=-1)), -1, 0)
    inside = np.zeros(frame.shape)
    for at in (_NEAR, _FAR):
        radius = np.clip(4.5 - np.hypot(x - at[0], y - at[1]), 0, 1)
        inside = np.maximum(inside, radius * np.clip(_ROD_MM / 2 + 0.5 - np.abs(z), 0, 1))
    return Volume((-1000 + 2500 * inside).astype(np.int16), frame)


def camera_at(volume: Volume, *, parallel: bool) -> Camera3D:
    camera = fit_view(volume.frame.corners_mm, "anterior", aspect=_SIZE[0] / _SIZE[1])
    return replace(camera, parallel=parallel)


def drawn(volume: Volume, camera: Camera3D, mapper: Mapper) -> np.ndarray:
    view = VolumeView(volume, _SIZE, preset=_UNLIT, background="#000000", mapper=mapper)
    picture = view.picture(camera)
    view.close()
    assert picture is not None
    return picture.max(axis=2) > 60


def height_of_rod(seen: np.ndarray, camera: Camera3D, at: tuple[float, float]) -> int:
    x, _, _ = project(camera, _SIZE, (*at, 0.0))
    return int(seen[:, round(x)].sum())


@pytest.mark.parametrize("mapper", list(Mapper))
def test_a_rod_of_50_mm_measures_50_mm_at_every_depth(rods: Volume, mapper: Mapper) -> None:
    camera = camera_at(rods, parallel=True)
    seen = drawn(rods, camera, mapper)
    mm_per_pixel = camera.height_mm / _SIZE[1]
    for at in (_NEAR, _FAR):
        measured = height_of_rod(seen, camera, at) * mm_per_pixel
        assert measured == pytest.approx(_ROD_MM, abs=2 * mm_per_pixel)


@pytest.mark.parametrize("mapper", list(Mapper))
def test_in_perspective_the_far_rod_looks_shorter(rods: Volume, mapper: Mapper) -> None:
    camera = camera_at(rods, parallel=False)
    seen = drawn(rods, camera, mapper)
    near, far = (height_of_rod(seen, camera, at) for at in (_NEAR, _FAR))
    assert far < 0.9 * near


@pytest.mark.parametrize("mapper", list(Mapper))
def test_coming_near_without_perspective_cuts_nothing_off(rods: Volume, mapper: Mapper) -> None:
    near = zoom(camera_at(rods, parallel=True), 6.0)
    assert near.distance_mm < 120, "the camera's place lies before the near rod's back"
    across = replace(
        near,
        position=(_NEAR[0], near.position[1], 0.0),
        focal_point=(_NEAR[0], near.focal_point[1], 0.0),
    )
    seen = drawn(rods, across, mapper)
    width_mm = seen[_SIZE[1] // 2].sum() * across.height_mm / _SIZE[1]
    assert width_mm == pytest.approx(8.5, abs=1.0), "the near rod, though it may be behind"


@pytest.mark.parametrize("parallel", [True, False])
def test_a_click_on_a_rod_is_on_its_surface(rods: Volume, *, parallel: bool) -> None:
    camera = camera_at(rods, parallel=parallel)
    for at in (_NEAR, _FAR):
        x, y, _ = project(camera, _SIZE, (*at, 10.0))
        found = pick(rods, presets()["bone"], camera, _SIZE, x, y)
        assert found is not None
        assert found[0] == pytest.approx(at[0], abs=1.0)
        assert found[1] == pytest.approx(at[1] - 4.0, abs=1.0)
        assert found[2] == pytest.approx(10.0, abs=1.5)


@pytest.mark.parametrize("language", list(Language))
def test_the_parameters_tell_the_projection(rods: Volume, language: Language) -> None:
    view = VolumeView(rods, _SIZE)
    made = {}
    for parallel in (True, False):
        camera = camera_at(rods, parallel=parallel)
        pixels = np.zeros((_SIZE[1], _SIZE[0], 3), np.uint8)
        made[parallel] = finish_volume(view, pixels, camera, language)
        assert made[parallel].parameters["camera"]["parallel"] is parallel
    view.close()
    assert made[True].png != made[False].png, "the words under the bar differ"
