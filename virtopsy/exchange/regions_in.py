"""A DICOM SEG back to regions, voxel on voxel: ours without loss, another program's by its masks.

Every frame is placed by its own position and directions, whichever way round it is stored; what
does not lie on the voxels of a series of the case is named, never moved onto them.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final
from uuid import UUID, uuid5

import numpy as np
from numpy.typing import NDArray
from pydicom.dataset import Dataset

from virtopsy.exchange.content import code
from virtopsy.exchange.kept import kept
from virtopsy.exchange.omission import Taken, omitted
from virtopsy.exchange.reports_in import record_of
from virtopsy.exchange.source import Source
from virtopsy.findings.quantity import Quantity
from virtopsy.findings.region import Region, Substance, packed
from virtopsy.findings.vocabulary import terms
from virtopsy.geometry.camera import as_point
from virtopsy.geometry.frame import Floats, Frame
from virtopsy.imaging.voxel_region import Mask, VoxelRegion, border_voxels
from virtopsy.language import printable

_NAMESPACE: Final = UUID("5b0c8f0e-2f5e-4c8b-8a52-0d0a4b7c6f02")
_OFF_VOXEL: Final = 0.05
"""Of a voxel: positions and spacings are written with a few decimals."""
_LONGEST_NAME: Final = 200
_MOST_VOXELS: Final = 2**29


def findings_of(dataset: Dataset, sources: Mapping[str, Source]) -> Taken:
    """Return the regions of a segmentation and what of it could not be read.

    Args:
        dataset: the segmentation, with its pixels.
        sources: the series of the case, by the key that findings call them.
    """
    frame_uid = str(dataset.get("FrameOfReferenceUID", ""))
    fit = [
        one
        for one in sources.values()
        if one.frame is not None and one.frame_of_reference_uid == frame_uid
    ]
    label = str(dataset.get("SeriesDescription") or dataset.get("ContentLabel") or "SEG")
    if not fit:
        return Taken(omissions=(omitted("other_frame", name=label, kind="SEG"),))
    pixels = _pixels(dataset)
    taken = Taken()
    for segment in dataset.SegmentSequence:
        if int(segment.SegmentNumber):  # 0 is the background of a label map
            taken += _segment(dataset, segment, pixels, fit)
    if str(dataset.get("SegmentationType", "")) == "FRACTIONAL":
        taken += Taken(omissions=(omitted("fractional", name=label),))
    return taken


def _segment(dataset: Dataset, segment: Dataset, pixels: NDArray[Any], fit: list[Source]) -> Taken:
    name = printable(str(segment.get("TrackingID") or segment.get("SegmentLabel") or "SEG").strip())
    record = kept(segment)
    known = record_of(record, {one.key: one for one in fit}, name) if record else Taken()
    marked = next((one for one in known.findings if isinstance(one, Region)), None)
    wanted = [one for one in fit if marked is None or one.key == marked.series_uid]
    for source in sorted(wanted, key=lambda one: one.uid not in _series(dataset)):
        mask = _on_grid(dataset, segment, pixels, source.frame)
        if isinstance(mask, np.ndarray):
            return _taken(name, segment, mask, source, marked)
    return known if known.omissions else Taken(omissions=(omitted("grid", name=name),))


def _taken(name: str, segment: Dataset, mask: Mask, source: Source, marked: Region | None) -> Taken:
    if not mask.any():
        return Taken(omissions=(omitted("empty", name=name),))
    region = VoxelRegion(_shape(mask), (0, 0, 0), mask).trimmed()
    if marked is None:
        return Taken((_region(name, segment, region, source),))
    held = marked.voxels()
    same = region.box == held.box and np.array_equal(region.mask, held.mask)
    if same and region.grid == held.grid and name == marked.name.strip():
        return Taken((marked,))
    return Taken(omissions=(omitted("differs", name=name),))


def _shape(mask: Mask) -> tuple[int, int, int]:
    k, j, i = mask.shape
    return k, j, i


def _series(dataset: Dataset) -> set[str]:
    pointed = dataset.get("ReferencedSeriesSequence") or ()
    return {str(one.get("SeriesInstanceUID", "")) for one in pointed}


def _pixels(dataset: Dataset) -> NDArray[Any]:
    count = int(dataset.get("NumberOfFrames") or 1)
    rows, columns = int(dataset.Rows), int(dataset.Columns)
    if count * rows * columns > _MOST_VOXELS:
        raise ValueError("a segmentation too large")
    return np.asarray(dataset.pixel_array).reshape(count, rows, columns)


def _on_grid(
    dataset: Dataset, segment: Dataset, pixels: NDArray[Any], frame: Frame | None
) -> Mask | None:
    """Return the mask on a grid; None where a voxel of it lies between or beside the grid's."""
    if frame is None:
        return None
    mask = np.zeros(frame.shape, np.bool_)
    for plane, groups in zip(pixels, dataset.PerFrameFunctionalGroupsSequence, strict=True):
        inside = _inside(dataset, segment, plane, groups)
        if inside is None or not inside.any():
            continue
        rows, columns = np.nonzero(inside)
        first, down, right = _steps(dataset, groups, frame)
        if not _fits(rows, columns, (first, down, right), frame):
            return None
        i, j, k = (
            int(at) + rows * int(along_j) + columns * int(along_i)
            for at, along_j, along_i in zip(*map(np.rint, (first, down, right)), strict=True)
        )
        mask[k, j, i] = True
    return mask


