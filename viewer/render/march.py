"""Rays through a volume on the processor: compiled loops over plain arrays, nothing else.

Every function here is compiled by numba and holds no lock of Python's while it runs, so bands of
one picture are drawn by as many threads as there are cores. Places are indices (i, j, k), lengths
along a ray millimetres, all of them float32.

The volume is sampled with trilinear interpolation, composited front to back (Levoy 1988), lit by
the gradient at the sample (Phong 1975). Blocks in which nothing is visible are leapt over by their
chessboard distance to the next visible one (Cohen and Sheffer 1994). Where a ray comes out of
clear space the surface is found by bisection, and the samples behind it are counted from there:
steps counted from the eye would draw their own rings, like wood grain, on every steep surface.
"""

# Compiled loops: their length is their speed, and numba wants plain arguments.
# ruff: noqa: PLR0913, PLR0917, PLR0915, PLR0912, C901

from __future__ import annotations

from collections.abc import Callable
from math import floor, sqrt
from typing import Any, TypeAlias, TypeVar, cast

import numba
import numpy as np
from numpy.typing import NDArray

from virtopsy.compiled import compiled

F = TypeVar("F", bound=Callable[..., Any])
Singles = NDArray[np.float32]
Floats = NDArray[np.float64]
Bytes = NDArray[np.uint8]
Number: TypeAlias = Any  # float32 once compiled; the plain interpreter never comes here

_SHIFT = 2
BLOCK = 1 << _SHIFT  # voxels along an edge of the blocks that are leapt over
KNIFE = 2  # in the mask of what is hidden: by hand, and not because it is no part of the body
_OPAQUE = np.float32(0.985)  # what lies behind this much cannot be told from black
_FACED = np.float32(0.3)  # opacity of what is cut through, from which on it has a face
_DENSE = np.float32(0.5)  # opacity of a sample that counts alone, whatever lies before it
_CLEAR = np.float32(0.01)  # opacity of a sample below which a ray is still outside
_FAINT = np.float32(0.002)  # share of the picture below which a sample is not lit
_BISECTIONS = 4
_FACE = np.float32(500)  # HU a mm: the gradient of a surface that noise does not turn
_FADING = np.float32(0.5)  # share of a gradient that still counts one step further in
_ZERO, _HALF, _ONE, _TWO = np.float32(0), np.float32(0.5), np.float32(1), np.float32(2)
FAR = np.float32(3.0e38)  # no infinity: what is compiled may take for granted that there is none


def _inlined(function: F) -> F:
    made = numba.njit(nogil=True, fastmath=True, error_model="numpy")(function)
    return cast("F", made)


@compiled
def block_ranges(voxels: NDArray[Any], low: NDArray[Any], high: NDArray[Any]) -> None:
    """Write the smallest and largest value that interpolation meets in each block.

    Args:
        voxels: (k, j, i).
        low: (blocks along k, j, i) of the same dtype, written to.
        high: likewise. A block's range takes in the first voxels of the next one, because samples
            between the two use them.
    """
    depth, rows, columns = voxels.shape
    for bk in range(low.shape[0]):
        for bj in range(low.shape[1]):
            for bi in range(low.shape[2]):
                least = voxels[bk * BLOCK, bj * BLOCK, bi * BLOCK]
                most = least
                for k in range(bk * BLOCK, min((bk + 1) * BLOCK + 1, depth)):
                    for j in range(bj * BLOCK, min((bj + 1) * BLOCK + 1, rows)):
                        for i in range(bi * BLOCK, min((bi + 1) * BLOCK + 1, columns)):
                            value = voxels[k, j, i]
                            least = min(least, value)
                            most = max(most, value)
                low[bk, bj, bi] = least
                high[bk, bj, bi] = most


@_inlined
def _sample(voxels: NDArray[Any], x: Number, y: Number, z: Number) -> Number:
    """Trilinear value; the place lies between the outermost voxel centres, below the last."""
    i, j, k = int(x), int(y), int(z)
    fx, fy, fz = x - np.float32(i), y - np.float32(j), z - np.float32(k)
    a, b = np.float32(voxels[k, j, i]), np.float32(voxels[k, j, i + 1])
    c, d = np.float32(voxels[k, j + 1, i]), np.float32(voxels[k, j + 1, i + 1])
    e, f = np.float32(voxels[k + 1, j, i]), np.float32(voxels[k + 1, j, i + 1])
    g, h = np.float32(voxels[k + 1, j + 1, i]), np.float32(voxels[k + 1, j + 1, i + 1])
    a += (b - a) * fx
    c += (d - c) * fx
    e += (f - e) * fx
    g += (h - g) * fx
    a += (c - a) * fy
    e += (g - e) * fy
    return a + (e - a) * fz


