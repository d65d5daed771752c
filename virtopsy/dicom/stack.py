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
# Planes may drift sideways by this share of a pixel over the whole stack, and lie off that drift
# by this share of a pixel or what a position rounded to 0.1 mm is off.
_DRIFT: Final = 0.2
_OFF_DRIFT: Final = 0.25
_ROUNDED_MM: Final = 0.1
# A drift that leaves planes this share of itself off its line is no tilt.
_NO_LINE: Final = 0.25
_SAME_SPACING: Final = 0.01  # of the spacing
_FEW_TORN: Final = 8  # gaps for one of them that may be of any width
SAME_PLACE_MM: Final = 1e-3
_CONFIRMED: Final = 0.1
_FILLED: Final = 0.75
# Between planes this many times as far apart as usual, slices are missing. 2 would be one missing
# slice exactly at its place; positions of an uneven stack scatter.
_WIDE: Final = 1.75
_NEIGHBOURS: Final = 7  # gaps in a row that tell what is usual there
_DIGITS: Final = 9  # of a spacing in mm; beyond is the noise of sums
_AXES: Final = "xyz"


@dataclass(frozen=True, eq=False)
class Stack:
    """Planes of one orientation in order.

    Attributes:
        instances: along row x column, so that (i, j, k) is right-handed.
        distances: (n,) mm along the normal, ascending.
        sideways: (n, 2) mm by which each plane is off the first along row and column; 0 where
            they are off by no more than rounding.
        step_mm: spacing of the regular grid the planes lie in; 0 where there is none.
        places: (n,) index of each plane in that grid.
        lost: (n - 1,) bool, slices are missing between a plane and the next.
        regular: the planes fill a grid without a gap, shear or duplicate.
        problems: what is wrong.
    """

    instances: tuple[Instance, ...]
    distances: NDArray[np.float64]
    sideways: NDArray[np.float64]
    step_mm: float
    places: NDArray[np.int64]
    lost: NDArray[np.bool_]
    regular: bool
    problems: tuple[Problem, ...]

    @property
    def axes(self) -> NDArray[np.float64]:
        """Return (3, 3): columns are the unit vectors of i, j and k in LPS, square to each other.

        The column direction is made square to the row: headers round to six digits.
        """
        axis = np.array(normal(self.instances[0]))
        axis /= np.linalg.norm(axis)
        row = np.array(self.instances[0].row)
        return np.column_stack((row, np.cross(axis, row), axis))

    @property
    def widest_gap_mm(self) -> float | None:
        """Return the largest distance that is computed across; None where no plane is computed."""
        if self.step_mm > 0:
            return None
        return float(np.diff(self.distances)[~self.lost].max())

    @property
    def corrected(self) -> bool:
        """Tell whether its volume holds computed values: its planes were moved or interpolated."""
        return self.step_mm == 0 or bool(self.sideways.any())

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
    wander = _wandering(along, sideways, min(ordered[0].pixel_mm or (1.0, 1.0)))
    if wander is None:
        sideways = np.zeros_like(sideways)
    step, places = _grid(along, ordered)
    lost = np.diff(places) > 1 if step > 0 else _far_apart(np.diff(along), ordered)
    problems = _judge(ordered, along, step, places, lost)
    if wander is not None:
        problems = (*problems, wander)
    regular = step > 0 and not {p.code for p in problems} - {"too_few_slices"}
    return Stack(ordered, along, sideways, step, places, lost, regular, problems)


def _known(vector: Vector | None) -> Vector:
    if vector is None:
        raise ValueError("a plane without position or orientation cannot be arranged")
    return vector


