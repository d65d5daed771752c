"""A wound of skin or bone where the expert saw it, with its rim where that was drawn."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import ClassVar

from typing_extensions import override

from virtopsy.errors import InputError
from virtopsy.findings.finding import ASSUMED, ASSUMED_SD_MM, Finding, put
from virtopsy.findings.quantity import Quantity
from virtopsy.findings.uncertainty import length_quantity
from virtopsy.geometry.body_place import Flexion
from virtopsy.geometry.camera import Point


class WoundKind(StrEnum):
    """What the expert takes the wound to be."""

    UNSTATED = ""
    ENTRY = "entry"
    EXIT = "exit"
    GRAZE = "graze"
    STAB = "stab"
    INCISED = "incised"
    BLUNT = "blunt"


@dataclass(frozen=True)
class Wound(Finding):
    """A wound at one place.

    Attributes:
        at_lps_mm: Its centre, LPS mm.
        wound: Entry, exit, graze, stab, incised or blunt, as the expert states; empty: not stated.
        stated_by: Name of the person who stated it; null where nothing is stated.
        tissue: Where the centre lies: skin or bone; empty: not stated.
        shape: Shape in the expert's words, such as round, oval, slit-like or star-like.
        long_lps_mm: The two ends of its longest extent, LPS mm; empty: not measured.
        short_lps_mm: The two ends of its extent across, LPS mm; empty: not measured.
        blade_width_mm: Width of a blade to be tested against a stab in bone, mm; null: none.
        blade_thickness_mm: Thickness of its back, mm; null: not known.
        entered_height_mm: Height above the sole from the external examination, mm; null: not
            entered.
        entered_height_sd_mm: Standard deviation (1 SD) of it, mm.
        flexion: How legs and trunk lie: straight, flexed or cannot_be_judged; empty: not stated.
        posture_by: Name of who states that and the entered height.
        point_sd_mm: Standard deviation (1 SD) of a point along x, y and z, mm.
        sd_source: Where point_sd_mm comes from.
    """

    at_lps_mm: Point
    wound: WoundKind = WoundKind.UNSTATED
    stated_by: str | None = None
    tissue: str = ""
    shape: str = ""
    long_lps_mm: tuple[Point, ...] = ()
    short_lps_mm: tuple[Point, ...] = ()
    blade_width_mm: float | None = None
    blade_thickness_mm: float | None = None
    entered_height_mm: float | None = None
    entered_height_sd_mm: float | None = None
    flexion: str = ""
    posture_by: str = ""
    point_sd_mm: Point = ASSUMED_SD_MM
    sd_source: str = ASSUMED

    kind = "wound"
    GROUNDS: ClassVar[tuple[str, ...]] = (
        "bevel",
        "skin_rim",
        "skin",
        "fragments",
        "gas",
        "edges",
        "external_examination",
        "witness",
    )

    @override
    def __post_init__(self) -> None:
        super().__post_init__()
        self.require_points(
            (self.at_lps_mm, *self.long_lps_mm, *self.short_lps_mm), self.point_sd_mm
        )
        if (self.entered_height_mm is None) != (self.entered_height_sd_mm is None):
            raise InputError("findings.wound.height", name=self.name)
        if self.flexion and self.flexion not in set(Flexion):
            raise ValueError(f"no such posture: {self.flexion}")
        if not {len(self.long_lps_mm), len(self.short_lps_mm)} <= {0, 2}:
            raise ValueError("an extent has two ends")

    @property
    @override
    def places(self) -> tuple[Point, ...]:
        """The centre, then the ends of both extents."""
        return (self.at_lps_mm, *self.long_lps_mm, *self.short_lps_mm)

    @property
    @override
    def quantities(self) -> tuple[Quantity, ...]:
        """Length and width; of an ellipse on skin the angle to the skin at which it was struck."""
        extents = (("wound_length", self.long_lps_mm), ("wound_width", self.short_lps_mm))
        told = [
            length_quantity(code, (ends[0], ends[1]), self.point_sd_mm, self.sd_source)
            for code, ends in extents
            if ends
        ]
        if len(told) == len(extents) and self.tissue == "skin":
            told += _impact(told[0], told[1])
        return tuple(told)

    @override
    def moved(self, place: int, lps_mm: Point) -> Wound:
        """Return the wound with its centre or one end of an extent moved."""
        points = put(self.places, place, lps_mm)
        longs = 1 + len(self.long_lps_mm)
        return replace(
            self, at_lps_mm=points[0], long_lps_mm=points[1:longs], short_lps_mm=points[longs:]
        )


def _impact(length: Quantity, width: Quantity) -> list[Quantity]:
    """Return asin(width / length), degrees, of an ellipse on flat skin; none where it is round.

    First order: SD^2 = (SD(w)^2 + (w/l)^2 SD(l)^2) / (l^2 - w^2).
    """
    a, b = length.value, width.value
    if not 0 < b < a or length.sd is None or width.sd is None:
        return []
    sd = math.sqrt((width.sd**2 + (b / a * length.sd) ** 2) / (a**2 - b**2))
    angle = math.degrees(math.asin(b / a))
    return [Quantity("impact_angle", angle, "deg", math.degrees(sd), source=length.source)]
