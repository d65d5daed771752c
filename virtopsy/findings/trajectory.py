"""A bullet's path as the expert marked it: two ends, and who said which of them is the entry.

Convention (LPS, patient): ``d`` is the unit direction of *travel*;
``elevation = asin(dz)``, + upward; ``azimuth = atan2(dx, dy)``: 0 straight front to back,
+ from right to left, 180 back to front. Until a person states the entry there is an axis with
two ends and neither azimuth nor elevation.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

import numpy as np

from virtopsy.errors import InputError
from virtopsy.findings.finding import Finding
from virtopsy.geometry.camera import Point
from virtopsy.geometry.direction import DirectionUncertainty, azimuth, elevation, from_end_scatter
from virtopsy.geometry.frame import Floats, Frame

GROUNDS = ("bevel", "fragments", "skin", "witness")
SHORTEST_MM = 1.0
"""Below this the two ends are one point for every scanner, and no direction exists."""
FARTHEST_MM = 10_000.0
"""No scanner's frame reaches so far; a point beyond it is a slip of the pen or a forgery."""
ASSUMED, STATED = "assumed", "spacing"
ASSUMED_SD_MM: Point = (1.0, 1.0, 1.0)
"""Of an end of a finding that came without any."""


@dataclass(frozen=True)
class Trajectory(Finding):
    """A straight track between two points.

    Attributes:
        ends_lps_mm: the two ends, LPS mm, in the order they were marked.
        entry: which end (0 or 1) the expert stated to be the entry; None: not stated.
        direction_by: "expert" once a person stated the entry, else None.
        stated_by: the name of the person who stated it.
        grounds: what the statement rests on, of `GROUNDS`.
        end_sd_mm: standard deviation (1 SD) of an end along x, y and z, mm.
        sd_source: how the standard deviation came about: "clicks", `STATED`, `ASSUMED`, or in the
            words of who handed the finding in.
    """

    ends_lps_mm: tuple[Point, Point]
    entry: int | None = None
    direction_by: str | None = None
    stated_by: str | None = None
    grounds: tuple[str, ...] = ()
    end_sd_mm: Point = ASSUMED_SD_MM
    sd_source: str = ASSUMED

    kind = "trajectory"

    def __post_init__(self) -> None:
        if not np.isfinite(self.ends_lps_mm).all() or not np.isfinite(self.end_sd_mm).all():
            raise InputError("findings.trajectory.not_finite", name=self.name)
        if np.abs(self.ends_lps_mm).max() > FARTHEST_MM:
            raise InputError("findings.trajectory.too_far", name=self.name, mm=FARTHEST_MM)
        if not 0.0 < min(self.end_sd_mm) <= max(self.end_sd_mm) <= FARTHEST_MM:
            raise InputError("findings.trajectory.end_sd", name=self.name)
        if self.length_mm < SHORTEST_MM:
            raise InputError("findings.trajectory.too_short", name=self.name, mm=SHORTEST_MM)
        if self.entry not in {0, 1, None}:
            raise InputError("findings.trajectory.entry", name=self.name)
        if self.direction_by != (None if self.entry is None else "expert"):
            raise InputError("findings.trajectory.direction_by", name=self.name)
        if not set(self.grounds) <= set(GROUNDS):
            raise InputError("findings.trajectory.grounds", name=self.name)

    @property
    def length_mm(self) -> float:
        """Distance between the two ends."""
        return math.dist(*self.ends_lps_mm)

    @property
    def axis(self) -> Point:
        """Unit vector from the first marked end to the second; no statement about travel."""
        return _unit(*self.ends_lps_mm)

    @property
    def entry_lps_mm(self) -> Point | None:
        """The stated entry."""
        return None if self.entry is None else self.ends_lps_mm[self.entry]

    @property
    def exit_lps_mm(self) -> Point | None:
        """The end opposite to the stated entry."""
        return None if self.entry is None else self.ends_lps_mm[1 - self.entry]

    @property
    def direction(self) -> Point | None:
        """Unit direction of travel; None until a person stated the entry."""
        if self.entry is None:
            return None
        return _unit(self.ends_lps_mm[self.entry], self.ends_lps_mm[1 - self.entry])

    @property
    def azimuth(self) -> float | None:
        """Azimuth of travel in radians; None without a stated entry."""
        return None if self.direction is None else azimuth(self.direction)

    @property
    def elevation(self) -> float | None:
        """Elevation of travel in radians; None without a stated entry."""
        return None if self.direction is None else elevation(self.direction)

    @property
    def uncertainty(self) -> DirectionUncertainty:
        """How well the marking fixes length and direction (measuring error only)."""
        return from_end_scatter(*self.ends_lps_mm, self.end_covariance)

    @property
    def end_covariance(self) -> Floats:
        """Covariance of each end, (3, 3) mm^2, LPS axes."""
        return np.diag(np.square(self.end_sd_mm))

    def with_end(self, end: int, lps_mm: Point) -> Trajectory:
        """Return the track with one end moved."""
        ends = list(self.ends_lps_mm)
        ends[end] = lps_mm
        return replace(self, ends_lps_mm=(ends[0], ends[1]))

    def stated(self, entry: int | None, by: str, grounds: tuple[str, ...] = ()) -> Trajectory:
        """Return the track with the entry stated by a person, or with the statement taken back."""
        if entry is None:
            return replace(self, entry=None, direction_by=None, stated_by=None, grounds=())
        return replace(self, entry=entry, direction_by="expert", stated_by=by, grounds=grounds)


def end_sd_of_clicks(
    frame: Frame, measured_mm: Point | None = None, click_mm: float = 1.0
) -> Point:
    """Return the SD (1 SD, mm) of one click along LPS x, y and z.

    A click is known no better than the voxel it falls in (uniform over each spacing, whose SD is
    spacing / sqrt(12)) and than the hand that made it.

    Args:
        frame: the grid.
        measured_mm: how far apart (i, j, k) values were measured, where the grid is finer than
            that because planes between were computed; None: the spacing of the grid.
        click_mm: SD of the hand along each axis; 1 mm is assumed, and said so in the report.
    """
    spacing_mm = frame.spacing_mm if measured_mm is None else measured_mm
    variance = np.square(frame.directions) @ (np.square(spacing_mm) / 12) + click_mm**2
    x, y, z = np.sqrt(variance).tolist()
    return x, y, z


def _unit(start: Point, end: Point) -> Point:
    x, y, z = (np.subtract(end, start) / math.dist(start, end)).tolist()
    return x, y, z
