"""Face, mandible, base and neck as solids of bone, and the spaces in them."""

from __future__ import annotations

import numpy as np

from virtopsy.phantom.honeycomb import Honeycomb, other_side, scattered
from virtopsy.phantom.shapes import Limb, Places, Point, Single, ball, both, chain, limb, sculpt

# Middle of the dental arches, left half, seen from above: (x, y).
ARCH_UPPER = (
    (0.0, -91.0),
    (8.0, -89.5),
    (15.5, -85.0),
    (21.0, -77.0),
    (25.0, -66.0),
    (27.5, -52.0),
)
ARCH_LOWER = (
    (0.0, -88.0),
    (7.0, -86.5),
    (13.5, -82.0),
    (19.5, -74.0),
    (24.5, -63.0),
    (28.5, -49.0),
)
BITE_MM = -48.5  # where the teeth meet
_NEAR_MM = 7.0  # bone and air have no say further away
VERTEBRAE = (
    (3, -77.0),
    (4, -95.0),
    (5, -113.0),
    (6, -131.0),
)  # number, height of the body's middle


def _at_height(arch: tuple[tuple[float, float], ...], z: float) -> list[Point]:
    return [(x, y, z) for x, y in arch]


_FACE: tuple[Limb, ...] = (
    *both([limb((5, -84.5, 33), (39, -75, 37), (7, 7, 7), (7, 7, 6), 10)]),
    *both([limb((46.5, -63, 33), (48.5, -62, 4), (4.5, 8, 6), (4.6, 8, 6), 9)]),
    *both([limb((48, -65, -4), (38, -73, -13), (6, 7, 9), (9, 6, 9), 7)]),
    *both([limb((46, -70, -4), (26, -80, -4), 4.2, None, 3)]),
    *both([limb((26, -80, -4), (13, -86, 6), 4, (4, 4, 4), 3)]),
    *both([limb((14, -85, 4), (8, -88, 29), (4.2, 4.5, 5), (5, 4, 4), 5)]),
    *both([limb((27, -79, -6), (23, -83, -32), (10, 4, 6), (10, 4.5, 6), 6)]),
    *both([limb((7.5, -88.5, 24), (9.5, -92, 6), (3.4, 4.2, 4), (3.2, 4.4, 3), 4)]),
    *both([limb((3.2, -90.5, 28), (4.4, -100, 7), (4, 2.4, 4), (4, 1.7, 2), 3)]),
    *both(
        chain(
            [(52, -62, -6), (61, -50, -5), (65, -36, -4), (65, -20, -2), (62, -6, 1)],
            (2.2, 3, 4.2),
            2,
        )
    ),
    *both(chain(_at_height(ARCH_UPPER, -35.0), (5.2, 5.2, 8), 3)),
    limb((0, -84, -31.5), (0, -50, -31), (22, 6, 2), (24, 4, 2), 3),
    *both([limb((15, -87, -28), (30, -78, -22), (4, 2.5, 8), (8, 3, 9), 4)]),
    limb((0, -87, -29), (0, -95, -28), (2.4, 2, 2.4), (1, 1, 1), 2),
    *both([limb((15, -42, -2), (18, -40, -32), (2, 6, 6), (1.6, 5, 4), 3)]),
)
_BASE: tuple[Limb, ...] = (
    ball((0, -26, 5), (17, 19, 13), 4),
    limb((0, -14, 4), (0, -2, -20), (14, 7, 8), (10, 4, 4), 4),
    *both([ball((14, 9, -29), (5.5, 9, 6), 3)]),
    *both([limb((56, 5, 1), (14, -12, 2), (10, 10, 11), (7, 7, 7), 4)]),
    *both([limb((53, 12, 2), (52, 13, -22), (13, 15, 10), (8, 9, 7), 7)]),
    *both([ball((55, -13, 3), (11, 12, 5), 4)]),
    *both([limb((45, 6, -14), (38, -8, -44), 2.2, 1.2, 2)]),
    *both([limb((40, -52, 22), (46, -30, 8), (4, 12, 14), (8, 10, 10), 4)]),
    limb((0, 86, 18), (0, 92, 17), (9, 5, 5), (4, 3, 3), 6),
)
_MANDIBLE: tuple[Limb, ...] = (
    *both([ball((53, -11, -6.5), (9, 4, 4.5), 2)]),
    *both([limb((52, -12, -10), (50, -18, -26), (3.6, 4, 5), (3.4, 8, 7), 3)]),
    *both([limb((50, -23, -30), (48.5, -22, -54), (3.2, 13.5, 11), (4.4, 14, 12), 6)]),
    *both([limb((49.5, -32, -24), (49, -37, -7), (2.8, 7, 7), (1.8, 3.4, 3), 4)]),
    *both(
        chain(
            [(48, -22, -62), (42, -46, -70), (31, -68, -76), (16, -82, -79), (0, -87, -80)],
            (4.8, 4.8, 11),
            8,
        )
    ),
    *both(
        chain(
            [(46, -42, -62), *_at_height(ARCH_LOWER, -66.0)[:0:-1], (0, -88, -66)], (4.6, 4.6, 7), 3
        )
    ),
    ball((0, -89, -88), (14, 5, 6.5), 5),
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


SOLIDS: tuple[Limb, ...] = (*_FACE, *_BASE, *_MANDIBLE, *_BONE_DETAIL, *_neck())

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
_ANTRA = both([limb((31, -68, -17), (31, -56, -18), (12.5, 9, 14), (11, 8, 12), 3)])
# The left frontal sinus is the larger one: a person's sinuses are never alike.
_FRONTAL = (
    limb((6, -88.5, 33), (25, -84.5, 37), (6, 3.2, 7), (6, 2.8, 5), 2),
    ball((11, -86.8, 43), (7, 2.6, 7), 2),
    limb((-5, -88.5, 32), (-15, -87, 35), (4.5, 3.2, 5), (5, 2.8, 4), 2),
)
_SPHENOID = (ball((8, -30, 5), (6.5, 10, 8), 1), ball((-6, -28, 4), (5, 9, 6.5), 1))


# Left ethmoid labyrinth, and left mastoid with its antrum.
_ETHMOID = (limb((9.6, -77, 13), (10.8, -44, 12), (4.4, 4, 9), (5.4, 4, 8.5), 2),)
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


_MEATI = both(
    [limb((66, 0.5, -4.5), (44, -2, -3), (3.2, 3.4, 4.2), 3.0), ball((40, -3, -1), (2.6, 5, 6))]
)
_PHARYNX = (
    limb((0, -33, -14), (0, -24, -36), (12, 6, 8), (12, 4, 6), 4),
    limb((0, -20, -40), (0, -17, -84), (11, 3.2, 6), (12, 4, 5), 4),
    limb((0, -22, -88), (0, -34, -112), (7, 6, 6), (3, 7, 4), 4),
    limb((0, -32, -120), (0, -28, -170), (8.5, 9, 6), None, 4),
    limb((0, -88, -49), (0, -50, -42), (16, 4, 0.9), (17, 8, 1.2), 2),
    *both([limb((5.5, -107, -25), (6, -92, -17), (3.4, 4.6, 3), (4, 5, 6), 2)]),
)


def soft_air(at: Places) -> Single:
    """Return the distance to the air that no bone walls: pharynx, larynx, mouth, meatus, mm."""
    return sculpt((*_MEATI, *_PHARYNX), at, far=_NEAR_MM)


_MUSCLES = (
    *both(
        [
            limb((60, -46, -12), (54, -28, -58), (4.5, 10, 6), (5, 12, 10), 2),
            limb((66, -30, 34), (56, -36, -4), (5, 26, 22), (6, 10, 8), 2),
            limb((24, -38, -12), (43, -24, -56), (5, 8, 8), (4, 9, 8), 2),
            limb((22, -40, 0), (48, -16, -8), (6, 7, 7), (4, 4, 4), 2),
            limb((57, 14, -22), (30, -24, -150), (6.5, 13, 8), (9, 12, 8), 1),
            limb((13, 58, -26), (24, 60, -165), (12, 6, 12), (22, 8, 12), 1),
            limb((17, 47, -28), (17, 50, -165), (13, 7, 10), (14, 8, 10), 1),
            limb((14, 36, -32), (14, 39, -165), (11, 6.5, 10), (12, 7, 10), 1),
            limb((9, -11, -30), (9, -9, -165), (7, 4, 6), (9, 4.5, 6), 1),
            limb((33, 14, -44), (36, 20, -165), (8, 9, 8), (11, 13, 8), 1),
            limb((20, -70, -76), (14, -52, -92), (5, 10, 4), (6, 8, 4), 1),
            limb((9, -48, -98), (9, -44, -165), (7, 3, 6), (8, 4, 6), 1),
            limb((32, -92, -36), (20, -97, -50), (8, 4, 8), (8, 4, 4), 2),
        ]
    ),
    limb((0, -68, -56), (0, -42, -62), (19, 16, 12), (18, 14, 22), 4),
    limb((-16, -98, -46), (16, -98, -46), (6, 4.5, 8), None, 3),
    limb((-14, -97, -58), (14, -97, -58), (6, 4, 9), None, 3),
    limb((0, -6, -40), (0, -6, -110), (18, 8, 6), None, 3),
)


def muscles(at: Places) -> Single:
    """Return the distance to the muscles of neck, jaw, tongue and lips, mm."""
    return sculpt(_MUSCLES, at, far=_NEAR_MM)
