"""Named points of a body: which there are, and one of them as a person marked it.

The list is a file, `resources/vocabularies/landmarks.json`: codes (scheme 99VIRTOPSY), names in
three languages and Latin, the site in SNOMED CT where DICOM's own dictionary (PS3.16) has it, and
how far observers scatter. The scatter of a mark is the sum of what is known about it:
observer + voxel spacing (uniform over each spacing: spacing / sqrt(12)) + repeated clicks (their
covariance over their number); GUM, JCGM 100:2008, 4.2, 4.3 and 5.1.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from importlib.resources import files
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import ArrayLike

from virtopsy.errors import InputError
from virtopsy.geometry.camera import Point, as_point
from virtopsy.geometry.frame import Floats, Frame
from virtopsy.language import Language

Matrix: TypeAlias = tuple[Point, Point, Point]
"""Three rows of a (3, 3) matrix."""

_FARTHEST_MM = 10_000.0
_LARGEST_SD_MM = 100.0
_SMALLEST_SD_MM = 1e-3
_ROUNDING = 1e-9


class Scatter(StrEnum):
    """One thing that makes a mark uncertain."""

    OBSERVERS = "observers"
    ASSUMED = "assumed"
    ENTERED = "entered"
    SPACING = "spacing"
    REPEATS = "repeats"


class Side(StrEnum):
    """A side of the body, always the person's own."""

    LEFT = "left"
    RIGHT = "right"


@dataclass(frozen=True)
class LandmarkTerm:
    """One entry of the list.

    Attributes:
        code: in the scheme 99VIRTOPSY; also the name in records.
        names: in each language.
        where: which point exactly is marked, in each language.
        latin: the anatomical or anthropological term.
        frames: the frames it can carry, "head" or "trunk"; none: it only is measured from.
        side: the person's own, None in the midline.
        level: 1 (T1) to 17 (L5) of a vertebral body, else None.
        sd_mm: scatter of observers along each axis, 1 SD.
        sd_basis: where that comes from, `OBSERVERS` (published) or `ASSUMED`.
        site: SNOMED CT code of the structure it lies on, None where none is certain.
    """

    code: str
    names: Mapping[Language, str]
    where: Mapping[Language, str]
    latin: str
    frames: tuple[str, ...]
    side: Side | None
    level: int | None
    sd_mm: float
    sd_basis: Scatter
    site: str | None


@cache
def landmark_terms() -> Mapping[str, LandmarkTerm]:
    """Return every landmark the product knows, by its code, in the order of the list."""
    path = files("resources") / "vocabularies" / "landmarks.json"
    listed = json.loads(path.read_text(encoding="utf-8"))["landmarks"]
    return {one["code"]: _term(one) for one in listed}


def _term(entry: Mapping[str, Any]) -> LandmarkTerm:
    return LandmarkTerm(
        code=entry["code"],
        names={Language(tongue): name for tongue, name in entry["names"].items()},
        where={Language(tongue): text for tongue, text in entry["where"].items()},
        latin=entry["latin"],
        frames=tuple(entry["frames"]),
        side=Side(entry["side"]) if entry["side"] else None,
        level=entry["level"],
        sd_mm=float(entry["sd_mm"]),
        sd_basis=Scatter(entry["sd_basis"]),
        site=entry.get("site", {}).get("value"),
    )


