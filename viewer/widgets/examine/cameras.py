"""The camera a case keeps (degrees) and the camera pictures are made with (radians)."""

from __future__ import annotations

import math

from viewer.render import camera as render
from virtopsy.geometry import camera as geometry


def seen(camera: geometry.Camera3D) -> render.Camera3D:
    """Return the camera for rendering."""
    angle = math.radians(camera.view_angle)
    return render.Camera3D(camera.position, camera.focal_point, camera.view_up, angle)


def kept(camera: render.Camera3D) -> geometry.Camera3D:
    """Return the camera as a view state and a stop keep it."""
    angle = math.degrees(camera.view_angle)
    return geometry.Camera3D(camera.position, camera.focal_point, camera.view_up, angle)
