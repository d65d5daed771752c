"""The body's own frame from landmarks: of the head, and apart from it of the trunk.

How well the axes are known follows from the scatter of the landmarks by first-order propagation,
``J S J^T`` (GUM, JCGM 100:2008, 5.2 and F.1.2), J by central differences. A head track fixes the
head, not the trunk; and the body on the table is not the body at the shot.

Left and right are a person's statement. Until a person confirmed them a frame gives nothing that
depends on them, and a left landmark that lies to the right of its partner stops the work.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

import numpy as np

from virtopsy.errors import InputError
from virtopsy.geometry.body_axes import FOREHEAD, OCCIPUT, Axes, Method, Places, axes
from virtopsy.geometry.body_checks import (
    against_scanner,
    check_distances,
    check_shape,
    handedness,
)
from virtopsy.geometry.camera import Point, as_point
from virtopsy.geometry.frame import Floats
from virtopsy.geometry.landmark import MarkedLandmark, landmark_terms, stacked

_STEP_MM = 1e-3
_LARGEST_SD = math.radians(10.0)
"""A frame that may be turned by more than this (1 SD) is none."""


class Kind(StrEnum):
    """Of which part of the body a frame is."""

    HEAD = "head"
    TRUNK = "trunk"


@dataclass(frozen=True)
class Sides:
    """A person's statement that the landmarks called left are on the person's own left.

    Attributes:
        confirmed_by: the name of who confirmed it.
        against_scanner: the statement was made in the knowledge that the scanner's own left and
            right say the contrary (the position was entered wrongly).
        grounds: what it rests on, in the words of that person.
    """

    confirmed_by: str
    against_scanner: bool = False
    grounds: str = ""

    def __post_init__(self) -> None:
        if not self.confirmed_by.strip():
            raise InputError("bodyframe.sides.nobody")


@dataclass(frozen=True, eq=False)
class BodyFrame:
    """The axes of a head or a trunk.

    Attributes:
        kind: of which part.
        method: by which definition.
        origin_mm: (3,) LPS mm, a point of the midsagittal plane.
        rotation: (3, 3), columns are the body's own left, posterior and cranial in LPS.
        covariance: (3, 3) rad^2 of the small rotation about left, posterior and cranial that
            leads from these axes to the true ones.
        landmarks: where it comes from, with their scatter.
        handed: a landmark beyond those of the axes shows that the image is not mirrored.
        sides: who confirmed left and right; None: nobody yet.
    """

    kind: Kind
    method: Method
    origin_mm: Floats
    rotation: Floats
    covariance: Floats
    landmarks: tuple[MarkedLandmark, ...]
    handed: bool
    sides: Sides | None = None

    @property
    def rotation_sd(self) -> Point:
        """1 SD of nodding, tilting and turning (about left, posterior, cranial), radians."""
        return as_point(np.sqrt(np.maximum(np.diag(self.covariance), 0.0)))

    @property
    def up_known(self) -> bool:
        """Tell whether up is up even if left and right were confused.

        Of a head that only has porions and orbitalia, swapped sides stand it on its head.
        """
        return self.sides is not None or self.handed or self.kind is Kind.TRUNK

    @property
    def contradicts_scanner(self) -> bool:
        """Tell whether the scanner's own left and right say the contrary."""
        return against_scanner(_places(self.landmarks)) is not None

    def confirmed(self, sides: Sides | None) -> BodyFrame:
        """Return the frame with left and right confirmed by a person, or no longer so.

        Raises:
            InputError: the scanner's left and right contradict the landmarks', and the statement
                does not say that this was seen.
        """
        _check_against_scanner(_places(self.landmarks), sides, self.handed)
        return replace(self, sides=sides)

    def coordinates(self, lps_mm: Point) -> Point:
        """Return LPS mm as the body's own left, posterior and cranial, mm from the origin."""
        return as_point(self.rotation.T @ (np.asarray(lps_mm) - self.origin_mm))

    def axes_of(self, places: Floats) -> Axes:
        """Return the axes for its landmarks moved to (n, 3) LPS mm."""
        codes = (one.code for one in self.landmarks)
        return axes(self.method, dict(zip(codes, places, strict=True)))


