"""A log in stretches tells what the whole tells; a body is read by its shape as by its value."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archive.proof import canonical, chain, merkle, said, stretch
from archive.proof.acts import ActName
from archive.proof.chain import SYSTEM, Act, Moment, Who
from archive.proof.stretch import Join
from archive.proof.walk import Walk
from archive.records import LogEntry, ObjectName, Out, Surroundings
from tests.archive.proof.log_rows import faults, row

_HERE = Surroundings("host", "boot", "unknown", "1", "0" * 64)
_NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
_SHA = "ab" * 32
_DATA = st.sampled_from(
    [
        {},
        {"n": 1},
        {"label": "Көрініс", "k": [1, {"a": None}]},
        {"t": '},"host":"x'},
        {"n": {"n": {"n": [[[]]]}}},
        {"e": "\u0000\u007f"},
    ]
)
_WHO = st.sampled_from([SYSTEM, Who("a" * 32, ("expert", "auditor"), "", "f0")])
_CASE = st.sampled_from(["", "2026-1", "іс №7", 'a"b', "q\\"])
_ACTS = st.builds(
    Act,
    st.sampled_from(["view", "seal", "import", ActName.CLOCK_JUMP]),
    _WHO,
    st.sampled_from(list(Out)),
    _CASE,
    st.sampled_from([(), (ObjectName("m", "1.2", _SHA),), (ObjectName("m", "ә", _SHA),) * 2]),
    st.sampled_from(["", "себебі", "e\u0301"]),
    _DATA,
)


def _log(acts: list[Act]) -> list[LogEntry]:
    rows: list[LogEntry] = []
    last: dict[str, LogEntry] = {}
    for number, act in enumerate(acts):
        moment = Moment(_NOON + timedelta(seconds=number), 2**60 + number, _HERE)
        before = rows[-1] if rows else None
        made = chain.entry("log", act, moment, before=before, before_in_case=last.get(act.case))
        rows.append(made)
        last[act.case] = made
    return rows


@given(_ACTS)
def test_a_body_is_read_by_its_shape_as_by_its_value(act: Act) -> None:
    (entry,) = _log([act])
    assert said.said(entry.body) == said.by_value(entry.body)


@given(_ACTS, st.data())
def test_no_spoiled_body_is_read_by_its_shape_otherwise_than_by_its_value(
    act: Act, data: st.DataObject
) -> None:
    (entry,) = _log([act])
    body = bytearray(entry.body)
    for _ in range(data.draw(st.integers(1, 2))):
        place = data.draw(st.integers(0, len(body) - 1))
        body[place : place + data.draw(st.integers(0, 1))] = data.draw(st.binary(max_size=2))
    spoiled = bytes(body)
    quick = said._by_shape(spoiled)
    if quick is not None:
        assert quick == said.by_value(spoiled)


def test_a_plain_body_takes_the_shortcut() -> None:
    (entry,) = _log([Act("view", SYSTEM, case="іс №7", data={"label": "Көрініс"})])
    assert said._by_shape(entry.body) is not None


def test_data_nested_to_the_limit_is_left_to_the_rule() -> None:
    deep: Any = 1
    for _ in range(canonical.DEEPEST):
        deep = [deep]
    (entry,) = _log([Act("view", SYSTEM)])
    spelled = b"[" * 100 + b"1" + b"]" * 100
    body = entry.body.replace(b'"data":{}', b'"data":{"d":' + spelled + b"}")
    assert said._by_shape(body) is None
    assert said.said(body) is None


def _joined(rows: list[LogEntry], size: int, **walk: Any) -> tuple[Join, list[stretch.Fault]]:
    """Check rows in stretches of `size`, as the check of an archive does with larger ones."""
    join, found = Join(), []
    last = max((one.seq for one in rows), default=0)
    for first in range(1, last + 1, size):
        part = Walk("log", first, range(first, first + size), **walk)
        some = [one for one in rows if first <= one.seq < first + size]
        for one in some:
            part.add(row(one))
        if some:
            found.extend(join.add(part.done()))
    return join, found


@given(st.lists(_ACTS, min_size=1, max_size=12), st.data())
def test_stretches_find_what_the_whole_finds(acts: list[Act], data: st.DataObject) -> None:
    rows = _log(acts)
    match data.draw(st.sampled_from(["whole", "gone", "swapped", "column", "body"])):
        case "gone":
            del rows[data.draw(st.integers(0, len(rows) - 1))]
        case "swapped":
            rows[0], rows[-1] = rows[-1], rows[0]
            rows = [_renumbered(one, seq) for seq, one in enumerate(rows, 1)]
        case "column":
            rows[-1] = LogEntry(**{**rows[-1].__dict__, "actor": "other"})
        case "body":
            rows[-1] = LogEntry(**{**rows[-1].__dict__, "body": rows[-1].body[:-1] + b" "})
    whole = list(faults("log", rows))
    for size in (1, 2, 4):
        assert _key(_joined(rows, size)[1]) == _key(whole)


def _renumbered(one: LogEntry, seq: int) -> LogEntry:
    return LogEntry(**{**one.__dict__, "seq": seq})


def _key(faults: list[stretch.Fault]) -> list[tuple[int, str]]:
    return sorted((one.seq, one.code) for one in faults)


def test_roots_and_nodes_of_joined_stretches_are_those_of_the_log(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(stretch, "SIZE", 256)
    rows = _log([Act("view", SYSTEM, case="A") for _ in range(600)])
    leaves = [bytes.fromhex(one.hash) for one in rows]
    join, found = _joined(rows, 256)
    assert not found
    sizes = range(1, 601)
    assert {size: root for size, (root, _) in join.roots.items()} == {
        size: merkle.root(leaves[:size]) for size in sizes
    }
    assert join.roots[300][1] == rows[299].ts
    assert join.nodes == {(level, place): made for level, place, made in merkle.grown(leaves)}


def test_a_stretch_names_the_objects_of_good_acts_and_of_the_case_asked_for() -> None:
    other, third = "cd" * 32, "ef" * 32
    rows = _log(
        [
            Act("import", SYSTEM, case="A", objects=(ObjectName("m", "", _SHA),)),
            Act("import", SYSTEM, Out.FAIL, case="A", objects=(ObjectName("m", "", third),)),
            Act("seal", SYSTEM, case="A", objects=(ObjectName("s", "", third),)),
            Act("import", SYSTEM, case="B", objects=(ObjectName("m", "", other),)),
        ]
    )

    def named(case: str | None) -> str:
        walk = Walk("log", 1, names_nothing={"seal"}, case=case)
        for one in rows:
            walk.add(row(one))
        return walk.done().objects.hex()

    assert named(None) == _SHA + other
    assert named("A") == _SHA


def test_an_entry_dated_before_its_predecessor_is_told_unless_an_entry_says_why() -> None:
    rows = _log([Act("view", SYSTEM) for _ in range(4)])
    back = [_at(rows[0], _NOON), _at(rows[1], _NOON - timedelta(hours=1))]
    walk = Walk("log", 1)
    for one in back:
        walk.add(row(one))
    assert walk.done().earlier == [2]
    jumps = _log([Act("view", SYSTEM), Act(ActName.CLOCK_JUMP, SYSTEM), Act("view", SYSTEM)])
    walk = Walk("log", 1)
    for one in (jumps[0], *(_at(one, _NOON - timedelta(hours=1)) for one in jumps[1:])):
        walk.add(row(one))
    made = walk.done()
    assert made.earlier == []
    assert [(seq, act) for seq, act, _ in made.told] == [(2, "clock.jump")]


def _at(one: LogEntry, time: datetime) -> LogEntry:
    body = one.body.replace(one.ts.encode(), chain.utc(time).encode())
    return chain.from_body(body)


_ODD_DATA = [
    *(b"{}", b'{"a":1}', b'{"b":1,"a":2}', b'{"a":1,"a":2}', b'{"a":-0}', b'{"a":01}'),
    *(b'{"a":1.5}', b'{"a":"b","c":"":}', b'{"a":":","b":","}', b'{"a":"","b":""}'),
    *(b'{"a":true,"b":null}', b'{"a":True}', b'{"a":9007199254740993}', b'{"a":"\\u0041"}'),
    *(b'{"a":1,}', b'{"a" :1}', b'{"":0,"A":1,"a":2}', b'{"a":{"b":1}}', b'{"a":"\xff"}'),
    *('{"ғ":1}'.encode(), '{"a":"e\u0301"}'.encode(), '{"a":"ғ"}'.encode()),
]


@pytest.mark.parametrize("data", _ODD_DATA)
def test_data_is_read_by_its_shape_as_by_its_value(data: bytes) -> None:
    (entry,) = _log([Act("view", SYSTEM)])
    body = entry.body.replace(b'"data":{}', b'"data":' + data)
    assert said.said(body) == said.by_value(body)


@pytest.mark.parametrize("odd", [None, "text", 5, b"", 1.5])
def test_whatever_a_column_holds_is_a_fault_and_no_crash(odd: Any) -> None:
    good = list(row(_log([Act("view", SYSTEM, case="A")])[0]))
    for place in range(1, 9):
        walk = Walk("log", 1)
        walk.add((*good[:place], odd, *good[place + 1 :]))
        assert list(Join().add(walk.done()))
