"""Pictures along a path and across it: which place of the patient each of their pixels shows."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from viewer.render.slice_camera import Point, SectionCamera, direction_letters, fewer_pixels
from virtopsy.errors import Bug
from virtopsy.geometry.camera import as_point
from virtopsy.geometry.frame import Floats, Frame
from virtopsy.geometry.path import Path

BESIDE_MM = 40.0
"""How much is seen on each side of a path, at least."""
_BEFORE_MM = 18.0  # and before its beginning and behind its end


@dataclass(frozen=True)
class PathCamera:
    """A straightened picture: along the path to the right, its frame's `up` upwards.

    A mm has the same length along both sides. Beside a bent path lengths to the right are those
    on the path, not where they are seen: only the middle row is to scale.

    A pixel coordinate (x, y) is a centre, as of a `FlatCamera`.

    Attributes:
        path: in the middle row; it goes straight on beyond its ends.
        start_mm: arc length in the leftmost column.
        mm_per_pixel: scale along the path and across it.
        width: columns of the picture.
        height: rows of the picture.

    Raises:
        Bug: the scale or the size is not above zero.
    """

    path: Path
    start_mm: float
    mm_per_pixel: float
    width: int
    height: int

    def __post_init__(self) -> None:
        if not (self.mm_per_pixel > 0 and self.width > 0 and self.height > 0):
            raise Bug(f"a path camera needs a positive scale and size, got {self}")

    @classmethod
    def fit(cls, path: Path, half_mm: float, width: int, height: int) -> PathCamera:
        """Return the camera that shows all of a path, in the middle, and `half_mm` beside it."""
        scale = max(path.length_mm / max(width - 1, 1), 2 * half_mm / max(height - 1, 1))
        start = (path.length_mm - scale * (width - 1)) / 2
        return cls(path, start, scale, width, height)

    @classmethod
    def following(
        cls, path: Path, place_mm: float, closer: float, width: int, height: int
    ) -> PathCamera:
        """Return the camera that shows a path with what lies before, behind and beside it.

        Args:
            path: whole where `closer` is 1.
            place_mm: arc length that stays in its column, however much closer.
            closer: from 1, how much larger than whole.
            width: columns of the picture.
            height: rows of the picture.
        """
        seen = path.length_mm + 2 * _BEFORE_MM
        whole = max(seen / max(width - 1, 1), 2 * BESIDE_MM / max(height - 1, 1))
        start = (path.length_mm - whole * (width - 1)) / 2
        if closer > 1:
            start = place_mm - (place_mm - start) / closer
        return cls(path, start, whole / closer, width, height)

    def reduced(self, factor: int) -> PathCamera:
        """Return the camera of the same view with `factor` times fewer pixels along each side."""
        width, height, scale = fewer_pixels(self, factor)
        middle = self.start_mm + (self.width - 1) / 2 * self.mm_per_pixel
        return PathCamera(self.path, middle - (width - 1) / 2 * scale, scale, width, height)

    @property
    def arcs_mm(self) -> Floats:
        """(width,) arc length in each column."""
        arcs: Floats = self.start_mm + self.mm_per_pixel * np.arange(self.width, dtype=np.float64)
        return arcs

    def to_lps(self, x: float, y: float) -> Point:
        """Return the LPS point at a pixel coordinate."""
        there = self.path.at(self.start_mm + x * self.mm_per_pixel)
        above = ((self.height - 1) / 2 - y) * self.mm_per_pixel
        point = there.places_mm[0] + above * there.up[0]
        return float(point[0]), float(point[1]), float(point[2])

    def to_pixel(self, lps_mm: ArrayLike) -> tuple[float, float, float]:
        """Return the pixel of an LPS point and how far it lies beside the picture, mm.

        It is brought to the nearest place of the path; beyond the ends to the nearest end.
        """
        arc = self.path.nearest_arc_mm(lps_mm)
        there = self.path.at(arc)
        offset = np.asarray(lps_mm, dtype=np.float64) - there.places_mm[0]
        x = (arc - self.start_mm) / self.mm_per_pixel
        y = (self.height - 1) / 2 - float(offset @ there.up[0]) / self.mm_per_pixel
        return x, y, float(offset @ there.side[0])

    def letters_at(self, x: float) -> dict[str, str]:
        """Return the orientation letters of a column: where its top and bottom lie."""
        up = self.path.at(self.start_mm + x * self.mm_per_pixel).up[0]
        return {"top": direction_letters(up), "bottom": direction_letters(-up)}

    def columns(self, frame: Frame, behind_mm: float = 0.0) -> tuple[Floats, Floats]:
        """Return the index (i, j, k) of a frame along each column.

        Args:
            frame: of a volume.
            behind_mm: how far behind the picture, away from the reader.

        Returns:
            (width, 3) in row 0, and (width, 3) its change from row to row.
        """
        there = self.path.at(self.arcs_mm)
        half = (self.height - 1) / 2 * self.mm_per_pixel
        tops = frame.to_index(there.places_mm + half * there.up - behind_mm * there.side)
        steps = -self.mm_per_pixel * there.up @ frame.index_from_lps[:3, :3].T
        return tops, steps

    def flat(self) -> SectionCamera | None:
        """Return the same picture of a plane where the path is straight, else None."""
        if not self.path.is_straight:
            return None
        there = self.path.at(self.start_mm + (self.width - 1) / 2 * self.mm_per_pixel)
        return SectionCamera(
            right=as_point(there.ahead[0]),
            down=as_point(-there.up[0]),
            centre_mm=as_point(there.places_mm[0]),
            mm_per_pixel=self.mm_per_pixel,
            width=self.width,
            height=self.height,
        )


def section_across(
    path: Path, arc_mm: float, mm_per_pixel: float, width: int, height: int
) -> SectionCamera:
    """Return the plane at right angles to a path at an arc length, seen in the path's direction.

    The path goes through the middle of the picture; the frame's `up` is up.
    """
    there = path.at(arc_mm)
    return SectionCamera(
        right=as_point(there.side[0]),
        down=as_point(-there.up[0]),
        centre_mm=as_point(there.places_mm[0]),
        mm_per_pixel=mm_per_pixel,
        width=width,
        height=height,
    )
