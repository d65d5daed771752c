"""Tracks a skull might hold, found without a click: pairs of holes in its vault, best first.

From the middle of the brain case rays are sent all ways; where a disc of rays meets no bone and
the ring round it does, there may be a hole. A pair of holes is worth more the more gas, metal or
blood lies on the line between them. A proposal is a place to look at, nothing else: natural holes
and old defects are among them, and it never says which end is the entry.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import combinations

import numpy as np
from scipy import ndimage
from scipy.spatial import cKDTree

from virtopsy.errors import InputError
from virtopsy.geometry.camera import Point, as_point
from virtopsy.geometry.frame import Floats
from virtopsy.imaging.hole import Seen, seen_near
from virtopsy.imaging.projectile import largest_metal
from virtopsy.imaging.refine import require_scanner_grid
from virtopsy.imaging.sheet import BONE_HU, METAL_HU, across, sampled
from virtopsy.imaging.volume import Volume
from virtopsy.jobs import Progress

MOST = 8
"""How many proposals are given."""
_COARSE_MM = 3.0
_LEAST_ROOM_MM = 35.0
"""Of a brain case: how far its middle lies from bone."""
_RAYS = 14000
_NEAR_MM, _FAR_MM, _STEP_MM = 30.0, 125.0, 1.0
_DEPTH_MM = 11.0
_DISC_RAD, _RING_RAD = 0.035, (0.10, 0.2)
_LEAST_CONTRAST = 0.5
_MOST_SPOTS = 30
_APART_MM = 12.0
_WIDEST_MM = 11.5
_LEAST_OPEN = 0.7
_GAS_LESS_HU, _BLOOD_MORE_HU = 35.0, 15.0
_SOFT_HU = (-60.0, 150.0)
_CLEAR_MM = 12.0
_NARROWEST_MM = 2.4
_BESIDE_MM = 2.5
_AWAY_MM = (9.0, 14.0)
_LEAST_LENGTH_MM = 50.0


@dataclass(frozen=True)
class Proposal:
    """Two holes that one line may go through.

    Attributes:
        ends: where it meets the outer tables, roughly, LPS mm; no statement which is the entry.
        score: 0 to 1: how open both holes are, and how much of the line between them has gas,
            metal or blood. Not a probability.
        lodged: the second end is the largest piece of metal in the head, no hole.
    """

    ends: tuple[Point, Point]
    score: float
    lodged: bool = False


def proposals(volume: Volume, progress: Progress | None = None) -> tuple[Proposal, ...]:
    """Return the tracks a skull might hold, best first; none where there is no brain case.

    Raises:
        InputError: the values are no HU, or the slices were computed (as `refine.refine`).
        Cancelled: asked for through `progress`.
    """
    require_scanner_grid(volume)
    progress = progress or Progress()
    middle = _middle(volume)
    progress.tick(1, 4)
    if middle is None:
        return ()
    holes = _holes(volume, middle)
    progress.tick(2, 4)
    found = [one for pair in combinations(holes, 2) if (one := _pair(volume, *pair)) is not None]
    found += [one for hole in holes if (one := _to_metal(volume, hole)) is not None]
    progress.tick(4, 4)
    return tuple(sorted(found, key=lambda one: -one.score)[:MOST])


def _middle(volume: Volume) -> Floats | None:
    """Return the middle of the brain case, (3,) LPS mm: the soft place farthest from bone."""
    frame = volume.frame
    i, j, k = (max(1, round(_COARSE_MM / step)) for step in frame.spacing_mm)
    values = volume.voxels[::k, ::j, ::i]
    sampling = np.array(frame.spacing_mm)[::-1] * (k, j, i)
    closed = ndimage.binary_closing(np.pad(values > BONE_HU, 6), iterations=4)[6:-6, 6:-6, 6:-6]
    free = ~closed & (values > -100)
    # What lies beyond the scan may be bone as well.
    room = ndimage.distance_transform_edt(np.pad(free, 1), sampling=sampling)[1:-1, 1:-1, 1:-1]
    at = np.unravel_index(int(np.argmax(room)), room.shape)
    if room[at] < _LEAST_ROOM_MM:
        return None
    return frame.to_lps((at[2] * i, at[1] * j, at[0] * k))


def _ways() -> Floats:
    """Return unit vectors spread evenly (a golden spiral), (rays, 3)."""
    n = np.arange(_RAYS) + 0.5
    z = 1 - 2 * n / _RAYS
    turn = np.pi * (1 + 5**0.5) * n
    flat = np.sqrt(1 - z * z)
    ways: Floats = np.stack([flat * np.cos(turn), flat * np.sin(turn), z], axis=1)
    return ways


def _holes(volume: Volume, middle: Floats) -> list[Seen]:
    """Return the holes with bone all round them, seen from the middle."""
    ways = _ways()
    reach = np.arange(_NEAR_MM, _FAR_MM, _STEP_MM)
    values = sampled(volume, middle + ways[:, None, :] * reach[:, None])
    bone = values > BONE_HU
    inner = np.where(bone.any(axis=1), reach[bone.argmax(axis=1)], np.nan)
    tree = cKDTree(ways)
    around = _neighbours(tree, ways, _RING_RAD[1])
    usual = np.array([_median(inner[some]) for some in around])
    shell = np.abs(reach - usual[:, None] - _DEPTH_MM / 3) < _DEPTH_MM * 0.75
    share = np.clip((bone & shell).sum(axis=1) * _STEP_MM / 2.0, 0, 1)
    share = np.where(np.isfinite(usual), share, 0.0)
    contrast = _contrast(ways, share, around, tree)
    found: list[Seen] = []
    for ray in _peaks(ways, contrast, usual):
        place = middle + ways[ray] * (usual[ray] + 3.0)
        seen = _seen(volume, place, -ways[ray])
        if seen is not None and all(
            np.linalg.norm(seen.centre - one.centre) > _APART_MM for one in found
        ):
            found.append(seen)
    return found


def _neighbours(tree: cKDTree, ways: Floats, angle: float) -> list[list[int]]:
    return list(tree.query_ball_point(ways, 2 * np.sin(angle / 2)))


def _median(values: Floats) -> float:
    known = values[np.isfinite(values)]
    return float(np.median(known)) if 2 * len(known) > len(values) else float("nan")


def _contrast(ways: Floats, share: Floats, around: list[list[int]], tree: cKDTree) -> Floats:
    """Return the bone of the ring round each ray less that of the disc, (rays,)."""
    discs = _neighbours(tree, ways, _DISC_RAD)
    nearest = np.cos(_RING_RAD[0])
    found = np.zeros(len(ways))
    for ray, (disc, some) in enumerate(zip(discs, around, strict=True)):
        if share[ray] > 0.5:
            continue
        others = np.array(some)
        ring = others[ways[others] @ ways[ray] < nearest]
        found[ray] = share[ring].mean() - share[disc].mean()
    return found


def _peaks(ways: Floats, contrast: Floats, usual: Floats) -> Iterator[int]:
    """Yield the rays of most contrast, none within a centimetre of another."""
    taken: list[int] = []
    for ray in np.argsort(-contrast):
        if contrast[ray] < _LEAST_CONTRAST or len(taken) >= _MOST_SPOTS:
            return
        near = _APART_MM / max(float(usual[ray]), 1.0)
        if all(ways[ray] @ ways[one] < np.cos(near) for one in taken):
            taken.append(int(ray))
            yield int(ray)


def _seen(volume: Volume, place: Floats, inward: Floats) -> Seen | None:
    try:
        seen = seen_near(volume, place, inward)
    except InputError:
        return None  # a dip, a gap between two bones, the edge of the scan: no hole with bone round
    narrow = _NARROWEST_MM < seen.opening.radius_mm < _WIDEST_MM
    return seen if narrow and seen.opening.score > _LEAST_OPEN else None


def _pair(volume: Volume, first: Seen, second: Seen) -> Proposal | None:
    a, b = first.centre, second.centre
    length = float(np.linalg.norm(b - a))
    if length < _LEAST_LENGTH_MM:
        return None
    open_ = (first.opening.score + second.opening.score) / 2
    traced = _traced(volume, a, b)
    return Proposal((as_point(a), as_point(b)), float(open_ * (0.2 + 0.8 * traced)))


def _to_metal(volume: Volume, hole: Seen) -> Proposal | None:
    """Return the line from a hole to the largest piece of metal in the head, if there is one."""
    metal = largest_metal(volume, as_point(hole.centre))
    if metal is None or not _behind(hole, metal):
        return None
    end = np.asarray(metal)
    traced = _traced(volume, hole.centre, end)
    score = float(hole.opening.score * (0.2 + 0.8 * traced))
    return Proposal((as_point(hole.centre), metal), score, lodged=True)


def _behind(hole: Seen, metal: Point) -> bool:
    """Tell whether a piece of metal lies behind a hole, inward."""
    inward = hole.sheet.place.axes[:, 2]
    way = np.subtract(metal, hole.centre)
    return bool(way @ inward > np.cos(np.radians(65)) * np.linalg.norm(way))


def _traced(volume: Volume, a: Floats, b: Floats) -> float:
    """Return the share of the line, away from its ends, with gas, metal or blood in soft tissue.

    Each is told from the tissue beside the line: a sinus, a bone or the air outside is no track.
    """
    length = float(np.linalg.norm(b - a))
    way = (b - a) / length
    sides = np.stack(across(way))
    s = np.arange(_CLEAR_MM, length - _CLEAR_MM, 1.0)
    turns = np.arange(8) * np.pi / 4
    ring = np.cos(turns)[:, None] * sides[0] + np.sin(turns)[:, None] * sides[1]
    at = (a + s[:, None] * way)[:, None]
    core = sampled(volume, np.concatenate([at, at + _BESIDE_MM * ring], axis=1))
    beside = sampled(volume, np.concatenate([at + far * ring for far in _AWAY_MM], axis=1))
    tissue = ndimage.median_filter(np.median(beside, axis=1), 9)
    metal = ndimage.maximum_filter1d(core.max(axis=1), 5) > METAL_HU
    plain = np.clip(core, -1000, 150)
    change = ndimage.uniform_filter1d(plain.mean(axis=1), 7) - tissue
    gas, blood = change < -_GAS_LESS_HU, change > _BLOOD_MORE_HU
    sign = np.maximum.reduce([metal * 1.0, gas * 1.0, blood * 0.5])
    soft = (tissue > _SOFT_HU[0]) & (tissue < _SOFT_HU[1])
    return float(np.mean(sign * soft))