@_inlined
def _away(hidden: Bytes, x: Number, y: Number, z: Number) -> Number:
    """Share of a place that is hidden, 0..1, interpolated as values are."""
    i, j, k = int(x), int(y), int(z)
    fx, fy, fz = x - np.float32(i), y - np.float32(j), z - np.float32(k)
    total = _ZERO
    for n in range(8):
        dx, dy, dz = n & 1, (n >> 1) & 1, n >> 2
        if hidden[k + dz, j + dy, i + dx] > 0:
            total += (
                (fx if dx else _ONE - fx) * (fy if dy else _ONE - fy) * (fz if dz else _ONE - fz)
            )
    return total


@_inlined
def _kept(value: Number, most: Number) -> Number:
    return min(max(value, _ZERO), most)


@_inlined
def _entry(value: Number, scale: Singles, last: int) -> int:
    """Return the row of the table of opacity and colour that a value has."""
    return min(max(int((value - scale[0]) * scale[1] + _HALF), 0), last)


@_inlined
def way_out(place: Number, block: int, inverse: Number) -> Number:
    """Return the mm along a ray from a place in a block to where it leaves it along one axis.

    Args:
        place: coordinate along the axis, voxels.
        block: number of the block along the axis.
        inverse: mm a voxel along the axis, with the sign of the ray; very large and positive where
            the ray runs across the axis, which it never leaves the block by.
    """
    end = block + 1 if inverse > _ZERO else block
    return (np.float32(end * BLOCK) - place) * inverse


