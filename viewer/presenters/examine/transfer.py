"""The transfer function of the 3D view, changed by hand: which values are seen, and how.

A preset keeps opacity and colour at places of their own. Here both are known at every place of
either, which shows the same picture, and a person has one point to drag.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from viewer.presenters.examine.views import Views
from viewer.presenters.value import Value
from viewer.presenters.work import Running, Work
from virtopsy.errors import VirtopsyError
from virtopsy.imaging.preset import Preset, preset_named
from virtopsy.imaging.volume import Quantity, Volume
from virtopsy.imaging.window import signal_range
from virtopsy.jobs import Progress

Colour: TypeAlias = tuple[float, float, float]
Thumbnails: TypeAlias = Callable[[Volume, Progress], Mapping[str, NDArray[np.uint8]]]
"""Draws a small picture of a volume by each preset that fits it."""
HU_SPAN = (-1050.0, 3150.0)
_SIGNAL_SPAN = (-0.1, 1.1)  # of a signal preset's own scale
_BINS = 420
_LEAST_GAP = 1e-3  # of the span between two points: VTK wants rising values


@dataclass(frozen=True)
class TransferPoint:
    """One point of the transfer function.

    Attributes:
        value: HU, or a share of the volume's own signal.
        opacity: per millimetre, 0..1.
        colour: red, green, blue, 0..1.
    """

    value: float
    opacity: float
    colour: Colour


@dataclass(frozen=True, eq=False)
class Histogram:
    """How often each value occurs in a volume.

    Attributes:
        span: the lowest and the highest value that is counted, in a preset's scale.
        heights: (n,) logarithm of the count of each of n equal bins, the highest is 1.
    """

    span: tuple[float, float]
    heights: NDArray[np.float64]


def histogram(volume: Volume, progress: Progress) -> Histogram:
    """Count the acquired voxels of a volume on a logarithmic scale, slice by slice.

    Raises:
        Cancelled: asked for through `progress`.
    """
    span = scale_span(volume)
    low, high = _in_values(span, volume)
    counts = np.zeros(_BINS, dtype=np.int64)
    slices = [k for k in range(volume.frame.shape[0]) if k not in volume.gaps]
    for done, k in enumerate(slices):
        progress.tick(done, len(slices))
        counts += np.histogram(volume.voxels[k], bins=_BINS, range=(low, high))[0]
    heights = np.log1p(counts)
    return Histogram(span, heights / max(float(heights.max()), 1.0))


def scale_span(volume: Volume) -> tuple[float, float]:
    """Return which values a transfer function of this volume is drawn over, in its scale."""
    return HU_SPAN if volume.quantity is Quantity.HU else _SIGNAL_SPAN


def _in_values(span: tuple[float, float], volume: Volume) -> tuple[float, float]:
    if volume.quantity is Quantity.HU:
        return span
    dark, bright = signal_range(volume.voxels)
    return dark + span[0] * (bright - dark), dark + span[1] * (bright - dark)


def points_of(preset: Preset) -> tuple[TransferPoint, ...]:
    """Return a preset's opacity and colour as points that know both; the picture is the same."""
    values = sorted({one[0] for one in (*preset.opacity, *preset.colour)})
    at, opacity = zip(*preset.opacity, strict=True)
    shares = np.interp(values, at, opacity)
    places = [one[0] for one in preset.colour]
    tints = [np.interp(values, places, [one[axis] for one in preset.colour]) for axis in (1, 2, 3)]
    return tuple(
        TransferPoint(value, float(share), (float(red), float(green), float(blue)))
        for value, share, red, green, blue in zip(values, shares, *tints, strict=True)
    )


