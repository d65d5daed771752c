"""Multi-frame files: every frame at its place, and what is not one volume is several."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from pydicom import Dataset
from pydicom.dataset import FileMetaDataset
from pydicom.uid import ExplicitVRLittleEndian

from virtopsy.dicom.scan import scan
from virtopsy.imaging.volume import Volume
from virtopsy.jobs import Progress

ENHANCED_CT = "1.2.840.10008.5.1.4.1.1.2.1"
ENHANCED_MR = "1.2.840.10008.5.1.4.1.1.4.1"
PLANES, SETS = 6, 3
Group = Callable[[Dataset, int], None]


def item(**elements: Any) -> list[Dataset]:
    """A sequence of one item."""
    one = Dataset()
    for name, value in elements.items():
        setattr(one, name, value)
    return [one]


def write(path: Path, sop_class: str, group: Group) -> None:
    """Write frames in a random order; each says in its pixels its set and its place."""
    ds = Dataset()
    ds.file_meta = FileMetaDataset()
    ds.file_meta.TransferSyntaxUID = ExplicitVRLittleEndian
    ds.SOPClassUID, ds.SOPInstanceUID = sop_class, "1.2.826.0.1.3680043.10.999.1"
    ds.StudyInstanceUID, ds.SeriesInstanceUID = "1.2.3.1", "1.2.3.2"
    ds.Modality = "CT" if sop_class == ENHANCED_CT else "MR"
    ds.Rows, ds.Columns, ds.NumberOfFrames = 4, 5, PLANES * SETS
    ds.SamplesPerPixel, ds.PhotometricInterpretation = 1, "MONOCHROME2"
    ds.BitsAllocated, ds.BitsStored, ds.HighBit, ds.PixelRepresentation = 16, 16, 15, 1
    ds.SharedFunctionalGroupsSequence = item(
        PlaneOrientationSequence=item(ImageOrientationPatient=[1, 0, 0, 0, 1, 0]),
        PixelMeasuresSequence=item(PixelSpacing=[0.9, 0.7], SliceThickness=2),
    )
    order = np.random.default_rng(4).permutation(PLANES * SETS)
    ds.PerFrameFunctionalGroupsSequence = []
    for which, place in zip(order // PLANES, order % PLANES, strict=True):
        (own,) = item(
            PlanePositionSequence=item(ImagePositionPatient=[0, 0, 2.0 * int(place)]),
            FrameContentSequence=item(StackID="1"),
        )
        group(own, int(which))
        ds.PerFrameFunctionalGroupsSequence.append(own)
    values = 1000 * (order // PLANES + 1) + order % PLANES
    ds.PixelData = np.repeat(values.astype("<i2"), 20).tobytes()
    ds.save_as(path, enforce_file_format=True)


def _component(own: Dataset, which: int) -> None:
    name = ("MAGNITUDE", "PHASE", "REAL")[which]
    own.MRImageFrameTypeSequence = item(
        FrameType=["ORIGINAL", "PRIMARY", "T1", "NONE"], ComplexImageComponent=name
    )


def _gradient(own: Dataset, which: int) -> None:
    direction = [float(axis == which) for axis in range(3)]
    own.MRDiffusionSequence = item(
        DiffusionBValue=1000.0,
        DiffusionGradientDirectionSequence=item(DiffusionGradientOrientation=direction),
    )


def _flip(own: Dataset, which: int) -> None:
    own.MRTimingAndRelatedParametersSequence = item(FlipAngle=5.0 + which)


def _inversion(own: Dataset, which: int) -> None:
    own.MRModifierSequence = item(InversionTimes=[100.0 + 200 * which])


def _phase(own: Dataset, which: int) -> None:
    own.CardiacSynchronizationSequence = item(NominalPercentageOfCardiacPhase=30.0 * which)


def _kernel(own: Dataset, which: int) -> None:
    own.CTReconstructionSequence = item(ConvolutionKernel=("B30", "B50", "B70")[which])


def _energy(own: Dataset, which: int) -> None:
    own.CTXRayDetailsSequence = item(KVP=80.0 + 30 * which)


def _time(own: Dataset, which: int) -> None:
    own.FrameContentSequence[0].FrameReferenceDateTime = f"2026010110{which}000"


def _dimension(own: Dataset, which: int) -> None:
    own.FrameContentSequence[0].DimensionIndexValues = [which + 1, 1]


@pytest.mark.parametrize(
    ("sop_class", "group"),
    [
        (ENHANCED_MR, _component),
        (ENHANCED_MR, _gradient),
        (ENHANCED_MR, _flip),
        (ENHANCED_MR, _inversion),
        (ENHANCED_MR, _dimension),
        (ENHANCED_CT, _phase),
        (ENHANCED_CT, _kernel),
        (ENHANCED_CT, _energy),
        (ENHANCED_CT, _time),
    ],
)
def test_frames_of_one_place_are_told_apart_by_what_differs(
    tmp_path: Path, load: Callable[..., Volume], sop_class: str, group: Group
) -> None:
    write(tmp_path / "frames", sop_class, group)
    (study,) = scan(tmp_path, Progress()).studies
    assert [(one.frames, one.volume, one.problems) for one in study.series] == [
        (PLANES, True, ())
    ] * SETS
    found = sorted(load(tmp_path, one.key).voxels[:, 0, 0].tolist() for one in study.series)
    assert found == [[1000 * (n + 1) + p for p in range(PLANES)] for n in range(SETS)]


def test_what_a_frame_does_not_say_itself_is_what_all_frames_say(
    tmp_path: Path, load: Callable[..., Volume]
) -> None:
    def group(own: Dataset, which: int) -> None:
        _kernel(own, which)
        own.PixelMeasuresSequence = item(SliceThickness=2)

    write(tmp_path / "frames", ENHANCED_CT, group)
    assert load(tmp_path).frame.spacing_mm == pytest.approx((0.7, 0.9, 2.0))
