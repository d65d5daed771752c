"""Where a wound lies on the body: its height above the heel, its distance to the midline.

Every distance is a smooth function of the wound and the landmarks; their joint scatter is carried
through it by first-order propagation (GUM, JCGM 100:2008, 5.2), wound and frame told apart.
Distances between two scattered points read long below about three of their SD.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import TypeAlias

import numpy as np
from numpy.typing import ArrayLike

from virtopsy.errors import InputError
from virtopsy.geometry.body import BodyFrame, Kind, jacobian
from virtopsy.geometry.camera import Point
from virtopsy.geometry.direction import CHI2_2_95, NORMAL_95
from virtopsy.geometry.frame import Floats
from virtopsy.geometry.landmark import MarkedLandmark, Side, stacked

_TALLEST_MM = 2800.0
_LARGEST_ENTERED_SD_MM = 300.0

Quantity: TypeAlias = Callable[[Floats, Floats, Floats, Floats], float]
"""Of origin (3,), axes (3, 3), the extra landmark (3,) and the wound (3,)."""


class Flexion(StrEnum):
    """How legs and trunk lie, as the person who measures states it."""

    STRAIGHT = "straight"
    FLEXED = "flexed"
    CANNOT_BE_JUDGED = "cannot_be_judged"


@dataclass(frozen=True)
class Posture:
    """How the body lies, as a person stated it; without it a height means little.

    Attributes:
        flexion: how legs and trunk lie.
        stated_by: the name of who says so.
    """

    flexion: Flexion
    stated_by: str

    def __post_init__(self) -> None:
        if not self.stated_by.strip():
            raise InputError("bodyframe.height.nobody")


class Basis(StrEnum):
    """How a height came about."""

    MEASURED = "measured"
    ENTERED = "entered"


@dataclass(frozen=True)
class Distance:
    """A length with the two parts of its error, mm.

    Attributes:
        mm: the length; signed where its maker says so.
        wound_sd_mm: 1 SD from the marking of the wound.
        frame_sd_mm: 1 SD from the landmarks.
    """

    mm: float
    wound_sd_mm: float
    frame_sd_mm: float

    @property
    def sd_mm(self) -> float:
        """1 SD of the whole."""
        return math.hypot(self.wound_sd_mm, self.frame_sd_mm)

    @property
    def half95_mm(self) -> float:
        """Half-width of the 95% interval of the whole."""
        return NORMAL_95 * self.sd_mm


@dataclass(frozen=True)
class MidlineDistance:
    """How far from the midsagittal plane, and on which side.

    Attributes:
        distance: >= 0.
        side: the person's own; None: within its own 95% of the plane, or nobody confirmed sides.
        sides_confirmed: whether somebody did.
    """

    distance: Distance
    side: Side | None
    sides_confirmed: bool


@dataclass(frozen=True)
class Height:
    """How high above the heel or sole along the axis of the trunk.

    Attributes:
        distance: the height; of an entered one all error is the wound's.
        basis: measured in the images, or entered from the external examination.
        posture: how the body lies, and who stands for it and for an entered height.
    """

    distance: Distance
    basis: Basis
    posture: Posture


def distance_to_midline(frame: BodyFrame, wound: Point, covariance: ArrayLike) -> MidlineDistance:
    """Return the distance of a wound to the midsagittal plane.

    Args:
        frame: of the part of the body the wound is in.
        wound: LPS mm.
        covariance: (3, 3) of it, mm^2, LPS axes.
    """

    def aside(origin: Floats, rotation: Floats, _: Floats, place: Floats) -> float:
        return float((place - origin) @ rotation[:, 0])

    signed = _measured(aside, frame, None, wound, covariance)
    distance = Distance(abs(signed.mm), signed.wound_sd_mm, signed.frame_sd_mm)
    side = Side.LEFT if signed.mm > 0 else Side.RIGHT
    told = frame.sides is not None and abs(signed.mm) > signed.half95_mm
    return MidlineDistance(distance, side if told else None, frame.sides is not None)


def height_above(
    trunk: BodyFrame,
    heel: MarkedLandmark,
    wound: Point,
    covariance: ArrayLike,
    posture: Posture,
) -> Height:
    """Return the height of a wound above the heel along the axis of the trunk.

    Args:
        trunk: the frame of the trunk.
        heel: the lowest point of a heel, in the same images.
        wound: LPS mm.
        covariance: (3, 3) of it, mm^2, LPS axes.
        posture: how the body lies.

    Raises:
        InputError: the frame is that of a head.
    """
    if trunk.kind is not Kind.TRUNK:
        raise InputError("bodyframe.height.not_trunk")
    return Height(along_axis(trunk, 2, heel, wound, covariance), Basis.MEASURED, posture)


def entered_height(mm: float, sd_mm: float, posture: Posture) -> Height:
    """Return a height above the sole from the external examination.

    Raises:
        InputError: it is no height of a body, or has no error.
    """
    if not 0 <= mm <= _TALLEST_MM or not 0 < sd_mm <= _LARGEST_ENTERED_SD_MM:
        raise InputError(
            "bodyframe.height.impossible", most=_TALLEST_MM, most_sd=_LARGEST_ENTERED_SD_MM
        )
    return Height(Distance(mm, sd_mm, 0.0), Basis.ENTERED, posture)


def distance_to_landmark(landmark: MarkedLandmark, wound: Point, covariance: ArrayLike) -> Distance:
    """Return the straight distance of a wound to a landmark; it needs no frame.

    Args:
        landmark: any.
        wound: LPS mm.
        covariance: (3, 3) of it, mm^2, LPS axes.
    """
    apart = np.subtract(wound, landmark.lps_mm)
    length = float(np.linalg.norm(apart))
    parts = [np.asarray(one, np.float64) for one in (covariance, landmark.covariance)]
    largest = float(np.linalg.eigvalsh(parts[0] + parts[1])[-1])
    if length <= math.sqrt(CHI2_2_95 * largest):  # a point on a point: no line between them
        of_wound, of_landmark = (float(np.linalg.eigvalsh(one)[-1]) for one in parts)
    else:
        line = apart / length
        of_wound, of_landmark = (float(line @ one @ line) for one in parts)
    return Distance(length, math.sqrt(of_wound), math.sqrt(of_landmark))


def along_axis(
    frame: BodyFrame, axis: int, landmark: MarkedLandmark, wound: Point, covariance: ArrayLike
) -> Distance:
    """Return how far a wound lies from a landmark along an axis of the body, signed.

    Args:
        frame: whose axis.
        axis: 0 left, 1 posterior, 2 cranial.
        landmark: one of the frame's own or any other.
        wound: LPS mm.
        covariance: (3, 3) of it, mm^2, LPS axes.
    """

    def along(_: Floats, rotation: Floats, base: Floats, place: Floats) -> float:
        return float((place - base) @ rotation[:, axis])

    return _measured(along, frame, landmark, wound, covariance)


def _measured(
    quantity: Quantity,
    frame: BodyFrame,
    landmark: MarkedLandmark | None,
    wound: Point,
    covariance: ArrayLike,
) -> Distance:
    """Carry the scatter of wound and landmarks through a quantity."""
    several = _joined(frame.landmarks, landmark)
    chosen = 0 if landmark is None else [one.code for one in several].index(landmark.code)
    marks, scatter = stacked(several)
    place = np.asarray(wound, np.float64)
    own = len(frame.landmarks)

    def by_marks(moved: Floats) -> Floats:
        origin, rotation = frame.axes_of(moved[:own])
        return np.array([quantity(origin, rotation, moved[chosen], place)])

    def by_wound(moved: Floats) -> Floats:
        return np.array([quantity(frame.origin_mm, frame.rotation, marks[chosen], moved[0])])

    of_marks = jacobian(by_marks, marks)[0]
    of_wound = jacobian(by_wound, place.reshape(1, 3))[0]
    return Distance(
        mm=float(by_wound(place.reshape(1, 3))[0]),
        wound_sd_mm=_sd(of_wound, np.asarray(covariance, np.float64)),
        frame_sd_mm=_sd(of_marks, scatter),
    )


def _joined(
    own: Sequence[MarkedLandmark], landmark: MarkedLandmark | None
) -> tuple[MarkedLandmark, ...]:
    """Return the landmarks of a frame and one more, unless it is one of them."""
    if landmark is None or any(one.code == landmark.code for one in own):
        return tuple(own)
    return (*own, landmark)


def _sd(gradient: Floats, covariance: Floats) -> float:
    return math.sqrt(max(float(gradient @ covariance @ gradient), 0.0))
