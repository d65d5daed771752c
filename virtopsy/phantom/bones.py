"""Base and neck as solids of bone, and the air in the skull."""

from __future__ import annotations

import numpy as np

from virtopsy.phantom.face import FACE, MANDIBLE
from virtopsy.phantom.honeycomb import Honeycomb, other_side, scattered
from virtopsy.phantom.shapes import (
    Limb,
    Part,
    Places,
    Point,
    Single,
    ball,
    both,
    chain,
    limb,
    sculpt,
)

_NEAR_MM = 7.0  # bone and air have no say further away
VERTEBRAE = (
    (3, -77.0),
    (4, -95.0),
    (5, -113.0),
    (6, -131.0),
)  # number, height of the body's middle


_BASE: tuple[Part, ...] = (
    ball((0, -26, 5), (17, 19, 13), 4),
    limb((0, -14, 4), (0, -2, -20), (14, 7, 8), (10, 4, 4), 4),
    *both([ball((14, 9, -29), (5.5, 9, 6), 3)]),
    *both([limb((56, 5, 1), (14, -12, 2), (10, 10, 11), (7, 7, 7), 4)]),
    *both([limb((53, 12, 2), (52, 13, -22), (13, 15, 10), (8, 9, 7), 7)]),
    *both([ball((55, -13, 3), (11, 12, 5), 4)]),
    *both([limb((45, 6, -14), (38, -8, -44), 2.2, 1.2, 2)]),
    *both([limb((40, -52, 22), (46, -30, 8), (4, 12, 14), (8, 10, 10), 4)]),
    # Greater wing of the sphenoid: the side wall from the rim of the orbit to the temple.
    *both([limb((43.5, -57, 12), (50, -36, 6), (2.6, 7, 13), (3.2, 8, 13), 5)]),
    limb((0, 86, 18), (0, 92, 17), (9, 5, 5), (4, 3, 3), 6),
)
_BONE_DETAIL = (
    limb((0, -50, -95), (0, -50, -95), (3, 3, 3)),
    *both(chain([(0, -52, -95), (12, -48, -94), (21, -32, -90)], (1.8, 1.8, 3), 2)),
)


def _neck() -> list[Limb]:
    parts = [
        # Atlas: anterior arch, lateral masses, posterior arch, transverse processes.
        *both(chain([(0, -7, -40), (10, -4, -40), (16, 3, -39)], (3, 3, 5), 2)),
        *both([ball((18, 5, -40), (8, 10, 7.5), 2)]),
        *both(chain([(16, 12, -40), (13, 26, -41), (0, 34, -42)], (3, 3, 4.5), 2)),
        *both([limb((24, 5, -41), (38, 8, -42), (4, 4, 3.5), (3.5, 4, 4), 2)]),
        # Axis with its dens.
        limb((0, 2.5, -52), (0, 1.5, -36), (5, 5, 6), (4.6, 4.6, 4), 2),
        limb((0, 3, -54), (0, 3, -64), (9.5, 8.5, 3), (10.5, 9, 3), 3),
        *both([ball((17, 7, -54), (9, 9, 6.5), 2)]),
    ]
    for number, z in ((2, -59.0), *VERTEBRAE):
        back = 3.0 + 0.25 * (number - 3)
        if number > 2:
            parts.append(limb((0, back, z + 4.2), (0, back, z - 4.2), (12, 9, 2.6), None, 1))
            parts += both([limb((11, back - 1, z + 6), (12, back + 3, z + 8), (2, 6, 2), None, 1)])
            parts += both(
                [limb((19.5, back + 9, z + 6), (19.5, back + 12, z - 6), (6, 5, 4), None, 2)]
            )
        parts += both([limb((11, back + 4, z), (17, back + 10, z), (4, 3, 4), None, 2)])
        parts += both([limb((12, back, z - 1), (23, back + 4, z - 3), (4, 2.2, 3), (3, 5, 3), 2)])
        parts += both(
            [limb((18, back + 14, z - 3), (2, back + 31, z - 7), (3, 2.6, 6), (3, 3, 5), 2)]
        )
        tip = 47.0 + 2.2 * (number - 3)
        parts.append(
            limb((0, back + 30, z - 7), (0, tip - 5, z - 12), (2.2, 4, 4.5), (2.4, 4, 3.6), 2)
        )
        parts += both(
            [limb((1, tip - 6, z - 12), (3.2, tip, z - 13.5), (2, 3, 3), (2.2, 3, 2.6), 2)]
        )
        parts += both([limb((17, 7, z - 10), (17, 7, z + 10), 2.7, None, 0.5, carve=True)])
    parts.append(limb((0, 17, -24), (0, 20.5, -170), (13, 12.5, 8), (12, 8.5, 8), 1, carve=True))
    return parts


