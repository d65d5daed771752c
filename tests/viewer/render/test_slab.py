"""A slab shows the largest, the smallest or the mean of what lies in it, and nothing else."""

from __future__ import annotations

from threading import Event, Thread

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.ndimage import map_coordinates

from viewer.render.bands import bands
from viewer.render.gaps import gap_areas
from viewer.render.slice_camera import SliceCamera
from viewer.render.slice_view import SliceRenderer
from virtopsy.errors import Bug, Cancelled
from virtopsy.geometry.frame import Floats, Frame
from virtopsy.geometry.plane import Plane
from virtopsy.geometry.turn import STRAIGHT, Turn
from virtopsy.imaging.slab import Projection, Slab
from virtopsy.imaging.volume import Volume

_OBLIQUE = STRAIGHT.about((0, 0, 1), 0.4).about((1, 0, 0), -0.7)
_FOLDS = {
    Projection.MIP: lambda layers: layers.max(axis=0),
    Projection.MINIP: lambda layers: layers.min(axis=0),
    Projection.MEAN: lambda layers: layers.mean(axis=0),
}


def noise(gaps: tuple[int, ...] = ()) -> Volume:
    voxels = np.random.default_rng(5).integers(-900, 1800, (40, 44, 48)).astype(np.int16)
    voxels[list(gaps)] = -1024
    frame = Frame.of(voxels.shape, origin_mm=(-20, 30, -70), spacing_mm=(0.9, 1.1, 1.6))
    return Volume(voxels, frame, gaps=gaps)


def sampled(volume: Volume, camera: SliceCamera, depth_mm: float, order: int) -> Floats:
    """The reference: scipy's interpolation, pixel by pixel; not a number outside."""
    y, x = np.indices((camera.height, camera.width), dtype=float)
    ones = np.ones_like(x)
    pixels = np.stack([x, y, depth_mm * ones, ones], axis=-1)
    i, j, k, _ = np.moveaxis(pixels @ camera.index_from_pixel(volume.frame).T, -1, 0)
    values = map_coordinates(volume.voxels.astype(float), [k, j, i], order=order, mode="nearest")
    for index, count in zip((k, j, i), volume.frame.shape, strict=True):
        values[(index < -0.5) | (index > count - 0.5)] = np.nan
    return values


@pytest.mark.parametrize("turn", [STRAIGHT, _OBLIQUE], ids=["straight", "oblique"])
@pytest.mark.parametrize("plane", list(Plane))
@pytest.mark.parametrize("projection", list(Projection))
def test_a_slab_is_what_numpy_makes_of_its_samples(
    projection: Projection, plane: Plane, turn: Turn
) -> None:
    volume = noise()
    slab = Slab(projection, 7.5)
    camera = SliceCamera(plane, tuple(volume.frame.centre_mm), 0.4, 40, 36, turn)
    depths = slab.depths_mm(volume.frame.spacing_mm)
    assert np.diff(depths).max() <= 0.9
    layers = np.array([sampled(volume, camera, depth, 1) for depth in depths])
    assert np.isfinite(layers).all()
    shown = SliceRenderer(volume).values(camera, slab)
    assert np.abs(shown - _FOLDS[projection](layers)).max() <= 1.0


@pytest.mark.parametrize("turn", [STRAIGHT, _OBLIQUE], ids=["straight", "oblique"])
def test_a_slab_that_leaves_the_volume_takes_what_is_there(turn: Turn) -> None:
    volume = noise()
    slab = Slab(Projection.MEAN, 12.0)
    corner = volume.frame.to_lps((2, 40, 37))
    camera = SliceCamera(Plane.AXIAL, tuple(corner), 0.8, 60, 60, turn)
    layers = np.array(
        [sampled(volume, camera, d, 1) for d in slab.depths_mm(volume.frame.spacing_mm)]
    )
    some = np.isfinite(layers).any(axis=0)
    renderer = SliceRenderer(volume)
    shown = renderer.values(camera, slab)
    assert some.any()
    assert not some.all()
    # Rays that end within rounding of the edge may count a sample more or less.
    off = np.abs(shown[some] - np.nanmean(layers[:, some], axis=0))
    assert np.mean(off <= 1.0) > 0.99
    assert (shown[~some] == renderer.outside).mean() > 0.99


@pytest.mark.parametrize("turn", [STRAIGHT, _OBLIQUE], ids=["straight", "oblique"])
def test_nothing_of_a_gap_enters_a_slab_and_it_is_hatched(turn: Turn) -> None:
    volume = noise(gaps=(18, 19, 20))
    camera = SliceCamera(Plane.AXIAL, tuple(volume.frame.to_lps((24, 22, 16))), 0.5, 50, 50, turn)
    shown = SliceRenderer(volume).values(camera, Slab(Projection.MINIP, 9.0))
    assert shown.min() >= -900
    areas = gap_areas(volume, camera, Slab(Projection.MINIP, 9.0))
    assert areas, "a slab that reaches into a gap says so"


