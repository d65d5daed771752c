"""What is no volume, as a picture for the eye: one plane or frame to grey or colour."""

from __future__ import annotations

import re
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from io import BytesIO
from typing import IO, Final

from pydicom import Dataset, dcmread

from virtopsy.confined import Lost, each, prepare
from virtopsy.dicom import overlay, shading, syntax
from virtopsy.dicom.carrier import opened
from virtopsy.dicom.header import DEFLATED, EXPLICIT_BIG, Damaged, NotDicom, inflate
from virtopsy.dicom.kind import is_picture, kind_of
from virtopsy.dicom.multiframe import UNUSABLE
from virtopsy.dicom.overlay import drawn
from virtopsy.dicom.pixels import undecodable
from virtopsy.dicom.series import Instance
from virtopsy.dicom.shading import Grey, eight_bits, numbers, painted, shaded
from virtopsy.dicom.stored import colour_plane, grey_plane
from virtopsy.errors import InputError
from virtopsy.jobs import Progress

MOST_PIXELS: Final = 1 << 26
"""Of one picture: four times the largest mammogram."""
_SQUAREST, _LONGEST = 0.05, 20.0  # height over width of a pixel that anything scans
_SIDE: Final = re.compile("[LRAPHF]{1,3}")
_WHITE: Final = 255
_PALETTE: Final = "PALETTE COLOR"
# Samples a pixel that each Photometric Interpretation has (PS3.3 C.7.6.3.1.2).
_SAMPLES: Final = {
    **dict.fromkeys(("MONOCHROME1", "MONOCHROME2", _PALETTE), 1),
    **dict.fromkeys(("RGB", "YBR_FULL", "YBR_FULL_422", "YBR_ICT", "YBR_RCT"), 3),
}
_ELEMENTS: Final = (
    "PlanarConfiguration",
    "PixelAspectRatio",
    "ImagerPixelSpacing",
    "NominalScannedPixelSpacing",
    "PatientOrientation",
)
_FRAME_GROUPS: Final = ("SharedFunctionalGroupsSequence", "PerFrameFunctionalGroupsSequence")


@dataclass(frozen=True, eq=False)
class Picture:
    """One picture as it is looked at.

    Attributes:
        pixels: (rows, columns) grey or (rows, columns, 3) red, green, blue; the file's graphics
            lie over it in white.
        stretch: height of a pixel over its width; 1 where they are square or nothing is said.
        sides: which side of the patient the right and the lower edge are (Patient Orientation),
            in letters of L R A P H F; both empty where the file does not say.
    """

    pixels: Grey
    stretch: float = 1.0
    sides: tuple[str, str] = ("", "")


def viewable(instance: Instance, modality: str) -> bool:
    """Tell whether there is something to look at that can be decoded here."""
    storage = instance.storage
    return (
        instance.frames > 0
        and is_picture(kind_of(instance.sop_class, modality))
        and storage.transfer_syntax in syntax.DECODABLE
        and storage.samples == _SAMPLES.get(storage.photometric)
        and storage.allocated in ({8, 16} if storage.photometric == _PALETTE else {1, 8, 16, 32})
        and 0 < storage.stored <= storage.high + 1 <= storage.allocated
    )


def confined_picture(instance: Instance, progress: Progress) -> Picture:
    """Have a worker process make the picture: a decoder that dies takes nothing else with it.

    Raises:
        InputError: as `picture`, and where the worker died or ran out of time or memory.
        Cancelled: the user asked for it.
    """
    prepare()
    ((_, made),) = each(picture, [instance], progress)
    if isinstance(made, Lost):
        raise undecodable(instance)
    return made


