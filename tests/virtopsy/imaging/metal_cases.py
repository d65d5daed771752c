"""Constructed scans with metal whose place and size are known; blurred and cut as a scanner does.

A slab of a head with a skull and brain, in air, on a table: what a test lays in it is painted at a
quarter of a voxel, blurred with the scan, and cut at the end of the scale.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import cache

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


def on(share: float, degrees: float, z: float = 0.0) -> Place:
    """A place at a share of the way from the middle to the skin: 0.79 brain, 0.88 skull."""
    turn = np.deg2rad(degrees)
    return 55 * share * float(np.cos(turn)), 70 * share * float(np.sin(turn)), z


@dataclass(frozen=True)
class Scanner:
    """How a scene is scanned.

    Attributes:
        spacing: along i, j, k, mm.
        height: of the slab, mm.
        end_hu: where the scale ends; None: it does not.
        blur_mm: standard deviation of the blur in the plane, and across it where that is more
            than a third of a slice.
        noise_hu: standard deviation.
    """

    spacing: Place = (0.9, 0.9, 1.25)
    height: float = 36.0
    end_hu: float | None = END_HU
    blur_mm: float = 0.5
    noise_hu: float = 12.0

    @property
    def sigma_mm(self) -> Floats:
        """(3,) along k, j, i."""
        return np.array([max(self.blur_mm, self.spacing[2] / 3), self.blur_mm, self.blur_mm])

    @property
    def frame(self) -> Frame:
        """The grid, its middle at 0, 0, 0."""
        sides = zip((132, 172, self.height), self.spacing, strict=True)
        i, j, k = (round(side / step) for side, step in sides)
        counts = zip((i, j, k), self.spacing, strict=True)
        origin = [-(n - 1) / 2 * step for n, step in counts]
        return Frame.of((k, j, i), origin_mm=origin, spacing_mm=self.spacing)


@cache
def _empty(scanner: Scanner) -> Floats:
    frame = scanner.frame
    at = frame.to_lps(np.stack(np.indices((1, *frame.shape[1:]))[::-1], axis=-1))
    from_middle = np.hypot(at[..., 0] / 55, at[..., 1] / 70)
    hu = np.where(from_middle < 1, 40.0, -1000.0)
    hu[(from_middle < 0.93) & (from_middle > 0.83)] = 1100.0
    rim = np.abs(from_middle - 0.88)
    hu[(rim > 0.035) & (rim < 0.05)] = 1600.0  # both tables of the skull
    hu[(np.abs(at[..., 1] - 78) < 4) & (np.abs(at[..., 0]) < 62)] = -60.0  # table
    flat = ndimage.gaussian_filter(hu[0], scanner.sigma_mm[1:] / np.array(scanner.spacing[1::-1]))
    return np.broadcast_to(flat, frame.shape)


class Scene:
    """A slab of a head 110 mm wide and 140 mm deep in air, on a table.

    Args:
        scanner: how it is scanned.
        seed: of the noise.
    """

    def __init__(self, scanner: Scanner = Scanner(), seed: int = 5) -> None:
        self.scanner, self.frame = scanner, scanner.frame
        self.hu: Floats = _empty(scanner).copy()
        self._random = np.random.default_rng(seed)

    def lay(self, shape: Shape, box: tuple[Floats, Floats], hu: float = LEAD_HU) -> None:
        """Lay a shape that lies within two corners, LPS mm."""
        step, sigma = np.array(self.scanner.spacing), self.scanner.sigma_mm
        edge = 4 * sigma[::-1]
        low = np.floor(self.frame.to_index(box[0] - edge)).astype(int).clip(0)
        high = np.ceil(self.frame.to_index(box[1] + edge)).astype(int)
        high = np.minimum(high, np.array(self.frame.shape[::-1]) - 1)
        i, j, k = ((high - low) + 1).tolist()
        parts = 4
        cells = np.stack(np.indices((k * parts, j * parts, i * parts))[::-1], axis=-1)
        inside = shape(self.frame.to_lps(low + (cells + 0.5) / parts - 0.5)) > 0
        share = ndimage.gaussian_filter(
            inside.astype(np.float32), sigma * parts / step[::-1], mode="nearest"
        )
        share = share.reshape(k, parts, j, parts, i, parts).mean(axis=(1, 3, 5))
        values = self.hu[low[2] : high[2] + 1, low[1] : high[1] + 1, low[0] : high[0] + 1]
        values += share * (hu - values)

    def ball(self, centre: Place, radius: float, hu: float = LEAD_HU) -> None:
        """Lay a ball."""
        self.lay(ball(centre, radius), (np.subtract(centre, radius), np.add(centre, radius)), hu)

    def rod(self, a: Place, b: Place, radius: float, hu: float = LEAD_HU) -> None:
        """Lay a rod."""
        ends = np.array([a, b])
        self.lay(rod(a, b, radius), (ends.min(axis=0) - radius, ends.max(axis=0) + radius), hu)

    def teeth(self, *, enamel_hu: float = 2600.0, n: int = 12) -> list[Place]:
        """Lay an arch of teeth, enamel over dentine, in front; return their crowns' places."""
        places = []
        for turn in np.linspace(-1.2, 1.2, n):
            x, y = 24 * np.sin(turn), -14 - 26 * np.cos(turn)
            self.rod((x, y, -8), (x, y, -20), 3.2, 1500.0)
            middle = np.array((x, y, -5.0))
            self.lay(_crown((x, y, -5)), (middle - 5, middle + 5), enamel_hu)
            places.append((float(x), float(y), -5.0))
        return places

    def clear_skull(self) -> None:
        """Take the ring of bone away: a level with no brain in it."""
        self.hu[self.hu > 45] = 40.0

    def volume(self) -> Volume:
        """The scan."""
        end = self.scanner.end_hu
        noise = self._random.normal(0, self.scanner.noise_hu, self.frame.shape)
        values = (self.hu + noise).clip(-1024, end)
        made = Volume(np.rint(values).astype(np.int16), self.frame)
        if end is not None and values.max() >= end:
            made = replace(made, ceiling_hu=end, problems=("hu_saturated",))
        return made


def _crown(centre: Place) -> Shape:
    """A cap 1.5 mm thick round the upper half of a ball."""

    def depth(at: Floats) -> Floats:
        away = at - np.array(centre)
        radius = np.linalg.norm(away, axis=-1)
        return np.asarray(np.minimum(np.minimum(4.2 - radius, radius - 2.5), away[..., 2] + 1))

    return depth
