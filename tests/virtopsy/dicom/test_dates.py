"""Dates, times and ages are read as the standard and as people write them, and said in words."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from virtopsy.dicom.dates import (
    Age,
    age,
    age_at,
    iso_date,
    iso_time,
    said_age,
    said_date,
)
from virtopsy.language import Language


@pytest.mark.parametrize(
    ("stored", "iso"),
    [
        ("19780305", "1978-03-05"),
        (" 19780305 ", "1978-03-05"),
        ("1997.08.25", "1997-08-25"),  # ACR-NEMA 300
        ("1997-08-25", "1997-08-25"),
        ("1997/8/5", "1997-08-05"),
        ("25.08.1997", "1997-08-25"),
        ("197803", "1978-03"),
        ("19780300", "1978-03"),
        ("1978", "1978"),
        ("19780000", "1978"),
        ("20240229", "2024-02-29"),
    ],
)
def test_a_date_is_read_as_far_as_it_goes(stored: str, iso: str) -> None:
    assert iso_date(stored) == iso


@pytest.mark.parametrize(
    "stored",
    [
        "",
        "00000000",
        "19781345",
        "20230229",
        "19971301",
        "unknown",
        "99999999",
        "19970101-19971231",
    ],
)
def test_what_is_no_date_is_shown_as_it_stands(stored: str) -> None:
    assert iso_date(stored) == stored


@pytest.mark.parametrize(
    ("stored", "time"),
    [
        ("140509.123456", "14:05:09"),
        ("140509", "14:05:09"),
        ("14:05:09", "14:05:09"),
        ("1405", "14:05"),
        ("14", "14"),
        ("250000", "250000"),
        ("half past", "half past"),
        ("", ""),
    ],
)
def test_a_time_is_read_or_shown_as_it_stands(stored: str, time: str) -> None:
    assert iso_time(stored) == time


@pytest.mark.parametrize(
    ("stored", "found"),
    [
        ("045Y", Age(45, "Y")),
        ("006M", Age(6, "M")),
        ("012W", Age(12, "W")),
        ("003D", Age(3, "D")),
        ("45y", Age(45, "Y")),
        ("45 Y", Age(45, "Y")),
        ("45", None),
        ("0045Y", None),
        ("4X", None),
        ("", None),
        ("٤٥Y", None),
    ],
)
def test_an_age_is_read_with_its_unit_or_not_at_all(stored: str, found: Age | None) -> None:
    assert age(stored) == found


@pytest.mark.parametrize(
    ("born", "studied", "found"),
    [
        ("1978-03-05", "2023-03-04", Age(44, "Y")),
        ("1978-03-05", "2023-03-05", Age(45, "Y")),
        ("2020-02-29", "2022-03-01", Age(2, "Y")),
        ("2022-09-05", "2023-03-05", Age(6, "M")),
        ("2023-01-05", "2023-03-05", Age(8, "W")),
        ("2023-03-02", "2023-03-05", Age(3, "D")),
        ("2023-03-05", "2023-03-05", Age(0, "D")),
        ("2024-01-01", "2023-03-05", None),
        ("1778-03-05", "2023-03-05", None),
        ("1978", "2023-03-05", None),
        ("unknown", "2023-03-05", None),
        ("1978-03-05", "", None),
    ],
)
def test_an_age_is_reckoned_from_birth_and_study(
    born: str, studied: str, found: Age | None
) -> None:
    assert age_at(born, studied) == found


@pytest.mark.parametrize(
    ("language", "words"),
    [
        (Language.EN, "5 March 1978"),
        (Language.RU, "5 марта 1978 г."),
        (Language.KK, "1978 ж. 5 наурыз"),
    ],
)
def test_a_date_is_said_in_words(language: Language, words: str) -> None:
    assert said_date("1978-03-05", language) == words
    assert said_date("1978-03", language) == "1978-03"


@pytest.mark.parametrize(
    ("found", "words"),
    [
        (Age(1, "Y"), ("1 year", "1 год", "1 жас")),
        (Age(42, "Y"), ("42 years", "42 года", "42 жас")),
        (Age(45, "Y"), ("45 years", "45 лет", "45 жас")),
        (Age(6, "M"), ("6 months", "6 месяцев", "6 ай")),
        (Age(12, "W"), ("12 weeks", "12 недель", "12 апта")),
        (Age(3, "D"), ("3 days", "3 дня", "3 күн")),
    ],
)
def test_an_age_is_said_in_words(found: Age, words: tuple[str, str, str]) -> None:
    assert tuple(said_age(found, one) for one in (Language.EN, Language.RU, Language.KK)) == words


@given(day=st.dates(min_value=date(1850, 1, 1), max_value=date(2200, 1, 1)))
def test_every_day_of_the_calendar_is_read_and_said(day: date) -> None:
    assert iso_date(f"{day:%Y%m%d}") == iso_date(f"{day:%Y.%m.%d}") == day.isoformat()
    assert str(day.year) in said_date(day.isoformat(), Language.KK)


@given(text=st.text(max_size=20))
def test_no_text_stops_the_reading(text: str) -> None:
    assert isinstance(iso_date(text), str)
    assert isinstance(iso_time(text), str)
    found = age(text)
    assert found is None or age(found.stored) == found
    assert age_at(text, iso_date(text)) is None or iso_date(text) == text
