"""Recorded before announced: what cannot be kept has not happened."""

from __future__ import annotations

import pytest

from viewer.presenters.session import Session
from virtopsy.case.case import Case, SeriesEntry
from virtopsy.case.changes import Change
from virtopsy.case.commands import AddFinding, StateSubject
from virtopsy.case.subject import Subject
from virtopsy.errors import StorageError
from virtopsy.findings.trajectory import Trajectory


class _Book:
    """A recorder in memory that may refuse, as a full disk does."""

    def __init__(self) -> None:
        self.entries: list[tuple[str, str, tuple[str, ...]]] = []
        self.full = False

    def record(self, change: tuple[Change, ...], *, label: str, act: str) -> None:
        if self.full:
            raise StorageError("core.cancelled")
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
