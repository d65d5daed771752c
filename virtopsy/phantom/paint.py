"""From distances to CT numbers, one slab of slices at a time.

Tissues are laid over each other from the outside in; each covers a voxel in the share in which
its surface does, so that edges show partial volume as a scanner's do.
"""

from __future__ import annotations

import numpy as np

from virtopsy.geometry.frame import Floats
from virtopsy.phantom import wound
from virtopsy.phantom.anatomy import SPACING_MM, Anatomy
from virtopsy.phantom.honeycomb import Honeycomb
from virtopsy.phantom.shapes import Places, Single
from virtopsy.phantom.slab import AIR_HU, Box, Depths, Slab, covered, depths, lay

_VAULT_MM, SUTURES_ABOVE_MM = 30.0, 8.0  # where the coronal suture ends, and all others
_PAPER_MM = 0.5  # thickness of the outermost wall of the air cells


def soft_tissue(slab: Slab, at: Depths) -> None:
    """Lay skin, fat and muscle."""
    muscle = slab.spread("muscles", 12.0)
    depth = -at.skin
    fat = covered(np.maximum(1.9 - depth, 1.3 - np.minimum(at.bone, at.outer)))
    fat *= covered(0.8 - muscle)
    layer = covered(depth - 4.6 - 1.2 * at.broad)
    loose = np.clip(0.9 + 0.09 * at.strands + 0.08 * at.broad, 0.6, 1)
    fat *= np.maximum(layer, loose)
    tissue = 44 - fat * 142 + covered(muscle) * (12 + 5 * at.strands) + 2.5 * at.strands
    lay(slab.hu, covered(at.skin), tissue)


def orbit_and_air(slab: Slab, at: Depths) -> Single:
    """Carve orbits and air spaces out of the bone, give them walls; return the bone left, mm."""
    bone = np.maximum(at.bone, -at.cavity)
    box = slab.box_of("orbits")
    if box is not None:
        orbit = slab.on("orbits", box)
        places = slab.places(box)
        rim = 0.85 * np.clip(np.abs(places.x) - 30, 0, 22) - 79 - places.y
        wall = np.maximum(np.abs(orbit - 0.85) - 0.85, rim)
        bone[box] = np.maximum(np.minimum(bone[box], wall), -orbit)
    box = slab.box_of("spaces")
    if box is not None:
        spaces = slab.on("spaces", box)
        places = slab.places(box)
        shell = np.maximum(np.abs(spaces - 0.55) - 0.55, -places.y - 88)
        bone[box] = np.maximum(np.minimum(bone[box], shell), -spaces)
    for cells, box in _cells(slab):
        whole, air = cells.distances(slab.places(box))
        bone[box] = np.maximum(np.minimum(bone[box], whole - _PAPER_MM), -air)
    return bone


def _cells(slab: Slab) -> list[tuple[Honeycomb, Box]]:
    """Return the groups of air cells that reach into a slab, and their voxels."""
    boxes = ((one, slab.box_round(*slab.body.pose.box(one.box(), 2.0))) for one in slab.body.cells)
    return [(one, box) for one, box in boxes if box is not None]


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
    for cells, box in _cells(slab):
        lay(slab.hu[box], covered(cells.distances(slab.places(box))[1]), AIR_HU)
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
    places = slab.places(box)
    if places.high[2] > SUTURES_ABOVE_MM:
        seam = np.maximum(sutures(places), -2.6 - at.outer[box])
        value -= covered(np.maximum(seam, at.outer[box] - 0.8)) * 950
    whole = covered(surface)
    gaps = wound.parted(slab, at)
    if gaps is not None:
        whole *= 1 - gaps[box]
    lay(slab.hu[box], whole, value)


def sutures(at: Places) -> Single:
    """Return the distance to the coronal, sagittal, lambdoid and squamous sutures, mm."""
    side = np.abs(at.x)
    coronal = at.y + 14 + 0.30 * side - 0.1 * (at.z - 60)
    coronal += 1.1 * np.sin(side / 2.1) + 0.8 * np.sin(at.z / 1.9)
    lambdoid = at.z - 73 + 1.04 * side + 1.3 * np.sin(side / 1.7) + 0.8 * np.sin(at.y / 2.3)
    sagittal = at.x + 1.1 * np.sin(at.y / 2.0) + 0.6 * np.sin(at.y / 0.9)
    found = np.maximum(np.abs(coronal) * 0.8, _VAULT_MM - at.z)
    found = np.minimum(found, np.maximum(np.abs(lambdoid) * 0.66, 36 - at.y))
    found = np.minimum(found, np.maximum(np.abs(sagittal) * 0.8, np.maximum(-coronal, -lambdoid)))
    bow = np.sqrt(((at.y - 1) / 37) ** 2 + ((at.z - 2) / 39) ** 2)
    squamous = np.abs(bow - 1 + 0.018 * np.sin(at.y / 2.7)) * 34
    squamous = np.maximum(squamous, 44 - side)
    found = np.maximum(np.minimum(found, squamous), SUTURES_ABOVE_MM - at.z)
    return np.asarray(found - 0.4, np.float32)


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
        np.maximum(depth - 4.5, 0), np.maximum(groove * 7.5 - 2.6, (depth - 22) * 0.5)
    )
    tissue = 29.0 + 10.0 * covered(cortex - 1.2)
    sulcus = covered(np.maximum(groove * 3.8 - 0.9, depth - 18))
    lay(tissue, np.maximum(sulcus, covered(depth - 2.0)) * (1 - 0.8 * small), 8.0)
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


def gas_in_front(slab: Slab, at: Depths) -> None:
    """Lay the little gas that rose to the front of the brain case (the body lies on its back)."""
    low, high = _bone_box(at.cavity, slab)
    box = slab.box_round(low, high)
    if box is None:
        return
    places = slab.places(box)
    pocket = np.maximum(
        -at.cavity[box] - 2.4 - 1.5 * at.broad[box], places.y + 70 + 4 * at.broad[box]
    )
    pocket = np.maximum(
        pocket, np.maximum(40 - places.z + 3 * at.strands[box], 3.2 - np.abs(places.x - 1))
    )
    lay(slab.hu[box], covered(np.maximum(pocket, at.cavity[box] + 0.6)), -960.0)


def couch(slab: Slab) -> None:
    """Lay the carbon shell of the head rest, its pad, and the table top (they do not turn)."""
    x, y, _ = slab.body.pose.origin
    dx = (slab.x - x).astype(np.float32)[None, :]
    dy = (slab.y - y).astype(np.float32)[:, None]
    radius = np.sqrt(dx**2 + (dy - 10) ** 2)
    pad = np.maximum(np.abs(radius - 103.5) - 3.5, 36 - dy)
    shell = np.maximum(np.abs(radius - 108.4) - 1.3, 34 - dy)
    top = np.maximum(np.abs(np.sqrt(dx**2 + (dy + 300) ** 2) - 430) - 1.2, np.abs(dx) - 122)
    for solid, hu in ((pad, -905.0), (shell, -120.0), (top, -60.0)):
        share = covered(solid)
        rows = np.flatnonzero(share.any(axis=1))
        if rows.size:
            used = slice(rows[0], rows[-1] + 1)
            lay(slab.hu[:, used], share[None, used], hu)


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
    left = wound.pierced(slab, at, orbit_and_air(slab, at))
    brain(slab, at)
    wound.track_tissue(slab, at)
    gas_in_front(slab, at)
    bone(slab, at, left)
    hollow(slab, at)
    for solid, hu in slab.body.solids_between(slab.z[0], slab.z[-1]):
        slab.solid(solid, hu)
    wound.metal_and_chips(slab)
