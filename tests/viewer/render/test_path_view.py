"""A picture along a path shows what lies on it; a straight one is the oblique slice itself."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.ndimage import map_coordinates

from viewer.render.path_camera import BESIDE_MM, PathCamera, section_across
from viewer.render.path_view import PathRenderer, path_gap_areas
from viewer.render.slice_camera import SectionCamera, SliceCamera
from viewer.render.slice_view import SliceRenderer
from virtopsy.errors import Bug
from virtopsy.geometry.frame import Floats, Frame
from virtopsy.geometry.path import Path
from virtopsy.geometry.plane import Plane
from virtopsy.imaging.slab import Projection, Slab
from virtopsy.imaging.volume import Volume
from virtopsy.imaging.window import Window

_BENT = Path(((-15, 30, -60), (-5, 50, -40), (5, 55, -25), (12, 66, -20)))
_GAPS = (9, 10, 17)


def noise(gaps: tuple[int, ...] = ()) -> Volume:
    voxels = np.random.default_rng(5).integers(-900, 1800, (40, 44, 48)).astype(np.int16)
    voxels[list(gaps)] = -1024
    frame = Frame.of(voxels.shape, origin_mm=(-20, 30, -70), spacing_mm=(0.9, 1.1, 1.6))
    return Volume(voxels, frame, gaps=gaps)


def ball(centre: tuple[float, float, float]) -> Volume:
    shape = (80, 80, 80)
    frame = Frame.of(shape, origin_mm=(-40, -40, -40), spacing_mm=(1, 1, 1))
    k, j, i = np.indices(shape)
    far = np.linalg.norm(frame.to_lps(np.stack([i, j, k], axis=-1)) - centre, axis=-1)
    return Volume(np.where(far < 4, 1000, -500).astype(np.int16), frame)


def indices(volume: Volume, camera: PathCamera) -> Floats:
    places = [[camera.to_lps(x, y) for x in range(camera.width)] for y in range(camera.height)]
    return volume.frame.to_index(places)


def along(volume: Volume) -> PathRenderer:
    return PathRenderer(SliceRenderer(volume))


@pytest.mark.parametrize("smooth", [True, False])
def test_a_straight_path_shows_the_oblique_slice_pixel_for_pixel(smooth: bool) -> None:
    volume = noise()
    path = Path(((-15, 35, -60), (15, 60, -20)))
    camera = PathCamera.fit(path, 15, 90, 60)
    flat = camera.flat()
    assert flat is not None
    shown = along(volume).values(camera, smooth=smooth)
    assert np.array_equal(shown, SliceRenderer(volume).values(flat, smooth=smooth))
    assert len(np.unique(shown)) > 100
    for x, y in ((0, 0), (89, 59), (31.5, 12.25)):
        assert flat.to_lps(x, y) == pytest.approx(camera.to_lps(x, y), abs=1e-9)


def test_a_path_along_the_patient_shows_the_straight_slice() -> None:
    """From right to left through the middle, the head up: the coronal slice from the front."""
    volume = noise()
    x, y, z = volume.frame.centre_mm.tolist()
    camera = PathCamera.fit(Path(((x - 10, y, z), (x + 10, y, z))), 8, 41, 33)
    coronal = SliceCamera(Plane.CORONAL, (x, y, z), camera.mm_per_pixel, 41, 33)
    expected = SliceRenderer(volume).values(coronal)
    assert np.abs(along(volume).values(camera) - expected).max() <= 1


@pytest.mark.parametrize("smooth", [True, False])
def test_a_bent_path_shows_what_scipy_finds_at_its_places(smooth: bool) -> None:
    volume = noise()
    camera = PathCamera.fit(_BENT, 20, 50, 38)
    at = indices(volume, camera)
    i, j, k = np.moveaxis(at, -1, 0)
    size = np.array(volume.frame.shape[::-1])
    inside = ((at > -0.5) & (at < size - 0.5)).all(axis=-1)
    values = volume.voxels.astype(float)
    expected: Floats = map_coordinates(
        values, np.array([k, j, i]), order=1 if smooth else 0, mode="nearest"
    )
    shown = along(volume).values(camera, smooth=smooth)
    assert inside.any()
    assert not inside.all()
    off = np.abs(shown[inside] - expected[inside])
    assert off.max() <= 1 if smooth else (off == 0).mean() > 0.999
    assert (shown[~inside] == np.iinfo(np.int16).min).all()


@settings(max_examples=50, deadline=None)
@given(st.floats(0, 79), st.floats(15, 44))
def test_a_pixel_near_a_path_goes_to_the_patient_and_back(x: float, y: float) -> None:
    camera = PathCamera.fit(replace(_BENT, angle=0.6), 20, 80, 60)
    arc = camera.start_mm + x * camera.mm_per_pixel
    found = camera.to_pixel(camera.to_lps(x, y))
    if 0 <= arc <= _BENT.length_mm:
        again = camera.to_lps(found[0], found[1])
        assert again == pytest.approx(camera.to_lps(x, y), abs=1e-3)
        assert abs(found[2]) < 1e-3


def test_a_ball_on_a_ring_is_seen_on_the_path_at_its_arc_length() -> None:
    t = np.linspace(0, np.pi, 25)
    ring = np.stack([25 * np.cos(t), 25 * np.sin(t), np.zeros(25)], axis=1)
    path = Path(tuple(map(tuple, ring.tolist())))
    camera = PathCamera.fit(path, 12, 200, 80)
    for share in (0.25, 0.5, 0.7):
        angle = share * np.pi
        centre = (25 * float(np.cos(angle)), 25 * float(np.sin(angle)), 3.0)
        grey = along(ball(centre)).pixels(camera, Window(250, 400))
        y, x = np.nonzero(grey > 200)
        assert camera.start_mm + x.mean() * camera.mm_per_pixel == pytest.approx(
            share * path.length_mm, abs=0.5
        )
        # The head is up, and the ball lies 3 mm towards it.
        assert (39.5 - y.mean()) * camera.mm_per_pixel == pytest.approx(3, abs=0.4)
        # A mm is as long along the path as across it.
        assert np.ptp(x) == pytest.approx(np.ptp(y), rel=0.2)


def test_a_section_looks_along_the_path_with_its_up_upwards() -> None:
    path = Path(((0, -30, 0), (0, 30, 0)))  # from front to back
    camera = section_across(path, 20.0, 0.5, 61, 41)
    assert camera.centre_mm == pytest.approx((0, -10, 0))
    assert camera.normal_mm == pytest.approx((0, 1, 0))
    assert camera.letters() == {"left": "R", "right": "L", "top": "H", "bottom": "F"}
    coronal = SliceCamera(Plane.CORONAL, (0, -10, 0), 0.5, 61, 41)
    volume = noise()
    renderer = SliceRenderer(volume)
    assert np.array_equal(renderer.values(camera), renderer.values(coronal))


def test_sections_of_a_bent_path_meet_the_straightened_picture_in_its_columns() -> None:
    volume = noise()
    picture = PathCamera.fit(_BENT, 20, 80, 61)
    straightened = along(volume).values(picture)
    renderer = SliceRenderer(volume)
    for x in (20, 40, 61):
        arc = float(picture.arcs_mm[x])
        across = section_across(_BENT, arc, picture.mm_per_pixel, 41, 61)
        column = renderer.values(across)[:, 20]
        both = (column > -2000) & (straightened[:, x] > -2000)
        assert both.sum() > 15
        assert np.abs(column - straightened[:, x].astype(float))[both].max() <= 1


def test_nothing_of_a_gap_is_shown_and_it_is_hatched() -> None:
    volume = noise(_GAPS)
    camera = PathCamera.fit(_BENT, 20, 60, 45)
    at = indices(volume, camera)
    size = np.array(volume.frame.shape[::-1])
    inside = ((at > -0.5) & (at < size - 0.5)).all(axis=-1)
    nearest = np.rint(at[..., 2])
    missing = inside & np.isin(nearest, _GAPS)
    values = along(volume).values(camera)
    assert missing.sum() > 50
    assert (values[missing] == np.iinfo(np.int16).min).all()
    shown = inside & ~missing
    assert (values[shown] >= -900).all()
    hatched = np.zeros(missing.shape, dtype=bool)
    y, x = np.mgrid[:45, :60]
    for area in path_gap_areas(volume, camera):
        hatched |= _inside(area, x, y)
    assert (hatched == missing).mean() > 0.999


def test_a_straight_path_is_hatched_as_its_plane_is() -> None:
    volume = noise(_GAPS)
    camera = PathCamera.fit(Path(((-10, 40, -65), (10, 60, -20))), 15, 90, 60)
    assert path_gap_areas(volume, camera)
    assert path_gap_areas(noise(), camera) == ()


_SLABS = [
    (Projection.MIP, np.max),
    (Projection.MINIP, np.min),
    (Projection.MEAN, np.mean),
]


@pytest.mark.parametrize(("projection", "fold"), _SLABS)
def test_a_slab_of_a_bent_path_is_made_of_the_layers_before_and_behind_it(
    projection: Projection, fold: Callable[..., Floats]
) -> None:
    volume = noise(_GAPS)
    camera = PathCamera.fit(_BENT, 20, 30, 25)
    slab = Slab(projection, 6.0)
    shown = along(volume).values(camera, slab)
    renderer = SliceRenderer(volume)
    depths = slab.depths_mm(volume.frame.spacing_mm)
    compared = 0
    for x in range(3, 30, 5):
        arc = float(camera.arcs_mm[x])
        across = section_across(_BENT, arc, camera.mm_per_pixel, 41, 25)
        for y in range(2, 25, 4):
            places = np.array(across.to_lps(20, y)) - depths[:, None] * across.right_mm
            k = np.rint(volume.frame.to_index(places)[:, 2])
            inside = (np.abs(volume.frame.to_index(places) - 20) < 19).all(axis=1)
            if not inside.all() or np.isin(k, (*_GAPS, 8, 11, 16, 18)).any():
                continue
            layers = [int(renderer.values(_pixel(across, place))[0, 0]) for place in places]
            assert shown[y, x] == pytest.approx(float(fold(layers)), abs=1.5)
            compared += 1
    assert compared > 8


def _pixel(across: SectionCamera, place: Floats) -> SectionCamera:
    """A picture of one place alone."""
    x, y, z = place.tolist()
    return replace(across, centre_mm=(x, y, z), width=1, height=1)


def test_a_slab_is_hatched_wherever_something_in_it_was_not_acquired() -> None:
    volume = noise(_GAPS)
    camera = PathCamera.fit(_BENT, 20, 60, 45)
    slab = Slab(Projection.MEAN, 5.0)
    y, x = np.mgrid[:45, :60]
    thin, thick = np.zeros((2, 45, 60), dtype=bool)
    for area in path_gap_areas(volume, camera):
        thin |= _inside(area, x, y)
    for area in path_gap_areas(volume, camera, slab):
        thick |= _inside(area, x, y)
    assert (thick | ~thin).all()
    missing = np.zeros_like(thin)
    size = np.array(volume.frame.shape[::-1])
    there = camera.path.at(camera.arcs_mm)
    above = ((44 / 2 - np.arange(45)) * camera.mm_per_pixel)[:, None, None]
    for depth in np.linspace(-2.5, 2.5, 21):
        at = volume.frame.to_index(there.places_mm - depth * there.side + above * there.up)
        inside = ((at > -0.5) & (at < size - 0.5)).all(axis=-1)
        missing |= inside & np.isin(np.rint(at[..., 2]), _GAPS)
    assert (missing & ~thick).mean() < 0.01
    assert (thick & ~missing).mean() < 0.03
    assert thick.sum() > 1.2 * thin.sum()


def test_a_picture_in_fewer_pixels_shows_the_same_places() -> None:
    camera = PathCamera.fit(_BENT, 20, 120, 90)
    coarse = camera.reduced(3)
    assert (coarse.width, coarse.height) == (40, 30)
    for share in (0.0, 0.5, 1.0):
        x, y = share * 120 - 0.5, share * 90 - 0.5
        there = coarse.to_lps((x + 0.5) / 3 - 0.5, (y + 0.5) / 3 - 0.5)
        assert there == pytest.approx(camera.to_lps(x, y), abs=1e-6)


@pytest.mark.parametrize(("width", "height"), [(600, 700), (300, 900), (900, 120)])
def test_the_camera_of_the_window_shows_both_ends_and_holds_the_place_where_it_is(
    width: int, height: int
) -> None:
    place = 20.0
    whole = PathCamera.following(_BENT, place, 1.0, width, height)
    assert whole == PathCamera.following(_BENT, place + 9, 1.0, width, height), "nothing moves"
    assert whole.arcs_mm[0] < -15
    assert whole.arcs_mm[-1] > _BENT.length_mm + 15
    assert whole.mm_per_pixel * (height - 1) >= 2 * BESIDE_MM - 1e-9
    closer = PathCamera.following(_BENT, place, 2.5, width, height)
    assert closer.mm_per_pixel == pytest.approx(whole.mm_per_pixel / 2.5)
    columns = [(place - one.start_mm) / one.mm_per_pixel for one in (whole, closer)]
    assert columns[0] == pytest.approx(columns[1])


def test_a_column_tells_where_its_top_lies() -> None:
    camera = PathCamera.fit(Path(((0, 0, 0), (40, 0, 0))), 10, 50, 30)
    assert camera.letters_at(10) == {"top": "H", "bottom": "F"}


def test_outside_the_volume_is_black_whatever_the_window() -> None:
    volume = noise()
    camera = PathCamera.fit(_BENT, 60, 80, 60)
    grey = along(volume).pixels(camera, Window(0, 200_000))
    assert grey[0, 0] == 0
    assert grey.max() > 100


def test_a_camera_without_pixels_is_a_bug() -> None:
    with pytest.raises(Bug):
        PathCamera(_BENT, 0.0, 0.0, 10, 10)


def _inside(area: tuple[tuple[float, float], ...], x: Floats, y: Floats) -> np.ndarray:
    """Which places lie in an outline of any form, by crossings (even and odd)."""
    odd = np.zeros(x.shape, dtype=bool)
    for (u, v), (s, t) in zip(area, (*area[1:], area[0]), strict=True):
        if v != t:
            odd ^= ((v > y) != (t > y)) & (x < (s - u) * (y - v) / (t - v) + u)
    return odd
