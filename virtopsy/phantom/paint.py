"""From distances to CT numbers, one slab of slices at a time.

Tissues are laid over each other from the outside in; each covers a voxel in the share in which
its surface does, so that edges show partial volume as a scanner's do.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import product
from typing import TypeAlias

import numpy as np

from virtopsy.geometry.frame import Floats
from virtopsy.phantom.anatomy import SPACING_MM, Anatomy
from virtopsy.phantom.gunshot import cracks, opening
from virtopsy.phantom.shapes import Limb, Places, Single, ball

Box: TypeAlias = tuple[slice, slice, slice]
AIR_HU, METAL_HU = -1000.0, 14000.0
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

    def solid(self, limb: Limb, value: float) -> None:
        """Lay a small solid of the head frame."""
        reach = np.maximum(limb.ra, limb.rb) + 1.0
        ends = np.stack([limb.a, limb.b])
        corners = product(*np.stack([ends.min(axis=0) - reach, ends.max(axis=0) + reach], axis=1))
        lps = self.body.pose.to_lps(list(corners))
        box = self.box_round(lps.min(axis=0), lps.max(axis=0))
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
    return Depths(slab.on("skin"), cavity, outer, bone, slab.on("strands"), slab.on("broad"))


def soft_tissue(slab: Slab, at: Depths) -> None:
    """Lay skin, fat and muscle."""
    muscle = slab.spread("muscles", 12.0)
    depth = -at.skin
    fat = covered(np.maximum(1.9 - depth, 1.3 - np.minimum(at.bone, at.outer)))
    fat *= covered(0.8 - muscle)
    layer = covered(depth - 4.6 - 1.2 * at.broad)
    loose = np.clip(0.62 + 0.55 * at.strands + 0.25 * at.broad, 0.12, 1)
    fat *= np.maximum(layer, loose)
    tissue = 44 - fat * 142 + covered(muscle) * (12 + 5 * at.strands) + 2.5 * at.strands
    lay(slab.hu, covered(at.skin), tissue)


def orbit_and_air(slab: Slab, at: Depths) -> Single:
    """Carve orbits and air spaces out of the bone, give them walls; return the bone left, mm."""
    bone = np.maximum(at.bone, -at.cavity)
    box = slab.box_of("orbits")
    if box is not None:
        orbit = slab.on("orbits", box)
        wall = np.maximum(np.abs(orbit + 0.8) - 0.8, at.cavity[box] * 0 + slab.places(box).y + 62)
        bone[box] = np.maximum(np.minimum(bone[box], wall), -orbit - 0.0)
    box = slab.box_of("spaces")
    if box is not None:
        spaces = slab.on("spaces", box)
        places = slab.places(box)
        shell = np.maximum(np.abs(spaces - 0.55) - 0.55, -places.y - 88)
        bone[box] = np.maximum(np.minimum(bone[box], shell), -spaces)
    return bone


def hollow(slab: Slab, at: Depths) -> None:
    """Lay the air of nose, sinuses, cells, throat and ear canals, and the nasal septum."""
    box = slab.box_of("air")
    if box is not None:
        places = slab.places(box)
        bend = 1.6 * np.sin((places.y + 90) / 17) * np.sin((places.z + 34) / 18)
        septum = np.abs(places.x + bend) - np.where(places.y < -66, 1.7, 1.0).astype(np.float32)
        septum = np.maximum(septum, np.maximum(places.y + 34, places.z - 14))
        air = np.maximum(slab.on("air", box), -septum)
        lay(slab.hu[box], covered(np.maximum(septum + 0.6, slab.on("spaces", box))) * 0.8, 300.0)
        lay(slab.hu[box], covered(np.maximum(air, at.skin[box] + 0.5)), AIR_HU)
    box = slab.box_of("soft_air")
    if box is not None:
        lay(slab.hu[box], covered(slab.on("soft_air", box)), AIR_HU)


def bone(slab: Slab, at: Depths, left: Single) -> None:
    """Lay compact bone round spongy bone."""
    box = slab.box_round(*_bone_box(left, slab))
    if box is None:
        return
    surface, strands = left[box], at.strands[box]
    spongy = slab.on("spongy", box)
    compact = 1.35 + 0.25 * strands + np.where(at.outer[box] < 0.5, 0.35, 0).astype(np.float32)
    inner = covered(surface + compact)
    value = 1420 + 90 * strands - inner * (1080 - 190 * spongy)
    lay(slab.hu[box], covered(surface), value)


def _bone_box(left: Single, slab: Slab) -> tuple[Floats, Floats]:
    z, y, x = (np.flatnonzero((left < 1).any(axis=other)) for other in ((1, 2), (0, 2), (0, 1)))
    if z.size == 0:
        return np.zeros(3), np.zeros(3)
    low = np.array([slab.x[x[0]], slab.y[y[0]], slab.z[z[0]]])
    high = np.array([slab.x[x[-1]], slab.y[y[-1]], slab.z[z[-1]]])
    return low - SPACING_MM, high + SPACING_MM


def brain(slab: Slab, at: Depths) -> None:
    """Lay dura, fluid, grey and white matter into the cavity, with settled blood behind."""
    low, high = _bone_box(at.cavity, slab)
    box = slab.box_round(low, high)
    if box is None:
        return
    depth = -at.cavity[box]
    folds, places = slab.on("folds", box), slab.places(box)
    lay(slab.hu[box], covered(at.cavity[box]), 46.0)
    tissue = _matter(depth, folds, places)
    parts = {
        name: np.full(depth.shape, 12.0, np.float32)
        for name in ("ventricles", "fluid", "nuclei", "stem")
    }
    for name, whole in parts.items():
        whole[...] = slab.spread(name, 12.0)[box]
    lay(tissue, covered(parts["nuclei"]), 38.5)
    lay(tissue, covered(np.minimum(parts["fluid"], 9)), 9.0)
    blood = covered(np.maximum(parts["ventricles"], 46 - places.y))
    lay(tissue, blood, 63.0)
    lay(tissue, covered(parts["stem"]), 32.0)
    _falx(tissue, places)
    lay(slab.hu[box], covered(1.0 - depth), tissue)


def _matter(depth: Single, folds: Single, places: Places) -> Single:
    """Return CT numbers of cerebrum and cerebellum: cortex follows every fold."""
    groove = np.abs(folds)
    below = places.z - 26 + 0.32 * np.abs(places.x) + 0.25 * (places.y - 40)
    small = covered(np.maximum(below, 4 - places.y))  # the cerebellum
    cortex = np.minimum(
        np.maximum(depth - 4.5, 0), np.maximum(groove * 7.5 - 2.6, (depth - 24) * 0.3)
    )
    tissue = 29.0 + 10.0 * covered(cortex * 0.8)
    sulcus = covered(np.maximum(groove * 4.5 - 0.8, depth - 19))
    lay(tissue, np.maximum(sulcus, covered(depth - 2.0)) * (1 - 0.8 * small), 13.0)
    ring = np.sqrt(places.x**2 * 0.5 + (places.y - 14) ** 2 + (places.z - 6) ** 2)
    lay(tissue, small * covered(-1.6 - depth * 0) * 0.9, 35.0 + 4.0 * np.sin(ring * 1.9))
    return tissue.astype(np.float32)


def _falx(tissue: Single, places: Places) -> None:
    """Lay the interhemispheric fissure with the falx, and the tentorium."""
    arch = np.sqrt(((places.y - 8) / 56) ** 2 + ((places.z - 34) / 34) ** 2)
    outside = np.maximum((1 - arch) * 30, 27 - places.z)
    bend = 0.8 * np.sin(places.y / 15)
    lay(tissue, covered(np.maximum(np.abs(places.x + bend) - 1.6, outside)), 14.0)
    lay(tissue, covered(np.maximum(np.abs(places.x + bend) - 0.6, outside)), 58.0)
    tent = places.z - 26 + 0.32 * np.abs(places.x) + 0.25 * (places.y - 40)
    sheet = np.maximum(
        np.abs(tent) - 0.8, np.maximum(16 - places.y, 10 - np.abs(places.x) - (places.y - 20))
    )
    lay(tissue, covered(sheet), 56.0)


def orbit_fat(slab: Slab, at: Depths) -> None:
    """Fill the orbits with fat, the lids in front apart."""
    box = slab.box_of("orbits")
    if box is not None:
        inside = np.maximum(slab.on("orbits", box), 4.0 + at.skin[box])
        lay(slab.hu[box], covered(inside), -88 + 6 * at.strands[box])


def pierced(slab: Slab, at: Depths, left: Single) -> Single:
    """Open the two holes and their fractures in the bone; return the bone left, mm."""
    track = slab.body.track
    for hole, centre, entering in ((track.entry, 0.0, True), (track.exit, track.length, False)):
        middle = np.asarray(track.point(centre))
        box = slab.box_round(middle - 52, middle + 52)
        if box is None:
            continue
        z, y, x = box
        s, a, b = track.coordinates(slab.x[x], slab.y[y], slab.z[z])
        share = np.clip(-at.outer[box] / np.maximum(at.cavity[box] - at.outer[box], 0.5), 0, 1)
        share = share if entering else 1 - share
        near = np.abs(s - centre) - 34
        gone = np.maximum(opening(hole, a, b, share), near)
        gap = np.maximum(cracks(hole, a, b), near)
        # A crack is kept within its width: it never opens the bone further than its own gap.
        left[box] = np.maximum(left[box], -np.minimum(gone, gap))
    return left


def track_tissue(slab: Slab, at: Depths) -> None:
    """Lay blood and gas of the track into the brain, and the wounds of the scalp."""
    track = slab.body.track
    ends = np.stack([track.point(-18), track.point(track.length + 18)])
    box = slab.box_round(ends.min(axis=0) - 30, ends.max(axis=0) + 30)
    if box is None:
        return
    z, y, x = box
    s, a, b = track.coordinates(slab.x[x], slab.y[y], slab.z[z])
    rho = np.sqrt(a * a + b * b)
    hu, strands, broad = slab.hu[box], at.strands[box], at.broad[box]
    inside = covered(at.cavity[box] + 0.8)
    through = np.clip(s / track.length, 0, 1)
    blood = rho - (5.0 + 2.6 * through + 1.7 * strands + 1.2 * broad)
    lay(hu, covered(blood * 0.5) * inside, 68 + 5 * strands)
    gas = rho - (1.7 + 1.0 * through + 1.5 * slab.on("folds", box) + 0.8 * strands)
    lay(hu, covered(gas) * inside, -780.0)
    under = np.maximum(
        at.cavity[box] * -1 - 3.4, np.minimum(_near(s, rho, 0), _near(s, rho, track.length)) - 34
    )
    lay(hu, covered(under + 6 * broad * 0.2) * inside * covered(blood * -1 + 1), 66.0)
    _scalp(slab, at, box, s, rho, np.arctan2(b, a))


def _near(s: Single, rho: Single, centre: float) -> Single:
    return np.sqrt((s - np.float32(centre)) ** 2 + rho**2)


def _scalp(slab: Slab, at: Depths, box: Box, s: Single, rho: Single, angle: Single) -> None:
    """Lay the swelling, the hyperdense skin rim of the entry, the defects, and the holes' content."""
    track, hu = slab.body.track, slab.hu[box]
    outer, skin, strands = at.outer[box], at.skin[box], at.strands[box]
    scalp = np.maximum(-outer + 0.6, skin + 0.3)
    for centre, spread in ((0.0, 13.0), (track.length, 20.0)):
        bruise = np.maximum(scalp, _near(s, rho, centre) - spread - 3 * strands)
        lay(hu, covered(bruise) * 0.85, 60 + 4 * strands)
    at_entry = np.maximum(np.abs(s + 4) - 16, skin)
    lay(hu, covered(np.maximum(at_entry, np.maximum(rho - 7.4, -1.4 - skin))) * 0.8, 105.0)
    open_skin = rho - 3.4 - 0.5 * strands
    star = rho - (3.6 + 4.4 * np.maximum(0, np.cos(3 * angle + 0.6)) ** 3)
    bone_gap = np.maximum(outer, -at.cavity[box] - 0.5)
    lay(hu, covered(np.maximum(bone_gap, np.maximum(rho - 9, -400 - hu))) * (hu < 100) * 0.7, 50.0)
    for defect, centre in ((open_skin, 0.0), (star, track.length)):
        tract = np.maximum(np.maximum(defect, np.abs(s - centre) - 15), -at.cavity[box] - 2)
        lay(hu, covered(tract), -940.0)


