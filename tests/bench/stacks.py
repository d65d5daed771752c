"""Folders of CT slices for the benches: a body of soft tissue and noise, any number of slices."""

from __future__ import annotations

from pathlib import Path

import jpeg_ls
import numpy as np
from numpy.typing import NDArray
from pydicom import Dataset
from pydicom.dataset import FileMetaDataset
from pydicom.encaps import encapsulate
from pydicom.uid import ExplicitVRLittleEndian, JPEGLSLossless

SIDE = 512


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
        ds.file_meta = FileMetaDataset()
        ds.file_meta.TransferSyntaxUID = ExplicitVRLittleEndian
        if compressed:
            ds.file_meta.TransferSyntaxUID = JPEGLSLossless
            ds.PixelData = encapsulate([bytes(jpeg_ls.encode_array(values))])
            ds["PixelData"].VR = "OB"
        ds.save_as(folder / f"{number:05d}", enforce_file_format=True)


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
    return ds
