"""From values to grey: the display window and the presets a reader expects.

The window is DICOM's linear VOI function (PS3.3 C.11.2.1.2.1). It changes what is seen, never
what is measured.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from types import MappingProxyType

import numpy as np
from numpy.typing import NDArray

from virtopsy.errors import Bug
from virtopsy.imaging.volume import Quantity, Volume
from virtopsy.imaging.voxels import Voxels

_WHITE = 255
_SAMPLES = 200_000
_SCALE_HU = (-1024.0, 3071.0)  # of 12 bits: air to the end of the usual scale
_LEAST_SHARE, _MOST_SHARE = 1 / 1000, 20.0  # of the values that matter: a window can be meant
_DARK_SHARE, _BRIGHT_SHARE = 1.0, 99.5  # percentiles of signal that become black and white


@dataclass(frozen=True)
class Window:
    """Centre and width of the grey scale, in the unit of the voxels (HU or signal).

    Raises:
        Bug: the width is below 1, which PS3.3 forbids, or a number is not finite.
    """

    centre: float
    width: float

    def __post_init__(self) -> None:
        if not (np.isfinite(self.centre) and np.isfinite(self.width) and self.width >= 1):
            raise Bug(f"a window is finite and at least 1 wide, got {self}")

    @property
    def low(self) -> float:
        """Value at and below which everything is black."""
        return self.centre - 0.5 - (self.width - 1) / 2

    @property
    def high(self) -> float:
        """Value above which everything is white."""
        return self.centre - 0.5 + (self.width - 1) / 2

    def apply(self, values: Voxels) -> NDArray[np.uint8]:
        """Map values of any shape to grey 0..255, rounded to the nearest grey.

        Sixteen-bit values go through a table of all 65,536 of them; none lies beyond its ends, and
        clipping there spares numpy a look at each.
        """
        if values.dtype == np.int16:
            return _table(self, "int16").take(values.view(np.uint16), mode="clip")
        if values.dtype == np.uint16:
            return _table(self, "uint16").take(values, mode="clip")
        return _grey(self, values)


def _grey(window: Window, values: Voxels) -> NDArray[np.uint8]:
    x = np.asarray(values, dtype=np.float64)
    slope = window.width - 1 or 1.0  # a window of width 1 is a step: no value lies inside
    inside = ((x - (window.centre - 0.5)) / slope + 0.5) * _WHITE
    bounded = np.where(x <= window.low, 0.0, np.where(x > window.high, _WHITE, inside))
    grey: NDArray[np.uint8] = np.rint(bounded).astype(np.uint8)
    return grey


@lru_cache(maxsize=32)
def _table(window: Window, kind: str) -> NDArray[np.uint8]:
    every = np.arange(1 << 16, dtype=np.uint16)
    table = _grey(window, every.view(np.dtype(kind)))
    table.setflags(write=False)
    return table


@dataclass(frozen=True)
class WindowPreset:
    """A named window; `text` is its key in the catalogues."""

    text: str
    window: Window


# In the order of the keys 1 to 9.
HU_PRESETS: Mapping[str, WindowPreset] = MappingProxyType(
    {
        name: WindowPreset(f"render.window.{name}", Window(centre, width))
        for name, centre, width in (
            ("bone", 500.0, 2000.0),
            ("brain", 40.0, 80.0),
            ("soft_tissue", 40.0, 400.0),
            ("lung", -600.0, 1500.0),
            ("metal", 1500.0, 5000.0),
            ("subdural", 75.0, 215.0),
            ("liver", 60.0, 160.0),
            ("mediastinum", 50.0, 350.0),
            ("full", 1024.0, 4096.0),
        )
    }
)


def default_window(volume: Volume) -> Window:
    """Return the window a volume opens with.

    The one its files state, where it shows something of the volume. Else HU opens by body part
    and kernel, in soft tissue where they say nothing. Signal has no scale of its own: its black
    and white are the 1st and the 99.5th percentile of the values above the smallest one (air is
    most of an MR picture).
    """
    if volume.quantity is Quantity.HU:
        suggested = HU_PRESETS[volume.display.suggested].window
        return stated_window(volume, *_SCALE_HU) or suggested
    low, high = signal_range(volume.voxels)
    own = Window((low + high) / 2 + 0.5, max(high - low + 1, 1.0))
    return stated_window(volume, low, high) or own


def stated_window(volume: Volume, low: float, high: float) -> Window | None:
    """Return the window the files state, None where they state none that can be meant.

    Args:
        volume: what is shown.
        low: where values that matter begin.
        high: where they end.
    """
    centre, width = volume.display.centre, volume.display.width
    if centre is None or width is None or width < 1:
        return None
    stated = Window(centre, width)
    share = width / max(high - low, 1.0)
    sees = stated.low < high and stated.high > low
    return stated if sees and _LEAST_SHARE <= share <= _MOST_SHARE else None


def signal_range(voxels: Voxels) -> tuple[float, float]:
    """Return the values that carry the picture of uncalibrated signal, dark and bright end."""
    stride = max(voxels.size // _SAMPLES, 1)
    sample = voxels.reshape(-1)[::stride]
    above = sample[sample > sample.min()]
    if above.size == 0:
        return float(sample.min()), float(sample.min()) + 1
    low, high = np.percentile(above, (_DARK_SHARE, _BRIGHT_SHARE))
    return float(low), float(high)