def gas_in_front(slab: Slab, at: Depths) -> None:
    """Lay the little gas that rose to the front of the brain case (the body lies on its back)."""
    low, high = _bone_box(at.cavity, slab)
    box = slab.box_round(low, high)
    if box is None:
        return
    places = slab.places(box)
    pocket = np.maximum(
        -at.cavity[box] - 3.2 - 1.5 * at.broad[box], places.y + 66 + 5 * at.broad[box]
    )
    pocket = np.maximum(pocket, np.maximum(34 - places.z, 3.2 - np.abs(places.x - 1)))
    lay(slab.hu[box], covered(np.maximum(pocket, at.cavity[box] + 0.6)), -960.0)


def metal_and_chips(slab: Slab) -> None:
    """Lay driven-in bone, then the metal fragments, exactly where the truth says they are."""
    body = slab.body
    for centre, radii in body.track.chips:
        x, y, z = (float(part) for part in body.pose.to_head(centre))
        slab.solid(ball((x, y, z), (float(radii[0]), float(radii[1]), float(radii[2]))), 1150.0)
    for one in body.track.fragments:
        x, y, z = (float(part) for part in body.pose.to_head(one.centre))
        slab.solid(ball((x, y, z), one.radius_mm), METAL_HU)


def couch(slab: Slab) -> None:
    """Lay the carbon shell of the head rest, its pad, and the table top (they do not turn)."""
    x, y, _ = slab.body.pose.origin
    dx = (slab.x - x)[None, :]
    dy = (slab.y - y)[:, None]
    radius = np.sqrt(dx**2 + (dy - 10) ** 2 * 1.0)
    pad = np.maximum(np.abs(radius - 103.5) - 3.5, 36 - dy)
    shell = np.maximum(np.abs(radius - 108.4) - 1.3, 34 - dy)
    top = np.maximum(np.abs(np.sqrt(dx**2 + (dy + 300) ** 2) - 430) - 1.2, np.abs(dx) - 122)
    for solid, hu in ((pad, -905.0), (shell, -120.0), (top, -60.0)):
        lay(slab.hu, covered(solid.astype(np.float32))[None], hu)


def painted(body: Anatomy, first: int, last: int) -> Single:
    """Return slices `first` to `last` (not included) of the scan in HU, without noise."""
    frame = body.frame
    x, y, z = (
        frame.origin_mm[axis] + SPACING_MM * np.arange(n)
        for axis, n in ((0, frame.shape[2]), (1, frame.shape[1]), (2, frame.shape[0]))
    )
    slab = Slab(
        body, x, y, z[first:last], np.full((last - first, y.size, x.size), AIR_HU, np.float32)
    )
    couch(slab)
    box = slab.box_of("skin")
    if box is not None:
        _, rows, columns = box
        inner = Slab(body, x[columns], y[rows], slab.z, slab.hu[:, rows, columns])
        _head(inner)
    return slab.hu


def _head(slab: Slab) -> None:
    at = depths(slab)
    soft_tissue(slab, at)
    orbit_fat(slab, at)
    left = pierced(slab, at, orbit_and_air(slab, at))
    brain(slab, at)
    track_tissue(slab, at)
    gas_in_front(slab, at)
    bone(slab, at, left)
    hollow(slab, at)
    for solid, hu in slab.body.solids:
        slab.solid(solid, hu)
    metal_and_chips(slab)
