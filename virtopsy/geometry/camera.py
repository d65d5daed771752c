"""From where a body is looked at: the 3D camera as a value, and the arithmetic of looking.

Pixel coordinates are centres, (0, 0) is the middle of the top left pixel.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from math import cos, pi, radians, sin, tan
from types import MappingProxyType
from typing import TypeAlias

import numpy as np
from numpy.typing import ArrayLike

from virtopsy.errors import Bug
from virtopsy.geometry.frame import Floats, Frame

Point: TypeAlias = tuple[float, float, float]
Size: TypeAlias = tuple[int, int]  # width, height in pixels
_VIEW_ANGLE = radians(24)  # narrow, so that near and far parts keep comparable sizes
_MARGIN = 1.12  # leaves room for letters and the scale bar beside the anatomy
_FAR_MM = 10_000.0
_NEARLY_VERTICAL = 0.999

# Azimuth and elevation of the camera's place, degrees: 0 in front, 90 at the person's left.
STANDARD_VIEWS: Mapping[str, tuple[float, float]] = MappingProxyType(
    {
        "anterior": (0.0, 0.0),
        "posterior": (180.0, 0.0),
        "left": (90.0, 0.0),
        "right": (270.0, 0.0),
        "superior": (0.0, 90.0),
        "inferior": (0.0, -90.0),
    }
)


@dataclass(frozen=True)
class Camera3D:
    """A camera in the patient's space, perspective or parallel.

    Attributes:
        position: LPS mm.
        focal_point: LPS mm, in the middle of the picture; orbits turn about it.
        view_up: LPS unit vector, at right angles to the line of sight.
        view_angle: opening of the view from top to bottom, radians; a parallel camera shows as
            much of its focal plane as the perspective one in its place.
        parallel: near and far parts have the same scale, so lengths across the line of sight
            are true.
    """

    position: Point
    focal_point: Point
    view_up: Point
    view_angle: float = _VIEW_ANGLE
    parallel: bool = False

    @property
    def height_mm(self) -> float:
        """From top to bottom of the picture in the focal plane, mm."""
        return 2 * self.distance_mm * tan(self.view_angle / 2)

    @property
    def distance_mm(self) -> float:
        """How far the focal point is."""
        return float(np.linalg.norm(np.subtract(self.focal_point, self.position)))

    @cached_property  # every place that is drawn asks for it
    def axes(self) -> tuple[Floats, Floats, Floats]:
        """Right and up of the picture and the direction of sight: LPS unit vectors, read-only."""
        sight = np.subtract(self.focal_point, self.position)
        sight = sight / np.linalg.norm(sight)
        right = np.cross(sight, self.view_up)
        right = right / np.linalg.norm(right)
        up = np.cross(right, sight)
        for axis in (right, up, sight):
            axis.setflags(write=False)
        return right, up, sight


def as_point(values: ArrayLike) -> Point:
    """Return (3,) numbers as a point or direction."""
    x, y, z = np.asarray(values, dtype=np.float64).tolist()
    return x, y, z


def _from(azimuth: float, elevation: float) -> tuple[Floats, Floats]:
    """Return the directions towards the camera and up; azimuth and elevation in radians."""
    towards = np.array(
        [sin(azimuth) * cos(elevation), -cos(azimuth) * cos(elevation), sin(elevation)]
    )
    if abs(towards[2]) < _NEARLY_VERTICAL:
        up = np.array([0.0, 0.0, 1.0])
    else:  # from above or below: the front of the person is up
        up = np.array([-sin(azimuth), cos(azimuth), 0.0]) * -1.0
    return towards, up


def standard_view(
    frame: Frame, view: str | tuple[float, float], *, aspect: float = 1.0
) -> Camera3D:
    """Return the camera that shows the whole grid.

    Args:
        frame: the grid of the volume.
        view: a name of `STANDARD_VIEWS`, or (azimuth, elevation) in degrees: azimuth 0 looks
            from the front, 90 from the person's left, 180 from behind; elevation + from above.
        aspect: width / height of the picture.
    """
    return fit_view(frame.corners_mm, view, aspect=aspect)


def fit_view(
    points_mm: ArrayLike, view: str | tuple[float, float], *, aspect: float = 1.0
) -> Camera3D:
    """Return the camera from which all of `points_mm`, (n, 3) LPS, are just seen.

    Raises:
        Bug: the view has no such name.
    """
    if isinstance(view, str) and view not in STANDARD_VIEWS:
        raise Bug(f"no view {view!r}")
    azimuth, elevation = STANDARD_VIEWS[view] if isinstance(view, str) else view
    towards, up = _from(radians(azimuth), radians(elevation))
    points = np.asarray(points_mm, dtype=np.float64)
    middle = (points.min(axis=0) + points.max(axis=0)) / 2
    camera = Camera3D(as_point(middle + towards), as_point(middle), as_point(up))
    right, camera_up, _ = camera.axes
    camera = replace(camera, view_up=as_point(camera_up))
    offsets = points - middle
    opening = tan(_VIEW_ANGLE / 2)
    wide = np.abs(offsets @ right) / (opening * aspect)
    high = np.abs(offsets @ camera_up) / opening
    needed = float((np.maximum(wide, high) * _MARGIN + offsets @ towards).max())
    return replace(camera, position=as_point(middle + towards * max(needed, 1.0)))


def orbit(camera: Camera3D, d_azimuth: float, d_elevation: float) -> Camera3D:
    """Turn about the focal point; radians, + moves the camera to its right and up."""
    right, up, sight = camera.axes
    turned = sight * cos(d_azimuth) - right * sin(d_azimuth)
    tilted = turned * cos(d_elevation) - up * sin(d_elevation)
    new_up = up * cos(d_elevation) + turned * sin(d_elevation)
    position = np.asarray(camera.focal_point) - tilted * camera.distance_mm
    return replace(camera, position=as_point(position), view_up=as_point(new_up))


def roll(camera: Camera3D, angle: float) -> Camera3D:
    """Turn the picture clockwise by `angle` radians."""
    right, up, _ = camera.axes
    return replace(camera, view_up=as_point(up * cos(angle) - right * sin(angle)))


def zoom(camera: Camera3D, factor: float) -> Camera3D:
    """Come nearer by `factor` (> 1) or go away (< 1); the focal point stays."""
    if factor <= 0:
        raise Bug(f"zoom needs a positive factor, got {factor}")
    _, _, sight = camera.axes
    position = np.asarray(camera.focal_point) - sight * (camera.distance_mm / factor)
    return replace(camera, position=as_point(position))


def pan(camera: Camera3D, size: Size, d_x: float, d_y: float) -> Camera3D:
    """Shift the picture by pixels, so that what lies in the focal plane follows the pointer."""
    right, up, _ = camera.axes
    scale = camera.distance_mm / _focal_pixels(camera, size)
    shift = (up * d_y - right * d_x) * scale
    return replace(
        camera,
        position=as_point(camera.position + shift),
        focal_point=as_point(camera.focal_point + shift),
    )


def project(camera: Camera3D, size: Size, lps_mm: ArrayLike) -> tuple[float, float, float]:
    """Return (x, y) in pixels and the depth in mm along the line of sight (<= 0: behind)."""
    right, up, sight = camera.axes
    offset = np.asarray(lps_mm, dtype=np.float64) - camera.position
    depth = float(offset @ sight)
    if camera.parallel:
        scale = size[1] / camera.height_mm
    else:
        scale = _focal_pixels(camera, size) / depth if depth > 0 else 0.0
    x = (size[0] - 1) / 2 + float(offset @ right) * scale
    y = (size[1] - 1) / 2 - float(offset @ up) * scale
    return x, y, depth


def ray(camera: Camera3D, size: Size, x: float, y: float) -> tuple[Floats, Floats]:
    """Return the origin (LPS mm) and the unit direction of the line of sight of a pixel.

    A parallel line of sight begins well before anything that was scanned, however near the
    camera is.
    """
    right, up, sight = camera.axes
    across = (x - (size[0] - 1) / 2) / _focal_pixels(camera, size)
    above = ((size[1] - 1) / 2 - y) / _focal_pixels(camera, size)
    if camera.parallel:
        aside = (right * across + up * above) * camera.distance_mm
        return np.asarray(camera.focal_point) + aside - sight * _FAR_MM, sight
    direction = sight + right * across + up * above
    return np.array(camera.position), direction / np.linalg.norm(direction)


def angles(camera: Camera3D) -> tuple[float, float]:
    """Return azimuth [0, 2 pi) and elevation of the camera's place, radians."""
    towards = -camera.axes[2]
    azimuth = float(np.arctan2(towards[0], -towards[1])) % (2 * pi)
    return azimuth, float(np.arcsin(np.clip(towards[2], -1.0, 1.0)))


def _focal_pixels(camera: Camera3D, size: Size) -> float:
    return size[1] / 2 / tan(camera.view_angle / 2)
