"""How far a plane can be scrolled from where the crosshair is, and how far it leans."""

from __future__ import annotations

from dataclasses import dataclass
from math import acos, floor

import numpy as np
from numpy.typing import ArrayLike

from virtopsy.geometry.camera import Point
from virtopsy.geometry.frame import Frame
from virtopsy.geometry.plane import Plane, facing, step_mm
from virtopsy.geometry.turn import STRAIGHT, Turn

_ALONG = 1e-9
_ON_THE_RIM = 1e-6  # of a step


def lean(plane: Plane, turn: Turn) -> float:
    """Return the angle between a turned plane and the patient's own, radians, 0 to pi / 2."""
    cosine = abs(float(facing(plane, STRAIGHT).normal @ facing(plane, turn).normal))
    return acos(min(cosine, 1.0))


@dataclass(frozen=True)
class Run:
    """The slices a plane goes through from one end of the scan to the other.

    Attributes:
        here_mm: the place it is counted from, LPS mm.
        forward: LPS unit vector of going on.
        step_mm: from slice to slice.
        back_mm: how far the scan reaches back from `here_mm`, 0 or below.
        forth_mm: how far it reaches on, 0 or above.
    """

    here_mm: Point
    forward: Point
    step_mm: float
    back_mm: float
    forth_mm: float

    @property
    def count(self) -> int:
        """How many slices there are, counted in whole steps from here."""
        return self.index + floor(self.forth_mm / self.step_mm + _ON_THE_RIM) + 1

    @property
    def index(self) -> int:
        """Which of them lies here, from 0."""
        return floor(-self.back_mm / self.step_mm + _ON_THE_RIM)

    def at(self, index: int) -> Point:
        """Return the place of a slice, LPS mm."""
        return self._away((index - self.index) * self.step_mm)

    @property
    def first_mm(self) -> Point:
        """The place where the scan begins, LPS mm."""
        return self._away(self.back_mm)

    @property
    def last_mm(self) -> Point:
        """The place where the scan ends, LPS mm."""
        return self._away(self.forth_mm)

    def _away(self, mm: float) -> Point:
        x, y, z = (a + mm * b for a, b in zip(self.here_mm, self.forward, strict=True))
        return x, y, z


def run_of(frame: Frame, plane: Plane, turn: Turn, here_mm: ArrayLike) -> Run:
    """Return the slices of a turned plane through a place within the scan, LPS mm."""
    forward = facing(plane, turn).ahead
    back, forth = reach_mm(frame, here_mm, forward)
    x, y, z = np.asarray(here_mm, dtype=np.float64).tolist()
    dx, dy, dz = forward.tolist()
    step = step_mm(frame, plane, turn)
    return Run((x, y, z), (dx, dy, dz), step, back, forth)


def reach_mm(frame: Frame, here_mm: ArrayLike, forward: ArrayLike) -> tuple[float, float]:
    """Return how far a scan reaches back (0 or below) and on (0 or above) from a place in it, mm.

    Args:
        frame: of the scan, from the middle of its first voxel to that of its last.
        here_mm: LPS mm.
        forward: LPS unit vector of going on.
    """
    start = frame.to_index(here_mm)
    along = frame.index_from_lps[:3, :3] @ np.asarray(forward, dtype=np.float64)
    last = np.array(frame.shape[::-1]) - 1.0
    back, forth = -np.inf, np.inf
    for place, speed, end in zip(start, along, last, strict=True):
        if abs(speed) > _ALONG:
            low, high = sorted((-place / speed, (end - place) / speed))
            back, forth = max(back, low), min(forth, high)
    return min(float(back), 0.0), max(float(forth), 0.0)
