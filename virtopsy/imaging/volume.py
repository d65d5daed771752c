"""Voxels with their place in the patient, and where each slice came from."""

from __future__ import annotations

from bisect import bisect_left
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cached_property
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from virtopsy.errors import Bug
from virtopsy.geometry.frame import Floats, Frame
from virtopsy.imaging.display import UNSAID, Display
from virtopsy.imaging.voxels import Voxels, as_voxels

_HALF_WAY = 1e-6  # of a slice; what is nearer to the middle between two slices lies on it


class Quantity(StrEnum):
    """What a voxel's number means."""

    HU = "HU"
    SIGNAL = "signal"  # MR and anything else without a calibrated scale


@dataclass(frozen=True)
class SourceSlice:
    """The source of one slice of a volume."""

    sop_uid: str
    path: Path
    frame_number: int = 1  # 1-based, as DICOM counts frames of a multi-frame object


@dataclass(frozen=True)
class Identity:
    """Whose scan it is, as the files say it; shown on every view and picture."""

    patient_name: str = ""
    patient_id: str = ""
    study_uid: str = ""
    study_date: str = ""  # ISO date, empty when the files have none
    study_description: str = ""
    series_uid: str = ""
    series_description: str = ""
    modality: str = ""
    frame_of_reference_uid: str = ""
    birth_date: str = ""  # ISO date
    sex: str = ""  # M, F, O
    age: str = ""  # at the study, nnnD, nnnW, nnnM or nnnY


@dataclass(frozen=True, eq=False)
class Acquired:
    """The planes as the scanner made them, each at its own place; what is measured is read here.

    Attributes:
        voxels: (n, rows, columns) before any correction, of `voxels.KINDS`, read-only.
        origins_mm: (n, 3) LPS mm, the centre of each plane's first voxel, in order along the
            normal.
        directions: (3, 3), columns are the unit vectors of i, j and the normal in LPS.
        pixel_mm: distance of neighbouring voxels along (i, j).
    """

    voxels: Voxels
    origins_mm: Floats
    directions: Floats
    pixel_mm: tuple[float, float]

    def __post_init__(self) -> None:
        if self.origins_mm.shape != (len(self.voxels), 3):
            raise Bug(f"{self.origins_mm.shape} origins for {len(self.voxels)} planes")
        if len(self.voxels) > 1 and np.diff(self.depths_mm).min() <= 0:
            raise Bug("acquired planes must be in order along their normal")
        object.__setattr__(self, "voxels", as_voxels(self.voxels))
        self.voxels.setflags(write=False)

    @cached_property
    def depths_mm(self) -> Floats:
        """(n,) places of the planes along the normal, ascending."""
        depths: Floats = self.origins_mm @ self.directions[:, 2]
        return depths

    def nearest_plane(self, lps_mm: tuple[float, float, float]) -> int:
        """Return the index of the plane nearest to an LPS point along the normal."""
        depth = float(np.dot(lps_mm, self.directions[:, 2]))
        return _nearest(self.depths_mm, depth)

    def nearest_value(self, lps_mm: tuple[float, float, float]) -> float | None:
        """Return the value of the nearest voxel of the nearest plane, None beside that plane."""
        n = self.nearest_plane(lps_mm)
        offset = (np.asarray(lps_mm) - self.origins_mm[n]) @ self.directions[:, :2]
        i, j = offset / self.pixel_mm
        _, rows, columns = self.voxels.shape
        if not (-0.5 <= i <= columns - 0.5 and -0.5 <= j <= rows - 0.5):
            return None
        return float(self.voxels[n, _within(j, rows), _within(i, columns)])


