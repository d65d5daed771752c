"""What of a volume is not shown in 3D, step by step: crop box, clip plane, scalpel, table.

A cutaway only hides: voxels stay as they are, and slices show all of them. Steps are taken back
in the reverse order.
"""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import lru_cache
from itertools import chain
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw

from virtopsy.errors import Bug
from virtopsy.geometry.camera import Camera3D, Point
from virtopsy.geometry.frame import Floats, Frame
from virtopsy.imaging.coarse import factors_of, frame_of
from virtopsy.imaging.segment import Outside, Part

Hidden: TypeAlias = NDArray[np.bool_]
Singles: TypeAlias = NDArray[np.float32]
Floating: TypeAlias = NDArray[np.floating[Any]]
_PARALLEL = 1e-9
_WORKERS = 2
_RASTER = 2048  # pixels along the outline's longer side: finer than any view of it


@dataclass(frozen=True)
class CropBox:
    """Show only what lies in a box along the patient's axes.

    Attributes:
        low_mm, high_mm: two opposite corners, LPS mm.
    """

    low_mm: Point
    high_mm: Point

    def __post_init__(self) -> None:
        if not all(low < high for low, high in zip(self.low_mm, self.high_mm, strict=True)):
            raise Bug(f"a crop box needs room: {self}")

    @property
    def faces(self) -> tuple[ClipPlane, ...]:
        """The six planes that together hide what lies outside the box."""
        sides = []
        for axis in range(3):
            for corner, sign in ((self.low_mm, -1.0), (self.high_mm, 1.0)):
                x, y, z = (sign * float(axis == one) for one in range(3))
                sides.append(ClipPlane(corner, (x, y, z)))
        return tuple(sides)

    def covers(self, points_mm: Floats) -> Hidden:
        """(n,), True for the LPS points (n, 3) outside the box."""
        low, high = np.array(self.low_mm), np.array(self.high_mm)
        outside: Hidden = np.any((points_mm < low) | (points_mm > high), axis=1)
        return outside

    def hides(self, frame: Frame, k: int) -> Hidden:
        """(rows, columns), True for the voxels of slice k outside the box."""
        hidden = np.zeros(frame.shape[1:], dtype=np.bool_)
        for axis in range(3):
            place = _affine(frame, k, np.eye(3)[axis], 0.0)
            hidden |= (place < self.low_mm[axis]) | (place > self.high_mm[axis])
        return hidden


@dataclass(frozen=True)
class ClipPlane:
    """Hide everything on one side of a plane.

    Attributes:
        point_mm: a point of the plane, LPS mm.
        normal: LPS unit vector towards what is hidden.
    """

    point_mm: Point
    normal: Point

    def __post_init__(self) -> None:
        if not abs(float(np.linalg.norm(self.normal)) - 1) < 1e-6:
            raise Bug(f"a clip plane needs a unit normal: {self}")

    def covers(self, points_mm: Floats) -> Hidden:
        """(n,), True for the LPS points (n, 3) beyond the plane."""
        beyond: Hidden = (points_mm - self.point_mm) @ self.normal > 0
        return beyond

    def hides(self, frame: Frame, k: int) -> Hidden:
        """(rows, columns), True for the voxels of slice k beyond the plane."""
        before = -float(np.dot(self.point_mm, self.normal))
        hidden: Hidden = _affine(frame, k, np.array(self.normal), before) > 0
        return hidden


@dataclass(frozen=True)
class Scalpel:
    """Hide what lies behind a freehand outline, all the way through.

    Attributes:
        camera: from where the outline was drawn.
        outline: its corners as (right, up) from the middle of the picture, in halves of the
            picture's height, so that the size of the view does not matter; at least three.
    """

    camera: Camera3D
    outline: tuple[tuple[float, float], ...]

    def __post_init__(self) -> None:
        if len(self.outline) < 3:
            raise Bug("an outline needs three corners")

    def covers(self, points_mm: Floats) -> Hidden:
        """(n,), True for the LPS points (n, 3) behind the outline."""
        right, up, sight = self.camera.axes
        offset = (points_mm - self.camera.position).astype(np.float32)
        return self._behind(offset @ right, offset @ up, offset @ sight)

    def hides(self, frame: Frame, k: int) -> Hidden:
        """(rows, columns), True for the voxels of slice k that the outline covers."""
        eye = np.array(self.camera.position)
        across, above, depth = (
            _affine(frame, k, axis, -float(eye @ axis)) for axis in self.camera.axes
        )
        return self._behind(across, above, depth)

    def _behind(self, across: Floating, above: Floating, depth: Floating) -> Hidden:
        """Tell what lies behind the outline: mm to the right, up and ahead of the camera."""
        half = np.float32(self.camera.height_mm / 2)
        if self.camera.parallel:
            return self._covered(across / half, above / half)
        far = np.maximum(depth, np.float32(1e-3))
        scale = np.float32(self.camera.distance_mm / half) / far
        covered: Hidden = (depth > 0) & self._covered(across * scale, above * scale)
        return covered

    def _covered(self, across: Floating, above: Floating) -> Hidden:
        low, scale, inside = _raster(self.outline)
        column = (across - np.float32(low[0])) * np.float32(scale) + np.float32(0.5)
        row = (above - np.float32(low[1])) * np.float32(scale) + np.float32(0.5)
        seen = (column >= 0) & (column < _RASTER) & (row >= 0) & (row < _RASTER)
        covered = np.zeros(seen.shape, dtype=np.bool_)
        covered[seen] = inside[row[seen].astype(np.int32), column[seen].astype(np.int32)]
        return covered


