"""A fracture or defect of bone: lines drawn where it was seen, and the source slice that shows it.

A surface by a threshold closes gaps under 2 mm and makes false holes in thin bone (orbit, squama,
sutures); so nothing is recorded of a bone from 3D alone.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum
from typing import ClassVar

from typing_extensions import override

from virtopsy.errors import InputError
from virtopsy.findings.finding import ASSUMED, ASSUMED_SD_MM, Finding, put
from virtopsy.findings.quantity import Quantity
from virtopsy.findings.uncertainty import path_quantity
from virtopsy.geometry.camera import Point


class FractureKind(StrEnum):
    """What the expert takes it to be."""

    UNSTATED = ""
    LINEAR = "linear"
    COMMINUTED = "comminuted"
    DEPRESSED = "depressed"
    HOLE = "hole"
    DIASTATIC = "diastatic"
    RADIAL = "radial"
    CONCENTRIC = "concentric"
    RING = "ring"
    TRANSVERSE = "transverse"
    OBLIQUE = "oblique"
    SPIRAL = "spiral"
    BUTTERFLY = "butterfly"
    AVULSION = "avulsion"
    COMPRESSION = "compression"


@dataclass(frozen=True)
class Fracture(Finding):
    """Lines on a bone.

    Attributes:
        line_lps_mm: The points of its line in their order, LPS mm; one point: a place alone.
        fracture: Type as the expert states; empty: not stated.
        bone: Which bone, in the expert's words.
        point_sd_mm: Standard deviation (1 SD) of a point along x, y and z, mm.
        sd_source: Where point_sd_mm comes from.
    """

    line_lps_mm: tuple[Point, ...]
    fracture: FractureKind = FractureKind.UNSTATED
    bone: str = ""
    point_sd_mm: Point = ASSUMED_SD_MM
    sd_source: str = ASSUMED

    kind = "fracture"
    GROUNDS: ClassVar[tuple[str, ...]] = ("line", "step", "displacement", "haemorrhage", "autopsy")

    @override
    def __post_init__(self) -> None:
        super().__post_init__()
        self.require_points(self.line_lps_mm, self.point_sd_mm)
        if not self.line_lps_mm:
            raise ValueError("a fracture needs a point")
        if not self.seen_on_slice:
            raise InputError("findings.fracture.not_seen", name=self.name)

    @property
    @override
    def places(self) -> tuple[Point, ...]:
        """The points of the line."""
        return self.line_lps_mm

    @property
    @override
    def quantities(self) -> tuple[Quantity, ...]:
        """The length of the line."""
        if len(self.line_lps_mm) < 2:
            return ()
        return (path_quantity("length", self.line_lps_mm, self.point_sd_mm, self.sd_source),)

    @override
    def moved(self, place: int, lps_mm: Point) -> Fracture:
        """Return the fracture with one point of its line moved."""
        return replace(self, line_lps_mm=put(self.line_lps_mm, place, lps_mm))
