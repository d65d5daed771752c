"""Choosing how thick a slice is: by steps of the wheel, or from a list."""

from __future__ import annotations

from virtopsy.imaging.slab import Projection, Slab

THICKNESSES_MM = (3.0, 5.0, 10.0, 20.0, 50.0)
"""To choose from, mm."""
_THICKEST_MM = 200.0
_STEP_MM = 1.0
_COARSE_FROM_MM, _COARSE_MM = 20.0, 5.0


def decimals(thickness_mm: float) -> int:
    """Return how many decimals say a thickness: none for whole mm, which is what is chosen."""
    return 0 if thickness_mm.is_integer() else 1


def thicker(slab: Slab | None, projection: Projection, notches: int) -> Slab | None:
    """Return a slab some notches of the wheel thicker, or thinner below 0; None: a thin slice.

    Args:
        slab: as it is.
        projection: of a slab that begins.
        notches: 1 mm each, from 20 mm on 5 mm.
    """
    thickness = 0.0 if slab is None else slab.thickness_mm
    for _ in range(abs(notches)):
        growing = notches > 0
        coarse = thickness >= _COARSE_FROM_MM if growing else thickness > _COARSE_FROM_MM
        step = _COARSE_MM if coarse else _STEP_MM
        thickness += step if growing else -step
    thickness = min(thickness, _THICKEST_MM)
    if thickness < _STEP_MM:
        return None
    return Slab(slab.projection if slab else projection, thickness)
