"""Slices pass by themselves at the pace of the clock, however slow the screen is."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from viewer.presenters.examine.cine import RATES, Cine
from viewer.presenters.examine.views import PLANES, Views
from virtopsy.geometry.frame import Frame
from virtopsy.imaging.volume import Volume

_SLICES = 8
_START = 3
_TIMES = st.lists(st.floats(0, 30), min_size=1, max_size=30).map(sorted)


def _views(slices: int = _SLICES) -> Views:
    views = Views()
    frame = Frame.of((slices, 5, 6), origin_mm=(0, 0, 0), spacing_mm=(1.0, 1.0, 2.0))
    views.show(Volume(np.zeros((slices, 5, 6), dtype=np.int16), frame))
    views.go((2.0, 2.0, 2.0 * min(_START, slices - 1)))
    return views


def _slice(views: Views) -> int:
    return round(views.position.now[2] / 2)


def _playing(rate: int = 10, *, begins_anew: bool = True) -> tuple[Views, Cine]:
    views, cine = _views(), Cine()
    cine.rate.set(rate)
    cine.round.set(begins_anew)
    cine.toggle(views, "axial")
    return views, cine


def test_at_ten_a_second_each_tenth_shows_the_next_slice() -> None:
    views, cine = _playing()
    seen = []
    for tenth in range(7):
        cine.tick(100 + tenth / 10)
        seen.append(_slice(views))
    assert seen == [3, 4, 5, 6, 7, 0, 1]


def test_without_beginning_anew_it_turns_back_at_both_ends() -> None:
    views, cine = _playing(begins_anew=False)
    seen = []
    for tenth in range(16):
        cine.tick(100 + tenth / 10)
        seen.append(_slice(views))
    assert seen == [3, 4, 5, 6, 7, 6, 5, 4, 3, 2, 1, 0, 1, 2, 3, 4]


@given(_TIMES, st.sampled_from(RATES), st.booleans())
def test_a_slow_screen_drops_slices_and_is_never_late(
    times: list[float], rate: int, begins_anew: bool
) -> None:
    slow_views, slow = _playing(rate, begins_anew=begins_anew)
    slow.tick(0.0)
    for moment in times:
        slow.tick(moment)
    fast_views, fast = _playing(rate, begins_anew=begins_anew)
    fast.tick(0.0)
    fast.tick(times[-1])
    assert slow_views.position.now == pytest.approx(fast_views.position.now)


@given(_TIMES, st.sampled_from(PLANES))
def test_what_moves_stays_on_the_line_through_the_crosshair_and_in_the_scan(
    times: list[float], plane: str
) -> None:
    views, cine = _views(), Cine()
    views.turn_about("coronal", 0.3)
    cine.toggle(views, plane)
    others = [views.along_mm(one) for one in PLANES if one != plane]
    for moment in times:
        cine.tick(moment)
        assert [views.along_mm(one) for one in PLANES if one != plane] == pytest.approx(others)
        assert views.volume.now is not None
        assert views.volume.now.frame.contains(views.position.now)


def test_the_same_key_lets_it_move_and_stops_it_where_it_is() -> None:
    views, cine = _playing()
    cine.tick(0.0)
    cine.tick(0.2)
    cine.toggle(views, "axial")
    assert cine.playing.now is None
    cine.tick(5.0)
    assert _slice(views) == _START + 2


def test_another_rate_goes_on_from_the_slice_that_is_shown() -> None:
    views, cine = _playing()
    cine.tick(0.0)
    cine.tick(0.2)
    cine.rate.set(20)
    cine.tick(0.3)
    assert _slice(views) == _START + 2
    cine.tick(0.35)
    assert _slice(views) == _START + 3


def test_faster_and_slower_end_at_the_ends_of_the_list() -> None:
    cine = Cine()
    for by, end in ((1, RATES[-1]), (-1, RATES[0])):
        for _ in RATES:
            cine.faster(by)
        assert cine.rate.now == end


def test_a_single_slice_stays() -> None:
    views, cine = _views(slices=1), Cine()
    for begins_anew in (True, False):
        cine.round.set(begins_anew)
        cine.toggle(views, "axial")
        cine.tick(0.0)
        cine.tick(1.23)
        assert _slice(views) == 0
        cine.stop()


def test_without_a_scan_nothing_moves() -> None:
    cine = Cine()
    cine.toggle(Views(), "axial")
    assert cine.playing.now is None


def test_it_stops_when_the_scan_goes_away() -> None:
    views, cine = _playing()
    cine.tick(0.0)
    views.shown.set(None)
    cine.tick(0.1)
    assert cine.playing.now is None
