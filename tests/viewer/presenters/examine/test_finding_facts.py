"""A finding tells its numbers with their error, and never more than the method carries."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

import pytest

from tests.viewer.widgets.conftest import body
from tests.virtopsy.findings.some import one_of_each
from viewer.presenters.examine.finding_facts import facts_of, name_of_kind, numbers_of
from virtopsy.findings.finding import Finding
from virtopsy.findings.region import Substance
from virtopsy.imaging.volume import SourceSlice
from virtopsy.language import Language

KINDS = {one.kind: one for one in one_of_each()}


def told(finding: Finding, language: Language = Language.EN) -> str:
    return "\n".join(f"{one.label}: {one.text}" for one in facts_of(finding, (), None, language))


@pytest.mark.parametrize("language", Language)
def test_every_number_has_its_95_percent_or_its_range_and_says_where_from(
    language: Language,
) -> None:
    for kind in ("wound", "fracture", "fragment", "region", "measure"):
        lines = numbers_of(KINDS[kind], language)
        assert lines
        for line in lines:
            plain = "HU" in line.text and "±" not in line.text
            assert plain or " · " in line.text, line
            assert plain or re.search(r"± .*95|от .* до|from .* to|бастап|аралығы|—|\d", line.text)


def test_a_fragment_says_the_limits_of_metal_and_no_calibre() -> None:
    said = told(replace(KINDS["fragment"], may_be_dental=True))  # type: ignore[call-arg]
    assert "shows metal too large" in said
    assert "Neither calibre nor metal follows" in said
    assert "cut off at the largest value" in said
    assert "tooth or a filling" in said
    assert "cut off" not in told(replace(KINDS["fragment"], saturated=False))  # type: ignore[call-arg]
    assert not re.search(r"\d[.,]\d* ?(cal|mm calibre)|lead|copper|steel", said)


def test_gas_is_air_density_volume_until_a_person_confirmed_it() -> None:
    gas = KINDS["region"]
    assert name_of_kind(gas, Language.EN) == "Air-density volume"
    assert "Not gas yet" in told(gas)
    confirmed = replace(gas, confirmed=True)  # type: ignore[call-arg]
    assert name_of_kind(confirmed, Language.EN) == "Gas"
    assert "Not gas yet" not in told(confirmed)
    fluid = replace(gas, substance=Substance.FLUID)  # type: ignore[call-arg]
    assert name_of_kind(fluid, Language.EN) == "Region"


def test_a_finding_on_computed_pixels_says_so() -> None:
    for finding in KINDS.values():
        assert "computed pixels" not in told(finding)
        assert "marked on computed pixels" in told(replace(finding, resampled=True))


def test_the_source_slice_is_told_by_its_number_in_the_shown_series() -> None:
    volume = body()
    sources = tuple(SourceSlice(f"1.2.{n}", Path(f"{n}.dcm")) for n in range(volume.frame.shape[0]))
    of_series = replace(volume, sources=sources)
    seen = replace(KINDS["fracture"], seen_on_slice="1.2.4")
    lines = {one.label: one.text for one in facts_of(seen, (), of_series, Language.EN)}
    assert lines["Source slice"] == "5 of 56 · UID 1.2.4"
    far = replace(KINDS["fracture"], seen_on_slice="1.2.840.113619.2.55.3.12345678901")
    assert "not of the shown series" in told(far)
    assert told(far).count("345678901") == 1


@pytest.mark.parametrize("language", Language)
def test_place_frame_and_view_are_told_of_every_kind(language: Language) -> None:
    for finding in KINDS.values():
        said = told(finding, language)
        assert "LPS" in said
        assert said.count("\n") >= 3


def test_who_stated_it_is_told() -> None:
    assert "Stated by: Ә. Сарапшы" in told(KINDS["wound"])
    assert "Left and right confirmed: Ә. Сарапшы" in told(KINDS["landmark"])
