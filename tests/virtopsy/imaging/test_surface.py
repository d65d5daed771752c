"""A surface lies where the values say, stays what it was, and tells how far it was moved."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from scipy.spatial import cKDTree

from virtopsy.errors import Bug, Cancelled, InputError
from virtopsy.geometry.frame import Floats, Frame
from virtopsy.imaging.surface import Surface, surface
from virtopsy.imaging.surface_change import distances_mm
from virtopsy.imaging.topology import topology_of
from virtopsy.imaging.volume import Quantity, Volume
from virtopsy.jobs import Progress
from virtopsy.phantom import asymmetric

CENTRE, RADII = np.array((12.0, -30.0, -412.5)), np.array((14.0, 17.0, 20.0))


def ellipsoid(position: str = "HFS") -> Volume:
    """Values that fall by 50 HU a millimetre near the surface, which lies at 0 HU."""
    frame = asymmetric.frame(position)
    k, j, i = np.indices(frame.shape)
    at = frame.to_lps(np.stack([i, j, k], axis=-1)) - CENTRE
    inside = 1 - np.sqrt(((at / RADII) ** 2).sum(axis=-1))
    return Volume(np.rint(inside * 50 * RADII.mean()).astype(np.int16), frame)


def corners(made: Surface) -> Floats:
    return made.vertices.astype(np.float64)[made.triangles]


def area_mm2(made: Surface) -> float:
    a, b, c = corners(made).swapaxes(0, 1)
    return float(np.linalg.norm(np.cross(b - a, c - a), axis=1).sum() / 2)


def volume_mm3(made: Surface) -> float:
    """By the divergence theorem: positive only where the triangles face outward."""
    a, b, c = (corners(made) - CENTRE).swapaxes(0, 1)
    return float(np.einsum("ij,ij->", a, np.cross(b, c)) / 6)


def closed_form_area_mm2() -> float:
    """Of an ellipsoid, by a fine parameter grid."""
    u = (np.arange(2000) + 0.5) / 2000 * np.pi
    v = (np.arange(2000) + 0.5) / 2000 * 2 * np.pi
    a, b, c = RADII
    su, cu = np.sin(u)[:, None], np.cos(u)[:, None]
    sv, cv = np.sin(v)[None], np.cos(v)[None]
    element = su * np.sqrt((b * c * su * cv) ** 2 + (a * c * su * sv) ** 2 + (a * b * cu) ** 2)
    return float(element.sum() * (np.pi / 2000) * (2 * np.pi / 2000))


@pytest.mark.parametrize("position", asymmetric.POSITIONS)
def test_an_ellipsoid_has_its_place_volume_and_area_in_every_patient_position(
    position: str,
) -> None:
    made = surface(ellipsoid(position), 0)
    assert volume_mm3(made) == pytest.approx(4 / 3 * np.pi * RADII.prod(), rel=0.01)
    assert area_mm2(made) == pytest.approx(closed_form_area_mm2(), rel=0.01)
    off = np.abs(np.sqrt((((made.vertices - CENTRE) / RADII) ** 2).sum(axis=1)) - 1)
    assert off.max() * RADII.max() < 0.1
    assert (made.closed, made.topology.components, made.topology.euler) == (True, 1, 2)


@pytest.mark.parametrize("position", asymmetric.POSITIONS)
def test_left_front_and_top_are_where_they_are_in_every_patient_position(position: str) -> None:
    volume = asymmetric.volume(position)
    for mark in asymmetric.marks().values():
        made = surface(volume, (mark.hu + 40) / 2 if mark.hu == 600 else mark.hu - 100)
        tree = cKDTree(made.vertices)
        near = made.vertices[tree.query_ball_point(mark.centre_mm, mark.radius_mm + 1.5)]
        assert np.abs(near.mean(axis=0) - mark.centre_mm).max() < 0.5


def test_a_triangle_faces_where_values_are_lower() -> None:
    made = surface(ellipsoid(), 0)
    a, b, c = corners(made).swapaxes(0, 1)
    outward = np.einsum("ij,ij->i", np.cross(b - a, c - a), (a + b + c) / 3 - CENTRE)
    assert (outward >= 0).all()
    hole = replace(ellipsoid(), voxels=-ellipsoid().voxels)
    assert volume_mm3(surface(hole, 0)) < 0


def test_at_the_rim_of_the_scan_the_surface_is_open_and_says_so() -> None:
    whole = ellipsoid()
    half = Volume(
        whole.voxels[20:], Frame.of((20, 48, 48), origin_mm=(0, 0, 0), spacing_mm=(1, 1.25, 1.5))
    )
    made = surface(half, 0)
    assert (made.closed, made.topology.rims, made.cut_at_gaps) == (False, 1, False)
    assert made.vertices[:, 2].min() == 0  # open at the first plane; not capped
    assert not (made.vertices[made.triangles][:, :, 2] == 0).all(axis=1).any()


def test_a_missing_slice_is_neither_bridged_nor_taken_for_air() -> None:
    whole = ellipsoid()
    voxels = whole.voxels.copy()
    voxels[18:20] = -1024
    made = surface(replace(whole, voxels=voxels, gaps=(18, 19)), 0)
    k = whole.frame.to_index(made.vertices)[:, 2]
    assert not ((k > 17.001) & (k < 19.999)).any()
    spans = whole.frame.to_index(made.vertices[made.triangles])[..., 2]
    assert not ((spans.min(axis=1) < 18) & (spans.max(axis=1) > 19)).any()
    lids = [(np.abs(spans - beside) < 1e-4).all(axis=1) for beside in (17, 20)]
    assert not np.any(lids)
    assert (made.closed, made.cut_at_gaps) == (False, True)
    assert (made.topology.components, made.topology.rims) == (2, 2)
    there = surface(whole, 0).vertices
    assert cKDTree(there).query(made.vertices)[0].max() < 1e-4  # elsewhere as if none was missing


def test_a_single_slice_between_gaps_makes_no_surface() -> None:
    whole = ellipsoid()
    made = surface(replace(whole, gaps=(18, 20)), 0)
    k = whole.frame.to_index(made.vertices)[:, 2]
    assert not ((k > 17.001) & (k < 20.999)).any()


@pytest.mark.parametrize(("smoothing", "decimation"), [(20, 0.0), (0, 0.5), (20, 0.5), (200, 0.9)])
def test_smoothing_and_thinning_keep_the_topology(smoothing: int, decimation: float) -> None:
    volume = noisy()
    plain, made = surface(volume, 0), surface(volume, 0, smoothing=smoothing, decimation=decimation)
    assert topology_of(made.vertices, made.triangles) == plain.topology == made.topology
    assert made.smoothing == smoothing
    assert made.decimation == pytest.approx(1 - len(made.triangles) / len(plain.triangles))
    assert made.decimation <= decimation + 0.01
    assert (made.decimation > 0) == (decimation > 0)


def noisy() -> Volume:
    """An ellipsoid with a rough surface, a tunnel and loose bits."""
    volume = ellipsoid()
    voxels = volume.voxels + np.random.default_rng(5).normal(0, 25, volume.voxels.shape)
    voxels[:, 23:26, 23:26] = -500
    voxels[3:6, 4:7, 4:7] = 300
    return replace(volume, voxels=np.rint(voxels).astype(np.int16))


@pytest.mark.parametrize(("smoothing", "decimation"), [(30, 0.0), (0, 0.6), (30, 0.6)])
def test_the_deviation_told_is_the_true_one(smoothing: int, decimation: float) -> None:
    volume = coarse()
    plain = surface(volume, 0)
    made = surface(volume, 0, smoothing=smoothing, decimation=decimation)
    middles = corners(made).mean(axis=1)
    measured = max(
        measured_mm(np.concatenate([made.vertices, middles]), plain).max(),
        measured_mm(plain.vertices.astype(np.float64), made).max(),
    )
    assert made.deviation_mm > 0.05
    assert made.deviation_mm == pytest.approx(measured, abs=1e-4)


def coarse() -> Volume:
    whole = noisy()
    voxels = np.ascontiguousarray(whole.voxels[::2, ::2, ::2])
    return Volume(voxels, Frame.of(voxels.shape, origin_mm=(1, 2, 3), spacing_mm=(2, 2.5, 3)))


def measured_mm(points: Floats, made: Surface) -> Floats:
    """Distance of each point to every triangle in turn, by the formula; the smallest."""
    a, b, c = corners(made).swapaxes(0, 1)
    normal = np.cross(b - a, c - a)
    found = np.full(len(points), np.inf)
    for n, p in enumerate(points):
        sides = [to_segment(p, one, other) for one, other in ((a, b), (b, c), (c, a))]
        above = [
            np.einsum("ij,ij->i", np.cross(other - one, p - one), normal) >= 0
            for one, other in ((a, b), (b, c), (c, a))
        ]
        height = np.abs(np.einsum("ij,ij->i", p - a, normal)) / np.linalg.norm(normal, axis=1)
        found[n] = np.where(np.all(above, axis=0), height, np.min(sides, axis=0)).min()
    return found


def to_segment(p: Floats, a: Floats, b: Floats) -> Floats:
    along = b - a
    share = np.einsum("ij,ij->i", p - a, along) / np.einsum("ij,ij->i", along, along)
    there: Floats = np.linalg.norm(a + share.clip(0, 1)[:, None] * along - p, axis=1)
    return there


def test_what_was_not_changed_deviates_by_nothing() -> None:
    assert surface(ellipsoid(), 0).deviation_mm == 0


def test_the_distance_of_two_surfaces_is_measured_to_their_triangles() -> None:
    one = np.array([(0, 0, 0), (10, 0, 0), (0, 10, 0)], np.float32)
    other = np.array([(2, 2, 3), (-4, 3, 0), (5, 5, -1)], np.float32)
    corners = np.array([(0, 1, 2)], np.int32)
    assert distances_mm(one, corners, other, corners)[1] == pytest.approx((3, 4, 1), abs=1e-6)


def test_smoothing_moves_no_rim() -> None:
    volume = replace(noisy(), gaps=(18,))
    plain, made = surface(volume, 0), surface(volume, 0, smoothing=40)
    k = volume.frame.to_index(plain.vertices)[:, 2]
    on_rim = (np.abs(k - 17) < 1e-4) | (np.abs(k - 19) < 1e-4)
    assert on_rim.any()
    np.testing.assert_allclose(made.vertices[on_rim], plain.vertices[on_rim], atol=1e-4)


def test_the_same_volume_makes_the_same_surface_to_the_last_bit() -> None:
    one, other = (surface(noisy(), 0, smoothing=10, decimation=0.4) for _ in range(2))
    assert one.vertices.tobytes() == other.vertices.tobytes()
    assert one.triangles.tobytes() == other.triangles.tobytes()


def test_a_surface_cannot_be_changed() -> None:
    made = surface(ellipsoid(), 0)
    with pytest.raises(ValueError, match="read-only"):
        made.vertices[0] = 0
    assert (made.vertices.dtype, made.triangles.dtype) == (np.float32, np.int32)


@pytest.mark.parametrize("hu", [-30000, 30000])
def test_a_threshold_that_no_value_meets_is_refused_in_words(hu: int) -> None:
    with pytest.raises(InputError, match="no surface at"):
        surface(ellipsoid(), hu)


def test_signal_without_a_scale_is_refused_in_words() -> None:
    with pytest.raises(InputError, match="HU"):
        surface(replace(ellipsoid(), quantity=Quantity.SIGNAL), 0)


def test_settings_out_of_range_are_a_bug() -> None:
    for smoothing, decimation in ((-1, 0.0), (201, 0.0), (0, 1.0), (0, -0.1)):
        with pytest.raises(Bug):
            surface(ellipsoid(), 0, smoothing=smoothing, decimation=decimation)


def test_the_work_can_be_stopped() -> None:
    progress = Progress()
    progress.cancel()
    with pytest.raises(Cancelled):
        surface(ellipsoid(), 0, progress=progress)


@pytest.mark.parametrize("gaps", [tuple(range(1, 40, 2)), ()])
def test_a_scan_too_thin_for_a_surface_is_told_so_and_not_to_choose_what_was_chosen(
    gaps: tuple[int, ...],
) -> None:
    whole = ellipsoid()
    if gaps:
        thin = replace(whole, gaps=gaps, sources=())
    else:
        frame = Frame.of((1, *whole.frame.shape[1:]), origin_mm=(0, 0, 0), spacing_mm=(1, 1, 1))
        thin = Volume(whole.voxels[20:21].copy(), frame)
    with pytest.raises(InputError, match="neighbouring"):
        surface(thin, 0)


def test_thinning_leaves_small_parts_alone_without_a_word_of_vtk(
    capfd: pytest.CaptureFixture[str],
) -> None:
    frame = Frame.of((5, 5, 5), origin_mm=(0, 0, 0), spacing_mm=(1, 1, 1))
    voxels = np.full(frame.shape, -1000, np.int16)
    voxels[1:4, 1:4, 1:4] = 900
    made = surface(Volume(voxels, frame), 200, decimation=0.5)
    assert made.decimation == 0
    assert made.deviation_mm == 0
    assert capfd.readouterr().err == ""
