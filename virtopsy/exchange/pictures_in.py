"""Key Object Selections and Grayscale Softcopy Presentation States back to key pictures."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final
from uuid import UUID, uuid5

from pydicom.dataset import Dataset

from virtopsy.exchange.content import tree
from virtopsy.exchange.kept import kept
from virtopsy.exchange.omission import Omission, Taken, omitted
from virtopsy.exchange.reports_in import record_of
from virtopsy.exchange.source import Plane, Source
from virtopsy.findings.key_picture import KeyPicture
from virtopsy.geometry.camera import Point
from virtopsy.language import printable

_NAMESPACE: Final = UUID("a5c7d1c2-93b5-4a39-a9a4-1f5f3a52c7de")
_DESCRIPTION: Final = ("113012", "DCM")
_WINDOW: Final = (40.0, 400.0)
_LONGEST_NAME: Final = 200


def of_selection(dataset: Dataset, sources: Mapping[str, Source]) -> Taken:
    """Return the key pictures of a selection; a foreign one names slices alone, shown whole."""
    root = tree(dataset)
    said = "; ".join(one.text for one in root.of(_DESCRIPTION)) or root.name.meaning
    taken, number = Taken(), 0
    for raw, item in zip(dataset.ContentSequence, root.children, strict=True):
        if item.kind not in {"IMAGE", "COMPOSITE", "WAVEFORM"}:
            continue
        number += 1
        record = kept(raw)
        if record:
            taken += _own(record, item.sop_uid, sources)
            continue
        found = _plane(item.sop_uid, item.frames, sources)
        if found is None:
            taken += Taken(omissions=(omitted("not_a_slice", name=said, uid=item.sop_uid),))
            continue
        name = said if number == 1 else f"{said} ({number})"
        taken += Taken((_whole(name, *found, f"{dataset.SOPInstanceUID}/{number}"),))
        if item.states:
            taken += Taken(omissions=(omitted("state_elsewhere", name=name),))
    return taken


def of_state(dataset: Dataset, sources: Mapping[str, Source]) -> Taken:
    """Return the key pictures of a presentation state: its window and area on each slice."""
    name = str(dataset.get("ContentDescription") or dataset.get("ContentLabel") or "PR")
    record = kept(dataset)
    images = list(_images(dataset))
    if record:
        return _own(record, images[0][0] if images else "", sources)
    taken = Taken(omissions=tuple(_unread(dataset, name)))
    for number, (uid, frames) in enumerate(images, start=1):
        found = _plane(uid, frames, sources)
        if found is None:
            taken += Taken(omissions=(omitted("not_a_slice", name=name, uid=uid),))
            continue
        called = name if number == 1 else f"{name} ({number})"
        taken += Taken((_shown(dataset, called, *found, f"{dataset.SOPInstanceUID}/{number}"),))
    return taken


def _own(record: str, sop_uid: str, sources: Mapping[str, Source]) -> Taken:
    """Return our own picture, where it is of the slice that is pointed at."""
    taken = record_of(record, sources)
    for one in taken.findings:
        plane = sources[one.series_uid].plane_of(one)
        if not isinstance(one, KeyPicture) or plane is None or plane.sop_uid != sop_uid:
            return Taken(omissions=(omitted("differs", name=one.name),))
    return taken


def _images(dataset: Dataset) -> Iterator[tuple[str, tuple[int, ...]]]:
    for series in dataset.get("ReferencedSeriesSequence") or ():
        for one in series.get("ReferencedImageSequence") or ():
            frames = one.get("ReferencedFrameNumber")
            listed = [] if frames is None else [frames] if isinstance(frames, int) else list(frames)
            yield str(one.ReferencedSOPInstanceUID), tuple(int(frame) for frame in listed)


def _unread(dataset: Dataset, name: str) -> Iterator[Omission]:
    """Name what a presentation state shows that a key picture cannot."""
    drawn = sum(
        len(one.get("GraphicObjectSequence") or ()) + len(one.get("TextObjectSequence") or ())
        for one in dataset.get("GraphicAnnotationSequence") or ()
    )
    if drawn:
        yield omitted("annotations", name=name, count=drawn)
    if dataset.get("ImageRotation") or str(dataset.get("ImageHorizontalFlip", "N")) == "Y":
        yield omitted("turned", name=name)
    voi = dataset.get("SoftcopyVOILUTSequence") or ()
    if any("VOILUTSequence" in one for one in voi):
        yield omitted("curve", name=name)


def _plane(
    uid: str, frames: tuple[int, ...], sources: Mapping[str, Source]
) -> tuple[Plane, Source] | None:
    """Return the placed slice that is pointed at."""
    for source in sources.values():
        for plane in source.planes:
            right_frame = not plane.frame or plane.frame in (frames or (1,))
            if plane.sop_uid == uid and right_frame and plane.placed:
                return plane, source
    return None


def _whole(name: str, plane: Plane, source: Source, key: str) -> KeyPicture:
    rows, columns = plane.shape
    centre, height = ((columns - 1) / 2, (rows - 1) / 2), float(rows)
    return _picture(name, plane, source, key, (centre, height, plane.window or _WINDOW))


def _shown(dataset: Dataset, name: str, plane: Plane, source: Source, key: str) -> KeyPicture:
    rows, columns = plane.shape
    area = (dataset.get("DisplayedAreaSelectionSequence") or [Dataset()])[0]
    first = area.get("DisplayedAreaTopLeftHandCorner") or (1, 1)
    last = area.get("DisplayedAreaBottomRightHandCorner") or (columns, rows)
    centre = ((first[0] + last[0]) / 2 - 1, (first[1] + last[1]) / 2 - 1)
    return _picture(
        name,
        plane,
        source,
        key,
        (centre, float(abs(last[1] - first[1])) or 1.0, _window(dataset, plane)),
    )


def _window(dataset: Dataset, plane: Plane) -> tuple[float, float]:
    voi = (dataset.get("SoftcopyVOILUTSequence") or [Dataset()])[0]
    centre, width = voi.get("WindowCenter"), voi.get("WindowWidth")
    if centre is None or width is None:
        return plane.window or _WINDOW
    return _first(centre), _first(width)


def _first(value: Any) -> float:
    return float(value[0] if hasattr(value, "__len__") else value)


def _picture(
    name: str,
    plane: Plane,
    source: Source,
    key: str,
    shown: tuple[tuple[float, float], float, tuple[float, float]],
) -> KeyPicture:
    """Return a picture from the middle of its area and its height, pixels, and its window."""
    centre, height, (window_centre, window_width) = shown
    (middle,) = plane.to_lps((centre,))
    axes = [_unit(one) for one in (plane.row, plane.column)]
    _, j_mm = plane.pixel_mm or (1.0, 1.0)
    return KeyPicture(
        middle,
        axes[0],
        axes[1],
        height * j_mm,
        window_centre=window_centre,
        window_width=window_width,
        finding_id=uuid5(_NAMESPACE, key).hex,
        name=printable(name)[:_LONGEST_NAME],
        series_uid=source.key,
        frame_of_reference_uid=source.frame_of_reference_uid,
        seen_on_slice=plane.sop_uid,
    )


def _unit(vector: Point | None) -> Point:
    if vector is None:
        raise ValueError("a plane without directions")
    return vector