def median(values: NDArray[np.float64]) -> float:
    """Return the median of one number or more; numpy's own loads masked arrays for it."""
    ascending = np.sort(values)
    return float(ascending[(len(values) - 1) // 2] + ascending[len(values) // 2]) / 2


def _grid(
    along: NDArray[np.float64], instances: Sequence[Instance]
) -> tuple[float, NDArray[np.int64]]:
    """Return spacing and places of the regular grid the planes lie in; spacing 0: in none."""
    count = len(along)
    places = np.arange(count)
    if count == 1:
        return _declared(instances[0])[0], places
    gaps = np.diff(along)
    if gaps.min() < SAME_PLACE_MM:
        return 0.0, places
    if count == 2 and not _confirmed(float(gaps[0]), instances[0]):
        return 0.0, places
    # The median is the best guess; the smallest gap is right where most slices are missing.
    for guess in (median(gaps), float(gaps.min())):
        step, places = _fitted(along, gaps, guess)
        if step > 0 and not _thicker_slices(gaps, places, instances):
            return step, places
    return 0.0, np.arange(count)


def _fitted(
    along: NDArray[np.float64], gaps: NDArray[np.float64], guess: float
) -> tuple[float, NDArray[np.int64]]:
    """Return the regular grid near a guessed spacing, spacing 0 where the planes lie off it."""
    step, places, jumps = guess, np.arange(len(along)), np.ones(len(gaps), np.int64)
    for _ in range(3):
        jumps = np.rint(gaps / step).astype(np.int64)
        if jumps.min() < 1:
            return 0.0, places
        places = np.concatenate((np.zeros(1, np.int64), np.cumsum(jumps)))
        step = round(float((along[-1] - along[0]) / places[-1]), _DIGITS)
    off = np.abs(along - along[0] - places * step)
    if off.max() > _OFF_PLACE * step or _stretched(gaps, jumps, step):
        return 0.0, places
    # More gaps than slices are no grid that anybody scanned, unless only a few are torn apart.
    if places[-1] >= 2 * len(along) and _FEW_TORN * int((jumps > 1).sum()) > len(jumps):
        return 0.0, places
    return step, places


def _stretched(gaps: NDArray[np.float64], jumps: NDArray[np.int64], step: float) -> bool:
    """Tell whether a grid fits across its gaps only at another spacing than its slices have."""
    close = jumps == 1
    if close.all() or not close.any():
        return False
    runs = int((np.diff(close.astype(np.int8), prepend=0) > 0).sum())
    off = abs(float(gaps[close].sum()) - step * int(close.sum()))
    return off > _ROUNDED_MM * runs + _SAME_SPACING * step


def _thicker_slices(
    gaps: NDArray[np.float64], places: NDArray[np.int64], instances: Sequence[Instance]
) -> bool:
    """Tell whether a wide gap lies between thicker slices: then nothing is missing there.

    Heads are often scanned thin through the base and twice as thick above it.
    """
    jumps = np.diff(places)
    explained = _by_thickness(gaps, instances, close=jumps == 1)
    return bool((explained >= _FILLED * gaps)[jumps > 1].any())


def _by_thickness(
    gaps: NDArray[np.float64], instances: Sequence[Instance], close: NDArray[np.bool_]
) -> NDArray[np.float64]:
    """Return the distance, mm, that slice thickness explains at each gap; 0 where it is unknown.

    Slices may overlap or leave a space between them; how far they lie apart for their thickness
    is read off the gaps where nothing can be missing (`close`).
    """
    thickness = np.array([one.thickness_mm or 0.0 for one in instances])
    between = (thickness[1:] + thickness[:-1]) / 2
    between[np.minimum(thickness[1:], thickness[:-1]) <= 0] = 0.0
    known = close & (between > 0)
    if not known.any():
        return np.zeros_like(gaps)
    ratio = median(gaps[known] / between[known])
    return np.asarray(between * ratio, dtype=np.float64)


def _far_apart(gaps: NDArray[np.float64], instances: Sequence[Instance]) -> NDArray[np.bool_]:
    """Tell between which planes of an uneven stack slices are evidently missing.

    That is where they lie `_WIDE` times as far apart as their thickness explains and as is usual
    there: the largest median of any seven gaps in a row that hold this one, so that a part
    scanned at a wider spacing is usual by itself. The rule cannot see one slice missing where
    distances double anyway, nor every second slice missing over a long part without thickness.
    """
    if len(gaps) < 2 or gaps.min() < SAME_PLACE_MM:
        return np.zeros(len(gaps), dtype=bool)
    size = min(_NEIGHBOURS, len(gaps))
    # The lower median: of two gaps the smaller is the usual one.
    windows = np.lib.stride_tricks.sliding_window_view(gaps, size)
    medians = np.sort(windows, axis=1)[:, (size - 1) // 2]
    wide = np.pad(medians, size - 1, constant_values=0.0)
    usual = np.lib.stride_tricks.sliding_window_view(wide, size).max(axis=1)
    explained = _by_thickness(gaps, instances, close=np.ones(len(gaps), dtype=bool))
    return np.asarray(gaps > _WIDE * np.maximum(usual, explained), dtype=np.bool_)


def _confirmed(gap: float, instance: Instance) -> bool:
    """Tell whether the declared thickness or spacing says that nothing lies between two planes."""
    return any(abs(gap - value) <= _CONFIRMED * value for value in _declared(instance) if value)


def _declared(instance: Instance) -> tuple[float, ...]:
    """Return the stated spacing and thickness, mm; (0,) without."""
    stated = instance.spacing_between_mm, instance.thickness_mm
    return tuple(value for value in stated if value) or (0.0,)


def _judge(
    instances: Sequence[Instance],
    along: NDArray[np.float64],
    step: float,
    places: NDArray[np.int64],
    lost: NDArray[np.bool_],
) -> tuple[Problem, ...]:
    count = len(instances)
    found = []
    if count < 3:
        found.append(Problem("too_few_slices", facts={"n": count}))
    if count == 1:
        return (*found, *([] if step else [Problem("spacing_missing", "thickness")]))
    if count == 2 and not step and along[1] - along[0] >= SAME_PLACE_MM:
        found.append(Problem("spacing_missing", "two"))
    gaps = np.diff(along)
    same = int((gaps < SAME_PLACE_MM).sum())
    if same:
        found.append(Problem("duplicate_position", facts={"n": same}))
    elif step == 0 and count > 2:
        held = gaps[~lost]
        facts = {"smallest": round(float(held.min()), 2), "largest": round(float(held.max()), 2)}
        if lost.any():
            found.append(_missing_between(instances, gaps, lost))
        in_step = lost.any() and np.ptp(held) <= _SAME_SPACING * float(held.max())
        found.append(Problem("uneven_spacing", "blocks" if in_step else "", facts))
    elif lost.any():
        found.append(_missing(instances, places))
    return tuple(found)


def _wandering(
    along: NDArray[np.float64], sideways: NDArray[np.float64], pixel: float
) -> Problem | None:
    """Tell a tilted gantry (planes drift in proportion) from planes that jump sideways.

    None where they do neither by more than rounded positions explain.
    """
    depth = along - along[0]
    rate = (depth @ sideways) / max(float(depth @ depth), 1e-12)
    drift = float(np.hypot(*rate)) * float(depth[-1])
    off = float(np.abs(sideways - np.outer(depth, rate)).max())
    rounding = max(_OFF_DRIFT * pixel, _ROUNDED_MM)
    if off > pixel or (off > rounding and drift <= max(_DRIFT * pixel, off / _NO_LINE)):
        largest = round(float(np.abs(sideways).max()), 2)
        return Problem("uneven_spacing", "sideways", {"largest": largest})
    if drift <= _DRIFT * pixel:
        return None
    tilt = degrees(atan2(float(np.hypot(*rate)), 1.0))
    return Problem("gantry_tilt", facts={"degrees": round(tilt, 1 if tilt >= 0.1 else 2)})


def _missing(instances: Sequence[Instance], places: NDArray[np.int64]) -> Problem:
    """Number the missing planes, counted from the first along the normal, and place them.

    The place is that of the middle of the picture: a tilted plane has no other one along the
    body, and its middle is where the scanner's table stood. It goes as the numbers go.
    """
    absent = np.setdiff1d(np.arange(int(places[-1]) + 1), places)
    main = _main_axis(instances[0])
    known = [_middle(one)[main] for one in instances]
    ends = np.interp(absent[[0, -1]], places, known)
    return Problem(
        "missing_slices",
        facts={
            "n": len(absent),
            "numbers": _ranges((absent + 1).tolist()),
            "axis": _AXES[main],
            "first": round(float(ends[0]), 1),
            "last": round(float(ends[1]), 1),
        },
    )


def _missing_between(
    instances: Sequence[Instance], gaps: NDArray[np.float64], lost: NDArray[np.bool_]
) -> Problem:
    """Tell between which slices of an uneven stack others are missing, counted from the first."""
    after = np.flatnonzero(lost)
    main = _main_axis(instances[0])
    ends = [_middle(instances[k])[main] for k in (after[0], after[-1] + 1)]
    return Problem(
        "missing_slices",
        "uneven",
        {
            "n": len(after),
            "numbers": ", ".join(f"{k + 1}/{k + 2}" for k in after.tolist()),
            "largest": round(float(gaps[lost].max()), 1),
            "axis": _AXES[main],
            "first": round(float(ends[0]), 1),
            "last": round(float(ends[1]), 1),
        },
    )


def _middle(instance: Instance) -> NDArray[np.float64]:
    """Return where the middle of a plane lies, LPS mm."""
    i, j = instance.pixel_mm or (1.0, 1.0)
    along = np.array(_known(instance.row)) * i * (instance.columns - 1) / 2
    down = np.array(_known(instance.column)) * j * (instance.rows - 1) / 2
    return np.asarray(np.array(_known(instance.position)) + along + down, dtype=np.float64)


def _main_axis(instance: Instance) -> int:
    """Return the LPS axis nearest to the normal."""
    return int(np.argmax(np.abs(normal(instance))))


def _ranges(numbers: Sequence[int]) -> str:
    """Write 3, 4, 5, 9 as "3-5, 9"."""
    runs: list[list[int]] = []
    for number in numbers:
        if runs and number == runs[-1][1] + 1:
            runs[-1][1] = number
        else:
            runs.append([number, number])
    return ", ".join(str(a) if a == b else f"{a}–{b}" for a, b in runs)
