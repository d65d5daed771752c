"""A log in stretches tells what the whole tells."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archive.proof import chain, merkle, stretch
from archive.proof.acts import ActName
from archive.proof.chain import SYSTEM, Act, Who
from archive.proof.stretch import Join
from archive.proof.walk import Walk
from archive.records import LogEntry, ObjectName, Out
from tests.archive.proof.log_rows import NOON, faults, row, written

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


def _joined(rows: list[LogEntry], size: int, **walk: Any) -> tuple[Join, list[stretch.Fault]]:
    """Check rows in stretches of `size`, as the check of an archive does with larger ones."""
    join, found = Join(), []
    last = max((one.seq for one in rows), default=0)
    for first in range(1, last + 1, size):
        part = Walk("log", first, range(first, first + size), **walk)
        some = [one for one in rows if first <= one.seq < first + size]
        part.add_all(list(map(row, some)))
        if some:
            found.extend(join.add(part.done()))
    return join, found


@given(st.lists(_ACTS, min_size=1, max_size=12), st.data())
def test_stretches_find_what_the_whole_finds(acts: list[Act], data: st.DataObject) -> None:
    rows = written(acts)
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


def test_roots_and_nodes_of_joined_stretches_are_those_of_thewritten(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(stretch, "SIZE", 256)
    rows = written([Act("view", SYSTEM, case="A") for _ in range(600)])
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
    rows = written(
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
    rows = written([Act("view", SYSTEM) for _ in range(4)])
    back = [_at(rows[0], NOON), _at(rows[1], NOON - timedelta(hours=1))]
    walk = Walk("log", 1)
    for one in back:
        walk.add(row(one))
    assert walk.done().earlier == [2]
    jumps = written([Act("view", SYSTEM), Act(ActName.CLOCK_JUMP, SYSTEM), Act("view", SYSTEM)])
    walk = Walk("log", 1)
    for one in (jumps[0], *(_at(one, NOON - timedelta(hours=1)) for one in jumps[1:])):
        walk.add(row(one))
    made = walk.done()
    assert made.earlier == []
    assert [(seq, act) for seq, act, _ in made.told] == [(2, "clock.jump")]


def _at(one: LogEntry, time: datetime) -> LogEntry:
    body = one.body.replace(one.ts.encode(), chain.utc(time).encode())
    return chain.from_body(body)


@pytest.mark.parametrize("odd", [None, "text", 5, b"", 1.5])
def test_whatever_a_column_holds_is_a_fault_and_no_crash(odd: Any) -> None:
    good = list(row(written([Act("view", SYSTEM, case="A")])[0]))
    for place in range(1, 9):
        walk = Walk("log", 1)
        walk.add((*good[:place], odd, *good[place + 1 :]))
        assert list(Join().add(walk.done()))
