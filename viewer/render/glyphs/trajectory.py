"""A trajectory: a line with two ends and its deflections, an arrow only with a stated entry.

The chord to a lodged projectile is dashed: it is not the track, and nothing extends it.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from vtkmodules.vtkCommonDataModel import vtkPolyData

from viewer.render.glyphs import shapes
from viewer.render.glyphs.glyph import Form, Spot, Strand
from virtopsy.errors import Bug
from virtopsy.geometry.camera import Point, as_point
from virtopsy.geometry.frame import Floats

_TUBE_MM, _SELECTED_TUBE_MM = 0.9, 1.3
_RING_MM = 6.0
_ENTRY_RIM_MM, _EXIT_RIM_MM = 1.3, 0.7  # the entry ring is the heavy one, without any colour
_ARROW_MM = (14.0, 4.0)  # length, radius
_BEND = 1.7  # of a tube's radius: a ball where the track turns


@dataclass(frozen=True)
class TrajectoryGlyph:
    """What is drawn of one trajectory.

    Attributes:
        ends_lps_mm: the two ends.
        entry: 0 or 1, the end a person stated to be the entry; None draws no direction.
        selected: drawn thicker.
        name: shown beside it.
        colour: "#rrggbb".
        via_lps_mm: deflections from the first end to the second.
        lodged_lps_mm: where the projectile lies; None: not marked.
        chord: its ends are the chord to a lodged projectile, which is no track.
        brief: its number alone.
        opacity: from 0 to 1.
    """

    ends_lps_mm: tuple[Point, Point]
    entry: int | None = None
    selected: bool = False
    name: str = ""
    colour: str = "#f2c14e"
    via_lps_mm: tuple[Point, ...] = ()
    lodged_lps_mm: Point | None = None
    chord: bool = False
    brief: str = ""
    opacity: float = 1.0

    def __post_init__(self) -> None:
        if self.entry not in {None, 0, 1}:
            raise Bug(f"the entry is end 0 or 1 or not stated, got {self.entry}")

    @property
    def points(self) -> tuple[Point, ...]:
        """All points in the order of travel; as marked while no entry is stated."""
        first, last = self.ends_lps_mm
        marked = (first, *self.via_lps_mm, last)
        return marked[::-1] if self.entry == 1 else marked

    @property
    def anchor(self) -> Point:
        """The middle of the middle straight part."""
        points = self.points
        half = (len(points) - 1) // 2
        return as_point(np.mean(np.array(points[half : half + 2]), axis=0))

    @property
    def strands(self) -> tuple[Strand, ...]:
        """The track, and the chord to the projectile."""
        track = Strand(self.points, solid=not self.chord, projected=True)
        return (track, *(Strand(one, solid=False, projected=True) for one in self._chord()))

    @property
    def spots(self) -> tuple[Spot, ...]:
        """The ends, the deflections, and where the projectile lies."""
        ends = [
            Spot(end, Form.RINGS, _RING_MM, heavy=n == self.entry)
            for n, end in enumerate(self.ends_lps_mm)
        ]
        bends = [Spot(one, Form.DOT, _EXIT_RIM_MM) for one in self.via_lps_mm]
        lodged = (
            [] if self.lodged_lps_mm is None else [Spot(self.lodged_lps_mm, Form.BOX, _RING_MM)]
        )
        return (*ends, *bends, *lodged)

    def surface(self) -> vtkPolyData:
        """Return the glyph's triangles in LPS mm."""
        return shapes.joined(self._parts())

    def _chord(self) -> tuple[tuple[Point, Point], ...]:
        """Return the chord from the stated entry to the projectile."""
        if self.entry is None or self.lodged_lps_mm is None:
            return ()
        return ((self.ends_lps_mm[self.entry], self.lodged_lps_mm),)

    def _parts(self) -> Iterator[vtkPolyData]:
        radius = _SELECTED_TUBE_MM if self.selected else _TUBE_MM
        points = np.array(self.points)
        if self.chord:
            yield from shapes.dashes(points[0], points[-1], radius)
        else:
            yield from shapes.tubes(points, radius)
        yield from (shapes.ball(bend, _BEND * radius) for bend in points[1:-1])
        yield from self._lodged(radius)
        yield from self._ends(points, radius)

    def _lodged(self, radius: float) -> Iterator[vtkPolyData]:
        for first, second in self._chord():
            yield from shapes.dashes(np.array(first), np.array(second), 0.6 * radius)
        if self.lodged_lps_mm is not None:
            yield from shapes.box(np.array(self.lodged_lps_mm), _RING_MM, 0.6 * radius)

    def _ends(self, points: Floats, radius: float) -> Iterator[vtkPolyData]:
        begin, end = points[1] - points[0], points[-1] - points[-2]
        lengths = np.linalg.norm(begin), np.linalg.norm(end)
        if self.entry is None or 0 in lengths:
            yield from (shapes.ball(one, 2.2 * radius) for one in (points[0], points[-1]))
            return
        yield shapes.ring(points[0], begin / lengths[0], _RING_MM, _ENTRY_RIM_MM)
        if self.chord:
            yield from shapes.box(points[-1], _RING_MM, 0.6 * radius)
            return
        yield shapes.ring(points[-1], end / lengths[1], _RING_MM, _EXIT_RIM_MM)
        yield shapes.cone(points[-1], end / lengths[1], *_ARROW_MM)
