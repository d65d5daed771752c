"""The list of cases grows page by page, and shows what a search found in its place."""

from __future__ import annotations

import queue
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

import archive.opening
from archive.opening import create
from archive.records import LogQuery, Role
from tests.archive.conftest import CHEAP, PASSWORD, Clock, write_slice
from viewer.presenters.archive import case_list
from viewer.presenters.archive.case_list import CaseList
from viewer.presenters.archive.keeping import Keeping
from viewer.presenters.examine.opening import Opening
from viewer.presenters.examine.views import Views
from viewer.presenters.session import Session
from viewer.presenters.work import Work
from virtopsy.jobs import Lanes, Progress
from virtopsy.language import Language

_PATIENCE_S = 30
_NUMBERS = [f"2026-{place}" for place in (1, 2, 3, 4, 5)]


class _Desk:
    """The presenters without a screen; `settle` does what the screen's thread would."""

    def __init__(self) -> None:
        self._waiting: queue.Queue[Callable[[], None]] = queue.Queue()
        self.lanes = Lanes()
        work = Work(self.lanes, self._waiting.put)
        self.keeping = Keeping(Session(), Opening(work, Views()), work, Clock())
        self.list = CaseList(self.keeping, work)
        self.problems: list[str] = []
        self.list.problem.subscribe(lambda error: self.problems.append(error.key))

    def settle(self) -> None:
        end = time.monotonic() + _PATIENCE_S
        while self.list.busy.now:
            assert time.monotonic() < end
            try:
                self._waiting.get(timeout=0.05)()
            except queue.Empty:
                continue

    def numbers(self) -> list[str]:
        return [one.number for one in self.list.lines(Language.EN)]

    def seek(self, text: str) -> list[str]:
        self.list.seek(text)
        self.settle()
        return self.numbers()


@pytest.fixture
def carrier(tmp_path: Path) -> Path:
    """One slice."""
    folder = tmp_path / "carrier"
    folder.mkdir()
    write_slice(folder / "1.dcm", 1)
    return folder


@pytest.fixture
def desk(tmp_path: Path, carrier: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[_Desk]:
    """Five cases, read two at a time, and their keeper signed in."""
    monkeypatch.setattr(archive.opening, "_COST", CHEAP)
    monkeypatch.setattr(case_list, "PAGE", 2)
    folder = tmp_path / "evidence"
    create(folder, person="Ахметова", password=PASSWORD, clock=Clock(), cost=CHEAP)
    made = _Desk()
    made.keeping.sign_in(folder, "Ахметова", PASSWORD)
    there, actor = made.keeping.acting()
    for number in _NUMBERS:
        there.intake.take_in(actor, carrier, case_number=number, progress=Progress())
    yield made
    made.keeping.close()
    made.lanes.close()


def test_nobody_signed_in_sees_no_case() -> None:
    desk = _Desk()
    desk.list.refresh()
    assert not desk.numbers()
    assert not desk.list.allowed
    desk.lanes.close()


def test_the_list_grows_page_by_page_until_all_is_there(desk: _Desk) -> None:
    desk.list.refresh()
    assert desk.numbers() == ["2026-5", "2026-4"]
    for _ in range(4):
        desk.list.older()
        desk.settle()
    assert desk.numbers() == _NUMBERS[::-1]


def test_a_page_that_comes_after_the_list_was_read_anew_is_not_put_under_it(
    desk: _Desk, carrier: Path
) -> None:
    desk.list.refresh()
    desk.list.older()
    there, actor = desk.keeping.acting()
    there.intake.take_in(actor, carrier, case_number="2026-6", progress=Progress())
    desk.list.refresh()
    desk.settle()
    assert desk.numbers() == ["2026-6", "2026-5"]


@pytest.mark.parametrize("language", Language)
def test_a_search_stands_in_the_place_of_the_list_and_says_how_much(
    desk: _Desk, language: Language
) -> None:
    desk.list.refresh()
    assert desk.list.told(language) == ""
    assert desk.seek("2026-3") == ["2026-3"]
    assert "1" in desk.list.told(language)
    assert len(desk.seek("алиев")) == 5
    assert all("Әлиев" in one.text for one in desk.list.lines(language))
    assert desk.seek("  ") == ["2026-5", "2026-4"]
    assert not desk.problems


def test_what_is_no_search_is_said_and_leaves_the_list(desk: _Desk) -> None:
    desk.list.refresh()
    assert desk.seek("x" * 300) == ["2026-5", "2026-4"]
    assert desk.problems == ["search.too_long"]


def test_who_may_list_no_cases_is_told_so_and_not_refused_what_nobody_asked_for(
    desk: _Desk,
) -> None:
    there, actor = desk.keeping.acting()
    there.access.add_person(actor, "Ревизор", PASSWORD, [Role.AUDITOR])
    desk.keeping.sign_in(there.folder, "Ревизор", PASSWORD)
    desk.list.refresh()
    assert not desk.numbers()
    assert not desk.list.allowed
    assert all(desk.list.told(language) for language in Language)
    there, auditor = desk.keeping.acting()
    assert not there.log.page(auditor, LogQuery(refused=True)).entries
