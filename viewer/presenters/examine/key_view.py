"""Looking again at what a key picture kept: its place, its plane and its grey values."""

from __future__ import annotations

import math

import numpy as np

from viewer.presenters.examine.views import PLANES, SliceLook, Views
from virtopsy.findings.key_picture import KeyPicture
from virtopsy.geometry.frame import Floats
from virtopsy.geometry.plane import Plane, facing
from virtopsy.geometry.turn import STRAIGHT, Turn
from virtopsy.imaging.window import Window

_SAME = 1e-6  # sine of the angle between two planes that are one


def look_again(views: Views, picture: KeyPicture) -> None:
    """Show the slice of a key picture in its plane, with its window; the scale stays.

    A slab stays as it is: a key picture keeps how thick it was, not what of it was shown.
    """
    normal: Floats = np.cross(picture.right, picture.down)
    straight = [facing(Plane(one)).normal for one in PLANES]
    nearest = int(np.argmax([abs(float(normal @ one)) for one in straight]))
    plane = picture.made_in if picture.made_in in PLANES else PLANES[nearest]
    views.turn.set(_turned(facing(Plane(plane)).normal, normal))
    views.window.set(Window(picture.window_centre, picture.window_width))
    views.go(picture.centre_lps_mm, plane)
    scale = views.look[plane].now.mm_per_pixel
    views.look[plane].set(SliceLook(picture.centre_lps_mm, scale))


def _turned(straight: Floats, wanted: Floats) -> Turn:
    """Return the shortest turn that brings a plane's own normal to another one."""
    axis = np.cross(straight, wanted)
    sine = float(np.linalg.norm(axis))
    if sine < _SAME:
        return STRAIGHT
    return STRAIGHT.about(axis / sine, math.atan2(sine, float(straight @ wanted)))
