"""A note with an arrow."""

from __future__ import annotations

from dataclasses import dataclass, replace

from typing_extensions import override

from virtopsy.findings.finding import Finding, put
from virtopsy.geometry.camera import Point


@dataclass(frozen=True)
class Note(Finding):
    """Words that point at a place; the words are the finding's name and remark.

    Attributes:
        at_lps_mm: Where the arrow points, LPS mm.
        from_lps_mm: Where the arrow begins, LPS mm; null: there is no arrow.
    """

    at_lps_mm: Point
    from_lps_mm: Point | None = None

    kind = "note"

    @override
    def __post_init__(self) -> None:
        super().__post_init__()
        self.require_points(self.places)

    @property
    @override
    def places(self) -> tuple[Point, ...]:
        """The tip of the arrow, then its beginning."""
        return (self.at_lps_mm,) if self.from_lps_mm is None else (self.at_lps_mm, self.from_lps_mm)

    @override
    def moved(self, place: int, lps_mm: Point) -> Note:
        """Return the note with the tip or the beginning of its arrow moved."""
        tip, *tail = put(self.places, place, lps_mm)
        return replace(self, at_lps_mm=tip, from_lps_mm=tail[0] if tail else None)
