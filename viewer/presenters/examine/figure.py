"""The little man of the views: how he is built, and from where a click on him looks.

He stands in the patient's axes (x to the person's left, y to the back, z to the head), two units
high, his middle in 0. Whoever looks at him sees how the body in the picture lies.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

import numpy as np

from virtopsy.geometry.camera import STANDARD_VIEWS, Camera3D, Point
from virtopsy.geometry.frame import Floats
from virtopsy.geometry.plane import Plane, facing
from virtopsy.geometry.turn import Turn

_MIDDLE = 0.24  # of half the figure's height: the chest and the belly
_SHOWN = 0.4  # of an axis that is seen along the picture, to be clicked on
_STRAIGHT = 0.995  # cosine: the figure already is seen from that side
_TOWARDS: Mapping[str, Point] = MappingProxyType(
    {
        "anterior": (0.0, -1.0, 0.0),
        "posterior": (0.0, 1.0, 0.0),
        "left": (1.0, 0.0, 0.0),
        "right": (-1.0, 0.0, 0.0),
        "superior": (0.0, 0.0, 1.0),
        "inferior": (0.0, 0.0, -1.0),
    }
)
_OPPOSITE = MappingProxyType(
    {
        "anterior": "posterior",
        "posterior": "anterior",
        "left": "right",
        "right": "left",
        "superior": "inferior",
        "inferior": "superior",
    }
)


@dataclass(frozen=True)
class Limb:
    """A rod with round ends.

    Attributes:
        start, end: the middles of its ends; equal for a ball.
        radius: of the rod.
        tint: "skin", "shirt", "left", "right" or "dark".
    """

    start: Point
    end: Point
    radius: float
    tint: str


def _both(x: float, start: tuple[float, float], end: Point, radius: float) -> tuple[Limb, Limb]:
    """Return the left and the right one of a pair; `end` has its own x."""
    left = Limb((x, *start), end, radius, "left")
    right = Limb((-x, *start), (-end[0], end[1], end[2]), radius, "right")
    return left, right


FIGURE: tuple[Limb, ...] = (
    Limb((0.0, 0.0, 0.80), (0.0, 0.0, 0.84), 0.165, "skin"),
    Limb((0.0, -0.17, 0.79), (0.0, -0.19, 0.77), 0.035, "skin"),  # nose
    Limb((0.065, -0.15, 0.86), (0.065, -0.15, 0.86), 0.028, "dark"),  # eyes
    Limb((-0.065, -0.15, 0.86), (-0.065, -0.15, 0.86), 0.028, "dark"),
    Limb((0.0, 0.0, 0.62), (0.0, 0.0, 0.55), 0.06, "skin"),
    Limb((0.13, 0.0, 0.42), (0.07, 0.0, 0.02), 0.125, "shirt"),
    Limb((-0.13, 0.0, 0.42), (-0.07, 0.0, 0.02), 0.125, "shirt"),
    Limb((0.0, -0.02, 0.42), (0.0, -0.02, 0.02), 0.13, "shirt"),
    *(Limb((0.0, -0.15, z), (0.0, -0.15, z), 0.024, "dark") for z in (0.42, 0.27, 0.12)),
    *_both(0.30, (0.0, 0.46), (0.37, -0.02, -0.10), 0.07),
    *_both(0.11, (0.0, -0.10), (0.13, 0.0, -0.88), 0.09),
    *_both(0.13, (0.0, -0.92), (0.14, -0.17, -0.95), 0.055),  # feet point to the front
)


@dataclass(frozen=True)
class Stroke:
    """A limb as it is drawn.

    Attributes:
        start, end: (right, up) from the figure's middle, in halves of its height.
        radius: in the same unit.
        tint: as the limb's.
        nearness: 0 for what is furthest from the reader, 1 for what is nearest.
    """

    start: tuple[float, float]
    end: tuple[float, float]
    radius: float
    tint: str
    nearness: float


def strokes(camera: Camera3D) -> tuple[Stroke, ...]:
    """Return the figure as a camera sees it, the furthest limb first."""
    return strokes_along(*camera.axes)


def strokes_on(plane: Plane, turn: Turn) -> tuple[Stroke, ...]:
    """Return the figure as the reader of a slice sees the body, the furthest limb first."""
    right, down, normal, _ = facing(plane, turn)
    return strokes_along(right, -down, normal)


def strokes_along(right: Floats, up: Floats, sight: Floats) -> tuple[Stroke, ...]:
    """Return the figure as it is seen along a line of sight, the furthest limb first.

    Args:
        right: LPS unit vector, towards the right of the picture.
        up: likewise, towards its top.
        sight: likewise, away from the reader.
    """

    def place(point: Point) -> tuple[float, float]:
        return float(np.dot(point, right)), float(np.dot(point, up))

    depths = [float(np.add(one.start, one.end) @ sight) / 2 - one.radius for one in FIGURE]
    low, span = min(depths), max(max(depths) - min(depths), 1e-6)
    drawn = [
        (depth, Stroke(place(one.start), place(one.end), one.radius, one.tint, near))
        for one, depth in zip(FIGURE, depths, strict=True)
        for near in (1 - (depth - low) / span,)
    ]
    return tuple(stroke for _, stroke in sorted(drawn, key=lambda one: -one[0]))


def side_at(camera: Camera3D, right: float, up: float) -> str:
    """Return the standard view that a click on the figure looks from.

    Head, feet, arms, face and back are clicked where they are seen; the middle of the body is its
    near side, and once that side is seen straight, the far one.

    Args:
        camera: as the figure is seen.
        right: the place, from the figure's middle, in halves of its height.
        up: likewise.
    """
    to_right, to_up, sight = camera.axes
    names = list(STANDARD_VIEWS)
    axes: Floats = np.array([_TOWARDS[name] for name in names])
    if np.hypot(right, up) < _MIDDLE:
        facing = axes @ -sight
        nearest = names[int(np.argmax(facing))]
        return _OPPOSITE[nearest] if facing.max() > _STRAIGHT else nearest
    flat = np.stack((axes @ to_right, axes @ to_up), axis=1)
    along = flat @ np.array((right, up)) / np.hypot(right, up)
    along[np.linalg.norm(flat, axis=1) < _SHOWN] = -np.inf
    return names[int(np.argmax(along))]
