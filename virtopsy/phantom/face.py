"""The bones of the face: orbits' rims, nose, maxilla, zygoma and arch, and the mandible."""

from __future__ import annotations

from virtopsy.phantom.shapes import Part, Point, ball, both, limb, rope

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


def _arch(points: tuple[tuple[float, float], ...], z: float) -> list[Point]:
    return [(x, y, z) for x, y in points]


FACE: tuple[Part, ...] = (
    # Frontal bone down to the root of the nose, and the rim of the orbit all round.
    limb((-9, -84, 33), (9, -84, 33), (8, 6.5, 6), None, 8),
    *both([limb((8, -85, 35), (36, -75, 39), (7, 6.5, 6), (7, 7, 6), 9)]),
    *both(
        [
            rope(
                [
                    (12, -87, 31),
                    (22, -87, 34.5),
                    (34, -81, 35),
                    (43, -72, 31),
                    (48.5, -64, 22),
                    (49, -63, 10),
                    (46, -67, 0),
                ],
                [
                    (4.5, 4, 4),
                    (4.5, 4, 3.6),
                    (4.5, 4.5, 3.6),
                    (4.6, 5, 4.5),
                    (4, 6, 5),
                    (4, 6, 5),
                    (5, 6, 5),
                ],
                5,
            ),
            rope(
                [(46, -67, 0), (40, -74, -5), (29, -80, -6), (19, -83, -2), (14, -84, 7)],
                [(5, 6, 5), (5, 5, 5), (5, 4, 4), (4, 4, 5), (2.8, 4, 5)],
                4,
            ),
        ]
    ),
    # Frontal process of the maxilla and the two nasal bones.
    *both([limb((13, -84.5, 3), (7.5, -88, 28), (2.4, 4.6, 5), (3.4, 4, 4), 3)]),
    *both([limb((10.6, -90, 2), (6.5, -91, 24), (1.6, 3.2, 4), (2.6, 3, 3), 3)]),
    *both([limb((2.0, -91, 29), (3.0, -101, 8.5), (2.8, 2.4, 3), (3.2, 1.0, 1.4), 3)]),
    *both([limb((4.2, -92.5, 27), (6, -96.5, 10), (1.8, 2.4, 3), (2, 2.6, 2.5), 3)]),
    # Maxilla: front wall with its canine fossa, alveolar process, palate, nasal spine.
    *both([limb((29, -78, -8), (23, -83, -32), (10, 4, 6), (9.5, 4.5, 6), 6)]),
    *both([ball((25, -90, -17), (7, 5, 7), 5, carve=True)]),
    *both([ball((27, -84, -12), (1.8, 3, 1.5), 1, carve=True)]),
    *both([rope(_arch(ARCH_UPPER, -34.5), [(5.0, 5.0, 8.5)] * len(ARCH_UPPER), 3)]),
    limb((0, -84, -31.5), (0, -50, -31), (22, 6, 2), (24, 4, 2), 3),
    limb((0, -87, -29), (0, -95, -28), (2.4, 2, 2.4), (1, 1, 1), 2),
    # Body of the zygoma and the flat arch that runs back from it.
    *both([ball((44.5, -69, -8), (8, 6.5, 8), 6)]),
    *both([limb((41, -72, -14), (36, -70, -22), (7, 5, 6), (6, 5, 5), 6)]),
    *both(
        [
            rope(
                [
                    (50, -63, -7),
                    (58, -53, -7),
                    (63.5, -40, -5.5),
                    (66, -26, -4),
                    (64.5, -12, -1),
                    (60, 0, 3),
                ],
                [
                    (3, 4.5, 5.5),
                    (2, 4, 4.2),
                    (1.7, 4, 3.6),
                    (1.8, 4, 3.2),
                    (2.6, 4, 3),
                    (4, 4, 3),
                ],
                3,
            )
        ]
    ),
    # Pterygoid plates.
    *both([limb((15, -42, -2), (18, -40, -32), (2, 6, 6), (1.6, 5, 4), 3)]),
    *both([limb((13, -44, -14), (12, -38, -33), (1.1, 4, 6), (1, 3, 3), 1)]),
)

_BODY = [
    (48.6, -21, -57),
    (47, -33, -63),
    (42.5, -47, -67),
    (35, -62, -70),
    (26, -75, -72),
    (14, -84, -73.5),
    (0, -87.5, -74),
]
_BODY_RADII: list[Point] = [
    (4, 7, 9),
    (4.4, 6, 11),
    (4.8, 5.5, 13),
    (4.8, 5, 14.5),
    (4.8, 4.8, 15),
    (5, 4.6, 15.5),
    (5, 4.4, 15.5),
]
MANDIBLE: tuple[Part, ...] = (
    *both([ball((53, -11, -6.5), (9, 4, 4.2), 2)]),
    *both([limb((52, -12, -10), (50, -17, -26), (3.6, 3.6, 5), (3.2, 7, 7), 3)]),
    *both([limb((50, -22, -31), (48.6, -21, -55), (3, 13, 10), (3.8, 12.5, 11), 5)]),
    *both([limb((49.5, -32, -25), (49, -38, -6), (2.5, 6.5, 7), (1.5, 2.8, 3), 4)]),
    *both([rope(_BODY, _BODY_RADII, 4)]),
    *both(
        [
            rope(
                [(44, -42, -61), *_arch(ARCH_LOWER, -63.5)[:0:-1], (0, -88, -63.5)],
                [(4.4, 4.6, 6)] * len(ARCH_LOWER) + [(4.4, 4.6, 6)],
                3,
            )
        ]
    ),
    # Chin: the boss in the middle and a knob on either side.
    ball((0, -89.5, -84), (9, 4.5, 6), 6),
    *both([ball((11, -88, -86.5), (5, 3.6, 3.6), 5)]),
    ball((0, -94, -71), (16, 3.4, 6), 5, carve=True),
    *both([ball((29.5, -77, -71), (2, 2.6, 1.6), 0.8, carve=True)]),
)
