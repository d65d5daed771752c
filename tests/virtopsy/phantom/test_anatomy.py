"""The lattices that hold the synthetic head reach over the whole scan, however the head lies."""

from __future__ import annotations

import numpy as np
import pytest

from virtopsy.phantom.anatomy import SPACING_MM, build
from virtopsy.phantom.paint import painted
from virtopsy.phantom.shapes import counterpart


@pytest.mark.parametrize("seed", [0, 1, 2])
def test_the_head_is_whole_down_to_the_lowest_slice(seed: int) -> None:
    body = build(seed)
    depth = body.frame.shape[0]
    heights = body.frame.origin_mm[2] + SPACING_MM * np.arange(depth)
    for name in ("skin", "solids", "soft_air", "muscles", "stem"):
        assert body.fields[name].inside(2, heights).start == 0
    lowest = painted(body, 0, 1)[0]
    assert (lowest > -300).mean() > 0.08, "a neck"
    assert (lowest > 700).any(), "a vertebra"
    for edge in (lowest[0], lowest[:, 0], lowest[:, -1]):
        assert edge.max() < -850, "nothing of the head is cut off at the sides"


def test_no_nose_is_cut_off_by_the_edge_of_the_scan() -> None:
    body = build(0)
    k = round(float(body.frame.to_index(tuple(body.pose.to_lps((0, -110, -13))))[2]))
    assert painted(body, k - 6, k + 6)[:, 0].max() < -850


def test_no_half_is_the_mirror_image_of_the_other() -> None:
    moved = [
        np.subtract(counterpart(place), (-place[0], place[1], place[2]))
        for place in ((62.0, 0.5, 0.0), (33.0, -80.0, 0.0), (50.0, -20.0, -60.0))
    ]
    assert all(0.2 < np.linalg.norm(one) < 2.5 for one in moved)
