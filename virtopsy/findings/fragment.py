"""A dense foreign body: its place, size and values, never its metal or calibre.

CT shows metal too large by an amount that is not known without a reference ball in the same scan,
and Hounsfield values do not name a metal (Paulis 2019); so neither is stated here.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum
from typing import ClassVar

import numpy as np
from typing_extensions import override

from virtopsy.findings.finding import ASSUMED, ASSUMED_SD_MM, STATED, Finding
from virtopsy.findings.quantity import Quantity
from virtopsy.geometry.camera import Point, as_point
from virtopsy.imaging.metal import MetalPiece
from virtopsy.imaging.volume import Volume


class FragmentKind(StrEnum):
    """What the expert takes it to be."""

    FRAGMENT = "fragment"
    PROJECTILE = "projectile"
    OTHER = "other"


class Site(StrEnum):
    """Where it lies; what lies outside may still be a projectile."""

    UNSTATED = ""
    INSIDE = "inside"
    SURFACE = "surface"
    OUTSIDE = "outside"


@dataclass(frozen=True)
class Fragment(Finding):
    """A piece of metal or another dense foreign body.

    Attributes:
        centre_lps_mm: Its centre, LPS mm.
        fragment: Fragment, projectile or other, as the expert states.
        size_mm: Edges of the oriented box round it, longest first, mm; null: not measured.
        size_sd_mm: Standard deviation (1 SD) of an edge, mm; blooming is not part of it.
        volume_mm3: Volume, mm3; null: not measured.
        volume_low_mm3: Lower end of the volume's range (threshold + 50 HU, half a voxel less).
        volume_high_mm3: Upper end of the volume's range (threshold - 50 HU, half a voxel more).
        max_hu: Largest value in it; null: not measured.
        saturated: Whether that is a plateau at the largest value the series could store.
        threshold_hu: Value above which its voxels were counted; null: it was marked by hand.
        site: Inside, surface or outside of the body.
        may_be_dental: Whether it lies where teeth and fillings lie.
        point_sd_mm: Standard deviation (1 SD) of the centre along x, y and z, mm.
        sd_source: Where point_sd_mm comes from.
    """

    centre_lps_mm: Point
    fragment: FragmentKind = FragmentKind.FRAGMENT
    size_mm: Point | None = None
    size_sd_mm: float | None = None
    volume_mm3: float | None = None
    volume_low_mm3: float | None = None
    volume_high_mm3: float | None = None
    max_hu: float | None = None
    saturated: bool = False
    threshold_hu: float | None = None
    site: Site = Site.UNSTATED
    may_be_dental: bool = False
    point_sd_mm: Point = ASSUMED_SD_MM
    sd_source: str = ASSUMED

    kind = "fragment"
    GROUNDS: ClassVar[tuple[str, ...]] = ("density", "streaks", "autopsy")

    @override
    def __post_init__(self) -> None:
        super().__post_init__()
        self.require_points((self.centre_lps_mm,), self.point_sd_mm)

    @property
    @override
    def places(self) -> tuple[Point, ...]:
        """The centre."""
        return (self.centre_lps_mm,)

    @property
    @override
    def quantities(self) -> tuple[Quantity, ...]:
        """Edges, volume and largest value, as far as they were measured."""
        told = []
        for code, edge in zip(("size_a", "size_b", "size_c"), self.size_mm or (), strict=False):
            told.append(Quantity(code, edge, "mm", sd=self.size_sd_mm, source="threshold"))
        if self.volume_mm3 is not None:
            low, high = self.volume_low_mm3, self.volume_high_mm3
            told.append(
                Quantity("volume", self.volume_mm3, "mm3", low=low, high=high, source="threshold")
            )
        if self.max_hu is not None:
            told.append(Quantity("maximum", self.max_hu, "HU"))
        return tuple(told)

    @override
    def moved(self, place: int, lps_mm: Point) -> Fragment:
        """Return the fragment at another place; what was measured there is let go."""
        del place
        return replace(
            self,
            centre_lps_mm=lps_mm,
            size_mm=None,
            size_sd_mm=None,
            volume_mm3=None,
            volume_low_mm3=None,
            volume_high_mm3=None,
            max_hu=None,
            saturated=False,
            threshold_hu=None,
        )


def of_piece(piece: MetalPiece, volume: Volume, finding_id: str, name: str) -> Fragment:
    """Return a piece that was found in a scan as a finding.

    Its centre is known to half a voxel at best (uniform over each spacing, spacing / sqrt(12)).
    The SD of an edge is a quarter of its range, which is taken for a 95% interval.
    """
    source = volume.nearest_source(piece.centre_lps_mm)
    spread = np.square(volume.frame.directions) @ (np.square(volume.measured_mm) / 12)
    widths = [high - low for low, high in piece.size_range_mm]
    low, high = piece.volume_range_mm3
    return Fragment(
        finding_id=finding_id,
        name=name,
        series_uid=volume.identity.series_uid,
        frame_of_reference_uid=volume.identity.frame_of_reference_uid,
        resampled=volume.acquired is not None,
        seen_on_slice="" if source is None else source.sop_uid,
        centre_lps_mm=piece.centre_lps_mm,
        size_mm=piece.size_mm,
        size_sd_mm=max(widths) / 4,
        volume_mm3=piece.volume_mm3,
        volume_low_mm3=low,
        volume_high_mm3=high,
        max_hu=piece.max_hu,
        saturated=piece.saturated,
        threshold_hu=piece.threshold_hu,
        site=Site(piece.site.value),
        may_be_dental=piece.may_be_dental,
        point_sd_mm=as_point(np.sqrt(spread)),
        sd_source=STATED,
    )
