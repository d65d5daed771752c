"""Which dense pieces may be teeth, fillings or crowns. They are marked, never left out.

Enamel reaches the end of a scale of 12 bits, and a shot through the mouth leaves metal beside it,
so no value tells the two apart: only the place does. A piece may be dental where much hard tissue
lies beside it, as dentine and jaw do, and where the brain does not: skull and petrous bone are
hard, too. Besides, enamel must lie near, or, where the enamel itself stands at the end of the
scale, a skull, and more such pieces or a piece as long as a row of teeth.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from scipy import ndimage
from scipy.spatial import cKDTree

from virtopsy.geometry.frame import Floats, Frame
from virtopsy.imaging import coarse as blocks
from virtopsy.imaging.coarse import Coarse, Mask
from virtopsy.imaging.metal_seeds import Points, Seed
from virtopsy.imaging.volume import Volume

_ENAMEL_HU = (1800, 2850)  # the upper end as in the display range; denser is metal, or cut off
_BONE_HU = 250
_HARD_NEAR_MM, _HARD_MM3 = 10.0, 150.0
_ENAMEL_NEAR_MM, _ENAMEL_MM3 = 30.0, 80.0
_TEETH_NEAR = 3  # other pieces in hard tissue
_ROW_MM, _ROW_IN_HARD = 25.0, 0.8
_ARCH_MM, _ARCH_DEEP_MM, _ARCH_FILLED = 80.0, 12.0, 0.4
_JAW_MM = 130.0  # from the inside of the skull to the lower front teeth, mouth open
_AIR_HU = -300
_SKULL_MM = 12.0  # of skull base and vault between brain and outside
_BRAIN_MM3 = 150_000.0
_OPENING_MM = 10.0


def may_be_dental(volume: Volume, dense: Points, pieces: Sequence[Seed], peaks: Floats) -> Mask:
    """Return which pieces may belong to teeth, (n,).

    Args:
        volume: of HU.
        dense: (m, 3) [k, j, i] of the voxels above 1200 HU.
        pieces: the pieces.
        peaks: (n,) their largest values.
    """
    factors = np.array(blocks.factors_of(volume.frame)[::-1])
    frame = blocks.frame_of(volume.frame)
    metal = np.zeros(frame.shape, np.bool_)
    for seed, peak in zip(pieces, peaks.tolist(), strict=True):
        if peak > _ENAMEL_HU[1]:
            metal[tuple((seed.points // factors).T)] = True
    clear = ~blocks.dilated(metal, max(frame.spacing_mm), frame)
    values = volume.voxels[tuple(dense.T)]
    enamel = dense[(values >= _ENAMEL_HU[0]) & (values <= _ENAMEL_HU[1])]
    hard = _near(frame, dense // factors, clear, _HARD_NEAR_MM) * _voxel_mm3(volume)
    at = [tuple(np.unique(seed.points // factors, axis=0).T) for seed in pieces]
    in_hard = np.array([(hard[one] >= _HARD_MM3).mean() for one in at])
    if not in_hard.any():
        return np.zeros(len(pieces), np.bool_)
    like = _near(frame, enamel // factors, clear, _ENAMEL_NEAR_MM) * _voxel_mm3(volume)
    enamelled = np.array([like[one].max() >= _ENAMEL_MM3 for one in at])
    brain = _brain(blocks.coarse(volume))
    near_brain = blocks.dilated(brain, _OPENING_MM + _SKULL_MM, frame)
    jaw = (in_hard > 0) & ~np.array([near_brain[one].any() for one in at])
    middles = volume.frame.to_lps([seed.points.mean(axis=0)[::-1] for seed in pieces])
    head = _by_a_head(frame, brain, middles)
    row, arch = np.array([_row_and_arch(volume, seed) for seed in pieces]).T
    long = (in_hard >= _ROW_IN_HARD) & (arch | (head & row))
    found: Mask = jaw & (enamelled | long | (head & _neighbours(middles, jaw)))
    return found


def _voxel_mm3(volume: Volume) -> float:
    return float(np.prod(volume.frame.spacing_mm))


def _row_and_arch(volume: Volume, seed: Seed) -> tuple[bool, bool]:
    """Tell whether a piece is as long as a few teeth, and whether it is bent as their arch is."""
    points = seed.points * volume.frame.spacing_mm[::-1]
    apart = points - points.mean(axis=0)
    sides = np.ptp(apart @ np.linalg.eigh(apart.T @ apart)[1], axis=0)
    sides += min(volume.frame.spacing_mm)
    _, wide, long = np.sort(sides).tolist()
    row = _ROW_MM <= long <= _ARCH_MM
    hollow = len(points) * _voxel_mm3(volume) < _ARCH_FILLED * float(np.prod(sides))
    return row, row and wide >= _ARCH_DEEP_MM and hollow


def _near(frame: Frame, at: Points, clear: Mask, reach_mm: float) -> Floats:
    """Return how many voxels lie within a box round each block, of those in clear blocks."""
    counts = np.zeros(frame.shape, np.float64)
    np.add.at(counts, tuple(at.T), 1.0)
    counts *= clear
    sizes = [2 * round(reach_mm / one) + 1 for one in frame.spacing_mm[::-1]]
    sizes = [min(one, 2 * n + 1) for one, n in zip(sizes, frame.shape, strict=True)]
    mean = ndimage.uniform_filter(counts, sizes, mode="constant")
    near: Floats = mean * np.prod(sizes)
    return near


def _neighbours(middles: Floats, jaw: Mask) -> Mask:
    """Return which pieces have several others near them that lie in hard tissue as well."""
    if not jaw.any():
        return jaw
    tree = cKDTree(middles[jaw])
    counts = tree.query_ball_point(middles, _ENAMEL_NEAR_MM, return_length=True)
    many: Mask = np.asarray(counts) > _TEETH_NEAR
    return many


def _by_a_head(frame: Frame, brain: Mask, middles: Floats) -> Mask:
    """Return which places lie no further from a skull's inside than jaws do."""
    inside = np.argwhere(brain)
    if len(inside) == 0:
        return np.zeros(len(middles), np.bool_)
    corners = np.stack([inside.min(axis=0), inside.max(axis=0)])
    reach = _JAW_MM / np.array(frame.spacing_mm[::-1])
    at = frame.to_index(middles)[:, ::-1]
    near: Mask = ((at >= corners[0] - reach) & (at <= corners[1] + reach)).all(axis=1)
    return near


def _brain(grid: Coarse) -> Mask:
    """Return the inside of a skull: a large soft space that bone encloses in its planes."""
    closed = blocks.dilated(grid.mean >= _BONE_HU, _OPENING_MM, grid.frame)
    within = np.stack([ndimage.binary_fill_holes(plane) for plane in closed])
    inner = within & ~closed & (grid.mean > _AIR_HU)
    labels, n = blocks.labelled(inner, over_corners=False)
    sizes = np.bincount(labels.ravel(), minlength=n + 1) * np.prod(grid.frame.spacing_mm)
    large = sizes >= _BRAIN_MM3
    large[0] = False
    found: Mask = large[labels]
    return found