@dataclass(frozen=True, eq=False)
class Volume:
    """One regular grid of values in the patient.

    Attributes:
        voxels: (slices, rows, columns), int16 wherever the data allow, read-only. Other types
            than `voxels.KINDS` become one of them where it has room; NaN is refused.
        frame: where the voxels lie, LPS mm.
        quantity: HU, or signal without a calibrated scale.
        identity: patient, study and series as the files say.
        sources: one entry an acquired plane, in order along the normal: the slices of the grid
            that are no gap, or the planes of `acquired`; empty for a volume computed from others.
        widest_gap_mm: largest distance of two neighbouring source planes where they lie
            unevenly and the grid between them is computed; None: the spacing of the frame.
        problems: codes of CLI.md that hold for this volume (drawn on the views and reported).
        gaps: the slices k, ascending, where no plane was acquired; they hold the empty value.
        acquired: the original planes of a corrected volume (gantry tilt, uneven spacing); None
            where the voxels are the acquired ones.
        compression_ratio: of the lossy compression of its slices, the largest that the files
            state; None where they state none.
        unread: slices whose pixels could not be decoded; they are gaps.
        arrived: (slices,) which of them have been read, while the others still are; None: all.
        display: how its files ask to be shown.
        ceiling_hu: the largest value that its files can hold, where its own largest is that: what
            stands there is at least so dense. One voxel is enough; `hu_saturated` needs several.
    """

    voxels: Voxels
    frame: Frame
    quantity: Quantity = Quantity.HU
    identity: Identity = field(default_factory=Identity)
    sources: tuple[SourceSlice, ...] = ()
    problems: tuple[str, ...] = ()
    widest_gap_mm: float | None = None
    gaps: tuple[int, ...] = ()
    acquired: Acquired | None = None
    compression_ratio: float | None = None
    unread: tuple[SourceSlice, ...] = ()
    arrived: NDArray[np.bool_] | None = None
    display: Display = UNSAID
    ceiling_hu: float | None = None

    def __post_init__(self) -> None:
        depth = self.frame.shape[0]
        if self.voxels.shape != self.frame.shape:
            raise Bug(f"voxels {self.voxels.shape} do not fit the frame {self.frame.shape}")
        if self.gaps and (list(self.gaps) != sorted({*self.gaps}) or self.gaps[-1] >= depth):
            raise Bug(f"gaps {self.gaps} are not ascending slices of {depth}")
        planes = depth - len(self.gaps) if self.acquired is None else len(self.acquired.voxels)
        if self.sources and len(self.sources) != planes:
            raise Bug(f"{len(self.sources)} sources for {planes} slices")
        object.__setattr__(self, "voxels", as_voxels(self.voxels))
        self.voxels.setflags(write=False)

    @property
    def measured_mm(self) -> tuple[float, float, float]:
        """How far apart (i, j, k) values were measured; computed planes between do not count."""
        i, j, k = self.frame.spacing_mm
        return i, j, max(k, self.widest_gap_mm or 0.0)

    @property
    def missing(self) -> tuple[int, ...]:
        """Return the gaps that stay: of a volume that is still being read, not what is to come."""
        if self.arrived is None:
            return self.gaps
        return tuple(k for k in self.gaps if self.arrived[k])

    @property
    def numbered(self) -> bool:
        """Tell whether slice k is the plane k + 1 of the scan, acquired or missing."""
        return self.widest_gap_mm is None

    def nearest_value(self, lps_mm: tuple[float, float, float]) -> float | None:
        """Return the value of the acquired voxel nearest to an LPS point.

        None outside the grid, where a plane is missing, and beside the acquired planes.
        """
        k = self.slice_at(lps_mm)
        if k is None or k in self.gaps or not self.frame.contains(lps_mm):
            return None
        if self.acquired is not None:
            return self.acquired.nearest_value(lps_mm)
        i, j, _ = self.frame.to_index(lps_mm)
        _, rows, columns = self.voxels.shape
        return float(self.voxels[k, _within(j, rows), _within(i, columns)])

    def nearest_source(self, lps_mm: tuple[float, float, float]) -> SourceSlice | None:
        """Return the source of the acquired plane nearest to an LPS point along the normal.

        None above, below and in gaps of the stack, and for a volume computed from others.
        """
        k = self.slice_at(lps_mm)
        if not self.sources or k is None or k in self.gaps:
            return None
        if self.acquired is not None:
            return self.sources[self.acquired.nearest_plane(lps_mm)]
        return self.sources[k - bisect_left(self.gaps, k)]

    def slice_at(self, lps_mm: tuple[float, float, float]) -> int | None:
        """Return the slice k that a point lies in, whatever its i and j; None beyond the ends.

        Half way between an acquired plane and a missing one it is the acquired one.
        """
        depth = self.frame.shape[0]
        place = float(self.frame.to_index(lps_mm)[2])
        if not -0.5 - _HALF_WAY <= place <= depth - 0.5 + _HALF_WAY:
            return None
        k = _within(place, depth)
        if k in self.gaps:
            for near in (k - 1, k + 1):
                if abs(place - near) <= 0.5 + _HALF_WAY and near not in self.gaps:
                    return _within(near, depth)
        return k


def _within(index: float, count: int) -> int:
    return min(max(round(index), 0), count - 1)


def _nearest(places: Floats, wanted: float) -> int:
    """Return the index of the ascending place nearest to the wanted one."""
    upper = int(np.searchsorted(places, wanted))
    if upper == 0 or upper == len(places):
        return min(upper, len(places) - 1)
    return upper - 1 if wanted - places[upper - 1] < places[upper] - wanted else upper
