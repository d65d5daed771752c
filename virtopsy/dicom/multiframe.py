"""Enhanced multi-frame objects: one plane a frame, from the functional groups (PS3.3 C.7.6.16)."""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from dataclasses import replace
from struct import error as StructError  # noqa: N812 -- its own name says nothing alone
from typing import Any, Final

from pydicom import Dataset, dcmread
from pydicom.errors import InvalidDicomError

from virtopsy.dicom.carrier import ZIP_ERRORS, opened
from virtopsy.dicom.geometry import directions, distance, pixel_distance, place, step
from virtopsy.dicom.header import Damaged, finite
from virtopsy.dicom.series import Instance

# What pydicom raises for functional groups that are not what they claim.
UNUSABLE: Final = (
    InvalidDicomError,
    RuntimeError,
    TypeError,
    ValueError,
    AttributeError,
    ArithmeticError,
    LookupError,
    EOFError,
    StructError,
    *ZIP_ERRORS,
)


def read_frames(whole: Instance) -> tuple[Instance, ...]:
    """Return one plane for each frame of `whole`.

    Args:
        whole: what its plain header says, shared by all frames.

    Raises:
        Damaged: the functional groups cannot be read or are fewer than the frames.
    """
    try:
        with warnings.catch_warnings(), opened(whole.address) as file:
            # Remarks about odd values in elements that are not used here.
            warnings.simplefilter("ignore")
            dataset = dcmread(file, stop_before_pixels=True)
            planes = tuple(_planes(dataset, whole))
            if not planes:  # frames without a place: refused later, in words
                return (whole,)
    except UNUSABLE as error:
        raise Damaged("its functional groups cannot be read") from error
    if len(planes) != whole.storage.frames:
        raise Damaged(f"{len(planes)} functional groups for {whole.storage.frames} frames")
    return planes


def _planes(dataset: Dataset, whole: Instance) -> Iterator[Instance]:
    shared = list(dataset.get("SharedFunctionalGroupsSequence", ())) or [Dataset()]
    for number, own in enumerate(dataset.get("PerFrameFunctionalGroupsSequence", ()), start=1):
        yield _plane(whole, number, own, shared[0])


def _plane(whole: Instance, number: int, own: Dataset, shared: Dataset) -> Instance:
    def numbers(group: str, name: str) -> tuple[float, ...]:
        value = _value(own, shared, group, name)
        if value is None:
            return ()
        many = value if hasattr(value, "__iter__") else (value,)
        return finite(tuple(float(one) for one in many), name)

    def first(group: str, name: str) -> float | None:
        return next(iter(numbers(group, name)), None)

    position = numbers("PlanePositionSequence", "ImagePositionPatient")
    row, column = directions(numbers("PlaneOrientationSequence", "ImageOrientationPatient"))
    return replace(
        whole,
        frame_number=number,
        number=number,
        position=place(position),
        row=row,
        column=column,
        pixel_mm=pixel_distance(numbers("PixelMeasuresSequence", "PixelSpacing")),
        thickness_mm=distance(first("PixelMeasuresSequence", "SliceThickness")),
        spacing_between_mm=step(first("PixelMeasuresSequence", "SpacingBetweenSlices")),
        slope=first("PixelValueTransformationSequence", "RescaleSlope"),
        intercept=first("PixelValueTransformationSequence", "RescaleIntercept"),
        rescale_type=str(
            _value(own, shared, "PixelValueTransformationSequence", "RescaleType") or ""
        ),
        image_type=_frame_type(own, shared) or whole.image_type,
        traits=_traits(own, shared),
    )


def _value(own: Dataset, shared: Dataset, group: str, name: str) -> Any:
    """Return an element of a functional group: the frame's own, else the shared one."""
    for groups in (own, shared):
        items = groups.get(group)
        value = items[0].get(name) if items else None
        if value is not None:
            return value
    return None


def _frame_type(own: Dataset, shared: Dataset) -> tuple[str, ...]:
    for group in ("CTImageFrameTypeSequence", "MRImageFrameTypeSequence"):
        value = _value(own, shared, group, "FrameType")
        if value is not None:
            return tuple(str(part) for part in value)
    return ()


# What may tell apart two volumes of one file: name, functional group, element.
_TRAITS: Final = (
    ("echo_time", "MREchoSequence", "EffectiveEchoTime"),
    ("stack", "FrameContentSequence", "StackID"),
    ("temporal_position", "FrameContentSequence", "TemporalPositionIndex"),
    ("acquisition", "FrameContentSequence", "FrameAcquisitionNumber"),
    ("b_value", "MRDiffusionSequence", "DiffusionBValue"),
    ("component", "MRImageFrameTypeSequence", "ComplexImageComponent"),
    ("inversion", "MRModifierSequence", "InversionTimes"),
    ("flip_angle", "MRTimingAndRelatedParametersSequence", "FlipAngle"),
    ("phase", "CardiacSynchronizationSequence", "NominalPercentageOfCardiacPhase"),
    ("trigger_time", "CardiacSynchronizationSequence", "NominalCardiacTriggerDelayTime"),
    ("kernel", "CTReconstructionSequence", "ConvolutionKernel"),
    ("energy", "CTXRayDetailsSequence", "KVP"),
    ("time", "FrameContentSequence", "FrameReferenceDateTime"),
    ("thickness", "PixelMeasuresSequence", "SliceThickness"),
)


def _traits(own: Dataset, shared: Dataset) -> tuple[tuple[str, str], ...]:
    named = {"frame_type": "\\".join(_frame_type(own, shared))}
    for name, group, element in _TRAITS:
        value = _value(own, shared, group, element)
        named[name] = "" if value is None else str(value)
    named["direction"] = str(_gradient(own, shared) or "")
    # By what the file itself orders its frames: each dimension may be that of its volumes.
    indices = _value(own, shared, "FrameContentSequence", "DimensionIndexValues")
    many = indices if hasattr(indices, "__iter__") else (indices,)
    named |= {f"dimension_{place}": str(index) for place, index in enumerate(many)}
    return tuple(named.items())


def _gradient(own: Dataset, shared: Dataset) -> Any:
    """Return the direction of a diffusion gradient, None without."""
    items = _value(own, shared, "MRDiffusionSequence", "DiffusionGradientDirectionSequence")
    return items[0].get("DiffusionGradientOrientation") if items else None
