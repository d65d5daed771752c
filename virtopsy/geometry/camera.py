"""From where a body is looked at: plain numbers, so that a look can be kept, shown and repeated."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

Point: TypeAlias = tuple[float, float, float]


@dataclass(frozen=True)
class Camera3D:
    """A perspective camera in the patient.

    Attributes:
        position: of the eye, LPS mm.
        focal_point: what it looks at, LPS mm.
        view_up: unit vector towards the top of the picture, LPS.
        view_angle: vertical opening, degrees.
    """

    position: Point
    focal_point: Point
    view_up: Point
    view_angle: float = 30.0
