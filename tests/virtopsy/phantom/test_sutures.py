"""The sutures of the synthetic vault are fine dark lines in its outer table."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from virtopsy.phantom.anatomy import SPACING_MM, build
from virtopsy.phantom.paint import painted, sutures


@pytest.mark.parametrize("height_mm", [24.0, 60.0, 92.0])
def test_the_outer_table_is_darker_in_a_suture_than_beside_it(height_mm: float) -> None:
    body = replace(build(3), gaps=())
    origin, (_, rows, columns) = body.frame.origin_mm, body.frame.shape
    k = round(float(body.frame.to_index(tuple(body.pose.to_lps((0, 0, height_mm))))[2]))
    x, y = (origin[axis] + SPACING_MM * np.arange(n) for axis, n in ((0, columns), (1, rows)))
    z = origin[2] + SPACING_MM * np.arange(k, k + 4)
    places, outer = body.pose.places(x, y, z), body.fields["outer"].on(x, y, z)
    table = (outer > -1.5) & (outer < -0.5) & (body.fields["cavity"].on(x, y, z) > 2)
    away = sutures(places)
    hu = painted(body, k, k + 4)
    seam, beside = hu[table & (away < -0.2)], hu[table & (away > 2) & (away < 5)]
    assert seam.size > 4
    assert np.median(beside) > 900
    assert np.median(seam) < np.median(beside) - 250
