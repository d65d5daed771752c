"""Nobody gets in through the program, and every refusal is an entry."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from itertools import product
from pathlib import Path

import pytest

from archive.opening import Archive, open_archive
from archive.records import Actor, LogEntry, Role
from archive.services.rights import Right, rights_of
from tests.archive.conftest import CASE, CHEAP, PASSWORD, SERIES, Clock, track
from virtopsy.case.changes import Change
from virtopsy.errors import AccessDenied, InputError, UsageError
from virtopsy.jobs import Progress

_EVERY_ACT: dict[str, Callable[[Archive, Actor, Path], object]] = {
    "add a person": lambda a, who, _: a.access.add_person(who, "X", "pw-pw-pw", [Role.EXPERT]),
    "disable a person": lambda a, who, _: a.access.disable(who, "Another"),
    "list persons": lambda a, who, _: a.access.list(who),
    "import": lambda a, who, scan: a.intake.take_in(
        who, scan, case_number=CASE, progress=Progress()
    ),
    "list cases": lambda a, who, _: a.cases.list(who),
    "open a case": lambda a, who, _: a.cases.open(who, CASE),
    "record": lambda a, who, _: a.cases.record(
        who, CASE, (Change("finding", "x", None, track()),), label="l", act="do"
    ),
    "add a finding": lambda a, who, _: a.cases.add_finding(who, CASE, track()),
    "note": lambda a, who, _: a.cases.note(who, CASE, "view", {}),
    "read a series": lambda a, who, _: a.cases.series_files(who, CASE, SERIES),
    "read a history": lambda a, who, _: a.versions.history(who, CASE, "t1"),
    "ask for a reason": lambda a, who, _: a.cases.wants_reason(who, CASE, ()),
    "read the log": lambda a, who, _: a.log.entries(who),
    "read a case's log": lambda a, who, _: a.log.entries(who, CASE),
    "make a checkpoint": lambda a, who, _: a.log.checkpoint(who),
}
_ALLOWED = {
    Role.ADMINISTRATOR: {
        *("add a person", "disable a person", "list persons"),
        *("read the log", "make a checkpoint"),
    },
    Role.AUDITOR: {"list persons", "read the log", "read a case's log"},
    # A second expert or investigator: own cases only, and this case is another person's.
    Role.EXPERT: {"list cases", "read the log", "make a checkpoint"},
    Role.INVESTIGATOR: {"list cases", "read the log", "make a checkpoint"},
    Role.COURT: set[str](),
    Role.PROSECUTOR: set[str](),
    Role.PARTICIPANT: set[str](),
}


def _log(archive: Archive) -> tuple[LogEntry, ...]:
    return archive._journal.entries()


@pytest.mark.parametrize("role", list(Role))
def test_a_role_may_do_what_the_table_says_and_nothing_else(
    role: Role, kept: Archive, expert: Actor, scan: Path
) -> None:
    kept.access.add_person(expert, "Another", "pw-pw-pw", [Role.AUDITOR])
    kept.access.add_person(expert, "Somebody", "pw-pw-pw", [role])
    somebody = kept.access.login("Somebody", "pw-pw-pw")
    for act in sorted(_EVERY_ACT.keys() - _ALLOWED[role]):
        before = len(_log(kept))
        with pytest.raises(AccessDenied):
            _EVERY_ACT[act](kept, somebody, scan)
        (denial,) = _log(kept)[before:]
        assert (denial.out, denial.actor) == ("denied", somebody.person_id), act
    for act in sorted(_ALLOWED[role]):
        _EVERY_ACT[act](kept, somebody, scan)


def test_a_forged_actor_is_refused_and_logged(kept: Archive, expert: Actor, scan: Path) -> None:
    forged = [
        replace(expert, session="0" * 32),
        replace(expert, roles=(*expert.roles, Role.AUDITOR)),
        replace(expert, person_id="other"),
    ]
    for one, act in product(forged, _EVERY_ACT.values()):
        before = len(_log(kept))
        with pytest.raises(AccessDenied):
            act(kept, one, scan)
        (denial,) = _log(kept)[before:]
        assert (denial.out, denial.actor) == ("denied", "anonymous")


def test_every_right_belongs_to_somebody_and_no_role_means_no_right() -> None:
    assert rights_of(Role) == frozenset(Right)
    assert rights_of(()) == frozenset()


def test_wrong_password_unknown_name_and_disabled_person_are_refused_alike(
    kept: Archive, expert: Actor
) -> None:
    kept.access.add_person(expert, "Gone", "pw-pw-pw", [Role.EXPERT])
    kept.access.disable(expert, "Gone")
    sentences = set()
    for name, password in (("Ахметова", "wrong"), ("Nobody", "x"), ("Gone", "pw-pw-pw")):
        with pytest.raises(AccessDenied) as refused:
            kept.access.login(name, password)
        sentences.add(str(refused.value))
    assert len(sentences) == 1
    denials = [one for one in _log(kept) if (one.act, one.out) == ("login", "denied")]
    assert len(denials) == 3
    assert all(b"Nobody" not in one.body and b"wrong" not in one.body for one in denials)


def test_a_session_ends_when_the_person_is_disabled_elsewhere(
    kept: Archive, expert: Actor, clock: Clock
) -> None:
    kept.access.add_person(expert, "Second", "pw-pw-pw", [Role.EXPERT])
    second = kept.access.login("Second", "pw-pw-pw")
    with open_archive(kept.folder, clock=clock, cost=CHEAP) as elsewhere:
        elsewhere.access.disable(elsewhere.access.login("Ахметова", PASSWORD), "Second")
    with pytest.raises(AccessDenied):
        kept.cases.list(second)


def test_after_logout_the_actor_is_worth_nothing(kept: Archive, expert: Actor) -> None:
    kept.access.logout(expert)
    with pytest.raises(AccessDenied):
        kept.cases.list(expert)


def test_an_actor_of_another_opening_is_worth_nothing_here(
    kept: Archive, expert: Actor, clock: Clock
) -> None:
    with (
        open_archive(kept.folder, clock=clock, cost=CHEAP) as elsewhere,
        pytest.raises(AccessDenied),
    ):
        elsewhere.cases.list(expert)


def test_the_last_administrator_stays(archive: Archive, expert: Actor) -> None:
    with pytest.raises(UsageError):
        archive.access.disable(expert, "Ахметова")
    archive.access.add_person(expert, "Second", "pw-pw-pw", [Role.ADMINISTRATOR])
    second = archive.access.login("Second", "pw-pw-pw")
    archive.access.disable(expert, "Ахметова", second=second)
    with pytest.raises(AccessDenied):
        archive.access.list(expert)


@pytest.mark.parametrize("name", ["", "  ", "x" * 101, "a\x00b", "a\u202eb"])
def test_a_name_nobody_can_read_is_refused(name: str, archive: Archive, expert: Actor) -> None:
    with pytest.raises(InputError):
        archive.access.add_person(expert, name, "pw-pw-pw", [Role.EXPERT])


def test_a_name_is_taken_whatever_its_capitals(archive: Archive, expert: Actor) -> None:
    with pytest.raises(UsageError):
        archive.access.add_person(expert, "аХМЕТОВА", "pw-pw-pw", [Role.EXPERT])
    with pytest.raises(UsageError):
        archive.access.add_person(expert, "New", "", [Role.EXPERT])
    with pytest.raises(UsageError):
        archive.access.add_person(expert, "New", "pw-pw-pw", [])


def test_a_name_that_is_taken_leaves_no_object_behind(archive: Archive, expert: Actor) -> None:
    with pytest.raises(UsageError):
        archive.access.add_person(expert, "Ахметова", "pw-pw-pw", [Role.EXPERT])
    assert "orphan" not in {one.code for one in archive.verify.run().notes}


def test_what_a_person_types_never_becomes_sql(archive: Archive) -> None:
    for name in ("' OR 1=1 --", '"; DROP TABLE log; --', "%", "Ахметова' --"):
        with pytest.raises(AccessDenied):
            archive.access.login(name, PASSWORD)
    assert archive.verify.run().ok


def test_no_name_stands_in_a_log_body(kept: Archive, expert: Actor) -> None:
    kept.access.add_person(expert, "Оспанова", "pw-pw-pw", [Role.INVESTIGATOR])
    assert not any("Оспанова" in one.body.decode() for one in _log(kept))
    assert not any("Әлиев" in one.body.decode() for one in _log(kept))
    assert "Ахметова" in {one.actor_name for one in kept.log.entries(expert)}


def test_a_user_change_is_followed_by_a_checkpoint(archive: Archive, expert: Actor) -> None:
    archive.access.add_person(expert, "Second", "pw-pw-pw", [Role.AUDITOR])
    newest = archive.log.newest_checkpoint(expert)
    assert newest is not None
    assert (newest.size, newest.root) == archive.log.head(expert)


def test_a_session_that_two_threads_see_ended_at_once_ends_once(
    kept: Archive, expert: Actor
) -> None:
    other = kept.access.login("Ахметова", PASSWORD)
    kept.access._end(expert, "access.session.idle")
    kept.access._end(expert, "access.session.idle")
    ended = [one for one in kept.log.entries(other) if one.act == "logout"]
    assert len(ended) == 1