def picture(instance: Instance) -> Picture:
    """Decode one plane or frame and make it visible.

    Raises:
        InputError: the file is gone, truncated, larger than `MOST_PIXELS` or cannot be decoded.
    """
    if instance.rows * instance.columns > MOST_PIXELS:
        facts = {"rows": instance.rows, "columns": instance.columns}
        raise InputError("picture.too_large", path=instance.place, **facts)
    if instance.storage.transfer_syntax not in syntax.DECODABLE:
        raise undecodable(instance)
    described = _described(instance)
    pixels = _pixels(instance, described)
    big_endian = instance.storage.transfer_syntax == EXPLICIT_BIG
    graphics = drawn(pixels.shape[:2], described, instance.frame_number, big_endian=big_endian)
    if graphics.any():
        pixels = pixels.copy()
        pixels[graphics] = _WHITE
    return Picture(pixels, _stretch(instance, described), _sides(described))


def _pixels(instance: Instance, described: Dataset) -> Grey:
    if instance.storage.samples > 1:
        planar = int(next(iter(numbers(described, "PlanarConfiguration")), 0))
        return eight_bits(colour_plane(instance, planar), instance)
    raw = grey_plane(instance)
    if instance.storage.photometric != _PALETTE:
        return shaded(raw, instance, described)
    try:
        return painted(raw, instance, described)
    except UNUSABLE as error:
        raise undecodable(instance) from error


def _described(instance: Instance) -> Dataset:
    """Return the elements that say how the pixels are shown; the frame's own come first."""
    wanted = [
        *shading.ELEMENTS,
        *overlay.ELEMENTS,
        *_ELEMENTS,
        *(_FRAME_GROUPS if instance.is_frame else ()),
    ]
    try:
        with warnings.catch_warnings(), _header(instance) as file:
            # Remarks about odd values in elements; what is used is looked at below.
            warnings.simplefilter("ignore")
            found = dcmread(file, stop_before_pixels=True, force=True, specific_tags=wanted)
            for groups in (_shared(found), _own(found, instance.frame_number)):
                for item in groups.get("FrameVOILUTSequence") or ():
                    found.update(item)
    except OSError as error:
        raise InputError("scan.cannot_open", path=instance.place) from error
    except (NotDicom, Damaged, *UNUSABLE) as error:
        raise undecodable(instance) from error
    return found


@contextmanager
def _header(instance: Instance) -> Iterator[IO[bytes]]:
    """Open what stands before the pixels; of a deflated file no more than that is inflated."""
    if instance.storage.transfer_syntax == DEFLATED:
        yield BytesIO(inflate(instance.address, instance.storage.offset))
    else:
        with opened(instance.address) as file:
            yield file


def _shared(found: Dataset) -> Dataset:
    return next(iter(found.get("SharedFunctionalGroupsSequence") or ()), Dataset())


def _own(found: Dataset, frame_number: int) -> Dataset:
    groups = found.get("PerFrameFunctionalGroupsSequence") or ()
    return groups[frame_number - 1] if frame_number <= len(groups) else Dataset()


def _stretch(instance: Instance, described: Dataset) -> float:
    """Return height over width of a pixel; spacings are (between rows, between columns)."""
    if instance.pixel_mm is not None:
        return _bounded(instance.pixel_mm[1], instance.pixel_mm[0])
    for keyword in ("ImagerPixelSpacing", "NominalScannedPixelSpacing", "PixelAspectRatio"):
        pair = numbers(described, keyword)
        if len(pair) == 2 and min(pair) > 0:
            return _bounded(*pair)
    return 1.0


def _bounded(height: float, width: float) -> float:
    return height / width if _SQUAREST <= height / width <= _LONGEST else 1.0


def _sides(described: Dataset) -> tuple[str, str]:
    """Return Patient Orientation (PS3.3 C.7.6.1.1.1): where rows and columns lead to."""
    value = described.get("PatientOrientation")
    texts = [str(one) for one in value] if value and not isinstance(value, str) else []
    if len(texts) != 2 or not all(_SIDE.fullmatch(one) for one in texts):
        return "", ""
    return texts[0], texts[1]
