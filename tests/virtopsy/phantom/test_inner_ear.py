"""The petrous bones of the synthetic case: dense capsule, fluid in it, air and ossicles beside."""

from __future__ import annotations

import numpy as np
import pytest

from virtopsy.phantom.anatomy import Anatomy, build
from virtopsy.phantom.inner_ear import COCHLEA_L
from virtopsy.phantom.paint import painted
from virtopsy.phantom.shapes import Point, Single, counterpart

_TYMPANUM_L: Point = (40.5, -3.0, -1.0)


@pytest.fixture(scope="module")
def body() -> Anatomy:
    return build(3)


def _around(body: Anatomy, place: Point, reach: int) -> Single:
    """Return the CT numbers within `reach` voxels of a head-frame point."""
    i, j, k = np.rint(body.frame.to_index(tuple(body.pose.to_lps(place)))).astype(int)
    slices = painted(body, k - reach, k + reach + 1)
    return slices[:, j - reach : j + reach + 1, i - reach : i + reach + 1]


def test_both_ears_hold_a_cochlea_in_the_densest_bone_of_the_skull(body: Anatomy) -> None:
    for place in (COCHLEA_L, counterpart(COCHLEA_L)):
        hu = _around(body, place, 6)
        assert hu.max() > 1650
        assert (hu < 600).sum() > 20


def test_behind_each_drum_lies_air_with_ossicles_above(body: Anatomy) -> None:
    for place in (_TYMPANUM_L, counterpart(_TYMPANUM_L)):
        assert _around(body, place, 1).min() < -600
        attic = (place[0] + (1.6 if place[0] > 0 else -1.6), place[1], place[2] + 5.8)
        hu = _around(body, attic, 3)
        assert hu.min() < -400
        assert hu.max() > 600
