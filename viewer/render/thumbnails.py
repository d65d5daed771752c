"""Small pictures of one volume, one for each preset it can be shown by."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TypeAlias

import numpy as np

from viewer.render.picking import visible_points
from viewer.render.reduced import factors_for, reduce
from viewer.render.volume_view import Picture, VolumeView
from virtopsy.errors import Bug
from virtopsy.geometry.camera import Size, fit_view
from virtopsy.geometry.frame import Frame
from virtopsy.imaging.preset import Preset
from virtopsy.imaging.volume import Volume

SIZE: Size = (96, 72)
Check: TypeAlias = Callable[[], None]
_VOXELS = 700_000
_READ_VOXELS = 6_000_000  # every nth voxel of a large volume is enough for a picture this small
_FINER = 2  # rendered this much larger and averaged: thin bone does not break into dots
_FROM = (25.0, 8.0)  # a little from the person's left and above: depth is seen


def thumbnails(
    volume: Volume, presets: Iterable[Preset], size: Size = SIZE, check: Check = lambda: None
) -> dict[str, Picture]:
    """Return a picture of the volume for each preset that fits it, by the preset's name.

    Made from a tiny copy in a window of its own, all in the calling thread: a fraction of a
    second once.

    Args:
        volume: what is shown.
        presets: shipped ones or edited ones.
        size: width and height, pixels.
        check: called before each picture; it may raise `Cancelled`.
    """
    fitting = [one for one in presets if one.fits(volume.quantity)]
    if not fitting:
        return {}
    tiny = _tiny(volume)
    view = VolumeView(tiny, (_FINER * size[0], _FINER * size[1]), preset=fitting[0])
    pictures: dict[str, Picture] = {}
    try:
        for preset in fitting:
            check()
            view.set_preset(preset)
            points = visible_points(tiny, preset)
            picture = view.picture(fit_view(points, _FROM, aspect=size[0] / size[1]))
            if picture is None:
                raise Bug("a picture without a stop was stopped")
            pictures[preset.name] = _averaged(picture)
    finally:
        view.close()
    return pictures


def _tiny(volume: Volume) -> Volume:
    strides = factors_for(volume.frame, _READ_VOXELS)
    thinned = _thinned(volume, strides)
    return reduce(thinned, factors_for(thinned.frame, _VOXELS))


def _thinned(volume: Volume, strides: tuple[int, int, int]) -> Volume:
    """Return every nth voxel along (i, j, k)."""
    i, j, k = strides
    affine = volume.frame.affine.copy()
    affine[:3, :3] = affine[:3, :3] * np.array(strides)
    voxels = np.ascontiguousarray(volume.voxels[::k, ::j, ::i])
    return Volume(voxels, Frame(affine, voxels.shape), volume.quantity, volume.identity)


def _averaged(picture: Picture) -> Picture:
    height, width, _ = picture.shape
    blocks = picture.reshape(height // _FINER, _FINER, width // _FINER, _FINER, 3)
    averaged: Picture = np.rint(blocks.mean(axis=(1, 3))).astype(np.uint8)
    return averaged
