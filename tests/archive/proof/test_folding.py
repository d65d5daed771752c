"""What people take for the same letters is compared as the same."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archive.proof.folding import fold


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Пётр", "петр"),
        ("Қанат Әлиев", "Канат Алиев"),
        ("ҒҮҰҢӨҺІ", "гуунони"),
        ("АВ-12", "AB-12"),
        ("ОРУЖИЕ", "oружиe"),
        ("Straße", "STRASSE"),
        ("é", "e"),
        ("Йод", "иод"),
    ],
)
def test_letters_that_people_take_for_each_other_agree(one: str, other: str) -> None:
    assert fold(one) == fold(other)


@pytest.mark.parametrize(("one", "other"), [("кеуде", "бас"), ("12", "21"), ("оқ", "от")])
def test_other_words_stay_other_words(one: str, other: str) -> None:
    assert fold(one) != fold(other)


@given(st.text(), st.text())
def test_a_part_of_a_text_is_a_part_of_it_folded(before: str, after: str) -> None:
    assert fold("тесік") in fold(f"{before} тесік {after}")


@given(st.text())
def test_what_is_folded_stays_as_it_is(text: str) -> None:
    assert fold(fold(text)) == fold(text)
