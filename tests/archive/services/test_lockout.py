"""Passwords are guessed slowly, and nobody is locked out for ever."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archive.opening import Archive, open_archive
from archive.proof import chain, signing
from archive.records import Actor, Person, Role
from archive.services import lockout
from archive.services.persons import kept_credential
from archive.services.rights import Right
from tests.archive.conftest import CHEAP, PASSWORD, Clock
from virtopsy.errors import AccessDenied

_NAME = "Ахметова"
_NOW = datetime(2026, 3, 1, tzinfo=UTC)


def _person(failures: int, last: datetime) -> Person:
    return Person("1", "x", (Role.EXPERT,), False, "", "", failures, chain.utc(last))


# --- the arithmetic -----------------------------------------------------------------------------


@given(st.integers(0, 10**9))
def test_a_lock_is_never_longer_than_an_hour_and_grows_with_failures(failures: int) -> None:
    assert lockout.duration(failures) <= timedelta(hours=1)
    assert lockout.duration(failures) <= lockout.duration(failures + 1)


def test_the_fifth_wrong_password_locks_for_a_quarter_of_an_hour_doubling() -> None:
    minutes = [lockout.duration(n).total_seconds() / 60 for n in range(9)]
    assert minutes == [0, 0, 0, 0, 0, 15, 30, 60, 60]


@given(st.integers(0, 200), st.timedeltas(timedelta(days=-9000), timedelta(days=9000)))
def test_wherever_the_clock_stands_a_lock_ends_within_an_hour_of_its_own_time(
    failures: int, moved: timedelta
) -> None:
    person = _person(failures, _NOW)
    assert not lockout.is_locked(person, _NOW + moved) or abs(moved) < timedelta(hours=1)
    assert not lockout.is_locked(person, _NOW + timedelta(hours=1))


@given(st.lists(st.booleans(), max_size=300))
def test_the_count_starts_anew_with_a_login_and_stays_small(attempts: list[bool]) -> None:
    person, in_a_row = _person(0, _NOW), 0
    for good in attempts:
        person = lockout.after_login(person) if good else lockout.after_failure(person, "t")
        in_a_row = 0 if good else in_a_row + 1
        assert person.failures == min(in_a_row, lockout.MOST)
        assert bool(person.last_failure) == bool(in_a_row)


# --- the door -----------------------------------------------------------------------------------


def _wrong(archive: Archive, times: int, name: str = _NAME) -> None:
    for _ in range(times):
        with pytest.raises(AccessDenied):
            archive.access.login(name, "wrong")


def _why(archive: Archive) -> list[str]:
    with archive._journal.database.reading() as work:
        entries = [one for one in work.log.of_acts(("login",)) if one.out == "denied"]
    return [chain.read(one)["data"].get("why", "") for one in entries]


def test_the_right_password_is_refused_during_the_lock_and_good_after_it(
    archive: Archive, clock: Clock
) -> None:
    _wrong(archive, 5)
    with pytest.raises(AccessDenied):
        archive.access.login(_NAME, PASSWORD)
    assert _why(archive) == [*["access.why.password"] * 5, "access.why.locked"]
    clock.turn(timedelta(minutes=16))
    archive.access.login(_NAME, PASSWORD)
    assert archive.verify.run().ok


def test_four_wrong_passwords_lock_nobody_and_a_login_forgives_them(archive: Archive) -> None:
    for _ in range(3):
        _wrong(archive, 4)
        archive.access.login(_NAME, PASSWORD)


def test_attempts_during_the_lock_do_not_make_it_longer(archive: Archive, clock: Clock) -> None:
    _wrong(archive, 5)
    for _ in range(3):
        clock.turn(timedelta(minutes=4))
        _wrong(archive, 1)
    clock.turn(timedelta(minutes=4))
    archive.access.login(_NAME, PASSWORD)


def test_a_lock_holds_in_every_program_and_after_closing(folder: Any, clock: Clock) -> None:
    with open_archive(folder, clock=clock, cost=CHEAP) as one:
        _wrong(one, 5)
    with open_archive(folder, clock=clock, cost=CHEAP) as other, pytest.raises(AccessDenied):
        other.access.login(_NAME, PASSWORD)


def test_an_administrators_reset_ends_a_lock(archive: Archive, expert: Actor) -> None:
    archive.access.add_person(expert, "Second", "pw-pw-pw", [Role.EXPERT])
    _wrong(archive, 7, "Second")
    archive.access.reset_password(expert, "Second", "a new one")
    archive.access.login("Second", "a new one")
    assert archive.verify.run().ok


def test_wrong_old_passwords_within_a_session_lock_as_well(archive: Archive, expert: Actor) -> None:
    for _ in range(5):
        with pytest.raises(AccessDenied):
            archive.access.change_password(expert, "wrong", "a new one")
    with pytest.raises(AccessDenied):
        archive.access.change_password(expert, PASSWORD, "a new one")
    assert _why(archive)[-1] == "access.why.locked"


def test_who_asks_learns_neither_whether_a_person_exists_nor_whether_it_is_locked(
    archive: Archive, expert: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The same words after the same work: one Argon2 of the same cost, one entry."""
    archive.access.add_person(expert, "Gone", "pw-pw-pw", [Role.EXPERT])
    archive.access.disable(expert, "Gone")
    archive.access.add_person(expert, "Locked", "pw-pw-pw", [Role.EXPERT])
    _wrong(archive, 5, "Locked")
    costs: list[tuple[Any, ...]] = []
    count: Callable[..., bytes] = signing.hash_secret_raw

    def counted(*given: Any, **cost: Any) -> bytes:
        costs.append(tuple(sorted((k, v) for k, v in cost.items() if k != "salt")))
        return count(*given, **cost)

    monkeypatch.setattr(signing, "hash_secret_raw", counted)
    seen = set()
    asked = [
        ("Nobody", "x"),
        (_NAME, "x"),
        ("Locked", "x"),
        ("Locked", "pw-pw-pw"),
        ("Gone", "pw-pw-pw"),
    ]
    for name, password in asked:
        with archive._journal.database.reading() as work:
            size = work.log.count()
        costs.clear()
        with pytest.raises(AccessDenied) as refused:
            archive.access.login(name, password)
        with archive._journal.database.reading() as work:
            grown = work.log.count() - size
        seen.add((str(refused.value), tuple(costs), grown))
    assert len(seen) == 1
    ((words, (_,), grown),) = seen
    assert "wait up to an hour" in words
    assert grown == 1


