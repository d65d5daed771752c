"""Glyphs as layers of a picture: what the processor's rays meet on their way.

A pixel keeps its nearest few surfaces in order, so that translucent glyphs show what is behind
them whatever the order they were drawn in (Carpenter 1984).
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray
from vtkmodules.util.numpy_support import vtk_to_numpy
from vtkmodules.vtkFiltersCore import vtkTriangleFilter

from viewer.render import march
from viewer.render.scene import GHOST, Glyph
from virtopsy.geometry.camera import Camera3D, Size
from virtopsy.geometry.frame import Floats
from virtopsy.imaging.preset import rgb

Layers: TypeAlias = tuple[march.Singles, march.Singles]

_KEPT = 6
_AMBIENT, _DIFFUSE = 0.35, 0.75
_NEAREST_MM = 1.0
_REMEMBERED = 256


def empty_layers(size: Size) -> Layers:
    """Return the layers of a picture in which nothing but the volume is drawn."""
    width, height = size
    return (np.empty((height, width, 0), np.float32), np.empty((height, width, 0, 4), np.float32))


def draw_glyphs(
    glyphs: Sequence[Glyph], camera: Camera3D, size: Size, lens: march.Singles, start_mm: Floats
) -> Layers:
    """Return depth and colour of the glyphs' surfaces in a picture.

    Args:
        glyphs: what is drawn.
        camera: from where.
        size: width and height, pixels.
        lens: as `march.draw_rows` wants it.
        start_mm: LPS point from which lengths along the rays are counted.
    """
    width, height = size
    depth = np.full((height, width, _KEPT), np.inf, np.float32)
    colour = np.zeros((height, width, _KEPT, 4), np.float32)
    for glyph in glyphs:
        corners, normals = _triangles(glyph)
        places = _places(corners, camera, size, start_mm)
        seen = camera.parallel | (places[..., 2] > _NEAREST_MM).all(axis=1)
        shaded = _shaded(normals[seen], camera, rgb(glyph.colour), glyph.opacity)
        march.draw_triangles(places[seen], shaded, lens, depth, colour)
    return depth, colour


def ghost(picture: NDArray[np.uint8], depth: march.Singles, colour: march.Singles) -> None:
    """Lay the nearest surface of the glyphs faintly over a picture, through bone and flesh."""
    if depth.shape[2] == 0:
        return
    there = np.isfinite(depth[..., 0])
    nearest = colour[there, 0]
    share = GHOST * nearest[:, 3:]
    picture[there] = picture[there] * (1 - share) + 255 * share * nearest[:, :3]


@lru_cache(maxsize=_REMEMBERED)  # sixty fragments are not built anew for every moving picture
def _triangles(glyph: Glyph) -> tuple[Floats, Floats]:
    """Return (n, 3, 3) corners, LPS mm, and the unit normals there."""
    triangles = vtkTriangleFilter()
    triangles.SetInputData(glyph.surface())
    triangles.PassLinesOff()
    triangles.PassVertsOff()
    triangles.Update()
    made = triangles.GetOutput()
    # vtkmodules.util carries no annotations
    points = vtk_to_numpy(made.GetPoints().GetData())  # type: ignore[no-untyped-call]
    normals = vtk_to_numpy(made.GetPointData().GetNormals())  # type: ignore[no-untyped-call]
    cells = vtk_to_numpy(made.GetPolys().GetConnectivityArray())  # type: ignore[no-untyped-call]
    order = cells.reshape(-1, 3)
    return points[order].astype(np.float64), normals[order].astype(np.float64)


def _places(corners: Floats, camera: Camera3D, size: Size, start_mm: Floats) -> march.Singles:
    """Return column, row and depth along the rays of `march`, (n, 3, 3)."""
    right, up, sight = camera.axes
    offset = corners - start_mm
    deep = offset @ sight
    if camera.parallel:
        scale = np.full(deep.shape, size[1] / camera.height_mm)
    else:
        pixels = size[1] * camera.distance_mm / camera.height_mm
        scale = pixels / np.maximum(deep, _NEAREST_MM)
    places = np.stack(
        [
            (size[0] - 1) / 2 + offset @ right * scale,
            (size[1] - 1) / 2 - offset @ up * scale,
            deep,
        ],
        axis=-1,
    )
    return places.astype(np.float32)


def _shaded(
    normals: Floats, camera: Camera3D, colour: tuple[float, float, float], opacity: float
) -> march.Singles:
    """Return red, green, blue and opacity of each corner, lit from the reader's upper left."""
    right, up, sight = camera.axes
    towards = up * 0.6 - right * 0.45 - sight
    facing = np.abs(normals @ (towards / np.linalg.norm(towards)))
    bright = np.clip(_AMBIENT + _DIFFUSE * facing, 0, 1)[..., None]
    shaded = np.concatenate([bright * colour, np.full_like(bright, opacity)], axis=-1)
    return shaded.astype(np.float32)