@dataclass(frozen=True)
class MarkedLandmark:
    """A landmark where a person marked it.

    Attributes:
        code: of `landmark_terms`.
        lps_mm: LPS mm.
        covariance: (3, 3) of the mark, mm^2, LPS axes.
        scatter: what the covariance is made of.

    Raises:
        InputError: an unknown code, a place that is none, or a covariance that is none.
    """

    code: str
    lps_mm: Point
    covariance: Matrix
    scatter: tuple[Scatter, ...]

    def __post_init__(self) -> None:
        if self.code not in landmark_terms():
            raise InputError("bodyframe.landmark.unknown", code=self.code)
        name = self.term.latin
        if not np.isfinite(self.lps_mm).all() or np.abs(self.lps_mm).max() > _FARTHEST_MM:
            raise InputError("bodyframe.landmark.place", name=name, mm=_FARTHEST_MM)
        if not _is_covariance(np.asarray(self.covariance, np.float64)):
            raise InputError("bodyframe.landmark.covariance", name=name, mm=_LARGEST_SD_MM)

    @property
    def term(self) -> LandmarkTerm:
        """Its entry in the list."""
        return landmark_terms()[self.code]

    @property
    def sd_mm(self) -> Point:
        """1 SD along LPS x, y and z, mm."""
        return as_point(np.sqrt(np.diag(self.covariance)))


def marked(
    code: str,
    clicks_lps_mm: Sequence[Point],
    grid: Frame | None = None,
    observer_sd_mm: float | None = None,
) -> MarkedLandmark:
    """Return a landmark from one click or several, with all that is known of their scatter.

    Repeated clicks say how one hand scatters about its own idea of the place; observers differ in
    that idea as well, so the observers' scatter stays in the sum.

    Args:
        code: of `landmark_terms`.
        clicks_lps_mm: (n, 3) LPS mm; the mark is their mean.
        grid: the voxels they were seen in; None: the spacing adds nothing.
        observer_sd_mm: 1 SD along each axis, entered by the user; None: that of the list.

    Raises:
        InputError: the code is unknown, there is no click, or a number is none.
    """
    term = landmark_terms().get(code)
    if term is None:
        raise InputError("bodyframe.landmark.unknown", code=code)
    clicks = np.asarray(clicks_lps_mm, np.float64).reshape(-1, 3)
    if not len(clicks):
        raise InputError("bodyframe.landmark.place", name=term.latin, mm=_FARTHEST_MM)
    sd_mm = term.sd_mm if observer_sd_mm is None else observer_sd_mm
    if not sd_mm > 0:
        raise InputError("bodyframe.landmark.covariance", name=term.latin, mm=_LARGEST_SD_MM)
    covariance = np.eye(3) * sd_mm**2
    made_of = [term.sd_basis if observer_sd_mm is None else Scatter.ENTERED]
    if grid is not None:
        covariance += _of_spacing(grid)
        made_of.append(Scatter.SPACING)
    if len(clicks) > 1:
        covariance += np.cov(clicks, rowvar=False) / len(clicks)
        made_of.append(Scatter.REPEATS)
    return MarkedLandmark(code, as_point(clicks.mean(axis=0)), matrix(covariance), tuple(made_of))


def matrix(values: ArrayLike) -> Matrix:
    """Return a (3, 3) matrix as three rows of plain numbers."""
    first, second, third = (as_point(row) for row in np.asarray(values, np.float64))
    return first, second, third


def stacked(landmarks: Iterable[MarkedLandmark]) -> tuple[Floats, Floats]:
    """Return the places (n, 3) and their joint covariance (3n, 3n); marks are independent."""
    several = tuple(landmarks)
    places = np.array([one.lps_mm for one in several], np.float64)
    covariance = np.zeros((places.size, places.size))
    for n, one in enumerate(several):
        covariance[3 * n : 3 * n + 3, 3 * n : 3 * n + 3] = one.covariance
    return places, covariance


def _of_spacing(grid: Frame) -> Floats:
    axes = grid.directions
    spread: Floats = (axes * (np.square(grid.spacing_mm) / 12)) @ axes.T
    return spread


def _is_covariance(values: Floats) -> bool:
    if values.shape != (3, 3) or not np.isfinite(values).all():
        return False
    largest = float(np.abs(values).max())
    if np.abs(values - values.T).max() > _ROUNDING * largest:
        return False
    low, high = (float(np.linalg.eigvalsh(values)[end]) for end in (0, -1))
    return low > -_ROUNDING * largest and _SMALLEST_SD_MM**2 <= high <= _LARGEST_SD_MM**2
