"""The region tool: a drag on a slice outlines voxels, whose statistics stand beside it at once.

Regions are a state of the view: they belong to the slice they were drawn on and go with the
volume. Nothing of them enters the case.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import TypeAlias

import numpy as np

from viewer.presenters.examine.views import Views
from viewer.presenters.value import Value
from virtopsy.errors import Bug
from virtopsy.geometry.camera import Point, as_point
from virtopsy.geometry.frame import Floats
from virtopsy.geometry.plane import Plane, facing, step_mm
from virtopsy.imaging.roi import Outline, Region, Statistics, statistics
from virtopsy.imaging.volume import Volume

Sign: TypeAlias = tuple[int, int]
HANDLES: tuple[Sign, ...] = tuple(
    (right, down) for down in (-1, 0, 1) for right in (-1, 0, 1) if (right, down) != (0, 0)
)
"""Where a region can be taken: towards which of its sides, -1, 0 or 1 (right, down)."""
_THINNEST_MM = 0.05  # a slip of the hand, whatever the scanner resolves
_FLAT = 1 - 1e-6  # cosine: the slice lies as the one that was drawn on
_EDGE = 1e-6  # of a slice


@dataclass(frozen=True)
class Drawn:
    """A region with the number it is known by, from 1 up, never given twice."""

    number: int
    region: Region


class RegionTool:
    """Draws, moves and resizes regions; a drag is a draft until `release`.

    Attributes:
        regions: of the shown volume, in the order they were drawn.
        selected: number of the one with handles.
        outline: of the next region.
    """

    def __init__(self, views: Views) -> None:
        self._views = views
        self._volume: Volume | None = None
        self._drag: Callable[[Floats, bool], Region | None] | None = None
        self._before: tuple[Drawn, ...] = ()
        self._given = 0
        self._measured: dict[int, tuple[Region, Statistics | None]] = {}
        self.regions: Value[tuple[Drawn, ...]] = Value(())
        self.selected: Value[int | None] = Value(None)
        self.outline: Value[Outline] = Value(Outline.ELLIPSE)
        views.volume.subscribe(self._take, now=True)

    @property
    def dragging(self) -> bool:
        """Whether a region is being drawn, moved or resized."""
        return self._drag is not None

    def other_outline(self) -> None:
        """Let the next region be of the other form."""
        was = self.outline.now
        self.outline.set(Outline.RECTANGLE if was is Outline.ELLIPSE else Outline.ELLIPSE)

    def seen(self, plane: str) -> tuple[Drawn, ...]:
        """Return the regions of the slice that a plane shows now; none while a scan arrives."""
        volume = self._views.volume.now
        if volume is None or not self.regions.now:
            return ()
        turn = self._views.turn.now
        normal = facing(Plane(plane), turn).normal
        here = np.array(self._views.position.now)
        reach = step_mm(volume.frame, Plane(plane), turn) * (0.5 + _EDGE)

        def lies_here(region: Region) -> bool:
            apart = abs(float((here - region.centre_mm) @ normal))
            return abs(float(region.normal @ normal)) > _FLAT and apart <= reach

        return tuple(one for one in self.regions.now if lies_here(one.region))

    def statistics(self, drawn: Drawn) -> Statistics | None:
        """Return what the region's acquired voxels hold; None where it holds none.

        It is reckoned when somebody asks, once for each form of a region: a drag that moves on
        before the screen is painted costs nothing.
        """
        known = self._measured.get(drawn.number)
        if known is None or known[0] != drawn.region:
            if self._volume is None:
                raise Bug("a region without a volume")
            known = (drawn.region, statistics(self._volume, drawn.region))
            self._measured[drawn.number] = known
        return known[1]

    def begin(self, plane: str, at_mm: Point, outline: Outline | None = None) -> None:
        """Begin to draw on a plane's slice, from one corner; nothing while a scan arrives.

        Args:
            plane: whose slice.
            at_mm: the corner, LPS mm, on that slice.
            outline: its form; None: the chosen one.
        """
        if self._views.volume.now is None:
            return
        right, down, _, _ = facing(Plane(plane), self._views.turn.now)
        form = outline or self.outline.now
        corner = np.array(at_mm)
        self._given += 1
        number = self._given
        self._hold(number, lambda to, equal: _between(form, (corner, to), (right, down), equal))

    def take(self, number: int, at_mm: Point, handle: Sign | None = None) -> None:
        """Begin to resize a region by one of `HANDLES`, or to move it.

        Args:
            number: of the region.
            at_mm: where the mouse took it, LPS mm.
            handle: None: the whole region is moved.
        """
        region = next(one.region for one in self.regions.now if one.number == number)
        self.selected.set(number)
        if handle is None:
            start = np.array(at_mm)
            self._hold(number, lambda to, _: _moved(region, to - start))
        else:
            self._hold(number, lambda to, equal: _resized(region, handle, to, equal))

    def pull(self, to_mm: Point, *, equal: bool = False) -> None:
        """Follow the mouse.

        Args:
            to_mm: LPS mm.
            equal: as high as wide: a circle or a square.
        """
        if self._drag is None or self.selected.now is None:
            return
        drawn = self._drag(np.array(to_mm), equal)
        if drawn is not None:
            self._put(Drawn(self.selected.now, drawn))

    def release(self) -> None:
        """Keep what was drawn; a click without a drag selects nothing."""
        self._drag = None
        if all(one.number != self.selected.now for one in self.regions.now):
            self.selected.set(None)

    def leave(self) -> None:
        """Give up what is being dragged, and let go of what is selected."""
        if self._drag is not None:
            self._drag = None
            self.regions.set(self._before)
        self.selected.set(None)

    def remove(self) -> None:
        """Remove the selected region."""
        gone, self._drag = self.selected.now, None
        self.selected.set(None)
        self.regions.set(tuple(one for one in self.regions.now if one.number != gone))

    def clear(self) -> None:
        """Remove every region."""
        self._drag, self._measured = None, {}
        self.selected.set(None)
        self.regions.set(())

    def _hold(self, number: int, drag: Callable[[Floats, bool], Region | None]) -> None:
        self._before, self._drag = self.regions.now, drag
        self.selected.set(number)

    def _put(self, drawn: Drawn) -> None:
        known = any(one.number == drawn.number for one in self.regions.now)
        changed = [drawn if one.number == drawn.number else one for one in self.regions.now]
        self.regions.set(tuple(changed) if known else (*self.regions.now, drawn))

    def _take(self, volume: Volume | None) -> None:
        """Drop the regions of another volume; one that comes back after a stop has its own."""
        if volume is None:
            self.leave()
        elif volume is not self._volume:
            self.clear()
            self._volume = volume


def _between(
    form: Outline, corners: tuple[Floats, Floats], axes: tuple[Floats, Floats], equal: bool
) -> Region | None:
    """Return the region of a form between two corners; None where it has no width or height."""
    start, end = corners
    spans = np.array([float((end - start) @ axis) for axis in axes])
    if equal:
        spans = np.where(spans < 0, -1.0, 1.0) * np.abs(spans).max()
    if np.abs(spans).min() < 2 * _THINNEST_MM:
        return None
    middle = start + (spans[0] * axes[0] + spans[1] * axes[1]) / 2
    right, down = (as_point(axis) for axis in axes)
    half_right, half_down = (np.abs(spans) / 2).tolist()
    return Region(form, as_point(middle), right, down, half_right, half_down)


def _moved(region: Region, by_mm: Floats) -> Region:
    """Return a region moved within its plane."""
    within = by_mm - (by_mm @ region.normal) * region.normal
    return replace(region, centre_mm=as_point(np.array(region.centre_mm) + within))


def _resized(region: Region, handle: Sign, to_mm: Floats, equal: bool) -> Region | None:
    """Return a region with one corner or side under the mouse; the opposite ones stay."""
    axes = (np.array(region.right), np.array(region.down))
    halves = (region.half_right_mm, region.half_down_mm)
    offset = to_mm - np.array(region.centre_mm)
    start, end = np.array(region.centre_mm), np.array(region.centre_mm)
    for axis, half, sign in zip(axes, halves, handle, strict=True):
        start = start - (sign or 1) * half * axis
        end = end + (float(offset @ axis) if sign else half) * axis
    return _between(region.outline, (start, end), axes, equal and 0 not in handle)
