"""The synthetic case as files: `dicom/IM00001 ...` and `truth.json`."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from pydicom.dataset import Dataset, FileMetaDataset
from pydicom.uid import UID, CTImageStorage, ExplicitVRLittleEndian

from virtopsy.errors import StorageError, UsageError
from virtopsy.geometry.frame import Frame
from virtopsy.imaging.volume import Volume
from virtopsy.jobs import Progress
from virtopsy.phantom.head import uid, volume
from virtopsy.system_reason import reason_of

_INTERCEPT_HU = -1024
_DATE, _TIME = "20260115", "093000"


def write(
    folder: Path, *, seed: int = 0, slices: int | None = None, progress: Progress | None = None
) -> None:
    """Make `folder/dicom/*` and `folder/truth.json`.

    Args:
        folder: created where it is missing.
        seed: which case.
        slices: how many slices round the wound; None for the whole scan.
        progress: told of every slab.

    Raises:
        UsageError: `folder/dicom` already holds something; nothing is ever written over.
        StorageError: the disk refused.
    """
    try:
        target = _empty(folder / "dicom")
        case, truth = volume(seed, slices, progress)
        write_slices(case, target, Dataset())
        (folder / "truth.json").write_text(truth.to_json(), encoding="utf-8")
    except OSError as error:
        # pydicom wraps the system's error in a new one whose text is a whole traceback.
        cause = error.__cause__
        why = reason_of(cause if error.errno is None and isinstance(cause, OSError) else error)
        raise StorageError("phantom.not_written", path=folder, reason=why) from error


def _empty(folder: Path) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    if any(folder.iterdir()):
        raise UsageError("phantom.not_empty", path=folder)
    return folder


def write_slices(case: Volume, folder: Path, attributes: Dataset) -> None:
    """Write one CT Image Storage file a slice (PS3.3 A.3), explicit VR little endian.

    Args:
        case: HU and identity; `sources` name SOP instance UID and file of every slice.
        folder: where the files go.
        attributes: set last in every file, over what is set here.
    """
    dataset = _series(case)
    dataset.update(attributes)
    stored = (case.voxels.astype(np.int32) - _INTERCEPT_HU).astype("<u2")
    for k, source in enumerate(case.sources):
        _place(dataset, case.frame, k, int(source.path.name[2:]))
        dataset.SOPInstanceUID = source.sop_uid
        dataset.file_meta.MediaStorageSOPInstanceUID = UID(source.sop_uid)
        dataset.PixelData = stored[k].tobytes()
        dataset.save_as(folder / source.path.name, enforce_file_format=True)


def _series(case: Volume) -> Dataset:
    meta = FileMetaDataset()
    meta.MediaStorageSOPClassUID = CTImageStorage
    meta.TransferSyntaxUID = ExplicitVRLittleEndian
    meta.ImplementationClassUID = UID(uid("implementation"))
    meta.ImplementationVersionName = "VIRTOPSY_PHANTOM"
    dataset = Dataset()
    dataset.file_meta = meta
    dataset.SpecificCharacterSet = "ISO_IR 192"
    dataset.ImageType = ["DERIVED", "PRIMARY", "AXIAL"]
    dataset.SOPClassUID = CTImageStorage
    dataset.DerivationDescription = "Computed, not scanned: synthetic head, no person"
    for when in ("InstanceCreation", "Study", "Series", "Acquisition", "Content"):
        setattr(dataset, f"{when}Date", _DATE)
        setattr(dataset, f"{when}Time", _TIME)
    dataset.AccessionNumber = ""
    dataset.ReferringPhysicianName = ""
    _describe(dataset, case)
    _scanner(dataset)
    _pixels(dataset, case.frame)
    return dataset


def _describe(dataset: Dataset, case: Volume) -> None:
    identity = case.identity
    dataset.Modality = "CT"
    dataset.Manufacturer = "Virtopsy"
    dataset.ManufacturerModelName = "Synthetic phantom"
    dataset.InstitutionName = "Синтетические данные"
    dataset.StudyDescription = identity.study_description
    dataset.SeriesDescription = identity.series_description
    dataset.PatientName = identity.patient_name
    dataset.PatientID = identity.patient_id
    dataset.PatientBirthDate = ""
    dataset.PatientSex = "O"
    dataset.PatientComments = "Synthetic case: no person was scanned"
    dataset.StudyInstanceUID = identity.study_uid
    dataset.SeriesInstanceUID = identity.series_uid
    dataset.StudyID = "1"
    dataset.SeriesNumber = 2
    dataset.AcquisitionNumber = 1
    dataset.FrameOfReferenceUID = identity.frame_of_reference_uid
    dataset.PositionReferenceIndicator = ""
    dataset.PatientPosition = "HFS"
    dataset.BodyPartExamined = "HEADNECK"


def _scanner(dataset: Dataset) -> None:
    dataset.KVP = 120
    dataset.XRayTubeCurrent = 250
    dataset.ExposureTime = 1000
    dataset.GantryDetectorTilt = 0
    dataset.ConvolutionKernel = "SYNTHETIC"
    dataset.RescaleIntercept = _INTERCEPT_HU
    dataset.RescaleSlope = 1
    dataset.RescaleType = "HU"
    dataset.WindowCenter = [40, 500]
    dataset.WindowWidth = [120, 2500]
    dataset.WindowCenterWidthExplanation = ["BRAIN", "BONE"]
    dataset.BurnedInAnnotation = "NO"
    dataset.LossyImageCompression = "00"


def _pixels(dataset: Dataset, frame: Frame) -> None:
    i, j, k = frame.spacing_mm
    dataset.SamplesPerPixel = 1
    dataset.PhotometricInterpretation = "MONOCHROME2"
    dataset.Rows, dataset.Columns = frame.shape[1], frame.shape[2]
    dataset.BitsAllocated, dataset.BitsStored, dataset.HighBit = 16, 12, 11
    dataset.PixelRepresentation = 0
    dataset.PixelSpacing = [_decimal(j), _decimal(i)]
    dataset.SliceThickness = _decimal(k)
    dataset.SpacingBetweenSlices = _decimal(k)
    dataset.ReconstructionDiameter = _decimal(i * frame.shape[2])
    directions = frame.directions
    dataset.ImageOrientationPatient = [
        _decimal(value) for value in (*directions[:, 0], *directions[:, 1])
    ]


def _place(dataset: Dataset, frame: Frame, k: int, number: int) -> None:
    position = frame.to_lps((0, 0, k))
    dataset.InstanceNumber = number
    dataset.ImagePositionPatient = [_decimal(value) for value in position]
    dataset.SliceLocation = _decimal(float(position @ frame.directions[:, 2]))


def _decimal(value: float) -> float:
    """Return a value that a decimal string of 16 characters holds exactly as printed."""
    return round(float(value), 8) + 0.0
