"""A bullet's path as the expert marked it: two ends, and who said which of them is the entry.

Convention (LPS, patient): ``d`` is the unit direction of *travel*;
``elevation = asin(dz)``, + upward; ``azimuth = atan2(dx, dy)``: 0 straight front to back,
+ from right to left, 180 back to front. Until a person states the entry there is an axis with
two ends and neither azimuth nor elevation.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from itertools import pairwise
from typing import Any, ClassVar

import numpy as np
from typing_extensions import override

from virtopsy.errors import InputError
from virtopsy.findings.finding import ASSUMED, ASSUMED_SD_MM, STATED, Finding, put
from virtopsy.findings.quantity import Quantity
from virtopsy.findings.uncertainty import path_quantity
from virtopsy.geometry.camera import Point, as_point
from virtopsy.geometry.direction import DirectionUncertainty, azimuth, elevation, from_end_scatter
from virtopsy.geometry.frame import Floats

FIT = "fit"
"""The source of a scatter that a fit gave."""
SHORTEST_MM = 1.0
"""Below this the two ends are one point for every scanner, and no direction exists."""
_JOINT = 21  # values of the lower triangle of a (6, 6) matrix


class Outcome(StrEnum):
    """What became of the projectile, as the expert states."""

    UNSTATED = ""
    THROUGH = "through"
    LODGED = "lodged"


class Method(StrEnum):
    """How the two ends came about."""

    CLICKS = "clicks"
    RIM = "rim"
    POINTS = "points"
    FRAGMENTS = "fragments"
    CHORD = "chord"


_FITTED = frozenset({Method.RIM, Method.POINTS, Method.FRAGMENTS})


@dataclass(frozen=True)
class Trajectory(Finding):
    """A track between two points, straight or with deflections.

    Attributes:
        ends_lps_mm: The two ends, LPS mm, at least 1 mm apart, in the order they were marked.
        entry: Which end (0 or 1) a person stated to be the entry; null: not stated.
        direction_by: "expert" where entry is stated, else null.
        stated_by: Name of the person who stated the entry.
        end_sd_mm: Standard deviation (1 SD) of an end along x, y and z, mm. Without it 1 mm is
            assumed, and said so.
        sd_source: Where end_sd_mm comes from; not read without end_sd_mm, "spacing" (as stated)
            where end_sd_mm stands alone.
        joint_spread_mm: Scatter of both ends together where a fit gives it: the lower triangle, row
            by row, of L in S = L L^T, S being the (6, 6) covariance of end 0 (x, y, z) and end 1
            (x, y, z), mm; empty: the ends are independent, each with end_sd_mm.
        method: How the ends came about: clicks, rim (fit of the bone defects' narrow rims), points
            or fragments (fit of points along the track), chord (entry to a lodged bullet, which is
            not the track).
        clicks_lps_mm: The rough clicks a fit began from, LPS mm.
        via_lps_mm: Deflections between the ends, from end 0 to end 1, LPS mm.
        fitted_lps_mm: The points that were fitted: along the track, or on the rims, LPS mm.
        outcome: Through or lodged, as the expert states; empty: not stated.
        lodged_lps_mm: Where the projectile lies, LPS mm; null: not marked. The chord to it is no
            track.
        deflected_at_entry: Whether the expert states a deflection at the entry; the line is then
            not extended before it.
        order: In which order tracks were probed, from 1; null: not stated.
    """

    ends_lps_mm: tuple[Point, Point]
    entry: int | None = None
    direction_by: str | None = None
    stated_by: str | None = None
    end_sd_mm: Point = ASSUMED_SD_MM
    sd_source: str = ASSUMED
    joint_spread_mm: tuple[float, ...] = ()
    method: Method = Method.CLICKS
    clicks_lps_mm: tuple[Point, ...] = ()
    via_lps_mm: tuple[Point, ...] = ()
    fitted_lps_mm: tuple[Point, ...] = ()
    outcome: Outcome = Outcome.UNSTATED
    lodged_lps_mm: Point | None = None
    deflected_at_entry: bool = False
    order: int | None = None

    kind = "trajectory"
    GROUNDS: ClassVar[tuple[str, ...]] = ("bevel", "fragments", "skin", "witness")

    @override
    def __post_init__(self) -> None:
        super().__post_init__()
        lodged = () if self.lodged_lps_mm is None else (self.lodged_lps_mm,)
        marked = (*self.ends_lps_mm, *self.via_lps_mm, *self.clicks_lps_mm, *lodged)
        self.require_points((*marked, *self.fitted_lps_mm), self.end_sd_mm)
        if min(math.dist(a, b) for a, b in self.segments) < SHORTEST_MM:
            raise InputError("findings.trajectory.too_short", name=self.name, mm=SHORTEST_MM)
        if self.entry not in {0, 1, None}:
            raise InputError("findings.trajectory.entry", name=self.name)
        if self.direction_by != (None if self.entry is None else "expert"):
            raise InputError("findings.trajectory.direction_by", name=self.name)
        if self.order is not None and self.order < 1:
            raise InputError("findings.trajectory.order", name=self.name)
        if self.joint_spread_mm:
            self._require_spread()
        elif self.method in _FITTED or self.sd_source == FIT:
            raise InputError("findings.trajectory.no_fit", name=self.name)

    def _require_spread(self) -> None:
        if len(self.joint_spread_mm) != _JOINT or not np.isfinite(self.joint_spread_mm).all():
            raise InputError("findings.trajectory.joint", name=self.name)
        if not np.diag(self.end_covariance).all():
            raise InputError("findings.point_sd", name=self.name)

    @property
    def length_mm(self) -> float:
        """Distance between the two ends."""
        return math.dist(*self.ends_lps_mm)

    @property
    def segments(self) -> tuple[tuple[Point, Point], ...]:
        """The straight parts, from end 0 over the deflections to end 1."""
        start, end = self.ends_lps_mm
        points = (start, *self.via_lps_mm, end)
        return tuple(pairwise(points))

    @property
    def axis(self) -> Point:
        """Unit vector from the first marked end to the second; no statement about travel."""
        return _unit(*self.ends_lps_mm)

    @property
    @override
    def places(self) -> tuple[Point, ...]:
        """The two ends, then the deflections, then the lodged projectile."""
        lodged = () if self.lodged_lps_mm is None else (self.lodged_lps_mm,)
        return (*self.ends_lps_mm, *self.via_lps_mm, *lodged)

    @property
    @override
    def quantities(self) -> tuple[Quantity, ...]:
        """Length, the 95% cone, and the angles of travel as far as they are defined."""
        spread, source = self.uncertainty, self.spread_source
        if self.via_lps_mm:  # no one straight line: each part has its own direction
            start, end = self.ends_lps_mm
            bent = (start, *self.via_lps_mm, end)
            return (path_quantity("curve", bent, self.end_sd_mm, source),)
        told = [
            Quantity("length", self.length_mm, "mm", spread.length_sd_mm, source=source),
            Quantity("cone95", math.degrees(spread.cone95_half_angle), "deg", source=source),
        ]
        if self.azimuth is not None and spread.azimuth_defined:
            told.append(_degrees("azimuth", self.azimuth, spread.azimuth_sd, source))
        if self.elevation is not None:
            told.append(_degrees("elevation", self.elevation, spread.elevation_sd, source))
        return tuple(told)

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
        """Covariance, LPS axes, mm^2: (3, 3) of each end, or (6, 6) of both where a fit gave it."""
        if not self.joint_spread_mm:
            return np.diag(np.square(self.end_sd_mm))
        lower = np.zeros((6, 6))
        lower[np.tril_indices(6)] = self.joint_spread_mm
        covariance: Floats = lower @ lower.T
        return covariance

    @property
    def spread_source(self) -> str:
        """Where the scatter comes from: the fit, or what the SD of an end rests on."""
        return FIT if self.joint_spread_mm else self.sd_source

    @override
    def moved(self, place: int, lps_mm: Point) -> Trajectory:
        """Return the track with an end, a deflection or the lodged projectile moved by hand."""
        ends, vias = len(self.ends_lps_mm), len(self.via_lps_mm)
        if place < ends:
            return self.with_end(place, lps_mm)
        if place < ends + vias:
            return replace(self, via_lps_mm=put(self.via_lps_mm, place - ends, lps_mm))
        return replace(self, lodged_lps_mm=lps_mm)

    def with_end(self, end: int, lps_mm: Point) -> Trajectory:
        """Return the track with one end moved by hand: a fit does not hold any longer."""
        first, second = put(self.ends_lps_mm, end, lps_mm)
        fitted = self.sd_source == FIT
        return replace(
            self,
            ends_lps_mm=(first, second),
            end_sd_mm=ASSUMED_SD_MM if fitted else self.end_sd_mm,
            sd_source=ASSUMED if fitted else self.sd_source,
            joint_spread_mm=(),
            method=Method.CLICKS,
            clicks_lps_mm=(),
            fitted_lps_mm=(),
        )

    def fitted(
        self,
        ends_lps_mm: tuple[Point, Point],
        covariance: Floats,
        method: Method,
        points: tuple[Point, ...] = (),
    ) -> Trajectory:
        """Return the track with ends that a fit found.

        Args:
            ends_lps_mm: in the order of the present ends.
            covariance: (6, 6) of both, mm^2, LPS axes, positive definite.
            method: of the fit.
            points: what was fitted, LPS mm.
        """
        lower = np.linalg.cholesky(covariance)[np.tril_indices(6)]
        sd = np.sqrt(np.diag(covariance)).reshape(2, 3).max(axis=0)
        return replace(
            self,
            ends_lps_mm=ends_lps_mm,
            joint_spread_mm=tuple(lower.tolist()),
            end_sd_mm=as_point(sd),
            sd_source=FIT,
            method=method,
            clicks_lps_mm=self.clicks_lps_mm or self.ends_lps_mm,
            fitted_lps_mm=points,
        )

    @classmethod
    @override
    def completed(cls, given: Mapping[str, Any]) -> Mapping[str, Any]:
        """Return the fields of a record; a source without its figures is a name for nothing."""
        if given.get("end_sd_mm") is None:
            return {**given, "end_sd_mm": ASSUMED_SD_MM, "sd_source": ASSUMED}
        return {"sd_source": STATED, **given}

    def stated(self, entry: int | None, by: str, grounds: tuple[str, ...] = ()) -> Trajectory:
        """Return the track with the entry stated by a person, or with the statement taken back."""
        if entry is None:
            return replace(self, entry=None, direction_by=None, stated_by=None, grounds=())
        return replace(self, entry=entry, direction_by="expert", stated_by=by, grounds=grounds)


def _degrees(code: str, angle: float, sd: float, source: str) -> Quantity:
    return Quantity(code, math.degrees(angle), "deg", math.degrees(sd), source=source)


def _unit(start: Point, end: Point) -> Point:
    x, y, z = (np.subtract(end, start) / math.dist(start, end)).tolist()
    return x, y, z
