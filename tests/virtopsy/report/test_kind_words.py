from __future__ import annotations

from dataclasses import replace

import pytest

from tests.virtopsy.findings.some import one_of_each
from virtopsy.findings.finding import Finding
from virtopsy.findings.fragment import Fragment
from virtopsy.findings.landmark import Landmark
from virtopsy.findings.region import Region
from virtopsy.findings.wound import Wound, WoundKind
from virtopsy.language import Language
from virtopsy.report.kind_words import kind_words, number_words

_OF_EACH = {type(one): one for one in one_of_each()}


def _numbers(kind: str) -> str:
    return " | ".join(number_words(_one(kind), Language.EN))


def _one(kind: str) -> Finding:
    return next(one for one in _OF_EACH.values() if one.kind == kind)


@pytest.mark.parametrize(
    ("kind", "said"),
    [
        ("wound", "Longest extent: 9.0 ± 2.8 mm (95%) · assumed"),
        ("fragment", "Box: 9.0 × 5.0 × 4.0 mm, each ± 0.8 mm (95%)"),
        ("fragment", "Volume: 95 mm³, from 80 to 120"),
        ("fragment", "Largest value: 3071 HU or more (the most the series can store)"),
        ("fracture", "Length: 17.0 ± 3.9 mm (95%) · assumed"),
        ("region", "Volume: 15 mm³, from 9 to 22 · threshold ± 50 HU and half a voxel"),
        ("landmark", "60.2 ± 0.6 · 1.2 ± 0.6 · 2.0 ± 0.6 mm (± is 95%), markings: 3"),
        ("measure", "Length: 5.0 ± 2.8 mm (95%) · assumed"),
        ("note", "no number was measured"),
    ],
)
def test_every_number_stands_with_its_uncertainty_and_its_source(kind: str, said: str) -> None:
    assert said in _numbers(kind)


@pytest.mark.parametrize("language", Language)
def test_every_kind_has_words_in_every_language(language: Language) -> None:
    for one in _OF_EACH.values():
        if one.kind != "trajectory":
            assert all(kind_words(one, language)), one.kind
            assert all(number_words(one, language)), one.kind


def test_an_error_that_is_not_known_is_said_to_be_unknown() -> None:
    fragment = _OF_EACH[Fragment]
    assert isinstance(fragment, Fragment)
    unsure = replace(fragment, size_sd_mm=None, volume_low_mm3=None, volume_high_mm3=None)
    told = number_words(unsure, Language.EN)
    assert told[:2] == (
        "Box: 9.0 × 5.0 × 4.0 mm, error not stated",
        "Volume: 95 mm³, range not stated",
    )


def test_what_nobody_stated_is_said_not_to_be_stated() -> None:
    wound, landmark = _OF_EACH[Wound], _OF_EACH[Landmark]
    assert isinstance(wound, Wound)
    assert isinstance(landmark, Landmark)
    unstated = replace(wound, wound=WoundKind.UNSTATED)
    assert "not stated by anybody" in kind_words(unstated, Language.EN)[0]
    unconfirmed = replace(landmark, side_confirmed_by=None)
    assert "not confirmed" in kind_words(unconfirmed, Language.EN)[1]


def test_gas_is_called_gas_only_when_a_person_confirmed_it() -> None:
    region = _OF_EACH[Region]
    assert isinstance(region, Region)
    assert kind_words(region, Language.EN)[0].startswith("air-density volume")
    assert kind_words(replace(region, confirmed=True), Language.EN)[0] == "Gas"
