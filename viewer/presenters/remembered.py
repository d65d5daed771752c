"""The versions of findings while no archive keeps them: who acted, when, and what it was then."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from viewer.presenters.session import Session, SessionChanged
from viewer.presenters.value import Value
from virtopsy.case.changes import Change
from virtopsy.case.version import Version


class Remembered:
    """Every act of the session on a finding; given up with the case, and when the window closes.

    Args:
        session: whose acts are remembered.
        clock: says when.
        person: says who.
    """

    def __init__(self, session: Session, clock: Callable[[], datetime], person: Value[str]) -> None:
        self._clock = clock
        self._person = person
        self._versions: dict[str, tuple[Version, ...]] = {}
        session.changed.subscribe(self._take)

    def versions(self, finding_id: str) -> tuple[Version, ...]:
        """Return the versions of a finding, oldest first."""
        return self._versions.get(finding_id, ())

    def _take(self, changed: SessionChanged) -> None:
        if changed.another:
            self._versions.clear()
        when = self._clock()
        for one in changed.changes:
            if one.thing == "finding":
                self._add(one, changed, when)

    def _add(self, change: Change, changed: SessionChanged, when: datetime) -> None:
        before = self.versions(change.thing_id)
        made = Version(
            number=len(before) + 1,
            when=when,
            author=self._person.now,
            act=change.act,
            how=changed.act or "do",
            label=changed.label,
            record=change.after,
            reason=changed.reason,
        )
        self._versions[change.thing_id] = (*before, made)
