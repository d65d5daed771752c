"""How triangles hang together: parts, edges, rims. What smoothing and thinning may not change."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

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
    with ThreadPoolExecutor(1) as aside:
        roots = aside.submit(parts_of, triangles, n)
        edges, times = edges_of(triangles, n)
    used = np.zeros(n, np.bool_)
    used[triangles] = True
    count = int(used.sum())
    components = _count(roots.result()) - (n - count)
    rim, where = np.unique(ends_of(edges[times == 1], n), return_inverse=True)
    here, there = where.reshape(2, -1)
    rims = _count(_roots(here, there, len(rim)))
    return Topology(components, count - len(edges) + len(triangles), rims)


def edges_of(triangles: Triangles, n: int) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return every edge as low * n + high of its two vertices, and how many triangles have it."""
    corners = np.ascontiguousarray(triangles.T)
    following = np.roll(corners, -1, axis=0)
    names = np.multiply(np.minimum(corners, following), n, dtype=np.int64)
    names += np.maximum(corners, following)
    names = np.sort(names, axis=None)
    fresh = np.ones(len(names), np.bool_)
    np.not_equal(names[1:], names[:-1], out=fresh[1:])
    first = np.flatnonzero(fresh)
    return names[first], np.diff(first, append=len(names))


def ends_of(edges: NDArray[np.int64], n: int) -> NDArray[np.int32]:
    """Return the (2, m) vertices of the m edges of `edges_of`, the low ones first."""
    low = edges // n
    return np.stack([low, edges - low * n]).astype(np.int32)


def parts_of(triangles: Triangles, n: int) -> NDArray[np.int32]:
    """Return for each of `n` vertices the lowest one it hangs together with."""
    corners = np.ascontiguousarray(triangles.T)
    root = np.arange(n, dtype=np.int32)
    lowest = corners.min(axis=0)
    for each in corners:  # most are joined by this alone
        np.minimum.at(root, each, lowest)
    root = _raised(root)
    one, other, third = root[corners]
    return _joined(root, np.concatenate([one, other]), np.concatenate([other, third]))


def _roots(one: NDArray[Any], other: NDArray[Any], n: int) -> NDArray[np.int32]:
    """Return the lowest member of the group of each of `n` things that pairs join."""
    return _joined(np.arange(n, dtype=np.int32), one, other)


def _joined(root: NDArray[np.int32], one: NDArray[Any], other: NDArray[Any]) -> NDArray[np.int32]:
    """Return the lowest member of each group when pairs of roots are joined as well.

    Each round hangs every root below the lowest one that a pair joins it with; the number of
    rounds grows with the logarithm of the largest group. scipy does the same, but loading it
    takes longer than a whole surface.
    """
    while len(one):
        np.minimum.at(root, np.maximum(one, other), np.minimum(one, other))
        root = _raised(root)
        one, other = root[one], root[other]
        apart = one != other
        one, other = one[apart], other[apart]
    return root


def _raised(root: NDArray[np.int32]) -> NDArray[np.int32]:
    """Hang everything directly below the root it hangs below."""
    while not np.array_equal(above := root.take(root), root):
        root = above
    return root


def _count(root: NDArray[np.int32]) -> int:
    return int((root == np.arange(len(root))).sum())
