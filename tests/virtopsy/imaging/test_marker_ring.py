"""A ring round a wound tells its middle; nothing else is taken for a ring."""

from __future__ import annotations

import math

import numpy as np
import pytest

from virtopsy.errors import InputError
from virtopsy.geometry.frame import Floats, Frame
from virtopsy.imaging.marker_ring import ring_at
from virtopsy.imaging.volume import Quantity, Volume

_FRAME = Frame.of((50, 90, 90), origin_mm=(-31, -31, -25), spacing_mm=(0.7, 0.7, 1.0))


def _with_ring(
    centre: Floats, normal: Floats, radius: float, *, wire: float = 0.9, share: float = 1.0
) -> Volume:
    """A ring, or a share of one, drawn with partial volume."""
    helper = np.eye(3)[int(np.argmin(np.abs(normal)))]
    first = np.cross(normal, helper)
    first /= np.linalg.norm(first)
    second = np.cross(normal, first)
    turns = np.linspace(0, 2 * math.pi * share, 240)[:, None]
    line = centre + radius * (np.cos(turns) * first + np.sin(turns) * second)
    k, j, i = np.indices(_FRAME.shape)
    places = _FRAME.to_lps(np.stack((i, j, k), axis=-1)).reshape(-1, 3)
    near = np.linalg.norm(places - centre, axis=1) < radius + 4
    away = np.full(len(places), 99.0)
    away[near] = np.linalg.norm(places[near, None] - line[None], axis=2).min(axis=1)
    inside = np.clip((wire - away) / 0.8 + 0.5, 0, 1).reshape(_FRAME.shape)
    return Volume(np.rint(40 + 5000 * inside).astype(np.int16), _FRAME)


@pytest.mark.parametrize("seed", range(8))
def test_the_middle_of_a_ring_is_found_within_its_stated_scatter(seed: int) -> None:
    chance = np.random.default_rng(seed)
    normal = chance.standard_normal(3)
    normal /= np.linalg.norm(normal)
    centre, radius = chance.uniform(-5, 5, 3), float(chance.uniform(6, 12))
    volume = _with_ring(centre, normal, radius)
    x, y, z = (centre + chance.uniform(-2, 2, 3)).tolist()

    found = ring_at(volume, (x, y, z))

    off = np.subtract(found.centre_lps_mm, centre)
    assert np.linalg.norm(off) < 0.35
    assert (np.abs(off) < 4 * np.array(found.centre_sd_mm)).all()
    assert found.radius_mm == pytest.approx(radius, abs=0.3)
    assert abs(np.dot(found.normal, normal)) > 0.99


def test_an_arc_a_ball_and_nothing_are_no_ring() -> None:
    z = np.array([0.0, 0.0, 1.0])
    arc = _with_ring(np.zeros(3), z, 9.0, share=0.5)
    ball = _with_ring(np.zeros(3), z, 1.0, wire=4.0)
    nothing = Volume(np.zeros(_FRAME.shape, np.int16), _FRAME)
    for volume in (arc, ball, nothing):
        with pytest.raises(InputError) as told:
            ring_at(volume, (0.0, 0.0, 0.0))
        assert told.value.key == "ring.none"


def test_a_place_outside_of_the_ring_is_not_its_middle() -> None:
    volume = _with_ring(np.zeros(3), np.array([0.0, 0.0, 1.0]), 8.0)
    with pytest.raises(InputError):
        ring_at(volume, (14.0, 0.0, 0.0))


def test_values_that_are_no_hu_hold_no_ring() -> None:
    volume = Volume(np.zeros(_FRAME.shape, np.int16), _FRAME, Quantity.SIGNAL)
    with pytest.raises(InputError) as told:
        ring_at(volume, (0.0, 0.0, 0.0))
    assert told.value.key == "ring.no_hu"
