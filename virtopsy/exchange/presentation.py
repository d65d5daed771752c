"""Key pictures as a Key Object Selection (TID 2010) and Grayscale Softcopy Presentation States.

A presentation state says the window and the area of the source slice that was looked at. It cannot
say an oblique view, nor a slab: such a picture is in the selection alone, by its nearest slice.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final, NamedTuple

import numpy as np
from highdicom import ModalityLUTTransformation
from highdicom.ko import KeyObjectSelection, KeyObjectSelectionDocument
from highdicom.pr import GrayscaleSoftcopyPresentationState, SoftcopyVOILUTTransformation
from highdicom.sr import ObserverContext, PersonObserverIdentifyingAttributes
from pydicom.dataset import Dataset
from pydicom.sequence import Sequence as Items
from pydicom.uid import UID

from virtopsy.exchange import codes
from virtopsy.exchange.author import Author
from virtopsy.exchange.evidence import (
    MAKER,
    UTF8,
    decimal,
    evidence,
    finished,
    identity,
    person,
    series_uid,
)
from virtopsy.exchange.group import tracking_uid
from virtopsy.exchange.kept import keep
from virtopsy.exchange.source import Plane, Source
from virtopsy.exchange.uids import lasting_uid
from virtopsy.findings.key_picture import KeyPicture

STATE: Final = "1.2.840.10008.5.1.4.1.1.11.1"
_SELECTION_NUMBER, _STATE_NUMBER = 9003, 9004
_PARALLEL: Final = 1e-4
_ALLOWED_OFF: Final = 0.5
"""Of a slice's thickness: a picture farther from every slice shows none of them."""


class Shown(NamedTuple):
    """A key picture, the slice it shows, and the series of that slice."""

    picture: KeyPicture
    plane: Plane
    source: Source


def selection(shown: Sequence[Shown], author: Author) -> Dataset:
    """Return the key pictures of one study as one selection.

    Args:
        shown: at least one.
        author: who hands out, and when.
    """
    first = shown[0].source
    images = [evidence(one.source, one.plane) for one in shown]
    states = [_pointed(one, author) for one in shown if plain(one)]
    content = KeyObjectSelection(
        codes.dcm("113000", "Of Interest"),
        images,
        observer_person_context=ObserverContext(
            observer_type=codes.dcm("121006", "Person"),
            observer_identifying_attributes=PersonObserverIdentifyingAttributes(
                name=person(author.name)
            ),
        ),
        description="; ".join(one.picture.name for one in shown),
    )
    made = KeyObjectSelectionDocument(
        evidence=[*images, *states],
        content=content,
        series_instance_uid=series_uid(first, "KO", author),
        series_number=_SELECTION_NUMBER,
        sop_instance_uid=lasting_uid("KO", first.study_uid, author.when.isoformat()),
        instance_number=1,
        manufacturer=MAKER,
        specific_character_set=UTF8,
        series_description="Virtopsy: key pictures",
    )
    items = [one for one in made.ContentSequence if one.ValueType == "IMAGE"]
    for one, item in zip(shown, items, strict=True):
        _say_more(item, one, author)
    return finished(made, first, author)


def state(shown: Shown, author: Author, number: int = 1) -> Dataset:
    """Return how one key picture is shown; only of one that is `plain`."""
    picture, plane, source = shown
    slope, intercept = plane.rescale or (1.0, 0.0)
    kind = "HU" if source.modality == "CT" and plane.rescale else "US"
    made = GrayscaleSoftcopyPresentationState(
        referenced_images=[evidence(source, plane)],
        series_instance_uid=series_uid(source, "PR", author),
        series_number=_STATE_NUMBER,
        sop_instance_uid=state_uid(picture, author),
        instance_number=number,
        manufacturer=MAKER,
        manufacturer_model_name=MAKER,
        software_versions="1",
        device_serial_number="1",
        content_label="KEY_PICTURE",
        content_description="Key picture of the expert",
        content_creator_name=person(author.name),
        modality_lut_transformation=ModalityLUTTransformation(intercept, slope, kind),
        voi_lut_transformations=[
            SoftcopyVOILUTTransformation(picture.window_centre, picture.window_width)
        ],
        specific_character_set=UTF8,
        series_description="Virtopsy: key pictures",
    )
    if plane.frame:
        pointed = made.ReferencedSeriesSequence[0].ReferencedImageSequence[0]
        pointed.ReferencedFrameNumber = plane.frame
    _say_area(made.DisplayedAreaSelectionSequence[0], picture, plane)
    keep(picture, made)
    return finished(made, source, author)


def state_uid(picture: KeyPicture, author: Author) -> str:
    """Return the UID of the presentation state that one handing out makes of a picture."""
    return lasting_uid("PR", tracking_uid(picture), author.when.isoformat())


def plain(shown: Shown) -> bool:
    """Tell whether a picture is a source slice as it lies, not a slab nor an oblique view."""
    picture, plane, _ = shown
    if picture.slab_mm or plane.row is None or plane.column is None or plane.position is None:
        return False
    turned = (np.dot(picture.right, plane.row), np.dot(picture.down, plane.column))
    return min(turned) > 1 - _PARALLEL and abs(_depth(picture, plane)) <= _step(shown) / 2


def _depth(picture: KeyPicture, plane: Plane) -> float:
    normal = np.cross(np.array(plane.row), np.array(plane.column))
    return float(np.subtract(picture.centre_lps_mm, np.array(plane.position)) @ normal)


def _step(shown: Shown) -> float:
    frame = shown.source.frame
    return 1.0 if frame is None else frame.spacing_mm[2] * (2 * _ALLOWED_OFF) + 1e-6


def _say_area(area: Dataset, picture: KeyPicture, plane: Plane) -> None:
    """Set the square that was looked at, in pixels from 1 (PS3.3 C.10.4)."""
    i_mm, j_mm = plane.pixel_mm or (1.0, 1.0)
    from_first = np.subtract(picture.centre_lps_mm, np.array(plane.position))
    middle = np.array((from_first @ plane.row / i_mm, from_first @ plane.column / j_mm))
    half = np.array((picture.height_mm / i_mm, picture.height_mm / j_mm)) / 2
    first, last = np.rint(middle - half + 1), np.rint(middle + half + 1)
    area.DisplayedAreaTopLeftHandCorner = first.astype(int).tolist()
    area.DisplayedAreaBottomRightHandCorner = last.astype(int).tolist()
    del area.PresentationPixelAspectRatio
    del area.PixelOriginInterpretation  # of tiled pictures alone
    area.PresentationPixelSpacing = [decimal(j_mm), decimal(i_mm)]


def _pointed(shown: Shown, author: Author) -> Dataset:
    """Return the presentation state of a picture as evidence."""
    made = identity(shown.source)
    made.SOPClassUID, made.SOPInstanceUID = UID(STATE), UID(state_uid(shown.picture, author))
    made.SeriesInstanceUID = UID(series_uid(shown.source, "PR", author))
    return made


def _say_more(item: Dataset, shown: Shown, author: Author) -> None:
    """Add the frame, the presentation state and the record to a reference."""
    reference = item.ReferencedSOPSequence[0]
    if shown.plane.frame:
        reference.ReferencedFrameNumber = shown.plane.frame
    if plain(shown):
        pointed = Dataset()
        pointed.ReferencedSOPClassUID = UID(STATE)
        pointed.ReferencedSOPInstanceUID = UID(state_uid(shown.picture, author))
        reference.ReferencedSOPSequence = Items([pointed])
    keep(shown.picture, item)
