"""Compiles the loops of the 3D view, of slices and of the refinement, or loads what was kept.

Compiling takes seconds once on a machine; setting up does it (`python -m viewer.render.warm`), so
that nobody waits for it before a first picture.
"""

from __future__ import annotations

from threading import Event

import numpy as np

from viewer.render.cpu_scene import CpuScene
from viewer.render.glyphs.trajectory import TrajectoryGlyph
from viewer.render.slice_camera import SectionCamera
from viewer.render.slice_view import SliceRenderer
from virtopsy.geometry.camera import standard_view
from virtopsy.geometry.frame import Frame
from virtopsy.imaging import bore_loop
from virtopsy.imaging.preset import default_preset
from virtopsy.imaging.volume import Quantity, Volume
from virtopsy.imaging.voxels import KINDS

# Rightwards and down: obliquely, then along the grid, once for each way in which the voxels behind
# a picture may lie in memory: row by row, column by column, neither.
_CUTS = (
    ((0.8, 0.6, 0.0), (0.0, 0.0, -1.0)),
    ((1.0, 0.0, 0.0), (0.0, 1.0, 0.0)),
    ((0.0, 0.0, 1.0), (0.0, 1.0, 0.0)),
    ((1.0, 0.0, 0.0), (0.0, 0.0, -1.0)),
)


def warm(kind: type[np.generic] = np.int16) -> None:
    """Draw a few pixels of a few voxels: with a track through them, and cut in every way."""
    frame = Frame.of((4, 4, 4), origin_mm=(0, 0, 0), spacing_mm=(1, 1, 1))
    volume = Volume(np.full(frame.shape, 900, kind), frame)
    scene = CpuScene(volume, "#000000")
    scene.set_preset(default_preset(Quantity.HU))
    scene.show([TrajectoryGlyph(((0.0, 0.0, 0.0), (3.0, 3.0, 3.0)))])
    scene.picture(standard_view(frame, "left"), (8, 8), "full", Event())
    scene.close()
    slices = SliceRenderer(volume)
    for right, down in _CUTS:
        slices.values(SectionCamera(right, down, (1.5, 1.5, 1.5), 1.0, 8, 8))


if __name__ == "__main__":
    for one in KINDS:
        warm(one)
    bore_loop.warm()
