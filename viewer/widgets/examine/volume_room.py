"""What the controls and words leave of the 3D view, and a camera that keeps to it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from PySide6.QtCore import QRectF

from viewer.widgets.examine.volume_stage import Stage
from virtopsy.geometry.camera import Camera3D, Size, fit_view, pan, zoom
from virtopsy.geometry.frame import Floats

_LETTER_PX = 22.0  # at the upper and the lower edge
_POINTS = 6000  # enough to see what lies under a word
_SHRUNK = 0.95
_FILLED = 1.09  # of the fit's own margin: letters are reckoned here
_SMALLEST = 0.8  # of the fitted picture: a body that is smaller shows less than words beside it


@dataclass(frozen=True)
class Room:
    """The free part of a view, logical pixels.

    Attributes:
        bottom: y of the controls along the lower edge, or of that edge.
        taken: where words and the little man are.
        letters: whether sides are named at the upper and the lower edge.
    """

    bottom: float
    taken: tuple[QRectF, ...] = ()
    letters: bool = True


def fitted(points_mm: Floats, name: str, size: Size, ratio: float, room: Room) -> Camera3D:
    """Return the standard view in which everything lies in the room, as large as can be.

    Where even a much smaller picture would lie under a word, it stays large.

    Args:
        points_mm: (n, 3) LPS points of what is seen.
        name: of a standard view.
        size: of the picture, device pixels.
        ratio: device pixels per logical pixel.
        room: what is free.
    """
    edge = _LETTER_PX * ratio if room.letters else 0.0
    low = room.bottom * ratio - edge
    tall = max(low - edge, 0.2 * size[1])
    largest = zoom(fit_view(points_mm, name, aspect=size[0] / tall), tall / size[1])
    down = (edge + low - size[1]) / 2
    step = max(len(points_mm) // _POINTS, 1)
    some = points_mm[::step]
    factor = _FILLED
    while factor > _SMALLEST:
        camera = pan(zoom(largest, factor), size, 0.0, down)
        if not _under(Stage(camera, size, size[0] / ratio, size[1] / ratio), some, room.taken):
            return camera
        factor *= _SHRUNK
    return pan(zoom(largest, _FILLED), size, 0.0, down)


def _under(stage: Stage, points_mm: Floats, taken: Sequence[QRectF]) -> bool:
    """Tell whether anything that is seen lies under a word."""
    places = stage.places(points_mm)
    return any(
        bool(
            np.any(
                (places[:, 0] > one.left())
                & (places[:, 0] < one.right())
                & (places[:, 1] > one.top())
                & (places[:, 1] < one.bottom())
            )
        )
        for one in taken
    )
