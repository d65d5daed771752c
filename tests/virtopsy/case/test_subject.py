"""Whether a deceased or a living person is examined is stated by a person, and never a default."""

from __future__ import annotations

import pytest

from virtopsy.case.case import Case
from virtopsy.case.changes import Change, changes
from virtopsy.case.commands import StateSubject
from virtopsy.case.history import History
from virtopsy.case.subject import Subject, from_record, subject_mark, to_record
from virtopsy.errors import Bug, InputError
from virtopsy.language import Language

STATED = (Subject.DECEASED, Subject.LIVING)


def test_nothing_is_stated_until_somebody_does() -> None:
    assert Case().subject is Subject.UNKNOWN
    assert changes(Case(), Case("7")) == ()


@pytest.mark.parametrize("subject", STATED)
def test_stating_it_is_an_act_that_undo_takes_back(subject: Subject) -> None:
    start = History(Case())
    stated = start.do(StateSubject(subject))
    assert stated.present.subject is subject
    assert stated.past[-1].label == "case.subject.state"
    record = {"state": subject.value}
    assert changes(start.present, stated.present) == (Change("subject", "subject", None, record),)
    undone = stated.undo()
    assert undone.present == Case()
    (taken_back,) = changes(stated.present, undone.present)
    assert (taken_back.act, taken_back.before) == ("withdraw", record)


def test_another_statement_keeps_the_one_before_in_its_change() -> None:
    before, after = (Case(subject=one) for one in STATED)
    (change,) = changes(before, after)
    assert change.act == "change"
    assert change.before == {"state": "deceased"}
    assert change.after == {"state": "living"}


@pytest.mark.parametrize("subject", STATED)
def test_what_was_stated_comes_back_from_its_record(subject: Subject) -> None:
    assert from_record(to_record(subject)) is subject


def test_what_nobody_stated_has_no_record() -> None:
    with pytest.raises(Bug):
        to_record(Subject.UNKNOWN)


@pytest.mark.parametrize(
    "wrong",
    [
        None,
        [],
        {},
        {"state": "unknown"},
        {"state": "undead"},
        {"state": None},
        {"state": 1},
        {"state": ["deceased"]},
        {"state": "deceased", "since": "2026"},
        {"State": "deceased"},
        {"state": "x" * 1000},
    ],
)
def test_a_record_that_states_nothing_known_is_refused(wrong: object) -> None:
    with pytest.raises(InputError) as told:
        from_record(wrong)
    assert len(str(told.value)) < 300


@pytest.mark.parametrize("language", list(Language))
def test_the_mark_is_there_only_where_it_was_stated(language: Language) -> None:
    assert subject_mark(Subject.UNKNOWN, language) == ""
    assert len({subject_mark(one, language) for one in STATED} - {""}) == 2
