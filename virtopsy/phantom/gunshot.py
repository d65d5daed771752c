"""A through-and-through gunshot of the head: where it goes and what it leaves.

The entry is narrow in the outer table and bevelled inward; the exit is narrow in the inner
table, bevelled outward, and its crater is eccentric. Both bevels follow the tables themselves:
the radius depends on the share of the bone's thickness that lies above a voxel.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from virtopsy.errors import Bug
from virtopsy.geometry.frame import Floats
from virtopsy.phantom.field import Field, Pose
from virtopsy.phantom.shapes import Single
from virtopsy.phantom.truth import Fragment

_STEP_MM = 0.02
_REACH_MM = 130.0


@dataclass(frozen=True, eq=False)
class Hole:
    """One hole in the vault.

    Attributes:
        radius_mm: of the narrow rim, round the axis of the track.
        flare_mm: how much wider the far rim is.
        offset_mm: (2,) shift of the wide rim's centre in the plane across the axis.
    """

    radius_mm: float
    flare_mm: float
    offset_mm: Floats


@dataclass(frozen=True, eq=False)
class Track:
    """The whole wound in LPS mm; distances `s` along the axis count from the entry."""

    start: Floats
    along: Floats
    across: Floats
    beside: Floats
    s_inner_entry: float
    s_inner_exit: float
    length: float
    entry: Hole
    exit: Hole
    fragments: tuple[Fragment, ...]
    chips: tuple[tuple[Floats, Floats], ...]

    def point(self, s: float) -> tuple[float, float, float]:
        """Return the point of the axis `s` mm after the entry."""
        x, y, z = self.start + s * self.along
        return float(x), float(y), float(z)

    def coordinates(self, x: Floats, y: Floats, z: Floats) -> tuple[Single, Single, Single]:
        """Return (s, a, b) on the grid [z, y, x] of LPS axes: along, across and beside the axis."""
        dx, dy, dz = x - self.start[0], y - self.start[1], z - self.start[2]
        s, a, b = (
            (
                dx[None, None, :] * axis[0]
                + dy[None, :, None] * axis[1]
                + dz[:, None, None] * axis[2]
            ).astype(np.float32)
            for axis in (self.along, self.across, self.beside)
        )
        return s, a, b


def aim(pose: Pose, random: np.random.Generator) -> tuple[Floats, Floats]:
    """Return a point inside the brain and a unit direction, LPS.

    Entry in the frontotemporal region of either side, exit in the opposite parietotemporal one,
    rising or falling; angles are those of the head.
    """
    side, rise = random.choice((-1.0, 1.0), 2)
    azimuth = side * np.deg2rad(random.uniform(56, 74))
    elevation = rise * np.deg2rad(random.uniform(8, 15))
    middle = random.uniform((-4, -6, 54), (4, 6, 60))
    direction = np.array(
        [
            np.cos(elevation) * np.sin(azimuth),
            np.cos(elevation) * np.cos(azimuth),
            np.sin(elevation),
        ]
    )
    return pose.to_lps(middle), pose.turn @ direction


def shoot(pose: Pose, cavity: Field, outer: Field, random: np.random.Generator) -> Track:
    """Lay a track through the head so that its ends lie exactly on the tables.

    Raises:
        Bug: the axis misses the brain case; `aim` allows no such line.
    """
    middle, along = aim(pose, random)
    s = np.arange(-_REACH_MM, _REACH_MM, _STEP_MM)
    points = middle + s[:, None] * along
    in_cavity = s[cavity.at(points) < 0]
    if in_cavity.size == 0:
        raise Bug("the track misses the brain")
    depth = outer.at(points)
    before = s[(depth >= 0) & (s < in_cavity[0])]
    after = s[(depth >= 0) & (s > in_cavity[-1])]
    start = float(before[-1]) + _STEP_MM / 2
    end = float(after[0]) - _STEP_MM / 2
    across = np.cross(along, (0.0, 0.0, 1.0))
    across /= np.linalg.norm(across)
    beside = np.cross(along, across)
    bare = Track(
        start=middle + start * along,
        along=along,
        across=across,
        beside=beside,
        s_inner_entry=float(in_cavity[0]) - start,
        s_inner_exit=float(in_cavity[-1]) - start,
        length=end - start,
        entry=_hole(random, (4.0, 4.6), (3.4, 4.6), 0.0),
        exit=_hole(random, (5.2, 6.2), (5.0, 7.0), 2.4),
        fragments=(),
        chips=(),
    )
    return _strewn(bare, random)


def _hole(
    random: np.random.Generator,
    radius: tuple[float, float],
    flare: tuple[float, float],
    offset: float,
) -> Hole:
    turn = random.uniform(0, 2 * np.pi)
    return Hole(
        float(random.uniform(*radius)),
        float(random.uniform(*flare)),
        offset * np.array([np.cos(turn), np.sin(turn)]),
    )


def _strewn(track: Track, random: np.random.Generator) -> Track:
    """Return the track with its metal and its driven-in bone."""
    depth = track.s_inner_exit - track.s_inner_entry
    metal = []
    for share in (np.arange(8) + random.uniform(0.1, 0.9, 8)) / 8:
        s = track.s_inner_entry + 6 + share * (depth - 12)
        a, b = random.normal(0, 2.6, 2)
        centre = track.start + s * track.along + a * track.across + b * track.beside
        x, y, z = (float(part) for part in centre)
        metal.append(Fragment((x, y, z), float(random.uniform(0.6, 2.0))))
    chips = []
    for _ in range(9):
        s = track.s_inner_entry + 2 + random.gamma(2.0, 7.0)
        a, b = random.normal(0, 3.2, 2)
        centre = track.start + s * track.along + a * track.across + b * track.beside
        chips.append((centre, random.uniform(0.6, 2.1, 3)))
    return Track(
        **{
            name: value for name, value in vars(track).items() if name not in {"fragments", "chips"}
        },
        fragments=tuple(metal),
        chips=tuple(chips),
    )


def opening(hole: Hole, a: Single, b: Single, share: Single) -> Single:
    """Return the distance to a hole, mm, negative in it.

    Args:
        hole: its rims.
        a: coordinates across the axis, mm.
        b: coordinates beside it, mm.
        share: 0 at the narrow rim, 1 at the wide one.
    """
    shift_a, shift_b = hole.offset_mm.astype(np.float32)
    da, db = a - shift_a * share, b - shift_b * share
    angle = np.arctan2(db, da)
    chipped = share * (0.5 + 0.5 * np.sin(5 * angle + 3 * np.sin(2 * angle)))
    radius = hole.radius_mm + hole.flare_mm * share**1.2 + 0.8 * chipped
    found: Single = np.sqrt(da * da + db * db) - radius.astype(np.float32)
    return found
