"""Two versions of a finding are compared in words that a person reads, in three languages."""

from __future__ import annotations

from dataclasses import fields, replace
from typing import Any

import pytest

from tests.virtopsy.findings.some import one_of_each
from virtopsy.findings.difference import differences
from virtopsy.findings.finding import Certainty, Finding, Side
from virtopsy.findings.kinds import KINDS
from virtopsy.findings.record import to_record
from virtopsy.findings.wound import WoundKind
from virtopsy.language import Language, has

EVERY = {one.kind: one for one in one_of_each()}


def told(before: Finding, after: Finding, language: Language = Language.EN) -> dict[str, Any]:
    found = differences(to_record(before), to_record(after), language)
    return {one.field: (one.old, one.new) for one in found}


@pytest.mark.parametrize("language", Language)
def test_every_field_of_every_kind_has_a_name(language: Language) -> None:
    named = {one.name for kind in KINDS.values() for one in fields(kind)} - {"finding_id"}
    assert not {one for one in named if not has(f"panel.field.{one}", language)}


def test_equal_versions_differ_in_nothing_and_a_withdrawn_one_is_not_compared() -> None:
    for one in EVERY.values():
        assert not told(one, one)
        assert not differences(None, to_record(one), Language.EN)
        assert not differences(to_record(one), None, Language.EN)


def test_terms_are_said_as_the_vocabulary_calls_them() -> None:
    wound = EVERY["wound"]
    after = replace(
        wound,
        wound=WoundKind.EXIT,  # type: ignore[call-arg]
        certainty=Certainty.DEFINITE,
        side=Side.UNSTATED,
        region="neck",
        grounds=("bevel",),
        resampled=True,
    )
    assert told(wound, after) == {
        "wound": ("Entry", "Exit"),
        "certainty": ("probable", "definite"),
        "side": ("left", "not stated"),
        "region": ("Head", "Neck"),
        "grounds": ("bevel of the bone, dense rim of the skin", "bevel of the bone"),
        "resampled": ("no", "yes"),
    }
    assert told(wound, after, Language.KK)["region"] == ("Бас", "Мойын")


def test_a_moved_point_says_from_where_to_where_and_by_how_much() -> None:
    wound = EVERY["wound"]
    old, new = told(wound, wound.moved(0, (4.0, 6.0, 3.0)))["at_lps_mm"]
    assert old == "L 1.0 P 2.0 S 3.0"
    assert new == "L 4.0 P 6.0 S 3.0, moved by 5.0 mm"
    fracture = EVERY["fracture"]
    old, new = told(fracture, fracture.moved(1, (3.0, 4.0, 2.0)))["line_lps_mm"]
    assert (old, new) == ("2: L 3.0 P 4.0 S 0.0", "2: L 3.0 P 4.0 S 2.0, moved by 2.0 mm")
    shorter = replace(fracture, line_lps_mm=((0.0, 0.0, 0.0),))  # type: ignore[call-arg]
    assert told(fracture, shorter)["line_lps_mm"] == ("3 points", "1 point")


def test_numbers_have_their_units_and_decimal_marks() -> None:
    fragment = EVERY["fragment"]
    after = replace(fragment, volume_mm3=80.4, threshold_hu=None, size_sd_mm=0.25)  # type: ignore[call-arg]
    assert told(fragment, after, Language.RU) == {
        "volume_mm3": ("95\u00a0мм³", "80\u00a0мм³"),
        "threshold_hu": ("2500\u00a0HU", "не указано"),
        "size_sd_mm": ("0,4\u00a0мм", "0,2\u00a0мм"),
    }


@pytest.mark.parametrize("language", Language)
@pytest.mark.parametrize("kind", EVERY)
def test_no_field_is_told_in_the_codes_of_a_record(kind: str, language: Language) -> None:
    """Against a finding of which nothing was stated: every field that is filled is told."""
    record = to_record(EVERY[kind])
    empty = {name: record[name] if name in {"kind", "finding_id"} else None for name in record}
    for one in differences(empty, record, language):
        assert one.old
        assert one.new
        assert "{" not in one.new
        assert "[" not in one.new
        assert len(one.new) < 400
        codes = {"projectile", "threshold", "lodged", "rim", "axial", "expert", "probable"}
        if language is not Language.EN:
            assert not codes & set(one.new.replace(",", " ").split()), one
