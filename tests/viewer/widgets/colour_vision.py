"""Colours as eyes see them: contrast by WCAG 2.2, difference by CIEDE2000, three kinds of
colour-blindness by Machado, Oliveira and Fernandes, IEEE TVCG 15 (2009) 1291-1298, severity 1.0.
"""

from __future__ import annotations

from math import atan2, cos, degrees, exp, hypot, pi, radians, sin, sqrt

import numpy as np
from numpy.typing import NDArray

Vector = NDArray[np.float64]

EYES: dict[str, Vector] = {
    "usual": np.eye(3),
    "protan": np.array(
        [
            [0.152286, 1.052583, -0.204868],
            [0.114503, 0.786281, 0.099216],
            [-0.003882, -0.048116, 1.051998],
        ]
    ),
    "deutan": np.array(
        [
            [0.367322, 0.860646, -0.227968],
            [0.280085, 0.672501, 0.047413],
            [-0.011820, 0.042940, 0.968881],
        ]
    ),
    "tritan": np.array(
        [
            [1.255528, -0.076749, -0.178779],
            [-0.078411, 0.930809, 0.147602],
            [0.004733, 0.691367, 0.303900],
        ]
    ),
}
"""What an eye makes of linear sRGB."""

# Linear sRGB to CIE XYZ, and its white (IEC 61966-2-1, D65).
_XYZ = np.array(
    [
        [0.4124564, 0.3575761, 0.1804375],
        [0.2126729, 0.7151522, 0.0721750],
        [0.0193339, 0.1191920, 0.9503041],
    ]
)
_WHITE = np.array([0.95047, 1.0, 1.08883])


def linear(colour: str) -> Vector:
    """Return "#rrggbb" as linear light, 0..1."""
    parts = np.array([int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)])
    made: Vector = np.where(parts <= 0.04045, parts / 12.92, ((parts + 0.055) / 1.055) ** 2.4)
    return made


def luminance(colour: str) -> float:
    """Return the relative luminance of WCAG 2.2."""
    return float(linear(colour) @ (0.2126, 0.7152, 0.0722))


def contrast(one: str, other: str) -> float:
    """Return the contrast ratio of WCAG 2.2, 1..21."""
    dark, light = sorted((luminance(one), luminance(other)))
    return (light + 0.05) / (dark + 0.05)


def lab(colour: str, eye: str = "usual") -> Vector:
    """Return what an eye sees of a colour, as CIE L*a*b*."""
    part = _XYZ @ np.clip(EYES[eye] @ linear(colour), 0, 1) / _WHITE
    x, y, z = np.where(part > (6 / 29) ** 3, np.cbrt(part), part / (3 * (6 / 29) ** 2) + 4 / 29)
    return np.array([116 * y - 16, 500 * (x - y), 200 * (y - z)])


def difference(one: Vector, other: Vector) -> float:
    """Return CIEDE2000 of two colours (Sharma, Wu, Dalal 2005); about 1 is just seen."""
    lightness = float(other[0] - one[0]), float(one[0] + other[0]) / 2
    chroma_mean = (hypot(*one[1:]) + hypot(*other[1:])) / 2
    stretched = 1.5 - 0.5 * sqrt(chroma_mean**7 / (chroma_mean**7 + 25**7))
    chromas = [hypot(stretched * a, b) for _, a, b in (one, other)]
    hues = [atan2(b, stretched * a) % (2 * pi) for _, a, b in (one, other)]
    chroma = chromas[1] - chromas[0], sum(chromas) / 2
    turned = (hues[1] - hues[0] + pi) % (2 * pi) - pi if chromas[0] * chromas[1] else 0.0
    middle = _middle_hue(hues) if chromas[0] * chromas[1] else sum(hues)
    hue = 2 * sqrt(chromas[0] * chromas[1]) * sin(turned / 2)
    by_lightness = 1 + 0.015 * (lightness[1] - 50) ** 2 / sqrt(20 + (lightness[1] - 50) ** 2)
    by_chroma = 1 + 0.045 * chroma[1]
    by_hue = 1 + 0.015 * chroma[1] * _hue_weight(middle)
    blue = 2 * radians(30) * exp(-(((degrees(middle) - 275) / 25) ** 2))
    twist = -2 * sqrt(chroma[1] ** 7 / (chroma[1] ** 7 + 25**7)) * sin(blue)
    terms = (lightness[0] / by_lightness, chroma[0] / by_chroma, hue / by_hue)
    return sqrt(sum(term**2 for term in terms) + twist * terms[1] * terms[2])


def _middle_hue(hues: list[float]) -> float:
    middle = sum(hues) / 2
    if abs(hues[0] - hues[1]) > pi:
        middle += pi if middle < pi else -pi
    return middle


def _hue_weight(hue: float) -> float:
    return (
        1
        - 0.17 * cos(hue - radians(30))
        + 0.24 * cos(2 * hue)
        + 0.32 * cos(3 * hue + radians(6))
        - 0.20 * cos(4 * hue - radians(63))
    )
