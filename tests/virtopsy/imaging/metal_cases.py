"""Constructed scans with metal whose place and size are known; blurred and cut as a scanner does.

A slab of a head with a skull and brain, in air, on a table: what a test lays in it is painted at a
quarter of a voxel, blurred with the scan, and cut at the end of the scale.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
from scipy import ndimage

from virtopsy.geometry.frame import Floats, Frame
from virtopsy.imaging.volume import Volume

LEAD_HU, STEEL_HU, ALUMINIUM_HU = 22000.0, 13000.0, 2600.0
END_HU = 3071.0
Place = tuple[float, float, float]
Shape = Callable[[Floats], Floats]
"""From places (..., 3) in LPS mm to depths below the surface, mm; negative outside."""


def ball(centre: Place, radius: float) -> Shape:
    """A ball."""
    return lambda at: radius - np.linalg.norm(at - np.array(centre), axis=-1)


def rod(a: Place, b: Place, radius: float) -> Shape:
    """A rod with round ends: a splinter, or a bullet seen from far."""
    begin, way = np.array(a), np.subtract(b, a)

    def depth(at: Floats) -> Floats:
        share = ((at - begin) @ way / (way @ way)).clip(0, 1)
        return np.asarray(radius - np.linalg.norm(at - begin - share[..., None] * way, axis=-1))

    return depth


class Scene:
    """A slab of a head 110 mm wide and 140 mm deep, the middle of it at 0, 0, 0.

    Args:
        spacing: along i, j, k, mm.
        height: of the slab, mm.
        end_hu: where the scale ends; None: it does not.
        blur_mm: standard deviation of the blur in the plane, and across it if larger than a
            third of a slice.
        noise_hu: standard deviation.
        seed: of the noise.
    """

    def __init__(
        self,
        spacing: Place = (0.9, 0.9, 1.25),
        *,
        height: float = 50.0,
        end_hu: float | None = END_HU,
        blur_mm: float = 0.5,
        noise_hu: float = 12.0,
        seed: int = 5,
    ) -> None:
        counts = [round(one / step) for one, step in zip((140, 190, height), spacing, strict=True)]
        middle = [-(n - 1) / 2 * step for n, step in zip(counts, spacing, strict=True)]
        self.frame = Frame.of(
            (counts[2], counts[1], counts[0]), origin_mm=middle, spacing_mm=spacing
        )
        self._end, self._noise = end_hu, noise_hu
        self._random = np.random.default_rng(seed)
        self._sigma = np.array([max(blur_mm, spacing[2] / 3), blur_mm, blur_mm])
        at = self.frame.to_lps(np.stack(np.indices(self.frame.shape)[::-1], axis=-1))
        from_middle = np.hypot(at[..., 0] / 55, at[..., 1] / 70)
        self.hu: Floats = np.where(from_middle < 1, 40.0, -1000.0)
        self.hu[(from_middle < 0.93) & (from_middle > 0.83)] = 1100.0
        rim = np.abs(from_middle - 0.88)
        self.hu[(rim > 0.035) & (rim < 0.05)] = 1600.0  # both tables of the skull
        self.hu[(np.abs(at[..., 1] - 78) < 4) & (np.abs(at[..., 0]) < 65)] = -60.0  # table
        self.hu = ndimage.gaussian_filter(self.hu, self._sigma / self.frame.spacing_mm[::-1])
        self.spacing = spacing

    def lay(self, shape: Shape, reach: tuple[Place, float], hu: float = LEAD_HU) -> None:
        """Lay a shape within a distance of a place, both in mm."""
        centre, radius = reach
        step = np.array(self.spacing)
        low = np.floor(self.frame.to_index(np.subtract(centre, radius + 4))).astype(int)
        high = np.ceil(self.frame.to_index(np.add(centre, radius + 4))).astype(int)
        low, high = low.clip(0), np.minimum(high, np.array(self.frame.shape[::-1]) - 1)
        i, j, k = ((high - low) + 1).tolist()
        parts = 4
        cells = np.stack(np.indices((k * parts, j * parts, i * parts))[::-1], axis=-1)
        inside = shape(self.frame.to_lps(low + (cells + 0.5) / parts - 0.5)) > 0
        share = ndimage.gaussian_filter(
            inside.astype(np.float64), self._sigma * parts / step[::-1], mode="constant"
        )
        share = share.reshape(k, parts, j, parts, i, parts).mean(axis=(1, 3, 5))
        box = self.hu[low[2] : high[2] + 1, low[1] : high[1] + 1, low[0] : high[0] + 1]
        box += share * (hu - box)

    def ball(self, centre: Place, radius: float, hu: float = LEAD_HU) -> None:
        """Lay a ball."""
        self.lay(ball(centre, radius), (centre, radius), hu)

    def rod(self, a: Place, b: Place, radius: float, hu: float = LEAD_HU) -> None:
        """Lay a rod."""
        middle = (np.add(a, b) / 2).tolist()
        half = float(np.linalg.norm(np.subtract(b, a))) / 2
        x, y, z = middle
        self.lay(rod(a, b, radius), ((x, y, z), half + radius), hu)

    def teeth(self, *, enamel_hu: float = 2600.0, n: int = 12) -> list[Place]:
        """Lay an arch of teeth, enamel over dentine, in front; return their crowns' places."""
        places = []
        for turn in np.linspace(-1.2, 1.2, n):
            x, y = 24 * np.sin(turn), -14 - 26 * np.cos(turn)
            self.rod((x, y, -8), (x, y, -20), 3.2, 1500.0)
            self.lay(_crown((x, y, -5)), ((x, y, -5), 5), enamel_hu)
            places.append((float(x), float(y), -5.0))
        return places

    def clear_skull(self) -> None:
        """Take the ring of bone away: a level with no brain in it."""
        self.hu[(self.hu > 45)] = 40.0

    def volume(self) -> Volume:
        """The scan."""
        noise = self._random.normal(0, self._noise, self.frame.shape)
        values = (self.hu + noise).clip(-1024, self._end)
        made = Volume(np.rint(values).astype(np.int16), self.frame)
        if self._end is not None and values.max() >= self._end:
            made = replace(made, ceiling_hu=self._end, problems=("hu_saturated",))
        return made


def _crown(centre: Place) -> Shape:
    """A cap 1.5 mm thick round the upper half of a ball."""

    def depth(at: Floats) -> Floats:
        away = at - np.array(centre)
        radius = np.linalg.norm(away, axis=-1)
        return np.asarray(np.minimum(np.minimum(4.2 - radius, radius - 2.5), away[..., 2] + 1))

    return depth
