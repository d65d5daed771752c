"""Folders of CT slices for the benches: a body of soft tissue and noise, any number of slices."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from io import BytesIO
from pathlib import Path
from tempfile import TemporaryDirectory

import gdcm
import jpeg_ls
import numpy as np
from numpy.typing import NDArray
from pydicom import Dataset, dcmread, dcmwrite
from pydicom.dataset import FileMetaDataset
from pydicom.encaps import encapsulate
from pydicom.sequence import Sequence as Items
from pydicom.uid import ExplicitVRLittleEndian, JPEGLSLossless

SIDE = 512
_ROOT = Path(__file__).resolve().parents[2]


def shared_data() -> Path | None:
    """Return the folder of real scans, None where this machine has none."""
    data = Path(os.environ.get("VIRTOPSY_DATA", _ROOT.parent / "shared" / "data"))
    return data if data.is_dir() else None


@contextmanager
def scratch() -> Iterator[Path]:
    """Lend a folder that is gone afterwards."""
    with TemporaryDirectory(prefix="virtopsy-bench-") as folder:
        yield Path(folder)


def body(number: int) -> NDArray[np.uint16]:
    """Stored values of slice `number`: an ellipse that changes from slice to slice, with noise."""
    j, i = np.mgrid[:SIDE, :SIDE] - SIDE / 2
    wide = 170 + 40 * np.sin(number / 40)
    inside = (i / wide) ** 2 + (j / 140) ** 2 < 1
    noise = np.random.default_rng(number % 8).normal(0, 12, (SIDE, SIDE))
    bone = (i / 30) ** 2 + ((j - 80) / 30) ** 2 < 1
    values = np.where(inside, 1064, 24) + 900 * bone + noise.round()
    return np.asarray(values.clip(0, 4095), np.uint16)


def write(folder: Path, slices: int, *, compressed: bool = False) -> None:
    """Write a stack of 512 x 512 slices, 1 mm apart; JPEG-LS where `compressed`."""
    folder.mkdir(parents=True, exist_ok=True)
    for number in range(slices):
        ds = _header(number)
        values = body(number)
        ds.PixelData = values.tobytes()
        ds["PixelData"].VR = "OW"
        if compressed:
            ds.file_meta.TransferSyntaxUID = JPEGLSLossless
            ds.PixelData = encapsulate([bytes(jpeg_ls.encode_array(values))])
            ds["PixelData"].VR = "OB"
        ds.save_as(folder / f"{number:05d}", enforce_file_format=True)


def write_hollow(folder: Path, slices: int) -> None:
    """Write a plain stack whose pixels are holes: they read as zeros and take no disk.

    Its headers are as long as those of a scanner: 160 elements, two sequences, private ones.
    """
    folder.mkdir(parents=True, exist_ok=True)
    size = 2 * SIDE * SIDE
    for number in range(slices):
        ds = _header(number)
        _lengthen(ds)
        ds.PixelData = b"\0\0"
        ds["PixelData"].VR = "OW"
        content = BytesIO()
        dcmwrite(content, ds, enforce_file_format=True)
        head = content.getvalue()[:-6] + size.to_bytes(4, "little")
        with (folder / f"IM{number:05d}.dcm").open("wb") as file:
            file.write(head)
            file.truncate(len(head) + size)


def write_lossless_jpeg(folder: Path, slices: int) -> None:
    """Write the real chest, or the body where there is none, in JPEG Lossless (.70).

    Slices beyond those of the chest repeat it further up, as files of their own.
    """
    folder.mkdir(parents=True, exist_ok=True)
    data = shared_data()
    chest = sorted((data / "ct_chest_1mm_100").iterdir(), key=_height_mm) if data else []
    plain = folder.with_name(folder.name + "-plain")
    for number in range(slices):
        if chest:
            ds = dcmread(chest[number % len(chest)])
            ds.ImagePositionPatient[2] += 100.0 * (number // len(chest))
        else:
            ds = _header(number)
            ds.PixelData = body(number).tobytes()
            ds["PixelData"].VR = "OW"
        ds.SOPInstanceUID = f"1.2.826.0.1.3680043.10.999.7.{number + 1}"
        ds.save_as(plain)
        _transcode(plain, folder / f"{number:05d}")
    plain.unlink()


def _height_mm(path: Path) -> float:
    return float(dcmread(path, stop_before_pixels=True).ImagePositionPatient[2])


def _transcode(plain: Path, target: Path) -> None:
    """Write a file in JPEG Lossless, by gdcm: nothing else here encodes it."""
    reader = gdcm.ImageReader()
    reader.SetFileName(str(plain))
    change = gdcm.ImageChangeTransferSyntax()
    change.SetTransferSyntax(gdcm.TransferSyntax(gdcm.TransferSyntax.JPEGLosslessProcess14_1))
    writer = gdcm.ImageWriter()
    if not reader.Read():
        raise SystemExit(f"gdcm does not read {plain}")
    change.SetInput(reader.GetImage())
    if not change.Change():
        raise SystemExit(f"gdcm does not encode {plain}")
    writer.SetFile(reader.GetFile())
    writer.SetImage(change.GetOutput())
    writer.SetFileName(str(target))
    if not writer.Write():
        raise SystemExit(f"gdcm does not write {target}")


def _header(number: int) -> Dataset:
    ds = Dataset()
    ds.SOPClassUID = "1.2.840.10008.5.1.4.1.1.2"
    ds.SOPInstanceUID = f"1.2.826.0.1.3680043.10.999.8.{number + 1}"
    ds.StudyInstanceUID, ds.SeriesInstanceUID = "1.2.826.0.1", "1.2.826.0.2"
    ds.FrameOfReferenceUID = "1.2.826.0.3"
    ds.PatientName, ds.PatientID = "Bench^Body", "B1"
    ds.Modality, ds.ImageType = "CT", ["ORIGINAL", "PRIMARY", "AXIAL"]
    ds.InstanceNumber = number + 1
    ds.ImagePositionPatient, ds.PixelSpacing = [0, 0, number], [0.8, 0.8]
    ds.ImageOrientationPatient = [1, 0, 0, 0, 1, 0]
    ds.Rows, ds.Columns, ds.SamplesPerPixel = SIDE, SIDE, 1
    ds.PhotometricInterpretation, ds.PixelRepresentation = "MONOCHROME2", 0
    ds.BitsAllocated, ds.BitsStored, ds.HighBit = 16, 12, 11
    ds.RescaleIntercept, ds.RescaleSlope = -1024, 1
    ds.file_meta = FileMetaDataset()
    ds.file_meta.TransferSyntaxUID = ExplicitVRLittleEndian
    return ds


def _lengthen(ds: Dataset) -> None:
    """Add what a scanner adds: codes in sequences, private elements, protocol and dose."""
    code = Dataset()
    code.CodeValue, code.CodingSchemeDesignator, code.CodeMeaning = "113014", "DCM", "Study"
    ds.ProcedureCodeSequence, ds.RequestAttributesSequence = Items([code]), Items([code, code])
    ds.Manufacturer, ds.ManufacturerModelName = "Bench", "Sixteen"
    ds.InstitutionName, ds.StationName = "Institute of Forensic Medicine", "CT1"
    ds.KVP, ds.XRayTubeCurrent, ds.ExposureTime = 120, 200, 750
    ds.ConvolutionKernel, ds.ProtocolName = "B30f", "Whole body, post-mortem"
    for number in range(120):
        ds.private_block(0x0029, "BENCH", create=True).add_new(number, "LO", f"value {number:04d}")
