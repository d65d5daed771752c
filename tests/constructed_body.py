"""Heads and trunks made of numbers, whose own axes are known without the product's help.

Places are in the body's own left, posterior and cranial, mm; `placed` lays the body anywhere.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
from scipy.spatial.transform import Rotation

from virtopsy.geometry.body import BodyFrame, Kind, Sides, head_frame, trunk_frame
from virtopsy.geometry.camera import Point, as_point
from virtopsy.geometry.frame import Floats
from virtopsy.geometry.landmark import MarkedLandmark, Scatter, marked, matrix

HEAD: Mapping[str, Point] = {
    "porion_left": (62.0, 0.0, 0.0),
    "porion_right": (-62.0, 0.0, 0.0),
    "orbitale_left": (33.0, -80.0, 0.0),
    "orbitale_right": (-33.0, -80.0, 0.0),
}
MIDLINE: Mapping[str, Point] = {
    "nasion": (0.0, -88.0, 30.0),
    "glabella": (0.0, -92.0, 42.0),
    "opisthion": (0.0, 35.0, -28.0),
    "inion": (0.0, 85.0, -8.0),
}
GIRDLES: Mapping[str, Point] = {
    "asis_left": (120.0, 0.0, 0.0),
    "asis_right": (-120.0, 0.0, 0.0),
    "c7": (0.0, 60.0, 430.0),
    "sternal_notch": (0.0, -60.0, 400.0),
}
SPINE: Mapping[str, Point] = {
    "vertebral_body_t4": (0.0, 0.0, 200.0),
    "vertebral_body_t8": (0.0, 0.0, 100.0),
    "vertebral_body_t12": (0.0, 0.0, 0.0),
    "vertebral_body_l3": (0.0, 0.0, -100.0),
    "transverse_process_left": (35.0, 25.0, 100.0),
    "transverse_process_right": (-35.0, 25.0, 100.0),
    "sternal_notch": (0.0, -100.0, 210.0),
}
ANYBODY = Sides("A. Expert")
SEEN = Sides("A. Expert", against_scanner=True)
ORIGIN: Point = (12.0, -148.0, -612.0)


@dataclass(frozen=True, eq=False)
class Body:
    """A body with its true axes, and as an imperfect hand marked it."""

    kind: Kind
    rotation: Floats
    origin: Floats
    marks: tuple[MarkedLandmark, ...]

    def frame(self, sides: Sides | None = SEEN) -> BodyFrame:
        build = head_frame if self.kind is Kind.HEAD else trunk_frame
        return build(self.marks, sides)

    def lps(self, own_mm: Point) -> Point:
        return as_point(self.rotation @ np.asarray(own_mm) + self.origin)


def placed(
    places: Mapping[str, Point],
    rotation: Floats | None = None,
    origin: Sequence[float] = ORIGIN,
) -> tuple[MarkedLandmark, ...]:
    """Lay landmarks of a body's own axes into the scanner, with the scatter of the list."""
    turn = np.eye(3) if rotation is None else rotation
    return tuple(
        marked(code, [as_point(turn @ np.asarray(place) + np.asarray(origin))])
        for code, place in places.items()
    )


def any_rotation(random: np.random.Generator) -> Floats:
    """Return a body lying anyhow."""
    return np.asarray(Rotation.random(rng=random).as_matrix(), np.float64)


def any_scatter(random: np.random.Generator, least_mm: float, most_mm: float) -> Floats:
    """Return a (3, 3) covariance, longer in one direction than in the others, mm^2."""
    axes = any_rotation(random)
    sds = np.exp(random.uniform(np.log(least_mm), np.log(most_mm), 3))
    spread: Floats = (axes * sds**2) @ axes.T
    return spread


def marked_exactly(
    kind: Kind, places: Mapping[str, Point], rotation: Floats, scatters: Mapping[str, Floats]
) -> Body:
    """Return a body marked where it is, with the scatters stated."""
    origin = np.asarray(ORIGIN, np.float64)
    marks = (
        MarkedLandmark(
            code,
            as_point(rotation @ np.asarray(place) + origin),
            matrix(scatters[code]),
            (Scatter.ENTERED,),
        )
        for code, place in places.items()
    )
    return Body(kind, rotation, origin, tuple(marks))


def mismarked(
    kind: Kind,
    places: Mapping[str, Point],
    rotation: Floats,
    scatters: Mapping[str, Floats],
    random: np.random.Generator,
) -> Body:
    """Return a body marked once with errors drawn from the scatters."""
    body = marked_exactly(kind, places, rotation, scatters)
    slips = [np.linalg.cholesky(scatters[code]) @ random.standard_normal(3) for code in places]
    moved = (
        replace(mark, lps_mm=as_point(np.asarray(mark.lps_mm) + slip))
        for mark, slip in zip(body.marks, slips, strict=True)
    )
    return replace(body, marks=tuple(moved))


def any_head(random: np.random.Generator) -> dict[str, Point]:
    """Return a head of any size that is even about its own midsagittal plane."""
    half, eye, depth = (float(random.uniform(*span)) for span in ((50, 72), (26, 38), (65, 92)))
    head = {
        "porion_left": (half, 0.0, 0.0),
        "porion_right": (-half, 0.0, 0.0),
        "orbitale_left": (eye, -depth, 0.0),
        "orbitale_right": (-eye, -depth, 0.0),
    }
    if random.random() < 0.3:
        del head[str(random.choice(["orbitale_left", "orbitale_right"]))]
    head["nasion"] = (0.0, -depth - 8.0, 30.0)
    if random.random() < 0.5:
        head["opisthion"] = (0.0, 35.0, -28.0)
        head["inion"] = (0.0, float(random.uniform(75, 95)), -8.0)
    return head


def any_trunk(random: np.random.Generator) -> dict[str, Point]:
    """Return a trunk of any size by its girdles, or by a straight spine."""
    tall = float(random.uniform(0.7, 1.2))
    source = GIRDLES if random.random() < 0.5 else SPINE
    return {code: as_point(np.asarray(place) * tall) for code, place in source.items()}