def _fits(
    rows: NDArray[np.int64],
    columns: NDArray[np.int64],
    steps: tuple[Floats, Floats, Floats],
    frame: Frame,
) -> bool:
    """Tell whether pixels of a frame lie on voxels of a grid; the outermost ones tell for all."""
    first, down, right = steps
    whole = tuple(map(np.rint, steps))
    for j in (rows.min(), rows.max()):
        for i in (columns.min(), columns.max()):
            place = first + j * down + i * right
            voxel = whole[0] + j * whole[1] + i * whole[2]
            within = (voxel >= 0).all() and (voxel < frame.shape[::-1]).all()
            if np.abs(place - voxel).max() > _OFF_VOXEL or not within:
                return False
    return True


def _inside(
    dataset: Dataset, segment: Dataset, plane: NDArray[Any], groups: Dataset
) -> Mask | None:
    """Return which pixels of a frame belong to a segment; None: it is a frame of another one."""
    number = int(segment.SegmentNumber)
    kind = str(dataset.get("SegmentationType", "BINARY"))
    if kind == "LABELMAP":
        return np.asarray(plane == number, dtype=np.bool_)
    identified = _group(dataset, groups, "SegmentIdentificationSequence")
    if int(identified.ReferencedSegmentNumber) != number:
        return None
    half = int(dataset.get("MaximumFractionalValue") or 1) / 2
    return np.asarray(plane >= max(half, 0.5), dtype=np.bool_)


def _steps(dataset: Dataset, groups: Dataset, frame: Frame) -> tuple[Floats, Floats, Floats]:
    """Return the index (i, j, k) of a frame's first pixel, and those one row and column further.

    By PS3.3 equation C.7.6.2.1-1.
    """
    start = np.array(_group(dataset, groups, "PlanePositionSequence").ImagePositionPatient, float)
    cosines = _group(dataset, groups, "PlaneOrientationSequence").ImageOrientationPatient
    down_mm, right_mm = _group(dataset, groups, "PixelMeasuresSequence").PixelSpacing
    right = np.array(cosines[:3], np.float64) * float(right_mm)
    down = np.array(cosines[3:], np.float64) * float(down_mm)
    first, one_down, one_right = frame.to_index([start, start + down, start + right])
    return first, one_down - first, one_right - first


def _group(dataset: Dataset, groups: Dataset, keyword: str) -> Any:
    """Return a functional group: of the frame, else the one all frames share."""
    own = groups.get(keyword)
    return own[0] if own else dataset.SharedFunctionalGroupsSequence[0][keyword].value[0]


def _region(name: str, segment: Dataset, region: VoxelRegion, source: Source) -> Region:
    kind = code((segment.get("SegmentedPropertyTypeCodeSequence") or [Dataset()])[0])
    substances = {one.snomed: one.code for one in terms("substance") if one.snomed}
    uid = str(segment.get("TrackingUID") or name)
    frame = source.frame
    if frame is None:
        raise ValueError("no grid")
    return Region(
        as_point(frame.to_lps(_middle(region.mask) + np.array(region.start[::-1]))),
        **packed(region),
        substance=Substance(substances.get(kind.value, "")),
        how="painted" if segment.get("SegmentAlgorithmType") == "MANUAL" else "threshold",
        measured=(_volume(region.mask, frame),),
        finding_id=uuid5(_NAMESPACE, f"{uid}\0{source.uid}\0{segment.SegmentNumber}").hex,
        name=name[:_LONGEST_NAME] or "SEG",
        series_uid=source.key,
        frame_of_reference_uid=source.frame_of_reference_uid,
        remark=kind.meaning,
    )


def _middle(mask: Mask) -> Floats:
    """Return (i, j, k) of the voxel of a mask that is nearest to its middle."""
    inside = np.argwhere(mask)
    off = inside - inside.mean(axis=0)
    k, j, i = inside[int(np.argmin((off**2).sum(axis=1)))]
    return np.array((i, j, k), dtype=np.float64)


def _volume(mask: Mask, frame: Frame) -> Quantity:
    """Return the volume with its range: the border half a voxel further in and out."""
    count, rim = int(mask.sum()), border_voxels(mask)
    voxel = float(np.prod(frame.spacing_mm))
    low, high = max(count - rim, 0.0) * voxel, (count + rim) * voxel
    return Quantity("volume", count * voxel, "mm3", low=low, high=high, source="spacing")
