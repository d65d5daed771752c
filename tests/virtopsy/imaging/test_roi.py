"""A region counts acquired voxels, each once, and says when its plane was not acquired."""

from __future__ import annotations

from dataclasses import replace
from math import pi

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from virtopsy.errors import Bug
from virtopsy.geometry.frame import Frame
from virtopsy.geometry.plane import Plane, facing
from virtopsy.geometry.turn import STRAIGHT, Turn
from virtopsy.imaging.roi import Outline, Region, statistics, values_within
from virtopsy.imaging.volume import Acquired, Quantity, Volume

_POSITIONS = {
    "supine": np.eye(3),
    "prone": np.diag([-1.0, -1.0, 1.0]),
    "head down": np.diag([1.0, -1.0, -1.0]),
    "sagittal": np.array([[0.0, 0.0, 1.0], [1.0, 0.0, 0.0], [0.0, 1.0, 0.0]]),
}


def numbered(directions: np.ndarray = _POSITIONS["supine"], gaps: tuple[int, ...] = ()) -> Volume:
    """Every voxel has a value of its own."""
    shape = (12, 20, 24)
    voxels = np.arange(np.prod(shape), dtype=np.int16).reshape(shape)
    frame = Frame.of(
        shape, origin_mm=(-12, 8, 100), spacing_mm=(0.8, 1.0, 2.5), directions=directions
    )
    return Volume(voxels, frame, gaps=gaps)


def region(
    centre: np.ndarray,
    plane: Plane = Plane.AXIAL,
    turn: Turn = STRAIGHT,
    halves: tuple[float, float] = (4.1, 3.3),
    outline: Outline = Outline.ELLIPSE,
) -> Region:
    right, down, _, _ = facing(plane, turn)
    return Region(outline, tuple(centre), tuple(right), tuple(down), *halves)


@pytest.mark.parametrize("outline", list(Outline))
@pytest.mark.parametrize("k", [0, 5, 11])
def test_on_an_acquired_slice_it_is_the_voxels_whose_centres_lie_within(
    k: int, outline: Outline
) -> None:
    volume = numbered()
    centre = volume.frame.to_lps((11.3, 9.2, k))
    j, i = np.indices((20, 24))
    x, y = (i - 11.3) * 0.8 / 4.1, (j - 9.2) * 1.0 / 3.3
    inside = x * x + y * y <= 1 if outline is Outline.ELLIPSE else np.maximum(abs(x), abs(y)) <= 1
    expected = volume.voxels[k][inside].astype(float)

    made = statistics(volume, region(centre, outline=outline))

    assert made is not None
    assert (made.n, made.minimum, made.maximum) == (
        expected.size,
        expected.min(),
        expected.max(),
    )
    assert made.mean == pytest.approx(expected.mean())
    assert made.sd == pytest.approx(expected.std(ddof=1))
    assert made.quantity is Quantity.HU
    assert not made.resampled


