"""Display presets: how values become colour and opacity, kept as files in resources/presets.

A preset shows; it never names a tissue and never measures. A preset edited by hand keeps the name
of the one it came from and is told apart by `edited`.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from enum import StrEnum
from functools import cache
from importlib.resources import files
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

from virtopsy.errors import UsageError
from virtopsy.geometry.frame import Floats
from virtopsy.imaging.volume import Quantity, Volume
from virtopsy.imaging.voxels import Voxels
from virtopsy.imaging.window import signal_range
from virtopsy.records import number, sequence, text

_WHITE = 255.0
_MOST_POINTS, _FURTHEST = 1000, 65_536.0  # what any scanner stores lies within


class Scale(StrEnum):
    """What the positions of a preset's points mean."""

    HU = "HU"
    SIGNAL = "signal"  # 0 and 1 are the dark and bright end of the volume's own signal


@dataclass(frozen=True)
class Preset:
    """Colour, opacity and lighting of one way to show a volume.

    Attributes:
        name: file name and CLI name.
        scale: unit of the points' positions.
        opacity: (value, opacity per millimetre 0..1), rising in value.
        colour: (value, red, green, blue 0..1), rising in value.
        gradient: (difference of neighbouring voxels, share 0..1) or empty: how much of the
            opacity is left where values change that fast; hides edges or even regions.
        ambient, diffuse, specular, specular_power: the Phong terms.
    """

    name: str
    scale: Scale
    opacity: tuple[tuple[float, float], ...]
    colour: tuple[tuple[float, float, float, float], ...]
    gradient: tuple[tuple[float, float], ...]
    ambient: float
    diffuse: float
    specular: float
    specular_power: float

    @property
    def text(self) -> str:
        """Key of its name in the catalogues."""
        return f"seen3d.preset.{self.name}"

    @property
    def edited(self) -> bool:
        """Tell whether it is not as it is shipped."""
        return presets().get(self.name) != self

    def to_record(self) -> dict[str, Any]:
        """Return all that makes it again, as JSON has it."""
        return {name: _plain(value) for name, value in asdict(self).items()}

    @classmethod
    def from_record(cls, record: Mapping[str, Any]) -> Preset:
        """Read a preset back.

        Raises:
            ValueError: the record is none of a preset.
        """
        return cls(
            text(record.get("name"), 100),
            Scale(text(record.get("scale"), 100)),
            tuple((value, share) for value, share in _points(record.get("opacity"), 2)),
            tuple((value, r, g, b) for value, r, g, b in _points(record.get("colour"), 4)),
            tuple((step, share) for step, share in _points(record.get("gradient"), 2, least=0)),
            number(record.get("ambient"), 0, 1),
            number(record.get("diffuse"), 0, 1),
            number(record.get("specular"), 0, 1),
            number(record.get("specular_power"), 0, 1000),
        )

    def fits(self, quantity: Quantity) -> bool:
        """Tell whether the preset can show values of this kind."""
        return (self.scale is Scale.HU) == (quantity is Quantity.HU)

    def on(self, volume: Volume) -> Preset:
        """Return the preset with its points in the volume's own values."""
        if self.scale is Scale.HU:
            return self
        low, high = signal_range(volume.voxels)
        span = high - low

        def value(position: float) -> float:
            return low + position * span

        return Preset(
            self.name,
            self.scale,
            tuple((value(position), share) for position, share in self.opacity),
            tuple(
                (value(position), red, green, blue) for position, red, green, blue in self.colour
            ),
            tuple((position * span, share) for position, share in self.gradient),
            self.ambient,
            self.diffuse,
            self.specular,
            self.specular_power,
        )

    def opacity_per_mm(self, values: Voxels | Floats) -> NDArray[np.float64]:
        """Return the opacity a millimetre of each value has; any shape."""
        positions, shares = zip(*self.opacity, strict=True)
        opacity: NDArray[np.float64] = np.interp(values, positions, shares)
        return opacity

    def share_left(self, difference: Floats) -> NDArray[np.float64]:
        """Return the share of its opacity a place keeps by how fast values change there."""
        if not self.gradient:
            return np.ones_like(difference)
        steps, shares = zip(*self.gradient, strict=True)
        left: NDArray[np.float64] = np.interp(difference, steps, shares)
        return left


@cache
def presets() -> dict[str, Preset]:
    """Return every preset that is shipped, by name, in the order people are shown them."""
    stored = {
        entry.name.removesuffix(".json"): json.loads(entry.read_text(encoding="utf-8"))
        for entry in (files("resources") / "presets").iterdir()
        if entry.name.endswith(".json")
    }
    order = sorted(stored, key=lambda name: (stored[name]["order"], name))
    return {name: _parse(name, stored[name]) for name in order}


def preset_named(name: str, volume: Volume) -> Preset:
    """Return the preset `name`.

    Raises:
        UsageError: there is none, or it does not fit the values of this volume.
    """
    every = presets()
    if name not in every:
        raise UsageError("render.unknown_preset", name=name, known=", ".join(every))
    if not every[name].fits(volume.quantity):
        fitting = [one.name for one in every.values() if one.fits(volume.quantity)]
        raise UsageError(
            "render.preset_does_not_fit",
            name=name,
            modality=volume.identity.modality or volume.quantity.value,
            known=", ".join(fitting),
        )
    return every[name]


def default_preset(quantity: Quantity) -> Preset:
    """Return the preset a volume opens with."""
    return presets()["bone" if quantity is Quantity.HU else "mr"]


def _parse(name: str, stored: dict[str, Any]) -> Preset:
    return Preset(
        name,
        Scale(stored["scale"]),
        tuple((float(value), float(share)) for value, share in stored["opacity"]),
        tuple((float(value), *rgb(colour)) for value, colour in stored["colour"]),
        tuple((float(value), float(share)) for value, share in stored.get("gradient", ())),
        float(stored["ambient"]),
        float(stored["diffuse"]),
        float(stored["specular"]),
        float(stored["specular_power"]),
    )


def _points(values: object, parts: int, least: int = 1) -> list[list[float]]:
    """Return points that rise in value, with shares between 0 and 1 beside it."""
    found = []
    for one in sequence(values, least, _MOST_POINTS):
        place, *shares = sequence(one, parts, parts)
        found.append([number(place, -_FURTHEST, _FURTHEST), *(number(s, 0, 1) for s in shares)])
    if any(one[0] > other[0] for one, other in pairwise(found)):
        raise ValueError("points that do not rise")
    return found


def _plain(value: Any) -> Any:
    return [_plain(one) for one in value] if isinstance(value, tuple) else value


def rgb(colour: str) -> tuple[float, float, float]:
    """Return "#rrggbb" as red, green, blue 0..1."""
    red, green, blue = (int(colour[start : start + 2], 16) / _WHITE for start in (1, 3, 5))
    return red, green, blue
