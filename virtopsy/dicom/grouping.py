"""Planes to series: what truly forms one volume, what is kept apart, what is wrong with each."""

from __future__ import annotations

import os
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Final

import numpy as np

from virtopsy.dicom.carrier import Address
from virtopsy.dicom.correct import grid_of
from virtopsy.dicom.names import readable
from virtopsy.dicom.parts import split, without_copies
from virtopsy.dicom.reader import Heading, Read
from virtopsy.dicom.refusal import lossy, refusal
from virtopsy.dicom.series import Instance, Problem, Series, Study
from virtopsy.dicom.stack import Stack, normal, orientation_of

_SAME_DIRECTION: Final = 1 - 1e-5  # cosine; 0.26 degrees
_SAME_PIXEL: Final = 1e-3
# A stack with only these flaws becomes a volume all the same, most of them by correction.
_MENDED: Final = frozenset(
    {"too_few_slices", "mixed_orientation", "gantry_tilt", "uneven_spacing", "missing_slices"}
)


def group(reads: Iterable[Read], contents: Mapping[Address, bytes]) -> tuple[Study, ...]:
    """Return the studies, each with its series and their volumes.

    Args:
        reads: the files.
        contents: fingerprints of those that share a UID, see `without_copies`.
    """
    by_study: dict[str, dict[str, list[Read]]] = defaultdict(lambda: defaultdict(list))
    for one in reads:
        by_study[one.heading.study_uid][one.heading.series_uid].append(one)
    return tuple(_study(list(by_study[uid].values()), contents) for uid in sorted(by_study))


def _study(series: Sequence[Sequence[Read]], contents: Mapping[Address, bytes]) -> Study:
    heading = series[0][0].heading
    found = sorted(
        (part for reads in series for part in _series(reads, contents)),
        key=lambda one: (one.uid, one.part),
    )
    return Study(
        uid=heading.study_uid,
        patient_name=heading.patient_name,
        patient_id=heading.patient_id,
        date=heading.date,
        description=heading.study_description,
        series=tuple(found),
        time=heading.time,
        birth_date=heading.birth_date,
        sex=heading.sex,
        age=heading.age,
    )


def _series(reads: Sequence[Read], contents: Mapping[Address, bytes]) -> list[Series]:
    """Return the volumes of one series, largest first, then what is kept apart."""
    heading = reads[0].heading
    instances, problems = without_copies(
        [one for read in reads for one in read.instances], contents
    )
    if heading.assumed:
        texts = (heading.patient_name, heading.study_description, heading.series_description)
        example = next((text for text in texts if not text.isascii()), heading.patient_name)
        facts = {"charset": heading.assumed, "name": readable(example)}
        problems = (*problems, Problem("charset_guessed", facts=facts))
    usable: list[Instance] = []
    refused: dict[tuple[object, ...], list[tuple[Instance, Problem]]] = defaultdict(list)
    for instance in instances:
        problem = refusal(instance, heading.modality)
        if problem is None:
            usable.append(instance)
        else:
            what = problem.code, problem.variant, problem.facts.get("kind")
            refused[what].append((instance, problem))
    if usable and ("truncated_pixels", "", None) in refused:
        # The rest still forms a volume, with the broken plane missing from it.
        broken = refused.pop(("truncated_pixels", "", None))
        problems = (*problems, broken[0][1])
    found = [_volume(stack, heading) for stack in _stacks(usable)]
    found.sort(key=lambda one: (not one.volume, -one.frames, one.instances[0].number))
    found.extend(
        _kept_apart([one for one, _ in members], members[0][1], heading)
        for members in refused.values()
    )
    return [
        replace(one, part=place if len(found) > 1 else 0, problems=(*one.problems, *problems))
        for place, one in enumerate(found, start=1)
    ]


def _stacks(usable: Sequence[Instance]) -> list[Stack]:
    """Return what forms one volume each: same matrix, pixels, direction, frame of reference."""
    frames: dict[str, list[Instance]] = defaultdict(list)
    for instance in usable:
        frames[instance.frame_of_reference_uid].append(instance)
    # Some anonymisers give every file a frame of reference of its own: then it says nothing.
    if len(frames) > len(usable) / 2:
        frames = {"": list(usable)}
    stacks = [
        stack for uid in sorted(frames) for grid in _grids(frames[uid]) for stack in split(grid)
    ]
    directions = _alike([stack.instances[0] for stack in stacks])
    if len(set(directions)) < 2:
        return stacks
    mixed = Problem("mixed_orientation", facts={"n": len(set(directions))})
    return [replace(stack, problems=(mixed, *stack.problems)) for stack in stacks]


