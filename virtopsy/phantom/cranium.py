"""The brain case: its cavity (inner table), its outer table, and what rests on it."""

from __future__ import annotations

from itertools import pairwise

import numpy as np

from virtopsy.phantom.shapes import Limb, Places, Single, ball, both, chain, cut, limb, sculpt

# Half axes after the usual adult case: inner length 168 mm, inner breadth 134 mm,
# porion to vertex 119 mm.
_UPPER = (
    ball((0, -25, 49), (58, 60, 57)),
    ball((0, -36, 58), (46, 47, 42), 18),
    ball((0, -8, 58), (52, 44, 54.5), 12),
    ball((0, 18, 52), (67, 66, 61), 18),
    ball((0, 40, 32), (53, 46, 42), 14),
)
_LOBES = (*both([ball((36, -16, 20), (27, 36, 26), 14)]), ball((0, 36, 4), (48, 40, 33), 16))
_FORAMEN = (
    limb((0, 14, -10), (0, 16, -30), (16, 17, 8), (15, 17, 4), 5),
    limb((0, 17, -30), (0, 19, -46), (14, 14, 4), (12, 9, 4), 3),
)
_RIM_MM = -30.0  # no bone of the brain case lies below the rim of the foramen magnum
_PETROUS = both([limb((58, 6, 3), (12, -13, 6), (9, 9, 11), (6, 6, 8), 5)])
_SELLA = limb((0, -24, 4), (0, -2, -18), (13, 9, 9), (10, 5, 5), 5)
_CRISTA = limb((0, -72, 24), (0, -60, 24), (2.5, 6, 10), None, 4)


def _floor_height(at: Places) -> Single:
    """Height of the cavity's floor: the roof of the orbits in front, lower behind, mm."""
    front = 1 / (1 + np.exp((at.y + 34) / 4))
    return np.asarray(
        12 + 17 * front + 5 * front * np.clip(np.abs(at.x) - 8, 0, 14) / 14, np.float32
    )


def inner_table(at: Places) -> tuple[Single, Single]:
    """Return distances to the cavity, without and with the ridges that rise into it, mm."""
    upper = sculpt(_UPPER, at)
    smooth = cut(upper, (_floor_height(at) - at.z) * np.float32(0.9), 14)
    smooth = sculpt((*_LOBES, *_FORAMEN), at, smooth)
    ridges = sculpt((*_PETROUS, _SELLA, _CRISTA), at)
    return smooth, cut(smooth, -ridges, 4)


def thickness(at: Places) -> Single:
    """Thickness of the bone round the cavity, mm: thin temples and base, thick occiput."""
    temple = np.exp(
        -(((np.abs(at.x) - 64) / 16) ** 2 + ((at.y + 18) / 34) ** 2 + ((at.z - 22) / 24) ** 2)
    )
    occiput = np.exp(-((at.x / 26) ** 2 + ((at.y - 88) / 24) ** 2 + ((at.z - 18) / 22) ** 2))
    brow = np.exp(-((at.x / 42) ** 2 + ((at.y + 84) / 14) ** 2 + ((at.z - 34) / 14) ** 2))
    crown = 1 / (1 + np.exp(-(at.z - 22) / 8))
    wave = 0.35 * np.sin(at.x / 9 + at.y / 13) + 0.35 * np.sin(at.y / 8 - at.z / 11)
    base = 4.0 + 2.3 * crown - 2.6 * temple + 4.0 * occiput + 3.0 * brow + wave
    return np.asarray(base, np.float32)


