"""Small series on disk in any orientation, and what the exchange knows of them."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np
from pydicom.dataset import Dataset

from tests.virtopsy.findings.some import SERIES
from virtopsy.case.subject import Subject
from virtopsy.dicom.scan import scan
from virtopsy.exchange.author import Author
from virtopsy.exchange.source import Source, sources_of
from virtopsy.geometry.frame import Frame
from virtopsy.imaging.volume import Identity, SourceSlice, Volume
from virtopsy.jobs import Progress
from virtopsy.phantom.write import write_slices

AUTHOR = Author("Ә. Сарапшы", datetime(2026, 11, 26, 7, 30, tzinfo=UTC), Subject.DECEASED)
STUDY, FRAME_UID = "1.2.2", "1.2.4"
_SHAPE = (4, 5, 6)
_C, _S = np.cos(0.4), np.sin(0.4)
ORIENTATIONS: dict[str, Any] = {
    "axial": np.eye(3),
    "sagittal": [[0, 0, 1], [1, 0, 0], [0, 1, 0]],
    "coronal": [[1, 0, 0], [0, 0, 1], [0, -1, 0]],
    "prone": [[-1, 0, 0], [0, -1, 0], [0, 0, 1]],
    "feet_first": [[-1, 0, 0], [0, 1, 0], [0, 0, -1]],
    "oblique": [[_C, 0, _S], [0, 1, 0], [-_S, 0, _C]],
    "twice_oblique": np.array([[_C, -_S, 0], [_S, _C, 0], [0, 0, 1]])
    @ np.array([[1, 0, 0], [0, _C, -_S], [0, _S, _C]]),
}
"""Columns are the unit vectors of i, j and k in LPS, right-handed."""


def frame(orientation: str, shape: tuple[int, int, int] = _SHAPE) -> Frame:
    """Return a grid of another spacing along each axis."""
    spacing, origin = (0.8, 0.9, 1.5), (-11.0, 7.0, -3.0)
    return Frame.of(
        shape, origin_mm=origin, spacing_mm=spacing, directions=ORIENTATIONS[orientation]
    )


def write(
    folder: Path,
    orientation: str = "axial",
    *,
    shape: tuple[int, int, int] = _SHAPE,
    missing: tuple[int, ...] = (),
    **attributes: Any,
) -> Path:
    """Write the series the findings of `some.py` are on; slices 1.2.5, 1.2.6 and so on."""
    folder.mkdir(parents=True, exist_ok=True)
    grid = frame(orientation, shape)
    slices = tuple(
        SourceSlice(f"1.2.{5 + k}", folder / f"IM{(7 * k) % 100:05d}") for k in range(shape[0])
    )
    voxels = np.arange(np.prod(shape)).reshape(shape).astype(np.int16)
    who = Identity("Ұлы^Әлия", "№ 7", STUDY, "", "Бас", SERIES, "КТ", "CT", FRAME_UID)
    changed = Dataset()
    for keyword, value in attributes.items():
        setattr(changed, keyword, value)
    write_slices(Volume(voxels, grid, identity=who, sources=slices), folder, changed)
    for k in missing:
        slices[k].path.unlink()
    return folder


def known(folder: Path) -> dict[str, Source]:
    """Return the sources that lie in a folder."""
    return sources_of(scan(folder, Progress()).studies, Progress())


def sources(folder: Path, orientation: str = "axial", **other: Any) -> dict[str, Source]:
    """Write a series and return what the exchange knows of it."""
    return known(write(folder, orientation, **other))
