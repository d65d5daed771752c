"""An act asks the database few things: time is not tested, what takes it is."""

from __future__ import annotations

import itertools
from collections import Counter
from collections.abc import Callable
from typing import Any

import pytest

from archive.opening import Archive, open_archive
from archive.records import Actor, LogQuery
from archive.storage.files import Files
from tests.archive.conftest import CASE, CHEAP, PASSWORD, Clock, track


def _asked(archive: Archive, act: Callable[[], object]) -> Counter[str]:
    """Return how many statements of which kind an act gives to the database."""
    act()  # what is made once in a session is made
    said: list[str] = []
    with archive._database._engine.connect() as connection:
        traced: Any = connection.connection.driver_connection
    traced.set_trace_callback(said.append)
    act()
    traced.set_trace_callback(None)
    ours = [one for one in said if not one.startswith("--")]  # the rest is FTS5's own
    begun = sum(one.startswith("BEGIN") for one in ours)
    ended = sum(one.startswith(("COMMIT", "ROLLBACK")) for one in ours)
    assert begun == ended
    return Counter(transactions=begun, statements=len(ours) - begun - ended)


@pytest.mark.parametrize(
    ("name", "transactions", "statements"),
    [("list", 4, 6), ("open", 4, 12), ("search", 4, 6), ("log", 5, 12), ("record", 3, 20)],
)
def test_an_act_asks_no_more_than_it_must(
    name: str, transactions: int, statements: int, kept: Archive, expert: Actor
) -> None:
    number = itertools.count(2)
    acts: dict[str, Callable[[], object]] = {
        "list": lambda: kept.cases.list(expert),
        "open": lambda: kept.cases.open(expert, CASE),
        "search": lambda: kept.search.find(expert, "Track"),
        "log": lambda: kept.log.page(expert, LogQuery(case_number=CASE)),
        "record": lambda: kept.cases.add_finding(
            expert, CASE, track(finding_id=f"t{next(number)}")
        ),
    }
    asked = _asked(kept, acts[name])
    assert asked["transactions"] <= transactions
    assert asked["statements"] <= statements


def test_the_end_of_the_logs_copy_is_read_once_where_nobody_else_adds_to_it(
    kept: Archive, expert: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    kept.cases.list(expert)
    looks = []
    look = Files.last_line
    monkeypatch.setattr(Files, "last_line", lambda *a: looks.append(a) or look(*a))
    for _ in range(5):
        kept.cases.list(expert)
    assert not looks


def test_the_logs_copy_holds_every_entry_once_where_two_programs_take_turns(
    kept: Archive, expert: Actor, clock: Clock
) -> None:
    copy = kept.folder / "log" / "entries.jsonl"
    with open_archive(kept.folder, clock=clock, cost=CHEAP) as other:
        person = other.access.login("Ахметова", PASSWORD)
        for _ in range(3):
            kept.cases.list(expert)
            other.cases.list(person)
            with copy.open("ab") as torn:
                torn.write(b'{"actor":')  # a kill came while a line was written
    kept.cases.list(expert)
    bodies = [one.body for one in kept._journal.entries()]
    assert copy.read_bytes() == b"".join(one + b"\n" for one in bodies)
