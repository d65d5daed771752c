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
from numpy.typing import NDArray

from virtopsy.errors import Bug
from virtopsy.geometry.frame import Floats
from virtopsy.imaging.volume import Quantity, Volume
from virtopsy.imaging.voxels import Voxels

Point: TypeAlias = tuple[float, float, float]
_SQUARE = 1e-6
_ALONG = 1 - 1e-6  # cosine: 0.08 degrees
_HELD = 1e-9  # of a voxel: what lies on the edge between two belongs to the one further on
_NEAR, _NEAR_MM = 1e-6, 1e-6  # of a voxel, mm: looked at besides, so that rounding loses none
_LEVEL = 1e-9  # the plane runs along these voxels
Indices: TypeAlias = NDArray[np.intp]


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
    return _Stack.of(volume).within(region)


@dataclass(frozen=True, eq=False)
class _Stack:
    """Acquired planes, each with the room that belongs to it along the normal.

    Attributes:
        voxels: (slices, rows, columns) that hold the planes.
        kept: (n,) which of the slices are planes.
        origins_mm: (n, 3) LPS mm, of each plane's first voxel.
        directions: (3, 3), columns are the unit vectors of i, j and the normal.
        pixel_mm: along (i, j).
        below_mm, above_mm: (n,) how far each plane reaches along the normal.
    """

    voxels: Voxels
    kept: Indices
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
        kept = np.setdiff1d(np.arange(frame.shape[0]), volume.gaps)
        i, j, step = frame.spacing_mm
        reach = np.full(len(kept), step / 2)
        origins = frame.to_lps(np.stack((0 * kept, 0 * kept, kept), axis=1))
        return cls(volume.voxels, kept, origins, frame.directions, (i, j), reach, reach)

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
            acquired.voxels,
            np.arange(len(acquired.voxels)),
            acquired.origins_mm,
            acquired.directions,
            acquired.pixel_mm,
            np.concatenate([[end], halves]),
            np.concatenate([halves, [end]]),
        )

    def within(self, region: Region) -> Voxels:
        """(m,) values of the voxels that the region goes through, in order of plane, j, i.

        Only runs of voxels near the plane are looked at: along the axis of the grid that the
        plane faces most, or, where that is the normal of the stack, along the next one.
        """
        starts = self.origins_mm - np.array(region.centre_mm)
        steepness = np.abs(region.normal @ self.directions)
        run = int(np.argmax(steepness[:2]))
        planes, rows, reach = self._reached(starts, region, 1 - run)
        if not len(planes) or not len(rows):
            return np.empty(0, self.voxels.dtype)
        along = self.directions[:, 1 - run] * self.pixel_mm[1 - run]
        bases: Floats = starts[planes, None] + rows[:, None] * along
        first, count = self._runs(bases, planes, region, run, reach[run])
        which = np.repeat(np.arange(count.size), count.ravel())
        before = np.cumsum(count.ravel()) - count.ravel()
        at = np.arange(which.size) - before[which] + first.ravel()[which]
        step = self.directions[:, run] * self.pixel_mm[run]
        offsets: Floats = bases.reshape(-1, 3)[which] + at[:, None] * step
        plane = planes[which // len(rows)]
        chosen = self._cut(offsets, plane, region.normal) & region.holds(offsets)
        across = rows[which % len(rows)][chosen]
        i, j = (at[chosen], across) if run == 0 else (across, at[chosen])
        flat = np.ravel_multi_index((self.kept[plane[chosen]], j, i), self.voxels.shape)
        values: Voxels = self.voxels[np.unravel_index(np.sort(flat), self.voxels.shape)]
        return values

    def _reached(self, starts: Floats, region: Region, row: int) -> tuple[Indices, Indices, Floats]:
        """Return the planes and the rows that the region comes near, and how far it reaches.

        The reach is (3,) mm from its middle, along the axes of the grid.
        """
        axes = np.abs(np.array((region.right, region.down)) @ self.directions)
        normal = np.abs(region.normal @ self.directions)
        axis = int(np.argmax(normal))
        every = np.arange(len(starts))
        # A voxel's centre lies off the plane, but its projection within the outline.
        off = max(float(room.max(initial=0)) for room in self._room(every, axis)) * normal[axis]
        reach: Floats = np.array((region.half_right_mm, region.half_down_mm)) @ axes + off * normal
        reach = reach + _NEAR_MM
        planes = np.flatnonzero(np.abs(starts @ self.directions[:, 2]) <= reach[2])
        middles = -(starts[planes] @ self.directions[:, row]) / self.pixel_mm[row]
        if not len(middles):
            return planes, planes, reach
        half, size = reach[row] / self.pixel_mm[row], self.voxels.shape[2 - row]
        low, high = np.clip((middles.min() - half, middles.max() + half + 1), 0, size)
        return planes, np.arange(int(low), int(high)), reach

    def _runs(
        self, bases: Floats, planes: Indices, region: Region, run: int, reach_mm: float
    ) -> tuple[Indices, Indices]:
        """Return where the run of each plane and row begins, and how many voxels it has.

        Args:
            bases: (planes, rows, 3) offsets of the first voxel from the region's middle, mm.
            planes: (planes,) which.
            region: that is measured.
            run: 0 along i, 1 along j.
            reach_mm: how far the region reaches from its middle along the run.
        """
        pixel, size = self.pixel_mm[run], self.voxels.shape[2 - run]
        middle = -(bases @ self.directions[:, run]) / pixel
        low, high = middle - reach_mm / pixel, middle + reach_mm / pixel
        axis, ahead = self._ahead(bases, region.normal)
        facing = float(region.normal @ self.directions[:, axis])
        slope = pixel * float(region.normal @ self.directions[:, run]) / facing
        below, above = (room[:, None] for room in self._room(planes, axis))
        if abs(slope) > _LEVEL * pixel:
            ends = np.stack(((ahead - above) / slope, (ahead + below) / slope))
            low = np.maximum(low, ends.min(axis=0))
            high = np.minimum(high, ends.max(axis=0))
        first = np.ceil(np.clip(low - _NEAR, 0, size)).astype(np.intp)
        last = np.floor(np.clip(high + _NEAR, -1, size - 1)).astype(np.intp)
        return first, np.maximum(last - first + 1, 0)

    def _room(self, planes: Indices, axis: int) -> tuple[Floats, Floats]:
        """(n,) and (n,): how far a voxel of each plane reaches back and forth along an axis, mm."""
        if axis == 2:
            return self.below_mm[planes], self.above_mm[planes]
        half = np.full(len(planes), self.pixel_mm[axis] / 2)
        return half, half

    def _ahead(self, offsets: Floats, normal: Floats) -> tuple[int, Floats]:
        """Return the axis the plane faces most, and (...,) how far ahead along it the plane is."""
        axis = int(np.argmax(np.abs(normal @ self.directions)))
        ahead: Floats = -(offsets @ normal) / float(normal @ self.directions[:, axis])
        return axis, ahead

    def _cut(self, offsets: Floats, planes: Indices, normal: Floats) -> Voxels:
        """Tell through which voxels the plane goes, each column of the grid being met once.

        A column runs along the axis of the grid that the plane faces most.
        """
        axis, ahead = self._ahead(offsets, normal)
        below, above = self._room(planes, axis)
        held = _HELD * (below + above)
        return np.asarray((ahead >= -below - held) & (ahead < above - held))


def _is_resampled(volume: Volume, region: Region) -> bool:
    if volume.acquired is not None or volume.widest_gap_mm is not None:
        return True
    return abs(float(region.normal @ volume.frame.directions[:, 2])) < _ALONG
