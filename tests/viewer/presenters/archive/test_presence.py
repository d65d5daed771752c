"""A session that ended asks for the password, and loses nothing."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

import archive.opening
from archive.opening import create
from tests.archive.conftest import CASE, CHEAP, PASSWORD, Clock, write_slice
from viewer.presenters.archive.keeping import CaseRecorder, Keeping
from viewer.presenters.archive.presence import Presence
from viewer.presenters.examine.opening import Opening
from viewer.presenters.examine.views import Views
from viewer.presenters.session import Session
from viewer.presenters.work import Work
from virtopsy.case.commands import StateSubject
from virtopsy.case.subject import Subject
from virtopsy.errors import AccessDenied
from virtopsy.jobs import Lanes, Progress


class _Desk:
    """Keeping and presence without a screen, a case open in an archive."""

    def __init__(self, folder: Path, carrier: Path, clock: Clock) -> None:
        create(folder, person="Ахметова", password=PASSWORD, clock=clock, cost=CHEAP)
        self.clock = clock
        work = Work(Lanes(), lambda act: act())
        self.session = Session()
        opening = Opening(work, Views())
        self.keeping = Keeping(self.session, opening, work, clock)
        self.presence = Presence(self.keeping, clock)
        self.keeping.sign_in(folder, "Ахметова", PASSWORD)
        there, actor = self.keeping.acting()
        there.intake.take_in(actor, carrier, case_number=CASE, progress=Progress())
        self.session.open(there.cases.open(actor, CASE), CaseRecorder(there, actor, CASE))

    def idle(self, *, long: bool) -> None:
        """Let the person be away, as the archive's gate counts it."""
        there, _ = self.keeping.acting()
        there.access._idle_ns = 0 if long else 10**18


@pytest.fixture
def desk(tmp_path: Path, clock: Clock, monkeypatch: pytest.MonkeyPatch) -> _Desk:
    monkeypatch.setattr(archive.opening, "_COST", CHEAP)
    carrier = tmp_path / "carrier"
    carrier.mkdir()
    write_slice(carrier / "1.dcm", 1)
    return _Desk(tmp_path / "evidence", carrier, clock)


@pytest.fixture
def clock() -> Clock:
    """A clock of one's own."""
    return Clock()


def test_who_was_away_too_long_is_locked_out_and_comes_back_to_the_same_case(desk: _Desk) -> None:
    desk.presence.look()
    assert not desk.presence.locked.now
    desk.idle(long=True)
    desk.presence.look()
    assert desk.presence.locked.now
    with pytest.raises(AccessDenied):
        desk.session.do(StateSubject(Subject.DECEASED))
    before = desk.session.case
    desk.idle(long=False)
    with pytest.raises(AccessDenied):
        desk.presence.unlock("not the password")
    assert desk.presence.locked.now
    desk.presence.unlock(PASSWORD)
    assert not desk.presence.locked.now
    assert desk.session.case == before
    desk.session.do(StateSubject(Subject.DECEASED))
    there, actor = desk.keeping.acting()
    assert there.cases.open(actor, CASE).subject is Subject.DECEASED


def test_looking_by_itself_keeps_no_session_alive_and_using_the_window_does(desk: _Desk) -> None:
    there, _ = desk.keeping.acting()
    (live,) = there.access._sessions.values()
    seen = live.seen_ns
    desk.presence.look()
    assert live.seen_ns == seen
    desk.presence.used()
    later = live.seen_ns
    assert later > seen
    desk.presence.used()  # at once again: passed over
    assert live.seen_ns == later
    desk.clock.turn(timedelta(seconds=30))
    desk.presence.used()
    assert live.seen_ns > later


def test_a_session_that_ends_while_the_window_is_used_locks_it(desk: _Desk) -> None:
    desk.idle(long=True)
    desk.presence.used()
    assert desk.presence.locked.now


def test_locking_writes_why_the_session_ended_and_no_refusal(desk: _Desk) -> None:
    desk.idle(long=True)
    desk.presence.look()
    desk.presence.look()
    desk.idle(long=False)
    desk.presence.unlock(PASSWORD)
    there, actor = desk.keeping.acting()
    ended = [one for one in there.log.entries(actor) if one.act in {"logout", "login"}]
    assert [(one.act, one.out) for one in ended[-2:]] == [("logout", "ok"), ("login", "ok")]
    assert not [one for one in there.log.entries(actor) if one.out == "denied"]


def test_nobody_signed_in_is_never_locked() -> None:
    work = Work(Lanes(), lambda act: act())
    keeping = Keeping(Session(), Opening(work, Views()), work, Clock())
    presence = Presence(keeping, Clock())
    presence.used()
    presence.look()
    assert not presence.locked.now
