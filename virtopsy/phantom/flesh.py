"""Muscles, glands and vessels of face and neck, and the air no bone walls."""

from __future__ import annotations

from virtopsy.phantom.shapes import Part, Places, Single, ball, both, limb, rope, sculpt

_NEAR_MM = 7.0
_CHEWING: tuple[Part, ...] = tuple(
    both(
        [
            # Masseter, temporal, medial and lateral pterygoid.
            limb((60, -47, -12), (53.5, -27, -60), (5, 12, 6), (6, 14, 9), 2),
            limb((66, -30, 34), (55, -37, -6), (5, 27, 24), (6.5, 10, 8), 2),
            limb((22, -38, -12), (44, -24, -58), (6, 9, 8), (4, 10, 8), 2),
            limb((20, -41, -2), (48, -15, -8), (7, 8, 9), (4, 4, 4), 2),
        ]
    )
)
_NECK: tuple[Part, ...] = tuple(
    both(
        [
            # Sternomastoid, trapezius, splenius, semispinalis, deep neck, scalenes, levator.
            limb((57, 14, -22), (30, -24, -150), (6.5, 13, 8), (9, 12, 8), 1),
            limb((13, 60, -26), (26, 60, -165), (14, 5, 12), (26, 8, 12), 0.5),
            limb((23, 49, -34), (25, 50, -165), (13, 6, 10), (16, 8, 10), 0.5),
            limb((13, 44, -28), (13, 47, -165), (11, 7, 10), (12, 9, 10), 0.5),
            limb((15, 33, -34), (15, 36, -165), (12, 6, 10), (14, 7.5, 10), 0.5),
            limb((9, -10, -30), (9, -8.5, -165), (7, 4.5, 6), (9, 5, 6), 1),
            limb((29, 12, -50), (36, 18, -165), (7, 7, 8), (11, 11, 8), 0.5),
            limb((34, 28, -40), (38, 32, -165), (6, 8, 8), (7, 9, 8), 0.5),
            # Digastric and mylohyoid: the floor of the mouth.
            limb((14, -78, -80), (17, -48, -95), (5, 8, 4), (4, 7, 3.5), 1),
            limb((34, -58, -76), (8, -56, -90), (3, 17, 3), (7, 14, 3), 2),
            limb((9, -44, -98), (9, -40, -165), (8, 3, 6), (9, 3.5, 6), 1),
            # Submandibular gland, deep part of the parotid.
            ball((33, -43, -84), (7.5, 12, 9), 1),
            ball((55, -8, -36), (6, 9, 17), 0.5),
            # Carotid sheath.
            limb((26, -7, -28), (25, -12, -165), (3.4, 3.4, 3), (4, 4, 3), 0.3),
            limb((32, -2, -26), (34, -8, -165), (5, 4.2, 3), (7, 5.5, 3), 0.3),
            # Corner of the mouth.
            limb((32, -92, -36), (20, -97, -50), (8, 4, 8), (8, 4, 4), 2),
            # Palatal tonsil, and the side wall of the throat.
            ball((17, -26, -56), (5, 7, 11), 2),
            limb((13, -20, -18), (14, -16, -110), (3.4, 9, 6), (4, 12, 6), 2),
        ]
    )
)
_BUCCINATORS: tuple[Part, ...] = tuple(
    both(
        [
            rope(
                [(20, -96, -50), (33, -84, -46), (41, -64, -44), (38, -44, -42)],
                [(3, 3, 8), (2.4, 2.4, 9), (2, 3, 9), (3, 3, 8)],
                1,
            )
        ]
    )
)
_MIDDLE: tuple[Part, ...] = (
    limb((0, -68, -56), (0, -42, -62), (19, 16, 12), (18, 14, 22), 4),
    limb((0, -76, -76), (0, -56, -88), (8, 7, 6), (9, 10, 4), 3),
    limb((0, -44, -30), (0, -28, -44), (15, 8, 3.5), (8, 4, 9), 3),
    limb((-16, -98, -46), (16, -98, -46), (6, 4.5, 8), None, 3),
    limb((-14, -97, -58), (14, -97, -58), (6, 4, 9), None, 3),
    limb((0, -8, -20), (0, -9, -165), (17, 6, 6), (17, 5, 6), 2),
    limb((0, -36, -96), (0, -31, -165), (13, 14, 6), (14, 15, 6), 3),
)
_MUSCLES = (*_CHEWING, *_BUCCINATORS, *_NECK, *_MIDDLE)
_MEATI = both([limb((66, 0.5, -4.5), (44, -2, -3), (3.2, 3.4, 4.2), 3.0)])
_PHARYNX: tuple[Part, ...] = (
    limb((0, -36, -14), (0, -22, -32), (11, 6, 7), (12, 5, 6), 4),
    limb((0, -20, -34), (0, -18, -84), (10, 3.6, 6), (12, 4.5, 5), 4),
    *both([limb((7, -24, -88), (9, -17, -106), (3.6, 3.4, 5), (2.6, 2, 4), 3)]),
    limb((0, -25, -84), (0, -33, -108), (6, 5, 5), (3, 6.5, 4), 4),
    limb((0, -33, -118), (0, -28, -170), (8.5, 9, 6), None, 4),
    limb((0, -88, -49), (0, -50, -42), (16, 4, 0.9), (17, 8, 1.2), 2),
    *both([limb((5.5, -107, -29), (6, -92, -17), (2.8, 4.4, 3), (4, 5, 6), 2)]),
)


def soft_air(at: Places) -> Single:
    """Return the distance to the air that no bone walls: pharynx, larynx, mouth, meatus, mm."""
    return sculpt((*_MEATI, *_PHARYNX), at, far=_NEAR_MM)


def muscles(at: Places) -> Single:
    """Return the distance to the muscles, glands and vessels of neck, jaw, tongue and lips, mm."""
    return sculpt(_MUSCLES, at, far=_NEAR_MM)
