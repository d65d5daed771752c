"""How the patient lies on the 3D view: places in logical pixels, and the handles that cut."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import product

import numpy as np
from PySide6.QtCore import QPointF, QRectF

from virtopsy.geometry.camera import Camera3D, Point, Size, project
from virtopsy.geometry.frame import Floats
from virtopsy.imaging.cutaway import ClipPlane, CropBox

_GRAB_PX = 11.0
_BESIDE_PX = 22.0  # between two handles that would lie on each other
_TURNED = 0.25  # share of its length that an axis must show to be dragged along
_EDGES = tuple(
    (corner, tuple(1 if axis == along else one for axis, one in enumerate(corner)))
    for corner in product((0, 1), repeat=3)
    for along in range(3)
    if corner[along] == 0
)


@dataclass(frozen=True)
class Stage:
    """A picture of the patient on a widget.

    Attributes:
        camera: of the picture.
        size: of the picture, device pixels.
        width, height: of the widget, logical pixels.
    """

    camera: Camera3D
    size: Size
    width: float
    height: float

    def place(self, lps_mm: Sequence[float] | Floats) -> QPointF:
        """Return where an LPS point is seen."""
        x, y, _depth = project(self.camera, self.size, lps_mm)
        across, down = self.width / self.size[0], self.height / self.size[1]
        return QPointF((x + 0.5) * across, (y + 0.5) * down)

    def places(self, points_mm: Floats) -> Floats:
        """Return (n, 2): where LPS points (n, 3) are seen; all lie before the camera."""
        right, up, sight = self.camera.axes
        offsets = points_mm - np.array(self.camera.position)
        if self.camera.parallel:
            scale = np.full(len(points_mm), self.height / self.camera.height_mm)
        else:
            opening = 2 * math.tan(self.camera.view_angle / 2)
            scale = self.height / (opening * np.maximum(offsets @ sight, 1e-6))
        across, above = (offsets @ right) * scale, (offsets @ up) * scale
        return np.stack((self.width / 2 + across, self.height / 2 - above), axis=1)

    def pixel(self, place: QPointF) -> tuple[float, float]:
        """Return a place of the widget in device pixels, (0, 0) is the middle of the first."""
        across, down = self.size[0] / self.width, self.size[1] / self.height
        return place.x() * across - 0.5, place.y() * down - 0.5

    def drawn(self, place: QPointF) -> tuple[float, float]:
        """Return a place as (right, up) from the middle, in halves of the height."""
        half = self.height / 2
        return (place.x() - self.width / 2) / half, (half - place.y()) / half

    def place_drawn(self, right: float, up: float) -> QPointF:
        """Return where (right, up) from the middle is, in halves of the height."""
        half = self.height / 2
        return QPointF(self.width / 2 + right * half, half - up * half)

    @property
    def mm_per_pixel(self) -> float:
        """What a logical pixel is worth in the focal plane, and everywhere if parallel."""
        return self.camera.height_mm / self.height

    def along(self, lps_mm: Point, direction: Sequence[float], moved: QPointF) -> float:
        """Return how many mm a drag of the mouse moves a point along an LPS unit vector.

        Where the vector points at the reader, down is nearer and up is further away.
        """
        start = self.place(lps_mm)
        end = self.place(np.add(lps_mm, np.multiply(direction, 1.0)))
        step = end - start
        length = math.hypot(step.x(), step.y())
        if length * self.mm_per_pixel < _TURNED:
            inwards = math.copysign(1.0, float(np.dot(direction, self.camera.axes[2])))
            return -moved.y() * self.mm_per_pixel * inwards
        return (moved.x() * step.x() + moved.y() * step.y()) / length**2

    def turned(self, direction: Sequence[float]) -> bool:
        """Tell whether an LPS unit vector is seen long enough to drag along it."""
        right, up, _ = self.camera.axes
        return math.hypot(float(np.dot(direction, right)), float(np.dot(direction, up))) > _TURNED


@dataclass(frozen=True)
class Handle:
    """What can be grabbed in the picture.

    Attributes:
        lps_mm: where it is.
        direction: LPS unit vector it moves along.
        axis, high: which face of the crop box it is; axis -1: it is the clip plane's.
    """

    lps_mm: Point
    direction: Point
    axis: int = -1
    high: bool = False


def seen_box(box: CropBox, body: Floats) -> tuple[Floats, Floats]:
    """Return the corners of the crop box as it is drawn: no further out than what is seen.

    Args:
        box: the crop box, maybe as large as the whole scan.
        body: (n, 3) LPS points of what is seen.
    """
    rim = 0.02 * float(np.ptp(body, axis=0).max()) + 1.0
    low = np.maximum(box.low_mm, body.min(axis=0) - rim)
    high = np.minimum(box.high_mm, body.max(axis=0) + rim)
    swapped = low >= high  # the box lies beside everything that is seen
    low, high = np.where(swapped, box.low_mm, low), np.where(swapped, box.high_mm, high)
    return low, high


def box_handles(low: Floats, high: Floats) -> Iterator[Handle]:
    """Yield the handles in the middles of the six faces of a box, LPS mm."""
    middle = (low + high) / 2
    for axis in range(3):
        direction = tuple(float(one == axis) for one in range(3))
        for is_high in (False, True):
            place = middle.copy()
            place[axis] = (high if is_high else low)[axis]
            x, y, z = place.tolist()
            yield Handle((x, y, z), (direction[0], direction[1], direction[2]), axis, is_high)


def box_edges(low: Floats, high: Floats) -> Iterator[tuple[Floats, Floats]]:
    """Yield the two ends of each of the twelve edges of a box, LPS mm."""
    both = np.stack((low, high))
    for first, second in _EDGES:
        yield both[list(first), range(3)], both[list(second), range(3)]


def plane_handle(plane: ClipPlane, body: Floats) -> Handle:
    """Return the handle of a clip plane, in the middle of what is seen.

    Args:
        plane: the plane.
        body: (n, 3) LPS points of what is seen.
    """
    middle = (body.min(axis=0) + body.max(axis=0)) / 2
    off = float(np.dot(np.subtract(plane.point_mm, middle), plane.normal))
    x, y, z = (middle + np.multiply(plane.normal, off)).tolist()
    return Handle((x, y, z), plane.normal)


@dataclass(frozen=True)
class Placed:
    """A handle on the widget.

    Attributes:
        handle: what it grabs.
        at: where it is drawn and grabbed, logical pixels.
        seen_at: where what it grabs is seen.
        far: whether that lies behind the middle of the box.
    """

    handle: Handle
    at: QPointF
    seen_at: QPointF
    far: bool


def placed(stage: Stage, handles: Sequence[Handle], area: QRectF) -> list[Placed]:
    """Return where handles can be grabbed, those further away first.

    One that is seen outside the area stands at its edge; one that is seen on its opposite stands
    beside it.

    Args:
        stage: how the patient lies on the widget.
        handles: of one tool.
        area: of the widget, free of controls, logical pixels.
    """
    if not handles:
        return []
    sight, origin = stage.camera.axes[2], np.array(stage.camera.position)
    depths = [float((np.array(one.lps_mm) - origin) @ sight) for one in handles]
    middle = sum(depths) / len(depths)
    near: dict[int, QPointF] = {}
    found = []
    for depth, one in sorted(zip(depths, handles, strict=True), key=lambda pair: pair[0]):
        seen_at = stage.place(one.lps_mm)
        at = _within(seen_at, area)
        other = near.setdefault(one.axis, at)
        if other is not at and apart(at, other) < _BESIDE_PX:
            at = _within(other + QPointF(_BESIDE_PX, -_BESIDE_PX), area)
        found.append(Placed(one, at, seen_at, depth > middle + _TURNED))
    return found[::-1]


def _within(place: QPointF, area: QRectF) -> QPointF:
    x = min(max(place.x(), area.left()), area.right())
    return QPointF(x, min(max(place.y(), area.top()), area.bottom()))


def handle_at(handles: Sequence[Placed], place: QPointF) -> Handle | None:
    """Return the nearest handle under the mouse; None where there is none."""
    near = [(apart(one.at, place), one.handle) for one in handles]
    near = [one for one in near if one[0] <= _GRAB_PX]
    return min(near, key=lambda one: one[0])[1] if near else None


def apart(one: QPointF, other: QPointF) -> float:
    """Return the distance of two places, logical pixels."""
    return math.hypot(one.x() - other.x(), one.y() - other.y())
