"""The window hands findings out and takes them in as acts of the case, without a screen."""

from __future__ import annotations

import queue
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from archive.services.statement import Statement
from resources.bundle.verify import examine
from tests.court_case import PDF, PICTURES
from tests.virtopsy.exchange.scans import write
from tests.virtopsy.findings.some import one_of_each
from viewer.presenters.archive.exchanging import ExchangeReport, Exchanging
from viewer.presenters.archive.keeping import Keeping
from viewer.presenters.examine.opening import Opening
from viewer.presenters.examine.views import Views
from viewer.presenters.session import Session
from viewer.presenters.value import Value
from viewer.presenters.work import Work
from virtopsy.case.commands import AddFindings, ChangeFinding
from virtopsy.errors import UsageError
from virtopsy.exchange.form import Form
from virtopsy.exchange.omission import Taken
from virtopsy.findings.record import to_record
from virtopsy.jobs import Lanes, Progress
from virtopsy.language import Language

_PATIENCE_S = 60


class Desk:
    """The presenters without a screen; `settle` does what the screen's thread would."""

    def __init__(self) -> None:
        self._waiting: queue.Queue[Callable[[], None]] = queue.Queue()
        self.lanes = Lanes()
        self.session, views = Session(), Views()
        self.work = Work(self.lanes, self._waiting.put)
        self.opening = Opening(self.work, views)
        self.keeping = Keeping(self.session, self.opening, self.work, clock)
        language = Value(Language.RU)
        self.exchanging = Exchanging(
            self.session, self.opening, self.keeping, self.work, clock, language
        )
        self.problems: list[str] = []
        self.handed: list[ExchangeReport] = []
        self.taken: list[Taken] = []
        for one in (self.opening, self.keeping, self.exchanging):
            one.problem.subscribe(lambda error: self.problems.append(error.key))
        self.exchanging.handed.subscribe(self.handed.append)
        self.exchanging.taken.subscribe(self.taken.append)

    def settle(self) -> None:
        end = time.monotonic() + _PATIENCE_S
        while self.work.running.now:
            assert time.monotonic() < end
            try:
                self._waiting.get(timeout=0.1)()
            except queue.Empty:
                continue

    def open(self, folder: Path) -> None:
        self.opening.look_into(folder)
        self.settle()
        found = self.opening.found.now
        assert found is not None
        self.opening.load(found.studies[0], found.studies[0].series[0])
        self.settle()

    def keep(self, folder: Path) -> None:
        self.keeping.create(folder, "Ә. Сарапшы", "secret word")
        self.keeping.save("7", Statement())
        self.settle()

    def take_in(self, path: Path) -> Taken:
        self.exchanging.take_in(path)
        self.settle()
        return self.taken[-1]


def clock() -> datetime:
    return datetime(2026, 11, 26, tzinfo=UTC)


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    """The presenters with the series of `some.py` shown."""
    there = Desk()
    there.open(write(tmp_path / "in"))
    yield there
    there.lanes.close()
    there.keeping.close()


@pytest.fixture
def handed(desk: Desk, tmp_path: Path) -> Path:
    """What the window handed out of a kept case with a finding of every kind."""
    desk.session.do(AddFindings(one_of_each()))
    desk.keep(tmp_path / "archive")
    desk.exchanging.hand_out(tmp_path / "out")
    desk.settle()
    return tmp_path / "out"


def test_a_kept_case_is_handed_out_with_an_entry_in_the_log(desk: Desk, handed: Path) -> None:
    (report,) = desk.handed

    assert desk.problems == []
    assert {one.name for one in handed.iterdir()} == {name for name, _ in report.files}
    assert report.findings == len(one_of_each())
    archive, actor = desk.keeping.acting()
    acts = [one.act for one in archive.log.entries(actor, "7")]
    assert acts.count("export") == 1


@pytest.mark.usefixtures("handed")
def test_a_bundle_that_holds_the_handing_out_in_its_log_is_found_good(
    desk: Desk, tmp_path: Path
) -> None:
    archive, actor = desk.keeping.acting()

    archive.court.bundle(
        actor,
        "7",
        tmp_path / "bundle",
        pictures=PICTURES,
        conclusion_pdf=PDF,
        progress=Progress(),
    )

    assert examine(str(tmp_path / "bundle")).problems == []


def test_one_form_alone_is_handed_out_in_the_language_of_the_window(
    desk: Desk, tmp_path: Path
) -> None:
    desk.session.do(AddFindings(one_of_each()))
    desk.keep(tmp_path / "archive")

    desk.exchanging.hand_out(tmp_path / "out", frozenset({Form.CSV}))
    desk.settle()

    (file,) = (tmp_path / "out").iterdir()
    assert file.read_text(encoding="utf-8-sig").startswith('"Вид";"Название"')


def test_a_case_that_is_in_no_archive_is_not_handed_out(desk: Desk, tmp_path: Path) -> None:
    with pytest.raises(UsageError):
        desk.exchanging.hand_out(tmp_path / "out")


def test_a_report_comes_in_as_one_act_that_can_be_undone(handed: Path, tmp_path: Path) -> None:
    other = Desk()
    other.open(tmp_path / "in")

    taken = other.take_in(handed / "report_1.dcm")

    assert taken.omissions == ()
    assert list(map(to_record, other.session.case.findings)) == list(map(to_record, one_of_each()))
    other.session.undo()
    assert other.session.case.findings == ()
    other.lanes.close()


def test_what_is_there_stays_as_it_is_and_that_is_said(desk: Desk, handed: Path) -> None:
    wound = one_of_each()[0]
    desk.session.do(ChangeFinding(replace(wound, name="renamed")))
    desk.session.answer("what was handed out is changed with a reason alone")

    taken = desk.take_in(handed / "report_1.dcm")

    codes = [one.code for one in taken.omissions]
    assert codes == ["other_version", *["already"] * (len(one_of_each()) - 1)]
    assert desk.session.case.finding(wound.finding_id).name == "renamed"


def test_a_file_that_cannot_be_read_is_said_in_the_strip(desk: Desk, tmp_path: Path) -> None:
    (tmp_path / "x").write_bytes(b"x")

    desk.exchanging.take_in(tmp_path / "x")
    desk.settle()

    assert desk.problems == ["exchange.in.unreadable"]
    assert desk.session.case.findings == ()


def test_without_a_series_nothing_comes_in(tmp_path: Path) -> None:
    bare = Desk()
    with pytest.raises(UsageError):
        bare.exchanging.take_in(tmp_path / "x")
    bare.lanes.close()


def test_nothing_comes_into_a_case_that_was_opened_meanwhile(desk: Desk, handed: Path) -> None:
    desk.exchanging.take_in(handed / "report_1.dcm")
    desk.session.open(replace(desk.session.case, number="8", findings=()), None)
    desk.settle()

    assert desk.session.case.findings == ()
    assert desk.taken == []