SOLIDS: tuple[Part, ...] = (*FACE, *_BASE, *MANDIBLE, *_BONE_DETAIL, *_neck())

ORBIT_FRONT_L: Point = (33.0, -80.0, 17.0)
_ORBITS = tuple(both([limb((17, -36, 17), ORBIT_FRONT_L, (5, 6, 5), (19.5, 12, 17), 0)]))
_NASAL: tuple[Limb, ...] = (
    *both([limb((8.2, -82, -14), (9, -40, -12), (6, 8, 13.5), (6, 6, 12), 2)]),
    *both([limb((4.2, -88, 2), (4, -46, 12), (3, 6, 12), (3.5, 6, 10), 3)]),
)
_TURBINATES = both(
    [
        limb((9.5, -82, -19), (9.5, -42, -19), (3.4, 5, 5), None, 1, carve=True),
        limb((8.5, -74, -6), (8, -44, -5), (2.6, 5, 5), None, 1, carve=True),
        limb((14, -70, -22), (14, -50, -22), (4, 5, 1.6), None, 1, carve=True),
    ]
)
_ANTRA = both(
    [
        limb((27, -68, -13), (29, -55, -14), (9, 8, 10), (8.5, 6, 9), 3),
        limb((34, -67, -10), (33, -58, -11), (9, 7, 7), (8, 6, 6), 6),
        limb((28, -66, -24), (28, -58, -23), (6, 7, 6), (6, 6, 6), 7),
    ]
)
# The left frontal sinus is the larger one: a person's sinuses are never alike.
_FRONTAL = (
    limb((6, -88.5, 33), (25, -84.5, 37), (6, 3.2, 7), (6, 2.8, 5), 2),
    ball((11, -86.8, 43), (7, 2.6, 7), 2),
    limb((-5, -88.5, 32), (-15, -87, 35), (4.5, 3.2, 5), (5, 2.8, 4), 2),
)
_SPHENOID = (ball((8, -30, 5), (6.5, 10, 8), 1), ball((-6, -28, 4), (5, 9, 6.5), 1))


# Left ethmoid labyrinth, and left mastoid with its antrum.
_ETHMOID = (limb((8.2, -77, 13), (8.4, -44, 12), (3.2, 4, 8.6), (3.2, 4, 8.2), 2),)
_MASTOID = (
    limb((52.5, 13, -1), (52, 13.5, -19), (8.2, 10.5, 6), (5.2, 6.4, 5.5), 3),
    ball((49, 6, 2), (7, 5, 5), 3),
    ball((54, 4, 6), (4.5, 9, 4), 3),
)


def cells(random: np.random.Generator) -> tuple[Honeycomb, ...]:
    """Return the air cells of ethmoid and mastoid, different on either side."""
    return tuple(
        scattered(side, apart * random.uniform(0.94, 1.08), wall, random)
        for bounds, apart, wall in ((_ETHMOID, 6.4, 0.35), (_MASTOID, 4.0, 0.38))
        for side in (bounds, other_side(bounds))
    )


def bone_solids(at: Places) -> Single:
    """Return the distance to the solids of bone outside the brain case's own shell, mm."""
    return sculpt(SOLIDS, at, far=_NEAR_MM)


def orbits(at: Places) -> Single:
    """Return the distance to the spaces of the two orbits, mm."""
    return sculpt(_ORBITS, at, far=_NEAR_MM)


def bony_air(at: Places) -> tuple[Single, Single]:
    """Return distances to the spaces walled by bone, and to the air in them, mm."""
    spaces = sculpt((*_NASAL, *_ANTRA, *_FRONTAL, *_SPHENOID), at, far=_NEAR_MM)
    return spaces, sculpt(_TURBINATES, at, spaces + np.float32(0.4), far=_NEAR_MM)
