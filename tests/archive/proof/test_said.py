"""A plain body is read by its shape as by its value; nothing else passes for plain."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archive.proof import canonical
from archive.proof.chain import SYSTEM, Act, Who
from archive.proof.said import Columns, Said, named, plain, said
from archive.records import ObjectName, Out
from tests.archive.proof.log_rows import written

_SHA = "ab" * 32
_DATA = [
    *({}, {"n": 1}, {"label": "Көрініс", "k": [1, {"a": None}]}, {"t": '},"host":"x'}),
    *({"n": {"n": {"n": [[[]]]}}}, {"e": "\u0000\u007f"}),
]
_ACTS = st.builds(
    Act,
    st.sampled_from(["view", "seal"]),
    st.sampled_from([SYSTEM, Who("a" * 32, ("expert", "auditor"), "", "f0")]),
    st.sampled_from(list(Out)),
    st.sampled_from(["", "2026-1", "іс №7", 'a"b', "q\\"]),
    st.sampled_from([(), (ObjectName("m", "1.2", _SHA),), (ObjectName("m", "ә", _SHA),) * 2]),
    st.sampled_from(["", "себебі", "e\u0301", "two\nlines"]),
    st.sampled_from(_DATA),
)


def _plainly(*bodies: bytes) -> list[Said | None]:
    """Read bodies by their shape, and bring what they say into the form of the rule."""
    return [None if one is None else _as_by_the_rule(one) for one in plain(bodies)]


def _as_by_the_rule(spelled: tuple[bytes, ...]) -> Said:
    one = dict(zip(Columns._fields, spelled, strict=True))
    return Said(
        *(one["logs"], int(one["seqs"]), one["prevs"], one["times"], one["actors"], one["acts"]),
        *(one["outs"], one["cases"], int(one["case_seqs"]), one["case_prevs"]),
        *(named(one["objects"]), one["data"]),
    )


@given(st.lists(_ACTS, max_size=4))
def test_bodies_are_read_by_their_shape_as_by_their_value(acts: list[Act]) -> None:
    bodies = [entry.body for entry in written(acts)]
    for body, quick in zip(bodies, _plainly(*bodies), strict=True):
        assert quick in {None, said(body)}


@given(_ACTS, st.data())
def test_no_spoiled_body_is_read_by_its_shape_otherwise_than_by_its_value(
    act: Act, data: st.DataObject
) -> None:
    (entry,) = written([act])
    body = bytearray(entry.body)
    for _ in range(data.draw(st.integers(1, 2))):
        place = data.draw(st.integers(0, len(body) - 1))
        body[place : place + data.draw(st.integers(0, 1))] = data.draw(st.binary(max_size=2))
    (quick,) = _plainly(bytes(body))
    assert quick in {None, said(bytes(body))}


@pytest.mark.parametrize("letter", [*map(chr, range(0x20)), '"', "\\", "\x7f", "e\u0301", "\ud800"])
def test_a_letter_that_is_spelled_otherwise_is_never_plain(letter: str) -> None:
    (entry,) = written([Act("view", SYSTEM, reason="x")])
    raw = letter.encode("utf-8", "surrogatepass")
    for place in (b'"reason":"x', b'"case":"', b'"host":"', b'"id":"'):
        body = entry.body.replace(place, place + raw)
        assert _plainly(entry.body, body)[1] is None


def test_a_plain_body_takes_the_shortcut_whatever_lies_beside_it() -> None:
    acts = [Act("view", SYSTEM, case="іс №7", data={"label": "Көрініс"}), Act("view", SYSTEM)]
    (first, second) = (entry.body for entry in written(acts))
    (odd,) = written([Act("view", SYSTEM, reason='a "b"')])
    assert [one is not None for one in plain([first, odd.body, second])] == [True, False, True]


def test_data_nested_to_the_limit_is_left_to_the_rule() -> None:
    (entry,) = written([Act("view", SYSTEM)])
    deepest = b"[" * canonical.DEEPEST + b"1" + b"]" * canonical.DEEPEST
    body = entry.body.replace(b'"data":{}', b'"data":{"d":' + deepest + b"}")
    assert plain([body]) == [None]
    assert said(body) is None


_SURE_DATA: list[Any] = [
    *(b"{}", b'{"a":1}', b'{"a":":","b":","}', b'{"a":"","b":""}', b'{"a":true,"b":null}'),
    *(b'{"":0,"A":1,"a":2}', b'{"a":{"b":1}}', '{"a":"ғ"}'.encode(), b'{"a":"b","c":-7}'),
]
_ODD_DATA = [
    *(b'{"b":1,"a":2}', b'{"a":1,"a":2}', b'{"a":-0}', b'{"a":01}', b'{"a":1.5}'),
    *(b'{"a":"b","c":"":}', b'{"a":True}', b'{"a":9007199254740993}', b'{"a":"\\u0041"}'),
    *(b'{"a":1,}', b'{"a" :1}', b'{"a":"\xff"}', '{"ғ":1}'.encode(), '{"a":"e\u0301"}'.encode()),
    *(b'{"a":"b","":1}', b'{"a":"b\n"}', b'{},"data":{}', b'{"a":1}},"host":"x"'),
    *(b'{"!":"b",":x":1,":a":2}', b'{"!":"b",":a":1,":a":2}', b'{"a":"b,",":":1}'),
]


@pytest.mark.parametrize("data", [*_SURE_DATA, *_ODD_DATA])
def test_data_is_read_by_its_shape_as_by_its_value(data: bytes) -> None:
    (entry,) = written([Act("view", SYSTEM)])
    body = entry.body.replace(b'"data":{}', b'"data":' + data)
    assert _plainly(body) == [said(body)]
    assert (said(body) is not None) == (data in _SURE_DATA)


@pytest.mark.parametrize("number", [b"01", b"-1", b"1.0", b"1e3", b"", b"null", b"9" * 16])
def test_an_odd_number_is_never_plain(number: bytes) -> None:
    (entry,) = written([Act("view", SYSTEM)])
    for name in (b'"seq":1', b'"case_seq":0'):
        body = entry.body.replace(name, name[:-1] + number)
        assert plain([body]) == [None]
