"""What was measured on the acquired grid: from points, or from the values between them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from types import MappingProxyType

import numpy as np
from typing_extensions import override

from virtopsy.findings.finding import ASSUMED, ASSUMED_SD_MM, Finding, put
from virtopsy.findings.quantity import Quantity
from virtopsy.findings.uncertainty import (
    ENOUGH_REPEATS,
    angle_at,
    angle_sd,
    area_quantity,
    cobb_angle,
    cobb_sd,
    of_repeats,
    path_length,
    propagated_sd,
)
from virtopsy.geometry.camera import Point
from virtopsy.geometry.frame import Floats


class MeasureKind(StrEnum):
    """What is measured."""

    LENGTH = "length"
    CURVE = "curve"
    ANGLE = "angle"
    COBB = "cobb"
    AREA = "area"
    ROI = "roi"
    PROFILE = "profile"
    TO_LANDMARK = "to_landmark"


POINTS: Mapping[MeasureKind, tuple[int, int]] = MappingProxyType(
    {
        MeasureKind.LENGTH: (2, 2),
        MeasureKind.CURVE: (2, 1000),
        MeasureKind.ANGLE: (3, 3),
        MeasureKind.COBB: (4, 4),
        MeasureKind.AREA: (3, 1000),
        MeasureKind.ROI: (3, 3),
        MeasureKind.PROFILE: (2, 2),
        MeasureKind.TO_LANDMARK: (2, 2),
    }
)
"""Fewest and most points of each."""


@dataclass(frozen=True)
class Measure(Finding):
    """A measurement.

    Attributes:
        measure: What is measured.
        points_lps_mm: Its points in their order, LPS mm. An angle: arm, vertex, arm. Cobb: two ends
            of one line, two of the other. ROI: centre, middle of its right side, middle of its
            lower side.
        point_sd_mm: Standard deviation (1 SD) of a point along x, y and z, mm.
        sd_source: Where point_sd_mm comes from.
        repeats_lps_mm: Earlier independent markings of the same points, LPS mm.
        voxel_mm: Edge of an acquired voxel in the plane of an area, mm.
        landmark_id: Finding the distance was taken to; empty: none.
        outline: Ellipse or rectangle, of an ROI.
        profile: Values at equal steps from the first point to the second, of an HU profile.
        measured: Numbers that were reckoned from values or entered.
    """

    measure: MeasureKind
    points_lps_mm: tuple[Point, ...]
    point_sd_mm: Point = ASSUMED_SD_MM
    sd_source: str = ASSUMED
    repeats_lps_mm: tuple[tuple[Point, ...], ...] = ()
    voxel_mm: float = 1.0
    landmark_id: str = ""
    outline: str = ""
    profile: tuple[float, ...] = ()
    measured: tuple[Quantity, ...] = ()

    kind = "measure"

    @override
    def __post_init__(self) -> None:
        super().__post_init__()
        for points in (self.points_lps_mm, *self.repeats_lps_mm):
            self.require_points(points, self.point_sd_mm)
            least, most = POINTS[self.measure]
            if not least <= len(points) <= most:
                raise ValueError(f"{self.measure} of {len(points)} points")
        if self.voxel_mm <= 0:
            raise ValueError("a voxel has a size")

    @property
    @override
    def places(self) -> tuple[Point, ...]:
        """The points."""
        return self.points_lps_mm

    @property
    @override
    def quantities(self) -> tuple[Quantity, ...]:
        """What the points say, of repeated markings as mean and spread; then what was reckoned."""
        own = self._of(self.points_lps_mm)
        if own is None:
            return self.measured
        again = [self._of(one) for one in self.repeats_lps_mm]
        all_of_them = [*(one for one in again if one is not None), own]
        if len(all_of_them) >= ENOUGH_REPEATS and own.sd is not None:
            own = of_repeats(all_of_them)
        return (own, *self.measured)

    @override
    def moved(self, place: int, lps_mm: Point) -> Measure:
        """Return the measure with one point moved; what was reckoned from values is let go."""
        moved = put(self.points_lps_mm, place, lps_mm)
        return replace(self, points_lps_mm=moved, profile=(), measured=())

    def measured_again(self, points: tuple[Point, ...]) -> Measure:
        """Return the measure with one more independent marking."""
        return replace(
            self, points_lps_mm=points, repeats_lps_mm=(*self.repeats_lps_mm, self.points_lps_mm)
        )

    def _of(self, points: tuple[Point, ...]) -> Quantity | None:
        if self.measure is MeasureKind.AREA:
            return area_quantity("area", points, self.voxel_mm)
        if self.measure not in _RECKONED:
            return None
        unit, of = _RECKONED[self.measure]
        value = of(np.array(points, dtype=np.float64))
        sd = (
            _SD[self.measure](points, self.point_sd_mm)
            if self.measure in _SD
            else propagated_sd(of, points, self.point_sd_mm)
        )
        return Quantity(self.measure.value, value, unit, sd, source=self.sd_source)


_RECKONED: Mapping[MeasureKind, tuple[str, Callable[[Floats], float]]] = MappingProxyType(
    {
        MeasureKind.LENGTH: ("mm", path_length),
        MeasureKind.CURVE: ("mm", path_length),
        MeasureKind.TO_LANDMARK: ("mm", path_length),
        MeasureKind.PROFILE: ("mm", path_length),
        MeasureKind.ANGLE: ("deg", angle_at),
        MeasureKind.COBB: ("deg", cobb_angle),
    }
)
_SD: Mapping[MeasureKind, Callable[[tuple[Point, ...], Point], float]] = MappingProxyType(
    {MeasureKind.ANGLE: angle_sd, MeasureKind.COBB: cobb_sd}
)
