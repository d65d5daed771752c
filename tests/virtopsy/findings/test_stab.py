"""A blade is excluded by a hole in bone alone, and never matched."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from virtopsy.findings.stab import blade_lines, is_excluded
from virtopsy.findings.uncertainty import length_quantity
from virtopsy.findings.wound import Wound, WoundKind
from virtopsy.geometry.direction import NORMAL_95
from virtopsy.language import Language, say

_STAB = Wound(
    (0.0, 0.0, 0.0),
    WoundKind.STAB,
    tissue="bone",
    long_lps_mm=((0.0, 0.0, 0.0), (20.0, 0.0, 0.0)),
    short_lps_mm=((10.0, -1.5, 0.0), (10.0, 1.5, 0.0)),
    point_sd_mm=(0.5, 0.5, 0.5),
    finding_id="w",
    name="w",
    series_uid="1",
)


def _said(wound: Wound) -> str:
    return " ".join(one.text for one in blade_lines(wound, Language.EN))


@given(length=st.floats(5, 60), blade=st.floats(1, 90), sd=st.floats(0.2, 2))
def test_only_what_is_larger_than_the_hole_beyond_its_95_percent_is_excluded(
    length: float, blade: float, sd: float
) -> None:
    extent = length_quantity("wound_length", ((0, 0, 0), (length, 0, 0)), (sd, sd, sd), "clicks")
    limit = length + NORMAL_95 * 2**0.5 * sd

    if abs(blade - limit) > 1e-3:
        assert is_excluded(extent, blade) == (blade > limit)


@pytest.mark.parametrize("language", Language)
def test_a_wide_blade_is_excluded_and_a_narrow_one_is_no_match(language: Language) -> None:
    wide = blade_lines(replace(_STAB, blade_width_mm=35.0), language)
    narrow = blade_lines(replace(_STAB, blade_width_mm=15.0), language)
    thick = blade_lines(replace(_STAB, blade_width_mm=15.0, blade_thickness_mm=9.0), language)

    assert say("stab.excluded", language) in wide[0].text
    assert say("stab.not_excluded", language) in narrow[0].text
    assert say("stab.excluded", language) in thick[0].text


def test_skin_and_depth_exclude_nothing() -> None:
    skin = replace(_STAB, tissue="skin", blade_width_mm=90.0)
    unmeasured = replace(_STAB, long_lps_mm=(), short_lps_mm=(), blade_width_mm=90.0)

    assert say("stab.not_in_bone", Language.EN) in _said(skin)
    assert say("stab.not_measured", Language.EN) in _said(unmeasured)


def test_every_stab_says_what_is_left_out_and_other_wounds_say_nothing() -> None:
    assert "11 %" in _said(_STAB)
    assert (
        blade_lines(replace(_STAB, wound=WoundKind.ENTRY, blade_width_mm=35.0), Language.EN) == ()
    )


def test_an_ellipse_on_skin_tells_its_angle_of_impact_and_a_circle_or_bone_does_not() -> None:
    ellipse = replace(
        _STAB,
        tissue="skin",
        long_lps_mm=((0.0, 0.0, 0.0), (20.0, 0.0, 0.0)),
        short_lps_mm=((0.0, -5.0, 0.0), (0.0, 5.0, 0.0)),
    )
    told = {one.code: one for one in ellipse.quantities}

    assert told["impact_angle"].value == pytest.approx(30.0)
    assert told["impact_angle"].sd == pytest.approx(2.6, abs=0.3)
    round_ = replace(ellipse, short_lps_mm=((0.0, -10.0, 0.0), (0.0, 10.0, 0.0)))
    assert "impact_angle" not in {one.code for one in round_.quantities}
    assert "impact_angle" not in {one.code for one in _STAB.quantities}
