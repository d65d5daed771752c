"""Voxels with their place in the patient, and where each slice came from."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from virtopsy.errors import Bug
from virtopsy.geometry.frame import Frame

Voxels = NDArray[Any]


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
class Volume:
    """One regular grid of values in the patient.

    Attributes:
        voxels: (slices, rows, columns), int16 wherever the data allow, read-only.
        frame: where the voxels lie, LPS mm.
        quantity: HU, or signal without a calibrated scale.
        identity: patient, study and series as the files say.
        sources: one entry a slice, in the order of k; empty for a volume computed from others.
        widest_gap_mm: largest distance of two neighbouring source planes where they lie
            unevenly and the grid between them is computed; None: the spacing of the frame.
        problems: codes of CLI.md that hold for this volume (drawn on the views and reported).
    """

    voxels: Voxels
    frame: Frame
    quantity: Quantity = Quantity.HU
    identity: Identity = field(default_factory=Identity)
    sources: tuple[SourceSlice, ...] = ()
    problems: tuple[str, ...] = ()
    widest_gap_mm: float | None = None

    def __post_init__(self) -> None:
        if self.voxels.shape != self.frame.shape:
            raise Bug(f"voxels {self.voxels.shape} do not fit the frame {self.frame.shape}")
        if self.sources and len(self.sources) != self.frame.shape[0]:
            raise Bug(f"{len(self.sources)} sources for {self.frame.shape[0]} slices")
        self.voxels.setflags(write=False)

    @property
    def measured_mm(self) -> tuple[float, float, float]:
        """How far apart (i, j, k) values were measured; computed planes between do not count."""
        i, j, k = self.frame.spacing_mm
        return i, j, max(k, self.widest_gap_mm or 0.0)

    def nearest_value(self, lps_mm: tuple[float, float, float]) -> float | None:
        """Return the value of the acquired voxel at an LPS point, None outside the grid."""
        if not self.frame.contains(lps_mm):
            return None
        i, j, k = np.rint(self.frame.to_index(lps_mm)).astype(int)
        depth, rows, columns = self.voxels.shape
        return float(
            self.voxels[
                min(max(k, 0), depth - 1), min(max(j, 0), rows - 1), min(max(i, 0), columns - 1)
            ]
        )
