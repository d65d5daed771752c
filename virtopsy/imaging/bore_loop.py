"""The loop of the hole's model: what share of bone each voxel holds, and how that changes.

Compiled, because a fit asks for it seventy times, each time at a hundred thousand fine points.
"""

from __future__ import annotations

import math

import numpy as np

from virtopsy.compiled import compiled
from virtopsy.geometry.frame import Floats

_SURFACE = 6  # monomials of a table
_THINNEST_MM = 0.8
_FLATTEST = 0.15
_ROOT_HALF, _ROOT_TURN = math.sqrt(0.5), math.sqrt(2 * math.pi)
_NEAR_MM = 1e-3


def _fill(  # noqa: C901, PLR0913, PLR0915, PLR0917 -- one pass over all points; plain numbers
    at: Floats,
    w: Floats,
    a: Floats,
    b: Floats,
    s: Floats,
    p: Floats,
    nodes: Floats,
    lean_a: float,
    lean_b: float,
    upper_s: float,
    span: float,
    cone: bool,
    upper: Floats,
    lower: Floats,
    upper_centre: Floats,
    lower_centre: Floats,
    bone: Floats,
    slope: Floats,
    above: Floats,
) -> None:
    """Fill `bone` (voxels,), `slope` (voxels, 28) and `above` (voxels,); see `bore.occupied`.

    Args:
        at: (voxels, fine, 6) monomials.
        w: (voxels, fine) depth in the sheet, mm.
        a: (voxels, fine) across the track, mm.
        b: (voxels, fine) beside it, mm.
        s: (voxels, fine) along it, mm.
        p: (28,) parameters.
        nodes: depths of the circles.
        lean_a: how far across leans along w.
        lean_b: how far beside leans along w.
        upper_s: where the axis meets the outer table.
        span: from there to the inner one, mm.
        cone: the bevel is a cone about the track.
        upper: (6,) how the first meeting changes with the outer table.
        lower: (6,) how the second changes with the inner one.
        upper_centre: (2,) how the first changes with its circle's centre.
        lower_centre: (2,) how the second changes.
        bone: filled.
        slope: filled.
        above: filled.
    """
    count, last = at.shape[1], len(nodes) - 2
    blur = math.exp(p[27])
    for voxel in range(len(at)):
        held = deep = by_blur = up = low = 0.0
        row = slope[voxel]
        row[:] = 0.0
        for fine in range(count):
            place = at[voxel, fine]
            top = bottom = 0.0
            for n in range(_SURFACE):
                top += place[n] * p[n]
                bottom += place[n] * p[_SURFACE + n]
            thick = max(bottom - top, _THINNEST_MM)
            share = min(max((w[voxel, fine] - top) / thick, 0.0), 1.0)
            depth = (s[voxel, fine] - upper_s) / span if cone else share
            within = abs(depth - 0.5) < 1.5 if cone else 0.0 < depth < 1.0
            kept = min(max(depth, nodes[0]), nodes[-1])
            left = 0
            while left < last and kept >= nodes[left + 1]:
                left += 1
            width = nodes[left + 1] - nodes[left]
            second = (kept - nodes[left]) / width
            first = 1.0 - second
            one, other = 12 + 2 * left, 14 + 2 * left
            da = a[voxel, fine] - first * p[one] - second * p[other]
            db = b[voxel, fine] - first * p[one + 1] - second * p[other + 1]
            radius = first * p[22 + left] + second * p[23 + left]
            rho = max(math.hypot(da, db), _NEAR_MM)
            ta, tb = da / rho, db / rho
            lean = 0.0
            if within:
                change = p[23 + left] - p[22 + left]
                change += ta * (p[other] - p[one]) + tb * (p[other + 1] - p[one + 1])
                lean = -change / width / (span if cone else thick)
            askew = 0.0 if cone else ta * lean_a + tb * lean_b
            steep = math.sqrt(max(1.0 + lean * lean + 2.0 * lean * askew, _FLATTEST))
            x_out = (w[voxel, fine] - top) / blur
            x_in = (top + thick - w[voxel, fine]) / blur
            x_hole = (rho - radius) / (blur * steep)
            s_out = 0.5 * math.erfc(-x_out * _ROOT_HALF)
            s_in = 0.5 * math.erfc(-x_in * _ROOT_HALF)
            s_hole = 0.5 * math.erfc(-x_hole * _ROOT_HALF)
            by_out = math.exp(-0.5 * x_out * x_out) / _ROOT_TURN * s_in * s_hole / blur
            by_in = s_out * math.exp(-0.5 * x_in * x_in) / _ROOT_TURN * s_hole / blur
            by_hole = s_out * s_in * math.exp(-0.5 * x_hole * x_hole) / _ROOT_TURN / (blur * steep)
            by_share = 0.0 if cone else by_hole * lean
            to_top = -by_out - by_share * (1.0 - share)
            to_bottom = by_in - by_share * share
            for n in range(_SURFACE):
                row[n] += to_top * place[n]
                row[_SURFACE + n] += to_bottom * place[n]
            row[one] -= by_hole * ta * first
            row[one + 1] -= by_hole * tb * first
            row[other] -= by_hole * ta * second
            row[other + 1] -= by_hole * tb * second
            row[22 + left] -= by_hole * first
            row[23 + left] -= by_hole * second
            if cone:
                up -= by_hole * lean * (1.0 - depth)
                low -= by_hole * lean * depth
            by_blur -= (by_out * x_out + by_in * x_in + by_hole * steep * x_hole) * blur
            held += s_out * s_in * s_hole
            deep += share
        if cone:
            for n in range(_SURFACE):
                row[n] += up * upper[n]
                row[_SURFACE + n] += low * lower[n]
            for n in range(2):
                row[14 + n] += up * upper_centre[n]
                row[18 + n] += low * lower_centre[n]
        row[27] = by_blur
        for n in range(row.shape[0]):
            row[n] /= count
        bone[voxel], above[voxel] = held / count, deep / count


fill = compiled(_fill, exact=True)


def warm() -> None:
    """Compile the loop, or load it from where it was kept."""
    points = np.zeros((1, 1, _SURFACE))
    flat = np.zeros((1, 1))
    six, two, p = np.zeros(_SURFACE), np.zeros(2), np.zeros(28)
    p[_SURFACE], nodes = 5.0, np.array([-1.0, 0.0, 0.5, 1.0, 2.0])
    made = np.empty(1), np.empty((1, 28)), np.empty(1)
    fill(
        points,
        flat,
        flat,
        flat,
        flat,
        p,
        nodes,
        0.0,
        0.0,
        0.0,
        1.0,
        False,
        six,
        six,
        two,
        two,
        *made,
    )