def head_frame(
    landmarks: Sequence[MarkedLandmark], sides: Sides | None = None, *, midline: bool = True
) -> BodyFrame:
    """Return the frame of the head.

    Args:
        landmarks: both porions, one or both orbitalia; nasion, glabella, opisthion and inion as
            far as marked. One of nasion, glabella, opisthion shows a mirrored image.
        sides: who confirmed left and right.
        midline: take the midsagittal plane from the midline landmarks where forehead and occiput
            have one; False: across the line of the porions in any case.

    Raises:
        InputError: landmarks are missing, impossible, in one line or contradictory; sides are
            swapped or the image is mirrored; or a left lies on the right and nobody confirmed it.
    """
    codes = {one.code for one in landmarks}
    through = midline and codes & {*FOREHEAD} and codes & {*OCCIPUT}
    return _frame(Kind.HEAD, Method.MIDLINE if through else Method.PORIONS, landmarks, sides)


def trunk_frame(landmarks: Sequence[MarkedLandmark], sides: Sides | None = None) -> BodyFrame:
    """Return the frame of the trunk.

    Args:
        landmarks: two or more vertebral bodies (T1 to L5) and a pair (transverse processes of one
            vertebra, iliac spines); or C7, the sternal notch and both anterior superior iliac
            spines.
        sides: who confirmed left and right.

    Raises:
        InputError: as of the head.
    """
    levels = [one for one in landmarks if one.term.level is not None]
    method = Method.SPINE if len(levels) > 1 else Method.GIRDLES
    return _frame(Kind.TRUNK, method, landmarks, sides)


def jacobian(quantity: Callable[[Floats], Floats], places: Floats) -> Floats:
    """Return the (m, 3n) derivative of (m,) quantities by (n, 3) places, by central differences."""
    columns = []
    for n in range(places.size):
        step = np.zeros(places.size)
        step[n] = _STEP_MM
        moved = step.reshape(places.shape)
        columns.append((quantity(places + moved) - quantity(places - moved)) / (2 * _STEP_MM))
    return np.stack(columns, axis=1)


def _frame(
    kind: Kind, method: Method, landmarks: Sequence[MarkedLandmark], sides: Sides | None
) -> BodyFrame:
    _check_codes(kind, landmarks)
    places = _places(landmarks)
    check_distances(places)
    check_shape(method, places)
    origin, rotation = axes(method, places)
    handed = handedness(method, places, origin, rotation)
    _check_against_scanner(places, sides, handed)
    covariance = _rotation_covariance(method, tuple(landmarks), rotation)
    if np.linalg.eigvalsh(covariance)[-1] > _LARGEST_SD**2:
        raise InputError("bodyframe.too_loose", degrees=math.degrees(_LARGEST_SD))
    for values in (origin, rotation, covariance):
        values.setflags(write=False)
    return BodyFrame(kind, method, origin, rotation, covariance, tuple(landmarks), handed, sides)


def _rotation_covariance(
    method: Method, landmarks: tuple[MarkedLandmark, ...], rotation: Floats
) -> Floats:
    places, scatter = stacked(landmarks)
    codes = [one.code for one in landmarks]

    def turned(moved: Floats) -> Floats:
        change = rotation.T @ axes(method, dict(zip(codes, moved, strict=True)))[1]
        skew = (change - change.T) / 2
        return np.array([skew[2, 1], skew[0, 2], skew[1, 0]])

    gradient = jacobian(turned, places)
    covariance: Floats = gradient @ scatter @ gradient.T
    return covariance


def _places(landmarks: Sequence[MarkedLandmark]) -> Places:
    return {one.code: np.array(one.lps_mm, np.float64) for one in landmarks}


def _check_codes(kind: Kind, landmarks: Sequence[MarkedLandmark]) -> None:
    codes = [one.code for one in landmarks]
    for one in landmarks:
        if kind.value not in one.term.frames:
            raise InputError(f"bodyframe.not_of.{kind.value}", name=one.term.latin)
        if codes.count(one.code) > 1:
            raise InputError("bodyframe.twice", name=one.term.latin)


def _check_against_scanner(places: Mapping[str, Floats], sides: Sides | None, handed: bool) -> None:
    """Stop at a left on the right until a person who saw it confirmed it, and the image backs it.

    Without a landmark that shows a mirrored image, swapped labels and a wrongly entered position
    look the same, so that no statement can tell them apart.
    """
    swapped = against_scanner(places)
    if swapped is None:
        return
    name = landmark_terms()[swapped].latin
    if sides is None or not sides.against_scanner:
        raise InputError("bodyframe.left_on_right", name=name)
    if not handed:
        raise InputError("bodyframe.left_on_right.no_witness", name=name)
