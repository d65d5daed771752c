"""Air cells of ethmoid and mastoid: many, small, walled, on both sides and never alike."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import ndimage

from virtopsy.phantom.anatomy import Anatomy, build
from virtopsy.phantom.honeycomb import Honeycomb
from virtopsy.phantom.paint import painted


@pytest.fixture(scope="module")
def body() -> Anatomy:
    return build(3)


def _air(body: Anatomy, cells: Honeycomb) -> np.ndarray[tuple[int, ...], np.dtype[np.bool_]]:
    """Which voxels of the box round the cells hold air, walls being closed at half a millimetre."""
    low, high = body.pose.box(cells.box(), 0.0)
    first, last = body.frame.to_index(low), body.frame.to_index(high)
    (i, j, k), (ii, jj, kk) = (np.rint(one).astype(int) for one in (first, last))
    return painted(body, int(k), int(kk))[:, j:jj, i:ii] < -450


def test_each_part_holds_many_cells_with_walls_between_them(body: Anatomy) -> None:
    assert len(body.cells) == 4
    for cells in body.cells:
        air = _air(body, cells)
        assert 0.1 < air.mean() < 0.8
        labels, count = ndimage.label(ndimage.binary_erosion(air))
        assert count >= 8
        assert np.bincount(labels[labels > 0]).max() < 0.5 * air.sum()


def test_cells_lie_on_both_sides_and_are_not_mirror_images(body: Anatomy) -> None:
    for left, right in (body.cells[0:2], body.cells[2:4]):
        assert left.seeds[:, 0].min() > 0 > right.seeds[:, 0].max()
        mirrored = right.seeds * (-1, 1, 1)
        nearest = np.linalg.norm(left.seeds[:, None] - mirrored[None], axis=-1).min(axis=1)
        assert np.median(nearest) > 0.7