def test_between_two_slices_the_nearer_one_is_measured_and_nothing_is_blended() -> None:
    volume = numbered()
    for off, k in ((0.4, 5), (-0.4, 5), (0.6, 6)):
        values = values_within(volume, region(volume.frame.to_lps((11, 9, 5 + off))))
        assert {int(value) // 480 for value in values} == {k}


def test_half_way_between_two_slices_one_of_them_is_measured() -> None:
    volume = numbered()
    values = values_within(volume, region(volume.frame.to_lps((11, 9, 5.5))))
    assert len({int(value) // 480 for value in values}) == 1


@pytest.mark.parametrize("position", _POSITIONS)
@pytest.mark.parametrize("plane", list(Plane))
def test_every_patient_position_gives_the_region_its_area(position: str, plane: Plane) -> None:
    volume = numbered(_POSITIONS[position])
    middle = volume.frame.centre_mm + 0.01
    drawn = region(middle, plane, halves=(6.0, 5.0))
    values = values_within(volume, drawn)
    normal = np.abs(volume.frame.directions.T @ facing(plane).normal)
    spacing = np.array(volume.frame.spacing_mm)
    cell = float(np.prod(spacing[normal < 0.5]))

    assert len(np.unique(values)) == len(values)
    assert len(values) * cell == pytest.approx(drawn.area_mm2, rel=0.15)


@settings(max_examples=40, deadline=None)
@given(
    st.floats(-pi, pi),
    st.floats(-pi, pi),
    st.sampled_from(list(Plane)),
    st.tuples(st.floats(4, 20), st.floats(4, 16), st.floats(2, 9)),
)
def test_on_any_plane_each_column_of_the_grid_is_met_once(
    yaw: float, pitch: float, plane: Plane, index: tuple[float, float, float]
) -> None:
    volume = numbered()
    turn = STRAIGHT.about((0, 0, 1), yaw).about((1, 0, 0), pitch)
    drawn = region(volume.frame.to_lps(index), plane, turn, (5.0, 4.0))
    places = np.array(np.unravel_index(values_within(volume, drawn), volume.voxels.shape))
    axis = int(np.argmax(np.abs(drawn.normal @ volume.frame.directions)))
    columns = np.delete(places, 2 - axis, axis=0)
    assert len(np.unique(columns, axis=1).T) == columns.shape[1]
    made = statistics(volume, drawn)
    assert made is not None
    assert made.resampled == (abs(drawn.normal[2]) < 1 - 1e-6)


def every_voxel_asked(volume: Volume, drawn: Region) -> np.ndarray:
    """The values of the voxels a region goes through, told for each by itself."""
    frame, normal = volume.frame, drawn.normal
    k, j, i = np.indices(frame.shape)
    offsets = frame.to_lps(np.stack((i, j, k), axis=-1)) - np.array(drawn.centre_mm)
    axis = int(np.argmax(np.abs(normal @ frame.directions)))
    ahead = -(offsets @ normal) / (normal @ frame.directions[:, axis]) / frame.spacing_mm[axis]
    met = (ahead >= -0.5 - 1e-9) & (ahead < 0.5 - 1e-9) & drawn.holds(offsets)
    met[list(volume.gaps)] = False
    return volume.voxels[met]


@settings(max_examples=60, deadline=None)
@given(
    st.sampled_from(list(Plane)),
    st.tuples(st.floats(-pi, pi), st.sampled_from([0.0, 1e-7, 1e-3, 0.4, pi / 4, 1.3])),
    st.sampled_from(list(Outline)),
    st.tuples(st.floats(-3, 26), st.floats(-3, 22), st.floats(-1, 12)),
    st.tuples(st.floats(0.2, 30), st.floats(0.2, 30)),
)
def test_it_is_found_among_few_voxels_what_asking_every_voxel_would_find(
    plane: Plane,
    turned: tuple[float, float],
    outline: Outline,
    index: tuple[float, float, float],
    halves: tuple[float, float],
) -> None:
    yaw, pitch = turned
    volume = numbered(_POSITIONS["prone"], gaps=(3, 7))
    turn = STRAIGHT.about((0, 0, 1), yaw).about((1, 0, 0), pitch)
    drawn = region(volume.frame.to_lps(index), plane, turn, halves, outline)
    assert np.array_equal(values_within(volume, drawn), every_voxel_asked(volume, drawn))


def test_a_missing_slice_is_not_measured() -> None:
    volume = numbered(gaps=(5, 6))
    assert statistics(volume, region(volume.frame.to_lps((11, 9, 5.6)))) is None
    assert statistics(volume, region(volume.frame.to_lps((11, 9, 4.4)))) is not None
    sagittal = values_within(volume, region(volume.frame.to_lps((11, 9, 5)), Plane.SAGITTAL))
    assert {int(value) // 480 for value in sagittal} == {4}


def test_outside_the_scan_nothing_is_measured() -> None:
    volume = numbered()
    assert statistics(volume, region(volume.frame.to_lps((11, 9, 40)))) is None
    assert statistics(volume, region(volume.frame.to_lps((90, 9, 5)))) is None


def test_of_a_corrected_scan_the_planes_are_measured_as_they_were_made() -> None:
    """Four planes, unevenly placed and sheared as by a tilted gantry, behind a computed grid."""
    voxels = np.arange(4 * 20 * 24, dtype=np.int16).reshape(4, 20, 24)
    origins = np.array([(0.0, shift, z) for shift, z in ((0, 0), (1, 2), (2, 4), (4, 8))])
    acquired = Acquired(voxels, origins, np.eye(3), (0.8, 1.0))
    frame = Frame.of((5, 20, 24), origin_mm=(0, 0, 0), spacing_mm=(0.8, 1.0, 2.0))
    computed = np.full((5, 20, 24), 9000, np.int16)
    volume = Volume(computed, frame, acquired=acquired, widest_gap_mm=4.0)

    made = statistics(volume, region(np.array((8.0, 8.0, 7.0)), halves=(2.0, 2.0)))

    assert made is not None
    assert made.resampled
    j, i = np.indices((20, 24))
    inside = ((i * 0.8 - 8) ** 2 + (j + 4 - 8) ** 2) <= 4
    assert made.mean == pytest.approx(voxels[3][inside].mean())
    assert made.n == int(inside.sum())


def test_one_voxel_has_no_standard_deviation() -> None:
    volume = replace(numbered(), quantity=Quantity.SIGNAL)
    made = statistics(volume, region(volume.frame.to_lps((11, 9, 5)), halves=(0.3, 0.3)))
    assert made is not None
    assert (made.n, made.sd, made.quantity) == (1, None, Quantity.SIGNAL)


@pytest.mark.parametrize(
    "wrong", [{"down": (1.0, 0.0, 0.0)}, {"half_down_mm": 0.0}, {"half_right_mm": float("nan")}]
)
def test_a_region_that_is_none_is_a_bug(wrong: dict[str, object]) -> None:
    with pytest.raises(Bug):
        replace(region(np.zeros(3)), **wrong)  # type: ignore[arg-type]  # whatever is wrong
