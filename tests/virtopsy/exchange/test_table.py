"""The table is read right by spreadsheets, runs nothing there, and the records read back."""

from __future__ import annotations

import csv
import json
from dataclasses import replace
from io import StringIO

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.virtopsy.findings.some import one_of_each, track
from virtopsy.errors import InputError
from virtopsy.exchange.table import findings_of, records, table
from virtopsy.findings.finding import Finding
from virtopsy.findings.record import to_record
from virtopsy.language import Language

_ALL = one_of_each()
_NUMBERS = slice(9, 15)
"""Value, unit, 1 SD, 95%, range."""


def _rows(findings: tuple[Finding, ...], language: Language) -> list[list[str]]:
    text = table(findings, language).decode("utf-8-sig")
    return list(csv.reader(StringIO(text), delimiter="," if language is Language.EN else ";"))


def test_a_row_a_number_and_one_of_what_has_none() -> None:
    heading, *rows = _rows(_ALL, Language.EN)

    assert len(rows) == sum(max(len(one.quantities), 1) for one in _ALL)
    assert {len(one) for one in rows} == {len(heading)}
    assert heading[8:16] == [
        "Quantity",
        "Value",
        "Unit",
        "1 SD, same unit",
        "95%: ± this, same unit",
        "Range from, same unit",
        "Range to, same unit",
        "Source of the uncertainty",
    ]
    assert rows[0][:8] == [
        *("Wound", "Жwound №1", "Entry", "Head", "left", "C1", "probable"),
        "bevel of the bone; dense rim of the skin",
    ]
    assert rows[0][_NUMBERS] == ["9", "mm", "1.4142", "2.7718", "", ""]
    (note,) = [one for one in rows if one[0] == "Note"]
    assert note[8:16] == [""] * 8


def test_a_range_stands_in_columns_of_its_own() -> None:
    region = next(one for one in _ALL if one.kind == "region")

    (_, row) = _rows((region,), Language.EN)

    assert row[2] == "Gas"
    assert row[_NUMBERS] == ["15", "mm³", "", "", "9", "22"]


@pytest.mark.parametrize("language", [Language.RU, Language.KK])
def test_no_decimal_is_taken_for_a_date_where_the_decimal_mark_is_a_comma(
    language: Language,
) -> None:
    raw = table(_ALL[:1], language)

    assert raw.startswith(b"\xef\xbb\xbf")
    row = _rows(_ALL[:1], language)[1]
    assert row[_NUMBERS][2] == "1,4142"


@given(
    text=st.text(max_size=20),
    lead=st.sampled_from(["=", "+", "-", "@", "\t=", " =", "＝", "|", "%"]),
)
def test_no_text_is_run_as_a_formula(text: str, lead: str) -> None:
    note = next(one for one in _ALL if one.kind == "note")
    hostile = replace(note, name=lead + text, remark=lead + text, level=lead + text)

    (_, row) = _rows((hostile,), Language.EN)

    for cell in (row[1], row[5], row[-1]):
        assert cell.startswith("'")


def test_a_negative_number_stays_a_number() -> None:
    rows = _rows((replace(track(), via_lps_mm=()),), Language.EN)

    assert any(row[9].startswith("-") for row in rows[1:])


def test_records_read_back_as_they_were_with_their_numbers_beside() -> None:
    raw = records(_ALL)

    taken = findings_of(raw.decode("utf-8"))

    assert [to_record(one) for one in taken.findings] == [to_record(one) for one in _ALL]
    told = json.loads(raw)
    assert told["schema"] == "virtopsy.findings/1"
    assert told["units"]["coordinates"] == "patient LPS, mm"
    codes = [one["code"] for one in told["quantities"]["wound-1"]]
    assert codes == [one.code for one in _ALL[0].quantities]


def test_a_record_that_is_none_is_named_and_the_others_come_in() -> None:
    told = json.loads(records(_ALL[:2]))
    told["findings"][0]["certainty"] = "sure"

    taken = findings_of(json.dumps(told))

    assert [one.finding_id for one in taken.findings] == ["trajectory-1"]
    (left,) = taken.omissions
    assert all("Жwound №1" in left.sentence(language) for language in Language)


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ("{", "exchange.in.no_json"),
        ("[]", "findings.record.not_an_object"),
        ('{"schema": "other", "findings": []}', "exchange.in.other_schema"),
    ],
)
def test_what_is_no_such_file_is_refused_in_words(text: str, key: str) -> None:
    with pytest.raises(InputError) as told:
        findings_of(text)
    assert told.value.key == key
