"""Indices and patient millimetres: the one mapping everything else leans on."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as some
from numpy.testing import assert_allclose
from scipy.spatial.transform import Rotation

from virtopsy.errors import Bug
from virtopsy.geometry.frame import Frame

Triple = tuple[float, float, float]


def numbers(low: float, high: float) -> some.SearchStrategy[Triple]:
    one = some.floats(low, high, allow_nan=False, allow_subnormal=False)
    return some.tuples(one, one, one)


shapes = some.tuples(*[some.integers(1, 600)] * 3)
rotations = some.integers(0, 2**32 - 1).map(
    lambda seed: Rotation.random(rng=np.random.default_rng(seed)).as_matrix()
)
frames = some.builds(
    lambda shape, origin, spacing, axes: Frame.of(
        shape, origin_mm=origin, spacing_mm=spacing, directions=axes
    ),
    shapes,
    numbers(-1000, 1000),
    numbers(0.1, 10),
    rotations,
)
# A gantry-tilted stack: slices shifted along j as they go along k.
SHEARED = np.array([[0.5, 0, 0, 10.0], [0, 0.5, 1.2, -20.0], [0, 0, 4.0, 30.0], [0, 0, 0, 1.0]])


@given(frames, numbers(-50, 650))
def test_there_and_back_is_the_same_index(frame: Frame, index: Triple) -> None:
    assert_allclose(frame.to_index(frame.to_lps(index)), index, atol=1e-8)


@given(frames, numbers(-2000, 2000))
def test_there_and_back_is_the_same_point(frame: Frame, point: Triple) -> None:
    assert_allclose(frame.to_lps(frame.to_index(point)), point, atol=1e-7)


@given(shapes, numbers(-1000, 1000), numbers(0.1, 10), rotations)
def test_a_frame_gives_back_what_it_was_built_from(
    shape: tuple[int, int, int], origin: Triple, spacing: Triple, axes: np.ndarray
) -> None:
    frame = Frame.of(shape, origin_mm=origin, spacing_mm=spacing, directions=axes)
    assert frame.shape == shape
    assert_allclose(frame.spacing_mm, spacing, rtol=1e-12)
    assert_allclose(frame.origin_mm, origin)
    assert_allclose(frame.directions, axes, atol=1e-12)


@given(frames)
def test_one_step_along_an_index_is_one_spacing_along_its_direction(frame: Frame) -> None:
    for axis in range(3):
        step = frame.to_lps(np.eye(3)[axis]) - frame.to_lps((0, 0, 0))
        assert_allclose(step, frame.directions[:, axis] * frame.spacing_mm[axis], atol=1e-9)


@given(frames, frames, numbers(0, 500))
def test_going_through_another_frame_changes_nothing(
    one: Frame, other: Frame, index: Triple
) -> None:
    composed = np.linalg.inv(other.affine) @ one.affine @ (*index, 1.0)
    assert_allclose(other.to_index(one.to_lps(index)), composed[:3], rtol=1e-9, atol=1e-6)


@given(frames)
def test_many_points_map_as_each_alone(frame: Frame) -> None:
    k, j, i = frame.shape
    indices = np.array([[(0, 0, 0), (i - 1, j - 1, k - 1)], [(0, j - 1, 0), (i - 1, 0, k - 1)]])
    together = frame.to_lps(indices)
    assert together.shape == indices.shape
    for place in np.ndindex(2, 2):
        assert_allclose(together[place], frame.to_lps(indices[place]), atol=1e-9)


@given(frames)
def test_the_centre_is_the_mean_of_the_corners_and_both_are_inside(frame: Frame) -> None:
    assert frame.corners_mm.shape == (8, 3)
    assert_allclose(frame.corners_mm.mean(axis=0), frame.centre_mm, atol=1e-7)
    assert frame.contains(frame.centre_mm)
    assert all(frame.contains(corner) for corner in frame.corners_mm)


@given(frames, some.integers(0, 2), some.booleans())
def test_half_a_voxel_beyond_the_last_centre_is_still_inside_and_no_more(
    frame: Frame, axis: int, upper: bool
) -> None:
    size = frame.shape[::-1][axis]
    edge = size - 0.5 if upper else -0.5
    outward = 1 if upper else -1
    index = np.zeros(3)
    index[axis] = edge - outward * 1e-3
    assert frame.contains(frame.to_lps(index))
    index[axis] = edge + outward * 1e-3
    assert not frame.contains(frame.to_lps(index))


def test_the_first_index_runs_along_the_columns() -> None:
    frame = Frame.of((10, 20, 30), origin_mm=(1, 2, 3), spacing_mm=(0.5, 0.7, 2.0))
    assert_allclose(frame.to_lps((29, 19, 9)), (1 + 29 * 0.5, 2 + 19 * 0.7, 3 + 9 * 2.0))
    assert not frame.contains(frame.to_lps((0, 0, 29)))


def test_a_sheared_stack_is_a_frame_and_round_trips() -> None:
    frame = Frame(SHEARED, (28, 512, 512))
    assert_allclose(frame.to_index(frame.to_lps((3, 5, 7))), (3, 5, 7), atol=1e-12)
    assert_allclose(frame.spacing_mm, (0.5, 0.5, np.hypot(1.2, 4.0)))


@given(frames, some.integers(0, 2))
def test_a_mirrored_frame_is_refused_because_left_would_become_right(
    frame: Frame, axis: int
) -> None:
    mirrored = frame.affine.copy()
    mirrored[:, axis] *= -1
    with pytest.raises(Bug, match="right-handed"):
        Frame(mirrored, frame.shape)


@given(frames, some.permutations(range(3)), numbers(0, 300))
def test_axes_may_only_change_places_in_a_circle(
    frame: Frame, order: list[int], index: Triple
) -> None:
    turned = frame.affine[:, [*order, 3]]
    shape = tuple(frame.shape[::-1][axis] for axis in order)[::-1]
    if order in ([0, 1, 2], [1, 2, 0], [2, 0, 1]):
        other = Frame(turned, (shape[0], shape[1], shape[2]))
        assert_allclose(other.to_lps([index[axis] for axis in order]), frame.to_lps(index))
        assert_allclose(other.centre_mm, frame.centre_mm, atol=1e-7)
    else:
        with pytest.raises(Bug, match="right-handed"):
            Frame(turned, frame.shape)


@given(frames, numbers(0, 20), numbers(1, 3), numbers(0, 50))
def test_a_coarser_part_of_a_grid_lies_where_it_was_cut_from(
    frame: Frame, start: Triple, step: Triple, index: Triple
) -> None:
    cut = np.diag([*step, 1.0])
    cut[:3, 3] = start
    part = Frame(frame.affine @ cut, (2, 2, 2))
    assert_allclose(part.spacing_mm, np.multiply(frame.spacing_mm, step), rtol=1e-9)
    in_whole = np.add(start, np.multiply(step, index))
    assert_allclose(part.to_lps(index), frame.to_lps(in_whole), atol=1e-7)


@pytest.mark.parametrize(
    ("affine", "why"),
    [
        (np.eye(3), r"\(4, 4\)"),
        (np.full((4, 4), np.nan), "finite"),
        (np.diag([1.0, 1.0, np.inf, 1.0]), "finite"),
        (np.diag([1.0, 1.0, 0.0, 1.0]), "above zero"),
        (np.diag([1.0, 1.0, 1.0, 2.0]), "last row"),
        (np.array([[1, 1, 0, 0], [0, 0, 1, 0], [0, 0, 1, 0], [0, 0, 0, 1.0]]), "right-handed"),
    ],
)
def test_what_places_no_grid_is_refused(affine: np.ndarray, why: str) -> None:
    with pytest.raises(Bug, match=why):
        Frame(affine, (2, 2, 2))


@pytest.mark.parametrize("shape", [(0, 2, 2), (2, -1, 2)])
def test_a_grid_without_voxels_is_refused(shape: tuple[int, int, int]) -> None:
    with pytest.raises(Bug, match="shape"):
        Frame(np.eye(4), shape)


def test_a_frame_cannot_be_moved_afterwards() -> None:
    given_affine = np.eye(4)
    frame = Frame(given_affine, (2, 2, 2))
    given_affine[0, 3] = 5.0
    assert frame.affine[0, 3] == 0.0
    with pytest.raises(ValueError, match="read-only"):
        frame.affine[0, 3] = 5.0
    with pytest.raises(ValueError, match="read-only"):
        frame.origin_mm[0] = 5.0
