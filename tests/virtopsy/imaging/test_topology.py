"""How triangles hang together, against scipy's graphs and shapes whose numbers are known."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from virtopsy.imaging.topology import Topology, edges_of, parts_of, topology_of

TETRAHEDRON = np.array([[0, 1, 2], [0, 3, 1], [1, 3, 2], [2, 3, 0]], np.int32)


def positions(n: int) -> np.ndarray[tuple[int, int], np.dtype[np.float32]]:
    return np.zeros((n, 3), np.float32)


@pytest.mark.parametrize("count", [1, 40, 300, 3000])
def test_parts_are_those_scipy_finds(count: int) -> None:
    random = np.random.default_rng(count)
    n = 1000
    triangles = random.integers(0, n, (count, 3)).astype(np.int32)
    one, other = triangles[:, [0, 1]].ravel(), triangles[:, [1, 2]].ravel()
    graph = coo_array((np.ones(len(one)), (one, other)), shape=(n, n))
    _, groups = connected_components(graph, directed=False)
    lowest = np.full(n, n)
    np.minimum.at(lowest, groups, np.arange(n))
    np.testing.assert_array_equal(parts_of(triangles, n), lowest[groups])


def test_a_long_strip_in_any_order_is_one_part() -> None:
    n = 20_000
    order = np.random.default_rng(7).permutation(n).astype(np.int32)
    strip = np.stack([order[:-2], order[1:-1], order[2:]], axis=1)
    assert not parts_of(strip, n).any()
    assert topology_of(positions(n), strip) == Topology(components=1, euler=1, rims=1)


def test_an_edge_is_told_once_with_the_number_of_its_triangles() -> None:
    edges, times = edges_of(TETRAHEDRON[:3], 4)
    assert np.divmod(edges, 4)[0].tolist() == [0, 0, 0, 1, 1, 2]
    assert np.divmod(edges, 4)[1].tolist() == [1, 2, 3, 2, 3, 3]
    assert times.tolist() == [2, 1, 1, 2, 2, 1]


def test_bodies_rims_and_vertices_without_a_triangle_are_counted() -> None:
    two = np.concatenate([TETRAHEDRON + 1, TETRAHEDRON[:3] + 6]).astype(np.int32)
    assert topology_of(positions(12), two) == Topology(components=2, euler=3, rims=1)
