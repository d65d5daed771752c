"""The little man lies as the body in the picture does; a click on a side of him looks from it."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from viewer.presenters.examine.figure import FIGURE, side_at, strokes, strokes_on
from virtopsy.geometry.camera import STANDARD_VIEWS, Camera3D, fit_view, orbit
from virtopsy.geometry.plane import Plane, facing
from virtopsy.geometry.turn import STRAIGHT

_BODY = np.array([(-100.0, -60.0, -300.0), (100.0, 60.0, 300.0)])


def _from(view: str) -> Camera3D:
    return fit_view(_BODY, view)


@pytest.mark.parametrize(
    ("seen", "place", "wanted"),
    [
        ("anterior", (0.4, 0.0), "left"),
        ("anterior", (-0.4, 0.0), "right"),
        ("anterior", (0.0, 0.9), "superior"),
        ("anterior", (0.0, -0.9), "inferior"),
        ("posterior", (0.4, 0.0), "right"),
        ("left", (-0.4, 0.0), "anterior"),
        ("left", (0.4, 0.0), "posterior"),
        ("superior", (0.0, 0.4), "anterior"),
    ],
)
def test_a_side_is_clicked_where_it_is_seen(
    seen: str, place: tuple[float, float], wanted: str
) -> None:
    assert side_at(_from(seen), *place) == wanted


@pytest.mark.parametrize("view", STANDARD_VIEWS)
def test_the_middle_straightens_the_view_and_then_goes_to_the_far_side(view: str) -> None:
    askew = orbit(_from(view), 0.3, 0.2)
    assert side_at(askew, 0.0, 0.05) == view
    far = side_at(_from(view), 0.0, 0.05)
    towards, back = (_from(one).axes[2] for one in (view, far))
    assert towards == pytest.approx(-back)


def test_face_and_left_arm_are_where_a_reader_looks_for_them() -> None:
    front, behind = strokes(_from("anterior")), strokes(_from("posterior"))
    eyes = [one.nearness for one in front if one.tint == "dark"]
    hidden = [one.nearness for one in behind if one.tint == "dark"]
    assert min(eyes) > max(hidden), "the face is seen from the front only"
    assert all(one.start[0] > 0 for one in front if one.tint == "left"), "his left: on the right"
    assert all(one.start[0] < 0 for one in behind if one.tint == "left")


@pytest.mark.parametrize(("plane", "view"), [("coronal", "anterior"), ("sagittal", "left")])
def test_on_a_straight_slice_he_stands_as_seen_from_that_side(plane: str, view: str) -> None:
    camera = fit_view(np.array([(-1.0, -1.0, -1.0), (1.0, 1.0, 1.0)]), view)
    seen, wanted = strokes_on(Plane(plane), STRAIGHT), strokes(camera)
    for one, other in zip(seen, wanted, strict=True):
        assert one.start == pytest.approx(other.start, abs=1e-9)
        assert one.tint == other.tint


def test_on_an_axial_slice_he_is_seen_from_the_feet_with_his_left_at_the_right() -> None:
    seen = strokes_on(Plane.AXIAL, STRAIGHT)
    assert all(one.start[0] > 0 for one in seen if one.tint == "left")
    assert all(one.start[0] < 0 for one in seen if one.tint == "right")
    assert seen[-1].tint in {"left", "right"}, "a foot is nearest"
    feet = [one.end[1] for one in seen if one.tint == "left"]
    assert max(feet) > 0.1, "it points to the front, which is up"


@given(st.floats(-3, 3), st.floats(-1.5, 1.5), st.sampled_from(list(Plane)))
def test_he_turns_as_the_slice_does(yaw: float, pitch: float, plane: Plane) -> None:
    turn = STRAIGHT.about((0, 0, 1), yaw).about((1, 0, 0), pitch)
    right, down, _, _ = facing(plane, turn)
    places = {one.start for one in strokes_on(plane, turn)}
    for limb in FIGURE:
        wanted = (float(np.dot(limb.start, right)), -float(np.dot(limb.start, down)))
        assert any(np.allclose(wanted, place) for place in places)
