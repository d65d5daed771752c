"""What every finding has, whatever its kind."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from itertools import chain
from math import isfinite
from types import MappingProxyType
from typing import Any, ClassVar

from virtopsy.errors import InputError
from virtopsy.findings.quantity import Quantity
from virtopsy.geometry.camera import Point

FARTHEST_MM = 10_000.0
"""No scanner's frame reaches so far; a point beyond it is a slip of the pen or a forgery."""
ASSUMED, STATED, CLICKS = "assumed", "spacing", "clicks"
"""How the standard deviation of a point came about."""
ASSUMED_SD_MM: Point = (1.0, 1.0, 1.0)
"""Of a point of a finding that came without any."""
LONGEST_TEXT = 10_000
DIRECTION: Mapping[str, int] = MappingProxyType({"decimals": 6})
"""Of a field that holds a unit vector: a micrometre's decimals would turn it by 0.03 degrees."""
_COLOUR = re.compile(r"#[0-9a-f]{6}")


class Certainty(StrEnum):
    """How sure the expert is."""

    DEFINITE = "definite"
    PROBABLE = "probable"
    POSSIBLE = "possible"


class Side(StrEnum):
    """The person's own side; unstated until somebody states it."""

    UNSTATED = ""
    LEFT = "left"
    RIGHT = "right"
    MIDLINE = "midline"
    BOTH = "both"


@dataclass(frozen=True, kw_only=True)
class Finding:
    """One thing the expert marked on one series.

    Attributes:
        finding_id: The same through every version.
        name: As the expert calls it.
        series_uid: DICOM Series Instance UID of the series its coordinates were marked on.
        frame_of_reference_uid: DICOM Frame of Reference UID the coordinates hold in.
        certainty: How sure the expert is.
        side: The person's own side.
        region: Body region, a code of resources/vocabularies/findings.json; empty: not stated.
        level: Level within the region in the expert's words, such as a vertebra or rib.
        grounds: What the finding rests on, of the kind's own list.
        colour: Colour on the views, #rrggbb; empty: the colour of the kind.
        remark: The expert's remark.
        made_in: View it was made in: axial, coronal, sagittal, along, across or 3d; empty: unknown.
        resampled: Whether that view showed computed pixels rather than acquired ones.
        seen_on_slice: SOP Instance UID of the source slice it was seen on; empty: of none.
    """

    kind: ClassVar[str] = ""
    GROUNDS: ClassVar[tuple[str, ...]] = ()

    finding_id: str
    name: str
    series_uid: str
    frame_of_reference_uid: str = ""
    certainty: Certainty = Certainty.DEFINITE
    side: Side = Side.UNSTATED
    region: str = ""
    level: str = ""
    grounds: tuple[str, ...] = ()
    colour: str = ""
    remark: str = ""
    made_in: str = ""
    resampled: bool = False
    seen_on_slice: str = ""

    def __post_init__(self) -> None:
        if not set(self.grounds) <= set(self.GROUNDS):
            given = ", ".join(self.GROUNDS) or "\u2013"
            raise InputError("findings.grounds", name=self.name, grounds=given)
        if self.colour and not _COLOUR.fullmatch(self.colour):
            raise InputError("findings.colour", name=self.name)
        if max(len(self.remark), len(self.level)) > LONGEST_TEXT:
            raise InputError("findings.too_long", name=self.name, most=LONGEST_TEXT)

    @property
    def quantities(self) -> tuple[Quantity, ...]:
        """Every number of the finding with its uncertainty and where it comes from."""
        return ()

    @property
    def places(self) -> tuple[Point, ...]:
        """The points that mark it, LPS mm, the one to jump to first; empty: it has no place."""
        return ()

    def moved(self, place: int, lps_mm: Point) -> Finding:
        """Return the finding with one of `places` moved; the same where it cannot be moved."""
        del place, lps_mm
        return self

    @classmethod
    def completed(cls, given: Mapping[str, Any]) -> Mapping[str, Any]:
        """Return the fields of a record with what the kind itself fills in."""
        return given

    def require_points(self, points: tuple[Point, ...], sd_mm: Point | None = None) -> None:
        """Refuse points that are none, or lie where no scanner reaches.

        Raises:
            InputError: names the finding.
        """
        spread = () if sd_mm is None else sd_mm
        if not all(map(isfinite, chain(*points, spread))):
            raise InputError("findings.not_finite", name=self.name)
        if points and max(map(abs, chain(*points))) > FARTHEST_MM:
            raise InputError("findings.too_far", name=self.name, mm=FARTHEST_MM)
        if sd_mm is not None and not 0.0 < min(sd_mm) <= max(sd_mm) <= FARTHEST_MM:
            raise InputError("findings.point_sd", name=self.name)


def put(points: tuple[Point, ...], place: int, lps_mm: Point) -> tuple[Point, ...]:
    """Return the points with one of them moved."""
    return tuple(lps_mm if one == place else point for one, point in enumerate(points))
