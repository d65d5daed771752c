"""Whether another program has the same archive open; a courtesy to people, never a lock.

Everybody who has an archive open holds a shared lock on its card. The system lets go of it when
a program ends, however it ends, so nothing stale can stay behind.
"""

from __future__ import annotations

import fcntl
from contextlib import suppress
from pathlib import Path


class Presence:
    """One program's presence in an archive.

    On a file system without such locks nobody is ever noticed.
    """

    def __init__(self, card: Path) -> None:
        self._card = card.open("rb")
        self._share()

    @property
    def alone(self) -> bool:
        """Whether nobody else has the archive open at this moment."""
        try:
            fcntl.flock(self._card, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        except OSError:
            return True
        finally:
            self._share()
        return True

    def close(self) -> None:
        """Leave; once more is no harm."""
        self._card.close()

    def _share(self) -> None:
        with suppress(OSError):
            fcntl.flock(self._card, fcntl.LOCK_SH)
