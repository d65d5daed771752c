"""The teeth of the synthetic case: a bright cap, duller dentine, dark pulp, on both sides."""

from __future__ import annotations

import numpy as np
import pytest

from virtopsy.phantom.anatomy import Anatomy, build
from virtopsy.phantom.paint import painted
from virtopsy.phantom.shapes import Point, counterpart
from virtopsy.phantom.teeth import Tooth, left_teeth

_CANINE, _PREMOLAR, _MOLAR = 2, 4, 6


@pytest.fixture(scope="module")
def body() -> Anatomy:
    return build(3)


def _hu(body: Anatomy, place: Point) -> float:
    i, j, k = np.rint(body.frame.to_index(tuple(body.pose.to_lps(place)))).astype(int)
    return float(painted(body, k, k + 1)[0, j, i])


def test_fourteen_teeth_a_side_stand_in_two_arches() -> None:
    teeth = left_teeth()
    assert [one.number for one in teeth] == [*range(7), *range(7)]
    assert all(one.place[0] > 0 for one in teeth)


@pytest.mark.parametrize("one", [one for one in left_teeth() if one.number in {_CANINE, _MOLAR}])
def test_enamel_is_brighter_than_dentine_and_dentine_than_pulp(body: Anatomy, one: Tooth) -> None:
    across = np.linspace(-0.45, 0.45, 9) * one.sizes[0]
    for side in (lambda place: place, counterpart):
        cap = max(_hu(body, side(one.at(float(x), 0, 3.2))) for x in across)
        dentine = max(
            _hu(body, side(one.at(float(x), out, 10.5))) for x in across for out in (-0.3, 2.0)
        )
        pulp = _hu(body, side(one.at(0, 0, 6.8)))
        assert cap > 2200
        assert 1200 < dentine < cap - 300
        assert pulp < dentine - 300


def test_a_root_ends_in_the_bone_of_the_jaw(body: Anatomy) -> None:
    for one in left_teeth():
        if one.number == _PREMOLAR:
            root = one.sizes[2]
            along_the_root = [_hu(body, one.at(1.2, -0.5, 7.6 + s)) for s in (1.0, root / 2)]
            assert min(along_the_root) > 700
            beyond = [_hu(body, one.at(0, out, 7.6 + root + 2.5)) for out in (-4, -2, 2, 4)]
            assert max(beyond) > 150