@given(thickness=st.floats(0.05, 80), spacing=st.floats(0.2, 5))
def test_a_slab_is_sampled_evenly_from_face_to_face(thickness: float, spacing: float) -> None:
    depths = Slab(Projection.MIP, thickness).depths_mm((spacing, spacing * 2, spacing * 3))
    assert depths[0] == pytest.approx(-thickness / 2)
    assert depths[-1] == pytest.approx(thickness / 2)
    assert len(depths) % 2 == 1
    assert depths[len(depths) // 2] == pytest.approx(0, abs=1e-9)
    assert np.diff(depths).max() <= spacing * (1 + 1e-6)


@pytest.mark.parametrize("thickness", [0.0, -1.0, float("nan"), float("inf")])
def test_a_slab_without_thickness_is_a_bug(thickness: float) -> None:
    with pytest.raises(Bug):
        Slab(Projection.MIP, thickness)


@pytest.mark.parametrize("turn", [STRAIGHT, _OBLIQUE], ids=["straight", "oblique"])
def test_without_interpolation_every_pixel_is_the_value_of_a_voxel(turn: Turn) -> None:
    volume = noise()
    camera = SliceCamera(Plane.CORONAL, tuple(volume.frame.centre_mm), 0.31, 60, 60, turn)
    shown = SliceRenderer(volume).values(camera, smooth=False)
    expected = sampled(volume, camera, 0.0, 0)
    assert np.mean(shown == expected) > 0.995, "half way between two voxels either may be shown"
    assert np.isin(shown, volume.voxels).all()


@settings(max_examples=40, deadline=None)
@given(
    plane=st.sampled_from(list(Plane)),
    axis=st.tuples(st.floats(-1, 1), st.floats(-1, 1), st.floats(0.2, 1)),
    angle=st.floats(-3, 3),
)
def test_any_oblique_slice_agrees_with_scipy(
    plane: Plane, axis: tuple[float, float, float], angle: float
) -> None:
    volume = noise()
    turn = STRAIGHT.about(np.array(axis) / np.linalg.norm(axis), angle)
    camera = SliceCamera(plane, tuple(volume.frame.centre_mm), 0.35, 30, 30, turn)
    shown = SliceRenderer(volume).values(camera)
    assert np.abs(shown - sampled(volume, camera, 0.0, 1)).max() <= 1.0


@pytest.mark.parametrize("plane", list(Plane))
@pytest.mark.parametrize("projection", list(Projection))
def test_a_small_straight_slab_shows_what_a_large_one_does(
    plane: Plane, projection: Projection
) -> None:
    """Few pixels of a plane along the grid are fetched singly: the same values come out."""
    volume, slab = noise(), Slab(projection, 12.0)
    large = SliceCamera.fit(volume.frame, plane, volume.frame.centre_mm, 63, 63)
    small = SliceCamera(plane, large.centre_mm, 9 * large.mm_per_pixel, 7, 7)
    renderer = SliceRenderer(volume)
    few, many = renderer.values(small, slab), renderer.values(large, slab)
    assert np.abs(few.astype(int) - many[4::9, 4::9]).max() <= 1


def test_a_part_of_the_samples_of_a_slab_has_the_plane_itself_among_them() -> None:
    volume = noise()
    camera = SliceCamera.fit(volume.frame, Plane.AXIAL, volume.frame.centre_mm, 30, 30)
    renderer, slab = SliceRenderer(volume), Slab(Projection.MIP, 12.0)
    some, alone = renderer.values(camera, slab, every=1000), renderer.values(camera)
    assert np.array_equal(some, alone)
    whole = renderer.values(camera, slab)
    assert (renderer.values(camera, slab, every=3) <= whole).all()


@pytest.mark.parametrize("turn", [STRAIGHT, _OBLIQUE])
def test_a_slab_that_nobody_wants_any_more_is_given_up(turn: Turn) -> None:
    volume, asked = noise(), []

    def check() -> None:
        asked.append(None)
        if len(asked) > 3:
            raise Cancelled

    camera = SliceCamera.fit(volume.frame, Plane.AXIAL, volume.frame.centre_mm, 200, 200, turn)
    with pytest.raises(Cancelled):
        SliceRenderer(volume).values(camera, Slab(Projection.MIP, 12.0), check=check)


def test_no_picture_waits_behind_another_threads() -> None:
    begun, enough = Event(), Event()

    def slow(_first: int, _end: int) -> None:
        begun.set()
        enough.wait(10)

    other = Thread(target=lambda: bands(64, slow))
    other.start()
    assert begun.wait(5)
    rows: list[tuple[int, int]] = []
    bands(64, lambda first, end: rows.append((first, end)))
    assert sorted(rows) == [(0, 32), (32, 64)]
    assert not enough.is_set()
    enough.set()
    other.join()
