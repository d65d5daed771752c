"""A place, lines, or both: wounds, fragments, fractures, landmarks, measures, notes, regions."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from types import MappingProxyType

import numpy as np
from vtkmodules.vtkCommonDataModel import vtkPolyData

from viewer.render.glyphs import shapes
from viewer.render.glyphs.glyph import Form, Spot, Strand
from virtopsy.geometry.camera import Point
from virtopsy.geometry.frame import Floats

_RIM_MM, _SELECTED_RIM_MM = 0.45, 0.75
_ARROW_MM = (8.0, 2.4)  # length, radius


@dataclass(frozen=True)
class MarkGlyph:
    """What is drawn of a finding that is no trajectory.

    Attributes:
        anchor: where its label points, LPS mm.
        form: how that place is drawn; None: by its lines alone.
        radius_mm: half its size.
        lines: LPS mm, each through two points or more.
        arrow: whether a head stands at the end of the first line.
        name, brief, colour, selected, opacity: as of every glyph.
    """

    anchor: Point
    form: Form | None = None
    radius_mm: float = 5.0
    lines: tuple[tuple[Point, ...], ...] = ()
    arrow: bool = False
    name: str = ""
    brief: str = ""
    colour: str = "#e6e6e6"
    selected: bool = False
    opacity: float = 1.0

    @property
    def strands(self) -> tuple[Strand, ...]:
        """Its lines."""
        return tuple(Strand(one) for one in self.lines)

    @property
    def spots(self) -> tuple[Spot, ...]:
        """Its place."""
        if self.form is None:
            return ()
        return (Spot(self.anchor, self.form, self.radius_mm, heavy=self.selected),)

    def surface(self) -> vtkPolyData:
        """Return the glyph's triangles in LPS mm."""
        return shapes.joined(self._parts())

    def _parts(self) -> Iterator[vtkPolyData]:
        rim = _SELECTED_RIM_MM if self.selected else _RIM_MM
        if self.form is not None:
            yield from _SHAPES[self.form](np.array(self.anchor), self.radius_mm, rim)
        for line in self.lines:
            yield from shapes.tubes(line, 1.3 * rim)
        if self.arrow and self.lines:
            before, tip = np.array(self.lines[0][-2]), np.array(self.lines[0][-1])
            length = float(np.linalg.norm(tip - before))
            if length > 0:
                yield shapes.cone(tip, (tip - before) / length, *_ARROW_MM)


def _dot(centre: Floats, radius: float, _rim: float) -> Iterable[vtkPolyData]:
    return (shapes.ball(centre, radius),)


_SHAPES: Mapping[Form, Callable[[Floats, float, float], Iterable[vtkPolyData]]] = MappingProxyType(
    {
        Form.RINGS: shapes.rings,
        Form.BOX: shapes.box,
        Form.CROSS: shapes.cross,
        Form.DIAMOND: shapes.diamond,
        Form.DOT: _dot,
    }
)
