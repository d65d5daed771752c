"""Directions of travel, and how well two scattered ends fix them.

Formulas: first-order propagation ``J S J^T`` of the covariance S of the ends (GUM, JCGM 100:2008,
5.2). For an isotropic end SD s and length L they reduce to SD(elevation) = sqrt(2) s / L,
SD(azimuth) = sqrt(2) s / (L cos elevation) and a 95% cone of half-angle 3.46 s / L.

A covariance is (3, 3), of each of two ends that were marked alike and independently, or (6, 6), of
both ends together (start, then end), as a fit gives it; mm^2, LPS axes.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
from numpy.typing import ArrayLike, NDArray

Vector: TypeAlias = tuple[float, float, float]
Floats: TypeAlias = NDArray[np.float64]

NORMAL_95 = 1.959963984540054
"""Half-width of the two-sided 95% interval of a normal variable, in SD."""
CHI2_2_95 = 5.991464547107979
"""95% quantile of chi-squared with two degrees of freedom."""
AZIMUTH_LIMIT = math.radians(45)
"""An azimuth whose 95% exceeds this is not defined (near-vertical tracks)."""


def azimuth(d: Vector) -> float:
    """Return atan2(dx, dy) in radians: 0 front to back, + right to left (LPS)."""
    return math.atan2(d[0], d[1])


def elevation(d: Vector) -> float:
    """Return asin(dz) in radians, + upward (LPS)."""
    return math.asin(max(-1.0, min(1.0, d[2])))


def plane_angles(d: Vector) -> tuple[float, float, float]:
    """Return the angles to the sagittal, coronal and transverse plane, radians (not projected).

    Their sines squared sum to 1.
    """
    sagittal, coronal, transverse = (math.asin(min(1.0, abs(part))) for part in d)
    return sagittal, coronal, transverse


_VERTICAL = 1e-9  # horizontal share of a unit vector below which there is no azimuth


@dataclass(frozen=True)
class DirectionUncertainty:
    """Measuring error of a straight track, each one SD unless it says 95.

    Attributes:
        length_sd_mm: of the distance between the ends.
        azimuth_sd, elevation_sd: radians; infinite azimuth for a vertical track.
        cone95_half_angle: half-angle, radians, of the cone about the axis that holds the true
            axis with 95%; the larger semi-axis where the scatter is not isotropic.
    """

    length_sd_mm: float
    azimuth_sd: float
    elevation_sd: float
    cone95_half_angle: float

    @property
    def azimuth95(self) -> float:
        """Half-width of the 95% interval of the azimuth, radians."""
        return NORMAL_95 * self.azimuth_sd

    @property
    def elevation95(self) -> float:
        """Half-width of the 95% interval of the elevation, radians."""
        return NORMAL_95 * self.elevation_sd

    @property
    def azimuth_defined(self) -> bool:
        """Tell whether the azimuth means anything (its 95% is within 45 degrees)."""
        return self.azimuth95 <= AZIMUTH_LIMIT


def from_end_scatter(start: Vector, end: Vector, covariance: ArrayLike) -> DirectionUncertainty:
    """Propagate the scatter of two ends to the direction between them.

    Args:
        start: one end, LPS mm.
        end: the other end, LPS mm.
        covariance: (3, 3) or (6, 6), as above.
    """
    d, of_direction = direction_covariance(start, end, covariance)
    horizontal = math.hypot(d[0], d[1])
    largest = float(np.linalg.eigvalsh(of_direction)[-1])
    azimuth_sd, elevation_sd = math.inf, math.sqrt(max(largest, 0.0))
    if horizontal > _VERTICAL:
        azimuth_gradient = np.array([d[1], -d[0], 0.0]) / horizontal**2
        azimuth_sd = _sd(azimuth_gradient, of_direction)
        elevation_sd = _sd(np.array([0.0, 0.0, 1.0]) / horizontal, of_direction)
    return DirectionUncertainty(
        length_sd_mm=_sd(d, _of_chord(covariance)),
        azimuth_sd=azimuth_sd,
        elevation_sd=elevation_sd,
        cone95_half_angle=math.sqrt(CHI2_2_95 * max(largest, 0.0)),
    )


def component_sd(start: Vector, end: Vector, covariance: ArrayLike) -> Vector:
    """Return the SD of each LPS component of the unit direction (arguments as above)."""
    _, of_direction = direction_covariance(start, end, covariance)
    x, y, z = np.sqrt(np.maximum(np.diag(of_direction), 0.0)).tolist()
    return x, y, z


def plane_angle_sds(start: Vector, end: Vector, covariance: ArrayLike) -> Vector:
    """Return the SD, radians, of each angle to a plane (arguments as above).

    First order: SD(asin d) = SD(d) / sqrt(1 - d^2). Of a track that stands upright on a plane
    every tilt lowers the angle; its value is then a 1.96th of the tilt's own 95%.
    """
    d, of_direction = direction_covariance(start, end, covariance)
    largest = max(float(np.linalg.eigvalsh(of_direction)[-1]), 0.0)
    worst = math.sqrt(CHI2_2_95 * largest) / NORMAL_95
    x, y, z = (
        worst if 1 - part**2 < _VERTICAL else math.sqrt(max(variance, 0.0) / (1 - part**2))
        for part, variance in zip(d.tolist(), np.diag(of_direction).tolist(), strict=True)
    )
    return x, y, z


def direction_covariance(
    start: Vector, end: Vector, covariance: ArrayLike
) -> tuple[Floats, Floats]:
    """Return the unit direction and its (3, 3) covariance (arguments as above)."""
    chord = np.subtract(end, start)
    length = float(np.linalg.norm(chord))
    d: Floats = chord / length
    across = np.eye(3) - np.outer(d, d)
    return d, across @ _of_chord(covariance) @ across / length**2


def miss95_mm(start: Vector, end: Vector, covariance: ArrayLike, before_mm: float) -> float:
    """Return the 95% radius of the tube round the line, mm, at a distance before its start.

    Of an isotropic end SD s and length L it is 2.45 s sqrt((1 + D/L)^2 + (D/L)^2) at D before the
    start; a negative D is a place between the ends. The larger semi-axis where the scatter is not
    isotropic.

    Args:
        start: the entry, LPS mm.
        end: the other end, LPS mm.
        covariance: (3, 3) or (6, 6), as above.
        before_mm: how far before the start, against the direction of travel, mm.
    """
    chord = np.subtract(end, start)
    length = float(np.linalg.norm(chord))
    share = before_mm / length
    weights = np.hstack([(1 + share) * np.eye(3), -share * np.eye(3)])
    of_place = weights @ joint(covariance) @ weights.T
    across = np.eye(3) - np.outer(chord, chord) / length**2
    largest = float(np.linalg.eigvalsh(across @ of_place @ across)[-1])
    return math.sqrt(CHI2_2_95 * max(largest, 0.0))


def joint(covariance: ArrayLike) -> Floats:
    """Return the (6, 6) covariance of both ends; of independent ends from the (3, 3) of each."""
    given: Floats = np.asarray(covariance, dtype=np.float64)
    if given.shape == (6, 6):
        return given
    both = np.zeros((6, 6))
    both[:3, :3] = both[3:, 3:] = given
    return both


def _of_chord(covariance: ArrayLike) -> Floats:
    between = np.hstack([-np.eye(3), np.eye(3)])
    of_chord: Floats = between @ joint(covariance) @ between.T
    return of_chord


def _sd(gradient: Floats, covariance: Floats) -> float:
    return math.sqrt(max(float(gradient @ covariance @ gradient), 0.0))
