"""A series to a volume: chosen, decoded, placed in the patient."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Final

import numpy as np
from numpy.typing import NDArray

from virtopsy.dicom.correct import Grid, acquired_of, grid_of, resample
from virtopsy.dicom.reading import Planes, Slots, read
from virtopsy.dicom.scale import ceiling, plateau, quantity_of
from virtopsy.dicom.series import Instance, Problem, Scan, Series, Study
from virtopsy.dicom.stack import Stack, arrange
from virtopsy.errors import Bug, InputError, UsageError
from virtopsy.geometry.frame import Frame
from virtopsy.imaging.volume import Acquired, Identity, Quantity, SourceSlice, Volume
from virtopsy.imaging.voxels import Voxels
from virtopsy.jobs import Progress
from virtopsy.language import Fact

# What stands where no plane is: less than air, so that no rendering shows it.
_EMPTY: Final = {Quantity.HU: -1024.0, Quantity.SIGNAL: 0.0}

_FEWEST_UNEVEN: Final = 3


def choose(scan: Scan, key: str | None) -> Series:
    """Return the series with this key ("UID" or "UID#2"), or the volume with most voxels.

    A bare UID of a series that holds several volumes means the largest of them.

    Raises:
        InputError: there is no such series, no volume, or the series can form none.
        UsageError: the key is blank, and no series goes without a UID.
    """
    every = [series for study in scan.studies for series in study.series]
    asked = [one for one in every if key in {None, one.key, one.uid}]
    if not asked and key is not None and not key.strip():
        raise UsageError("scan.series_not_named")
    if not asked:
        raise InputError("scan.no_such_series", series=key or "")
    volumes = [one for one in asked if one.volume]
    if volumes:
        return max(volumes, key=lambda one: one.frames * one.rows * one.columns)
    problem = next(iter(asked[0].problems), None)
    if problem is not None and (key is not None or len(asked) == 1):
        facts = {"path": asked[0].instances[0].place} | dict(problem.facts)
        variant = f".{problem.variant}" if problem.variant else ""
        raise InputError(f"scan.problem.{problem.code}{variant}", **facts)
    raise InputError("scan.no_volume", n=len(asked))


def study_of(scan: Scan, series: Series) -> Study:
    """Return the study a series of this scan belongs to."""
    for study in scan.studies:
        if study.uid == series.study_uid and series in study.series:
            return study
    raise Bug("the series is not of this scan")


@dataclass(frozen=True)
class Watch:
    """How a viewer follows a volume that is still being read.

    Attributes:
        focus: LPS mm; the planes nearest to it are read first, those in the middle for None.
            Asked again and again, from other threads.
        begun: called with the volume when its first planes are there; its `arrived` fills.
    """

    focus: Callable[[], tuple[float, float, float] | None]
    begun: Callable[[Volume], None]


def assemble(
    series: Series, study: Study, progress: Progress, watch: Watch | None = None
) -> Volume:
    """Decode the planes of a series and place them in the patient.

    Args:
        series: one that is a volume.
        study: what it belongs to.
        progress: ticks a plane.
        watch: sees the volume while it fills, where its planes need no correction.

    Returns:
        The volume: HU for CT with a modality LUT, signal for all else. Its problems are those
        of the series and what only the values tell. A plane that cannot be read leaves a gap.

    Raises:
        InputError: no plane can be read; a file is gone, truncated or cannot be decoded.
        Cancelled: the user asked for it.
        Bug: the series is not a volume.
    """
    if not series.volume:
        raise Bug(f"series {series.key} is no volume")
    stack = arrange(series.instances)
    if stack.corrected:
        return _corrected(series, study, stack, progress)
    return _in_place(series, study, stack, progress, watch)


def _in_place(
    series: Series, study: Study, stack: Stack, progress: Progress, watch: Watch | None
) -> Volume:
    """Read the planes of a regular grid straight to their slices."""
    grid, quantity = grid_of(stack), quantity_of(series.instances, series.modality)
    frame = _frame(stack, grid)

    def focus() -> int:
        place = None if watch is None else watch.focus()
        return grid.count // 2 if place is None else round(float(frame.to_index(place)[2]))

    def begun(voxels: Voxels, arrived: NDArray[np.bool_]) -> None:
        if watch is not None:
            # Seen through a view of its own: what watches may not write, the reader still does.
            volume = _volume(series, study, stack, voxels.view())
            watch.begun(replace(volume, arrived=arrived))

    slots = Slots(stack.places, grid.count, _EMPTY[quantity])
    planes = read(stack.instances, slots, quantity, progress, focus=focus, begun=begun)
    volume = _volume(series, study, stack, planes.voxels)
    missed = {int(stack.places[number]) for number in planes.failed}
    sources = [s for number, s in enumerate(volume.sources) if number not in planes.failed]
    return replace(
        volume,
        problems=_codes(series, planes, stack.places, quantity),
        gaps=tuple(sorted({*volume.gaps, *missed})),
        sources=tuple(sources),
        unread=_unread(stack, planes),
        ceiling_hu=_ceiling(series, planes, quantity),
    )


def _corrected(series: Series, study: Study, stack: Stack, progress: Progress) -> Volume:
    """Read the planes one behind the other, then move them to where they truly lie."""
    quantity = quantity_of(series.instances, series.modality)
    own = np.arange(len(stack.instances))
    slots = Slots(own, len(own), _EMPTY[quantity])
    planes = read(stack.instances, slots, quantity, progress, focus=lambda: 0)
    voxels, unread = planes.voxels, _unread(stack, planes)
    if planes.failed:
        # What cannot be read may not bend what can: the rest is arranged anew.
        kept = [number for number in own.tolist() if number not in planes.failed]
        voxels, stack = voxels[kept], arrange([stack.instances[number] for number in kept])
        if stack.step_mm == 0 and len(kept) < _FEWEST_UNEVEN:
            raise planes.failed[min(planes.failed)]
    straight = resample(voxels, stack, grid_of(stack), _EMPTY[quantity], progress)
    return replace(
        _volume(series, study, stack, straight, acquired_of(voxels, stack)),
        problems=_codes(series, planes, own, quantity),
        unread=unread,
        ceiling_hu=_ceiling(series, planes, quantity),
    )


def _volume(
    series: Series, study: Study, stack: Stack, voxels: Voxels, acquired: Acquired | None = None
) -> Volume:
    grid = grid_of(stack)
    return Volume(
        voxels=voxels,
        frame=_frame(stack, grid),
        quantity=quantity_of(series.instances, series.modality),
        identity=_identity(series, study),
        sources=tuple(map(_source, stack.instances)),
        problems=tuple(dict.fromkeys(problem.code for problem in series.problems)),
        widest_gap_mm=stack.widest_gap_mm,
        gaps=grid.gaps,
        acquired=acquired,
        compression_ratio=max(
            (one.storage.ratio for one in series.instances if one.storage.ratio), default=None
        ),
        # Where windows differ from slice to slice, the one in the middle.
        display=stack.instances[len(stack.instances) // 2].display,
    )


def _unread(stack: Stack, planes: Planes) -> tuple[SourceSlice, ...]:
    return tuple(_source(stack.instances[number]) for number in sorted(planes.failed))


def _codes(
    series: Series, planes: Planes, places: NDArray[np.int64], quantity: Quantity
) -> tuple[str, ...]:
    """Return the codes of what is wrong, also of what only the values tell."""
    codes = [problem.code for problem in series.problems]
    if planes.failed:
        codes.append("undecodable")
    if quantity is Quantity.HU and plateau(planes.voxels, places, planes.tops, series.instances):
        codes.append("hu_saturated")
    return tuple(dict.fromkeys(codes))


def _ceiling(series: Series, planes: Planes, quantity: Quantity) -> float | None:
    return ceiling(planes.tops, series.instances) if quantity is Quantity.HU else None


def frame_of(series: Series) -> Frame:
    """Return where the voxels of a volume series will lie; without reading a pixel.

    Raises:
        Bug: the series is not a volume.
    """
    if not series.volume:
        raise Bug(f"series {series.key} is no volume")
    stack = arrange(series.instances)
    return _frame(stack, grid_of(stack))


def _frame(stack: Stack, grid: Grid) -> Frame:
    """Place the grid by PS3.3 equation C.7.6.2.1-1, the third axis along row x column."""
    first = stack.instances[0]
    i, j = first.pixel_mm or (1.0, 1.0)
    directions = stack.axes
    begins = np.array((grid.first_column * i, grid.first_row * j, 0.0))
    return Frame.of(
        (grid.count, grid.rows, grid.columns),
        origin_mm=np.array(first.position) - directions @ begins,
        spacing_mm=(i, j, grid.step_mm),
        directions=directions,
    )


def _source(instance: Instance) -> SourceSlice:
    return SourceSlice(instance.sop_uid, instance.place, instance.frame_number)


def _identity(series: Series, study: Study) -> Identity:
    return Identity(
        patient_name=study.patient_name,
        patient_id=study.patient_id,
        study_uid=study.uid,
        study_date=study.date,
        birth_date=study.birth_date,
        sex=study.sex,
        age=study.age,
        study_description=study.description,
        series_uid=series.uid,
        series_description=series.description,
        modality=series.modality,
        frame_of_reference_uid=series.instances[0].frame_of_reference_uid,
    )


def problems_of(series: Series, volume: Volume) -> tuple[Problem, ...]:
    """Return the problems of a loaded volume with their facts, for reports."""
    found = list(series.problems)
    if volume.unread:
        facts: dict[str, Fact] = {"n": len(volume.unread), "path": volume.unread[0].path}
        found.append(Problem("undecodable", "planes", facts))
    known = {problem.code for problem in found}
    return (*found, *(Problem(code) for code in volume.problems if code not in known))
