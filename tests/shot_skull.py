"""Constructed gunshots of the skull whose truth is known exactly: as many different ones as asked.

Each seed is one case: a curved skull of its own thickness and build, a line through it, two holes
(or one and a lodged bullet), a scanner with its spacing, slice thickness, sharpness and noise.
Voxels are averages over finer points (partial volume), then blurred in the slice; where the line
meets the tables is solved on the very functions that are drawn.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
from numba import njit, prange
from numpy.typing import NDArray
from scipy import ndimage

from virtopsy.geometry.frame import Floats, Frame
from virtopsy.imaging.volume import Identity, Volume

Single = NDArray[np.float32]
_HEAD_MM = (68.0, 86.0, 64.0)
_MARGIN_MM = 24.0
_DRAWN_MM = 25.0  # round each hole; what lies further off is plain brain
_METAL_HU, _HIGHEST_HU = 14000.0, 3071.0


@dataclass(frozen=True, eq=False)
class Hole:
    """One hole: its narrow rim lies round the axis, its wide one may lie beside it.

    Attributes:
        radius_mm: of the narrow rim.
        flare_mm: how much wider the far rim is.
        offset_mm: (2,) of the far rim's centre across the axis.
        bend: 1: the wall is straight; above: it flares late.
        lobes: (3, 2) amplitude (share of the radius) and turn of the harmonics 2 to 4.
        keyhole_mm: how far one side of the outer rim is broken out.
        keyhole_turn: to which side.
        conical: the wall is a cone about the axis, else it follows the tables.
    """

    radius_mm: float
    flare_mm: float
    offset_mm: Floats
    bend: float
    lobes: Floats
    keyhole_mm: float
    keyhole_turn: float
    conical: bool

    def packed(self) -> Floats:
        """Return the numbers as the drawing loop wants them."""
        head = [self.radius_mm, self.flare_mm, *self.offset_mm, self.bend]
        return np.array(
            [*head, self.keyhole_mm, self.keyhole_turn, *self.lobes.ravel(), self.conical]
        )


@dataclass(frozen=True, eq=False)
class Shot:
    """A constructed case and its truth, LPS mm.

    Attributes:
        seed: that made it.
        groups: what is special about it.
        volume: the scan.
        entry_mm: where the axis meets the outer table at the entry.
        exit_inner_mm, exit_mm: where it meets the inner and outer table at the exit.
        bullet_mm: of a lodged bullet; None of a perforating shot.
        direction: of travel.
        entry_diameter_mm, exit_diameter_mm: of the narrow rims.
        thickness_mm: of the bone at entry and exit, along its normal.
    """

    seed: int
    groups: tuple[str, ...]
    volume: Volume
    entry_mm: Floats
    exit_inner_mm: Floats
    exit_mm: Floats
    bullet_mm: Floats | None
    direction: Floats
    entry_diameter_mm: float
    exit_diameter_mm: float
    thickness_mm: tuple[float, float]

    def clicks(
        self, random: np.random.Generator, off_mm: float = 5.0
    ) -> tuple[tuple[float, float, float], tuple[float, float, float]]:
        """Return both outer ends, each clicked `off_mm` beside in a direction of chance."""
        return _off(self.entry_mm, random, off_mm), _off(self.exit_mm, random, off_mm)


def _off(point: Floats, random: np.random.Generator, off_mm: float) -> tuple[float, float, float]:
    away = random.normal(size=3)
    x, y, z = (point + off_mm * away / np.linalg.norm(away)).tolist()
    return x, y, z


def shots(seeds: range | list[int], *, lodged: bool = False) -> Iterator[Shot]:
    """Yield one case a seed."""
    for seed in seeds:
        yield shot(seed, lodged=lodged)


@njit(cache=True)
def _depth(x: float, y: float, z: float, skull: Any) -> tuple[float, float]:
    """Depth below the outer table and thickness of the bone there, mm."""
    a, b, c = skull[0], skull[1], skull[2]
    ux, uy, uz = x / a, y / b, z / c
    f = math.sqrt(ux * ux + uy * uy + uz * uz) + 1e-9
    g = math.sqrt((ux / a) ** 2 + (uy / b) ** 2 + (uz / c) ** 2) / f + 1e-9
    wave = math.sin(x / skull[4] + skull[5]) * math.sin(y / skull[4] + z / skull[4] + skull[6])
    bump = skull[8] * math.sin(x / 7.0 + skull[6]) * math.sin(y / 8.0 - z / 7.5 + skull[5])
    return (1.0 - f) / g + bump, skull[3] * (1.0 + skull[7] * wave)


# Compiled loops: numba wants plain arguments, and their length is their speed.
# ruff: noqa: C901, PLR0911, PLR0913, PLR0917


@njit(cache=True)
def _opening(da: float, db: float, share: float, way: float, hole: Any, entering: bool) -> float:
    """Distance to the hole's wall, mm, negative in it.

    The bevel follows the tables (share of the thickness), or it is a cone about the axis (way
    along it, 0 at the narrow rim, 1 where the axis meets the other table).
    """
    sigma = share if entering else 1.0 - share
    sigma = min(max(sigma, 0.0), 1.0) if hole[13] == 0.0 else min(max(way, 0.0), 1.7)
    sigma = sigma ** hole[4]
    a, b = da - hole[2] * sigma, db - hole[3] * sigma
    t = math.atan2(b, a)
    r = hole[0] + hole[1] * sigma
    for n in range(3):
        r += hole[0] * hole[7 + 2 * n] * math.sin((n + 2) * t + hole[8 + 2 * n]) * (0.6 + sigma)
    if hole[5] > 0:
        side = max(math.cos(t - hole[6]), 0.0)
        r += hole[5] * max(1.0 - 2.0 * share, 0.0) * side**4
    return math.sqrt(a * a + b * b) - r


@njit(cache=True)
def _tissue(p: Any, skull: Any, axis: Any, holes: Any, wound: Any, balls: Any) -> float:
    """HU at one point."""
    for n in range(balls.shape[0]):
        dx, dy, dz = p[0] - balls[n, 0], p[1] - balls[n, 1], p[2] - balls[n, 2]
        if dx * dx + dy * dy + dz * dz < balls[n, 3] ** 2:
            return balls[n, 4]
    depth, thick = _depth(p[0], p[1], p[2], skull)
    dx, dy, dz = p[0] - axis[0, 0], p[1] - axis[0, 1], p[2] - axis[0, 2]
    s = dx * axis[1, 0] + dy * axis[1, 1] + dz * axis[1, 2]
    a = dx * axis[2, 0] + dy * axis[2, 1] + dz * axis[2, 2]
    b = dx * axis[3, 0] + dy * axis[3, 1] + dz * axis[3, 2]
    rho = math.sqrt(a * a + b * b)
    entering = s < wound[0] / 2
    pierced = entering or wound[7] > 0
    if 0.0 < depth < thick:
        share = depth / thick
        hole = holes[0] if entering else holes[1]
        way = s / wound[9] if entering else (s - wound[0] + wound[10]) / wound[10]
        if not pierced or _opening(a, b, share, way, hole, entering) > 0.0:
            table = min(abs(share - 0.5) * 2.0, 1.0)
            table = table * table * (3 - 2 * table) if skull[9] > 0 else 1.0
            mottle = 1.0 + skull[11] * math.sin(p[0] / 3.1 + skull[5]) * math.sin(
                p[1] / 3.7 + p[2] / 2.9 + skull[6]
            )
            return (skull[10] - skull[9] * (1.0 - table)) * mottle
    canal = wound[1] if entering else wound[2]
    if pierced and depth < 0.6 * thick and rho < canal:
        return -950.0
    if depth < -wound[3]:
        return -1000.0
    if depth > thick and rho < wound[4] and (wound[7] > 0 or s < wound[8]):
        return wound[5]
    if depth > thick and rho < wound[6]:
        return 68.0
    return 45.0 if depth < thick else 36.0


@njit(cache=True, parallel=True)
def _draw(
    out: Any,
    affine: Any,
    fine: Any,
    middles: Any,
    reach: float,
    skull: Any,
    axis: Any,
    holes: Any,
    wound: Any,
    balls: Any,
) -> None:
    """Fill out[k, j, i]: averages over fine points near the middles, else brain."""
    for k in prange(out.shape[0]):
        p = np.empty(3)
        for j in range(out.shape[1]):
            for i in range(out.shape[2]):
                near = False
                for c in range(3):
                    p[c] = affine[c, 0] * i + affine[c, 1] * j + affine[c, 2] * k + affine[c, 3]
                for m in range(middles.shape[0]):
                    d = 0.0
                    for c in range(3):
                        d += (p[c] - middles[m, c]) ** 2
                    near = near or d < reach * reach
                if not near:
                    out[k, j, i] = 36.0
                    continue
                total, count = 0.0, 0
                for kk in range(fine[2]):
                    for jj in range(fine[1]):
                        for ii in range(fine[0]):
                            fi = i + (ii + 0.5) / fine[0] - 0.5
                            fj = j + (jj + 0.5) / fine[1] - 0.5
                            fk = k + (kk + 0.5) / fine[2] - 0.5
                            for c in range(3):
                                p[c] = (
                                    affine[c, 0] * fi
                                    + affine[c, 1] * fj
                                    + affine[c, 2] * fk
                                    + affine[c, 3]
                                )
                            total += _tissue(p, skull, axis, holes, wound, balls)
                            count += 1
                out[k, j, i] = total / count


def _skull(random: np.random.Generator, thin: bool) -> Floats:
    thickness = random.uniform(1.6, 3.0) if thin else random.uniform(3.5, 8.5)
    diploe = 0.0 if thickness < 3.4 else random.uniform(300, 800)
    return np.array(
        [
            *(np.array(_HEAD_MM) * random.uniform(0.88, 1.1, 3)),
            thickness,
            random.uniform(10, 20),
            *random.uniform(0, 6.3, 2),
            random.uniform(0.0, 0.2),
            random.uniform(0.0, 0.35),
            diploe,
            random.uniform(950, 1500),
            random.uniform(0.0, 0.2),
        ]
    )


def _hole(
    random: np.random.Generator, *, exit_: bool, keyhole: bool, bevelled: bool, conical: bool
) -> Hole:
    turn = random.uniform(0, 2 * np.pi)
    flare = random.uniform(3.0, 6.5) if exit_ else random.uniform(2.0, 5.0)
    if not bevelled:
        flare = random.uniform(0.0, 0.6)
    offset = random.uniform(0.2, 0.75) * flare if exit_ else random.uniform(0.0, 0.3) * flare
    lobes = np.stack([random.uniform(0, 0.05, 3), random.uniform(0, 6.3, 3)], axis=1)
    return Hole(
        float(random.uniform(3.2, 6.5)) + (1.0 if exit_ else 0.0),
        float(flare),
        offset * np.array([np.cos(turn), np.sin(turn)]),
        float(random.uniform(0.8, 1.6)),
        lobes,
        float(random.uniform(1.0, 2.5)) if keyhole else 0.0,
        float(random.uniform(0, 6.3)),
        conical,
    )


def _line(random: np.random.Generator, skull: Floats, oblique: bool) -> tuple[Floats, Floats]:
    """Return a point and a direction; oblique ones meet a table at 40 to 60 degrees."""
    while True:
        direction = random.normal(size=3) * (1, 1, 0.7)
        direction /= np.linalg.norm(direction)
        across = np.cross(direction, random.normal(size=3))
        across /= np.linalg.norm(across)
        off = random.uniform(32, 52) if oblique else random.uniform(0, 26)
        middle = off * across * skull[:3] / 75
        tilts = [
            _tilt(_meets(middle, direction, skull, way, 0.0), direction, skull)
            for way in (-1.0, 1.0)
        ]
        wanted = (40, 60) if oblique else (0, 38)
        if wanted[0] <= max(tilts) <= wanted[1]:
            return middle, direction


def _tilt(point: Floats, direction: Floats, skull: Floats) -> float:
    """Angle between line and the bone's normal, degrees."""
    step = 0.5 * np.eye(3)
    slope = [_depth(*(point + e), skull)[0] - _depth(*(point - e), skull)[0] for e in step]
    normal = np.array(slope) / np.linalg.norm(slope)
    return float(np.degrees(np.arccos(min(1.0, abs(normal @ direction)))))


