"""Snapping: the nearest place on the surface of bone or skin, between voxels.

The bone's surface is where values pass 226 HU, the usual lower threshold of bone, of which ±50 HU
are tolerated in post-mortem CT (Stock 2020); the skin's is where they pass -500 HU, half way
between air and soft tissue.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from itertools import product
from types import MappingProxyType

import numpy as np

from virtopsy.geometry.camera import Point, as_point
from virtopsy.geometry.frame import Floats
from virtopsy.imaging.volume import Quantity, Volume

LEVELS: Mapping[str, float] = MappingProxyType({"bone": 226.0, "skin": -500.0})
"""Tissues a click can be brought to, with the value at their surface, HU."""
REACH_MM = 4.0
"""How far a click is moved at most."""
_WAYS = 48
_STEP_MM = 0.2


def snapped(
    volume: Volume, lps_mm: Point, axes: tuple[Point, ...], tissue: str, reach_mm: float = REACH_MM
) -> Point | None:
    """Return the nearest place where the surface of a tissue cuts a plane or line; None: none near.

    Args:
        volume: whose values are read; without Hounsfield units there is no such surface.
        lps_mm: where was clicked.
        axes: unit vectors that span what the place may move along: two of a plane, or one of a
            line.
        tissue: of `LEVELS`.
        reach_mm: how far it may move.
    """
    if volume.quantity is not Quantity.HU or not axes:
        return None
    ways = _ways(axes)
    along = np.arange(0.0, reach_mm + _STEP_MM, _STEP_MM)
    places = np.array(lps_mm) + along[None, :, None] * ways[:, None, :]
    above = values_at(volume, places.reshape(-1, 3)).reshape(len(ways), len(along))
    above -= LEVELS[tissue]
    passed = np.signbit(above[:, 1:]) != np.signbit(above[:, :-1])
    passed &= np.isfinite(above[:, 1:] + above[:, :-1])
    if not passed.any():
        return None
    way, step = np.nonzero(passed)
    before, after = above[way, step], above[way, step + 1]
    far = along[step] + _STEP_MM * before / (before - after)
    nearest = int(np.argmin(far))
    if far[nearest] > reach_mm:
        return None
    return as_point(np.array(lps_mm) + far[nearest] * ways[way[nearest]])


def _ways(axes: tuple[Point, ...]) -> Floats:
    """(n, 3) unit vectors: both ways along a line, all round in a plane."""
    vectors = np.array(axes)
    if len(axes) == 1:
        return np.concatenate([vectors, -vectors])
    angles = np.arange(_WAYS) * math.tau / _WAYS
    ways: Floats = np.stack((np.cos(angles), np.sin(angles)), axis=1) @ vectors
    return ways


def values_at(volume: Volume, points_mm: Floats) -> Floats:
    """Return linearly interpolated values at (n, 3) LPS points; NaN outside of the voxel centres.

    Slices that are gaps hold the empty value: their surfaces are none, so they are NaN as well.
    """
    index = volume.frame.to_index(points_mm)
    last = np.array(volume.frame.shape[::-1]) - 1
    outside = ((index < 0) | (index > last)).any(axis=1)
    low = np.clip(np.floor(index).astype(np.intp), 0, np.maximum(last - 1, 0))
    share = index - low
    total = np.zeros(len(index))
    for corner in product((0, 1), repeat=3):
        at = np.minimum(low + corner, last)
        weight = np.prod(np.where(corner, share, 1 - share), axis=1)
        total += weight * volume.voxels[at[:, 2], at[:, 1], at[:, 0]]
    if volume.gaps:
        outside |= np.isin(low[:, 2], volume.gaps) | np.isin(low[:, 2] + 1, volume.gaps)
    return np.where(outside, np.nan, total)
