"""Missing slices are hatched where they are missing, said by number, and never filled in."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from numpy.typing import NDArray

from viewer.render.gaps import gap_areas, gap_words, runs
from viewer.render.slice_camera import SliceCamera
from viewer.render.slice_view import SliceRenderer
from virtopsy.geometry.frame import Frame
from virtopsy.geometry.plane import Plane
from virtopsy.imaging.volume import Volume
from virtopsy.imaging.window import Window
from virtopsy.language import Language

GAPS = (4, 5, 9)
_TURN = 0.35
_OBLIQUE = np.array(
    [[np.cos(_TURN), -np.sin(_TURN), 0], [np.sin(_TURN), np.cos(_TURN), 0], [0, 0, 1]]
) @ np.array([[1, 0, 0], [0, np.cos(0.5), -np.sin(0.5)], [0, np.sin(0.5), np.cos(0.5)]])
STACKS = {
    "axial": np.eye(3),
    "head down": np.diag([1.0, -1.0, -1.0]),
    "sagittal": np.array([[0.0, 0.0, 1.0], [1.0, 0.0, 0.0], [0.0, 1.0, 0.0]]),
    "coronal": np.array([[1.0, 0.0, 0.0], [0.0, 0.0, 1.0], [0.0, -1.0, 0.0]]),
    "oblique": _OBLIQUE,
}
SIZE = (90, 70)
Indices = NDArray[np.float64]


def broken(stack: str) -> Volume:
    """Fourteen slices of 3 mm, three of them missing; 10 i + j in voxels, -1024 in gaps."""
    shape = (14, 30, 34)
    frame = Frame.of(
        shape, origin_mm=(-10, -20, 5), spacing_mm=(1.25, 1.5, 3.0), directions=STACKS[stack]
    )
    _, j, i = np.indices(shape)
    voxels = (10 * i + j).astype(np.float32)
    voxels[list(GAPS)] = -1024
    return Volume(voxels, frame, gaps=GAPS)


def middle(volume: Volume, plane: Plane) -> SliceCamera:
    """The plane through the middle, off every voxel centre and edge."""
    off_mm = np.array([0.21, 0.17, 0.11])
    return SliceCamera.fit(volume.frame, plane, volume.frame.centre_mm + off_mm, *SIZE)


def indices(volume: Volume, camera: SliceCamera) -> Indices:
    """(height, width, 3): the index (i, j, k) at each pixel."""
    places = [[camera.to_lps(x, y) for x in range(SIZE[0])] for y in range(SIZE[1])]
    return volume.frame.to_index(places)


def inside(volume: Volume, at: Indices) -> NDArray[np.bool_]:
    size = np.array(volume.frame.shape[::-1])
    return np.asarray(((at > -0.5) & (at < size - 0.5)).all(axis=-1))


def covered(areas: tuple[tuple[tuple[float, float], ...], ...]) -> NDArray[np.bool_]:
    """(height, width): pixels whose middle lies in one of the convex outlines."""
    y, x = np.mgrid[: SIZE[1], : SIZE[0]]
    whole = np.zeros(x.shape, dtype=bool)
    for area in areas:
        corners = np.array(area)
        turns = [
            (u - s) * (y - t) - (v - t) * (x - s)
            for (s, t), (u, v) in zip(corners, np.roll(corners, -1, axis=0), strict=True)
        ]
        whole |= (np.array(turns) >= 0).all(axis=0) | (np.array(turns) <= 0).all(axis=0)
    return whole


@pytest.mark.parametrize("stack", STACKS)
@pytest.mark.parametrize("plane", list(Plane))
def test_exactly_the_missing_slices_are_hatched(stack: str, plane: Plane) -> None:
    volume = broken(stack)
    camera = middle(volume, plane)
    at = indices(volume, camera)
    expected = inside(volume, at) & np.isin(np.rint(at[..., 2]), GAPS)
    np.testing.assert_array_equal(covered(gap_areas(volume, camera)), expected)


@pytest.mark.parametrize("stack", STACKS)
@pytest.mark.parametrize("plane", list(Plane))
def test_next_to_a_gap_stands_the_acquired_slice_and_nothing_mixed(
    stack: str, plane: Plane
) -> None:
    volume = broken(stack)
    camera = middle(volume, plane)
    at = indices(volume, camera)
    shown = inside(volume, at) & ~np.isin(np.rint(at[..., 2]), GAPS)
    values = SliceRenderer(volume).values(camera)
    last = np.array(volume.frame.shape[::-1]) - 1
    i, j, _ = np.moveaxis(np.clip(at, 0, last), -1, 0)
    np.testing.assert_allclose(values[shown], (10 * i + j)[shown], atol=0.01)
    assert (values[~shown] == np.finfo(np.float32).min).all()


def test_a_missing_slice_shown_alone_is_empty_and_hatched_whole() -> None:
    volume = broken("axial")
    camera = SliceCamera.fit(volume.frame, Plane.AXIAL, volume.frame.to_lps((0, 0, 5)), *SIZE)
    assert not SliceRenderer(volume).pixels(camera, Window(150, 100)).any()
    at = indices(volume, camera)
    np.testing.assert_array_equal(covered(gap_areas(volume, camera)), inside(volume, at))


def test_a_volume_without_gaps_has_no_hatching_and_no_words() -> None:
    volume = replace(broken("axial"), gaps=())
    assert gap_areas(volume, middle(volume, Plane.CORONAL)) == ()
    assert not gap_words(volume, middle(volume, Plane.AXIAL), Language.EN)


@pytest.mark.parametrize(
    ("stack", "plane"),
    [("axial", Plane.AXIAL), ("sagittal", Plane.SAGITTAL), ("coronal", Plane.CORONAL)],
)
def test_a_missing_slice_is_called_by_its_number_in_every_language(
    stack: str, plane: Plane
) -> None:
    volume = broken(stack)
    for k in range(14):
        point = volume.frame.to_lps((3, 3, k))
        camera = SliceCamera.fit(volume.frame, plane, point, *SIZE)
        for language in Language:
            words = gap_words(volume, camera, language)
            assert bool(words) == (k in GAPS)
            assert not words or str(k + 1) in words


def test_a_slice_of_a_computed_grid_has_no_number() -> None:
    volume = replace(broken("axial"), widest_gap_mm=4.0)
    camera = SliceCamera.fit(volume.frame, Plane.AXIAL, volume.frame.to_lps((0, 0, 5)), *SIZE)
    words = gap_words(volume, camera, Language.EN)
    assert words
    assert not any(one.isdigit() for one in words)


def test_a_view_across_the_stack_is_hatched_but_not_called_missing() -> None:
    volume = broken("axial")
    assert gap_areas(volume, middle(volume, Plane.SAGITTAL))
    assert not gap_words(volume, middle(volume, Plane.SAGITTAL), Language.EN)


def test_slices_in_a_row_are_one_gap() -> None:
    assert runs(()) == ()
    assert runs(GAPS) == ((4, 5), (9, 9))
    assert runs((0, 2, 3, 4)) == ((0, 0), (2, 4))
