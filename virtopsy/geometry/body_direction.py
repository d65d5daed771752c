"""A direction in the body's own frame: its angles, and which part of their error comes whence.

Of a unit direction d in a frame whose axes may be turned by a small rotation w,
``d' = d + d x w``; so the frame adds ``[d]x W [d]x^T`` to the covariance of d and each angle takes
its share by its gradient (GUM, JCGM 100:2008, 5.2). Track and landmarks are marked apart, so the
two parts add as squares.

Conventions as of the scanner's frame (`virtopsy.geometry.direction`), with the body's own left,
posterior and cranial for x, y and z. An angle to a plane is that of the line in space; an angle of
a projection is what is seen looking along the normal of the plane, from the horizontal, + upward.
The two differ: azimuth 25, elevation -20: sagittal 23.4 to the plane, -21.9 in projection.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from enum import StrEnum

import numpy as np
from numpy.typing import ArrayLike

from virtopsy.errors import Bug
from virtopsy.geometry.body import BodyFrame, Kind
from virtopsy.geometry.camera import Point, as_point
from virtopsy.geometry.direction import AZIMUTH_LIMIT, CHI2_2_95, NORMAL_95
from virtopsy.geometry.frame import Floats

_TINY = 1e-9
_UNIT = 1e-6


class Withheld(StrEnum):
    """Why an angle has no value."""

    SIDES = "sides"  # nobody confirmed left and right
    UPRIGHT = "upright"  # the line is too near to the normal of the plane it is projected on


@dataclass(frozen=True)
class Reading:
    """An angle or a component with the two parts of its error.

    Attributes:
        value: radians (a component: none); None where it is withheld.
        track_sd: 1 SD from the marking of the track.
        frame_sd: 1 SD from the landmarks of the frame; 0 of the scanner's own.
        why_not: why there is no value.
    """

    value: float | None
    track_sd: float
    frame_sd: float
    why_not: Withheld | None = None

    @property
    def sd(self) -> float:
        """1 SD of the whole."""
        return math.hypot(self.track_sd, self.frame_sd)

    @property
    def half95(self) -> float:
        """Half-width of the 95% interval of the whole."""
        return NORMAL_95 * self.sd

    @property
    def stands_out(self) -> bool:
        """Tell whether it exceeds its own 95%."""
        return self.value is not None and abs(self.value) > self.half95


@dataclass(frozen=True)
class DirectionReadings:
    """All the angles of a direction of travel in one frame.

    Attributes:
        kind: of the head's or the trunk's frame; None: of the scanner's.
        components: of the unit direction: left, posterior, cranial; withheld where the sides are
            not confirmed (words are made of them).
        azimuth: 0 front to back, + right to left.
        elevation: + upward.
        planes: to the sagittal, coronal and transverse plane, not projected, >= 0.
        projections: on the sagittal and the coronal plane (from the horizontal, + upward) and on
            the transverse plane (the same as the azimuth).
    """

    kind: Kind | None
    components: tuple[Reading, Reading, Reading]
    azimuth: Reading
    elevation: Reading
    planes: tuple[Reading, Reading, Reading]
    projections: tuple[Reading, Reading, Reading]


def in_body(direction: Point, covariance: ArrayLike, frame: BodyFrame) -> DirectionReadings:
    """Return the angles of a direction in a body's frame.

    Args:
        direction: unit direction of travel, LPS.
        covariance: (3, 3) of it, LPS axes.
        frame: of the head or the trunk.
    """
    turned = frame.rotation.T
    d = turned @ _unit(direction)
    cross = np.array([[0.0, -d[2], d[1]], [d[2], 0.0, -d[0]], [-d[1], d[0], 0.0]])
    return _Angles(
        d,
        turned @ np.asarray(covariance, np.float64) @ turned.T,
        cross @ frame.covariance @ cross.T,
        frame.kind,
        sides=frame.sides is not None,
        up=frame.up_known,
    ).all()


def in_scanner(direction: Point, covariance: ArrayLike) -> DirectionReadings:
    """Return the same angles in the scanner's frame, LPS (arguments as above)."""
    scatter = np.asarray(covariance, np.float64)
    return _Angles(_unit(direction), scatter, np.zeros((3, 3)), None, sides=True, up=True).all()


