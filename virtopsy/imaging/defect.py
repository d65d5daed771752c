"""Finding a hole in a sheet of bone: where a disc lets a line through and a ring round it not."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.signal import fftconvolve

from virtopsy.errors import InputError
from virtopsy.geometry.frame import Floats
from virtopsy.imaging.sheet import SOFT_HU, Sheet, monomials, sampled
from virtopsy.imaging.volume import Volume

_RADII_MM = np.arange(2.0, 12.1, 0.75)
_REACH_MM, _STEP_MM = 26.0, 0.9
SEARCH_MM = 9.5
"""How far from a click a hole is looked for, along the bone."""
LEAST_SCORE = 0.42


@dataclass(frozen=True, eq=False)
class Opening:
    """A hole as it is first seen.

    Attributes:
        centre: (2,) u, v on the outer table, mm.
        radius_mm: seen along the line.
        score: 1: bone all round and none within; 0: as much bone within as round it.
    """

    centre: Floats
    radius_mm: float
    score: float


def find(volume: Volume, sheet: Sheet, direction: Floats, search_mm: float = SEARCH_MM) -> Opening:
    """Return the hole nearest to the middle of a sheet.

    Args:
        volume: HU.
        sheet: the bone there.
        direction: (3,) LPS, along the track, either way.
        search_mm: how far from the middle of the sheet.

    Raises:
        InputError: there is none.
    """
    way = sheet.place.axes.T @ direction
    way = way * np.sign(way[2])
    if way[2] < np.cos(np.radians(72)):
        raise InputError("refine.grazing")
    side = np.arange(-_REACH_MM, _REACH_MM + 0.1, _STEP_MM)
    u, v = np.meshgrid(side, side, indexing="ij")
    bone = _bone_along(volume, sheet, way, u, v)
    du, dv = u, v
    rho = np.sqrt(np.maximum(du**2 + dv**2 - (du * way[0] + dv * way[1]) ** 2, 0.0))
    best = Opening(np.zeros(2), 0.0, -1.0)
    allowed = np.hypot(u, v) <= search_mm
    for radius in _RADII_MM:
        disc, ring = rho < radius - 0.4, (rho > radius + 1.0) & (rho < radius + 3.5)
        kernel = ring / ring.sum() - disc / max(disc.sum(), 1)
        score = fftconvolve(bone, kernel[::-1, ::-1], mode="same")
        score = np.where(allowed, score - 0.006 * np.hypot(u, v), -1.0)
        i, j = np.unravel_index(int(np.argmax(score)), score.shape)
        if score[i, j] > best.score:
            best = Opening(np.array([u[i, j], v[i, j]]), float(radius), float(score[i, j]))
    if best.score < LEAST_SCORE:
        raise InputError("refine.no_hole")
    return best


def _bone_along(volume: Volume, sheet: Sheet, way: Floats, u: Floats, v: Floats) -> Floats:
    """Return (..., ) the share of bone on lines through the sheet, 1 where it is whole."""
    at = monomials(u, v)
    top = at @ sheet.outer
    thick = float(np.clip(sheet.inner[0] - sheet.outer[0], 1.0, 14.0))
    t = np.linspace(0.1, 0.9, 7) * thick
    local = np.stack([u, v, top], axis=-1)[:, :, None, :] + t[:, None] * (way / way[2])
    values = sampled(volume, sheet.place.to_lps(local))
    share = np.clip((values - SOFT_HU) / (sheet.level_hu - SOFT_HU), 0, 1)
    return np.asarray(np.clip(2.0 * share.mean(axis=-1), 0, 1))
