"""An eye on a finished picture: spots, colours and painted letters, read from pixels alone."""

from __future__ import annotations

import io
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QWidget
from scipy import ndimage

Picture: TypeAlias = NDArray[np.uint8]
Mask: TypeAlias = NDArray[np.bool_]
Place: TypeAlias = tuple[float, float]

ACCENT, TRAJECTORY = (0x4A, 0xA3, 0xDF), (0xF2, 0xC1, 0x4E)
_LETTERS = "LRAPHF"
_TEMPLATE = (18, 18)


def seen(widget: QWidget) -> Picture:
    """Return what a widget shows, (h, w, 3) RGB."""
    image = widget.grab().toImage().convertToFormat(QImage.Format.Format_RGB888)
    rows = np.frombuffer(image.constBits(), np.uint8).reshape(image.height(), -1)
    return rows[:, : 3 * image.width()].reshape(image.height(), image.width(), 3).copy()


@dataclass(frozen=True)
class Spot:
    """One connected region of a mask; `place` is its middle (x, y), pixels."""

    place: Place
    area: int


def spots(mask: Mask, least: int) -> list[Spot]:
    """Return the regions of at least `least` pixels, the largest first."""
    labels, count = ndimage.label(mask)
    areas = np.bincount(labels.ravel())[1:]
    middles = ndimage.center_of_mass(mask, labels, range(1, count + 1))
    found = [
        Spot((float(x), float(y)), int(area))
        for (y, x), area in zip(middles, areas, strict=True)
        if area >= least
    ]
    return sorted(found, key=lambda one: -one.area)


def near(picture: Picture, colour: tuple[int, int, int], within: float) -> Mask:
    """Return where a picture has about this colour."""
    away: Mask = np.linalg.norm(picture.astype(np.float64) - colour, axis=-1) <= within
    return away


@cache
def _template(letter: str) -> NDArray[np.float64]:
    font = (files("resources") / "fonts" / "Inter-Bold.otf").read_bytes()
    sheet = Image.new("L", (120, 120))
    large = ImageFont.truetype(io.BytesIO(font), 80)
    ImageDraw.Draw(sheet).text((20, 10), letter, font=large, fill=255)
    return _shape(np.asarray(sheet) > 128)


def _shape(mask: Mask) -> NDArray[np.float64]:
    """Return what a mask holds, in a box of one size."""
    rows, columns = np.flatnonzero(mask.any(axis=1)), np.flatnonzero(mask.any(axis=0))
    part = mask[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]
    scaled = Image.fromarray(part.astype(np.uint8) * 255).resize(
        _TEMPLATE, Image.Resampling.BILINEAR
    )
    return np.asarray(scaled, np.float64) / 255


def letter(ink: Mask, edge: str, depth: int, breadth: int) -> str:
    """Read the orientation letter in the middle of an edge.

    Args:
        ink: where the picture has the colour of letters.
        edge: "left", "right", "top" or "bottom".
        depth: how far from the edge the letter ends at most, pixels.
        breadth: how far it reaches to either side of the edge's middle, pixels.
    """
    height, width = ink.shape
    x, y = width // 2, height // 2
    part = {
        "left": ink[y - breadth : y + breadth, :depth],
        "right": ink[y - breadth : y + breadth, -depth:],
        "top": ink[:depth, x - breadth : x + breadth],
        "bottom": ink[-depth:, x - breadth : x + breadth],
    }[edge]
    assert part.any(), f"no letter at the {edge} edge"
    shape = _shape(part)
    return min(_LETTERS, key=lambda one: float(np.abs(shape - _template(one)).mean()))


def letters(ink: Mask, depth: int, breadth: int) -> str:
    """Read the letters left, right, top and bottom, in this order."""
    return "".join(letter(ink, edge, depth, breadth) for edge in ("left", "right", "top", "bottom"))
