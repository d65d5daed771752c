"""Contexts come and go: a picture's window must not take the process with it."""

from __future__ import annotations

import subprocess
import sys

_FORGETFUL = """
import gc
import numpy as np
from virtopsy.geometry.camera import standard_view
from viewer.render.volume_view import VolumeView
from virtopsy.geometry.frame import Frame
from virtopsy.imaging.volume import Volume

frame = Frame.of((80, 90, 100), origin_mm=(0, 0, 0), spacing_mm=(1, 1, 1))
voxels = np.full(frame.shape, -1000, np.int16)
voxels[20:60, 20:60, 20:60] = 1500
for _ in range(6):
    view = VolumeView(Volume(voxels, frame), (240, 180))
    assert view.picture(standard_view(frame, "anterior")).any()
    del view
    gc.collect()
"""


def test_a_view_that_is_dropped_without_closing_harms_no_later_one() -> None:
    ended = subprocess.run(
        [sys.executable, "-c", _FORGETFUL], capture_output=True, text=True, check=False
    )
    assert ended.returncode == 0, ended.stderr
