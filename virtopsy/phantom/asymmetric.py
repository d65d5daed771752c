"""A tiny solid that cannot be mistaken for its mirror image, scanned in any patient position.

For the promise that left is left: three balls of different density mark the patient's left,
front and top. Rows, columns and the order of slices turn with the patient as on a scanner,
whose picture axes stay with the gantry while the patient lies differently in it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType

import numpy as np
from pydicom.dataset import Dataset

from virtopsy.errors import Bug
from virtopsy.geometry.frame import Floats, Frame
from virtopsy.imaging.volume import Identity, SourceSlice, Volume
from virtopsy.phantom.head import uid
from virtopsy.phantom.shapes import Point
from virtopsy.phantom.write import write_slices

_SHAPE = (40, 48, 48)  # slices, rows, columns
_SPACING_MM = (1.0, 1.25, 1.5)  # along columns, rows, slices: all different
_CENTRE_MM = (12.0, -30.0, -412.5)
_BODY_RADII_MM = (15.0, 19.0, 21.0)
_BODY_HU, _AIR_HU = 40, -1000
# name: (offset from the centre, radius, HU)
_MARKERS: Mapping[str, tuple[Point, float, int]] = MappingProxyType(
    {
        "left": ((10.0, 2.0, -3.0), 3.0, 2000),
        "anterior": ((-1.0, -13.0, 2.0), 3.0, 1200),
        "superior": ((2.0, 1.0, 15.0), 3.0, 600),
    }
)
# Patient position (PS3.3 C.7.3.1.1.2): where the gantry's right-hand side of the picture and its
# floor lie in the patient, LPS. Their cross product is the way slices are counted.
_GANTRY: Mapping[str, tuple[Point, Point]] = MappingProxyType(
    {
        "HFS": ((1, 0, 0), (0, 1, 0)),
        "HFP": ((-1, 0, 0), (0, -1, 0)),
        "HFDR": ((0, 1, 0), (-1, 0, 0)),
        "HFDL": ((0, -1, 0), (1, 0, 0)),
        "FFS": ((-1, 0, 0), (0, 1, 0)),
        "FFP": ((1, 0, 0), (0, -1, 0)),
        "FFDR": ((0, -1, 0), (-1, 0, 0)),
        "FFDL": ((0, 1, 0), (1, 0, 0)),
    }
)
POSITIONS = tuple(_GANTRY)


@dataclass(frozen=True)
class Mark:
    """One ball: where it lies (LPS mm), its radius (mm) and its CT number."""

    centre_mm: Point
    radius_mm: float
    hu: int


def marks() -> dict[str, Mark]:
    """Return the balls on the patient's left, front and top; the same in every position."""
    return {
        name: Mark(_moved(offset), radius, hu) for name, (offset, radius, hu) in _MARKERS.items()
    }


def _moved(offset: Point) -> Point:
    x, y, z = (a + b for a, b in zip(_CENTRE_MM, offset, strict=True))
    return x, y, z


def frame(patient_position: str = "HFS") -> Frame:
    """Return the grid of a scan in a patient position.

    Raises:
        Bug: no such position.
    """
    if patient_position not in _GANTRY:
        raise Bug(f"no patient position {patient_position!r}, only {POSITIONS}")
    right, floor = (np.asarray(axis, np.float64) for axis in _GANTRY[patient_position])
    directions = np.stack([right, floor, np.cross(right, floor)], axis=1)
    half = (np.array(_SHAPE[::-1]) - 1) / 2 * _SPACING_MM
    return Frame.of(
        _SHAPE,
        origin_mm=np.asarray(_CENTRE_MM) - directions @ half,
        spacing_mm=_SPACING_MM,
        directions=directions,
    )


def volume(patient_position: str = "HFS") -> Volume:
    """Return the solid as scanned in a patient position, int16 HU, without noise."""
    grid = frame(patient_position)
    k, j, i = np.indices(grid.shape)
    places = grid.to_lps(np.stack([i, j, k], axis=-1))
    voxels = np.full(grid.shape, _AIR_HU, np.int16)
    voxels[_within(places, _CENTRE_MM, _BODY_RADII_MM)] = _BODY_HU
    for mark in marks().values():
        voxels[_within(places, mark.centre_mm, (mark.radius_mm,) * 3)] = mark.hu
    sources = tuple(
        SourceSlice(uid("asymmetric", patient_position, n), Path(f"IM{n:05d}"))
        for n in range(1, grid.shape[0] + 1)
    )
    return Volume(voxels, grid, identity=_identity(patient_position), sources=sources)


def _within(
    places: Floats, centre: Point, radii: Point
) -> np.ndarray[tuple[int, ...], np.dtype[np.bool_]]:
    inside: np.ndarray[tuple[int, ...], np.dtype[np.bool_]] = (
        ((places - centre) / radii) ** 2
    ).sum(axis=-1) <= 1
    return inside


def _identity(position: str) -> Identity:
    return Identity(
        patient_name="СИНТЕТИЧЕСКИЙ^ОБРАЗЕЦ",
        patient_id="PHANTOM-ASYM",
        study_uid=uid("asymmetric", position, "study"),
        study_date="2026-01-15",
        study_description="Asymmetric solid",
        series_uid=uid("asymmetric", position, "series"),
        series_description=f"Asymmetric solid {position}",
        modality="CT",
        frame_of_reference_uid=uid("asymmetric", position, "frame"),
    )


def write(folder: Path, patient_position: str = "HFS") -> dict[str, Mark]:
    """Write the solid as CT images, IM00001 to IM00040, and return its marks.

    Args:
        folder: created where it is missing.
        patient_position: one of `POSITIONS`.

    Raises:
        Bug: no such position.
    """
    case = volume(patient_position)
    folder.mkdir(parents=True, exist_ok=True)
    attributes = Dataset()
    attributes.PatientPosition = patient_position
    attributes.BodyPartExamined = "PHANTOM"
    write_slices(case, folder, attributes)
    return marks()
