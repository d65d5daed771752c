"""The person is said in words, in the right letters, within the line."""

from __future__ import annotations

from dataclasses import replace

import pytest

from viewer.presenters.examine.overlay import patient_facts, person_name, whose
from virtopsy.imaging.volume import Identity
from virtopsy.language import Language

MAN = Identity(
    patient_name="Иванов^Иван^Иванович^^",
    study_date="2023-03-05",
    series_description="Голова",
    birth_date="1978-03-05",
    sex="M",
    age="045Y",
)


def test_a_person_name_has_no_carets_and_no_second_form_of_the_same_script() -> None:
    assert person_name("Иванов^Иван^^^") == "Иванов Иван"
    assert person_name("Ivanov^Ivan=Иванов^Иван") == "Ivanov Ivan (Иванов Иван)"


@pytest.mark.parametrize("name", ["שרון^דבורה", "قباني^لنزار", "Sharon=שרון"])
def test_a_name_from_right_to_left_keeps_the_line_in_order(name: str) -> None:
    shown = person_name(name)
    assert (shown[0], shown[-1]) == ("\u2068", "\u2069")


def test_a_name_from_left_to_right_needs_no_isolation() -> None:
    assert person_name("Әбдіғали^Өмірбек") == "Әбдіғали Өмірбек"


@pytest.mark.parametrize(
    ("language", "facts"),
    [
        (Language.EN, ("male", "born 5 March 1978", "45 years")),
        (Language.RU, ("пол мужской", "дата рождения 5 марта 1978 г.", "45 лет")),
        (Language.KK, ("жынысы: ер", "туған күні: 1978 ж. 5 наурыз", "45 жас")),
    ],
)
def test_sex_birth_and_age_are_said_in_words(language: Language, facts: tuple[str, ...]) -> None:
    assert patient_facts(MAN, MAN.study_date, language) == facts


def test_an_age_the_file_does_not_state_is_reckoned() -> None:
    assert "45 years" in patient_facts(replace(MAN, age=""), MAN.study_date, Language.EN)
    assert "45 years" in patient_facts(replace(MAN, age="000Y"), MAN.study_date, Language.EN)


def test_an_age_that_does_not_fit_the_birth_date_is_told_with_the_reckoned_one() -> None:
    *_, old = patient_facts(replace(MAN, age="060Y"), MAN.study_date, Language.EN)
    assert old == "60 years stated, 45 years by the birth date"
    assert "60 years" in whose(replace(MAN, age="060Y"), Language.EN)[1]


def test_an_age_and_a_sex_of_no_standard_are_shown_as_they_stand() -> None:
    odd = replace(MAN, sex="муж", age="45", birth_date="")
    assert patient_facts(odd, "", Language.EN) == ("sex “муж”", "age “45”")


def test_what_the_file_does_not_say_is_left_out() -> None:
    assert patient_facts(Identity(), "2023-03-05", Language.RU) == ()
    assert whose(Identity(), Language.RU) == ("Имя неизвестно",)


def test_the_corner_says_who_how_old_and_what() -> None:
    assert whose(MAN, Language.RU) == (
        "Иванов Иван Иванович",
        "пол мужской · 45 лет",
        "2023-03-05 · Голова",
    )
