"""What refining a track's ends gives: the ends with their joint scatter, and each hole in bone."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from virtopsy.geometry.camera import Point, as_point
from virtopsy.geometry.frame import Floats
from virtopsy.imaging.bevel import Bevel

RIMS, RIM_AND_LODGED = "rims", "rim_and_lodged"
"""How the ends came about: two rims; the entry's rim and a lodged end."""
OUTER, INNER = "outer", "inner"


@dataclass(frozen=True)
class Measured:
    """A length and its SD (1 SD), mm."""

    mm: float
    sd_mm: float


@dataclass(frozen=True, eq=False)
class RefinedHole:
    """One hole in bone and what was measured of it. All places LPS mm.

    Attributes:
        clicked: where it was clicked.
        rim: `OUTER` or `INNER`: the rim whose centre the track goes through.
        rim_by: "expert" where the statement of the entry chose it, else "narrowest".
        centre: of that rim.
        centre_covariance_mm2: (3, 3).
        outer, inner: where the axis of the track meets the tables.
        outer_diameter, inner_diameter: of the rims, across the track.
        thickness: of the bone along the track, and its SD.
        rim_points: (n, 3) places of the wall next to that rim.
        bevel: the hole's radius against depth, round the axis.
        residual_hu: SD of the voxels about the fitted hole.
        voxels: how many the fit rests on.
        moved_mm: from the click to where the axis meets the outer table.
    """

    clicked: Point
    rim: str
    rim_by: str
    centre: Point
    centre_covariance_mm2: Floats
    outer: Point
    inner: Point
    outer_diameter: Measured
    inner_diameter: Measured
    thickness: Measured
    rim_points: Floats
    bevel: Bevel
    residual_hu: float
    voxels: int

    @property
    def moved_mm(self) -> float:
        """From the click to where the axis meets the outer table."""
        return math.dist(self.clicked, self.outer)


@dataclass(frozen=True, eq=False)
class RefinedTrack:
    """A straight track through refined ends, in the order they were clicked.

    Attributes:
        method: `RIMS` or `RIM_AND_LODGED`.
        clicked: the ends as they were clicked, LPS mm.
        ends: where the axis meets the outer tables, LPS mm; a lodged end is where it was given.
        covariance_mm2: (6, 6) of both ends, LPS mm^2, 1 SD squared: x, y, z of the first, then of
            the second. The ends hang together, for both lie on one axis.
        entry: which end (0 or 1) the expert stated to be the entry; None: not stated.
        holes: what was measured of each; None of a lodged end.
        sd_source: "rim_fit": residuals of the fits, voxel spacing, count of voxels, and a part
            that was calibrated on constructed holes.
    """

    method: str
    clicked: tuple[Point, Point]
    ends: tuple[Point, Point]
    covariance_mm2: Floats
    entry: int | None
    holes: tuple[RefinedHole | None, RefinedHole | None]
    sd_source: str = "rim_fit"

    @property
    def axis(self) -> Point:
        """Unit vector from the first end to the second; no statement about travel."""
        return as_point(np.subtract(self.ends[1], self.ends[0]) / math.dist(*self.ends))

    @property
    def direction(self) -> Point | None:
        """Unit direction of travel; None until the expert states the entry."""
        if self.entry is None:
            return None
        x, y, z = self.axis
        return (x, y, z) if self.entry == 0 else (-x, -y, -z)