@compiled
def draw_rows(
    voxels: NDArray[Any],
    leap: Bytes,
    hidden: Bytes,
    planes: Singles,
    view: Singles,
    lens: Singles,
    table: Singles,
    sums: Floats,
    scale: Singles,
    steep: Singles,
    to_lps: Singles,
    lights: Singles,
    material: Singles,
    layer_depth: Singles,
    layer_colour: Singles,
    background: Singles,
    first: int,
    last: int,
    picture: Bytes,
    depth: Singles,
    cut: Bytes,
) -> None:
    """Draw the rows `first` to `last` of a picture.

    Args:
        voxels: (k, j, i), at least two along each axis.
        leap: (blocks), chessboard distance in blocks to the next with anything visible, 0 there.
        hidden: (k, j, i), 0 where a voxel is shown, `KNIFE` where it was cut away by hand, 1 where
            it is hidden otherwise; of shape (1, 1, 1) nothing is hidden.
        planes: (n, 4), what lies where a i + b j + c k + d > 0 is not shown.
        view: (4, 3) index space: the eye, the line of sight through pixel (0, 0), what a column
            and what a row add to it. A parallel camera adds them to the eye instead.
        lens: (column and row of the middle, 1 / focal length in pixels or 0 where parallel, step
            in mm).
        table: (n, 4): red, green, blue 0..1 and the opacity of one step.
        sums: (n + 1, 4), what the rows before each add up to: colour times opacity, and opacity.
        scale: (value of the first row of the table, rows a unit).
        steep: (m,), factor of the opacity by the difference of neighbouring voxels; m = 0: none.
        to_lps: (3, 3), the gradient in index space becomes one in the patient, (value / mm).
        lights: (n, 7), unit direction towards it, intensity, unit vector half way to the eye; LPS.
        material: ambient, diffuse, specular, specular power.
        layer_depth: (h, w, layers), mm along the ray of what else is drawn, ascending.
        layer_colour: (h, w, layers, 4), its colour and opacity.
        background: (3,) red, green, blue 0..1.
        first: row to begin with.
        last: row to end before.
        picture: (h, w, 3), written to.
        depth: (h, w), written to: mm along the ray to where half of the light is kept back,
            `FAR` where that is nowhere.
        cut: (h, w), written to: 1 where something solid was cut away by hand before what is seen,
            or its cut face is seen.
    """
    nk, nj, ni = voxels.shape
    most_x = np.float32(ni - 1) - np.float32(1e-3)
    most_y = np.float32(nj - 1) - np.float32(1e-3)
    most_z = np.float32(nk - 1) - np.float32(1e-3)
    cuts = hidden.shape[0] > 1
    parallel = lens[2] == _ZERO
    step, rows_of_table = lens[3], table.shape[0] - 1
    for y in range(first, last):
        for x in range(picture.shape[1]):
            # the ray: o + t u, t in mm
            column, row = np.float32(x), np.float32(y)
            ox, oy, oz = view[0, 0], view[0, 1], view[0, 2]
            ux, uy, uz = view[1, 0], view[1, 1], view[1, 2]
            if parallel:
                ox += column * view[2, 0] + row * view[3, 0]
                oy += column * view[2, 1] + row * view[3, 1]
                oz += column * view[2, 2] + row * view[3, 2]
            else:
                ux += column * view[2, 0] + row * view[3, 0]
                uy += column * view[2, 1] + row * view[3, 1]
                uz += column * view[2, 2] + row * view[3, 2]
                across, along = (column - lens[0]) * lens[2], (row - lens[1]) * lens[2]
                unit = _ONE / sqrt(_ONE + across * across + along * along)
                ux *= unit
                uy *= unit
                uz *= unit
            ix = _ONE / ux if abs(ux) > np.float32(1e-9) else np.float32(1e9)
            iy = _ONE / uy if abs(uy) > np.float32(1e-9) else np.float32(1e9)
            iz = _ONE / uz if abs(uz) > np.float32(1e-9) else np.float32(1e9)

            # from where to where it runs through what is shown (slabs, Kay and Kajiya 1986)
            start, end = _ZERO, FAR
            one, two = -ox * ix, (most_x - ox) * ix
            start, end = max(start, min(one, two)), min(end, max(one, two))
            one, two = -oy * iy, (most_y - oy) * iy
            start, end = max(start, min(one, two)), min(end, max(one, two))
            one, two = -oz * iz, (most_z - oz) * iz
            start, end = max(start, min(one, two)), min(end, max(one, two))
            # The end of the scan is the face of a cut as well: it has no gradient of its own.
            sawn, flat, opened = True, False, False
            for n in range(planes.shape[0]):
                above = planes[n, 0] * ox + planes[n, 1] * oy + planes[n, 2] * oz + planes[n, 3]
                rise = planes[n, 0] * ux + planes[n, 1] * uy + planes[n, 2] * uz
                if abs(rise) < np.float32(1e-9):
                    if above > _ZERO:
                        end = -_ONE
                elif rise > _ZERO:
                    end = min(end, -above / rise)
                elif -above / rise > start:
                    start, flat = -above / rise, True

            red, green, blue, kept = _ZERO, _ZERO, _ZERO, _ZERO
            hx, hy, hz = _ZERO, _ZERO, _ZERO  # what is left of the gradients since the surface
            found = FAR
            layer, layers = 0, layer_depth.shape[2]
            steepest = max(abs(ux), abs(uy), abs(uz))
            t, before, clear = start, start, True
            passed = -1  # row of the table one step before; -1: nothing was sampled there
            while t < end and kept < _OPAQUE:
                px, py, pz = (
                    _kept(ox + t * ux, most_x),
                    _kept(oy + t * uy, most_y),
                    _kept(oz + t * uz, most_z),
                )
                bi, bj, bk = int(px) >> _SHIFT, int(py) >> _SHIFT, int(pz) >> _SHIFT
                away = leap[bk, bj, bi]
                if away > 0 and passed < 0:
                    out = min(way_out(px, bi, ix), way_out(py, bj, iy), way_out(pz, bk, iz))
                    out += np.float32((away - 1) * BLOCK) / steepest
                    t += max(out, _ZERO) + np.float32(0.05) * step
                    before, clear, sawn = t, True, False
                    continue
                # Where nothing of a block is seen one more place is looked at: what lies between?
                onward = step if away == 0 else _ZERO
                value = _sample(voxels, px, py, pz)
                entry = _entry(value, scale, rows_of_table)
                opacity = table[entry, 3]
                r, g, b = table[entry, 0], table[entry, 1], table[entry, 2]
                if cuts and _away(hidden, px, py, pz) > _HALF:
                    if opacity > _FACED and kept < _HALF:
                        near_k, near_j, near_i = int(pz + _HALF), int(py + _HALF), int(px + _HALF)
                        opened = opened or hidden[near_k, near_j, near_i] == KNIFE
                    # A face only where something that would be seen is cut: where air is hidden
                    # before the skin, the skin keeps its own relief.
                    t += onward
                    before, clear, sawn = t, True, opacity > _FACED
                    passed = entry if away == 0 and not sawn else -1
                    continue
                if flat and t == start and opacity > _FACED:
                    opened = True
                solid, back = opacity > _CLEAR, _ZERO
                if passed >= 0 and opacity < _DENSE and not (clear and solid):
                    # Values run evenly from the last sample to this one: all of them count, by the
                    # share of the way they take up (pre-integration, Engel, Kraus, Ertl 2001).
                    low, high = min(entry, passed), max(entry, passed) + 1
                    total = sums[high, 3] - sums[low, 3]
                    if high - low > 1 and total > 0.0:
                        opacity = np.float32(total / (high - low))
                        r = np.float32((sums[high, 0] - sums[low, 0]) / total)
                        g = np.float32((sums[high, 1] - sums[low, 1]) / total)
                        b = np.float32((sums[high, 2] - sums[low, 2]) / total)
                        back = _HALF * step  # lit in the middle of that way
                passed = entry if away == 0 else -1
                if opacity <= _CLEAR and clear:
                    if opacity <= _ZERO:
                        before = t
                        t += onward
                        sawn = False
                        continue
                elif clear and solid:
                    near, far = before, t
                    for _ in range(_BISECTIONS):
                        middle = (near + far) * _HALF
                        value = _sample(
                            voxels,
                            _kept(ox + middle * ux, most_x),
                            _kept(oy + middle * uy, most_y),
                            _kept(oz + middle * uz, most_z),
                        )
                        if table[_entry(value, scale, rows_of_table), 3] > _CLEAR:
                            far = middle
                        else:
                            near = middle
                    if far < t:
                        t = far
                        px, py, pz = (
                            _kept(ox + t * ux, most_x),
                            _kept(oy + t * uy, most_y),
                            _kept(oz + t * uz, most_z),
                        )
                        entry = _entry(_sample(voxels, px, py, pz), scale, rows_of_table)
                        opacity, passed = table[entry, 3], entry
                        r, g, b = table[entry, 0], table[entry, 1], table[entry, 2]
                    clear, hx, hy, hz = False, _ZERO, _ZERO, _ZERO
                elif opacity <= _ZERO:
                    before, clear, sawn = t, True, False
                    t += onward
                    continue

                while layer < layers and layer_depth[y, x, layer] <= t:
                    share = (_ONE - kept) * layer_colour[y, x, layer, 3]
                    red += share * layer_colour[y, x, layer, 0]
                    green += share * layer_colour[y, x, layer, 1]
                    blue += share * layer_colour[y, x, layer, 2]
                    kept += share
                    layer += 1

                share = (_ONE - kept) * opacity
                if share > _FAINT:
                    if back > _ZERO:
                        px = _kept(ox + (t - back) * ux, most_x)
                        py = _kept(oy + (t - back) * uy, most_y)
                        pz = _kept(oz + (t - back) * uz, most_z)
                    gx = _sample(voxels, min(px + _ONE, most_x), py, pz) - _sample(
                        voxels, max(px - _ONE, _ZERO), py, pz
                    )
                    gy = _sample(voxels, px, min(py + _ONE, most_y), pz) - _sample(
                        voxels, px, max(py - _ONE, _ZERO), pz
                    )
                    gz = _sample(voxels, px, py, min(pz + _ONE, most_z)) - _sample(
                        voxels, px, py, max(pz - _ONE, _ZERO)
                    )
                    if steep.shape[0] > 0:
                        change = sqrt(gx * gx + gy * gy + gz * gz) * _HALF
                        share *= steep[int(min(change, np.float32(steep.shape[0] - 1)))]
                    lx = to_lps[0, 0] * gx + to_lps[0, 1] * gy + to_lps[0, 2] * gz
                    ly = to_lps[1, 0] * gx + to_lps[1, 1] * gy + to_lps[1, 2] * gz
                    lz = to_lps[2, 0] * gx + to_lps[2, 1] * gy + to_lps[2, 2] * gz
                    # Right behind a surface, on the crest of a thin plate, values rise no more: the
                    # gradient there is noise, and alone would darken the plate in flecks.
                    lx, ly, lz = lx + hx, ly + hy, lz + hz
                    hx, hy, hz = lx * _FADING, ly * _FADING, lz * _FADING
                    size = sqrt(lx * lx + ly * ly + lz * lz)
                    bright, shine = material[0], _ZERO
                    if sawn:
                        bright += material[1] * np.float32(0.9)
                        # What lies right behind the face is lit as a face that looks at the lights.
                        hx, hy, hz = _ZERO, _ZERO, _ZERO
                        for n in range(lights.shape[0]):
                            hx -= lights[n, 0] * lights[n, 3] * _FACE
                            hy -= lights[n, 1] * lights[n, 3] * _FACE
                            hz -= lights[n, 2] * lights[n, 3] * _FACE
                    elif size > np.float32(1e-3):
                        for n in range(lights.shape[0]):
                            facing = lx * lights[n, 0] + ly * lights[n, 1] + lz * lights[n, 2]
                            if facing < _ZERO:  # values fall towards the light
                                bright -= material[1] * lights[n, 3] * facing / size
                                half = lx * lights[n, 4] + ly * lights[n, 5] + lz * lights[n, 6]
                                if half < _ZERO:
                                    shine += lights[n, 3] * (-half / size) ** material[3]
                    shine *= material[2]
                    red += share * (r * bright + shine)
                    green += share * (g * bright + shine)
                    blue += share * (b * bright + shine)
                    kept += share
                sawn = False
                if found == FAR and kept >= np.float32(0.4):
                    found = t
                before = t
                t += onward

            while layer < layers and layer_depth[y, x, layer] < FAR and kept < _OPAQUE:
                share = (_ONE - kept) * layer_colour[y, x, layer, 3]
                red += share * layer_colour[y, x, layer, 0]
                green += share * layer_colour[y, x, layer, 1]
                blue += share * layer_colour[y, x, layer, 2]
                kept += share
                layer += 1
            left = max(_ONE - kept, _ZERO)
            if kept >= _OPAQUE:
                left = _ZERO
            full = np.float32(255)
            picture[y, x, 0] = np.uint8(
                floor(_kept(red + left * background[0], _ONE) * full + _HALF)
            )
            picture[y, x, 1] = np.uint8(
                floor(_kept(green + left * background[1], _ONE) * full + _HALF)
            )
            picture[y, x, 2] = np.uint8(
                floor(_kept(blue + left * background[2], _ONE) * full + _HALF)
            )
            depth[y, x] = found
            cut[y, x] = 1 if opened else 0