@lru_cache(maxsize=16)
def _raster(outline: tuple[tuple[float, float], ...]) -> tuple[Floats, float, Hidden]:
    """Return the lower left corner of an outline, pixels a unit, and which pixels lie inside."""
    corners = np.array(outline)
    low = corners.min(axis=0)
    scale = (_RASTER - 1) / max(float(np.ptp(corners, axis=0).max()), 1e-9)
    drawn = Image.new("1", (_RASTER, _RASTER))
    places = [(float(x), float(y)) for x, y in (corners - low) * scale]
    ImageDraw.Draw(drawn).polygon(places, fill=1)
    return low, scale, np.asarray(drawn)


@dataclass(frozen=True, eq=False)
class OutsideBody:
    """Hide table, head rest, bag and all else that `segment.outside_body` tells from the body.

    Attributes:
        parts: what is hidden by it: each part over 1 cm3 or above 2500 HU.
        blocks: [k, j, i] of the blocks the body was told apart in, True is hidden.
        frame: where the blocks lie, LPS mm.
    """

    parts: tuple[Part, ...]
    blocks: Hidden
    frame: Frame

    @classmethod
    def of(cls, outside: Outside, frame: Frame) -> OutsideBody:
        """Return the step that hides what was found in a volume of this frame."""
        i, j, k = factors_of(frame)
        return cls(outside.parts, outside.mask[::k, ::j, ::i].copy(), frame_of(frame))

    def covers(self, points_mm: Floats) -> Hidden:
        """(n,), True for the LPS points (n, 3) outside the body."""
        last = np.array(self.frame.shape[::-1]) - 1
        i, j, k = np.clip(np.rint(self.frame.to_index(points_mm)), 0, last).astype(np.intp).T
        outside: Hidden = self.blocks[k, j, i]
        return outside

    def hides(self, frame: Frame, k: int) -> Hidden:
        """(rows, columns), True for the voxels of slice k that lie outside the body."""
        to_blocks = self.frame.index_from_lps @ frame.affine
        _, rows, columns = frame.shape
        i, j = np.arange(columns)[None, :], np.arange(rows)[:, None]
        places = []
        for axis, count in enumerate(self.frame.shape[::-1]):
            along_i, along_j, along_k, start = to_blocks[axis]
            # Grids of one volume are parallel: most of these sums are a row or a column.
            place = along_k * k + start + 0.5
            place = place + (along_i * i if abs(along_i) > _PARALLEL else 0)
            place = place + (along_j * j if abs(along_j) > _PARALLEL else 0)
            places.append(np.clip(np.floor(place).astype(np.intp), 0, count - 1))
        hidden: Hidden = np.broadcast_to(
            self.blocks[places[2], places[1], places[0]], (rows, columns)
        )
        return hidden


Step: TypeAlias = CropBox | ClipPlane | Scalpel | OutsideBody


@dataclass(frozen=True)
class Cutaway:
    """All that is hidden, in the order it was hidden.

    Attributes:
        steps: the oldest first.
    """

    steps: tuple[Step, ...] = ()

    @property
    def planes(self) -> tuple[ClipPlane, ...]:
        """The flat cuts, which can be drawn exactly: planes, and the faces of boxes."""
        boxes = (step.faces for step in self.steps if isinstance(step, CropBox))
        flat = (step for step in self.steps if isinstance(step, ClipPlane))
        return (*chain.from_iterable(boxes), *flat)

    @property
    def without_planes(self) -> Cutaway:
        """What is hidden by anything but flat cuts."""
        return Cutaway(tuple(s for s in self.steps if not isinstance(s, CropBox | ClipPlane)))

    def then(self, step: Step) -> Cutaway:
        """Hide more."""
        return Cutaway((*self.steps, step))

    def without_last(self) -> Cutaway:
        """Take the newest step back.

        Raises:
            Bug: nothing is hidden.
        """
        if not self.steps:
            raise Bug("nothing is hidden")
        return Cutaway(self.steps[:-1])

    def covers(self, points_mm: Floats) -> Hidden:
        """(n,), True for the LPS points (n, 3) that are not shown."""
        covered = np.zeros(len(points_mm), dtype=np.bool_)
        for step in self.steps:
            covered |= step.covers(points_mm)
        return covered

    def hidden(self, frame: Frame, check: Callable[[], None] = lambda: None) -> Hidden | None:
        """(slices, rows, columns), True for the voxels that are not shown; None hides nothing.

        Args:
            frame: of any grid of the patient, the volume's own or a reduced one.
            check: called once a slice, from any thread; it may raise `Cancelled`.
        """
        if not self.steps:
            return None
        hidden = np.zeros(frame.shape, dtype=np.bool_)

        def cut(k: int) -> None:
            check()
            for step in self.steps:
                hidden[k] |= step.hides(frame, k)

        with ThreadPoolExecutor(_WORKERS) as pool:
            list(pool.map(cut, range(frame.shape[0])))
        return hidden


NOTHING_HIDDEN = Cutaway()


def _affine(frame: Frame, k: int, direction: Floats, offset: float) -> Singles:
    """(rows, columns) of slice k: each voxel's LPS place along a direction, plus an offset, mm."""
    along_i, along_j = (direction @ frame.affine[:3, axis] for axis in (0, 1))
    start = direction @ (frame.affine[:3, 2] * k + frame.affine[:3, 3]) + offset
    _, rows, columns = frame.shape
    across = (np.arange(columns) * along_i + start).astype(np.float32)
    down = (np.arange(rows) * along_j).astype(np.float32)
    place: Singles = down[:, None] + across[None, :]
    return place
