"""What is known about a synthetic case, in the words of `truth.json`."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from math import asin, atan2, degrees
from typing import Any

from virtopsy.phantom.shapes import Point

CONVENTION = (
    "LPS mm; d = direction of travel; azimuth = atan2(dx, dy): 0 front-to-back, "
    "+ right-to-left, 180 back-to-front; elevation = asin(dz), + upward"
)


@dataclass(frozen=True)
class Fragment:
    """A ball of metal: centre in LPS mm, radius in mm."""

    centre: Point
    radius_mm: float


@dataclass(frozen=True)
class Fracture:
    """A hair-line fracture of the vault, through both tables.

    Attributes:
        end: the hole it belongs to, "entry" or "exit".
        course: "radial", "branch" of a radial one, or "concentric".
        points: its line on the outer table, LPS mm, from the hole outward.
        width_mm: its gap at the first and at the last point; between them it changes evenly.
    """

    end: str
    course: str
    points: tuple[Point, ...]
    width_mm: tuple[float, float]


@dataclass(frozen=True)
class Truth:
    """The track and the marks of a synthetic case, LPS mm.

    Attributes:
        entry_mm: where the axis of the track crosses the outer table at the entry.
        entry_inner_mm: where it crosses the inner table there.
        exit_inner_mm: where it crosses the inner table at the exit.
        exit_mm: where it crosses the outer table at the exit.
        entry_bone_diameter_mm: diameter of the narrow rim, outer table at the entry.
        exit_bone_diameter_mm: diameter of the narrow rim, inner table at the exit.
        fragments: metal in the track.
        landmarks_mm: named points of the head and the marks that tell left from right.
        frankfurt_axes: columns are the head's own left, posterior and cranial in LPS.
        fractures: hair-lines of the vault round both holes.
    """

    seed: int
    entry_mm: Point
    entry_inner_mm: Point
    exit_inner_mm: Point
    exit_mm: Point
    entry_bone_diameter_mm: float
    exit_bone_diameter_mm: float
    fragments: tuple[Fragment, ...]
    landmarks_mm: Mapping[str, Point] = field(default_factory=dict)
    frankfurt_axes: tuple[Point, Point, Point] = ((1, 0, 0), (0, 1, 0), (0, 0, 1))
    fractures: tuple[Fracture, ...] = ()

    @property
    def direction(self) -> Point:
        """Unit direction of travel from entry to exit."""
        travel = [b - a for a, b in zip(self.entry_mm, self.exit_mm, strict=True)]
        length = sum(part * part for part in travel) ** 0.5
        return travel[0] / length, travel[1] / length, travel[2] / length

    @property
    def azimuth_deg(self) -> float:
        """atan2(dx, dy): 0 straight from front to back, + from right to left."""
        return degrees(atan2(self.direction[0], self.direction[1]))

    @property
    def elevation_deg(self) -> float:
        """asin(dz): + upward."""
        return degrees(asin(self.direction[2]))

    def facts(self) -> dict[str, Any]:
        """Return the keys of `truth.json`; lengths to a micrometre."""
        return {
            "entry_mm": _rounded(self.entry_mm),
            "exit_mm": _rounded(self.exit_mm),
            "bullet_mm": None,
            "fragments": [
                {"centre": _rounded(one.centre), "radius_mm": round(one.radius_mm, 3)}
                for one in self.fragments
            ],
            "exit_inner_mm": _rounded(self.exit_inner_mm),
            "entry_inner_mm": _rounded(self.entry_inner_mm),
            "direction": [round(part, 6) for part in self.direction],
            "azimuth_deg": round(self.azimuth_deg, 3),
            "elevation_deg": round(self.elevation_deg, 3),
            "entry_bone_diameter_mm": round(self.entry_bone_diameter_mm, 3),
            "exit_bone_diameter_mm": round(self.exit_bone_diameter_mm, 3),
            "landmarks_mm": {name: _rounded(point) for name, point in self.landmarks_mm.items()},
            "frankfurt_axes": [[round(part, 6) for part in axis] for axis in self.frankfurt_axes],
            "fractures": [
                {
                    "end": one.end,
                    "course": one.course,
                    "width_mm": list(one.width_mm),
                    "points": [_rounded(point) for point in one.points],
                }
                for one in self.fractures
            ],
            "seed": self.seed,
            "synthetic": True,
            "convention": CONVENTION,
        }

    def to_json(self) -> str:
        """Return the text of `truth.json`."""
        return json.dumps(self.facts(), indent=1) + "\n"


def _rounded(point: Point) -> list[float]:
    return [round(float(part), 3) for part in point]