@compiled
def draw_triangles(
    corners: Singles,
    colours: Singles,
    lens: Singles,
    layer_depth: Singles,
    layer_colour: Singles,
) -> None:
    """Put triangles into the layers of a picture, each pixel's nearest first.

    Args:
        corners: (n, 3, 3): column, row and depth along the line of sight in mm of each corner,
            all before the eye.
        colours: (n, 3, 4): red, green, blue, opacity of each corner.
        lens: as in `draw_rows`.
        layer_depth: (h, w, layers), mm along the ray, infinite where empty; written to, ascending.
        layer_colour: (h, w, layers, 4), written to.
    """
    rows, columns, layers = layer_depth.shape
    parallel = lens[2] == _ZERO
    for n in range(corners.shape[0]):
        ax, ay, az = corners[n, 0, 0], corners[n, 0, 1], corners[n, 0, 2]
        bx, by, bz = corners[n, 1, 0], corners[n, 1, 1], corners[n, 1, 2]
        cx, cy, cz = corners[n, 2, 0], corners[n, 2, 1], corners[n, 2, 2]
        area = (bx - ax) * (cy - ay) - (cx - ax) * (by - ay)
        if abs(area) < np.float32(1e-9):
            continue
        top, low = max(floor(min(ay, by, cy)), 0), min(int(max(ay, by, cy)) + 2, rows)
        left, right = max(floor(min(ax, bx, cx)), 0), min(int(max(ax, bx, cx)) + 2, columns)
        for y in range(top, low):
            for x in range(left, right):
                fx, fy = np.float32(x), np.float32(y)
                v = ((fx - ax) * (cy - ay) - (cx - ax) * (fy - ay)) / area
                w = ((bx - ax) * (fy - ay) - (fx - ax) * (by - ay)) / area
                u = _ONE - v - w
                if min(u, v, w) < _ZERO:
                    continue
                if parallel:
                    far = u * az + v * bz + w * cz
                else:
                    # Reciprocal depths and what is divided by them run evenly over a picture.
                    u, v, w = u / az, v / bz, w / cz
                    depth = _ONE / (u + v + w)
                    u, v, w = u * depth, v * depth, w * depth
                    across, along = (fx - lens[0]) * lens[2], (fy - lens[1]) * lens[2]
                    far = depth * sqrt(_ONE + across * across + along * along)
                place = 0
                while place < layers and layer_depth[y, x, place] <= far:
                    place += 1
                if place == layers:
                    continue
                for other in range(layers - 1, place, -1):
                    layer_depth[y, x, other] = layer_depth[y, x, other - 1]
                    for channel in range(4):
                        layer_colour[y, x, other, channel] = layer_colour[y, x, other - 1, channel]
                layer_depth[y, x, place] = far
                for channel in range(4):
                    layer_colour[y, x, place, channel] = (
                        u * colours[n, 0, channel]
                        + v * colours[n, 1, channel]
                        + w * colours[n, 2, channel]
                    )