def test_no_name_that_was_typed_is_kept(archive: Archive) -> None:
    _wrong(archive, 3, "my-password-in-the-name-field")
    with archive._journal.database.reading() as work:
        assert not any(b"my-password" in one.body for one in work.log.entries())


def test_guesses_at_the_same_moment_count_as_many(archive: Archive, clock: Clock) -> None:
    """Two programs that both checked a password before either wrote: the later one is refused."""
    _wrong(archive, 4)
    with archive._journal.database.reading() as work:
        asked = work.persons.by_name(_NAME)
    assert asked is not None
    assert asked.failures == 4
    with open_archive(archive.folder, clock=clock, cost=CHEAP) as other:
        _wrong(other, 1)
    kept = signing.proven(_credential(archive, asked), signing.Password(PASSWORD))
    assert kept is not None
    assert archive.access._let_in(asked, kept) is None


def _credential(archive: Archive, person: Person) -> dict[str, Any]:
    return kept_credential(archive.access._blobs, person)


def test_a_person_is_rebuilt_with_failures_and_lock(archive: Archive, expert: Actor) -> None:
    archive.access.require(expert, Right.LOG_IN)
    _wrong(archive, 6)
    with archive._journal.database.reading() as work:
        person = work.persons.by_name(_NAME)
    assert person is not None
    assert person.failures == 5
    assert archive.verify.run().ok  # which makes every row again from the log and compares