# What makes the head's outline beyond the brain case. Later ones melt into earlier ones.
_FACE: tuple[Limb, ...] = (
    limb((0, -46, 4), (0, -52, -62), (56, 38, 36), (44, 34, 26), 16),
    *both([limb((43, -24, -46), (14, -76, -80), (17, 18, 20), (16, 15, 17), 18)]),
    *both([ball((32, -70, -24), (25, 22, 27), 14)]),
    *both([ball((37, -58, -46), (17, 20, 22), 16)]),
    ball((0, -76, -22), (34, 21, 28), 12),
    ball((0, -80, -44), (33, 19, 24), 12),
    *both(chain([(46, -22, -58), (41, -46, -69), (29, -69, -77), (12, -83, -80)], (9, 10, 14), 16)),
    ball((0, -87, -88), (17, 13, 15), 12),
    limb((-26, -85, 33), (26, -85, 33), (14, 10, 10), None, 12),
    *both([limb((36, -80, 36), (46, -68, 30), (8, 8, 7), None, 10)]),
    *both([ball((53, -36, 14), (16, 32, 32), 18)]),
    *both([ball((50, -40, -16), (17, 22, 22), 16)]),
    *both([limb((54, -18, -8), (49, -20, -46), (15, 16, 16), None, 16)]),
    *both([ball((32, -71, 15), (18, 16, 14), 9)]),
    limb((0, -88, 26), (0, -105, -6), (9, 9, 8), (8.5, 10, 9), 12),
    *both([limb((11, -86, 10), (21, -84, -8), (6, 6.5, 8), (9, 7, 8), 10)]),
    ball((0, -110, -12), (9.5, 9.5, 8.5), 7),
    ball((0, -96, -23), (16, 11, 10), 8),
    *both([ball((11, -103, -17), (7, 9, 7.5), 5)]),
    ball((0, -98.5, -44.5), (21, 7.5, 6), 5),
    ball((0, -97, -55.5), (18, 7.5, 6.5), 4),
    *both([limb((5.5, -107, -26), (5.5, -96, -14), (3, 4.5, 3), (3, 4, 4), 2, carve=True)]),
    limb((-21, -104, -50), (21, -104, -50), (5, 5, 0.8), None, 2, carve=True),
    limb((0, -104, -28), (0, -104, -38), (2.5, 2, 3), None, 4, carve=True),
    limb((-13, -104, -69), (13, -104, -69), (6, 6, 3), None, 8, carve=True),
    *both([limb((25, -90.5, 14), (43, -85, 14.5), (3, 4, 0.8), None, 2, carve=True)]),
)
_NECK = (
    limb((0, 10, -20), (0, 14, -170), (52, 56, 30), (60, 62, 30), 22),
    limb((0, -34, -66), (0, -26, -100), (34, 26, 18), (22, 20, 18), 16),
    ball((0, -46, -108), (9, 9, 16), 14),
)


def _auricle() -> list[Limb]:
    """Return the left ear: helix, antihelix, concha, tragus and lobule, standing off by 28 deg."""
    lean = np.deg2rad(28)

    def on_plane(back: float, up: float, off: float = 0.0) -> tuple[float, float, float]:
        return (
            float(71 + back * np.sin(lean) + off * np.cos(lean)),
            float(-5 + back * np.cos(lean) - off * np.sin(lean) + 0.18 * up),
            float(up),
        )

    angles = np.deg2rad(np.arange(-150, 121, 30))
    rim = [on_plane(13 + 17 * np.cos(t), 6 + 29 * np.sin(t)) for t in angles]
    helix = [limb(a, b, 2.3, None, 2) for a, b in pairwise(rim)]
    plate = ball(on_plane(14, 6, -1.2), (5.5, 13, 27), 2)
    return [
        plate,
        ball(on_plane(9, 1, 4.5), (6, 9, 12), 3, carve=True),
        ball(on_plane(17, 18, 3.0), (3.0, 5, 9), 3, carve=True),
        *helix,
        limb(on_plane(21, -6, 0.5), on_plane(17, 16, 0.5), 2.0, None, 3),
        ball(on_plane(8, -24), (3.4, 7, 8), 4),
        ball((72, -5, -3), (4, 3.5, 6), 3),
    ]


_EARS = tuple(both(_auricle()))
_MEATUS = both([limb((78, 2, -4.5), (62, 0.5, -4.5), (3, 3.2, 3.6), None, 1, carve=True)])


def outline(at: Places, outer: Single) -> Single:
    """Return the distance to the skin, mm, given the distance to the outer table."""
    scalp = np.float32(5.6) + 1.2 * np.exp(-(((at.y - 80) / 30) ** 2))
    cranial = cut((outer - scalp).astype(np.float32), -at.z - np.float32(14), 10)
    return sculpt((*_NECK, *_FACE, *_EARS, *_MEATUS), at, cranial)


def cranial_fields(at: Places) -> tuple[Single, Single, Single]:
    """Return distances to the cavity with ridges, to the outer table, and to the skin, mm."""
    smooth, cavity = inner_table(at)
    outer = smooth - thickness(at)
    skin = outline(at, outer)
    return cavity, np.maximum(outer, np.float32(_RIM_MM) - at.z), skin
