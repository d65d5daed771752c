"""What a graphics card can hold, and how much of a volume therefore becomes one voxel."""

from __future__ import annotations

from math import prod

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from viewer.render.card import Card, card_of
from viewer.render.engine import offscreen_window
from viewer.render.reduced import reduce
from virtopsy.geometry.frame import Frame
from virtopsy.imaging.volume import Volume


def volume(shape: tuple[int, int, int]) -> Volume:
    frame = Frame.of(shape, origin_mm=(0, 0, 0), spacing_mm=(1.0, 1.0, 1.5))
    return Volume(np.zeros(shape, np.int16), frame)


@given(
    shape=st.tuples(*[st.integers(1, 40)] * 3),
    edge=st.integers(1, 50),
    free=st.none() | st.integers(10, 200_000),
)
def test_what_is_drawn_fits_with_room_for_a_mask(
    shape: tuple[int, int, int], edge: int, free: int | None
) -> None:
    whole = volume(shape)
    factors = Card(edge, free).factors(whole)
    drawn = reduce(whole, factors)
    assert max(drawn.frame.shape) <= edge
    if free is not None and drawn.voxels.size > 1:
        assert drawn.voxels.nbytes + drawn.voxels.size <= 0.8 * free


@given(shape=st.tuples(*[st.integers(1, 40)] * 3))
def test_what_fits_is_drawn_whole(shape: tuple[int, int, int]) -> None:
    assert Card(40, 4 * prod(shape)).factors(volume(shape)) == (1, 1, 1)
    assert Card(40).factors(volume(shape)) == (1, 1, 1), "a card that does not tell is believed"


def test_the_renderer_of_this_machine_tells_its_limits() -> None:
    window = offscreen_window((8, 8))
    card = card_of(window)
    window.Finalize()
    assert card.edge >= 256, "the least that OpenGL 3.2 allows"
    assert card.free_bytes is None or card.free_bytes > 0
