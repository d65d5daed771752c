"""Writers of small DICOM stacks: every test says what is special about its own."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, Protocol

import numpy as np
import pytest
from numpy.typing import NDArray
from pydicom import Dataset
from pydicom.dataset import FileMetaDataset
from pydicom.uid import ExplicitVRLittleEndian

from virtopsy.dicom.assemble import assemble, choose, study_of
from virtopsy.dicom.scan import scan
from virtopsy.imaging.volume import Volume
from virtopsy.jobs import Progress

CT = "1.2.840.10008.5.1.4.1.1.2"
MR = "1.2.840.10008.5.1.4.1.1.4"


class WriteStack(Protocol):
    """Writes one CT file for each position and returns their paths in that order."""

    def __call__(  # noqa: PLR0913 -- one argument for each thing a test may make special
        self,
        folder: Path,
        positions: Sequence[Sequence[float]],
        *,
        orientation: Sequence[float] = (1, 0, 0, 0, 1, 0),
        pixels: NDArray[Any] | None = None,
        names: Sequence[str] | None = None,
        change: Callable[[Dataset, int], None] | None = None,
    ) -> list[Path]: ...


def _slice(position: Sequence[float], orientation: Sequence[float], number: int) -> Dataset:
    ds = Dataset()
    ds.SOPClassUID = CT
    ds.SOPInstanceUID = f"1.2.826.0.1.3680043.10.999.{number + 1}"
    ds.StudyInstanceUID = "1.2.826.0.1.3680043.10.999.0.1"
    ds.SeriesInstanceUID = "1.2.826.0.1.3680043.10.999.0.2"
    ds.FrameOfReferenceUID = "1.2.826.0.1.3680043.10.999.0.3"
    ds.Modality = "CT"
    ds.ImageType = ["ORIGINAL", "PRIMARY", "AXIAL"]
    ds.PatientName = "Phantom^Test"
    ds.PatientID = "T1"
    ds.StudyDate = "20260102"
    ds.InstanceNumber = number + 1
    ds.ImagePositionPatient = [f"{part:.6f}" for part in position]
    ds.ImageOrientationPatient = [f"{part:.8f}" for part in orientation]
    ds.PixelSpacing = [0.9, 0.7]
    ds.SliceThickness = 1.0
    ds.SamplesPerPixel = 1
    ds.PhotometricInterpretation = "MONOCHROME2"
    ds.BitsAllocated, ds.BitsStored, ds.HighBit = 16, 16, 15
    ds.PixelRepresentation = 1
    ds.RescaleIntercept, ds.RescaleSlope = -24, 1
    return ds


@pytest.fixture(scope="session")
def write_stack() -> WriteStack:
    """The writer of stacks; slice n holds the value 100 n + 10 row + column unless told."""

    def write(  # noqa: PLR0913 -- as above
        folder: Path,
        positions: Sequence[Sequence[float]],
        *,
        orientation: Sequence[float] = (1, 0, 0, 0, 1, 0),
        pixels: NDArray[Any] | None = None,
        names: Sequence[str] | None = None,
        change: Callable[[Dataset, int], None] | None = None,
    ) -> list[Path]:
        folder.mkdir(parents=True, exist_ok=True)
        paths = []
        for number, position in enumerate(positions):
            ds = _slice(position, orientation, number)
            plane = ramp(number) if pixels is None else pixels[number]
            ds.Rows, ds.Columns = plane.shape
            ds.PixelData = plane.astype("<i2").tobytes()
            if change is not None:
                change(ds, number)
            ds.file_meta = FileMetaDataset()
            ds.file_meta.TransferSyntaxUID = ExplicitVRLittleEndian
            paths.append(folder / (names[number] if names else f"{number:04d}"))
            ds.save_as(paths[-1], enforce_file_format=True)
        return paths

    return write


def ramp(number: int, rows: int = 4, columns: int = 5) -> NDArray[np.int16]:
    """The values of slice `number`: each voxel says where it is."""
    j, i = np.mgrid[:rows, :columns]
    return np.asarray(100 * number + 10 * j + i, dtype=np.int16)


@pytest.fixture(scope="session")
def load() -> Callable[..., Volume]:
    """Scan, choose, assemble."""

    def run(path: Path, key: str | None = None) -> Volume:
        found = scan(path, Progress())
        series = choose(found, key)
        return assemble(series, study_of(found, series), Progress())

    return run
