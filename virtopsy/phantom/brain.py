"""What lies in the brain case: fluid spaces, deep grey matter, the eyes in front of it."""

from __future__ import annotations

from virtopsy.phantom.shapes import Limb, Places, Single, ball, both, chain, limb, sculpt

_NEAR_MM = 7.0
_VENTRICLES = (
    *both(
        chain([(7, -40, 50), (9, -20, 58), (11, 4, 62), (17, 22, 57), (25, 34, 46)], (4.6, 6, 6), 4)
    ),
    *both([limb((25, 34, 46), (24, 60, 42), (5, 6, 7), (2.6, 4, 4), 3)]),
    *both(chain([(25, 34, 44), (31, 22, 28), (32, 2, 19), (28, -14, 18)], (2.2, 2.6, 2.6), 2)),
    limb((0, -18, 40), (0, 8, 42), (2.4, 6, 8), (2.4, 5, 6), 1),
    limb((0, 22, 12), (0, 30, 0), (5, 3.5, 7), (7, 4, 6), 2),
    limb((0, 12, 36), (0, 22, 14), 1.2, None, 0),
)
_CISTERNS = (
    ball((0, -20, 26), (11, 9, 5.5), 2),
    ball((0, 30, 34), (9, 4, 6), 2),
    limb((0, -6, 14), (0, 2, -16), (14, 3.5, 6), (9, 4, 6), 2),
    ball((0, 56, -18), (12, 9, 7), 2),
    *both([limb((20, -22, 28), (52, -14, 36), (4, 3, 2), (5, 12, 2.2), 2)]),
    *both([limb((44, -24, 36), (58, 14, 52), (5, 3, 1.6), None, 1)]),
    *both([limb((12, 0, 8), (26, 10, 6), (5, 4, 5), (4, 3, 4), 1)]),
)
_NUCLEI = (
    *both([ball((12, 6, 44), (8, 14, 9))]),
    *both([limb((20, -22, 42), (26, -4, 44), (5, 7, 8), (5, 9, 9), 2)]),
    *both([limb((9, -38, 44), (13, -12, 56), (4.5, 7, 6), (3, 6, 4), 2)]),
)
_STEM = (
    limb((0, 6, 26), (0, 10, 4), (15, 10, 8), (15, 12, 10), 4),
    limb((0, 12, -4), (0, 17, -40), (9, 8, 8), (6.5, 5.5, 6), 3),
)
_CORD = limb((0, 17, -36), (0, 20.5, -175), (6, 5, 6), (6.4, 4.4, 6))


def fluid_spaces(at: Places) -> tuple[Single, Single]:
    """Return distances to the ventricles, and to all fluid spaces outside the stem, mm."""
    ventricles = sculpt(_VENTRICLES, at, far=_NEAR_MM)
    return ventricles, sculpt(_CISTERNS, at, ventricles, far=_NEAR_MM)


def deep_grey(at: Places) -> tuple[Single, Single]:
    """Return distances to the deep nuclei, and to stem and cord, mm."""
    return sculpt(_NUCLEI, at, far=_NEAR_MM), sculpt((*_STEM, _CORD), at, far=_NEAR_MM)


def canal_contents() -> list[tuple[Limb, float]]:
    """Return the dural sac below the skull and the cord in it, with CT numbers."""
    sac = limb((0, 18, -40), (0, 20.5, -185), (9.5, 7.6, 6), (9.5, 6.8, 6))
    return [(sac, 14.0), (_CORD, 36.0)]


GLOBE_L = (32.0, -73.0, 16.0)


def orbit_contents() -> list[tuple[Limb, float]]:
    """Return what lies in the orbital fat, with its CT number, in the order it is laid."""
    x, y, z = GLOBE_L
    apex = (17.0, -38.0, 17.0)
    left = [
        (limb((x + 10.5, y + 2, z), (apex[0] + 3, apex[1], z), (1.6, 3, 4), (1.2, 2, 2)), 52.0),
        (limb((x - 10.5, y + 2, z), (apex[0] - 2, apex[1], z), (1.6, 3, 4), (1.2, 2, 2)), 52.0),
        (limb((x, y + 2, z + 10.5), (apex[0], apex[1], z + 3), (4, 3, 1.5), (2, 2, 1.2)), 52.0),
        (limb((x, y + 2, z - 10.5), (apex[0], apex[1], z - 3), (4, 3, 1.6), (2, 2, 1.2)), 52.0),
        (limb((x - 1, y + 11, z), apex, 2.3, 2.0), 38.0),
        (ball((x, y, z), (12.3, 12.1, 12.2)), 58.0),
        (ball((x, y, z), (11.2, 11.0, 11.1)), 10.0),
        (ball((x, y - 8.2, z), (4.6, 2.1, 4.6)), 92.0),
        (limb((x + 13, y - 2, z + 8), (x + 14, y + 5, z + 7), (3, 3, 4)), 48.0),
    ]
    return [item for one, hu in left for item in zip(both([one]), (hu, hu), strict=True)]
