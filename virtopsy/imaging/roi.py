"""Statistics of a region drawn on a slice, from voxels as the scanner made them.

A voxel counts once, where the plane goes through it and its centre, projected onto the plane,
lies within the outline. Nothing is interpolated: what the picture shows between voxels is not
measured.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from math import isfinite
from typing import TypeAlias

import numpy as np

from virtopsy.errors import Bug
from virtopsy.geometry.frame import Floats
from virtopsy.imaging.volume import Quantity, Volume
from virtopsy.imaging.voxels import Voxels

Point: TypeAlias = tuple[float, float, float]
_SQUARE = 1e-6
_ALONG = 1 - 1e-6  # cosine: 0.08 degrees
_HELD = 1e-9  # of a voxel: what lies on the edge between two belongs to the one further on


class Outline(StrEnum):
    """The form of a region."""

    ELLIPSE = "ellipse"  # a circle where its halves are equal
    RECTANGLE = "rectangle"


@dataclass(frozen=True)
class Region:
    """A region on a plane of the patient.

    Attributes:
        outline: its form.
        centre_mm: its middle, LPS mm; it lies on the plane.
        right, down: LPS unit vectors of the plane at right angles.
        half_right_mm: from the middle to the edge along `right`.
        half_down_mm: likewise along `down`.

    Raises:
        Bug: the directions are not at right angles, or a half is not above zero.
    """

    outline: Outline
    centre_mm: Point
    right: Point
    down: Point
    half_right_mm: float
    half_down_mm: float

    def __post_init__(self) -> None:
        axes = np.array((self.right, self.down))
        if not np.abs(axes @ axes.T - np.eye(2)).max() < _SQUARE:
            raise Bug(f"a region needs unit vectors at right angles, got {self}")
        halves = (self.half_right_mm, self.half_down_mm)
        if not all(isfinite(half) and half > 0 for half in halves):
            raise Bug(f"a region needs a width and a height, got {self}")

    @property
    def normal(self) -> Floats:
        """(3,) LPS unit vector, right x down."""
        normal: Floats = np.cross(self.right, self.down)
        return normal

    @property
    def area_mm2(self) -> float:
        """Area of the drawn outline, not of the voxels within it."""
        box = 4 * self.half_right_mm * self.half_down_mm
        return box * np.pi / 4 if self.outline is Outline.ELLIPSE else box

    def holds(self, offsets_mm: Floats) -> Voxels:
        """(...,) bool: which of (..., 3) LPS offsets from the middle lie within, projected."""
        x = offsets_mm @ np.array(self.right) / self.half_right_mm
        y = offsets_mm @ np.array(self.down) / self.half_down_mm
        if self.outline is Outline.ELLIPSE:
            return np.asarray(x * x + y * y <= 1)
        return np.asarray((np.abs(x) <= 1) & (np.abs(y) <= 1))


@dataclass(frozen=True)
class Statistics:
    """What the voxels of a region hold. The SD is how they vary; it is no error of the mean.

    Attributes:
        n: voxels, at least one.
        mean: of their values, in the unit of `quantity`.
        sd: standard deviation of one voxel (n - 1); None for a single voxel.
        minimum, maximum: of the values.
        quantity: what they mean.
        resampled: the plane is none of those that were acquired: it lies askew or across them,
            or the grid that shows it was computed. The voxels are acquired ones all the same.
    """

    n: int
    mean: float
    sd: float | None
    minimum: float
    maximum: float
    quantity: Quantity
    resampled: bool


def statistics(volume: Volume, region: Region) -> Statistics | None:
    """Return the statistics of a region; None where it holds no acquired voxel."""
    values = values_within(volume, region)
    if not len(values):
        return None
    exact = values.astype(np.float64)
    return Statistics(
        n=len(exact),
        mean=float(exact.mean()),
        sd=float(exact.std(ddof=1)) if len(exact) > 1 else None,
        minimum=float(exact.min()),
        maximum=float(exact.max()),
        quantity=volume.quantity,
        resampled=_is_resampled(volume, region),
    )


def values_within(volume: Volume, region: Region) -> Voxels:
    """(n,) values of the acquired voxels that the region goes through, in order of k, j, i."""
    stack = _Stack.of(volume)
    found = [stack.within(n, region) for n in range(len(stack.voxels)) if stack.reaches(n, region)]
    return np.concatenate(found) if found else np.empty(0, volume.voxels.dtype)


@dataclass(frozen=True, eq=False)
class _Stack:
    """Acquired planes, each with the room that belongs to it along the normal.

    Attributes:
        voxels: one (rows, columns) a plane.
        origins_mm: (n, 3) LPS mm, of each plane's first voxel.
        directions: (3, 3), columns are the unit vectors of i, j and the normal.
        pixel_mm: along (i, j).
        below_mm, above_mm: (n,) how far each plane reaches along the normal.
    """

    voxels: list[Voxels]
    origins_mm: Floats
    directions: Floats
    pixel_mm: tuple[float, float]
    below_mm: Floats
    above_mm: Floats

    @classmethod
    def of(cls, volume: Volume) -> _Stack:
        if volume.acquired is not None:
            return cls._uneven(volume)
        frame = volume.frame
        absent = set(volume.gaps)
        kept = [k for k in range(frame.shape[0]) if k not in absent]
        i, j, step = frame.spacing_mm
        reach = np.full(len(kept), step / 2)
        origins = frame.to_lps(np.array([(0, 0, k) for k in kept]).reshape(-1, 3))
        return cls(
            [volume.voxels[k] for k in kept], origins, frame.directions, (i, j), reach, reach
        )

    @classmethod
    def _uneven(cls, volume: Volume) -> _Stack:
        """Planes each at its own place: half way to the next, but never far into a gap."""
        acquired = volume.acquired
        if acquired is None:
            raise Bug("the planes are those of the grid")
        most = max(volume.widest_gap_mm or 0.0, volume.frame.spacing_mm[2]) / 2
        halves = np.minimum(np.diff(acquired.depths_mm) / 2, most)
        end = volume.frame.spacing_mm[2] / 2
        return cls(
            list(acquired.voxels),
            acquired.origins_mm,
            acquired.directions,
            acquired.pixel_mm,
            np.concatenate([[end], halves]),
            np.concatenate([halves, [end]]),
        )

    def reaches(self, n: int, region: Region) -> bool:
        """Tell whether a plane comes near the region at all, along its normal."""
        depth = float((self.origins_mm[n] - region.centre_mm) @ self.directions[:, 2])
        room = float(max(self.below_mm[n], self.above_mm[n])) + max(self.pixel_mm)
        return abs(depth) <= float(np.hypot(region.half_right_mm, region.half_down_mm)) + room

    def within(self, n: int, region: Region) -> Voxels:
        """(m,) values of one plane's voxels that the region goes through."""
        across, along = self.directions[:, 0], self.directions[:, 1]
        rows, columns = self.voxels[n].shape
        radius = float(np.hypot(region.half_right_mm, region.half_down_mm))
        start = self.origins_mm[n] - np.array(region.centre_mm)
        left, right = _span(-float(start @ across), radius, self.pixel_mm[0], columns)
        top, bottom = _span(-float(start @ along), radius, self.pixel_mm[1], rows)
        i = np.arange(left, right)[None, :, None] * (across * self.pixel_mm[0])
        j = np.arange(top, bottom)[:, None, None] * (along * self.pixel_mm[1])
        offsets: Floats = start + i + j
        chosen = self._cut(offsets, n, region.normal) & region.holds(offsets)
        values: Voxels = self.voxels[n][top:bottom, left:right][chosen]
        return values

    def _cut(self, offsets: Floats, n: int, normal: Floats) -> Voxels:
        """Tell through which voxels the plane goes, each column of the grid being met once.

        A column runs along the axis of the grid that the plane faces most.
        """
        axis = int(np.argmax(np.abs(normal @ self.directions)))
        ahead = -(offsets @ normal) / float(normal @ self.directions[:, axis])
        if axis == 2:
            below, above = float(self.below_mm[n]), float(self.above_mm[n])
        else:
            below = above = self.pixel_mm[axis] / 2
        held = _HELD * (below + above)
        return np.asarray((ahead >= -below - held) & (ahead < above - held))


def _span(middle_mm: float, radius_mm: float, pixel_mm: float, count: int) -> tuple[int, int]:
    """Return the indices, without the last, of what lies within a radius and a voxel."""
    low = int(np.floor((middle_mm - radius_mm) / pixel_mm)) - 1
    high = int(np.ceil((middle_mm + radius_mm) / pixel_mm)) + 2
    return min(max(low, 0), count), min(max(high, 0), count)


def _is_resampled(volume: Volume, region: Region) -> bool:
    if volume.acquired is not None or volume.widest_gap_mm is not None:
        return True
    return abs(float(region.normal @ volume.frame.directions[:, 2])) < _ALONG
