"""Some slices of the scan while they are painted, and the distances tissues share there."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

import numpy as np

from virtopsy.geometry.frame import Floats
from virtopsy.phantom.anatomy import Anatomy
from virtopsy.phantom.shapes import Limb, Places, Single

Box: TypeAlias = tuple[slice, slice, slice]
AIR_HU, METAL_HU = -1000.0, 22000.0
_SKIN_MM = 1.7  # bone nowhere lies barer
_EDGE_MM = 0.9  # width over which a surface fades: about a voxel


def covered(distance: Single) -> Single:
    """Return the share of a voxel inside a surface, 0 to 1."""
    share: Single = np.clip(np.float32(0.5) - distance * np.float32(1 / _EDGE_MM), 0, 1)
    return share


def lay(hu: Single, share: Single, value: Single | float) -> None:
    """Cover `hu` in place with `value` in the given share."""
    hu += share * (np.asarray(value, np.float32) - hu)


@dataclass(frozen=True, eq=False)
class Slab:
    """Some slices while they are painted: LPS axes and CT numbers [z, y, x]."""

    body: Anatomy
    x: Floats
    y: Floats
    z: Floats
    hu: Single

    def box_round(self, low: Floats, high: Floats) -> Box | None:
        """Return the voxels between two LPS corners, None where there are none."""
        found = [
            slice(*np.searchsorted(axis, (low[n], high[n])))
            for n, axis in ((2, self.z), (1, self.y), (0, self.x))
        ]
        return (
            None
            if any(part.start == part.stop for part in found)
            else (found[0], found[1], found[2])
        )

    def box_of(self, name: str) -> Box | None:
        """Return the voxels that a field covers, None where it covers none."""
        field = self.body.fields[name]
        found = [
            field.inside(axis, places) for axis, places in ((2, self.z), (1, self.y), (0, self.x))
        ]
        return (
            None
            if any(part.start >= part.stop for part in found)
            else (found[0], found[1], found[2])
        )

    def on(self, name: str, box: Box | None = None) -> Single:
        """Return a field on a box of the slab, on all of it where none is given."""
        z, y, x = box or (slice(None),) * 3
        return self.body.fields[name].on(self.x[x], self.y[y], self.z[z])

    def spread(self, name: str, outside: float) -> Single:
        """Return a field on the whole slab, `outside` where its lattice ends."""
        whole = np.full(self.hu.shape, outside, np.float32)
        box = self.box_of(name)
        if box is not None:
            whole[box] = self.on(name, box)
        return whole

    def places(self, box: Box) -> Places:
        """Return head-frame coordinates on a box."""
        z, y, x = box
        return self.body.pose.places(self.x[x], self.y[y], self.z[z])

    def along(self, box: Box, start: Floats, axis: Floats) -> Single:
        """Return how far the voxels of a box lie from an LPS point along an LPS axis, mm."""
        z, y, x = box
        far: Single = (
            ((self.x[x] - start[0]) * axis[0])[None, None, :]
            + ((self.y[y] - start[1]) * axis[1])[None, :, None]
            + ((self.z[z] - start[2]) * axis[2])[:, None, None]
        ).astype(np.float32)
        return far

    def solid(self, limb: Limb, value: float) -> None:
        """Lay a small solid of the head frame."""
        box = self.box_round(*self.body.pose.box(limb, 1.0))
        if box is not None:
            lay(self.hu[box], covered(limb.distance(self.places(box))), value)


@dataclass(frozen=True, eq=False)
class Depths:
    """The distances that several tissues share, on the whole slab, mm."""

    skin: Single
    cavity: Single
    outer: Single
    bone: Single
    strands: Single
    broad: Single


def depths(slab: Slab) -> Depths:
    """Compute the shared distances; `bone` is the solid bone before its spaces are taken out."""
    cavity, outer = slab.on("cavity"), slab.on("outer")
    solids = slab.spread("solids", 12.0)
    bone = np.minimum(outer, solids)
    skin = np.minimum(slab.on("skin"), bone - _SKIN_MM)
    return Depths(skin, cavity, outer, bone, slab.on("strands"), slab.on("broad"))
