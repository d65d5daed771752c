"""Twenty-eight teeth along the two arches, one filled with metal on the left."""

from __future__ import annotations

import numpy as np

from virtopsy.phantom.bones import ARCH_LOWER, ARCH_UPPER, BITE_MM
from virtopsy.phantom.shapes import Limb, Point, ball, limb, mirrored

# Mesiodistal and buccolingual breadth and root length, mm, central incisor to second molar.
_UPPER = (
    (8.5, 7, 12),
    (6.6, 6.4, 12),
    (7.6, 8, 15),
    (7, 9, 12),
    (6.8, 9, 12),
    (10.2, 11, 11),
    (9.6, 11, 10),
)
_LOWER = (
    (5.3, 6, 11),
    (5.9, 6.2, 12),
    (6.9, 7.6, 14),
    (7, 8, 13),
    (7.1, 8.2, 13),
    (11, 10.2, 12),
    (10.4, 10, 11),
)
_ENAMEL_HU, _DENTINE_HU, _PULP_HU, _GAP_HU, _METAL_HU = 2500.0, 1650.0, 250.0, 45.0, 9000.0
FILLED_MOLAR = 5  # counted from the midline, lower left


def _along(arch: tuple[tuple[float, float], ...], length: float) -> tuple[float, float, float]:
    """Return x, y and the direction (angle from +x) of an arch after `length` mm."""
    points = np.asarray(arch)
    steps = np.linalg.norm(np.diff(points, axis=0), axis=1)
    so_far = np.concatenate([[0], np.cumsum(steps)])
    x, y = (np.interp(length, so_far, points[:, axis]) for axis in (0, 1))
    ahead = [np.interp(length + 2, so_far, points[:, axis]) for axis in (0, 1)]
    behind = [np.interp(length - 2, so_far, points[:, axis]) for axis in (0, 1)]
    return float(x), float(y), float(np.arctan2(ahead[1] - behind[1], ahead[0] - behind[0]))


def _tooth(
    x: float, y: float, angle: float, sizes: tuple[float, float, float], up: float
) -> list[tuple[Limb, float]]:
    breadth, depth, root = sizes
    c, s = abs(np.cos(angle)), abs(np.sin(angle))
    rx = float((breadth * c + depth * s) / 2 - 0.25)
    ry = float((breadth * s + depth * c) / 2 - 0.25)
    crown_z = BITE_MM + up * 3.9
    apex: Point = (x * 0.93, y * 0.97, BITE_MM + up * (8 + root))
    neck: Point = (x, y, BITE_MM + up * 6.5)
    return [
        (limb(neck, apex, (rx * 0.78, ry * 0.78, 3), (1.4, 1.6, 2)), _DENTINE_HU),
        (ball((x, y, crown_z), (rx, ry, 4.3)), _ENAMEL_HU),
        (ball((x, y, crown_z + up * 1.2), (rx * 0.66, ry * 0.66, 3.2)), _DENTINE_HU),
        (
            limb((x, y, crown_z + up), (apex[0], apex[1], apex[2] - up * 3), (0.9, 0.9, 1), 0.5),
            _PULP_HU,
        ),
    ]


def teeth() -> list[tuple[Limb, float]]:
    """Return solids and CT numbers in the order they are laid."""
    found = []
    for arch, sizes, up in ((ARCH_UPPER, _UPPER, 1.0), (ARCH_LOWER, _LOWER, -1.0)):
        so_far = 0.0
        for size in sizes:
            x, y, angle = _along(arch, so_far + size[0] / 2)
            so_far += size[0]
            for solid, hu in _tooth(x, y, angle, size, up):
                found += [(solid, hu), (mirrored(solid), hu)]
    return [*found, (ball(filling(), (2.6, 2.6, 1.3)), _METAL_HU)]


def filling() -> Point:
    """Return the middle of the metal filling in the lower left first molar, head frame, mm."""
    before = sum(size[0] for size in _LOWER[:FILLED_MOLAR])
    x, y, _ = _along(ARCH_LOWER, before + _LOWER[FILLED_MOLAR][0] / 2)
    return x, y, BITE_MM - 1.6
