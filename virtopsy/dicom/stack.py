"""What planes of one orientation form: their order along the normal, their spacing, their flaws."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import atan2, degrees
from typing import Final

import numpy as np
from numpy.typing import NDArray

from virtopsy.dicom.geometry import cross
from virtopsy.dicom.series import Instance, Problem, Vector

# A plane may lie off its place in the grid by this share of the spacing: positions are often
# rounded to 0.1 mm. Beyond it the spacing counts as uneven.
_OFF_PLACE: Final = 0.12
# Planes may wander sideways by this share of a pixel over the whole stack.
_SIDEWAYS: Final = 0.25
_SAME_PLACE_MM: Final = 1e-3
_CONFIRMED: Final = 0.1
_FILLED: Final = 0.75
_DIGITS: Final = 9  # of a spacing in mm; beyond is the noise of sums
_AXES: Final = "xyz"


@dataclass(frozen=True, eq=False)
class Stack:
    """Planes of one orientation in order.

    Attributes:
        instances: along row x column, so that (i, j, k) is right-handed.
        distances: (n,) mm along the normal, ascending.
        sideways: (n, 2) mm by which each plane is off the first along row and column.
        step_mm: spacing of the regular grid the planes lie in; 0 where there is none.
        places: (n,) index of each plane in that grid.
        regular: the planes fill a grid without a gap, shear or duplicate.
        problems: what is wrong.
    """

    instances: tuple[Instance, ...]
    distances: NDArray[np.float64]
    sideways: NDArray[np.float64]
    step_mm: float
    places: NDArray[np.int64]
    regular: bool
    problems: tuple[Problem, ...]

    @property
    def normal(self) -> Vector:
        """Return row x column of its planes."""
        return normal(self.instances[0])

    @property
    def codes(self) -> frozenset[str]:
        """Return the codes of its problems."""
        return frozenset(problem.code for problem in self.problems)


def normal(instance: Instance) -> Vector:
    """Return row x column of a plane with an orientation."""
    return cross(_known(instance.row), _known(instance.column))


def orientation_of(direction: Vector) -> str:
    """Name the plane with this normal; beyond 37 degrees (cosine 0.8) from every axis: oblique."""
    share = [abs(part) for part in direction]
    greatest = max(share)
    if greatest < 0.8:
        return "oblique"
    return ("sagittal", "coronal", "axial")[share.index(greatest)]


def arrange(instances: Sequence[Instance]) -> Stack:
    """Order planes of one orientation and matrix, all with a position, and judge them."""
    axis = np.array(normal(instances[0]))
    positions = np.array([_known(one.position) for one in instances], dtype=np.float64)
    along = positions @ axis
    order = np.lexsort((np.array([one.number for one in instances]), along))
    ordered = tuple(instances[place] for place in order)
    positions, along = positions[order], along[order]
    plane = np.array([_known(ordered[0].row), _known(ordered[0].column)])
    sideways = (positions - positions[0]) @ plane.T
    step, places = _grid(along, ordered)
    problems = _judge(ordered, along, sideways, step, places)
    regular = step > 0 and not {p.code for p in problems} - {"too_few_slices"}
    return Stack(ordered, along, sideways, step, places, regular, problems)


def _known(vector: Vector | None) -> Vector:
    if vector is None:
        raise ValueError("a plane without position or orientation cannot be arranged")
    return vector


def _grid(
    along: NDArray[np.float64], instances: Sequence[Instance]
) -> tuple[float, NDArray[np.int64]]:
    """Return spacing and places of the regular grid the planes lie in; spacing 0: in none."""
    count = len(along)
    places = np.arange(count)
    if count == 1:
        one = instances[0]
        return one.spacing_between_mm or one.thickness_mm or 0.0, places
    gaps = np.diff(along)
    if gaps.min() < _SAME_PLACE_MM:
        return 0.0, places
    if count == 2 and not _confirmed(float(gaps[0]), instances[0]):
        return 0.0, places
    # The median is the best guess; the smallest gap is right where most slices are missing.
    for guess in (float(np.median(gaps)), float(gaps.min())):
        step, places = _fitted(along, gaps, guess)
        if step > 0 and not _thicker_slices(gaps, places, instances):
            return step, places
    return 0.0, np.arange(count)


def _fitted(
    along: NDArray[np.float64], gaps: NDArray[np.float64], guess: float
) -> tuple[float, NDArray[np.int64]]:
    """Return the regular grid near a guessed spacing, spacing 0 where the planes lie off it."""
    step, places = guess, np.arange(len(along))
    for _ in range(3):
        jumps = np.rint(gaps / step).astype(np.int64)
        if jumps.min() < 1:
            return 0.0, places
        places = np.concatenate((np.zeros(1, np.int64), np.cumsum(jumps)))
        step = round(float((along[-1] - along[0]) / places[-1]), _DIGITS)
    off = np.abs(along - along[0] - places * step)
    # More gaps than slices are no grid that anybody scanned.
    if off.max() > _OFF_PLACE * step or places[-1] >= 2 * len(along):
        return 0.0, places
    return step, places


def _thicker_slices(
    gaps: NDArray[np.float64], places: NDArray[np.int64], instances: Sequence[Instance]
) -> bool:
    """Tell whether a wide gap lies between slices as thick as it: then nothing is missing there.

    Heads are often scanned thin through the base and twice as thick above it.
    """
    return any(
        (one.thickness_mm or 0.0) + (other.thickness_mm or 0.0) >= 2 * _FILLED * gap
        for one, other, gap, jump in zip(
            instances, instances[1:], gaps, np.diff(places), strict=False
        )
        if jump > 1
    )


def _confirmed(gap: float, instance: Instance) -> bool:
    """Tell whether the declared thickness or spacing says that nothing lies between two planes."""
    declared = (instance.spacing_between_mm, instance.thickness_mm)
    return any(value and abs(gap - value) <= _CONFIRMED * value for value in declared)


def _judge(
    instances: Sequence[Instance],
    along: NDArray[np.float64],
    sideways: NDArray[np.float64],
    step: float,
    places: NDArray[np.int64],
) -> tuple[Problem, ...]:
    count = len(instances)
    found = []
    if count < 3:
        found.append(Problem("too_few_slices", facts={"n": count}))
    if count == 1:
        return (*found, *([] if step else [Problem("spacing_missing", "thickness")]))
    if count == 2 and not step and along[1] - along[0] >= _SAME_PLACE_MM:
        found.append(Problem("spacing_missing", "two"))
    gaps = np.diff(along)
    same = int((gaps < _SAME_PLACE_MM).sum())
    if same:
        found.append(Problem("duplicate_position", facts={"n": same}))
    elif step == 0 and count > 2:
        facts = {"smallest": round(float(gaps.min()), 2), "largest": round(float(gaps.max()), 2)}
        found.append(Problem("uneven_spacing", facts=facts))
    elif step > 0 and places[-1] >= count:
        found.append(_missing(instances, step, places))
    pixel = min(instances[0].pixel_mm or (1.0, 1.0))
    if np.abs(sideways).max() > _SIDEWAYS * pixel:
        found.append(_sheared(along, sideways, pixel))
    return tuple(found)


def _sheared(along: NDArray[np.float64], sideways: NDArray[np.float64], pixel: float) -> Problem:
    """Tell a tilted gantry (planes wander in proportion) from planes that jump sideways."""
    depth = along - along[0]
    rate = (depth @ sideways) / max(float(depth @ depth), 1e-12)
    left = np.abs(sideways - np.outer(depth, rate)).max()
    if left > pixel:
        return Problem(
            "uneven_spacing", "sideways", {"largest": round(float(np.abs(sideways).max()), 2)}
        )
    tilt = degrees(atan2(float(np.hypot(*rate)), 1.0))
    return Problem("gantry_tilt", facts={"degrees": round(tilt, 1)})


def _missing(
    instances: Sequence[Instance],
    step: float,
    places: NDArray[np.int64],
) -> Problem:
    """Number the missing planes, counted from the first along the normal, and place them."""
    absent = sorted(set(range(int(places[-1]) + 1)) - set(places.tolist()))
    axis = np.array(normal(instances[0]))
    main = int(np.argmax(np.abs(axis)))
    start = _known(instances[0].position)[main]
    ends = [start + index * step * axis[main] for index in (absent[0], absent[-1])]
    return Problem(
        "missing_slices",
        facts={
            "n": len(absent),
            "numbers": _ranges([index + 1 for index in absent]),
            "axis": _AXES[main],
            "first": round(float(min(ends)), 1),
            "last": round(float(max(ends)), 1),
        },
    )


def _ranges(numbers: Sequence[int]) -> str:
    """Write 3, 4, 5, 9 as "3-5, 9"."""
    runs: list[list[int]] = []
    for number in numbers:
        if runs and number == runs[-1][1] + 1:
            runs[-1][1] = number
        else:
            runs.append([number, number])
    return ", ".join(str(a) if a == b else f"{a}–{b}" for a, b in runs)
