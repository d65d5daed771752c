"""Twenty-eight teeth along the two arches, one filled with metal on the left.

A tooth is laid from the outside in: its socket, its roots, the cap of enamel with its cusps, the
dentine under the cap, and the pulp in crown and root canals. Incisors are chisels across the
arch, canines have one cusp, premolars two, molars four.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from virtopsy.phantom.face import ARCH_LOWER, ARCH_UPPER, BITE_MM
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
ENAMEL_HU, DENTINE_HU, _PULP_HU, _SOCKET_HU, _METAL_HU = 2600.0, 1650.0, 120.0, 250.0, 9000.0
FILLED_MOLAR = 5  # counted from the midline, lower left
_CANINE, _FIRST_MOLAR = 2, 5
_CROWN_MM = 7.6  # neck to biting surface
_OVERLAP_MM = 1.2  # upper front teeth bite in front of the lower ones
_SOCKET_MM = 0.45
Laid = tuple[Limb, float]


@dataclass(frozen=True)
class Tooth:
    """One tooth of the left side, in the head frame, mm.

    Attributes:
        number: 0 for the central incisor to 6 for the second molar.
        place: x and y of its axis.
        angle: of the arch there, from +x towards +y, radians.
        sizes: mesiodistal and buccolingual breadth, root length.
        up: +1 in the upper jaw, -1 in the lower one: where the root points.
    """

    number: int
    place: tuple[float, float]
    angle: float
    sizes: tuple[float, float, float]
    up: float

    @property
    def bite(self) -> float:
        """Height of the biting surface."""
        front = _OVERLAP_MM if self.number <= _CANINE else 0.25
        return BITE_MM - self.up * (front if self.up > 0 else front - 0.5)

    def at(self, along: float, outward: float, from_bite: float) -> Point:
        """Return a point: along the arch, towards the lips or cheek, from the bite to the root."""
        c, s = float(np.cos(self.angle)), float(np.sin(self.angle))
        x, y = self.place
        return (
            x + along * c + outward * s,
            y + along * s - outward * c,
            self.bite + self.up * from_bite,
        )

    def turned(self, one: Limb) -> Limb:
        """Return a solid with its half axes along and across the arch."""
        return replace(one, turn=self.angle)


def _along(arch: tuple[tuple[float, float], ...], length: float) -> tuple[float, float, float]:
    """Return x, y and the direction (angle from +x) of an arch after `length` mm."""
    points = np.asarray(arch)
    steps = np.linalg.norm(np.diff(points, axis=0), axis=1)
    so_far = np.concatenate([[0], np.cumsum(steps)])
    x, y = (np.interp(length, so_far, points[:, axis]) for axis in (0, 1))
    ahead = [np.interp(length + 2, so_far, points[:, axis]) for axis in (0, 1)]
    behind = [np.interp(length - 2, so_far, points[:, axis]) for axis in (0, 1)]
    return float(x), float(y), float(np.arctan2(ahead[1] - behind[1], ahead[0] - behind[0]))


def _roots(one: Tooth) -> list[tuple[float, float]]:
    """Return where the roots end: along the arch and outward, mm from the tooth's axis."""
    if one.number < _FIRST_MOLAR:
        return [(0.0, -0.6)]
    if one.up > 0:
        return [(-2.8, 2.6), (2.8, 2.6), (0.0, -4.0)]
    return [(-3.0, 0.0), (3.0, 0.0)]