@dataclass(frozen=True, eq=False)
class _Angles:
    """A direction in some frame with both parts of its covariance, (3, 3) each."""

    d: Floats
    of_track: Floats
    of_frame: Floats
    kind: Kind | None
    sides: bool
    up: bool

    def all(self) -> DirectionReadings:
        azimuth = self._azimuth()
        first, second, third = (self._component(axis) for axis in range(3))
        return DirectionReadings(
            kind=self.kind,
            components=(first, second, third),
            azimuth=azimuth,
            elevation=self._elevation(),
            planes=(self._plane(0), self._plane(1), self._plane(2)),
            projections=(self._projection(1), self._projection(0), azimuth),
        )

    def _component(self, axis: int) -> Reading:
        track, frame = self._sds(np.eye(3)[axis])
        value = float(self.d[axis])
        return Reading(value, track, frame) if self.sides else _withheld(track, frame)

    def _azimuth(self) -> Reading:
        x, y = self.d[:2].tolist()
        value = math.atan2(x, y)
        return self._defined(value, np.array([y, -x, 0.0]), x * x + y * y, known=self.sides)

    def _projection(self, axis: int) -> Reading:
        """Return the angle seen along the normal of the plane of `axis` and cranial."""
        level, z = float(self.d[axis]), float(self.d[2])
        gradient = np.zeros(3)
        gradient[axis], gradient[2] = -z * math.copysign(1.0, level), abs(level)
        return self._defined(math.atan2(z, abs(level)), gradient, level**2 + z**2, known=self.up)

    def _elevation(self) -> Reading:
        value = math.asin(max(-1.0, min(1.0, float(self.d[2]))))
        track, frame = self._to_plane(2)
        return Reading(value, track, frame) if self.up else _withheld(track, frame)

    def _plane(self, axis: int) -> Reading:
        return Reading(math.asin(min(1.0, abs(float(self.d[axis])))), *self._to_plane(axis))

    def _to_plane(self, axis: int) -> tuple[float, float]:
        """Return both SDs of the angle to a plane.

        Upright on the plane, every tilt lowers the angle: within 95% of upright the SD is a 1.96th
        of the tilt's own 95% (chi-squared with two degrees of freedom).
        """
        across = math.sqrt(max(1.0 - float(self.d[axis]) ** 2, 0.0))
        largest = float(np.linalg.eigvalsh(self.of_track + self.of_frame)[-1])
        if across <= max(math.sqrt(CHI2_2_95 * max(largest, 0.0)), _TINY):
            worst = math.sqrt(CHI2_2_95) / NORMAL_95
            return worst * _largest_sd(self.of_track), worst * _largest_sd(self.of_frame)
        return self._sds(np.eye(3)[axis] / across)

    def _defined(self, value: float, gradient: Floats, square: float, *, known: bool) -> Reading:
        """Return an angle about an axis, unless the direction runs too nearly along that axis."""
        if square <= _TINY:
            return Reading(None, math.inf, math.inf, Withheld.UPRIGHT)
        reading = Reading(value, *self._sds(gradient / square))
        if reading.half95 > AZIMUTH_LIMIT:
            return Reading(None, reading.track_sd, reading.frame_sd, Withheld.UPRIGHT)
        return reading if known else _withheld(reading.track_sd, reading.frame_sd)

    def _sds(self, gradient: Floats) -> tuple[float, float]:
        track, frame = (
            math.sqrt(max(float(gradient @ part @ gradient), 0.0))
            for part in (self.of_track, self.of_frame)
        )
        return track, frame


def _withheld(track_sd: float, frame_sd: float) -> Reading:
    return Reading(None, track_sd, frame_sd, Withheld.SIDES)


def _largest_sd(covariance: Floats) -> float:
    return math.sqrt(max(float(np.linalg.eigvalsh(covariance)[-1]), 0.0))


def _unit(direction: Point) -> Floats:
    d = np.asarray(direction, np.float64)
    if abs(float(np.linalg.norm(d)) - 1.0) > _UNIT:
        raise Bug(f"a direction has the length 1, got {as_point(d)}")
    return d
