"""What lies under the pointer in 3D: the first place where the shown volume becomes opaque.

The ray is marched through the full-resolution voxels with the opacity of the preset, so a click
lands on the surface that is seen, whatever mapper drew it.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from viewer.render.scene import step_mm
from virtopsy.geometry.camera import Camera3D, Point, Size, ray
from virtopsy.geometry.frame import Floats
from virtopsy.imaging.cutaway import NOTHING_HIDDEN, Cutaway
from virtopsy.imaging.preset import Preset
from virtopsy.imaging.volume import Volume

_VISIBLE = 0.4  # the share of light kept back where the eye places a surface
_STEPS_PER_VOXEL = 2.0
_BISECTIONS = 12
_SEEN_PER_MM = 0.02


def pick(  # noqa: PLR0913, PLR0917 -- a volume, how it is shown, from where, and a pixel
    volume: Volume,
    preset: Preset,
    camera: Camera3D,
    size: Size,
    x: float,
    y: float,
    cutaway: Cutaway = NOTHING_HIDDEN,
) -> Point | None:
    """Return the LPS point of the visible surface at pixel (x, y), None beside the body.

    Args:
        volume: the full-resolution volume.
        preset: how it is shown.
        camera: from where.
        size: width and height of the picture.
        x: pixels to the right of the middle of the top left pixel.
        y: pixels below it.
        cutaway: what is not shown; the ray goes on through it.
    """
    origin, direction = ray(camera, size, x, y)
    span = _inside(volume, origin, direction)
    if span is None:
        return None
    shown = preset.on(volume)
    step = step_mm(volume.frame) / _STEPS_PER_VOXEL
    depths = np.arange(span[0], span[1] + step, step)
    kept = _kept_back(volume, shown, cutaway, origin + depths[:, None] * direction, step)
    opaque = np.flatnonzero(kept >= _VISIBLE)
    if opaque.size == 0:
        return None
    first = int(opaque[0])
    before = float(kept[first - 1]) if first else 0.0
    passed = (float(depths[first]) - step, float(depths[first]))
    depth = _refine(volume, shown, cutaway, (origin, direction), passed, before)
    px, py, pz = origin + depth * direction
    return float(px), float(py), float(pz)


def _refine(  # noqa: PLR0913, PLR0917 -- what is marched through, and where
    volume: Volume,
    preset: Preset,
    cutaway: Cutaway,
    line: tuple[Floats, Floats],
    span: tuple[float, float],
    before: float,
) -> float:
    """Bisect the span of depths in which the threshold is passed.

    Light already kept back (`before`) counts; the opacity at the trial place stands for the part
    of the span that leads to it.
    """
    low, high = span
    for _ in range(_BISECTIONS):
        middle = (low + high) / 2
        point = line[0] + middle * line[1]
        here = _kept_back(volume, preset, cutaway, point[None], middle - span[0])[0]
        if before + (1 - before) * here >= _VISIBLE:
            high = middle
        else:
            low = middle
    return high


def _kept_back(
    volume: Volume, preset: Preset, cutaway: Cutaway, points_mm: Floats, step: float
) -> NDArray[np.float64]:
    """Return the accumulated opacity after each of (n, 3) points, `step` mm apart."""
    per_mm = preset.opacity_per_mm(linear_values(volume, points_mm))
    if preset.gradient:
        per_mm *= preset.share_left(_difference(volume, points_mm))
    per_mm[cutaway.covers(points_mm)] = 0.0
    passing = (1.0 - np.clip(per_mm, 0, 0.9999)) ** step
    return np.asarray(1.0 - np.cumprod(passing), dtype=np.float64)


def _difference(volume: Volume, points_mm: Floats) -> Floats:
    """Return by how much neighbouring voxels differ at (n, 3) LPS points (central differences)."""
    squares = np.zeros(len(points_mm))
    for axis in range(3):
        step = volume.frame.affine[:3, axis]
        after, before = (linear_values(volume, points_mm + sign * step) for sign in (1, -1))
        squares += ((after - before) / 2) ** 2
    return np.sqrt(squares)


def linear_values(volume: Volume, points_mm: Floats) -> NDArray[np.float64]:
    """Return the linearly interpolated values at (n, 3) LPS points within the grid.

    Points up to half a voxel outside take the value of the rim.
    """
    index = volume.frame.to_index(points_mm)
    last = np.array(volume.frame.shape[::-1]) - 1
    index = np.clip(index, 0, last)
    low = np.minimum(np.floor(index).astype(np.intp), np.maximum(last - 1, 0))
    share = index - low
    high = np.minimum(low + 1, last)
    total = np.zeros(len(index))
    for corner in range(8):
        upper = [(corner >> axis) & 1 for axis in range(3)]
        at = [high[:, axis] if upper[axis] else low[:, axis] for axis in range(3)]
        weights = [share[:, axis] if upper[axis] else 1 - share[:, axis] for axis in range(3)]
        values = volume.voxels[at[2], at[1], at[0]].astype(np.float64)
        total += values * weights[0] * weights[1] * weights[2]
    return total


def visible_points(volume: Volume, preset: Preset) -> Floats:
    """Return (n, 3) LPS mm round everything the preset shows, to fit a camera to it.

    Of each row of voxels the first and the last that is shown: what lies between them is in no
    view further out. Where nothing is shown, the corners of the grid.
    """
    stride = [max(n // 64, 1) for n in volume.frame.shape]
    thinned = np.ascontiguousarray(volume.voxels[:: stride[0], :: stride[1], :: stride[2]])
    shown = preset.on(volume).opacity_per_mm(thinned) > _SEEN_PER_MM
    k, j = np.nonzero(shown.any(axis=2))
    if len(k) == 0:
        return volume.frame.corners_mm
    rows = shown[k, j]
    first, last = rows.argmax(axis=1), rows.shape[1] - 1 - rows[:, ::-1].argmax(axis=1)
    ends = [np.stack([i * stride[2], j * stride[1], k * stride[0]], axis=1) for i in (first, last)]
    return volume.frame.to_lps(np.concatenate(ends))


def _inside(volume: Volume, origin: Floats, direction: Floats) -> tuple[float, float] | None:
    """Return the depths in mm between which the ray is in the grid (slab method)."""
    inverse = volume.frame.index_from_lps[:3, :3]
    start, along = volume.frame.to_index(origin), inverse @ direction
    first, last = 0.0, np.inf
    for axis, n in enumerate(volume.frame.shape[::-1]):
        if abs(along[axis]) < 1e-12:
            if not 0 <= start[axis] <= n - 1:
                return None
            continue
        near, far = sorted(((0 - start[axis]) / along[axis], (n - 1 - start[axis]) / along[axis]))
        first, last = max(first, near), min(last, far)
    return (float(first), float(last)) if first < last else None
