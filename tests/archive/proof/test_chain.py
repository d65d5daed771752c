"""The log's chain finds every lie."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archive.proof import canonical, chain
from archive.proof.chain import SYSTEM, Act, Moment
from archive.records import LogEntry, Surroundings
from tests.archive.proof.log_rows import faults
from virtopsy.errors import Bug

_HERE = Surroundings("host", "boot", "unknown", "1", "0" * 64)
_NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)


def _log(cases: list[str]) -> list[LogEntry]:
    rows: list[LogEntry] = []
    for number, case in enumerate(cases):
        moment = Moment(_NOON + timedelta(seconds=number), 2**60 + number, _HERE)
        earlier = [one for one in rows if one.case_number == case]
        rows.append(
            chain.entry(
                "log",
                Act("note", SYSTEM, case=case, data={"n": number}),
                moment,
                before=rows[-1] if rows else None,
                before_in_case=earlier[-1] if earlier else None,
            )
        )
    return rows


def _codes(rows: list[LogEntry]) -> set[str]:
    return {fault.code for fault in faults("log", rows)}


_CASES = st.lists(st.sampled_from(["", "A", "B"]), min_size=3, max_size=12)


@given(_CASES)
def test_a_log_as_it_was_written_has_no_fault(cases: list[str]) -> None:
    assert _codes(_log(cases)) == set()


@given(_CASES, st.data())
def test_a_row_taken_out_of_the_middle_breaks_the_chain(
    cases: list[str], data: st.DataObject
) -> None:
    rows = _log(cases)
    del rows[data.draw(st.integers(0, len(rows) - 2))]
    assert "log_chain_broken" in _codes(rows)


@given(_CASES, st.data())
def test_two_rows_that_change_places_break_the_chain(cases: list[str], data: st.DataObject) -> None:
    rows = _log(cases)
    place = data.draw(st.integers(0, len(rows) - 2))
    rows[place], rows[place + 1] = rows[place + 1], rows[place]
    assert "log_chain_broken" in _codes(rows)


@given(_CASES, st.data())
def test_one_changed_byte_of_a_body_shows(cases: list[str], data: st.DataObject) -> None:
    rows = _log(cases)
    place = data.draw(st.integers(0, len(rows) - 1))
    body = bytearray(rows[place].body)
    body[data.draw(st.integers(0, len(body) - 1))] ^= 1
    rows[place] = replace(rows[place], body=bytes(body))
    assert "log_body_changed" in _codes(rows)


@pytest.mark.parametrize("column", ["ts", "actor", "act", "out", "case_number"])
def test_a_column_that_says_something_else_than_the_body_shows(column: str) -> None:
    rows = _log(["A", "B"])
    changed: dict[str, Any] = {column: "other"}
    rows[1] = replace(rows[1], **changed)
    assert _codes(rows) == {"log_columns_differ"}


def test_an_entry_of_a_case_left_out_shows_even_where_the_chain_was_mended() -> None:
    rows = _log(["A", "A", "A"])
    said = canonical.decode(rows[2].body)
    said["prev"], said["seq"] = rows[0].hash, 2
    mended = chain.from_body(canonical.encode(said))
    assert _codes([rows[0], mended]) == {"log_case_gap"}


def test_an_entry_of_another_log_is_no_entry_of_this_one() -> None:
    assert {f.code for f in faults("other", _log(["A"]))} == {"log_body_changed"}


def test_a_body_holds_the_fields_of_the_format_and_large_numbers_as_text() -> None:
    said = chain.read(_log(["A"])[0])
    fields = "act actor app boot case case_prev case_seq clk data host log mono_ns obj out prev"
    assert sorted(said) == sorted([*fields.split(), "reason", "seq", "sess", "ts", "v"])
    assert said["mono_ns"] == str(2**60)
    assert said["v"] == 1


def test_time_is_utc_to_the_microsecond_and_never_without_a_zone() -> None:
    almaty = datetime(2026, 3, 1, 17, tzinfo=timezone(timedelta(hours=5)))
    assert chain.utc(almaty) == "2026-03-01T12:00:00.000000Z"
    with pytest.raises(Bug):
        chain.utc(almaty.replace(tzinfo=None))


@pytest.mark.parametrize("ts", ["x", "2026-03-01", b"2026"])
def test_a_time_that_is_none_is_said_whatever_the_database_keeps_in_its_column(ts: Any) -> None:
    with pytest.raises(canonical.NotCanonical):
        chain.when(replace(_log(["A"])[0], ts=ts))


def test_a_fraction_never_enters_a_body() -> None:
    moment = Moment(_NOON, 0, _HERE)
    act = Act("note", SYSTEM, data={"n": 0.5})
    with pytest.raises(Bug):
        chain.entry("log", act, moment, before=None, before_in_case=None)
