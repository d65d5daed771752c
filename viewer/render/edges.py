"""The sides of the patient at the edges of a picture that is no slice of a volume."""

from __future__ import annotations

import numpy as np

from viewer.render.slice_camera import direction_letters
from virtopsy.dicom.picture import Picture
from virtopsy.dicom.series import Instance

_OPPOSITE = str.maketrans("LRAPHF", "RLPAFH")


def edge_letters(instance: Instance, picture: Picture) -> dict[str, str]:
    """Return the letters for left, right, top and bottom, empty where the file does not say.

    Where a plane lies in the patient is told by its vectors, else by words (Patient Orientation).
    """
    if instance.row is not None and instance.column is not None:
        row, column = np.array(instance.row), np.array(instance.column)
        return {
            "left": direction_letters(-row),
            "right": direction_letters(row),
            "top": direction_letters(-column),
            "bottom": direction_letters(column),
        }
    right, bottom = picture.sides
    if not right:
        return {}
    return {
        "left": right.translate(_OPPOSITE),
        "right": right,
        "top": bottom.translate(_OPPOSITE),
        "bottom": bottom,
    }