def _grids(usable: Sequence[Instance]) -> list[list[Instance]]:
    """Return the planes of the same matrix, direction and pixels."""
    exact: dict[tuple[object, ...], list[Instance]] = defaultdict(list)
    for one in usable:
        exact[one.rows, one.columns, one.row, one.column, one.pixel_mm].append(one)
    sizes: dict[tuple[int, int], list[list[Instance]]] = defaultdict(list)
    for members in exact.values():
        sizes[members[0].rows, members[0].columns].append(members)
    grids: list[list[Instance]] = []
    for sized in sizes.values():
        labels = _alike([members[0] for members in sized], pixels=True)
        homes: dict[int, list[Instance]] = defaultdict(list)
        for label, members in zip(labels, sized, strict=True):
            homes[label].extend(members)
        grids.extend(homes.values())
    return grids


def _alike(planes: Sequence[Instance], *, pixels: bool = False) -> list[int]:
    """Label planes that lie the same way, and have the same pixels; all of them with a place.

    Each is compared with the first of its label.
    """
    rows = np.array([one.row for one in planes], dtype=np.float64)
    columns = np.array([one.column for one in planes], dtype=np.float64)
    sizes = np.array([one.pixel_mm for one in planes], dtype=np.float64)
    labels = np.full(len(planes), -1)
    left = np.arange(len(planes))
    while len(left):
        first = left[0]
        same = rows[left] @ rows[first] > _SAME_DIRECTION
        same &= columns[left] @ columns[first] > _SAME_DIRECTION
        if pixels:
            off = np.abs(sizes[left] - sizes[first])
            same &= (off <= _SAME_PIXEL * sizes[first]).all(axis=1)
        same[0] = True
        labels[left[same]] = first
        left = left[~same]
    return [int(label) for label in labels]


def _volume(stack: Stack, heading: Heading) -> Series:
    first = stack.instances[0]
    problems = list(stack.problems)
    problems += lossy(stack.instances)
    # What was used once is mended as well.
    codes = {one.code for one in stack.problems if one.variant != "same_picture"}
    possible = not codes - _MENDED
    grid = grid_of(stack) if possible else None
    voxels = grid.count * grid.rows * grid.columns if grid else 0
    if grid and stack.corrected:
        voxels += len(stack.instances) * first.rows * first.columns  # the original beside it
    if 2 * voxels > _memory_bytes():
        problems.append(
            Problem("too_large", facts={"gigabytes": round(float(2 * voxels / 1e9), 1)})
        )
    i, j = first.pixel_mm or (0.0, 0.0)
    return Series(
        uid=heading.series_uid,
        part=0,
        study_uid=heading.study_uid,
        modality=heading.modality,
        description=heading.series_description,
        instances=stack.instances,
        frames=len(stack.instances),
        rows=first.rows,
        columns=first.columns,
        spacing_mm=(i, j, grid.step_mm) if grid else None,
        orientation=orientation_of(normal(first)),
        volume=possible and all(problem.code != "too_large" for problem in problems),
        problems=tuple(problems),
    )


def _kept_apart(instances: Sequence[Instance], problem: Problem, heading: Heading) -> Series:
    first = instances[0]
    oriented = first.row is not None and first.column is not None
    return Series(
        uid=heading.series_uid,
        part=0,
        study_uid=heading.study_uid,
        modality=heading.modality,
        description=heading.series_description,
        instances=tuple(sorted(instances, key=lambda one: (one.number, one.place))),
        frames=sum(one.frames for one in instances),
        rows=first.rows,
        columns=first.columns,
        spacing_mm=None,
        orientation=orientation_of(normal(first)) if oriented else None,
        volume=False,
        problems=(problem, *lossy(instances)),
    )


def _memory_bytes() -> int:
    """Return the memory this machine has."""
    return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
