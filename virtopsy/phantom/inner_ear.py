"""What a thin slice shows in the petrous bone: capsule, cochlea, canals, ossicles, and foramina."""

from __future__ import annotations

import numpy as np

from virtopsy.phantom.shapes import Limb, Point, ball, both, chain, limb

_CAPSULE_HU, _FLUID_HU, _OSSICLE_HU, _SOFT_HU, _GAS_HU = 1750.0, 60.0, 1300.0, 45.0, -900.0
_TURNS = 2.3  # of the cochlea
COCHLEA_L: Point = (30.5, -7.5, 0.5)
_VESTIBULE_L: Point = (34.5, -2.5, 1.0)
Laid = tuple[Limb, float]


def _spiral() -> list[Point]:
    """Return the cochlea's lumen: its axis points forward, outward and a little down."""
    axis = np.array([0.55, -0.8, -0.2]) / np.linalg.norm([0.55, -0.8, -0.2])
    across = np.cross(axis, (0.0, 0.0, 1.0))
    across /= np.linalg.norm(across)
    beside = np.cross(axis, across)
    turn = np.linspace(0, 2 * np.pi * _TURNS, 19)[:, None]
    radius = 3.5 - 2.4 * turn / turn[-1]
    rise = 3.2 * turn / turn[-1] - 1.6
    places = COCHLEA_L + rise * axis + radius * (np.cos(turn) * across + np.sin(turn) * beside)
    return [(float(x), float(y), float(z)) for x, y, z in places]


def _canal(first: Point, second: Point) -> list[Point]:
    """Return three quarters of a ring behind the vestibule, in the plane of two directions."""
    a, b = np.asarray(first), np.asarray(second)
    turn = np.linspace(-0.2, 1.5 * np.pi, 10)[:, None]
    middle = np.add(_VESTIBULE_L, (1.2, 3.2, 2.2))
    places = middle + 3.3 * (np.cos(turn) * a + np.sin(turn) * b)
    return [(float(x), float(y), float(z)) for x, y, z in places]


def _left() -> list[Laid]:
    lateral = _canal((-0.2, -0.98, 0.0), (0.98, -0.2, 0.1))
    superior = _canal((-0.6, -0.75, -0.3), (0.1, -0.2, 0.97))
    posterior = _canal((-0.65, 0.7, -0.3), (0.3, 0.3, 0.9))
    return [
        (ball(COCHLEA_L, (6.0, 5.4, 5.2)), _CAPSULE_HU),
        (ball((36, 0.5, 3), (5.6, 6.2, 5.4)), _CAPSULE_HU),
        *((one, _FLUID_HU) for one in chain(_spiral(), 0.85)),
        *((one, _FLUID_HU) for ring in (lateral, superior, posterior) for one in chain(ring, 0.7)),
        (ball(_VESTIBULE_L, (1.8, 2.8, 2.4)), _FLUID_HU),
        (limb((30.5, -3.6, 2), (20, 1.0, 2), (2, 2, 2), (3, 3, 2.8)), 20.0),
        # Tympanic cavity with attic, hammer and anvil; the drum closes the canal.
        (ball((40.5, -3, -1), (2.2, 5, 6)), _GAS_HU),
        (ball((41.5, -2, 5.5), (3.4, 4.2, 3)), _GAS_HU),
        (ball((42.2, -3.2, 4.8), (1.1, 1.1, 1.4)), _OSSICLE_HU),
        (limb((42.4, -3.0, 4), (42.0, -2.6, -2), 0.55), _OSSICLE_HU),
        (ball((42.4, -0.6, 5), (1.0, 1.7, 1.3)), _OSSICLE_HU),
        (limb((42.6, 0.2, 4), (40.2, -1.4, 0), 0.5), _OSSICLE_HU),
        (limb((44.2, -2.6, -7), (43.2, -2.6, -0.5), (0.45, 3.6, 1)), _SOFT_HU),
        # Carotid canal, jugular, oval and spinous foramina, hypoglossal canal.
        (limb((28, -14, -16), (27, -13, -3), 2.9), _SOFT_HU),
        (limb((27, -13, -3), (13, -19, 0), 2.7), _SOFT_HU),
        (limb((25, 5, -20), (26, 4, -7), (3.6, 4.4, 3)), _SOFT_HU),
        (limb((22.5, -24, -10), (22.5, -24, 2), (2.0, 3.2, 2)), _SOFT_HU),
        (limb((28.5, -19, -10), (28.5, -19, 2), 1.2), _SOFT_HU),
    ]


def petrous() -> list[Laid]:
    """Return solids and CT numbers of both sides in the order they are laid."""
    found = []
    for one, hu in _left():
        found += [(side, hu) for side in both([one])]
    return found
