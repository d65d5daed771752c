"""How triangles hang together: parts, edges, rims. What smoothing and thinning may not change."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import coo_array, csr_array
from scipy.sparse.csgraph import connected_components

Vertices: TypeAlias = NDArray[np.float32]
Triangles: TypeAlias = NDArray[np.int32]


@dataclass(frozen=True)
class Topology:
    """What smoothing and decimation may not change.

    Attributes:
        components: unconnected parts.
        euler: vertices less edges plus triangles.
        rims: closed lines along which the surface ends.
    """

    components: int
    euler: int
    rims: int


def topology_of(vertices: Vertices, triangles: Triangles) -> Topology:
    """Return what a deformation keeps; vertices that no triangle has do not count."""
    n = len(vertices)
    edges, times = edges_of(triangles, n)
    used = np.zeros(n, np.bool_)
    used[triangles] = True
    count = int(used.sum())
    components = _joined(edges, n) - (n - count)
    rim, where = np.unique(np.divmod(edges[times == 1], n), return_inverse=True)
    here, there = where.reshape(2, -1)
    rims, _ = parts_of(here, there, len(rim))
    return Topology(components, count - len(edges) + len(triangles), rims)


def edges_of(triangles: Triangles, n: int) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return every edge as low * n + high of its two vertices, and how many triangles have it."""
    sides = np.concatenate([triangles[:, [0, 1]], triangles[:, [1, 2]], triangles[:, [2, 0]]])
    low, high = np.minimum(*sides.T), np.maximum(*sides.T)
    names = np.sort(low.astype(np.int64) * n + high)
    first = np.flatnonzero(np.diff(names, prepend=-1))
    return names[first], np.diff(first, append=len(names))


def _joined(edges: NDArray[np.int64], n: int) -> int:
    """Return into how many parts the ascending edges of `edges_of` join `n` vertices."""
    low = edges // n
    starts = np.searchsorted(low, np.arange(n + 1)).astype(np.int32)
    other = (edges - low * n).astype(np.int32)
    graph = csr_array((np.ones(len(edges), np.int8), other, starts), shape=(n, n))
    count, _ = connected_components(graph, directed=False)
    return int(count)


def parts_of(
    one: NDArray[Any], other: NDArray[Any], n: int, third: NDArray[Any] | None = None
) -> tuple[int, NDArray[np.int32]]:
    """Return how many connected groups pairs or triples make, and the group of each."""
    if n == 0:
        return 0, np.empty(0, np.int32)
    if third is not None:
        one, other = np.concatenate([one, other]), np.concatenate([other, third])
    graph = coo_array((np.ones(len(one), np.int8), (one, other)), shape=(n, n))
    count, groups = connected_components(graph, directed=False)
    return int(count), groups
