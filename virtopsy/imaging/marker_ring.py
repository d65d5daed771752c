"""The middle of a radiopaque ring that was laid round a wound before the scan.

A ring of metal or contrast on the skin tells where the wound's middle is better than its own soft
edges do: a plane and a circle are fitted to its voxels (Kasa 1976), and the centre's scatter
follows from how far they lie from the circle.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from scipy import ndimage

from virtopsy.errors import InputError
from virtopsy.geometry.camera import Point, as_point
from virtopsy.geometry.frame import Floats
from virtopsy.imaging.volume import Quantity, Volume

DENSE_HU = 1500.0
_REACH_MM = 40.0
_SMALLEST_MM, _LARGEST_MM = 3.0, 35.0  # radii of rings that are laid round wounds
_SECTORS = 24
_LEAST_SECTORS = 18  # three quarters of a turn, or it is an arc of something else
_LARGEST_RESIDUAL = 0.25  # of the radius: a disc or a clump is no ring
_LEAST_VOXELS = 12


@dataclass(frozen=True)
class Ring:
    """A ring that was found.

    Attributes:
        centre_lps_mm: its middle.
        normal: unit vector across its plane, LPS; no statement about which side is out.
        radius_mm: of the middle of its wire.
        centre_sd_mm: 1 SD of the middle along x, y and z.
    """

    centre_lps_mm: Point
    normal: Point
    radius_mm: float
    centre_sd_mm: Point


def ring_at(volume: Volume, near_mm: Point) -> Ring:
    """Return the ring round a place.

    Args:
        volume: HU.
        near_mm: within the ring, LPS mm.

    Raises:
        InputError: the values are no HU, or no ring goes round that place.
    """
    if volume.quantity is not Quantity.HU:
        raise InputError("ring.no_hu", modality=volume.identity.modality or "?")
    if not volume.frame.contains(near_mm):
        raise InputError("ring.none")
    found = [ring for one in _pieces(volume, near_mm) if (ring := _fitted(volume, one)) is not None]
    round_it = [one for one in found if math.dist(one.centre_lps_mm, near_mm) < one.radius_mm]
    if not round_it:
        raise InputError("ring.none")
    return min(round_it, key=lambda one: math.dist(one.centre_lps_mm, near_mm))


def _pieces(volume: Volume, near_mm: Point) -> list[Floats]:
    """Return the places (n, 3) of each dense piece near a place, LPS mm."""
    i, j, k = np.rint(volume.frame.to_index(near_mm)).astype(int)
    reach = np.ceil(_REACH_MM / np.array(volume.frame.spacing_mm)).astype(int)
    low = np.maximum((k, j, i) - reach[::-1], 0)
    high = np.minimum((k, j, i) + reach[::-1] + 1, volume.frame.shape)
    box = tuple(slice(int(a), int(b)) for a, b in zip(low, high, strict=True))
    labels, count = ndimage.label(volume.voxels[box] >= DENSE_HU, structure=np.ones((3, 3, 3)))
    pieces = []
    for label in range(1, count + 1):
        index = np.argwhere(labels == label) + low
        if len(index) >= _LEAST_VOXELS:
            pieces.append(volume.frame.to_lps(index[:, ::-1]))
    return pieces


def _fitted(volume: Volume, places: Floats) -> Ring | None:
    """Return the circle through a piece's voxels; None where it is none."""
    middle = places.mean(axis=0)
    _, spreads, axes = np.linalg.svd(places - middle, full_matrices=False)
    flat = (places - middle) @ axes[:2].T
    design = np.column_stack([2 * flat, np.ones(len(flat))])
    solved, *_ = np.linalg.lstsq(design, np.square(flat).sum(axis=1), rcond=None)
    x, y, rest = solved.tolist()
    radius = math.sqrt(max(rest + x * x + y * y, 0.0))
    away = flat - (x, y)
    residual = np.hypot(*away.T) - radius
    sectors = np.unique(np.floor((np.arctan2(*away.T) + np.pi) / (2 * np.pi) * _SECTORS))
    scatter = float(residual.std())
    is_ring = (
        _SMALLEST_MM <= radius <= _LARGEST_MM
        and len(sectors) >= _LEAST_SECTORS
        and scatter <= _LARGEST_RESIDUAL * radius
        and spreads[2] < spreads[1] / 2
    )
    if not is_ring:
        return None
    centre = middle + x * axes[0] + y * axes[1]
    return Ring(
        as_point(centre), as_point(axes[2]), radius, _scatter(volume, axes, scatter, len(places))
    )


def _scatter(volume: Volume, axes: Floats, residual_mm: float, voxels: int) -> Point:
    """Return 1 SD of the middle: of N independent places 2 s^2 / N in the plane, s^2 / N across.

    Neighbouring voxels hold the same wire, so that one in eight counts as independent; and no
    middle is surer than a tenth of a voxel.
    """
    independent = max(voxels / 8, 4.0)
    in_plane, across = 2 * residual_mm**2 / independent, residual_mm**2 / independent
    covariance = axes.T @ np.diag([in_plane, in_plane, across]) @ axes
    least = np.square(volume.frame.directions) @ np.square(np.array(volume.frame.spacing_mm) / 10)
    return as_point(np.sqrt(np.maximum(np.diag(covariance), least)))
