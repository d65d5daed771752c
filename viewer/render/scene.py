"""What draws a volume in 3D: by the processor (`cpu_scene`) or by a graphics card (`gpu_scene`)."""

from __future__ import annotations

from collections.abc import Sequence
from threading import Event
from typing import Literal, Protocol, TypeAlias

import numpy as np
from numpy.typing import NDArray

from viewer.render.glyphs.glyph import Glyph
from virtopsy.geometry.camera import Camera3D, Size
from virtopsy.geometry.frame import Frame
from virtopsy.imaging.cutaway import Cutaway
from virtopsy.imaging.preset import Preset

__all__ = ["CUT_EDGE", "GHOST", "LIGHTS", "Glyph", "Picture", "Quality", "Scene", "step_mm"]

Quality: TypeAlias = Literal["full", "moving"]
Picture: TypeAlias = NDArray[np.uint8]

# Towards the light in (right, up, towards the reader), and how bright: a key light from the upper
# left and a fill from the reader's side, so that there is relief without black shadows.
LIGHTS = (((-0.55, 0.75, 1.0), 0.85), ((0.35, -0.1, 1.0), 0.3))
GHOST = 0.38  # opacity of a glyph where the body hides it
CUT_EDGE = "#38b6ff"  # no tissue and no finding has this blue
_MOST_SAMPLES = 20_000  # along one ray: two metres in tenths of a millimetre


def step_mm(frame: Frame) -> float:
    """Return how far apart rays are sampled: by the smallest voxel, but no ray without end.

    A hostile header can claim voxels a million times finer along one axis than along another.
    """
    longest = float(np.linalg.norm(np.ptp(frame.corners_mm, axis=0)))
    return max(min(frame.spacing_mm), longest / _MOST_SAMPLES)


class Scene(Protocol):
    """One volume, drawn. All calls come from one thread; only a `stop` may be set from another."""

    reduced: tuple[int, int, int]
    """How many voxels along (i, j, k) are one in the full picture: (1, 1, 1) is all of them."""

    def set_preset(self, preset: Preset) -> None:
        """Show the next pictures by this preset, its points in the volume's own values."""

    def hide(self, cutaway: Cutaway) -> None:
        """Do not show this in the next pictures."""

    def show(self, glyphs: Sequence[Glyph]) -> None:
        """Draw these glyphs, and no others, in the next pictures."""

    def picture(
        self, camera: Camera3D, size: Size, quality: Quality, stop: Event
    ) -> Picture | None:
        """Return the (height, width, 3) RGB picture, or None when it was stopped."""

    def close(self) -> None:
        """Give everything back; the scene is of no use afterwards."""
