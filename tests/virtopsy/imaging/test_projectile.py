"""The largest piece of metal, wherever it lies; small ones and those at the entry do not count."""

from __future__ import annotations

import math

import numpy as np

from virtopsy.geometry.frame import Frame
from virtopsy.imaging.projectile import in_metal, largest_metal
from virtopsy.imaging.volume import Volume

_ENTRY = (0.0, 0.0, 0.0)


def _volume(*balls: tuple[tuple[float, float, float], float]) -> Volume:
    frame = Frame.of((60, 70, 70), origin_mm=(-10, -10, -10), spacing_mm=(0.8, 0.8, 1.0))
    k, j, i = np.indices(frame.shape)
    places = frame.to_lps(np.stack([i, j, k], axis=-1))
    voxels = np.full(frame.shape, 40, np.int16)
    for centre, radius in balls:
        voxels[np.linalg.norm(places - np.array(centre), axis=-1) <= radius] = 3071
    return Volume(voxels, frame)


def test_the_largest_piece_is_found_where_it_lies() -> None:
    volume = _volume(((30, 20, 25), 4.0), ((10, 30, 30), 3.0))

    found = largest_metal(volume, _ENTRY)

    assert found is not None
    assert math.dist(found, (30, 20, 25)) < 0.4


def test_fragments_and_what_lies_at_the_entry_are_left_out() -> None:
    assert largest_metal(_volume(((30, 20, 25), 1.5), ((3, 2, 1), 4.0)), _ENTRY) is None


def test_a_point_lies_in_metal_or_it_does_not() -> None:
    volume = _volume(((30, 20, 25), 4.0), ((10, 30, 30), 1.2))

    assert in_metal(volume, (33.0, 21.0, 24.0))
    assert not in_metal(volume, (10.0, 30.0, 30.0))  # a fragment
    assert not in_metal(volume, (20.0, 5.0, 10.0))
