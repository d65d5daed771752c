"""How well a click is known."""

from __future__ import annotations

import numpy as np

from virtopsy.geometry.camera import Point, as_point
from virtopsy.geometry.frame import Frame


def sd_of_click(frame: Frame, measured_mm: Point | None = None, click_mm: float = 1.0) -> Point:
    """Return the SD (1 SD, mm) of one click along LPS x, y and z.

    A click is known no better than the voxel it falls in (uniform over each spacing, whose SD is
    spacing / sqrt(12)) and than the hand that made it.

    Args:
        frame: the grid.
        measured_mm: how far apart (i, j, k) values were measured, where the grid is finer than
            that because planes between were computed; None: the spacing of the grid.
        click_mm: SD of the hand along each axis; 1 mm is assumed, and said so in the report.
    """
    spacing_mm = frame.spacing_mm if measured_mm is None else measured_mm
    variance = np.square(frame.directions) @ (np.square(spacing_mm) / 12) + click_mm**2
    return as_point(np.sqrt(variance))
