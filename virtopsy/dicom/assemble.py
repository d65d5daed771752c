"""A series to a volume: chosen, decoded, placed in the patient."""

from __future__ import annotations

from typing import Final

import numpy as np

from virtopsy.dicom.correct import Grid, acquired_of, grid_of, resample
from virtopsy.dicom.scale import Values, quantity_of
from virtopsy.dicom.series import Problem, Scan, Series, Study
from virtopsy.dicom.stack import Stack, arrange
from virtopsy.errors import Bug, InputError
from virtopsy.geometry.frame import Frame
from virtopsy.imaging.volume import Identity, Quantity, SourceSlice, Volume
from virtopsy.jobs import Progress

# What stands where no plane is: less than air, so that no rendering shows it.
_EMPTY: Final = {Quantity.HU: -1024.0, Quantity.SIGNAL: 0.0}


def choose(scan: Scan, key: str | None) -> Series:
    """Return the series with this key ("UID" or "UID#2"), or the volume with most voxels.

    A bare UID of a series that holds several volumes means the largest of them.

    Raises:
        InputError: there is no such series, no volume, or the series can form none.
    """
    every = [series for study in scan.studies for series in study.series]
    asked = [one for one in every if key in {None, one.key, one.uid}]
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


def assemble(series: Series, study: Study, progress: Progress) -> Volume:
    """Decode the planes of a series and place them in the patient.

    Returns:
        The volume: HU for CT with a modality LUT, signal for all else. Its problems are those
        of the series and what only the values tell.

    Raises:
        InputError: a file is gone, truncated or cannot be decoded.
        Cancelled: the user asked for it.
        Bug: the series is not a volume.
    """
    if not series.volume:
        raise Bug(f"series {series.key} is no volume")
    quantity = quantity_of(series.instances[0], series.modality)
    values = Values(series.instances, quantity)
    voxels = values.read(progress)
    codes = [problem.code for problem in series.problems]
    if values.plateau(voxels) is not None:
        codes.append("hu_saturated")
    stack = arrange(series.instances)
    grid = grid_of(stack)
    acquired = None
    if not stack.regular:
        acquired = acquired_of(voxels, stack)
        voxels = resample(voxels, stack, grid, _EMPTY[quantity], progress)
    return Volume(
        voxels=voxels,
        frame=_frame(stack, grid),
        quantity=quantity,
        identity=_identity(series, study),
        sources=_sources(stack),
        problems=tuple(dict.fromkeys(codes)),
        widest_gap_mm=stack.widest_gap_mm,
        gaps=grid.gaps,
        acquired=acquired,
        compression_ratio=max(
            (one.storage.ratio for one in series.instances if one.storage.ratio), default=None
        ),
    )


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


def _sources(stack: Stack) -> tuple[SourceSlice, ...]:
    """Return the source of each acquired plane, in order along the normal."""
    return tuple(SourceSlice(one.sop_uid, one.place, one.frame_number) for one in stack.instances)


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
    known = {problem.code for problem in series.problems}
    return (
        *series.problems,
        *(Problem(code) for code in volume.problems if code not in known),
    )