def _meets(middle: Floats, direction: Floats, skull: Floats, way: float, share: float) -> Floats:
    """Solve where the line leaves through the surface at that share of the thickness."""
    low, high = 0.0, 160.0
    for _ in range(60):
        s = (low + high) / 2
        depth, thick = _depth(*(middle + way * s * direction), skull)
        low, high = (s, high) if depth > share * thick else (low, s)
    return np.asarray(middle + way * low * direction)


_GRIDS = (  # pixel and slice distance, mm
    ((0.45, 0.6), (0.5, 0.75)),
    ((0.4, 0.7), (0.6, 1.25)),
    ((0.5, 1.0), (1.0, 2.0)),
    ((0.45, 0.8), (3.0, 5.0)),
)


def _frame(random: np.random.Generator, grid: int, points: Floats) -> tuple[Frame, Floats]:
    """Return a grid round the points and the fine points a voxel along i, j, k."""
    pixel, step = (float(random.uniform(*span)) for span in _GRIDS[grid])
    axes = np.eye(3)
    if random.random() < 0.3:
        axes = axes[:, [(1, 2, 0), (2, 0, 1)][int(random.integers(2))]]
    if random.random() < 0.3:
        small = random.uniform(-0.25, 0.25, 3)
        turn = np.array(
            [[0, -small[2], small[1]], [small[2], 0, -small[0]], [-small[1], small[0], 0]]
        )
        axes = np.linalg.qr(axes @ (np.eye(3) + turn))[0] * (1, 1, 1)
        axes = axes * np.sign(np.diag(axes.T @ axes))
        if np.linalg.det(axes) < 0:
            axes[:, 0] = -axes[:, 0]
    local = points @ axes
    low, high = local.min(axis=0) - _MARGIN_MM, local.max(axis=0) + _MARGIN_MM
    spacing = np.array([pixel, pixel, step])
    low += random.uniform(0, 1, 3) * spacing
    i, j, k = np.ceil((high - low) / spacing).astype(int).tolist()
    frame = Frame.of((k, j, i), origin_mm=axes @ low, spacing_mm=spacing, directions=axes)
    return frame, np.array([2, 2, max(2, math.ceil(step / 0.4))])


