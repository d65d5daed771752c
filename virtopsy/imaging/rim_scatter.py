"""How well a fitted rim is known: what the fit says of itself, and what it cannot know.

Calibrated on constructed holes (see the bench of trajectories), so that the stated 95% holds the
truth in 90 to 99 of a hundred, against the spacing and against how rough the outer table is seen
to be.
"""

from __future__ import annotations

import math

import numpy as np

from virtopsy.geometry.frame import Floats
from virtopsy.imaging.hole import Centre, Hole
from virtopsy.imaging.refined import Measured
from virtopsy.imaging.volume import Volume

_FIT_FACTOR = 2.0  # of the fit's own variance: voxels next to each other err together
_SHARE_PIXEL, _SHARE_SLICE = 0.15, 0.1  # SD, of the spacing
_SHAPE_MM, _SHAPE_BY_ROUGH = 0.15, 0.8  # no hole is a circle, least in rough bone
_TABLE_MM, _TABLE_BY_ROUGH = 0.3, 1.0  # no table is quite smooth, nor its edge one value
_ROUGHEST_MM = 1.0  # beyond it columns met something else than the table
_RADIUS_MM = 0.35


def honest(volume: Volume, hole: Hole, centre: Centre) -> Floats:
    """Return the covariance (3, 3) of a rim's centre with what the fit cannot know of itself.

    Voxels next to each other err together, bone is no even stuff, no hole a circle and no table
    quite smooth.
    """
    i, j, k = volume.frame.spacing_mm
    axes = volume.frame.directions
    grid = np.diag(np.square((_SHARE_PIXEL * i, _SHARE_PIXEL * j, _SHARE_SLICE * k)))
    shape = math.hypot(_SHAPE_MM, _SHAPE_BY_ROUGH * _rough_mm(hole))
    total: Floats = (
        _FIT_FACTOR * centre.fit
        + axes @ grid @ axes.T
        + shape**2 * centre.by_aside @ centre.by_aside.T
        + _table_sd(hole) ** 2 * np.outer(centre.by_height, centre.by_height)
    )
    return total


def _rough_mm(hole: Hole) -> float:
    return min(hole.sheet.rough_mm, _ROUGHEST_MM)


def _table_sd(hole: Hole) -> float:
    """SD of a table's place along its normal beyond the fit's own, mm."""
    return math.hypot(_TABLE_MM, _TABLE_BY_ROUGH * _rough_mm(hole))


def table_variance(hole: Hole, fit_sd_mm: float, lift: float) -> float:
    """Return the variance of a table's place along a line, mm^2 (arguments of `Hole.table`)."""
    return _FIT_FACTOR * fit_sd_mm**2 + (_table_sd(hole) * lift) ** 2


def clicked_covariance(volume: Volume, click_mm: float = 1.0) -> Floats:
    """(3, 3) LPS mm^2 of a place that was clicked: its voxel, and an assumed hand of 1 mm."""
    i, j, k = volume.measured_mm
    axes = volume.frame.directions
    spread: Floats = axes @ np.diag(np.square((i, j, k)) / 12) @ axes.T + click_mm**2 * np.eye(3)
    return spread


def diameter(radius: tuple[float, float]) -> Measured:
    """Return a diameter from a radius and its SD by the fit, mm."""
    value, sd = radius
    return Measured(2 * value, 2 * math.sqrt(_FIT_FACTOR * sd**2 + _RADIUS_MM**2))
