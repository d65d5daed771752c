"""A slab grows and shrinks by steps of the wheel and never gets lost on the way."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from viewer.presenters.examine.slabs import THICKNESSES_MM, thicker
from virtopsy.imaging.slab import Projection, Slab

_KIND = st.sampled_from(tuple(Projection))
_REACHED = st.one_of(
    st.none(),
    st.builds(
        Slab,
        _KIND,
        st.one_of(
            st.integers(1, 20).map(float),
            st.integers(4, 40).map(lambda n: 5.0 * n),
            st.sampled_from(THICKNESSES_MM),
        ),
    ),
)


def _mm(slab: Slab | None) -> float:
    return 0.0 if slab is None else slab.thickness_mm


@given(_REACHED, st.integers(1, 30))
def test_as_many_notches_back_return_to_the_slab_that_was(slab: Slab | None, notches: int) -> None:
    kind = Projection.MIP if slab is None else slab.projection
    grown = thicker(slab, kind, notches)
    assert grown is not None
    if grown.thickness_mm < 200:
        assert thicker(grown, kind, -notches) == slab


@given(_REACHED, _KIND, st.integers(-300, 300))
def test_no_wheel_makes_a_slab_thicker_than_200_mm_or_thinner_than_1(
    slab: Slab | None, kind: Projection, notches: int
) -> None:
    after = thicker(slab, kind, notches)
    assert after is None or 1 <= after.thickness_mm <= 200
    if notches > 0:
        assert _mm(after) > _mm(slab) or _mm(after) == 200
    elif notches < 0:
        assert _mm(after) < _mm(slab) or after is None


@given(_REACHED, _KIND, st.integers(-20, 20), st.integers(-20, 20))
def test_notches_one_by_one_are_the_same_as_at_once(
    slab: Slab | None, kind: Projection, first: int, second: int
) -> None:
    if first * second >= 0:
        kind = kind if slab is None else slab.projection
        parted = thicker(thicker(slab, kind, first), kind, second)
        assert parted == thicker(slab, kind, first + second)


@given(_KIND, _KIND)
def test_a_slab_keeps_what_it_shows_and_a_new_one_takes_what_was_chosen(
    chosen: Projection, shown: Projection
) -> None:
    assert thicker(Slab(shown, 5.0), chosen, 1) == Slab(shown, 6.0)
    assert thicker(None, chosen, 1) == Slab(chosen, 1.0)


def test_a_notch_is_one_mm_and_from_20_mm_on_five() -> None:
    slab: Slab | None = Slab(Projection.MIP, 18.0)
    grown = []
    for _ in range(4):
        slab = thicker(slab, Projection.MIP, 1)
        grown.append(_mm(slab))
    assert grown == pytest.approx([19, 20, 25, 30])
