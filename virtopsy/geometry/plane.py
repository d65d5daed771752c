"""The three reading planes: which way they face, and how a turned set of them is shown.

Pictures follow the radiological convention: the patient's left is on the right of axial and
coronal pictures, anterior is on the left of sagittal ones, the head is up. A turned plane is shown
by the shortest rotation of its straight picture onto it. So a picture depends on where its own
plane faces and on nothing else: turning the others about its normal leaves it as it is.
"""

from __future__ import annotations

from enum import StrEnum
from functools import lru_cache
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike

from virtopsy.geometry.frame import Floats, Frame
from virtopsy.geometry.turn import STRAIGHT, Turn

_BEHIND = -1 + 1e-12  # cosine: the plane faces the other way, no rotation is the shortest


class Plane(StrEnum):
    """The three anatomical planes."""

    AXIAL = "axial"
    CORONAL = "coronal"
    SAGITTAL = "sagittal"


# Right and down of the straight picture, and where scrolling leads: LPS unit vectors.
_AXES = {
    Plane.AXIAL: ((1.0, 0.0, 0.0), (0.0, 1.0, 0.0), (0.0, 0.0, 1.0)),  # seen from the feet
    Plane.CORONAL: ((1.0, 0.0, 0.0), (0.0, 0.0, -1.0), (0.0, 1.0, 0.0)),  # from the front
    Plane.SAGITTAL: ((0.0, 1.0, 0.0), (0.0, 0.0, -1.0), (1.0, 0.0, 0.0)),  # from the left
}


class Facing(NamedTuple):
    """How a plane is shown, LPS unit vectors, read-only.

    Attributes:
        right: towards the right of the picture.
        down: towards its bottom.
        normal: away from the reader, right x down.
        ahead: along the normal, where scrolling leads: left, back or head of a straight plane.
    """

    right: Floats
    down: Floats
    normal: Floats
    ahead: Floats


@lru_cache(maxsize=64)
def facing(plane: Plane, turn: Turn = STRAIGHT) -> Facing:
    """Return how one of the three planes is shown."""
    right, down, ahead = (np.array(axis) for axis in _AXES[plane])
    normal = np.cross(right, down)
    rotation = _shortest(normal, turn.apply(normal), about=down)
    vectors = Facing(rotation @ right, rotation @ down, turn.apply(normal), turn.apply(ahead))
    for vector in vectors:
        vector.setflags(write=False)
    return vectors


def step_mm(frame: Frame, plane: Plane, turn: Turn = STRAIGHT) -> float:
    """Return the scroll step: the spacing of the grid axis nearest to the view's normal, mm."""
    normal = facing(plane, turn).normal
    return frame.spacing_mm[int(np.argmax(np.abs(normal @ frame.directions)))]


def on_plane(frame: Frame, lps_mm: ArrayLike, normal: ArrayLike) -> Floats:
    """Return the place of the grid nearest to a point, in the plane through the point.

    Where that plane does not meet the grid, it is the corner of the grid nearest to the plane.

    Args:
        frame: the grid, as far as its outermost voxel centres.
        lps_mm: (3,) LPS mm, inside or outside of it.
        normal: (3,) LPS unit vector.
    """
    depth, rows, columns = frame.shape
    scale = np.array(frame.spacing_mm)
    point = frame.to_index(lps_mm) * scale
    along = frame.directions.T @ np.asarray(normal, dtype=np.float64)
    last = (np.array((columns, rows, depth)) - 1) * scale
    wanted = float(point @ along)
    # Held within the grid while it moves along the normal, the point advances piecewise linearly
    # (the projection onto a box within a plane: Boyd and Vandenberghe 2004, 8.1.1).
    moving = np.abs(along) > 1e-12
    ends = np.concatenate([-point[moving], (last - point)[moving]]) / np.tile(along[moving], 2)
    shifts = np.sort(ends)
    places = np.clip(point + shifts[:, None] * along, 0, last)
    shift = float(np.interp(wanted, places @ along, shifts))
    return frame.to_lps(np.clip(point + shift * along, 0, last) / scale)


def _shortest(start: Floats, end: Floats, *, about: Floats) -> Floats:
    """(3, 3), the shortest rotation of a unit vector to another; half a turn `about` backwards."""
    cosine = float(start @ end)
    if cosine < _BEHIND:
        half: Floats = 2 * np.outer(about, about) - np.eye(3)
        return half
    x, y, z = np.cross(start, end)
    cross = np.array([[0, -z, y], [z, 0, -x], [-y, x, 0]])
    rotation: Floats = np.eye(3) + cross + cross @ cross / (1 + cosine)
    return rotation
