"""Is the person still there? A session that ended asks for the password; nothing is lost."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

from viewer.presenters.archive.keeping import Keeping
from viewer.presenters.value import Value

_OFTEN = timedelta(seconds=20)


class Presence:
    """Keeps the session alive while the window is used, and sees when it ended.

    Attributes:
        locked: the session ended; the window shows nothing until the person logged in anew.
    """

    def __init__(self, keeping: Keeping, clock: Callable[[], datetime]) -> None:
        self._keeping = keeping
        self._clock = clock
        self._told: datetime | None = None
        self.locked: Value[bool] = Value(False)
        keeping.archive.subscribe(lambda _: self._begin())

    def used(self) -> None:
        """Note a key or the mouse; most are passed over, one in twenty seconds counts."""
        now = self._clock()
        if self.locked.now or (self._told is not None and abs(now - self._told) < _OFTEN):
            return
        self._told = now
        self.locked.set(not self._keeping.still_there())

    def look(self) -> None:
        """See whether the session ended meanwhile; the window asks that by itself."""
        if not self.locked.now:
            self.locked.set(self._keeping.session_ended())

    def unlock(self, password: str) -> None:
        """Go on with what is on the screen.

        Raises:
            AccessDenied: the password is wrong, or the person may not log in any more.
        """
        self._keeping.renew(password)
        self._begin()

    def _begin(self) -> None:
        self._told = None
        self.locked.set(False)
