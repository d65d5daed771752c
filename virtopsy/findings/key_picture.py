"""A view that the expert kept as telling: how to show it again, not its pixels."""

from __future__ import annotations

from dataclasses import dataclass, field

from typing_extensions import override

from virtopsy.findings.finding import DIRECTION, Finding
from virtopsy.geometry.camera import Point


@dataclass(frozen=True)
class KeyPicture(Finding):
    """One slice as it was looked at.

    Attributes:
        centre_lps_mm: Middle of the view, LPS mm.
        right: Unit vector along a row of the view, LPS.
        down: Unit vector along a column of the view, LPS.
        height_mm: How much of the body the view was high, mm.
        slab_mm: Thickness of the slab, mm; 0: a plain slice.
        window_centre: Middle of the grey window, HU or the series' own values.
        window_width: Width of the grey window.
    """

    centre_lps_mm: Point
    right: Point = field(metadata=DIRECTION)
    down: Point = field(metadata=DIRECTION)
    height_mm: float
    slab_mm: float = 0.0
    window_centre: float = 40.0
    window_width: float = 400.0

    kind = "key_picture"

    @override
    def __post_init__(self) -> None:
        super().__post_init__()
        self.require_points((self.centre_lps_mm, self.right, self.down))
        if self.height_mm <= 0 or self.window_width <= 0 or self.slab_mm < 0:
            raise ValueError("a view needs a height and a window")

    @property
    @override
    def places(self) -> tuple[Point, ...]:
        """The middle of the view; it is looked at again, not moved."""
        return (self.centre_lps_mm,)