def _balls(
    random: np.random.Generator,
    entry: Floats,
    direction: Floats,
    inner: tuple[float, float],
    bullet: Floats | None,
) -> Floats:
    """Metal and driven-in bone along the track: x, y, z, radius, HU."""
    across = np.cross(direction, (0.3, 0.5, 0.8))
    across /= np.linalg.norm(across)
    beside = np.cross(direction, across)
    found = []
    for _ in range(int(random.integers(0, 9))):
        s = random.uniform(inner[0] + 3, inner[1] - 3)
        a, b = random.normal(0, 2.4, 2)
        centre = entry + s * direction + a * across + b * beside
        found.append([*centre, random.uniform(0.5, 1.9), _METAL_HU])
    for _ in range(int(random.integers(0, 7))):
        s = inner[0] + 1.0 + random.gamma(2.0, 5.0)
        a, b = random.normal(0, 2.8, 2)
        centre = entry + s * direction + a * across + b * beside
        found.append([*centre, random.uniform(0.5, 1.6), random.uniform(600, 1100)])
    if bullet is not None:
        found.append([*bullet, random.uniform(3.5, 4.6), _METAL_HU])
    return np.array(found).reshape(-1, 5)


def shot(seed: int, *, lodged: bool = False) -> Shot:
    """Return the case of a seed."""
    random = np.random.default_rng((20260, seed))
    grid = int(random.choice(4, p=(0.25, 0.3, 0.25, 0.2)))
    thin, oblique, keyhole, plain, conical = random.random(5) < (0.15, 0.3, 0.1, 0.1, 0.5)
    skull = _skull(random, bool(thin))
    middle, direction = _line(random, skull, bool(oblique))
    entry = _meets(middle, direction, skull, -1.0, 0.0)
    entry_inner = _meets(middle, direction, skull, -1.0, 1.0)
    exit_inner = _meets(middle, direction, skull, 1.0, 1.0)
    exit_ = _meets(middle, direction, skull, 1.0, 0.0)
    length = float(np.linalg.norm(exit_ - entry))
    inner = (float(np.linalg.norm(entry_inner - entry)), float(np.linalg.norm(exit_inner - entry)))
    bevelled = not (plain or thin)
    holes = (
        _hole(random, exit_=False, keyhole=bool(keyhole), bevelled=bevelled, conical=bool(conical)),
        _hole(random, exit_=True, keyhole=False, bevelled=bevelled, conical=bool(conical)),
    )
    bullet = entry + random.uniform(0.5, 0.85) * length * direction if lodged else None
    across = np.cross(direction, (0.31, -0.52, 0.79))
    across /= np.linalg.norm(across)
    axis = np.array([entry, direction, across, np.cross(direction, across)])
    air = random.random(2) < (0.5, 0.6)
    wound = np.array(
        [
            length,
            holes[0].radius_mm * random.uniform(0.4, 0.9) * air[0],
            holes[1].radius_mm * random.uniform(0.5, 1.3) * air[1],
            random.uniform(3, 8),
            random.uniform(0.0, 2.4),
            random.uniform(-900, -200),
            random.uniform(3, 7),
            0.0 if lodged else 1.0,
            0.0 if bullet is None else float((bullet - entry) @ direction),
            inner[0],
            length - inner[1],
        ]
    )
    balls = _balls(random, entry, direction, inner, bullet)
    frame, fine = _frame(random, grid, np.stack([entry, exit_]))
    out = np.empty(frame.shape, np.float32)
    packed = np.stack([hole.packed() for hole in holes])
    ends = np.stack([entry, exit_] if bullet is None else [entry, exit_, bullet])
    _draw(out, frame.affine, fine, ends, _DRAWN_MM, skull, axis, packed, wound, balls)
    volume = _scanned(out, frame, random)
    groups = [("fine", "usual", "coarse", "thick slices")[grid]]
    groups += [
        name
        for name, has in (
            ("thin bone", thin),
            ("oblique", oblique),
            ("keyhole-like", keyhole),
            ("no bevel", not bevelled),
            ("conical", bool(conical)),
        )
        if has
    ]
    if float(np.hypot(*holes[1].offset_mm)) > 2.5:
        groups.append("eccentric exit")
    return Shot(
        seed,
        tuple(groups),
        volume,
        entry,
        exit_inner,
        exit_,
        bullet,
        direction,
        2 * holes[0].radius_mm,
        2 * holes[1].radius_mm,
        (_depth(*entry, skull)[1], _depth(*exit_, skull)[1]),
    )


def _scanned(out: Single, frame: Frame, random: np.random.Generator) -> Volume:
    """Blur in the slice, add noise as grainy as the picture, and store what a scanner stores."""
    pixel = frame.spacing_mm[0]
    sharp = random.uniform(0.3, 0.65) / pixel
    noise = random.normal(0, 1, out.shape).astype(np.float32)
    noise = ndimage.gaussian_filter(noise, (0, 0.6, 0.6))
    noise *= random.uniform(6, 35) / float(noise[0].std())
    hu = ndimage.gaussian_filter(out, (0, sharp, sharp)) + noise
    voxels = np.clip(np.rint(hu), -1024, _HIGHEST_HU).astype(np.int16)
    identity = Identity(
        patient_name="CONSTRUCTED",
        modality="CT",
        series_uid="2.25.1",
        frame_of_reference_uid="2.25.2",
    )
    return Volume(voxels, frame, identity=identity)
