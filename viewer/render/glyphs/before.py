"""The widening tube before an entry: where the straight line came from, with 95%, never a tip.

The radius is that of `miss95_mm`: measuring error alone. Whoever draws it says beside it what it
leaves out (`block.before_words`).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from vtkmodules.vtkCommonDataModel import vtkPolyData

from viewer.render.glyphs import shapes
from viewer.render.glyphs.glyph import Spot, Strand
from virtopsy.findings.segments import straight_parts
from virtopsy.findings.trajectory import Method, Outcome, Trajectory
from virtopsy.geometry.camera import Point, as_point
from virtopsy.geometry.direction import miss95_mm

BEFORE_MM = 150.0
"""How far it is drawn: enough to see it widen, and not so far that it would point at a place."""
_STEPS = 31
_RIM_MM = 0.5


@dataclass(frozen=True)
class BeforeGlyph:
    """The tube before one entry.

    Attributes:
        entry_lps_mm: where it begins, with the radius there.
        far_lps_mm: where it is cut off, open.
        radii_mm: 95% radii at equal steps from the entry outwards, mm.
        colour: of the track it belongs to.
        name, brief, selected, opacity: as of every glyph; it has no label of its own.
    """

    entry_lps_mm: Point
    far_lps_mm: Point
    radii_mm: tuple[float, ...]
    colour: str
    name: str = ""
    brief: str = ""
    selected: bool = False
    opacity: float = 0.35

    @property
    def anchor(self) -> Point:
        """Where it begins."""
        return self.entry_lps_mm

    @property
    def strands(self) -> tuple[Strand, ...]:
        """Nothing of it lies on a slice: it is outside of the body."""
        return ()

    @property
    def spots(self) -> tuple[Spot, ...]:
        """Nothing of it lies on a slice."""
        return ()

    def surface(self) -> vtkPolyData:
        """Return the tube and the rim of its open end, LPS mm."""
        first, second = np.array(self.entry_lps_mm), np.array(self.far_lps_mm)
        normal = (second - first) / np.linalg.norm(second - first)
        rim = shapes.ring(second, normal, self.radii_mm[-1], _RIM_MM)
        return shapes.joined((shapes.widening(first, second, self.radii_mm), rim))


def before_entry(track: Trajectory, colour: str) -> BeforeGlyph | None:
    """Return the tube before a track's entry; None where there is nothing that may be extended.

    Nothing is extended without a stated entry, where a deflection at the entry is stated, or from
    the chord to a lodged projectile, which two clicks are where it lodged. Of a deflected track
    the part from the entry is extended.
    """
    lodged = track.outcome is Outcome.LODGED and track.method is Method.CLICKS
    chord = lodged or track.method is Method.CHORD
    if track.entry is None or track.deflected_at_entry or chord:
        return None
    first = straight_parts(track)[0]
    start, end = first.ends_lps_mm
    spread = first.end_covariance
    if first.entry == 1:
        start, end = end, start
        if spread.shape == (6, 6):
            spread = np.roll(spread, 3, axis=(0, 1))
    direction = np.array(first.direction)
    radii = tuple(
        miss95_mm(start, end, spread, float(one)) for one in np.linspace(0.0, BEFORE_MM, _STEPS)
    )
    return BeforeGlyph(start, as_point(np.array(start) - BEFORE_MM * direction), radii, colour)
