"""The little man lies as the body in the picture does; a click on a side of him looks from it."""

from __future__ import annotations

import numpy as np
import pytest

from viewer.presenters.examine.figure import side_at, strokes
from virtopsy.geometry.camera import STANDARD_VIEWS, Camera3D, fit_view, orbit

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
