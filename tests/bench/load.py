"""Load time against SimpleITK, in the same run: the ratio is the result.

Run as a script: `python tests/bench/load.py [FOLDER]`. Without FOLDER the chest CT of the test
data is read, or a stack of noise of the same size where there are none.
"""

from __future__ import annotations

import os
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import SimpleITK as sitk  # noqa: N813 -- its own documentation's name
from pydicom import Dataset
from pydicom.dataset import FileMetaDataset
from pydicom.uid import ExplicitVRLittleEndian

from virtopsy.dicom.assemble import assemble, choose, study_of
from virtopsy.dicom.scan import scan
from virtopsy.imaging.volume import Volume
from virtopsy.jobs import Progress

_RUNS = 7
_ROOT = Path(__file__).resolve().parents[2]


def ours(folder: Path) -> Volume:
    """From the path to HU in memory."""
    found = scan(folder, Progress())
    series = choose(found, None)
    return assemble(series, study_of(found, series), Progress())


def rival(folder: Path) -> sitk.Image:
    """The same by SimpleITK: listing, then reading."""
    # SimpleITK has no annotations, so mypy calls its methods untyped.
    names = sitk.ImageSeriesReader.GetGDCMSeriesFileNames(str(folder))  # type: ignore[no-untyped-call]
    return sitk.ReadImage(names)


def median_s(act: Callable[[Path], object], folder: Path) -> float:
    """Median seconds of several runs."""
    spent = []
    for _ in range(_RUNS):
        begun = time.perf_counter()
        act(folder)
        spent.append(time.perf_counter() - begun)
    return statistics.median(spent)


def noise_stack(folder: Path, slices: int = 100) -> None:
    """Write a plain CT of 512 x 512 noise, 1 mm apart."""
    values = np.random.default_rng(1).integers(0, 4096, (512, 512), dtype=np.int16)
    for number in range(slices):
        ds = Dataset()
        ds.SOPClassUID = "1.2.840.10008.5.1.4.1.1.2"
        ds.SOPInstanceUID = f"1.2.826.0.1.3680043.10.999.9.{number + 1}"
        ds.StudyInstanceUID, ds.SeriesInstanceUID = "1.2.826.0.1", "1.2.826.0.2"
        ds.Modality, ds.ImageType = "CT", ["ORIGINAL", "PRIMARY", "AXIAL"]
        ds.InstanceNumber = number + 1
        ds.ImagePositionPatient, ds.PixelSpacing = [0, 0, number], [0.8, 0.8]
        ds.ImageOrientationPatient = [1, 0, 0, 0, 1, 0]
        ds.Rows, ds.Columns, ds.SamplesPerPixel = 512, 512, 1
        ds.PhotometricInterpretation, ds.PixelRepresentation = "MONOCHROME2", 0
        ds.BitsAllocated, ds.BitsStored, ds.HighBit = 16, 12, 11
        ds.RescaleIntercept, ds.RescaleSlope = -1024, 1
        ds.PixelData = np.roll(values, number).tobytes()
        ds.file_meta = FileMetaDataset()
        ds.file_meta.TransferSyntaxUID = ExplicitVRLittleEndian
        ds.save_as(folder / f"{number:04d}", enforce_file_format=True)


def compare(folder: Path, title: str) -> None:
    """Print both medians and their ratio, after making sure both read the same."""
    volume, image = ours(folder), rival(folder)
    if not np.array_equal(volume.voxels, sitk.GetArrayViewFromImage(image)):
        raise SystemExit(f"{title}: the two do not read the same values")
    mine, theirs = median_s(ours, folder), median_s(rival, folder)
    sys.stdout.write(
        f"load {title}: virtopsy {mine:.3f} s, SimpleITK {theirs:.3f} s,"
        f" ratio {mine / theirs:.2f} (asked: 0.50), medians of {_RUNS}\n"
    )


def main() -> None:
    """Compare on the folder given, the chest CT of the test data, or noise."""
    data = Path(os.environ.get("VIRTOPSY_DATA", _ROOT.parent / "shared" / "data"))
    chest, compressed = data / "ct_chest_1mm_100", data / "ct_gunshot_00" / "dicom"
    if len(sys.argv) > 1:
        compare(Path(sys.argv[1]), sys.argv[1])
    elif chest.is_dir():
        compare(chest, "chest CT, 100 slices")
        compare(compressed, "head CT in JPEG-LS, 108 slices")
    else:
        with tempfile.TemporaryDirectory() as folder:
            noise_stack(Path(folder))
            compare(Path(folder), "noise, 100 slices")


if __name__ == "__main__":
    main()
