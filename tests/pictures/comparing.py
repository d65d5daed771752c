"""Pictures against those that were looked at: blurred, so that drivers and rounding do not count.

`VIRTOPSY_RENEW_PICTURES=1` writes the pictures anew; whoever does it looks at each of them before
it is committed.
"""

from __future__ import annotations

import os
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image
from scipy.ndimage import gaussian_filter

_KEPT = Path(__file__).parent / "baselines"
_BLUR_PX = 1.5
# A pixel row off by one at a steep edge differs by less than this after the blur; a part that is
# missing, moved or in another colour differs by more, which the tests of this file prove.
MOST = 26.0
MEAN = 1.5

Picture = NDArray[np.uint8]


def differences(one: Picture, other: Picture) -> tuple[float, float]:
    """Return the largest and the mean difference of two blurred pictures, of 255."""
    blurred = [
        gaussian_filter(picture.astype(np.float64), (_BLUR_PX, _BLUR_PX, 0))
        for picture in (one, other)
    ]
    away = np.abs(blurred[0] - blurred[1])
    return float(away.max()), float(away.mean())


def alike(one: Picture, other: Picture) -> bool:
    """Tell whether two pictures show the same."""
    if one.shape != other.shape:
        return False
    most, mean = differences(one, other)
    return most <= MOST and mean <= MEAN


def renew(name: str, picture: Picture) -> None:
    """Keep this picture in the place of the one that was looked at, where that is asked for."""
    if os.environ.get("VIRTOPSY_RENEW_PICTURES") == "1":
        Image.fromarray(picture).save(_path(name), optimize=True)


def kept(name: str) -> Picture:
    """Return the picture that was looked at."""
    return np.asarray(Image.open(_path(name)).convert("RGB"))


def _path(name: str) -> Path:
    return _KEPT / f"{name}.png"