def _crown(one: Tooth) -> list[tuple[Limb, float]]:
    """Return the enamel cap and the dentine under it."""
    width, depth, _ = one.sizes
    w, d = width / 2 - 0.2, depth / 2 - 0.2
    if one.number < _CANINE:
        edge, neck = one.at(0, 0.9, 1.0), one.at(0, 0.2, _CROWN_MM)
        cap = limb(neck, edge, (w * 0.74, d * 0.92, 2.2), (w, 1.0, 1.2))
        core = limb(neck, one.at(0, 0.8, 2.6), (w * 0.6, d * 0.72, 2.4), (w * 0.72, 0.5, 0.8))
        return [(one.turned(cap), ENAMEL_HU), (one.turned(core), DENTINE_HU)]
    if one.number == _CANINE:
        cap = limb(one.at(0, 0.2, _CROWN_MM), one.at(0, 0.8, 1.6), (w * 0.8, d * 0.9, 2.2), 1.7)
        body = ball(one.at(0, 0.3, 4.4), (w, d * 0.85, 3.2))
        core = limb(
            one.at(0, 0, _CROWN_MM), one.at(0, 0.4, 3.4), (w * 0.62, d * 0.68, 2.4), (1.2, 1.0, 0.9)
        )
        return [(one.turned(part), ENAMEL_HU) for part in (cap, body)] + [
            (one.turned(core), DENTINE_HU)
        ]
    body = limb(
        one.at(0, 0, _CROWN_MM - 0.6), one.at(0, 0, 3.0), (w * 0.82, d * 0.84, 2.2), (w, d * 0.9, 2)
    )
    fore_and_aft = (0.0,) if one.number < _FIRST_MOLAR else (-0.46 * w, 0.46 * w)
    cusps = [
        ball(one.at(along, across, 1.9), (min(w * 0.52, 2.4), min(d * 0.48, 2.4), 1.9))
        for along in fore_and_aft
        for across in (-0.46 * d, 0.46 * d)
    ]
    core = limb(
        one.at(0, 0, _CROWN_MM), one.at(0, 0, 4.4), (w * 0.7, d * 0.72, 2.2), (w * 0.74, d * 0.7, 1)
    )
    return [(one.turned(part), ENAMEL_HU) for part in (body, *cusps)] + [
        (one.turned(core), DENTINE_HU)
    ]


def _tooth(one: Tooth) -> list[Laid]:
    width, depth, root = one.sizes
    ends = _roots(one)
    share = 0.36 if len(ends) == 1 else 0.22
    thick = (width * share, depth * (0.38 if len(ends) == 1 else 0.3), 2.4)
    sockets, roots, canals = [], [], []
    for along, outward in ends:
        neck = one.at(along * 0.55, outward * 0.6, _CROWN_MM)
        apex = one.at(along, outward, _CROWN_MM + root - 1.0)
        wide = (thick[0] + _SOCKET_MM, thick[1] + _SOCKET_MM, 2.4)
        sockets.append(limb(neck, apex, wide, (1.0 + _SOCKET_MM, 1.2 + _SOCKET_MM, 1.6)))
        roots.append(limb(neck, apex, thick, (1.0, 1.2, 1.2)))
        tip = one.at(along * 0.95, outward * 0.95, _CROWN_MM + root - 3.0)
        canals.append(limb(neck, tip, (0.75, 0.85, 0.9), 0.45))
    chamber = ball(one.at(0, 0, 6.8), (width * 0.15, depth * 0.16, 1.9))
    return [
        *((one.turned(part), _SOCKET_HU) for part in sockets),
        *((one.turned(part), DENTINE_HU) for part in roots),
        *_crown(one),
        *((one.turned(part), _PULP_HU) for part in (chamber, *canals)),
    ]


def left_teeth() -> list[Tooth]:
    """Return the fourteen teeth of the left side, from the midline back, upper jaw first."""
    found = []
    for arch, sizes, up in ((ARCH_UPPER, _UPPER, 1.0), (ARCH_LOWER, _LOWER, -1.0)):
        so_far = 0.0
        for number, size in enumerate(sizes):
            x, y, angle = _along(arch, so_far + size[0] / 2)
            so_far += size[0]
            found.append(Tooth(number, (x, y), angle, size, up))
    return found


def teeth() -> list[Laid]:
    """Return solids and CT numbers in the order they are laid."""
    found = []
    for one in left_teeth():
        for solid, hu in _tooth(one):
            found += [(solid, hu), (mirrored(solid), hu)]
    return [*found, (ball(filling(), (2.6, 2.6, 1.3)), _METAL_HU)]


def filling() -> Point:
    """Return the middle of the metal filling in the lower left first molar, head frame, mm."""
    before = sum(size[0] for size in _LOWER[:FILLED_MOLAR])
    x, y, _ = _along(ARCH_LOWER, before + _LOWER[FILLED_MOLAR][0] / 2)
    return x, y, BITE_MM - 1.6
