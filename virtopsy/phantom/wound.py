"""The gunshot in the voxels: holes with their bevels, fractures, track, scalp, metal and bone."""

from __future__ import annotations

import numpy as np

from virtopsy.geometry.frame import Floats
from virtopsy.phantom.gunshot import opening
from virtopsy.phantom.shapes import Single, ball
from virtopsy.phantom.slab import METAL_HU, Box, Depths, Slab, covered, lay

_DEEP_MM = 14.0  # the vault is nowhere thicker


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
        left[box] = np.maximum(left[box], -np.maximum(opening(hole, a, b, share), near))
    return left


def parted(slab: Slab, at: Depths) -> Single | None:
    """Return the share of each voxel that hair-line fractures take, None where there are none.

    A gap narrower than a voxel darkens it in the share it takes; that is all a scanner shows.
    """
    found = None
    for one in slab.body.gaps:
        heights = one.points[:, 2]
        if heights.max() + _DEEP_MM < slab.z[0] or heights.min() - _DEEP_MM > slab.z[-1]:
            continue
        if found is None:
            found = np.zeros(slab.hu.shape, np.float32)
        for n in range(len(one.points) - 1):
            _part(slab, found, one.points[n : n + 2], one.normals[n], float(one.widths[n]))
    if found is not None:
        found *= covered(np.maximum(at.outer - 1, -2 - at.cavity))
    return found


def _part(slab: Slab, found: Single, ends: Floats, normal: Floats, width: float) -> None:
    """Part the bone along one straight piece, through the table along its normal."""
    deep = np.concatenate([ends, ends - _DEEP_MM * normal])
    box = slab.box_round(deep.min(axis=0) - 1, deep.max(axis=0) + 1)
    if box is None:
        return
    along = ends[1] - ends[0]
    length = float(np.linalg.norm(along))
    along = along / length
    beyond, aside = (slab.along(box, ends[0], axis) for axis in (along, np.cross(along, normal)))
    beyond -= np.clip(beyond, 0, length)
    away = np.sqrt(beyond * beyond + aside * aside)
    half = np.float32(width / 2)
    share = covered(away - half) - covered(away + half)
    np.maximum(found[box], share, out=found[box])


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
    _scalp(slab, at, box, (s, rho, np.arctan2(b, a)))


def _near(s: Single, rho: Single, centre: float) -> Single:
    distance: Single = np.sqrt((s - np.float32(centre)) ** 2 + rho**2)
    return distance


def _scalp(slab: Slab, at: Depths, box: Box, across: tuple[Single, Single, Single]) -> None:
    """Lay the swelling, the skin rim of the entry, the defects, and what fills the holes.

    Args:
        slab: where.
        at: its distances.
        box: the voxels near the track.
        across: distance along the axis, from it, and angle round it.
    """
    s, rho, angle = across
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


def metal_and_chips(slab: Slab) -> None:
    """Lay driven-in bone, then the metal fragments, exactly where the truth says they are."""
    body = slab.body
    for centre, radii in body.track.chips:
        x, y, z = (float(part) for part in body.pose.to_head(centre))
        slab.solid(ball((x, y, z), (float(radii[0]), float(radii[1]), float(radii[2]))), 1150.0)
    for one in body.track.fragments:
        x, y, z = (float(part) for part in body.pose.to_head(one.centre))
        slab.solid(ball((x, y, z), one.radius_mm), METAL_HU)
