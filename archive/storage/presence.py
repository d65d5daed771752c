"""Whether another program has the same archive open; a courtesy to people, never a lock.

Everybody who has an archive open holds a shared lock on its folder (its card is replaced when a
key is). The system lets go of it when a program ends, however it ends, so nothing stale can stay
behind.
"""

from __future__ import annotations

import fcntl
import os
from contextlib import suppress
from pathlib import Path


class Presence:
    """One program's presence in an archive.

    On a file system without such locks nobody is ever noticed.
    """

    def __init__(self, place: Path) -> None:
        self._handle: int | None = os.open(place, os.O_RDONLY)
        self._share()

    @property
    def alone(self) -> bool:
        """Whether nobody else has the archive open at this moment."""
        if self._handle is None:
            return True
        try:
            fcntl.flock(self._handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        except OSError:
            return True
        finally:
            self._share()
        return True

    def close(self) -> None:
        """Leave; once more is no harm."""
        if self._handle is not None:
            os.close(self._handle)
        self._handle = None

    def _share(self) -> None:
        if self._handle is not None:
            with suppress(OSError):
                fcntl.flock(self._handle, fcntl.LOCK_SH)
