"""An anatomical landmark: what the body's own frame rests on."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import ClassVar

import numpy as np
from typing_extensions import override

from virtopsy.findings.finding import ASSUMED, ASSUMED_SD_MM, Finding
from virtopsy.findings.uncertainty import spread_of_repeats
from virtopsy.geometry.camera import Point, as_point
from virtopsy.geometry.frame import Floats


@dataclass(frozen=True)
class Landmark(Finding):
    """A named point of the body.

    Attributes:
        at_lps_mm: Where it is, LPS mm; of repeated markings the last.
        landmark: Code of resources/vocabularies/landmarks.json; empty: only the name says it.
        repeats_lps_mm: Earlier independent markings of the same landmark, LPS mm.
        side_confirmed_by: Name of the person who confirmed left and right; null: nobody yet.
        against_scanner: Whether that was confirmed in the knowledge that the scanner's own left and
            right say the contrary.
        point_sd_mm: Standard deviation (1 SD) of one marking along x, y and z, mm.
        sd_source: Where point_sd_mm comes from.
    """

    at_lps_mm: Point
    landmark: str = ""
    repeats_lps_mm: tuple[Point, ...] = ()
    side_confirmed_by: str | None = None
    against_scanner: bool = False
    point_sd_mm: Point = ASSUMED_SD_MM
    sd_source: str = ASSUMED

    kind = "landmark"
    GROUNDS: ClassVar[tuple[str, ...]] = ()

    @override
    def __post_init__(self) -> None:
        super().__post_init__()
        self.require_points((self.at_lps_mm, *self.repeats_lps_mm), self.point_sd_mm)

    @property
    @override
    def places(self) -> tuple[Point, ...]:
        """The landmark."""
        return (self.at_lps_mm,)

    @property
    def mean_lps_mm(self) -> Point:
        """The mean of all markings."""
        return as_point(np.mean([*self.repeats_lps_mm, self.at_lps_mm], axis=0))

    @property
    def covariance_mm2(self) -> Floats:
        """Covariance of the mean, (3, 3) mm^2, LPS axes: of the repeats where there are three."""
        return spread_of_repeats((*self.repeats_lps_mm, self.at_lps_mm), self.point_sd_mm)

    @override
    def moved(self, place: int, lps_mm: Point) -> Landmark:
        """Return the landmark at another place."""
        del place
        return replace(self, at_lps_mm=lps_mm, side_confirmed_by=None, against_scanner=False)

    def marked_again(self, lps_mm: Point) -> Landmark:
        """Return the landmark with one more independent marking."""
        return replace(
            self, at_lps_mm=lps_mm, repeats_lps_mm=(*self.repeats_lps_mm, self.at_lps_mm)
        )
