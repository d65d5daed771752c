"""How far a refined track lies from the truth, and whether its stated 95% holds it."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from virtopsy.geometry.direction import (
    NORMAL_95,
    azimuth,
    direction_covariance,
    elevation,
    from_end_scatter,
)
from virtopsy.geometry.frame import Floats
from virtopsy.imaging.refined import RefinedTrack

CHI2_3_95 = 7.814727903251179
"""95% quantile of chi-squared with three degrees of freedom."""


@dataclass(frozen=True)
class Judged:
    """One refinement against the truth.

    Attributes:
        direction_deg: angle between refined and true direction.
        entry_mm, exit_mm: distance of the ends from where the true axis meets the outer tables.
        cone_deg: stated half-angle of the 95% cone.
        held: which of the stated 95% hold the truth: "direction", "entry", "exit", "azimuth",
            "elevation".
    """

    direction_deg: float
    entry_mm: float
    exit_mm: float
    cone_deg: float
    held: dict[str, bool]


def judged(
    found: RefinedTrack, entry_mm: ArrayLike, exit_mm: ArrayLike, direction: ArrayLike
) -> Judged:
    """Compare a refined track, clicked entry first, with the truth (LPS mm)."""
    truth = np.asarray(direction, np.float64)
    ends = [np.asarray(end) for end in found.ends]
    off = [ends[0] - np.asarray(entry_mm), ends[1] - np.asarray(exit_mm)]
    covariance = found.covariance_mm2
    d, _ = direction_covariance(found.ends[0], found.ends[1], covariance)
    spread = from_end_scatter(found.ends[0], found.ends[1], covariance)
    angle = math.atan2(float(np.linalg.norm(np.cross(d, truth))), float(d @ truth))
    now, then = (tuple(one.tolist()) for one in (d, truth))
    turned = math.remainder(azimuth(then) - azimuth(now), 2 * math.pi)
    held = {
        "direction": angle <= spread.cone95_half_angle,
        "entry": _holds(off[0], covariance[:3, :3]),
        "exit": _holds(off[1], covariance[3:, 3:]),
        "azimuth": not spread.azimuth_defined or abs(turned) <= NORMAL_95 * spread.azimuth_sd,
        "elevation": abs(elevation(then) - elevation(now)) <= NORMAL_95 * spread.elevation_sd,
    }
    return Judged(
        math.degrees(angle),
        float(np.linalg.norm(off[0])),
        float(np.linalg.norm(off[1])),
        math.degrees(spread.cone95_half_angle),
        held,
    )


def _holds(off: Floats, covariance: Floats) -> bool:
    return bool(off @ np.linalg.solve(covariance, off) <= CHI2_3_95)
