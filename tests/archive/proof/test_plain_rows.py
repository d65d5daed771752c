"""Rows taken at once leave behind what the rule for single rows would, good or spoiled."""

from __future__ import annotations

from contextlib import suppress
from itertools import accumulate
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from archive.proof import chain, merkle
from archive.proof.acts import ActName
from archive.proof.canonical import NotCanonical
from archive.proof.chain import SYSTEM, Act, Who
from archive.proof.plain_rows import Row, runs
from archive.proof.stretch import Stretch
from archive.proof.walk import Walk
from archive.records import ObjectName, Out
from tests.archive.proof.log_rows import row, written

_OBJECTS = st.sampled_from([(), (ObjectName("m", "1.2", "ab" * 32), ObjectName("m", "ә", "-"))])
_REASON = st.sampled_from(["", "", "себебі", 'a "b"', "two\nlines", "e\u0301", "\x7f"])
_DATA = st.sampled_from([{}, {}, {"k": 1, "n": None}, {"n": {"n": [1]}}, {"label": "Көрініс"}])
_ACTS = st.builds(
    Act,
    st.sampled_from(["view", "view", "seal", ActName.CLOCK_JUMP, ActName.RESTORE]),
    st.sampled_from([SYSTEM, Who("a" * 32, ("expert", "auditor"), "", "f0")]),
    st.sampled_from([Out.OK, Out.OK, Out.FAIL]),
    st.sampled_from(["", "A", "іс №7"]),
    _OBJECTS,
    _REASON,
    _DATA,
)
_STEPS = st.sampled_from([1, 1, 1, 0, -3])
_VALUES = st.sampled_from([None, "view", b"view", b"", 0, 1, 2, 1.5, b"A", b"ok", b"0" * 64])
_PIECES = [
    *((b'"case_seq":', b'"case_seq":1'), (b'"seq":', b'"seq":0'), (b'"v":1', b'"v":2')),
    *((b'"log":"log"', b'"log":"other"'), (b'"reason":"', b'"reason":"\n')),
    *((b'"prev":"', b'"prev":"f'), (b'"seq":', b'"seq":7'), (b'"ts":"2026', b'"ts":"2027')),
    *((b'"reason":"', b'"reason":"\x00'), (b'"reason":"', b'"reason":"\xff')),
    *((b'"data":{', b'"data":{"z":1,'), (b'"data":{}', b'"data":{"b":1,"a":1}')),
    *((b'"case_prev":"', b'"case_prev":"0'), (b'"out":"', b'"out":"x'), (b'"act":', b'"act": ')),
    *((b'"obj":[', b'"obj":[[],'), (b'"case_seq":0', b'"case_seq":null'), (b"}", b"}\n")),
]


def _log(acts: list[Act], steps: list[int]) -> list[Row]:
    return list(map(row, written(acts, accumulate(steps))))


def _spoiled(rows: list[Row], data: st.DataObject) -> None:
    """Change something in place, as who knows the format would, or a disk."""
    place = data.draw(st.integers(0, len(rows) - 1))
    match data.draw(st.sampled_from(["gone", "twice", "swapped", "column", "byte", "rewritten"])):
        case "gone":
            del rows[place]
        case "twice":
            rows.insert(place, rows[place])
        case "swapped":
            rows[place], rows[0] = rows[0], rows[place]
        case "column":
            _put(rows, place, data.draw(st.integers(1, 8)), data.draw(_VALUES))
        case "byte" if rows[place][1]:
            body = bytearray(rows[place][1])
            body[data.draw(st.integers(0, len(body) - 1))] = data.draw(st.integers(0, 255))
            _put(rows, place, 1, bytes(body))
        case "rewritten" if isinstance(rows[place][1], bytes):
            old, new = data.draw(st.sampled_from(_PIECES))
            _rewrite(rows, place, old, new, linked=data.draw(st.booleans()))


def _rewrite(rows: list[Row], place: int, old: bytes, new: bytes, *, linked: bool) -> None:
    """Change a body with all that is kept of it; `linked`: the next row follows it."""
    body = rows[place][1].replace(old, new, 1)
    with suppress(NotCanonical):
        rows[place] = row(chain.from_body(body))
    _put(rows, place, 1, body)
    _put(rows, place, 3, merkle.leaf_hash(body).hex().encode())
    after = rows[place + 1] if place + 1 < len(rows) else ()
    if linked and all(isinstance(one, bytes) for one in after[1:3]) and after:
        body = after[1].replace(after[2], rows[place][3])
        _put(rows, place + 1, 1, body)
        _put(rows, place + 1, 2, rows[place][3])
        _put(rows, place + 1, 3, merkle.leaf_hash(body).hex().encode())


def _put(rows: list[Row], place: int, column: int, value: Any) -> None:
    rows[place] = (*rows[place][:column], value, *rows[place][column + 1 :])


def _walk() -> Walk:
    return Walk("log", 1, range(1, 9), names_nothing={"seal"}, case="A")


def _at_once(rows: list[Row], size: int) -> Stretch:
    walk = _walk()
    for start in range(0, len(rows), size):
        walk.add_all(rows[start : start + size])
    return walk.done()


def _one_by_one(rows: list[Row]) -> Stretch:
    walk = _walk()
    for one in rows:
        walk.add(one)
    return walk.done()


@settings(max_examples=200)
@given(
    st.lists(_ACTS, min_size=1, max_size=8),
    st.lists(_STEPS, min_size=8, max_size=8),
    st.integers(0, 2),
    st.data(),
)
def test_rows_at_once_and_one_by_one_tell_the_same(
    acts: list[Act], steps: list[int], times: int, data: st.DataObject
) -> None:
    rows = _log(acts, steps)
    for _ in range(times):
        if rows:
            _spoiled(rows, data)
    told = _one_by_one(rows)
    for size in (1, 3, len(rows) + 1):
        assert _at_once(rows, size) == told


@pytest.mark.parametrize(("old", "new"), _PIECES)
@pytest.mark.parametrize("linked", [True, False])
def test_a_row_that_was_written_anew_is_told_at_once_as_alone(
    old: bytes, new: bytes, linked: bool
) -> None:
    rows = _log([Act("view", SYSTEM) for _ in range(4)], [1] * 4)
    _rewrite(rows, 2, old, new, linked=linked)
    told = _one_by_one(rows)
    for size in (1, 3, 4):
        assert _at_once(rows, size) == told


def test_good_plain_rows_are_taken_at_once() -> None:
    acts = [Act("view", SYSTEM, case=case, data={"n": 1}) for case in ("A", "іс №7", "")]
    rows = _log(acts, [1, 1, 1])
    ((some, run),) = runs(rows, b"log")
    assert some == rows
    assert run is not None


def test_a_row_that_is_not_plain_leaves_the_others_at_once() -> None:
    reasons = ["", "", 'a "b"', "", "two\nlines"]
    rows = _log([Act("view", SYSTEM, reason=one) for one in reasons], [1] * 5)
    parts = [(len(some), run is not None) for some, run in runs(rows, b"log")]
    assert parts == [(2, True), (1, False), (1, True), (1, False)]


@pytest.mark.parametrize("column", range(1, 10))
def test_rows_of_which_one_differs_in_a_column_are_not_taken(column: int) -> None:
    rows = _log([Act("view", SYSTEM, case="A") for _ in range(3)], [1, 1, 1])
    _put(rows, 1, column, b"other")
    assert not any(run for some, run in runs(rows, b"log") if rows[1] in some)
