"""What is compiled at the start draws every slice and slab: nothing is compiled in a window."""

from __future__ import annotations

from concurrent.futures import ProcessPoolExecutor
from itertools import product
from math import pi
from multiprocessing import get_context

import numpy as np
import pytest

from viewer.render import aligned, oblique
from viewer.render.slice_camera import SliceCamera
from viewer.render.slice_view import SliceRenderer
from viewer.render.warm import warm
from virtopsy.geometry.frame import Frame
from virtopsy.geometry.plane import Plane
from virtopsy.geometry.turn import STRAIGHT, Turn
from virtopsy.imaging.slab import Projection, Slab
from virtopsy.imaging.volume import Volume
from virtopsy.imaging.voxels import KINDS

_OBLIQUE = STRAIGHT.about((0, 0, 1), 0.4).about((1, 0, 0), -0.7)
_UPRIGHT = [STRAIGHT, *(STRAIGHT.about(axis, pi / 2) for axis in np.eye(3).tolist())]
_SLABS = (None, Slab(Projection.MEAN, 12.0))
_SIDES = (9, 40)  # pixels; a slab with so few takes its voxels singly
_GAPS = ((), (1,), (7,))


def known() -> list[int]:
    """How many ways of calling each loop are compiled."""
    return [len(loop.signatures) for loop in (aligned._draw, oblique._draw)]


def volume_of(kind: type[np.generic], gaps: tuple[int, ...]) -> Volume:
    voxels = np.random.default_rng(5).integers(0, 1800, (40, 44, 48)).astype(kind)
    frame = Frame.of(voxels.shape, origin_mm=(-20, 30, -70), spacing_mm=(0.9, 1.1, 1.6))
    return Volume(voxels, frame, gaps=gaps)


def drawn(kind: type[np.generic]) -> tuple[list[int], list[int]]:
    """What is known after the start and what after every picture; for a fresh process."""
    warm(kind)
    before = known()
    for gaps in _GAPS:
        volume = volume_of(kind, gaps)
        renderer = SliceRenderer(volume)
        turns: list[Turn] = [*_UPRIGHT, _OBLIQUE]
        for turn, plane, side in product(turns, Plane, _SIDES):
            camera = SliceCamera.fit(volume.frame, plane, volume.frame.centre_mm, side, side, turn)
            for slab, smooth, every in product(_SLABS, (True, False), (1, 3)):
                renderer.values(camera, slab, smooth=smooth, every=every)
    return before, known()


@pytest.mark.parametrize("kind", KINDS)
def test_what_was_compiled_at_the_start_draws_every_picture(kind: type[np.generic]) -> None:
    """A loop that is compiled anew, for arrays that lie otherwise, silences the window seconds."""
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as fresh:
        before, after = fresh.submit(drawn, kind).result(timeout=120)
    assert before == after
    assert all(before)
