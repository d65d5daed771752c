"""Slices and slabs that lie obliquely in the grid: compiled loops, in bands on every core.

Each pixel is sampled at every depth of the slab and folded at once, so a thick slab costs no more
than its samples. The compiled code of this file uses no function of another one: what is kept on
disk for the next start is renewed only when its own file changes.
"""

from __future__ import annotations

from functools import partial
from math import floor
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from viewer.render.aligned import RIM, Part
from viewer.render.bands import Check, bands
from virtopsy.compiled import compiled
from virtopsy.geometry.frame import Floats
from virtopsy.imaging.slab import Projection
from virtopsy.imaging.voxels import Voxels

Singles: TypeAlias = NDArray[np.float32]
Counts: TypeAlias = NDArray[np.int32]
_RULES = {Projection.MIP: 0, Projection.MINIP: 1, Projection.MEAN: 2}
_RIM = 0.5 + RIM


def oblique_part(  # noqa: PLR0913 -- voxels, where they are cut, and how
    voxels: Voxels,
    index: Floats,
    box: tuple[int, int, int, int],
    depths_mm: Floats,
    projection: Projection,
    *,
    smooth: bool,
    check: Check | None = None,
) -> Part:
    """Return what of a picture lies in some voxels.

    Args:
        voxels: (k, j, i), a run of slices.
        index: (4, 4), maps (x, y, z, 1) of a pixel to (i, j, k, 1); z is mm behind the plane.
        box: (left, right, top, bottom) pixels that are looked at, without the last.
        depths_mm: (n,) mm behind the plane where it is sampled.
        projection: what becomes of several samples.
        smooth: interpolate linearly; else the nearest voxel stands for its surroundings.
        check: as of `bands`.
    """
    left, right, top, bottom = box
    values = np.empty((bottom - top, right - left), np.float32)
    counts = np.empty(values.shape, np.int32)
    lines = np.ascontiguousarray(index[:3], dtype=np.float64)

    def band(first: int, last: int) -> None:
        _draw(
            voxels,
            lines,
            depths_mm,
            _RULES[projection],
            smooth,
            left,
            top + first,
            values[first:last],
            counts[first:last],
        )

    bands(len(values), band, check)
    return Part(box, values, counts, counts > 0)


@partial(compiled, exact=True)
def _draw(  # noqa: PLR0913, PLR0917 -- a loop as numba wants it
    voxels: NDArray[Any],
    index: Floats,
    depths: Floats,
    rule: int,
    smooth: bool,
    left: int,
    top: int,
    values: Singles,
    counts: Counts,
) -> None:
    """Write the rows of a picture that begin with pixel (left, top), and how many samples each has.

    Args:
        voxels: (k, j, i).
        index: (3, 4), rows for i, j, k of the pixel (x, y, mm behind, 1).
        depths: (n,) mm behind the plane.
        rule: 0 the largest sample, 1 the smallest, 2 the mean.
        smooth: interpolate linearly.
        left: column of the first pixel.
        top: row of the first pixel.
        values: (rows, columns), written to.
        counts: likewise; 0 where no sample lies in the voxels.
    """
    nk, nj, ni = voxels.shape
    for row in range(values.shape[0]):
        for column in range(values.shape[1]):
            x, y = float(left + column), float(top + row)
            start_i = index[0, 0] * x + index[0, 1] * y + index[0, 3]
            start_j = index[1, 0] * x + index[1, 1] * y + index[1, 3]
            start_k = index[2, 0] * x + index[2, 1] * y + index[2, 3]
            found, count = 0.0, 0
            for n in range(depths.shape[0]):
                pi = start_i + index[0, 2] * depths[n]
                pj = start_j + index[1, 2] * depths[n]
                pk = start_k + index[2, 2] * depths[n]
                if (
                    pi < -_RIM
                    or pj < -_RIM
                    or pk < -_RIM
                    or pi > ni - 1 + _RIM
                    or pj > nj - 1 + _RIM
                    or pk > nk - 1 + _RIM
                ):
                    continue
                pi = min(max(pi, 0.0), ni - 1.0)
                pj = min(max(pj, 0.0), nj - 1.0)
                pk = min(max(pk, 0.0), nk - 1.0)
                if smooth:
                    i, j, k = int(pi), int(pj), int(pk)
                    i1, j1, k1 = min(i + 1, ni - 1), min(j + 1, nj - 1), min(k + 1, nk - 1)
                    fi, fj, fk = pi - i, pj - j, pk - k
                    a = voxels[k, j, i] + (float(voxels[k, j, i1]) - voxels[k, j, i]) * fi
                    b = voxels[k, j1, i] + (float(voxels[k, j1, i1]) - voxels[k, j1, i]) * fi
                    c = voxels[k1, j, i] + (float(voxels[k1, j, i1]) - voxels[k1, j, i]) * fi
                    d = voxels[k1, j1, i] + (float(voxels[k1, j1, i1]) - voxels[k1, j1, i]) * fi
                    a += (b - a) * fj
                    c += (d - c) * fj
                    value = a + (c - a) * fk
                else:
                    value = float(
                        voxels[
                            min(floor(pk + 0.5), nk - 1),
                            min(floor(pj + 0.5), nj - 1),
                            min(floor(pi + 0.5), ni - 1),
                        ]
                    )
                if count == 0:
                    found = value
                elif rule == 0:
                    found = max(found, value)
                elif rule == 1:
                    found = min(found, value)
                else:
                    found += value
                count += 1
            if rule == 2 and count > 1:
                found /= count
            values[row, column] = found
            counts[row, column] = count
