"""Recorded before announced: what cannot be kept has not happened."""

from __future__ import annotations

import pytest

from viewer.presenters.session import Session
from virtopsy.case.case import Case, SeriesEntry
from virtopsy.case.changes import Change
from virtopsy.case.commands import AddFinding, StateSubject, WithdrawFinding
from virtopsy.case.subject import Subject
from virtopsy.errors import StorageError, UsageError
from virtopsy.findings.trajectory import Trajectory


class _Book:
    """A recorder in memory that may refuse, as a full disk does."""

    def __init__(self) -> None:
        self.entries: list[tuple[str, str, tuple[str, ...]]] = []
        self.reasons: list[str] = []
        self.full = self.handed_out = False

    def wants_reason(self, change: tuple[Change, ...]) -> bool:
        return self.handed_out and any(one.thing == "finding" for one in change)

    def record(self, change: tuple[Change, ...], *, label: str, act: str, reason: str = "") -> None:
        if self.full:
            raise StorageError("core.cancelled")
        self.reasons.append(reason)
        self.entries.append((act, label, tuple(one.act for one in change)))


def _track(identity: str) -> Trajectory:
    return Trajectory(
        finding_id=identity,
        name=identity,
        series_uid="1.2.3",
        ends_lps_mm=((0.0, 0.0, 0.0), (50.0, 0.0, 0.0)),
    )


def test_an_act_that_cannot_be_recorded_changes_nothing_and_tells_nobody() -> None:
    book, session = _Book(), Session()
    session.open(Case("1"), book)
    session.do(AddFinding(_track("a")))
    heard: list[object] = []
    session.changed.subscribe(heard.append)
    book.full = True

    for act in (lambda: session.do(AddFinding(_track("b"))), session.undo):
        with pytest.raises(StorageError):
            act()

    assert [one.finding_id for one in session.case.findings] == ["a"]
    assert session.undo_label == "case.finding.add"
    assert heard == []


def test_undo_and_redo_are_recorded_as_acts_of_their_own() -> None:
    book, session = _Book(), Session()
    session.open(Case("1"), book)

    session.do(AddFinding(_track("a")))
    session.undo()
    session.redo()

    assert book.entries == [
        ("do", "case.finding.add", ("add",)),
        ("undo", "case.finding.add", ("withdraw",)),
        ("redo", "case.finding.add", ("add",)),
    ]


def test_undo_and_redo_with_nothing_there_do_nothing() -> None:
    session = Session()

    session.undo()
    session.redo()

    assert session.case == Case()


def test_what_was_marked_before_saving_is_recorded_with_the_saving() -> None:
    book, session = _Book(), Session()
    session.do(AddFinding(_track("a")))
    assert not session.saved

    session.keep(Case("7", (SeriesEntry("1.2.3", "1.2"),)), book)

    assert session.saved
    assert book.entries == [("do", "case.save", ("add",))]
    assert session.case.number == "7"
    session.undo()
    assert session.case.findings == ()
    assert book.entries[-1] == ("undo", "case.finding.add", ("withdraw",))


def test_saving_into_a_case_with_findings_takes_none_of_them_back() -> None:
    book, session = _Book(), Session()
    session.do(AddFinding(_track("mine")))

    session.keep(Case("7", (), (_track("theirs"),)), book)
    session.undo()

    assert [one.finding_id for one in session.case.findings] == ["theirs", "mine"]
    assert book.entries == [("do", "case.save", ("add",))]


def test_a_saving_that_fails_leaves_the_case_unsaved() -> None:
    book, session = _Book(), Session()
    session.do(AddFinding(_track("a")))
    book.full = True

    with pytest.raises(StorageError):
        session.keep(Case("7"), book)

    assert not session.saved
    assert not session.recorded


def test_what_was_stated_before_the_case_was_kept_is_kept_with_it() -> None:
    book, session = _Book(), Session()
    session.do(StateSubject(Subject.DECEASED))
    assert not session.saved
    session.keep(Case("1", series=(SeriesEntry("1.2.3", "1.2"),)), book)
    assert book.entries == [("do", "case.save", ("add",))]
    assert session.case.subject is Subject.DECEASED
    session.undo()
    assert book.entries[-1] == ("undo", "case.subject.state", ("withdraw",))


def test_keeping_takes_back_no_statement_that_the_archive_holds() -> None:
    book, session = _Book(), Session()
    session.do(AddFinding(_track("a")))
    session.keep(Case("1", subject=Subject.LIVING), book)
    assert session.case.subject is Subject.LIVING
    assert session.undo_label is None, "undo would take the archive's statement back"


def _handed_out() -> tuple[_Book, Session]:
    book, session = _Book(), Session()
    session.open(Case("1", (), (_track("a"),)), book)
    book.handed_out = True
    return book, session


def test_what_was_handed_out_changes_only_when_somebody_said_why() -> None:
    book, session = _handed_out()
    session.do(WithdrawFinding("a"))
    assert session.case.findings, "nothing has happened yet"
    assert book.entries == []
    asked = session.asked.now
    assert asked is not None
    assert asked.label == "case.finding.withdraw"
    for nothing in ("", "   "):
        with pytest.raises(UsageError, match="why"):
            session.answer(nothing)
    assert session.asked.now is asked
    session.answer(" not a track ")
    assert session.case.findings == ()
    assert book.reasons == ["not a track"]
    assert session.asked.now is None
    session.undo()
    assert session.case.findings == (), "undo of it is a change as well"
    session.answer("it is one")
    assert [one.finding_id for one in session.case.findings] == ["a"]
    assert [one[0] for one in book.entries] == ["do", "undo"]


def test_whoever_does_not_say_why_leaves_everything_as_it_is() -> None:
    book, session = _handed_out()
    session.do(WithdrawFinding("a"))
    session.give_up()
    assert session.asked.now is None
    assert session.case.findings
    assert session.undo_label is None
    assert book.entries == []


def test_no_other_act_overtakes_one_that_waits_for_its_reason() -> None:
    book, session = _handed_out()
    session.do(WithdrawFinding("a"))
    with pytest.raises(UsageError, match="First say why"):
        session.do(StateSubject(Subject.LIVING))
    session.answer("because")
    session.do(StateSubject(Subject.LIVING))
    assert [one[1] for one in book.entries] == ["case.finding.withdraw", "case.subject.state"]


def test_a_reasoned_act_that_cannot_be_recorded_goes_on_waiting() -> None:
    book, session = _handed_out()
    session.do(WithdrawFinding("a"))
    book.full = True
    with pytest.raises(StorageError):
        session.answer("because")
    assert session.asked.now is not None
    assert session.case.findings
    book.full = False
    session.answer("because")
    assert session.case.findings == ()


def test_another_case_is_not_asked_about_the_one_before() -> None:
    _, session = _handed_out()
    session.do(WithdrawFinding("a"))
    session.open(Case("2"), None)
    assert session.asked.now is None


def test_saving_over_what_was_handed_out_asks_why_and_stays_unsaved_until_then() -> None:
    book, session = _Book(), Session()
    session.do(AddFinding(_track("a")))
    book.handed_out = True
    session.keep(Case("7"), book)
    assert not session.recorded
    assert not session.saved
    session.answer("found again")
    assert session.recorded
    assert session.saved
    assert book.reasons == ["found again"]