class Transfer:
    """Edits the preset of the 3D view.

    Attributes:
        shown: whether the editor is on the screen.
        selected: index of the point that is worked on, or None.
        histogram: of the shown volume; None until it is counted.
        thumbnails: a small picture of this volume by each preset, as far as they are made.
    """

    def __init__(self, views: Views, work: Work, draw: Thumbnails) -> None:
        """Take the views, the lanes, and who draws small pictures."""
        self._views, self._work, self._draw = views, work, draw
        self._drawing: Running | None = None
        self.thumbnails: Value[Mapping[str, NDArray[np.uint8]]] = Value({})
        self._counting: tuple[Volume, Running] | None = None
        self.shown: Value[bool] = Value(False)
        self.selected: Value[int | None] = Value(None)
        self.histogram: Value[Histogram | None] = Value(None)
        views.volume.subscribe(lambda _: self._begin())
        views.preset.subscribe(lambda _: self.reset())
        self._before = ""
        self.shown.subscribe(self._make_room)
        self.shown.subscribe(lambda _: self._count())

    @property
    def preset(self) -> Preset | None:
        """What the 3D view shows by: the edited preset or the shipped one; None without a scan."""
        volume = self._views.volume.now
        if volume is None:
            return None
        return self._views.edited.now or preset_named(self._views.preset.now, volume)

    @property
    def points(self) -> tuple[TransferPoint, ...]:
        """The points of what is shown, rising in value."""
        return () if self.preset is None else points_of(self.preset)

    @property
    def span(self) -> tuple[float, float]:
        """Which values the editor is drawn over."""
        volume = self._views.volume.now
        return HU_SPAN if volume is None else scale_span(volume)

    @property
    def is_edited(self) -> bool:
        """Tell whether the shipped preset was changed."""
        return self._views.edited.now is not None

    def move(self, index: int, value: float, opacity: float) -> None:
        """Put a point elsewhere, between its neighbours."""
        points = list(self.points)
        gap = _LEAST_GAP * (self.span[1] - self.span[0])
        low = points[index - 1].value + gap if index > 0 else self.span[0]
        high = points[index + 1].value - gap if index + 1 < len(points) else self.span[1]
        kept = min(max(value, low), max(high, low))
        points[index] = replace(points[index], value=kept, opacity=_share(opacity))
        self._set(points)

    def add(self, value: float, opacity: float) -> int:
        """Add a point in the colour that its value has, and select it; return its index.

        A point that would stand on another one moves that one instead.
        """
        points = list(self.points)
        gap = _LEAST_GAP * (self.span[1] - self.span[0])
        near = next((i for i, one in enumerate(points) if abs(one.value - value) < gap), None)
        if near is not None:
            self.move(near, points[near].value, opacity)
            self.selected.set(near)
            return near
        values = [one.value for one in points]
        red, green, blue = (
            float(np.interp(value, values, [one.colour[axis] for one in points]))
            for axis in range(3)
        )
        index = int(np.searchsorted(values, value))
        points.insert(index, TransferPoint(value, _share(opacity), (red, green, blue)))
        self._set(points)
        self.selected.set(index)
        return index

    def remove(self, index: int) -> None:
        """Take a point away; the last two stay, for a line has two ends."""
        points = list(self.points)
        if len(points) > 2:
            del points[index]
            self.selected.set(None)
            self._set(points)

    def recolour(self, index: int, colour: Colour) -> None:
        """Give a point a colour, red, green, blue 0..1."""
        points = list(self.points)
        points[index] = replace(points[index], colour=colour)
        self._set(points)

    def reset(self) -> None:
        """Show the preset as it is shipped."""
        self.selected.set(None)
        self._views.edited.set(None)

    def _set(self, points: list[TransferPoint]) -> None:
        shown = self.preset
        if shown is None:
            return
        self._views.edited.set(
            replace(
                shown,
                opacity=tuple((one.value, one.opacity) for one in points),
                colour=tuple((one.value, *one.colour) for one in points),
            )
        )

    def _make_room(self, shown: bool) -> None:
        """Give the picture the whole room while the editor lies over it, and the rest back."""
        layout = self._views.layout
        if shown:
            self._before = layout.now
            layout.set("volume")
        elif layout.now == "volume":
            layout.set(self._before)

    def _begin(self) -> None:
        self.selected.set(None)
        self.histogram.set(None)
        if self._counting is not None:
            self._counting[1].progress.cancel()
            self._counting = None
        self._count()
        self._draw_thumbnails()

    def _draw_thumbnails(self) -> None:
        if self._drawing is not None:
            self._drawing.progress.cancel()
            self._drawing = None
        self.thumbnails.set({})
        volume = self._views.volume.now
        if volume is None:
            return
        self._drawing = self._work.start(
            "volume3d.job.thumbnails",
            lambda progress: self._draw(volume, progress),
            lambda drawn: self._take_thumbnails(volume, drawn),
            _cannot_fail,
            quiet=True,
        )

    def _take_thumbnails(self, volume: Volume, drawn: Mapping[str, NDArray[np.uint8]]) -> None:
        if volume is self._views.volume.now:
            self.thumbnails.set(drawn)

    def _count(self) -> None:
        """Count only for an editor that is open: nobody else looks at it."""
        volume = self._views.volume.now
        if volume is None or not self.shown.now or self._counting is not None:
            return
        running = self._work.start(
            "volume3d.job.histogram",
            lambda progress: histogram(volume, progress),
            lambda counted: self._take(volume, counted),
            _cannot_fail,
            quiet=True,
        )
        self._counting = (volume, running)

    def _take(self, volume: Volume, counted: Histogram) -> None:
        if volume is self._views.volume.now:
            self.histogram.set(counted)


def _cannot_fail(error: VirtopsyError) -> None:
    raise error  # counting meets nothing that a person could help


def _share(opacity: float) -> float:
    return min(max(opacity, 0.0), 1.0)
