"""The bone round a place as a sheet: its outer and inner table, each a smooth curved surface.

Coordinates here are the sheet's own: (u, v) along it and w inward through it, mm, from a given
place. What is asked of the voxels is where their values cross half way between soft tissue and
this very bone, column by column; a curved surface is then fitted robustly, so that a hole, a chip
of bone or a second bone behind does not bend it.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy import ndimage

from virtopsy.errors import InputError
from virtopsy.geometry.frame import Floats
from virtopsy.imaging.volume import Volume

SOFT_HU = 40.0
BONE_HU = 300.0
METAL_HU = 2400.0
_REACH_MM, _STEP_MM = 21.0, 0.9
_DEEP_MM, _DEPTH_STEP_MM = 15.0, 0.6
_MARROW_MM = 3.5  # a gap in a column as narrow is diploe, a wider one is the end of this bone
_LEAST_COLUMNS = 60
_NEAR = 0.5  # of the weight in the middle: what lies within 15 mm


@dataclass(frozen=True, eq=False)
class Place:
    """Where a sheet lies.

    Attributes:
        origin: (3,) LPS mm.
        axes: (3, 3), columns are u, v and w (inward) in LPS.
    """

    origin: Floats
    axes: Floats

    def to_lps(self, local_mm: Floats) -> Floats:
        """Map (..., 3) of u, v, w to LPS mm."""
        placed: Floats = local_mm @ self.axes.T + self.origin
        return placed

    def to_local(self, lps_mm: Floats) -> Floats:
        """Map (..., 3) LPS mm to u, v, w."""
        local: Floats = (lps_mm - self.origin) @ self.axes
        return local


@dataclass(frozen=True, eq=False)
class Sheet:
    """A sheet of bone.

    Attributes:
        place: its coordinates.
        outer, inner: (6,) of w over `monomials` of (u, v).
        bone_hu: what this bone has where it is dense.
        rough_mm: how far the outer table lies off its surface, SD from the median.
    """

    place: Place
    outer: Floats
    inner: Floats
    bone_hu: float
    rough_mm: float

    @property
    def level_hu(self) -> float:
        """Half way between soft tissue and this bone."""
        return (self.bone_hu + SOFT_HU) / 2


def monomials(u: Floats, v: Floats) -> Floats:
    """Return (..., 6) of 1, u, v, u^2, u v, v^2."""
    stacked: Floats = np.stack([np.ones_like(u), u, v, u * u, u * v, v * v], axis=-1)
    return stacked


def sampled(volume: Volume, lps_mm: Floats) -> Floats:
    """Return values between voxels (trilinear) at (..., 3) LPS points, air outside the grid."""
    index = volume.frame.to_index(lps_mm)
    low = np.floor(index.reshape(-1, 3).min(axis=0)).astype(int)[::-1]
    high = np.ceil(index.reshape(-1, 3).max(axis=0)).astype(int)[::-1] + 1
    low = np.clip(low, 0, np.array(volume.frame.shape) - 1)
    high = np.clip(high, low + 1, volume.frame.shape)
    box = tuple(slice(a, b) for a, b in zip(low, high, strict=True))
    part = volume.voxels[box].astype(np.float32)
    at = [index[..., axis] - low[2 - axis] for axis in (2, 1, 0)]
    values: Floats = ndimage.map_coordinates(part, at, order=1, mode="nearest")
    return values


def across(direction: Floats) -> tuple[Floats, Floats]:
    """Return two unit vectors at right angles to a direction and to each other."""
    helper = np.eye(3)[int(np.argmin(np.abs(direction)))]
    first = np.cross(direction, helper)
    first /= np.linalg.norm(first)
    return first, np.cross(direction, first)


def placed(origin: Floats, inward: Floats) -> Place:
    """Return coordinates with w along `inward`."""
    inward = inward / np.linalg.norm(inward)
    u, v = across(inward)
    return Place(np.asarray(origin, np.float64), np.stack([u, v, inward], axis=1))


def sheet_at(volume: Volume, point: Floats, inward: Floats, tries: int = 2) -> Sheet:
    """Return the sheet of bone nearest to a point.

    Args:
        volume: HU.
        point: (3,) LPS mm, a few millimetres off at most.
        inward: (3,) roughly into the head.
        tries: how often its normal is found anew.

    Raises:
        InputError: there is no bone, or no sheet of it.
    """
    normal = _rough_normal(volume, point, inward)
    place = placed(point, normal)
    sheet = _columns(volume, place)
    for _ in range(tries - 1):
        slope = np.array([-sheet.outer[1], -sheet.outer[2], 1.0])
        place = placed(place.to_lps(np.array([0, 0, sheet.outer[0]])), place.axes @ slope)
        sheet = _columns(volume, place)
    return sheet


def _rough_normal(volume: Volume, point: Floats, inward: Floats) -> Floats:
    """Return the inward normal of the bone near a point: its thinnest way."""
    u, v = across(inward)
    side = np.arange(-16, 16.1, 1.6)
    grid = np.stack(np.meshgrid(side, side, side, indexing="ij"), axis=-1)
    grid = grid[np.linalg.norm(grid, axis=-1) < 16.0]
    offsets = grid @ np.stack([u, v, inward])
    values = sampled(volume, point + offsets)
    near = offsets[values > BONE_HU]
    if len(near) < _LEAST_COLUMNS:
        raise InputError("refine.no_bone")
    spread, ways = np.linalg.eigh(np.cov(near.T))
    normal = ways[:, 0]
    if abs(normal @ inward) < 0.2 or spread[0] > 0.7 * spread[1]:
        normal = inward
    return np.asarray(normal * np.sign(normal @ inward))


def _columns(volume: Volume, place: Place) -> Sheet:
    side = np.arange(-_REACH_MM, _REACH_MM + 0.1, _STEP_MM)
    depth = np.arange(-_DEEP_MM, _DEEP_MM + 0.1, _DEPTH_STEP_MM)
    u, v, w = np.meshgrid(side, side, depth, indexing="ij")
    round_ = np.hypot(u[..., 0], v[..., 0]) < _REACH_MM
    local = np.stack([u[round_], v[round_], w[round_]], axis=-1)
    values = sampled(volume, place.to_lps(local))
    dense = values[(values > BONE_HU) & (values < METAL_HU)]
    if len(dense) < 5 * _LEAST_COLUMNS:
        raise InputError("refine.no_bone")
    bone_hu = float(np.percentile(dense, 70))
    outer, inner = _crossings(values, depth, (bone_hu + SOFT_HU) / 2)
    at = monomials(local[:, 0, 0], local[:, 0, 1])
    near = np.exp(-((local[:, 0, 0] ** 2 + local[:, 0, 1] ** 2) / (2 * 13.0**2)))
    top = _robust(at, outer, near, 3.0)
    off = np.abs(outer - at @ top)
    agrees = off < 2.0
    rough = 1.4826 * float(np.median(off[agrees & (near > _NEAR)])) if agrees.any() else 2.0
    bottom = _robust(at, np.where(agrees, inner, np.nan), near, 3.0)
    return Sheet(place, top, bottom, bone_hu, rough)


def _crossings(values: Floats, depth: Floats, level: float) -> tuple[Floats, Floats]:
    """Return where each column (n, depths) enters and leaves its first bone; NaN without any."""
    above = values >= level
    steps = np.arange(len(depth))
    first = above.argmax(axis=1)
    has = above.any(axis=1)
    # The run of bone goes on over gaps of diploe.
    allowed = int(_MARROW_MM / _DEPTH_STEP_MM)
    last_above = np.maximum.accumulate(np.where(above, steps, -1), axis=1)
    ended = (steps - last_above > allowed) & (steps > first[:, None])
    stop = np.where(ended.any(axis=1), ended.argmax(axis=1), len(depth) - 1)
    last = last_above[np.arange(len(values)), stop]
    outer = _between(values, depth, first - 1, first, level)
    inner = _between(values, depth, last, last + 1, level)
    bad = ~has | (first == 0)
    return np.where(bad, np.nan, outer), np.where(bad | (last >= len(depth) - 1), np.nan, inner)


def _between(values: Floats, depth: Floats, a: Floats, b: Floats, level: float) -> Floats:
    """Return the depth between samples a and b where the level is crossed."""
    rows = np.arange(len(values))
    a, b = np.clip(a, 0, len(depth) - 1), np.clip(b, 0, len(depth) - 1)
    va, vb = values[rows, a], values[rows, b]
    share = np.clip((level - va) / np.where(vb == va, 1.0, vb - va), 0, 1)
    crossed: Floats = depth[a] + share * (depth[b] - depth[a])
    return crossed


def _robust(at: Floats, w: Floats, near: Floats, rough_mm: float) -> Floats:
    """Fit w over the monomials: first what lies near the middle depth, then ever nearer to it."""
    good = np.isfinite(w)
    if np.count_nonzero(good) < _LEAST_COLUMNS:
        raise InputError("refine.no_bone")
    at, w, near = at[good], w[good], near[good]
    found = np.array([np.median(w), 0, 0, 0, 0, 0])
    flat = np.array([0.0, 0.0, 0.0, 30.0, 30.0, 30.0])  # curvature is small against the columns
    scale = 3 * rough_mm
    for _ in range(12):
        off = w - at @ found
        weight = near / (1 + (off / scale) ** 2) ** 2
        weighted = at * weight[:, None]
        found = np.linalg.solve(weighted.T @ at + np.diag(flat), weighted.T @ w)
        scale = max(0.75 * scale, 0.8)
    return found
