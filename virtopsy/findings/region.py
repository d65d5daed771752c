"""A painted or thresholded volume of the acquired grid: gas, fluid, haemorrhage.

Its mask is kept in the series' own voxels, so that another program finds the same ones; a border
is known to half a voxel and to the threshold, hence its volume is told as a range.
"""

from __future__ import annotations

import base64
import binascii
import zlib
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, TypeAlias

import numpy as np
from typing_extensions import override

from virtopsy.findings.finding import Finding
from virtopsy.findings.quantity import Quantity
from virtopsy.geometry.camera import Point
from virtopsy.imaging.volume import Quantity as Scale
from virtopsy.imaging.volume import Volume
from virtopsy.imaging.voxel_region import Measured, VoxelRegion

Box: TypeAlias = tuple[int, int, int, int, int, int]
_MOST_VOXELS = 2**31


class Substance(StrEnum):
    """What the expert takes it to be."""

    UNSTATED = ""
    GAS = "gas"
    FLUID = "fluid"
    HAEMORRHAGE = "haemorrhage"
    FOREIGN = "foreign"
    OTHER = "other"


@dataclass(frozen=True)
class Region(Finding):
    """Voxels of one series.

    Attributes:
        centre_lps_mm: A voxel of it that is nearest to its middle, LPS mm.
        grid_kji: Shape of the series' volume, voxels.
        box_kji: First and last-but-one voxel of the box round it: k, j, i from, then k, j, i to.
        mask: Its voxels within the box: base64 of zlib of bits, in the order k, j, i.
        substance: Gas, fluid, haemorrhage, foreign or other, as the expert states; empty: not.
        confirmed: Whether a person looked through it and left out lung, airway, bowel and sinuses;
            gas that is not confirmed is called "air-density volume".
        how: threshold or painted.
        low_hu: Lower threshold, HU or the series' own values; null: none.
        high_hu: Upper threshold; null: none.
        measured: Volume with its range, and the values in it.
    """

    centre_lps_mm: Point
    grid_kji: tuple[int, int, int]
    box_kji: Box
    mask: str
    substance: Substance = Substance.UNSTATED
    confirmed: bool = False
    how: str = "threshold"
    low_hu: float | None = None
    high_hu: float | None = None
    measured: tuple[Quantity, ...] = ()

    kind = "region"
    GROUNDS = ("density", "level", "place", "autopsy")

    @override
    def __post_init__(self) -> None:
        super().__post_init__()
        self.require_points((self.centre_lps_mm,))
        start, stop = np.array(self.box_kji[:3]), np.array(self.box_kji[3:])
        grid = np.array(self.grid_kji)
        if (start < 0).any() or (stop <= start).any() or (stop > grid).any():
            raise ValueError(f"box {self.box_kji} is not within {self.grid_kji}")
        if np.prod(grid, dtype=np.float64) > _MOST_VOXELS:
            raise ValueError("a grid too large")

    @property
    @override
    def places(self) -> tuple[Point, ...]:
        """A voxel near its middle."""
        return (self.centre_lps_mm,)

    @property
    @override
    def quantities(self) -> tuple[Quantity, ...]:
        """Volume and values as they were reckoned when it was made."""
        return self.measured

    @property
    def shape_kji(self) -> tuple[int, int, int]:
        """Shape of the box."""
        k, j, i, to_k, to_j, to_i = self.box_kji
        return to_k - k, to_j - j, to_i - i

    def voxels(self) -> VoxelRegion:
        """Return its voxels.

        Raises:
            ValueError: the text does not hold as many voxels as the box.
        """
        count = int(np.prod(self.shape_kji))
        most = (count + 7) // 8
        try:
            unpacked = zlib.decompressobj().decompress(
                base64.b64decode(self.mask, validate=True), most + 1
            )
        except (binascii.Error, zlib.error) as error:
            raise ValueError("the mask cannot be read") from error
        if len(unpacked) != most:
            raise ValueError("the mask does not fit its box")
        bits = np.unpackbits(np.frombuffer(unpacked, np.uint8), count=count)
        mask = bits.astype(np.bool_).reshape(self.shape_kji)
        k, j, i = self.box_kji[:3]
        return VoxelRegion(self.grid_kji, (k, j, i), mask)


def packed(region: VoxelRegion) -> dict[str, Any]:
    """Return the fields of a finding that say which voxels a region has."""
    bits = np.packbits(region.mask)
    start, stop = region.start, tuple(int(one) for one in region.stop)
    return {
        "grid_kji": region.grid,
        "box_kji": (*start, *stop),
        "mask": base64.b64encode(zlib.compress(bits.tobytes(), 9)).decode("ascii"),
    }


def told(measured: Measured, volume: Volume) -> tuple[Quantity, ...]:
    """Return the size of a region and its values as numbers of a finding."""
    unit = "HU" if volume.quantity is Scale.HU else "1"
    return (
        Quantity(
            "volume",
            measured.volume_mm3,
            "mm3",
            low=measured.low_mm3,
            high=measured.high_mm3,
            source="threshold" if measured.by_threshold else "spacing",
        ),
        Quantity("voxels", float(measured.voxels), "1"),
        Quantity("mean", measured.mean, unit),
        Quantity("standard_deviation", measured.sd, unit),
        Quantity("minimum", measured.least, unit),
        Quantity("maximum", measured.most, unit),
    )
