"""Whatever can be chosen or measured has a term in three languages, and codes are real codes."""

from __future__ import annotations

from enum import StrEnum

import pytest

from tests.virtopsy.findings.some import one_of_each
from virtopsy.errors import Bug
from virtopsy.findings.finding import Certainty, Side
from virtopsy.findings.fracture import FractureKind
from virtopsy.findings.fragment import FragmentKind, Site
from virtopsy.findings.kinds import KINDS
from virtopsy.findings.measure import MeasureKind
from virtopsy.findings.region import Substance
from virtopsy.findings.vocabulary import called, known, term, terms
from virtopsy.findings.wound import WoundKind
from virtopsy.language import Language

_CHOICES: dict[str, type[StrEnum]] = {
    "certainty": Certainty,
    "side": Side,
    "wound": WoundKind,
    "fracture": FractureKind,
    "fragment": FragmentKind,
    "site": Site,
    "substance": Substance,
    "measure": MeasureKind,
}
# Verhoeff's check digit, the last of every SNOMED CT identifier: multiplication and permutation.
_TIMES = (
    "0123456789",
    "1234067895",
    "2340178956",
    "3401289567",
    "4012395678",
    "5987604321",
    "6598710432",
    "7659821043",
    "8765932104",
    "9876543210",
)
_MIXED = (
    "0123456789",
    "1576283094",
    "5803796142",
    "8916043527",
    "9453126870",
    "4286573901",
    "2793806415",
    "7046913258",
)


@pytest.mark.parametrize("group", _CHOICES)
def test_every_choice_has_its_term_and_no_term_is_without_a_choice(group: str) -> None:
    assert [one.code for one in terms(group)] == [one.value for one in _CHOICES[group] if one.value]


def test_kinds_grounds_and_numbers_have_their_terms() -> None:
    assert [one.code for one in terms("kind")] == list(KINDS)
    for finding in one_of_each():
        assert all(known("ground", one) for one in type(finding).GROUNDS)
        assert all(known("quantity", one.code) for one in finding.quantities)
        assert all(known("source", one.source) for one in finding.quantities)


def test_every_term_has_words_in_three_languages() -> None:
    for group in {*_CHOICES, "kind", "ground", "quantity", "source", "region_of_body"}:
        for one in terms(group):
            assert all(one.words[language].strip() for language in Language), one.code


def test_codes_of_snomed_ct_have_their_check_digit() -> None:
    coded = [one for group in (*_CHOICES, "kind", "region_of_body") for one in terms(group)]
    given = [one.snomed for one in coded if one.snomed]
    assert len(given) > 20
    for code in given:
        rest = 0
        for place, digit in enumerate(reversed(code)):
            rest = int(_TIMES[rest][int(_MIXED[place % 8][int(digit)])])
        assert rest == 0, code


def test_an_unknown_term_is_our_mistake_and_shown_as_it_is() -> None:
    with pytest.raises(Bug):
        term("kind", "spell")
    assert called("region_of_body", "tail", Language.EN) == "tail"
