"""What is cut away in 3D: exactly what a box, a plane or an outline covers, and it comes back."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from virtopsy.errors import Bug, Cancelled
from virtopsy.geometry.camera import fit_view, project
from virtopsy.geometry.frame import Floats, Frame
from virtopsy.imaging.cutaway import (
    NOTHING_HIDDEN,
    ClipPlane,
    CropBox,
    Cutaway,
    OutsideBody,
    Scalpel,
    Step,
)
from virtopsy.imaging.segment import outside_body
from virtopsy.imaging.volume import Volume

_TURNED = np.array([[0.8, -0.6, 0.0], [0.6, 0.8, 0.0], [0.0, 0.0, 1.0]])
_FRAMES = {
    "straight": Frame.of((9, 11, 13), origin_mm=(-12, -10, 40), spacing_mm=(2.0, 1.8, 2.4)),
    "turned": Frame.of(
        (9, 11, 13), origin_mm=(-12, -10, 40), spacing_mm=(2.0, 1.8, 2.4), directions=_TURNED
    ),
}
_coordinate = st.floats(-20, 20)
_point = st.tuples(_coordinate, _coordinate, st.floats(35, 70))


def places(frame: Frame) -> Floats:
    k, j, i = np.indices(frame.shape)
    return frame.to_lps(np.stack([i, j, k], axis=-1))


def check(step: Step, frame: Frame, expected: np.ndarray, margin: np.ndarray) -> None:
    """Hold a step to what is expected, but for voxels within rounding of its edge."""
    hidden = Cutaway((step,)).hidden(frame)
    assert hidden is not None
    certain = margin > 1e-3
    assert np.array_equal(hidden[certain], expected[certain])
    covered = step.covers(places(frame).reshape(-1, 3)).reshape(frame.shape)
    assert np.array_equal(covered[certain], expected[certain]), "points and voxels agree"


@pytest.mark.parametrize("frame", _FRAMES.values(), ids=list(_FRAMES))
@settings(max_examples=30, deadline=None)
@given(one=_point, other=_point)
def test_a_box_hides_what_lies_outside_it(
    frame: Frame, one: tuple[float, ...], other: tuple[float, ...]
) -> None:
    low, high = np.minimum(one, other), np.maximum(one, other) + 0.1
    at = places(frame)
    margin = np.minimum(np.abs(at - low), np.abs(at - high)).min(axis=-1)
    expected = ((at < low) | (at > high)).any(axis=-1)
    check(CropBox(tuple(low.tolist()), tuple(high.tolist())), frame, expected, margin)


@pytest.mark.parametrize("frame", _FRAMES.values(), ids=list(_FRAMES))
@settings(max_examples=30, deadline=None)
@given(point=_point, azimuth=st.floats(0, 6.2), height=st.floats(-1, 1))
def test_a_plane_hides_what_lies_beyond_it(
    frame: Frame, point: tuple[float, float, float], azimuth: float, height: float
) -> None:
    flat = np.sqrt(1 - height**2)
    normal = np.array([flat * np.cos(azimuth), flat * np.sin(azimuth), height])
    distance = (places(frame) - point) @ normal
    check(
        ClipPlane(point, tuple((normal / np.linalg.norm(normal)).tolist())),
        frame,
        distance > 0,
        np.abs(distance),
    )


@pytest.mark.parametrize("parallel", [False, True])
@pytest.mark.parametrize("frame", _FRAMES.values(), ids=list(_FRAMES))
@settings(max_examples=20, deadline=None)
@given(azimuth=st.floats(0, 360), elevation=st.floats(-85, 85), radius=st.floats(0.05, 0.8))
def test_the_scalpel_hides_what_is_seen_within_its_outline(
    frame: Frame, parallel: bool, azimuth: float, elevation: float, radius: float
) -> None:
    camera = replace(fit_view(frame.corners_mm, (azimuth, elevation)), parallel=parallel)
    turns = np.linspace(0, 2 * np.pi, 90, endpoint=False)
    outline = tuple((0.1 + radius * float(np.cos(t)), radius * float(np.sin(t))) for t in turns)
    size = (400, 400)
    seen = np.array([project(camera, size, point)[:2] for point in places(frame).reshape(-1, 3)])
    right, up = (seen[:, 0] - 199.5) / 200, (199.5 - seen[:, 1]) / 200
    away = np.hypot(right - 0.1, up) - radius
    hidden = Cutaway((Scalpel(camera, outline),)).hidden(frame)
    assert hidden is not None
    certain = np.abs(away) > 0.004 + radius * 0.002  # a polygon of 90 sides for a circle
    assert np.array_equal(hidden.reshape(-1)[certain], (away < 0)[certain])


def test_steps_add_up_and_are_taken_back_in_turn() -> None:
    frame = _FRAMES["turned"]
    first = ClipPlane((0.0, 0.0, 50.0), (0.0, 0.0, 1.0))
    second = CropBox((-5.0, -5.0, 30.0), (5.0, 5.0, 90.0))
    both = NOTHING_HIDDEN.then(first).then(second)
    one, all_ = both.without_last().hidden(frame), both.hidden(frame)
    other = Cutaway((second,)).hidden(frame)
    assert one is not None
    assert all_ is not None
    assert other is not None
    assert np.array_equal(all_, one | other)
    assert both.without_last().without_last() == NOTHING_HIDDEN
    assert NOTHING_HIDDEN.hidden(frame) is None
    with pytest.raises(Bug):
        NOTHING_HIDDEN.without_last()


def test_what_lies_outside_the_body_is_hidden_on_any_grid_of_the_scan() -> None:
    frame = Frame.of((40, 60, 60), origin_mm=(-60, -60, 0), spacing_mm=(2.0, 2.0, 2.0))
    at = places(frame)
    voxels = np.full(frame.shape, -1000, np.int16)
    voxels[np.hypot(at[..., 0], at[..., 1] + 20) < 32] = 40
    voxels[np.hypot(at[..., 0], at[..., 1] + 10) < 8] = 600
    voxels[(np.abs(at[..., 1] - 40) < 3)] = 100  # a plate below, not touching
    volume = Volume(voxels, frame)
    step = OutsideBody.of(outside_body(volume), frame)
    assert step.parts
    hidden = Cutaway((step,)).hidden(frame)
    assert hidden is not None
    assert hidden[voxels == 100].all()
    assert not hidden[voxels > 400].any()
    coarse = Frame.of((20, 30, 30), origin_mm=(-59, -59, 1), spacing_mm=(4.0, 4.0, 4.0))
    small = Cutaway((step,)).hidden(coarse)
    assert small is not None
    assert np.mean(small != hidden[::2, ::2, ::2]) < 0.1
    points = at.reshape(-1, 3)
    assert np.mean(step.covers(points).reshape(frame.shape) != hidden) < 0.02


def test_looking_for_what_is_hidden_can_be_stopped() -> None:
    def stop() -> None:
        raise Cancelled

    with pytest.raises(Cancelled):
        Cutaway((ClipPlane((0, 0, 0), (1.0, 0.0, 0.0)),)).hidden(_FRAMES["straight"], stop)


@pytest.mark.parametrize(
    "make",
    [
        lambda: CropBox((0, 0, 0), (1, 0, 1)),
        lambda: ClipPlane((0, 0, 0), (1.0, 1.0, 0.0)),
        lambda: Scalpel(fit_view(_FRAMES["straight"].corners_mm, "left"), ((0, 0), (1, 1))),
    ],
)
def test_a_step_that_cannot_be_is_a_bug(make: object) -> None:
    assert callable(make)
    with pytest.raises(Bug):
        make()
