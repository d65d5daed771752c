"""How long a person is locked after wrong passwords; pure, told by the log's login entries.

Only wrong passwords count: an attempt during the lock is refused and noted, but makes it no
longer, so nobody can be locked out for ever. Passwords are guessed slowly: after the first lock
at most one guess an hour.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

from archive.records import Person

FREE = 5
"""Wrong passwords in a row before the first lock."""
FIRST = timedelta(minutes=15)
LONGEST = timedelta(hours=1)
MOST = 100
"""Where the count stops; the lock is at its longest long before."""
WRONG_PASSWORD = "access.why.password"  # noqa: S105 -- the entry's word for it
"""`why` of a denied login that counts."""


def duration(failures: int) -> timedelta:
    """Return how long the lock after so many wrong passwords in a row is: 15 min, doubling."""
    if failures < FREE:
        return timedelta()
    doublings = min(failures - FREE, 10)
    return min(FIRST * (1 << doublings), LONGEST)


def is_locked(person: Person, now: datetime) -> bool:
    """Tell whether a person is locked now.

    A clock that was set back behind the last failure by more than the lock ends it: else a clock
    that once stood in the future would lock a person out for years.
    """
    if person.failures < FREE:
        return False
    passed = now - datetime.fromisoformat(person.last_failure)
    return abs(passed) < duration(person.failures)


def after_failure(person: Person, ts: str) -> Person:
    """Return the person after a wrong password at `ts` (as log bodies spell it)."""
    return replace(person, failures=min(person.failures + 1, MOST), last_failure=ts)


def after_login(person: Person) -> Person:
    """Return the person after a good login."""
    return replace(person, failures=0, last_failure="")
